package render_test

import (
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/discord/render"
)

func TestProgress(t *testing.T) {
	p := printer(t, "en-US")
	stream, endless := *ocean(), *ocean()
	stream.Stream, endless.Length = true, 0
	for name, c := range map[string]struct {
		track music.Track
		after time.Duration
		speed float64
		want  string
	}{
		"at the start":         {*ocean(), 0, 1, "▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱ 0:10 / 3:07"},
		"in the middle":        {*ocean(), 84 * time.Second, 1, "▰▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱ 1:34 / 3:07"},
		"before the end":       {*ocean(), 176 * time.Second, 1, "▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▱ 3:06 / 3:07"},
		"at the end":           {*ocean(), 177 * time.Second, 1, "▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰ 3:07 / 3:07"},
		"long after the end":   {*ocean(), time.Hour, 1, "▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰ 3:07 / 3:07"},
		"held":                 {*ocean(), time.Hour, 0, "▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱ 0:10 / 3:07"},
		"at double speed":      {*ocean(), 42 * time.Second, 2, "▰▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱ 1:34 / 3:07"},
		"a stream":             {stream, time.Hour, 1, "🔴 Live · 1:00:10"},
		"of an unknown length": {endless, 5 * time.Second, 1, "0:15"},
	} {
		t.Run(name, func(t *testing.T) {
			v := *now()
			v.Track, v.Anchor = &c.track, music.Anchor{Position: 10 * time.Second, At: noon, Speed: c.speed}
			if got := render.Panel(p, v, noon.Add(c.after)).Embed.Description; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// pressable returns the buttons of a message that can be pressed, and the
// values of its menu.
func pressable(m render.Message) (all map[command.Control]command.Press, values []string) {
	all = map[command.Control]command.Press{}
	for _, r := range m.Components {
		for _, b := range r.Buttons {
			if press, refusal := command.ParseComponent(b.ID, nil); refusal == nil && !b.Disabled {
				all[press.Control] = press
			}
		}
		if r.Menu != nil {
			for _, o := range r.Menu.Options {
				values = append(values, o.Value)
			}
		}
	}
	return all, values
}

func TestControlsThatMakeSense(t *testing.T) {
	p := printer(t, "en-US")
	const (
		playing = "pv sk st lo sh vd vu qu ad"
		slots   = "01936f2a-0000-7000-8000-000000000001 01936f2a-0000-7000-8000-000000000002 01936f2a-0000-7000-8000-000000000003 01936f2a-0000-7000-8000-000000000004"
	)
	for name, want := range map[string]struct{ controls, slots string }{
		"playing":                       {playing + " pa", slots},
		"paused":                        {"pv re sk st lo vd vu qu ad", ""},
		"halted on a track":             {playing + " re", slots},
		"loop of the queue, loudest":    {"pv pa sk st lo sh vd qu ad", slots},
		"silenced, nothing before":      {"pa sk st lo sh vu qu ad", slots},
		"nothing":                       {"ad", ""},
		"nothing, but something before": {"pv ad", ""},
		"halted":                        {"re qu ad", slots},
		"nothing, but something waits":  {"re qu ad", slots[:36]},
	} {
		t.Run(name, func(t *testing.T) {
			v := panels()[name]
			got, values := pressable(render.Panel(p, v, noon))
			for c := range strings.SplitSeq(want.controls, " ") {
				press, ok := got[command.Control(c)]
				if !ok || press.Bot != v.Bot || press.Play != v.Play {
					t.Errorf("%s: %+v", c, press)
				}
				delete(got, command.Control(c))
			}
			if len(got) > 0 || strings.Join(values, " ") != want.slots {
				t.Errorf("too many: %v, the menu %v", got, values)
			}
		})
	}
}

func TestPressesSayWhatIsWishedFor(t *testing.T) {
	p := printer(t, "en-US")
	v := *now()
	v.Volume, v.Loop = 95, music.LoopQueue
	got, _ := pressable(render.Panel(p, v, noon))
	if do := got[command.ControlLouder].Action.(music.SetVolume); *do.Percent != 105 {
		t.Errorf("louder sets %d", *do.Percent)
	}
	if do := got[command.ControlQuieter].Action.(music.SetVolume); *do.Percent != 85 {
		t.Errorf("quieter sets %d", *do.Percent)
	}
	if do := got[command.ControlLoop].Action; do != (music.SetLoop{Mode: music.LoopTrack}) {
		t.Errorf("loop sets %v", do)
	}
	v.Volume = 5
	got, _ = pressable(render.Panel(p, v, noon))
	if do := got[command.ControlQuieter].Action.(music.SetVolume); *do.Percent != 0 {
		t.Errorf("quieter sets %d", *do.Percent)
	}
}

func TestPagesTurn(t *testing.T) {
	p := printer(t, "en-US")
	for _, c := range []struct {
		page, pages int
		want        map[command.Control]int
	}{
		{1, 1, map[command.Control]int{command.ControlQueueRefresh: 1}},
		{1, 3, map[command.Control]int{command.ControlQueueNext: 2, command.ControlQueueLast: 3, command.ControlQueueRefresh: 1}},
		{2, 3, map[command.Control]int{
			command.ControlQueueFirst: 1, command.ControlQueuePrevious: 1, command.ControlQueueNext: 3, command.ControlQueueLast: 3, command.ControlQueueRefresh: 2,
		}},
		{3, 3, map[command.Control]int{command.ControlQueueFirst: 1, command.ControlQueuePrevious: 2, command.ControlQueueRefresh: 3}},
	} {
		q := page()
		q.Page, q.Pages = c.page, c.pages
		got, _ := pressable(render.Answer(p, music.Answer{Kind: music.AnswerQueue, Queue: q}))
		for control, to := range c.want {
			if do := got[control].Action; do != (music.ShowQueue{Page: to}) || got[control].Bot != q.Now.Bot || got[control].Kind != command.KindUpdate {
				t.Errorf("page %d of %d, %s: %+v", c.page, c.pages, control, got[control])
			}
		}
		if len(got) != len(c.want) {
			t.Errorf("page %d of %d: %v", c.page, c.pages, got)
		}
	}
	h := played()
	h.Page = 2
	got, _ := pressable(render.Answer(p, music.Answer{Kind: music.AnswerHistory, History: h}))
	if len(got) != 5 || got[command.ControlHistoryLast].Action != (music.ShowHistory{Page: 3}) {
		t.Errorf("the history: %v", got)
	}
}

func TestAnAnswerHasNoControlsOfThePanel(t *testing.T) {
	m := render.Answer(printer(t, "en-US"), music.Answer{Kind: music.AnswerNowPlaying, Now: now()})
	if len(m.Components) > 0 || !strings.HasSuffix(m.Embed.Description, "1:02 / 3:07") {
		t.Errorf("got %+v, %q", m.Components, m.Embed.Description)
	}
}
