package gateway_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/gateway"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// jumping is a clock that can be put ahead.
type jumping struct {
	clockwork.Clock

	by *atomic.Int64
}

func (c jumping) Now() time.Time                  { return c.Clock.Now().Add(time.Duration(c.by.Load())) }
func (c jumping) Since(t time.Time) time.Duration { return c.Now().Sub(t) }

// jump returns what puts a gateway's clock ahead.
func jump() (by func(time.Duration), change func(*gateway.Options)) {
	var n atomic.Int64
	return func(d time.Duration) { n.Add(int64(d)) }, func(o *gateway.Options) { o.Clock = jumping{o.Clock, &n} }
}

// slowly puts a clock ahead by 16 s, and again every few seconds: a panel counts
// from when it last changed.
func slowly(ahead func(time.Duration)) func() {
	var last time.Time
	return func() {
		if time.Since(last) > 3*time.Second {
			last = time.Now()
			ahead(16 * time.Second)
		}
	}
}

func TestProgressIsShown(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	ahead, clock := jump()
	start(t, r, clock)
	id, _ := panel(t, r)
	roletest.Until(t, "it is shown that it plays", func() bool { _, now := panel(t, r); return strings.Contains(now, "0:0") })
	pass := slowly(ahead)
	roletest.Until(t, "its progress is shown by itself", func() bool {
		pass()
		_, now := panel(t, r)
		_, at, _ := strings.Cut(now, "▱ ")
		return at >= "0:15" && strings.Contains(at, " / ")
	})
	if now, _ := panel(t, r); now != id {
		t.Error("another message took its place")
	}
	clean(t, r)
}

func TestDeletedPanelComesBackWithTheNextChangeOnly(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	n, counted := edits(t, r)
	ahead, clock := jump()
	start(t, r, clock, counted)
	id, _ := panel(t, r)
	roletest.Until(t, "it is shown that it plays", func() bool { _, now := panel(t, r); return strings.Contains(now, "Now playing") })
	rest(t, r, http.MethodDelete, "/channels/"+string(r.Text)+"/messages/"+id, "")
	before := n.Load()
	pass := slowly(ahead)
	roletest.Until(t, "its progress was to be shown", func() bool { pass(); return n.Load() > before })
	if all := posted(t, r); len(all) != 0 {
		t.Errorf("it came back by itself: %v", all)
	}
	r.Send("/pause")
	if now, _ := panel(t, r); now == id {
		t.Error("it is the deleted one")
	}
}

func TestBuriedPanelIsPostedAgain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		others  int
		by      time.Duration
		another bool
	}{
		// The answers to commands come after it too.
		{"under a few messages", 13, 6 * time.Minute, false},
		{"under many", 16, 6 * time.Minute, true},
		{"for an hour", 0, 56 * time.Minute, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := roletest.New(t, roletest.Options{Nodes: 1})
			n, counted := edits(t, r)
			ahead, clock := jump()
			start(t, r, clock, counted)
			id, _ := panel(t, r)
			for i := range c.others {
				rest(t, r, http.MethodPost, "/channels/"+string(r.Text)+"/messages", fmt.Sprintf(`{"content":"line %d"}`, i))
			}
			before := n.Load()
			ahead(c.by)
			// By then an interaction would be too old to be answered.
			r.Deliver(music.Input{ID: "pause-1", Guild: r.Guild, Body: music.Command{
				Actor: music.Actor{User: "1", Voice: r.Music}, Do: music.Pause{},
			}})
			newest := func() string {
				all := posted(t, r)
				return fmt.Sprint(all[len(all)-1]["id"], all[len(all)-1]["embeds"])
			}
			if c.another {
				roletest.Until(t, "there is another panel", func() bool { return strings.Contains(newest(), "Paused") })
				roletest.Until(t, "the old one is gone", func() bool {
					return !slices.ContainsFunc(posted(t, r), func(m map[string]any) bool { return fmt.Sprint(m["id"]) == id })
				})
			} else {
				roletest.Until(t, "it is edited", func() bool { return n.Load() > before && !strings.Contains(newest(), "Paused") })
			}
			clean(t, r)
		})
	}
}

func TestPanelOfAPlayerThatIsNoMoreHasNoButtons(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	start(t, r)
	id, _ := panel(t, r)
	r.Component(panelOf(t, r), "st")
	r.Send("/leave")
	roletest.Until(t, "nothing can be pressed that does something", func() bool {
		now, _ := panel(t, r)
		m := panelOf(t, r)()
		return now == id && !strings.Contains(asJSON(t, m["components"]), `:sk:`)
	})
	clean(t, r)
}
