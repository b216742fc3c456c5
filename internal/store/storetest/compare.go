package storetest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
)

// picture is everything of a guild that has to survive, as text.
func picture(t testing.TB, g *music.Guild) string {
	t.Helper()
	if g == nil {
		return "no guild"
	}
	var b bytes.Buffer
	line := func(what string, v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s\n", what, raw)
	}
	line("guild", g)
	for _, p := range g.Players {
		line("player", p)
		for _, s := range p.Queue {
			line("slot", s)
		}
		for _, s := range p.History {
			line("heard", s)
		}
	}
	return b.String()
}

func sameGuild(t testing.TB, got, wanted *music.Guild) {
	t.Helper()
	if g, w := picture(t, got), picture(t, wanted); g != w {
		t.Fatalf("the guild is\n%s\nwant\n%s", g, w)
	}
}
