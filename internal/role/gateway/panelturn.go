package gateway

import (
	"cmp"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/topic"
)

const (
	// panelCalm is how long a channel is left alone after a panel in it was
	// edited, so that changes that come close together become one edit.
	panelCalm = time.Second
	// panelRate is how many requests for panels are sent in a second at most:
	// less than half of what Discord lets a bot do.
	panelRate = 20
	// progressEvery is how often the progress of what sounds is shown, and
	// liveEvery that of a stream, of which nobody sees an end come.
	progressEvery = 15 * time.Second
	liveEvery     = time.Minute
)

// dueNow is a panel whose turn it is.
type dueNow struct {
	ref  topic.PlayerRef
	want want
	// channel is where it is; one that is not shown yet has a place of its own.
	channel music.ChannelID
}

// due takes the panels whose turn it is: those that changed before those of
// which only time passed, and who waits longest first.
func (p *panels) due() []dueNow {
	now := p.role.opt.Clock.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tick(now)
	if p.allowance < 1 || len(p.waiting) == 0 {
		return nil
	}
	var all []dueNow
	for ref, w := range p.waiting {
		if p.busy[ref] {
			continue
		}
		d := dueNow{ref: ref, want: w, channel: music.ChannelID("of " + string(ref.Guild) + " " + string(ref.Bot))}
		if s := p.shown[ref]; s != nil {
			d.channel = s.row.Channel
		}
		if now.Before(p.calm[d.channel]) {
			continue
		}
		all = append(all, d)
	}
	slices.SortFunc(all, func(a, b dueNow) int {
		if a.want.progress != b.want.progress {
			if a.want.progress {
				return 1
			}
			return -1
		}
		return cmp.Or(a.want.since.Compare(b.want.since), cmp.Compare(a.ref.Guild, b.ref.Guild), cmp.Compare(a.ref.Bot, b.ref.Bot))
	})
	taken := all[:0]
	for _, d := range all {
		if p.allowance < 1 {
			break
		}
		if now.Before(p.calm[d.channel]) {
			continue // another one of this channel was before it
		}
		p.allowance--
		p.rest(d.channel, now)
		p.busy[d.ref] = true
		delete(p.waiting, d.ref)
		taken = append(taken, d)
	}
	return taken
}

// tick lets time pass: what may be sent grows, and progress becomes due.
func (p *panels) tick(now time.Time) {
	if p.turn.IsZero() {
		p.turn, p.allowance = now, panelRate
	}
	before := p.turn
	p.allowance = min(panelRate, p.allowance+max(0, now.Sub(before).Seconds())*panelRate)
	p.turn = now
	for ch, until := range p.calm {
		if !now.Before(until) {
			delete(p.calm, ch)
		}
	}
	if now.Truncate(time.Second).Equal(before.Truncate(time.Second)) {
		return // all panels are looked through once a second
	}
	for ref, s := range p.shown {
		if !s.redraw.IsZero() && !now.Before(s.redraw) {
			p.await(ref, want{since: s.redraw, progress: true})
			s.redraw = time.Time{}
		}
	}
}

// rest leaves a channel alone for a moment. The lock is held.
func (p *panels) rest(channel music.ChannelID, now time.Time) {
	p.calm[channel] = now.Add(panelCalm)
}

// idle ends a panel's turn, in which so many requests were sent.
func (p *panels) idle(d dueNow, sent int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.busy, d.ref)
	p.allowance += float64(1 - sent)
	if sent == 0 {
		delete(p.calm, d.channel)
	}
}

// drawn notes what a panel shows, and when its progress is shown again.
func (p *panels) drawn(ref topic.PlayerRef, v music.NowView, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.shown[ref]
	if s == nil {
		return
	}
	s.play, s.redraw = v.Play, time.Time{}
	switch {
	case s.gone, v.Track == nil, v.Paused, v.Halted, v.NoNode, v.Suppressed:
	case v.Track.Stream:
		s.redraw = now.Add(liveEvery)
	case v.Track.Length <= 0, v.Position < v.Track.Length:
		s.redraw = now.Add(progressEvery)
	}
}
