package command_test

import (
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
)

const (
	bot  = music.BotID("18446744073709551615")
	play = music.PlayID("01936f2a-0000-7000-8000-0123456789ab")
	slot = "01936f2a-0000-7000-8000-ba9876543210"
)

type press struct {
	control  command.Control
	argument string
	values   []string
	kind     command.Kind
	want     music.Action
}

// presses has what each component becomes.
func presses() []press {
	return []press{
		{command.ControlPrevious, "", nil, command.KindPanel, music.Previous{}},
		{command.ControlPause, "", nil, command.KindPanel, music.Pause{}},
		{command.ControlResume, "", nil, command.KindPanel, music.Resume{}},
		{command.ControlSkip, "", nil, command.KindPanel, music.Skip{}},
		{command.ControlStop, "", nil, command.KindPanel, music.Stop{}},
		{command.ControlLoop, "track", nil, command.KindPanel, music.SetLoop{Mode: music.LoopTrack}},
		{command.ControlShuffle, "", nil, command.KindPanel, music.Shuffle{}},
		{command.ControlQuieter, "0", nil, command.KindPanel, music.SetVolume{Percent: new(0)}},
		{command.ControlLouder, "200", nil, command.KindPanel, music.SetVolume{Percent: new(200)}},
		{command.ControlQueue, "", nil, command.KindReply, music.ShowQueue{Page: 1}},
		{command.ControlAdd, "", nil, command.KindModal, nil},
		{command.ControlJump, "", []string{slot}, command.KindPanel, music.SkipTo{Slot: slot}},
		{command.ControlQueueFirst, "1", nil, command.KindUpdate, music.ShowQueue{Page: 1}},
		{command.ControlQueuePrevious, "2", nil, command.KindUpdate, music.ShowQueue{Page: 2}},
		{command.ControlQueueNext, "4", nil, command.KindUpdate, music.ShowQueue{Page: 4}},
		{command.ControlQueueLast, "1000000", nil, command.KindUpdate, music.ShowQueue{Page: 1_000_000}},
		{command.ControlQueueRefresh, "3", nil, command.KindUpdate, music.ShowQueue{Page: 3}},
		{command.ControlHistoryFirst, "1", nil, command.KindUpdate, music.ShowHistory{Page: 1}},
		{command.ControlHistoryPrevious, "2", nil, command.KindUpdate, music.ShowHistory{Page: 2}},
		{command.ControlHistoryNext, "4", nil, command.KindUpdate, music.ShowHistory{Page: 4}},
		{command.ControlHistoryLast, "5", nil, command.KindUpdate, music.ShowHistory{Page: 5}},
		{command.ControlHistoryRefresh, "3", nil, command.KindUpdate, music.ShowHistory{Page: 3}},
		{command.ControlPick, "", []string{"https://music.example/ocean?a=b:c"}, command.KindPick, music.Enqueue{Query: "https://music.example/ocean?a=b:c"}},
		{command.ControlCancel, "", nil, command.KindCancel, nil},
	}
}

func TestParseComponent(t *testing.T) {
	for _, c := range presses() {
		t.Run(string(c.control), func(t *testing.T) {
			id := command.ComponentID(c.control, bot, play, c.argument)
			got, refusal := command.ParseComponent(id, c.values)
			want := command.Press{Control: c.control, Kind: c.kind, Action: c.want, Bot: bot, Play: play}
			if refusal != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("%s: got %#v, %+v", id, got, refusal)
			}
			if len(id) > command.MaxID {
				t.Fatalf("%s is too long", id)
			}
			id = command.ComponentID(c.control, "", "", c.argument)
			if got, refusal = command.ParseComponent(id, c.values); refusal != nil || got.Bot != "" || got.Play != "" || got.Kind != c.kind {
				t.Fatalf("%s of no player: got %#v, %+v", id, got, refusal)
			}
			// A menu that says nothing, or a button that says something, is none of ours.
			values := []string{slot}
			if len(c.values) > 0 {
				values = nil
			}
			if _, refusal := command.ParseComponent(id, values); refusal == nil || refusal.Reason != music.ReasonNotPlayer {
				t.Fatalf("%s with %v: got %+v", id, values, refusal)
			}
		})
	}
}

func TestOldPanelsAreKnown(t *testing.T) {
	for _, id := range []string{
		"", ":", "::::", "1", "1:", "1:xx", "0:pa:1:2", "2:pa:1:2", "pa", "1:pa:1:2:3", "1:pa:1:2:3:4", "1:pa:", "1:PA", "1:lo", "1:lo:1:2:moon", "1:vu:1:2",
		"1:vu:1:2:201", "1:vd:1:2:-1", "1:vu:1:2:08", "1:qn:1", "1:qn:1::0", "1:qn:1::1000001", "1:qn:1::+1", "1:hl:1::x", "1:pa:a b", "1:pa:1:2\n", "1:pa:ñ",
		"1:pa:" + strings.Repeat("1", 37), strings.Repeat("1", 101), "panel:pause", "1:jp:1:2:x", "\xff",
	} {
		got, refusal := command.ParseComponent(id, nil)
		if refusal == nil || refusal.Reason != music.ReasonNotPlayer || !reflect.DeepEqual(got, command.Press{}) {
			t.Errorf("%q: got %#v, %+v", id, got, refusal)
		}
		if _, refusal := command.ParseModal(id, map[string]string{command.FieldQuery: "ocean"}); refusal == nil || refusal.Reason != music.ReasonNotPlayer {
			t.Errorf("the form %q: got %+v", id, refusal)
		}
	}
	for _, values := range [][]string{nil, {""}, {"a", "b"}, {"a:b"}, {strings.Repeat("a", 200)}} {
		if _, refusal := command.ParseComponent("1:jp:1:2", values); refusal == nil || refusal.Reason != music.ReasonNotPlayer {
			t.Errorf("a jump to %.40q: got %+v", values, refusal)
		}
	}
}

func TestParseModal(t *testing.T) {
	id := command.ComponentID(command.ControlAdd, bot, play, "")
	got, refusal := command.ParseModal(id, map[string]string{command.FieldQuery: " ocean "})
	want := command.Press{Control: command.ControlAdd, Kind: command.KindReply, Action: music.Enqueue{Query: " ocean "}, Bot: bot, Play: play}
	if refusal != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("got %#v, %+v", got, refusal)
	}
	for name, c := range map[string]struct {
		id     string
		fields map[string]string
		want   music.Reason
	}{
		"no field":       {id, nil, music.ReasonNotPlayer},
		"another field":  {id, map[string]string{"q": "ocean"}, music.ReasonNotPlayer},
		"another button": {command.ComponentID(command.ControlPause, bot, play, ""), map[string]string{command.FieldQuery: "a"}, music.ReasonNotPlayer},
		"too long":       {id, map[string]string{command.FieldQuery: strings.Repeat("a", music.MaxQuery+1)}, music.ReasonQueryTooLong},
	} {
		if _, refusal := command.ParseModal(c.id, c.fields); refusal == nil || refusal.Reason != c.want {
			t.Errorf("%s: got %+v", name, refusal)
		}
	}
	pick := command.ComponentID(command.ControlPick, "", "", "")
	if _, refusal := command.ParseComponent(pick, []string{strings.Repeat("a", music.MaxQuery+1)}); refusal == nil || refusal.Reason != music.ReasonQueryTooLong {
		t.Errorf("a pick that is too long: got %+v", refusal)
	}
}

func TestIDsFitWhateverTheNamesAre(t *testing.T) {
	name := rapid.OneOf(rapid.StringMatching(`[0-9A-Za-z-]{0,40}`), rapid.String())
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(presses()).Draw(t, "press")
		b, p := music.BotID(name.Draw(t, "bot")), music.PlayID(name.Draw(t, "play"))
		id := command.ComponentID(c.control, b, p, c.argument)
		got, refusal := command.ParseComponent(id, c.values)
		if len(id) > command.MaxID || refusal != nil {
			t.Fatalf("%q: %+v", id, refusal)
		}
		if got.Bot != b && got.Bot != "" || got.Play != p && got.Play != "" || !reflect.DeepEqual(got.Action, c.want) {
			t.Fatalf("%q became %#v", id, got)
		}
	})
}

func TestArgumentsStayWithinBounds(t *testing.T) {
	for n, want := range map[int][2]string{
		-5: {"1", "0"}, 0: {"1", "0"}, 7: {"7", "7"}, 201: {"201", "200"}, 5_000_000: {"1000000", "200"},
	} {
		if command.Page(n) != want[0] || command.Percent(n) != want[1] {
			t.Errorf("%d: page %s, percent %s", n, command.Page(n), command.Percent(n))
		}
	}
	for m, want := range map[music.LoopMode]music.LoopMode{
		"": music.LoopQueue, music.LoopOff: music.LoopQueue, music.LoopQueue: music.LoopTrack, music.LoopTrack: music.LoopOff, "?": music.LoopQueue,
	} {
		if got := command.NextLoop(m); got != want {
			t.Errorf("after %q comes %q", m, got)
		}
	}
}

func FuzzParseComponent(f *testing.F) {
	for _, c := range presses() {
		value := ""
		if len(c.values) > 0 {
			value = c.values[0]
		}
		f.Add(command.ComponentID(c.control, bot, play, c.argument), value)
	}
	f.Fuzz(func(t *testing.T, id, value string) {
		for _, values := range [][]string{nil, {value}, {value, value}} {
			p, refusal := command.ParseComponent(id, values)
			switch {
			case refusal == nil && (p.Kind == "" || !strings.HasPrefix(id, "1:"+string(p.Control))):
				t.Fatalf("%q became %#v", id, p)
			case refusal != nil && !reflect.DeepEqual(p, command.Press{}):
				t.Fatalf("%q was refused and became %#v", id, p)
			}
		}
	})
}

func FuzzParseModal(f *testing.F) {
	f.Add("1:ad:1:2", "query", "ocean")
	f.Add("1:pa", "q", "")
	f.Fuzz(func(t *testing.T, id, field, typed string) {
		p, refusal := command.ParseModal(id, map[string]string{field: typed})
		if refusal != nil {
			return
		}
		if do, ok := p.Action.(music.Enqueue); !ok || do.Query != typed || len(typed) > music.MaxQuery || field != command.FieldQuery {
			t.Fatalf("%q %q %q became %#v", id, field, typed, p)
		}
	})
}
