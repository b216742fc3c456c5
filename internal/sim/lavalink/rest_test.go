package lavalink_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

func TestDoor(t *testing.T) {
	r := newRig(t)
	cases := map[string]struct {
		method, path, body string
		header             []string
		status             int
	}{
		"no password":             {"GET", "/v4/info", "", []string{"Authorization", ""}, 401},
		"wrong password":          {"GET", "/v4/info", "", []string{"Authorization", "wrong"}, 403},
		"no password for version": {"GET", "/version", "", []string{"Authorization", ""}, 401},
		"right password":          {"GET", "/version", "", nil, 200},
		"unknown path":            {"GET", "/v4/nothing", "", nil, 404},
		"wrong method":            {"POST", "/v4/info", "{}", nil, 405},
		"no route planner":        {"GET", "/v4/routeplanner/status", "", nil, 204},
		"nothing to free":         {"POST", "/v4/routeplanner/free/all", "", nil, 500},
		"no address to free":      {"POST", "/v4/routeplanner/free/address", `{"address":"1.0.0.1"}`, nil, 500},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			a := r.do(c.method, c.path, c.body, c.header...)
			if a.status != c.status || a.header.Get("Lavalink-Api-Version") != "4" {
				t.Fatalf("status %d, want %d, headers %v", a.status, c.status, a.header)
			}
			if (a.status == 401 || a.status == 403) && a.body != "" {
				t.Fatalf("the server's filter sends no body, this is %q", a.body)
			}
			if strings.Contains(a.body, password) {
				t.Fatal("the password is shown")
			}
		})
	}
}

func TestErrorShape(t *testing.T) {
	r := newRig(t)
	want := fmt.Sprintf(`{"timestamp":%d,"status":404,"error":"Not Found","message":"Session not found","path":"/v4/sessions/none/players"}`,
		start.UnixMilli())
	wantJSON(t, r.do("GET", "/v4/sessions/none/players", "").body, want)
	traced := r.want(404, "GET", "/v4/sessions/none/players?trace=true", "")
	if s, _ := traced["trace"].(string); !strings.Contains(s, "404") {
		t.Fatalf("no trace in %v", traced)
	}
}

func TestVersionInfoStats(t *testing.T) {
	r := newRig(t, func(o *lavalink.Options) { o.DisabledFilters = []string{"karaoke", "lowPass"} })
	if a := r.do("GET", "/version", ""); a.body != "4.2.2" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
		t.Fatalf("version %q as %q", a.body, a.header.Get("Content-Type"))
	}
	wantJSON(t, r.do("GET", "/v4/info", "").body, fmt.Sprintf(`{
		"version":{"semver":"4.2.2","major":4,"minor":2,"patch":2,"preRelease":null},
		"buildTime":%[1]d,"git":{"branch":"sandbox","commit":"0000000","commitTime":%[1]d},
		"jvm":"none (simulated)","lavaplayer":"none (simulated)",
		"sourceManagers":["sandbox","youtube","soundcloud","http"],
		"filters":["volume","equalizer","timescale","tremolo","vibrato","distortion","rotation","channelMix"],
		"plugins":[]}`, start.UnixMilli()))
	r.clock.Advance(90 * time.Second)
	wantJSON(t, r.do("GET", "/v4/stats", "").body, `{"players":0,"playingPlayers":0,"uptime":90000,
		"memory":{"free":436207616,"used":100663296,"allocated":536870912,"reservable":1073741824},
		"cpu":{"cores":4,"systemLoad":0.01,"lavalinkLoad":0}}`)
}

func TestLoadTracks(t *testing.T) {
	r := newRig(t)
	load := func(t *testing.T, identifier string) (string, json.RawMessage) {
		t.Helper()
		a := r.do("GET", "/v4/loadtracks?identifier="+url.QueryEscape(identifier), "")
		var out struct {
			LoadType string          `json:"loadType"`
			Data     json.RawMessage `json:"data"`
		}
		if err := json.Unmarshal([]byte(a.body), &out); err != nil || a.status != 200 {
			t.Fatalf("status %d, %v: %s", a.status, err, a.body)
		}
		return out.LoadType, out.Data
	}
	cases := map[string]struct{ identifier, loadType, part string }{
		"youtube search":   {"ytsearch:ocean", "search", `"Ocean Floor"`},
		"music search":     {"ytmsearch:río", "search", `"Río Arriba"`},
		"sound search":     {"scsearch: night market", "search", `"Night Market"`},
		"search in vain":   {"ytsearch:zebra", "empty", "null"},
		"track":            {"https://media.sandbox.example/track/blink", "track", `"Blink"`},
		"track by id":      {"blink", "track", `"Blink"`},
		"stream":           {"https://media.sandbox.example/track/radio-halcyon", "track", `"length":9223372036854775807`},
		"playlist":         {"https://media.sandbox.example/set/shorts", "playlist", `"selectedTrack":1`},
		"unknown track":    {"https://media.sandbox.example/track/gone", "empty", "null"},
		"unknown set":      {"https://media.sandbox.example/set/gone", "empty", "null"},
		"another page":     {"https://media.sandbox.example/about", "empty", "null"},
		"another host":     {"https://elsewhere.example/song.mp3", "error", `"Connecting to the URL failed."`},
		"a loopback":       {"http://127.0.0.1:1/song.mp3", "error", `"severity":"suspicious"`},
		"not a URL":        {"http://%zz", "error", `"causeStackTrace"`},
		"a broken track":   {"https://media.sandbox.example/track/lost-reel", "error", `"severity":"common"`},
		"unknown text":     {"hello there", "empty", "null"},
		"empty identifier": {"", "empty", "null"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			kind, data := load(t, c.identifier)
			if kind != c.loadType || !strings.Contains(string(data), c.part) {
				t.Fatalf("loadType %s, data %s", kind, data)
			}
		})
	}
	t.Run("a track, whole", func(t *testing.T) {
		_, data := load(t, "blink")
		wantJSON(t, string(data), `{"encoded":"`+encoded(t, "blink")+`","pluginInfo":{},"userData":{},"info":{
			"identifier":"blink","isSeekable":true,"author":"The Tin Orchard","length":3000,"isStream":false,"position":0,
			"title":"Blink","uri":"https://media.sandbox.example/track/blink","sourceName":"sandbox",
			"artworkUrl":"https://media.sandbox.example/sim/v1/artwork/blink","isrc":"XXSBX2400001"}}`)
	})
	t.Run("the archive", func(t *testing.T) {
		_, data := load(t, "https://media.sandbox.example/set/archive")
		var p struct{ Tracks []struct{ Encoded string } }
		if err := json.Unmarshal(data, &p); err != nil || len(p.Tracks) != lavalink.ArchiveSize {
			t.Fatalf("%d tracks, %v", len(p.Tracks), err)
		}
	})
	t.Run("no identifier", func(t *testing.T) { r.want(400, "GET", "/v4/loadtracks", "") })
	t.Run("too long", func(t *testing.T) {
		r.want(400, "GET", "/v4/loadtracks?identifier="+strings.Repeat("x", lavalink.MaxIdentifier+1), "")
	})
}

func TestDecode(t *testing.T) {
	r := newRig(t)
	blink, ferry := encoded(t, "blink"), encoded(t, "last-ferry")
	foreign, err := lavalink.EncodeTrack(lavalink.TrackInfo{Title: "x", Identifier: "x", SourceName: "elsewhere"})
	if err != nil {
		t.Fatal(err)
	}
	for _, param := range []string{"encodedTrack", "track"} {
		out := r.want(200, "GET", "/v4/decodetrack?"+param+"="+url.QueryEscape(blink), "")
		if out["encoded"] != blink || out["info"].(map[string]any)["title"] != "Blink" {
			t.Fatalf("%s: %v", param, out)
		}
	}
	a := r.do("POST", "/v4/decodetracks", `["`+blink+`","`+ferry+`"]`)
	var list []struct{ Info lavalink.TrackInfo }
	if err := json.Unmarshal([]byte(a.body), &list); err != nil || len(list) != 2 || list[1].Info.Title != "Last Ferry" {
		t.Fatalf("%v: %s", err, a.body)
	}
	cases := map[string]struct {
		method, path, body, message string
		status                      int
	}{
		"nothing":        {"GET", "/v4/decodetrack", "", "No track to decode provided", 400},
		"rubbish":        {"GET", "/v4/decodetrack?encodedTrack=abc", "", "encodedTrack is not an encoded track", 400},
		"foreign source": {"GET", "/v4/decodetrack?encodedTrack=" + url.QueryEscape(foreign), "", "missing source manager", 500},
		"empty list":     {"POST", "/v4/decodetracks", "[]", "No tracks to decode provided", 400},
		"not a list":     {"POST", "/v4/decodetracks", "{}", "list of strings", 400},
		"one is rubbish": {"POST", "/v4/decodetracks", `["` + blink + `","abc"]`, "[1] is not an encoded track", 400},
		"broken JSON":    {"POST", "/v4/decodetracks", `["`, "one JSON value", 400},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if got := r.want(c.status, c.method, c.path, c.body)["message"].(string); !strings.Contains(got, c.message) {
				t.Fatalf("message %q", got)
			}
		})
	}
	t.Run("content type", func(t *testing.T) {
		if a := r.do("POST", "/v4/decodetracks", "[]", "Content-Type", "text/plain"); a.status != http.StatusUnsupportedMediaType {
			t.Fatalf("status %d", a.status)
		}
	})
	t.Run("too large", func(t *testing.T) {
		a := r.do("POST", "/v4/decodetracks", `["`+strings.Repeat("A", lavalink.MaxBulkBody)+`"]`)
		if a.status != http.StatusRequestEntityTooLarge {
			t.Fatalf("status %d", a.status)
		}
	})
}
