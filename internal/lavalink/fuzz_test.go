package lavalink_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/lavalink"
	"github.com/atrilhq/platform/internal/secret"
)

// says answers every request with the same body.
type says string

func (s says) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(string(s))), Header: http.Header{}}, nil
}

func fuzzClient(t *testing.T, answer string) *lavalink.Client {
	t.Helper()
	c, err := lavalink.NewClient(lavalink.Node{Name: "one", Address: "localhost:2333", Password: secret.New(password)},
		lavalink.ClientOptions{Transport: says(answer)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func FuzzMessage(f *testing.F) {
	for _, m := range []string{
		`{"op":"ready","resumed":true,"sessionId":"s"}`,
		`{"op":"stats","players":1,"playingPlayers":1,"cpu":{"cores":0,"systemLoad":1e400},"frameStats":{"sent":-1}}`,
		`{"op":"playerUpdate","guildId":"7001","state":{"position":9223372036854775807,"connected":true}}`,
		`{"op":"event","type":"TrackStartEvent","guildId":"7001","track":{"userData":{"play":"p","epoch":1}}}`,
		`{"op":"event","type":"TrackEndEvent","guildId":"7001","reason":"finished","track":{"userData":{"play":"p","epoch":1}}}`,
		`{"op":"event","type":"WebSocketClosedEvent","guildId":"7001","code":4014}`,
		`{"op":"event","type":"TrackExceptionEvent","guildId":"7001","exception":{"message":"\u202e"},"track":{"userData":{"play":"p"}}}`,
	} {
		f.Add([]byte(m))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		l, err := lavalink.NewLink(lavalink.Options{
			Client: fuzzClient(t, ""), Bot: bot, Events: func(lavalink.Event) {},
			SaveSession: func(context.Context, string) error { return nil },
		})
		if err != nil {
			t.Fatal(err)
		}
		lavalink.HandleRaw(l, raw)
		lavalink.HandleRaw(l, raw)
		c := l.Counters()
		if c.Messages != 2 {
			t.Fatalf("counted %+v", c)
		}
		if s := l.Status(); s.Session != "" || s.Backlog > 2 {
			t.Fatalf("status %+v", s)
		}
	})
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{
		`{"loadType":"track","data":{"encoded":"x","info":{"title":"t","length":1}}}`, `{"loadType":"search","data":[{}]}`,
		`{"loadType":"playlist","data":{"info":{"name":"n"},"tracks":[{"encoded":"x"}]}}`, `{"loadType":"error"}`,
		`[{"guildId":"1","track":{"userData":{"play":"p","epoch":1}}}]`, `{"version":{"semver":"4"}}`, `[]`, `null`, `7`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, answer string) {
		c, ctx := fuzzClient(t, answer), context.Background()
		if res, err := c.Load(ctx, "x"); err == nil {
			for _, tr := range res.Tracks {
				if tr.Encoded == "" || tr.Length < 0 || len(tr.Title) > 512 || strings.ContainsAny(tr.Title+tr.Author, "\n\r\x00") {
					t.Fatalf("track %+v", tr)
				}
			}
			if res.Total < len(res.Tracks) {
				t.Fatalf("%d of %d tracks", len(res.Tracks), res.Total)
			}
		}
		if players, _, err := c.Players(ctx, "s"); err == nil {
			for _, p := range players {
				if p.Guild == "" || p.Position < 0 || p.Play != "" && p.Foreign {
					t.Fatalf("player %+v", p)
				}
			}
		}
		_, _ = c.Info(ctx)
		_, _ = c.Stats(ctx)
	})
}
