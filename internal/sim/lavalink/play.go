package lavalink

import (
	"encoding/json"
	"time"
)

// Reasons of a TrackEndEvent.
const (
	endFinished   = "finished"
	endLoadFailed = "loadFailed"
	endStopped    = "stopped"
	endReplaced   = "replaced"
	endCleanup    = "cleanup"
)

// play puts a track on the player: the old one ends as replaced, TrackStart
// goes out at once although nothing sounds yet, then the state.
func (p *player) play(now time.Time, source *Track, info TrackInfo, userData json.RawMessage, endTime time.Duration) error {
	raw, err := appendTrack(nil, info)
	if err != nil {
		return err
	}
	p.end(now, endReplaced)
	t := &playing{
		source: source, info: info, raw: raw, userData: userData, speed: p.filters.speed(),
		base: millis(info.Position), anchor: now, endTime: endTime,
		ready: now.Add(source.latency()), polled: now,
	}
	if userData == nil {
		t.userData = emptyObject()
	}
	if t.base > 0 && !info.IsSeekable {
		t.base = 0
	}
	if t.endTime <= t.base {
		t.endTime = 0 // a marker that is already behind never fires
	}
	if !source.Stream {
		t.base = min(t.base, source.Length)
	}
	p.track = t
	p.spoil()
	p.session.node.changed = true
	if source.Fault == FaultStart || source.Fault == FaultLoad || p.hit(FaultExceptionBefore) {
		t.failure = newException("Something broke when playing the track.", "suspicious",
			"com.sandbox.BrokenStreamException: "+source.ID)
	}
	p.tick = now.Add(updateInterval)
	p.sendEvent(eventMessage{Type: "TrackStartEvent", Track: t.shown(now)})
	p.sendUpdate(now)
	p.settle(now)
	return nil
}

// end takes the track off the player, if there is one, and says why.
func (p *player) end(now time.Time, reason string) {
	t := p.track
	if t == nil {
		return
	}
	t.base, t.sounding = t.position(now), false
	p.sendEvent(eventMessage{Type: "TrackEndEvent", Track: t.shown(now), Reason: &reason})
	p.record(now, KindEnd, reason)
	p.track = nil
	p.session.node.changed = true
	p.session.node.unset(p.alarm)
}

// fire runs when something of the player is due.
func (p *player) fire(now time.Time) {
	t := p.track
	if t == nil {
		return
	}
	if !p.tick.After(now) {
		p.tick = now.Add(updateInterval)
		p.sendUpdate(now)
	}
	if !p.online && !t.polled.Add(cleanupAfter).After(now) {
		p.end(now, endCleanup)
		return
	}
	if t.failure != nil && !now.Before(t.ready) {
		p.raise(now, t.failure)
		t.failure, t.failed = nil, true
	}
	if p.online {
		p.advance(now)
	}
	if p.track != nil {
		p.settle(now)
	}
}

// advance acts on a position that was reached. It is only called while voice
// asks for frames: without that nothing ends.
func (p *player) advance(now time.Time) {
	t := p.track
	if t.failed {
		p.end(now, endLoadFailed)
		return
	}
	at := t.position(now)
	switch {
	case now.Before(t.ready) || p.paused || at < t.limit():
	case t.fault == FaultMiddle && !t.middle && at >= t.faultAt:
		t.middle = true
		p.breakOff(now)
	case t.fault == FaultStuck && t.limit() == t.faultAt:
		t.base, t.anchor = at, now
		if t.stuckAt.IsZero() {
			t.stuckAt = now
		}
		if !t.stuck && !t.stuckAt.Add(stuckThreshold).After(now) {
			t.stuck = true
			threshold := stuckThreshold.Milliseconds()
			p.sendEvent(eventMessage{Type: "TrackStuckEvent", Track: t.shown(now), Threshold: &threshold})
			p.sendUpdate(now)
		}
	default:
		p.end(now, endFinished)
	}
}

// seek moves the track; a stream stays where it is. A position behind the end
// ends the track as soon as it may sound.
func (p *player) seek(now time.Time, to time.Duration) {
	t := p.track
	if t == nil {
		return
	}
	if t.info.IsSeekable {
		t.base, t.anchor = min(to, t.source.Length), now
		t.stuckAt, t.stuck = time.Time{}, false
		p.spoil()
		p.session.node.changed = true
		p.record(now, KindSeek, "")
		p.settle(now)
	}
	p.sendUpdate(now)
}

// setEndTime sets where the track ends early; a place already passed does nothing.
func (p *player) setEndTime(now time.Time, at time.Duration) {
	if t := p.track; t != nil && at > t.position(now) {
		p.settle(now)
		t.endTime = at
		p.settle(now)
	}
}

func (p *player) setPaused(now time.Time, paused bool) {
	if t := p.track; t != nil && !t.stuckAt.IsZero() {
		t.stuckAt = now // a paused player waits for no frame
	}
	if p.paused != paused {
		p.session.node.changed = true
	}
	p.paused = paused
	p.settle(now)
}

func (p *player) setFilters(now time.Time, f *filterSet) {
	p.settle(now) // what has sounded so far sounded at the old speed
	p.filters = f
	p.session.node.changed = true
	p.settle(now)
	p.sendUpdate(now)
}

// setOnline connects or disconnects voice.
func (p *player) setOnline(now time.Time, online bool) {
	if t := p.track; t != nil && p.online {
		t.polled = now
	}
	p.online = online
	p.session.node.changed = true
	if online && p.track != nil {
		p.advance(now)
	}
	p.settle(now)
}

func (p *player) raise(now time.Time, e *Exception) {
	p.sendEvent(eventMessage{Type: "TrackExceptionEvent", Track: p.track.shown(now), Exception: e})
}

// breakOff ends the track by an exception in the middle. Frames had been
// delivered, so that the end counts as finished.
func (p *player) breakOff(now time.Time) {
	t := p.track
	p.raise(now, newException("Something broke when playing the track.", "fault",
		"com.sandbox.BrokenFrameException: "+t.source.ID))
	t.base, t.anchor, t.sounding = t.position(now), now, false
	p.end(now, endFinished)
}

// spoil decides what is wrong with the track: what its source says, or what the
// node does to it at the place where it stands.
func (p *player) spoil() {
	t := p.track
	t.fault, t.faultAt = t.source.Fault, t.source.FaultAt
	if p.hit(FaultStuckNode) {
		t.fault, t.faultAt = FaultStuck, t.base
	}
	t.middle = t.fault == FaultMiddle && t.base > t.faultAt
}

// hit tells whether a lasting fault of the node is about this player.
func (p *player) hit(name string) bool {
	args, ok := p.session.node.broken[name]
	return ok && (args["guild"] == "" || args["guild"] == p.guild)
}
