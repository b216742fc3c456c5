package lavalink

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"sync"
	"time"
)

const (
	updateInterval = 5 * time.Second
	// stuckThreshold is how long lavaplayer waits for a frame before it says
	// that a track is stuck.
	stuckThreshold = 10 * time.Second
	// cleanupAfter ends a track that nobody polls because there is no voice.
	cleanupAfter = time.Minute
	voicePing    = 21 // milliseconds, of the imagined voice server
)

// never is later than anything that is scheduled.
var never = time.Unix(1<<40, 0)

// player is one guild's player within a session.
type player struct {
	session *session
	id      uint64
	guild   string
	gone    bool
	volume  int
	paused  bool
	filters *filterSet
	voice   *Voice // the last credentials; they stay when the connection drops
	online  bool   // the voice connection stands
	track   *playing
	alarm   *alarm
	tick    time.Time  // next playerUpdate
	voiceMu sync.Mutex // one handshake at a time; taken before the node's lock
}

// playing is one track on a player. Between two settlings its position is
// base + (now - anchor) x speed while it sounds, and base otherwise.
type playing struct {
	source   *Track
	fault    Fault         // the source's, or what the node does to it
	faultAt  time.Duration // where it strikes
	info     TrackInfo
	raw      []byte // the encoded message; its last eight bytes are the position
	userData json.RawMessage
	base     time.Duration
	anchor   time.Time
	speed    float64
	sounding bool
	since    time.Time     // when it began to sound without a break
	ready    time.Time     // first sound possible
	endTime  time.Duration // zero for none
	failure  *Exception    // comes when ready
	failed   bool          // the failure was reported, the end is owed
	middle   bool          // the failure in the middle is behind it
	stuckAt  time.Time     // when the sound dried up
	stuck    bool          // TrackStuck was sent for this place
	polled   time.Time     // last moment that voice asked for frames
}

func newPlayer(s *session, id uint64, guild string) *player {
	p := &player{session: s, id: id, guild: guild, volume: 100, filters: noFilters}
	p.alarm = newAlarm(p.fire)
	return p
}

// limit is the position at which the track's sound stops for good or for now.
func (t *playing) limit() time.Duration {
	limit := time.Duration(math.MaxInt64)
	if !t.source.Stream {
		limit = t.source.Length
	}
	if t.endTime > 0 {
		limit = min(limit, t.endTime)
	}
	if (t.fault == FaultMiddle && !t.middle) || (t.fault == FaultStuck && t.base <= t.faultAt) {
		limit = min(limit, t.faultAt)
	}
	return limit
}

// position is where the track stands. It never passes limit.
func (t *playing) position(now time.Time) time.Duration {
	if !t.sounding {
		return t.base
	}
	elapsed := now.Sub(t.anchor)
	if t.speed != 1 {
		scaled := float64(elapsed) * t.speed
		if scaled >= float64(math.MaxInt64-t.base) {
			return t.limit()
		}
		elapsed = time.Duration(scaled)
	}
	return min(t.base+elapsed, t.limit())
}

// reaches is when a sounding track will stand at its limit.
func (t *playing) reaches() time.Time {
	left := t.limit() - t.base
	if left <= 0 {
		return t.anchor
	}
	wait := float64(left) / t.speed
	if wait >= float64(never.Sub(t.anchor)) {
		return never
	}
	if t.speed == 1 {
		return t.anchor.Add(left)
	}
	return t.anchor.Add(time.Duration(math.Ceil(wait)))
}

// settle moves the anchor to now, decides whether the track sounds from here
// on, writes what changed into the timeline and sets the player's alarm.
func (p *player) settle(now time.Time) {
	t := p.track
	if t == nil {
		p.session.node.unset(p.alarm)
		return
	}
	t.base = t.position(now)
	t.anchor = now
	speed := p.filters.speed()
	can := p.online && !p.paused && !t.failed && t.failure == nil && !now.Before(t.ready) && t.base < t.limit()
	changed := can != t.sounding || (can && speed != t.speed)
	if can && !t.sounding {
		t.since = now
	}
	t.sounding, t.speed = can, speed
	if changed {
		p.session.node.changed = true
		kind := KindSilence
		if can {
			kind = KindSound
		}
		p.record(now, kind, "")
	}
	p.arm(now)
}

// dry tells a track whose sound has dried up from one that has reached its end.
func (t *playing) dry() bool {
	return t.fault == FaultStuck && t.base == t.faultAt && t.limit() == t.base
}

// arm schedules whatever comes next for the player.
func (p *player) arm(now time.Time) {
	t := p.track
	next := p.tick
	switch {
	case !p.online:
		next = earlier(next, t.polled.Add(cleanupAfter))
	case !t.stuckAt.IsZero() && !t.stuck && !p.paused:
		next = earlier(next, t.stuckAt.Add(stuckThreshold))
	}
	switch {
	case t.sounding:
		next = earlier(next, t.reaches())
	case now.Before(t.ready):
		next = earlier(next, t.ready)
	case p.online && !p.paused && t.base >= t.limit() && (!t.dry() || t.stuckAt.IsZero()):
		next = now // it was moved to its end, or behind it, or its sound is taken away
	}
	p.session.node.set(p.alarm, next)
}

// millis turns a client's milliseconds into a duration without overflow.
func millis(v int64) time.Duration {
	return time.Duration(min(v, int64(math.MaxInt64/time.Millisecond))) * time.Millisecond
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// shown is the track as events and answers have it. Like the server it encodes
// anew with the current position.
func (t *playing) shown(now time.Time) *trackJSON {
	info := t.info
	info.Position = t.position(now).Milliseconds()
	raw := append([]byte(nil), t.raw...)
	binary.BigEndian.PutUint64(raw[len(raw)-positionLength:], bits(info.Position))
	return &trackJSON{Encoded: base64.StdEncoding.EncodeToString(raw), Info: info, PluginInfo: emptyObject(), UserData: t.userData}
}

func (p *player) state(now time.Time) stateJSON {
	s := stateJSON{Time: now.UnixMilli(), Connected: p.online, Ping: -1}
	if p.online {
		s.Ping = voicePing
	}
	if p.track != nil {
		s.Position = p.track.position(now).Milliseconds()
	}
	return s
}

// sendUpdate reports where the player stands. While the session's socket is
// down it says nothing, as the server.
func (p *player) sendUpdate(now time.Time) {
	if p.session.link != nil {
		p.session.send(marshal(playerUpdateMessage{Op: "playerUpdate", State: p.state(now), GuildID: p.guild}))
	}
}
