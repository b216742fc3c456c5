package e2e_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// byCause are the events that an interaction caused, by type.
type byCause map[string]map[string][]view.Event

func causes(events []view.Event) byCause {
	out := byCause{}
	for _, e := range events {
		if out[e.Cause] == nil {
			out[e.Cause] = map[string][]view.Event{}
		}
		out[e.Cause][e.Type] = append(out[e.Cause][e.Type], e)
	}
	return out
}

// promises are the answers that say that something happened, and the event that
// must be in the journal for them exactly once.
var promises = []struct{ text, event string }{
	// An answer to /skip names the next track too, so it is looked for first.
	{"Skipped ", "music.play.ended"},
	{"Now playing: ", "music.play.requested"},
	{"Up next: ", "music.play.requested"},
	{"In the queue at position ", "music.play.requested"},
	{"Added ", "music.play.requested"},
	{"No audio server is available right now. I kept ", "music.play.requested"},
	{"I found nothing", "music.play.requested"},
	{"I could not load ", "music.play.requested"},
	{"Paused ", "music.player.paused"},
	{"Playing again: ", "music.player.resumed"},
	{"The music goes on.", "music.player.resumed"},
}

func (o *ordeal) judge() {
	o.t.Helper()
	events, wrong := o.compare()
	by := causes(events)
	said := o.people.log()
	wrong = append(wrong, kept(said, by)...)
	wrong = append(wrong, o.once(by)...)
	wrong = append(wrong, inOrder(events)...)
	wrong = append(wrong, realTime(said, by)...)
	wrong = append(wrong, o.answered()...)
	wrong = append(wrong, o.heard.judge(events, o.rig.Sim != nil)...)
	wrong = append(wrong, o.sessions()...)
	for _, w := range wrong[:min(len(wrong), 40)] {
		o.t.Error(w)
	}
	if len(wrong) > 40 {
		o.t.Errorf("and %d more", len(wrong)-40)
	}
	o.floor(said, events)
}

// compare reads the journal and says where rows are not what it says. The music
// goes on meanwhile: a track that ends between the two looks is no mistake, so
// only what stays different is one.
func (o *ordeal) compare() (events []view.Event, wrong []string) {
	for deadline := time.Now().Add(e2e.Patience / 2); ; {
		var players map[[2]string]*e2e.Replayed
		events = o.rig.Journal()
		players, wrong = e2e.Replay(events)
		same := true
		for _, p := range players {
			if p.Bot == "" {
				continue
			}
			for _, w := range o.rig.Compare(p) {
				wrong, same = append(wrong, "guild "+p.Guild+": "+w), false
			}
		}
		if same || time.Now().After(deadline) {
			return events, wrong
		}
	}
}

// kept says which answers of success are not in the journal exactly once.
func kept(all []said, by byCause) (wrong []string) {
	for _, s := range all {
		if !s.answered() {
			continue
		}
		for _, p := range promises {
			if !strings.Contains(s.text(), p.text) {
				continue
			}
			if n := len(by[s.result.InteractionID][p.event]); n != 1 {
				wrong = append(wrong, fmt.Sprintf("%s typed %q at %s and was told %q (interaction %s): %d times %s in the journal",
					s.user, s.line, s.began.Format(time.StampMilli), s.text(), s.result.InteractionID, n, p.event))
			}
			break
		}
	}
	return wrong
}

// once says which interactions did the same more than once, and which deferred
// commands never came to be.
func (o *ordeal) once(by byCause) (wrong []string) {
	for cause, types := range by {
		for _, kind := range []string{
			"music.play.requested", "music.play.ended", "music.player.paused", "music.player.resumed",
			"music.player.volume_changed", "music.queue.cleared", "music.play.started",
		} {
			if n := len(types[kind]); n > 1 {
				wrong = append(wrong, fmt.Sprintf("%s caused %d times %s", cause, n, kind))
			}
		}
	}
	for id, e := range o.seen {
		if e.Deferred && e.Name == "play" && len(by[id]["music.play.requested"]) == 0 && strings.Contains(e.Reply, "audio.sandbox") {
			wrong = append(wrong, "interaction "+id+" was deferred, which is an acknowledgement, and is not in the journal")
		}
	}
	return wrong
}

// inOrder says where requests of a guild are not in the order in which Discord
// made them.
func inOrder(events []view.Event) (wrong []string) {
	last := map[string]string{}
	for _, e := range events {
		if e.Type != "music.play.requested" {
			continue
		}
		if before := last[e.Guild]; compareIDs(before, e.Cause) >= 0 {
			wrong = append(wrong, fmt.Sprintf("event %d: the request of interaction %s comes after the one of %s", e.Seq, e.Cause, before))
		}
		last[e.Guild] = e.Cause
	}
	return wrong
}

func compareIDs(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// realTime says where a command that was typed after the answer to another one
// stands before it in the journal.
func realTime(all []said, by byCause) (wrong []string) {
	type span struct {
		said
		first int64
	}
	guilds := map[string][]span{}
	for _, s := range all {
		first := int64(0)
		for _, p := range promises {
			if list := by[s.result.InteractionID][p.event]; len(list) > 0 && (first == 0 || list[0].Seq < first) {
				first = list[0].Seq
			}
		}
		if s.answered() && first > 0 {
			guilds[s.guild] = append(guilds[s.guild], span{s, first})
		}
	}
	for _, list := range guilds {
		for _, a := range list {
			for _, b := range list {
				if a.ended.Before(b.began) && a.first >= b.first {
					wrong = append(wrong, fmt.Sprintf("%s (event %d) was answered before %s (event %d) was typed",
						a.result.InteractionID, a.first, b.result.InteractionID, b.first))
				}
			}
		}
	}
	return wrong
}

// answered says which interactions have no answer though a daemon lived all the
// time in which it could have given one.
func (o *ordeal) answered() (wrong []string) {
	for _, e := range o.seen {
		switch e.State {
		case discord.StateAnswered:
			continue
		case discord.StateWaiting, discord.StateDeferred:
			if !o.open(e) {
				continue
			}
		case discord.StateFailed:
			if !slices.ContainsFunc(o.lives, func(l life) bool {
				return e.Created.After(l.ready) && e.Created.Add(3*time.Second).Before(l.killed)
			}) {
				continue
			}
		}
		wrong = append(wrong, fmt.Sprintf("interaction %s (/%s of %s at %s) is %s", e.InteractionID, e.Name, e.User, e.Created.Format(time.StampMilli), e.State))
	}
	return wrong
}

// floor fails the test where so little happened that nothing was shown.
func (o *ordeal) floor(all []said, events []view.Event) {
	o.t.Helper()
	n := kills(o.t)
	acknowledged, deferred := 0, 0
	for _, s := range all {
		if s.acknowledged() {
			acknowledged++
		}
		if s.result.Deferred {
			deferred++
		}
	}
	count := map[string]int{}
	for _, e := range events {
		count[e.Type]++
	}
	o.t.Logf("%d runs of the daemon; %d lines typed, %d acknowledged, %d deferred; Discord remembers %d interactions, %d acknowledged; %d events: %s",
		len(o.rig.Runs), len(all), acknowledged, deferred, len(o.seen), len(o.acked), len(events), mustJSON(count))
	for name, floor := range map[string]int{"music.play.requested": 2 * n, "music.play.started": n, "music.play.ended": n / 2} {
		if count[name] < floor {
			o.t.Errorf("only %d times %s: with less than %d this test shows nothing", count[name], name, floor)
		}
	}
	if acknowledged < 5*n || len(o.rig.Runs) < n+1 {
		o.t.Errorf("only %d acknowledged lines over %d runs", acknowledged, len(o.rig.Runs))
	}
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
