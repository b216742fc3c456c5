package client_test

import (
	"net/http/httptest"
	"testing"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/sim/control"
	"github.com/atrilhq/platform/internal/sim/discord"
)

func TestNamesOfTheWorld(t *testing.T) {
	world := discord.New(discord.Options{})
	t.Cleanup(func() { _ = world.Close() })
	srv := httptest.NewServer(control.Handler(control.Deps{World: world}))
	t.Cleanup(srv.Close)
	s, err := client.NewSandbox(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	names, err := s.Names(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	v := world.View()
	for mention, want := range map[string]string{
		"<@" + v.Users[0].ID + ">":              "@" + v.Users[0].Name,
		"<@" + v.Bots[0].ApplicationID + ">":    "@" + v.Bots[0].Name,
		"<#" + v.Guilds[0].Channels[0].ID + ">": "#" + v.Guilds[0].Channels[0].Name,
	} {
		if got := names[mention]; got != want || len(got) < 2 {
			t.Errorf("%s is %q, want %q", mention, got, want)
		}
	}
}
