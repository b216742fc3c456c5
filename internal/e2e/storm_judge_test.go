package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/sim/discord"
)

type discordLog = discord.LogEntry

const stateFailed = discord.StateFailed

func playersNow(ctx context.Context, r *e2e.Rig) []view.Player {
	page, err := r.API().Players(ctx, client.Players{})
	if err != nil {
		return nil
	}
	return page.Items
}

// end lets the members be silent and says what is wrong: what they were told
// against the journal, the journal against the rows, and both against what the
// node let sound.
func (s *storm) end(strikes int) {
	s.t.Helper()
	s.quiet()
	s.people.hush()
	s.until("every interaction has its end", func(context.Context) bool {
		return !slices.ContainsFunc(slices.Collect(maps.Values(s.seen)), s.open)
	})
	s.until("every query has its end", func(ctx context.Context) bool { return s.pending(ctx) == 0 })
	s.lives[len(s.lives)-1].killed = time.Now().Add(time.Hour)
	events, wrong := s.compare()
	by, said := causes(events), s.people.log()
	for name, found := range map[string][]string{
		"told and not kept, or kept twice":      kept(said, by),
		"done twice, or promised and not done":  s.once(by),
		"not in the order of Discord":           inOrder(events),
		"not in the order of time":              realTime(said, by),
		"not answered in a time without faults": s.answered(),
		"heard otherwise":                       s.heard.onceEnded().judge(events, true),
		"done by two owners":                    append(s.oneOwner(), s.oneEpoch()...),
		"counted otherwise":                     s.projected(events),
	} {
		for _, f := range found {
			wrong = append(wrong, name+": "+f)
		}
	}
	for _, w := range wrong[:min(len(wrong), 40)] {
		s.t.Error(w)
	}
	if len(wrong) > 40 {
		s.t.Errorf("and %d more", len(wrong)-40)
	}
	answered := 0
	for _, x := range said {
		if x.answered() {
			answered++
		}
	}
	bots, identifies, _ := s.identifies()
	s.t.Logf("%d faults; %d lines typed, %d answered; %d events; %d IDENTIFYs of %d bots", strikes, len(said), answered, len(events), identifies, bots)
	if strikes == 0 || answered < 2*floor*strikes {
		s.t.Errorf("only %d answers over %d faults show nothing", answered, strikes)
	}
}

// oneOwner says where the journal of a partition has an event of an owner after
// one of the next owner.
func (s *storm) oneOwner() (wrong []string) {
	if n := s.ask(`SELECT COUNT(*) FROM (SELECT epoch, MAX(epoch) OVER
		(PARTITION BY partition_id ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM journal) j
		WHERE epoch < before`); n > 0 {
		wrong = append(wrong, fmt.Sprintf("%d events of an owner that was succeeded already", n))
	}
	if n := s.ask(`SELECT COUNT(*) FROM journal j JOIN partitions p ON p.id = j.partition_id WHERE j.epoch > p.epoch`); n > 0 {
		wrong = append(wrong, fmt.Sprintf("%d events of an owner that there never was", n))
	}
	return wrong
}

// oneEpoch says where the node let something sound for an owner after it had done
// so for the next one.
func (s *storm) oneEpoch() (wrong []string) {
	for guild, line := range s.heard.guilds {
		last := map[string]int64{}
		for _, x := range line {
			if x.Play.Epoch < last[x.Play.Play] {
				wrong = append(wrong, fmt.Sprintf("guild %s: play %s went from epoch %d back to %d at %s", guild, x.Play.Play, last[x.Play.Play], x.Play.Epoch, x.At))
			}
			last[x.Play.Play] = max(last[x.Play.Play], x.Play.Epoch)
		}
	}
	return wrong
}

// projected says where the plays that the worker counted are not those that the
// journal ended and somebody heard: an event that was passed over, or taken twice.
func (s *storm) projected(events []view.Event) []string {
	heard := func(e view.Event) bool {
		var f struct {
			Heard bool `json:"heard"`
		}
		return e.Type == "music.play.ended" && json.Unmarshal(e.Data, &f) == nil && f.Heard
	}
	last := int64(0)
	for _, e := range events {
		if heard(e) {
			last = e.Seq
		}
	}
	s.until("the worker has read the journal", func(context.Context) bool {
		return s.ask(`SELECT MIN(position) FROM projections`) >= last
	})
	// Both at one moment, because the music goes on.
	both := s.ask(`SELECT (SELECT MIN(position) FROM projections) * 1000000 + (SELECT COUNT(*) FROM plays)`)
	position, have := both/1_000_000, both%1_000_000
	want := int64(0)
	for _, e := range s.rig.Journal() {
		if e.Seq <= position && heard(e) {
			want++
		}
	}
	if have != want {
		return []string{fmt.Sprintf("%d plays are in the lists, and %d were heard", have, want)}
	}
	return nil
}

// onceEnded leaves out ends of plays that had ended and did not sound since. Where
// the end of a play could not be kept, a player is told once more what it should
// play, is at the track's end, and says so again; nobody hears that.
func (h *heard) onceEnded() *heard {
	out := newHeard()
	out.missed = h.missed
	for guild, line := range h.guilds {
		ended := map[string]bool{}
		for _, x := range line {
			if x.Kind == "end" && ended[x.Play.Play] {
				continue
			}
			ended[x.Play.Play] = x.Kind == "end"
			out.guilds[guild] = append(out.guilds[guild], x)
		}
	}
	return out
}
