package music_test

import (
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/fault"
)

func bodies() []music.Body {
	seven, minute, everywhere, home, english := 7, time.Minute, music.UseNobody, music.ChannelID("40"), "en"
	cmd := func(a music.Action) music.Command {
		return music.Command{
			Actor: music.Actor{User: "1", Voice: "50", Text: "40", Operator: true, Admin: true, Roles: []music.RoleID{"r"}, Bots: []music.BotAccess{{Bot: "900", Connect: true}}},
			Reply: music.ReplyTo{Surface: "discord", ID: "i", Address: "secret", Locale: "es"}, Bot: "900", Play: "p", Do: a,
		}
	}
	out := []music.Body{
		music.Loaded{AliveUntil: start},
		music.Resolved{Slot: "s", Tracks: []music.Track{track("a")}, Playlist: "l", Total: 3, Failure: "f"},
		music.VoiceState{User: "1", Channel: "50", Session: "s", Bot: true, Suppressed: true},
		music.VoiceServer{Bot: "900", Token: "t", Endpoint: "e"},
		music.VoiceSnapshot{Bot: "900", States: []music.VoiceState{{User: "1", Channel: "50"}}},
		music.BotPresent{Bot: "900", Name: "n"},
		music.BotRemoved{Bot: "900"},
		music.ChannelGone{Channel: "50"},
		music.Placed{Bot: "900", Node: "n"},
		music.NodeUp{Node: "n"},
		music.NodeDown{Node: "n"},
		music.NodeSnapshot{Bot: "900", Node: "n", Play: "p", Position: time.Second, Paused: true, Fresh: true, Seeks: 2},
		music.PlayStarted{Bot: "900", Play: "p"},
		music.PlayPosition{Bot: "900", Play: "p", Position: time.Minute, Speed: 1.25, Seeks: 3},
		music.PlayEnded{Bot: "900", Play: "p", Reason: music.EndFinished, Seeks: 2},
		music.PlayException{Bot: "900", Play: "p", Message: "m"},
		music.PlayStuck{Bot: "900", Play: "p"},
		music.VoiceClosed{Bot: "900", Code: 4014},
		music.EntitlementsChanged{Entitlements: plan.Default()},
		music.Tick{},
		music.BotAway{Bot: "900", Back: true},
		music.BotAway{Bot: "900", Gone: true},
	}
	for _, a := range []music.Action{
		music.Enqueue{Query: "q \"ñ\" <é>", Next: true},
		music.Pause{},
		music.Resume{},
		music.Skip{},
		music.Stop{},
		music.Leave{},
		music.Join{},
		music.ShowQueue{Page: 2},
		music.ShowNowPlaying{},
		music.SetVolume{},
		music.SetVolume{Percent: &seven},
		music.SkipTo{Position: 3},
		music.SkipTo{Slot: "s"},
		music.Previous{},
		music.Seek{To: time.Minute},
		music.SeekBy{By: -time.Minute},
		music.SeekBy{By: math.MaxInt64},
		music.SeekBy{By: math.MinInt64},
		music.Replay{},
		music.Remove{From: 1, To: 4},
		music.Remove{Slot: "s"},
		music.Remove{Duplicates: true},
		music.Remove{By: "1"},
		music.Move{From: 1, To: math.MaxInt},
		music.Swap{A: 1, B: 2},
		music.Shuffle{},
		music.Clear{},
		music.SetLoop{Mode: music.LoopQueue},
		music.ShowHistory{Page: math.MinInt},
		music.Grab{},
		music.Search{Query: "q"},
		music.ShowBots{Pool: []music.BotID{"900", "901"}},
		music.ShowSettings{},
		music.ChangeSettings{Change: music.SettingsChange{
			Volume: &seven, Idle: &minute, Empty: &minute, Announce: &home, Language: &english, Elsewhere: &everywhere, Reset: true,
			Rule: &music.ChannelRule{Channel: "40", Use: music.UseRoles, Roles: []music.RoleID{"r"}},
		}},
	} {
		out = append(out, cmd(a))
	}
	return out
}

func TestEveryInputReadsBackAsItWas(t *testing.T) {
	kinds := map[string]bool{}
	for _, b := range bodies() {
		in := music.Input{ID: "id", Guild: "7", Trace: "00-aa-bb-01", Body: b}
		kinds[in.Kind()] = true
		raw, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var back music.Input
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		if !reflect.DeepEqual(in, back) {
			t.Errorf("%s: %+v became %+v", in.Kind(), in, back)
		}
	}
	if len(kinds) != 22 {
		t.Errorf("%d kinds of inputs were tried", len(kinds))
	}
}

func TestInputsThatCannotBeReadAreInvalid(t *testing.T) {
	for name, raw := range map[string]string{
		"no id":          `{"guild":"7","kind":"tick"}`,
		"no guild":       `{"id":"a","kind":"tick"}`,
		"unknown kind":   `{"id":"a","guild":"7","kind":"dance"}`,
		"unknown action": `{"id":"a","guild":"7","kind":"command","body":{"actor":{"user":"1"},"action":"dance"}}`,
		"wrong type":     `{"id":"a","guild":"7","kind":"placed","body":{"bot":5}}`,
		"too large":      `{"id":"` + strings.Repeat("a", music.MaxInput) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			var in music.Input
			if err := json.Unmarshal([]byte(raw), &in); !errors.Is(err, fault.Of(fault.Invalid)) {
				t.Fatalf("got %v", err)
			}
		})
	}
	if _, err := json.Marshal(music.Input{ID: "a", Guild: "7"}); err == nil {
		t.Fatal("an input without a body was written")
	}
	if _, err := json.Marshal(music.Input{ID: "a", Guild: "7", Body: music.Command{}}); err == nil {
		t.Fatal("a command without an action was written")
	}
}

func FuzzInput(f *testing.F) {
	for _, b := range bodies() {
		raw, err := json.Marshal(music.Input{ID: "id", Guild: "7", Body: b})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Add([]byte(`{"id":"a","guild":"7","kind":"command","body":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var in, again music.Input
		if json.Unmarshal(raw, &in) != nil {
			return
		}
		// What was read can be stepped and written, and reads back as itself.
		r := music.Step(newGuild(), in, start)
		if err := shape(&r.Guild); err != nil {
			t.Fatal(err)
		}
		out, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(out, &again); err != nil {
			t.Fatal(err)
		}
		if second, err := json.Marshal(again); err != nil || string(second) != string(out) {
			t.Fatalf("%s became %s: %v", out, second, err)
		}
	})
}

func FuzzParseQuery(f *testing.F) {
	for _, s := range []string{"ocean", "  a\tb ", "https://a.test/x?y=1", "HTTP://a", "ftp://a/b", "http://u:p@a/", "http://", "a b://c", "\u202egpj.exe", "\x00", "://", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		q, r := music.ParseQuery(raw)
		if r != nil {
			if q != (music.Query{}) || r.Reason == "" {
				t.Fatalf("a refusal with a query: %+v %+v", q, r)
			}
			return
		}
		again, r := music.ParseQuery(q.Text)
		if r != nil || again != q {
			t.Fatalf("%q is %+v, which is %+v %+v", raw, q, again, r)
		}
		bad := func(c rune) bool {
			return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == utf8.RuneError
		}
		if q.Text == "" || len(q.Text) > music.MaxQuery || !utf8.ValidString(q.Text) || strings.ContainsFunc(q.Text, bad) {
			t.Fatalf("%q became %q", raw, q.Text)
		}
		if low := strings.ToLower(q.Text); q.URL && !strings.HasPrefix(low, "http://") && !strings.HasPrefix(low, "https://") {
			t.Fatalf("%q is no address", q.Text)
		}
	})
}

func TestParseQuery(t *testing.T) {
	for raw, want := range map[string]struct {
		text   string
		url    bool
		reason music.Reason
	}{
		"ocean": {text: "ocean"}, "  deep \n ocean\t": {text: "deep   ocean"}, "": {reason: music.ReasonQueryEmpty},
		" \x00\u200f ": {reason: music.ReasonQueryEmpty}, "https://a.test/x": {text: "https://a.test/x", url: true},
		"HTTP://A.test": {text: "HTTP://A.test", url: true}, "file:///etc/passwd": {reason: music.ReasonURLUnsupported},
		"ftp://a.test/x": {reason: music.ReasonURLUnsupported}, "http://me:pass@a.test": {reason: music.ReasonURLUnsupported},
		"https:///x": {reason: music.ReasonURLUnsupported}, "what is a://b": {text: "what is a://b"},
		strings.Repeat("a", music.MaxQuery+1): {reason: music.ReasonQueryTooLong}, strings.Repeat("a", music.MaxQuery): {text: strings.Repeat("a", music.MaxQuery)},
	} {
		q, r := music.ParseQuery(raw)
		if r != nil && r.Reason != want.reason || r == nil && (want.reason != "" || q.Text != want.text || q.URL != want.url) {
			t.Errorf("%.40q: got %+v %+v", raw, q, r)
		}
	}
}
