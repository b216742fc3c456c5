package lavalink_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/sim/lavalink"
)

func TestPatchRefuses(t *testing.T) {
	r := newRig(t, func(o *lavalink.Options) { o.DisabledFilters = []string{"karaoke"} })
	s := r.open()
	blink := encoded(t, "blink")
	cases := map[string]struct{ body, message string }{
		"unknown field":          {`{"volumes":1}`, "volumes is not a field"},
		"unknown track field":    {`{"track":{"encode":null}}`, "track.encode is not a field"},
		"unknown voice field":    {`{"voice":` + strings.Replace(goodVoice, "{", `{"x":1,`, 1) + `}`, "voice.x is not a field"},
		"not an object":          {`[]`, "the body must be a JSON object"},
		"broken":                 {`{"volume":`, "one JSON value"},
		"two values":             {`{} {}`, "one JSON value"},
		"volume too high":        {`{"volume":1001}`, "volume must be a whole number from 0 to 1000"},
		"volume below zero":      {`{"volume":-1}`, "volume must be"},
		"volume with a fraction": {`{"volume":1.5}`, "volume must be"},
		"volume null":            {`{"volume":null}`, "volume must be"},
		"volume text":            {`{"volume":"9"}`, "volume must be"},
		"position below zero":    {`{"position":-1}`, "position must be a whole number of at least 0"},
		"end time zero":          {`{"endTime":0}`, "endTime must be"},
		"paused is no flag":      {`{"paused":1}`, "paused must be true or false"},
		"track and its elder":    {`{"track":{"encoded":null},"encodedTrack":null}`, "cannot both be specified"},
		"encoded and identifier": {`{"track":{"encoded":null,"identifier":"blink"}}`, "cannot both be specified"},
		"encoded rubbish":        {`{"track":{"encoded":"abc"}}`, "track.encoded is not an encoded track"},
		"encoded number":         {`{"track":{"encoded":5}}`, "track.encoded must be a string"},
		"identifier null":        {`{"track":{"identifier":null}}`, "track.identifier must be a string"},
		"user data is no object": {`{"track":{"userData":[1]}}`, "track.userData must be a JSON object"},
		"user data too large":    {`{"track":{"userData":{"x":"` + strings.Repeat("y", lavalink.MaxUserData) + `"}}}`, "track.userData must be at most"},
		"voice without channel":  {`{"voice":{"token":"t","endpoint":"e","sessionId":"s"}}`, "channelId must be provided"},
		"voice channel null":     {`{"voice":{"token":"t","endpoint":"e","sessionId":"s","channelId":null}}`, "channelId must be provided"},
		"voice blank token":      {`{"voice":{"token":" ","endpoint":"e","sessionId":"s","channelId":"1"}}`, "token, endpoint"},
		"voice channel odd":      {`{"voice":{"token":"t","endpoint":"e","sessionId":"s","channelId":"x"}}`, "voice.channelId must be a snowflake"},
		"filters null":           {`{"filters":null}`, "filters must be a JSON object"},
		"unknown filter":         {`{"filters":{"reverb":{}}}`, "filters.reverb is not a field"},
		"disabled filter":        {`{"filters":{"karaoke":{}}}`, "Following filters are disabled in the config: karaoke"},
		"filter volume":          {`{"filters":{"volume":5.1}}`, "filters.volume must be a number from 0 to 5"},
		"equalizer band":         {`{"filters":{"equalizer":[{"band":15,"gain":0}]}}`, "filters.equalizer[0].band"},
		"equalizer no band":      {`{"filters":{"equalizer":[{"gain":0}]}}`, "filters.equalizer[0].band is missing"},
		"equalizer gain":         {`{"filters":{"equalizer":[{"band":1,"gain":-0.3}]}}`, "filters.equalizer[0].gain"},
		"too many bands":         {`{"filters":{"equalizer":[` + strings.Repeat(`{"band":1},`, 15) + `{"band":1}]}}`, "at most 15"},
		"timescale zero":         {`{"filters":{"timescale":{"speed":0}}}`, "filters.timescale.speed must be a number above 0"},
		"tremolo depth":          {`{"filters":{"tremolo":{"depth":0}}}`, "filters.tremolo.depth"},
		"vibrato frequency":      {`{"filters":{"vibrato":{"frequency":14.1}}}`, "filters.vibrato.frequency must be a number above 0, at most 14"},
		"rotation field":         {`{"filters":{"rotation":{"hz":1}}}`, "filters.rotation.hz is not a field"},
		"channel mix":            {`{"filters":{"channelMix":{"leftToLeft":2}}}`, "filters.channelMix.leftToLeft"},
		"low pass":               {`{"filters":{"lowPass":{"smoothing":1}}}`, "filters.lowPass.smoothing must be a number above 1"},
		"distortion text":        {`{"filters":{"distortion":{"scale":"1"}}}`, "filters.distortion.scale must be a number"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := r.want(400, "PATCH", s.path(guild), c.body)["message"].(string)
			if !strings.Contains(got, c.message) {
				t.Fatalf("message %q, want %q", got, c.message)
			}
		})
	}
	if n := len(r.node.Players()); n != 0 {
		t.Fatalf("%d players were made by refused requests", n)
	}
	t.Run("guild", func(t *testing.T) { r.want(400, "PATCH", s.path("zero"), `{}`) })
	t.Run("noReplace", func(t *testing.T) { r.want(400, "PATCH", s.path(guild)+"?noReplace=maybe", `{}`) })
	t.Run("too large", func(t *testing.T) {
		r.want(413, "PATCH", s.path(guild), `{"x":"`+strings.Repeat("y", lavalink.MaxBody)+`"}`)
	})
	t.Run("a field is wrong, nothing is applied", func(t *testing.T) {
		r.want(200, "PATCH", s.path(guild), `{"volume":30}`)
		r.want(400, "PATCH", s.path(guild), `{"volume":60,"track":{"encoded":"`+blink+`"},"endTime":-1}`)
		if p := r.player(); p.Volume != 30 || p.Identifier != "" {
			t.Fatalf("player %+v", p)
		}
	})
	t.Run("a whole track as a client has it", func(t *testing.T) {
		r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":"`+blink+`","info":{"identifier":"blink"},"pluginInfo":{},"requester":1,"userData":{"play":"p"}}}`)
		if p := r.player(); p.Identifier != "blink" || string(p.UserData) != `{"play":"p"}` {
			t.Fatalf("player %+v", p)
		}
		r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":null}}`)
	})
	t.Run("identifiers that cannot play", func(t *testing.T) {
		for id, message := range map[string]string{
			"nothing here":  "No matches found for identifier",
			"ytsearch:rio":  "Cannot play a playlist or search result",
			"lost-reel":     "This track is not available.",
			"https://x.org": "Connecting to the URL failed.",
		} {
			got := r.want(400, "PATCH", s.path(guild), `{"track":{"identifier":"`+id+`"}}`)["message"]
			if got != message {
				t.Errorf("%s: message %q", id, got)
			}
		}
	})
}

func TestPlayerShape(t *testing.T) {
	r := newRig(t)
	s := r.open()
	r.want(404, "GET", s.path(guild), "")
	body := `{"volume":55,"paused":true,"filters":{"volume":0.5,"equalizer":[{"band":3}],"timescale":{"speed":2},"tremolo":null,
		"pluginFilters":{"some-plugin":{"x":1}}},"voice":` + goodVoice + `,"track":{"identifier":"blink","userData":{"play":"p"}}}`
	want := `{"guildId":"7001","volume":55,"paused":true,
		"state":{"time":` + fmt.Sprint(start.UnixMilli()) + `,"position":0,"connected":true,"ping":21},
		"voice":` + goodVoice + `,
		"filters":{"volume":0.5,"equalizer":[{"band":3,"gain":1}],"timescale":{"speed":2,"pitch":1,"rate":1}},
		"track":{"encoded":"` + encoded(t, "blink") + `","pluginInfo":{},"userData":{"play":"p"},"info":{
			"identifier":"blink","isSeekable":true,"author":"The Tin Orchard","length":3000,"isStream":false,"position":0,
			"title":"Blink","uri":"https://media.sandbox.example/track/blink","sourceName":"sandbox",
			"artworkUrl":"https://media.sandbox.example/sim/v1/artwork/blink","isrc":"XXSBX2400001"}}}`
	wantJSON(t, r.do("PATCH", s.path(guild), body).body, want)
	wantJSON(t, r.do("GET", s.path(guild), "").body, want)
	wantJSON(t, r.do("GET", "/v4/sessions/"+s.session+"/players", "").body, "["+want+"]")
	r.want(200, "PATCH", s.path(guild), `{"filters":{}}`)
	r.want(204, "DELETE", s.path(guild), "")
	r.want(204, "DELETE", s.path(guild), "")
	r.want(404, "GET", s.path(guild), "")
	wantJSON(t, r.do("PATCH", s.path("9"), `{}`).body, `{"guildId":"9","track":null,"volume":100,"paused":false,
		"state":{"time":`+fmt.Sprint(start.UnixMilli())+`,"position":0,"connected":false,"ping":-1},
		"voice":{"token":"","endpoint":"","sessionId":"","channelId":null},"filters":{}}`)
}

func TestVoiceVerify(t *testing.T) {
	var asked []lavalink.Voice
	r := newRig(t, func(o *lavalink.Options) {
		o.Verify = func(v lavalink.Voice) error {
			asked = append(asked, v)
			if v.Token == "t" {
				return nil
			}
			return errors.New("secret reason")
		}
	})
	s := r.open()
	s.sequence("stats")
	r.want(200, "PATCH", s.path(guild), `{"voice":`+goodVoice+`}`)
	want := lavalink.Voice{GuildID: guild, UserID: user, ChannelID: "9001", SessionID: "s", Endpoint: "voice.example:443", Token: "t"}
	if len(asked) != 1 || asked[0] != want {
		t.Fatalf("asked %+v", asked)
	}
	if u := s.next(); label(u) != "playerUpdate" || u["state"].(map[string]any)["connected"] != true {
		t.Fatalf("after the handshake came %v", u)
	}
	r.want(200, "PATCH", s.path(guild), `{"voice":`+goodVoice+`}`)
	if len(asked) != 1 {
		t.Fatal("the same voice state on a standing connection is no new handshake")
	}
	got := r.do("PATCH", s.path(guild), `{"volume":10,"voice":`+strings.Replace(goodVoice, `"t"`, `"stale-token"`, 1)+`}`)
	if got.status != 500 || !strings.Contains(got.body, "Failed to connect to voice server") {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	if strings.Contains(got.body, "stale-token") || strings.Contains(got.body, "secret") {
		t.Fatalf("the answer shows too much: %s", got.body)
	}
	if p := r.player(); p.Connected || p.Volume != 100 {
		t.Fatalf("after a failed handshake: %+v", p)
	}
}

func TestUserDataOfTheTrackThatPlays(t *testing.T) {
	r := newRig(t)
	s := r.playing("blink")
	r.want(200, "PATCH", s.path(guild), `{"track": {"userData": { "play" : "p2", "n": [1, 2] }}}`)
	if got := string(r.player().UserData); got != `{"play":"p2","n":[1,2]}` {
		t.Fatalf("user data %s", got)
	}
	r.clock.Advance(time.Minute)
	end := s.until("TrackEnd finished")
	if got := end["track"].(map[string]any)["userData"].(map[string]any)["play"]; got != "p2" {
		t.Fatalf("the end carries %v", got)
	}
}

func TestNoReplace(t *testing.T) {
	r := newRig(t)
	s := r.playing("stairwell")
	r.want(200, "PATCH", s.path(guild)+"?noReplace=true",
		`{"track":{"identifier":"blink","userData":{"play":"other"}},"paused":true,"volume":20,"filters":{"timescale":{"speed":2}}}`)
	p := r.player()
	if p.Identifier != "stairwell" || p.Paused || p.Volume != 20 || !strings.Contains(string(p.UserData), "p1") {
		t.Fatalf("player %+v", p)
	}
	r.clock.Advance(time.Second)
	if got := r.player().Position; got != 2000 {
		t.Fatalf("the filters were not applied: position %d", got)
	}
	r.want(200, "PATCH", s.path(guild), `{"track":{"encoded":null}}`)
	r.want(200, "PATCH", s.path(guild)+"?noReplace=true", `{"track":{"identifier":"blink"}}`)
	if got := r.player().Identifier; got != "blink" {
		t.Fatalf("noReplace without a track kept %q", got)
	}
}

func TestSessionPatch(t *testing.T) {
	r := newRig(t)
	s := r.open()
	path := "/v4/sessions/" + s.session
	wantJSON(t, r.do("PATCH", path, `{}`).body, `{"resuming":false,"timeout":60}`)
	wantJSON(t, r.do("PATCH", path, `{"resuming":true,"timeout":300}`).body, `{"resuming":true,"timeout":300}`)
	wantJSON(t, r.do("PATCH", path, `{"resuming":false}`).body, `{"resuming":false,"timeout":300}`)
	for body, field := range map[string]string{
		`{"resuming":"yes"}`: "resuming", `{"timeout":-1}`: "timeout", `{"timeout":1.5}`: "timeout", `{"resumingKey":"x"}`: "resumingKey",
	} {
		if got := r.want(400, "PATCH", path, body)["message"].(string); !strings.HasPrefix(got, field+" ") {
			t.Errorf("%s: %q", body, got)
		}
	}
	r.want(404, "PATCH", "/v4/sessions/unknown", `{}`)
}
