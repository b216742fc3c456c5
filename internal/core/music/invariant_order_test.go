package music_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// reorders is true for what a member may change the order of a queue by.
func reorders(a music.Action) bool {
	switch a.(type) {
	case music.Move, music.Swap, music.Shuffle, music.SkipTo, music.Previous:
		return true
	}
	return false
}

// back is true where something that was let in before returned to a queue.
func back(r music.Result, bot music.BotID) bool {
	return slices.ContainsFunc(r.Events, func(e music.Event) bool {
		p, ok := e.Payload.(music.PlayFinished)
		return ok && p.Bot == bot
	})
}

func ids(q []*music.Slot) []music.SlotID {
	out := make([]music.SlotID, len(q))
	for i, s := range q {
		out[i] = s.ID
	}
	slices.Sort(out)
	return out
}

// told lists the places that the events of a step say left a queue.
func told(r music.Result, bot music.BotID) map[music.SlotID]bool {
	out := map[music.SlotID]bool{}
	for _, e := range r.Events {
		switch p := e.Payload.(type) {
		case music.PlayBegun:
			if p.Bot == bot {
				out[p.Slot] = true
			}
		case music.TrackRejected:
			if p.Bot == bot {
				out[p.Slot] = true
			}
		case music.QueueRemoved:
			if p.Bot == bot {
				for _, id := range p.Slots {
					out[id] = true
				}
			}
		}
	}
	return out
}

// heir is who has a bot's queue after a step: the bot itself, or whoever it was
// handed over to.
func heir(r music.Result, bot music.BotID) music.BotID {
	for _, e := range r.Events {
		if h, ok := e.Payload.(music.QueueHandedOver); ok && h.From == bot {
			return h.To
		}
	}
	return bot
}

// kept holds that no place of a queue is lost without a word, and that moving,
// swapping and mixing lose and make none.
func kept(before *music.Guild, in music.Input, r music.Result) error {
	c, _ := in.Body.(music.Command)
	for _, was := range before.Players {
		p := r.Guild.Player(heir(r, was.Bot))
		if p == nil {
			continue
		}
		// What left the queue before it was handed over was told of the one before.
		gone := told(r, p.Bot)
		maps.Copy(gone, told(r, was.Bot))
		cleared := 0
		for _, e := range r.Events {
			if q, ok := e.Payload.(music.QueueCleared); ok && q.Bot == p.Bot {
				cleared += q.Removed
			}
		}
		now := ids(p.Queue)
		for _, q := range was.Queue {
			if _, still := slices.BinarySearch(now, q.ID); !still && !gone[q.ID] && cleared == 0 {
				return fmt.Errorf("player %s: slot %s is gone without a word", p.Bot, q.ID)
			}
		}
		switch c.Do.(type) {
		case music.Move, music.Swap, music.Shuffle:
			// A bot may have to leave in the same step, which clears its queue.
			if len(now)+len(gone)+cleared != len(was.Queue) {
				return fmt.Errorf("player %s: %d places became %d, %d began, %d were cleared", p.Bot, len(was.Queue), len(now), len(gone), cleared)
			}
		}
	}
	return nil
}

// heard holds that what is said of a play's sounding can be: it never grows by
// more than the time that passed, and what was counted once is never taken back.
func (j *judge) heard(before *music.Guild, r music.Result, now time.Time) error {
	for _, p := range r.Guild.Players {
		if p.Play == nil {
			continue
		}
		n, since := p.Play.ListenedAt(now), now.Sub(p.Play.Since)
		switch {
		case n < 0 || n > max(since, 0):
			return fmt.Errorf("play %s sounded for %s in %s", p.Play.ID, n, since)
		case n < p.Play.Listened || p.Play.Listened < j.listened[p.Play.ID]:
			return fmt.Errorf("play %s sounded for %s, and then for %s", p.Play.ID, j.listened[p.Play.ID], p.Play.Listened)
		}
		j.listened[p.Play.ID] = p.Play.Listened
	}
	for _, e := range r.Events {
		f, ok := e.Payload.(music.PlayFinished)
		if !ok {
			continue
		}
		if was := before.Player(f.Bot); was != nil && was.Play != nil && was.Play.ID == f.Play {
			if was.Play.Heard != f.Heard || was.Play.By != f.Requester || f.StartedAt != was.Play.Since.UnixMilli() {
				return fmt.Errorf("%+v says something else of %+v", f, was.Play)
			}
			if d := time.Duration(f.ListenedMS) * time.Millisecond; d > now.Sub(was.Play.Since) || d+time.Millisecond < was.Play.Listened {
				return fmt.Errorf("play %s sounded for %s, %s of them before now", f.Play, d, was.Play.Listened)
			}
		}
		delete(j.listened, f.Play)
	}
	return nil
}
