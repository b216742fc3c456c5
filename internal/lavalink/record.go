package lavalink

import (
	"maps"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// Observed is what a node has for a guild, as far as the link knows.
type Observed struct {
	Player
	// At is when Position was true.
	At time.Time
}

// Observe returns what the node has for a guild; false where that is not known
// now, as while the link is down. A player that does not exist is known and
// plays nothing.
func (l *Link) Observe(guild music.GuildID) (Observed, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	up := l.state != StateDown
	r := l.records[guild]
	if r == nil {
		return Observed{Player: Player{Guild: guild}, At: l.since}, up && l.listed
	}
	return Observed{Player: r.player, At: r.at}, up && r.known
}

// record is what is known of one player. The link's lock guards it.
type record struct {
	busy  chan struct{} // held while Apply works on the player
	refs  int           // who holds busy or waits for it
	known bool          // player is what the node has
	there bool          // the node has a player
	used  bool          // something was applied on this session
	// changed is the link's count of changes at the last one of this player.
	changed uint64

	player Player
	at     time.Time // when player.Position was true

	// started and ended are the plays that the node last reported so.
	started, ended music.PlayID
	// over is when ended came to an end that lets the next one start.
	over time.Time
	// sought is the last seek that the node had carried out when ended was over.
	sought int
	// patched is when the play was set by us. Until started names it, a
	// position may still be the one of the play before.
	patched  time.Time
	sounding bool // a position of the play was reported to the owner
	anchor   music.Anchor
}

// settled is false for a play whose end the owner may not know of yet. One who
// wants a seek that came after it goes on with the play, whatever its end said.
func (r *record) settled(d Desired, now time.Time) bool {
	return d.Play == "" || d.Play != r.ended || r.over.IsZero() || d.Seeks > r.sought || now.Sub(r.over) > settling
}

func (r *record) playing() bool { return r.there && (r.player.Play != "" || r.player.Foreign) }

func (r *record) reset(guild music.GuildID) {
	*r = record{busy: r.busy, refs: r.refs, known: true, player: Player{Guild: guild}}
}

// forgetPlay takes note that nothing plays.
func (r *record) forgetPlay() {
	r.player.Play, r.player.Epoch, r.player.Foreign, r.player.Position, r.player.Seeks = "", 0, false, 0, 0
	r.sounding = false
}

// take replaces what is known with what the node said. Voice stays as it was
// sent where keepVoice says so: not every server returns all of it.
func (r *record) take(p Player, now time.Time, keepVoice bool) {
	if keepVoice {
		p.Voice = r.player.Voice
	}
	if p.Play != r.player.Play || p.Seeks != r.player.Seeks {
		r.sounding = false
	}
	r.player, r.at, r.known, r.there = p, now, true, true
	if p.Play != "" && p.Play == r.ended {
		r.forgetPlay() // it ended while the answer was on its way
	}
	r.pace(now)
}

// pace keeps the anchor's speed in step with the pause.
func (r *record) pace(now time.Time) {
	speed := 1.0
	if r.player.Paused {
		speed = 0
	}
	if r.anchor.Speed != speed {
		r.anchor = music.Anchor{Position: r.anchor.PositionAt(now), At: now, Speed: speed}
	}
}

// record returns the guild's record, made if there is none. It needs the lock.
func (l *Link) record(guild music.GuildID) *record {
	r := l.records[guild]
	if r == nil {
		r = &record{busy: make(chan struct{}, 1), known: l.listed, player: Player{Guild: guild}, at: l.clock.Now()}
		l.records[guild] = r
	}
	return r
}

// tidy forgets a player that is not there, once nobody needs its record. It
// needs the lock.
func (l *Link) tidy(guild music.GuildID, r *record) {
	if r.refs == 0 && r.known && !r.there && !r.used && l.listed {
		delete(l.records, guild)
	}
}

func (l *Link) guilds() []music.GuildID { return slices.Sorted(maps.Keys(l.records)) }

// mark returns a point in the sequence of what Apply does. A list of players
// that was asked for afterwards knows of everything before it.
func (l *Link) mark() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.changes
}

// touched takes note that Apply did something to a player. It needs the lock.
func (l *Link) touched(r *record) {
	l.changes++
	r.changed = l.changes
}

// merge takes over a list of the session's players that was asked for at since,
// and reports those whose play changed, or all. What Apply is working on, or
// did after since, is newer than the list. It needs the lock.
func (l *Link) merge(players []Player, skipped int, since uint64, all bool) {
	now := l.clock.Now()
	l.counts.undecodable.Add(uint64(max(skipped, 0)))
	l.listed = skipped == 0
	newer := func(r *record) bool { return r.refs > 0 || r.changed > since }
	seen := make(map[music.GuildID]bool, len(players))
	for _, p := range players {
		seen[p.Guild] = true
		r := l.record(p.Guild)
		if newer(r) {
			if all {
				l.snapshot(p.Guild, r)
			}
			continue
		}
		changed := !r.known || r.player.Play != p.Play
		r.take(p, now, false)
		r.started = r.player.Play
		if all || changed {
			l.snapshot(p.Guild, r)
		}
		l.position(r, now)
	}
	for _, guild := range l.guilds() {
		r := l.records[guild]
		if seen[guild] || newer(r) {
			continue
		}
		if skipped > 0 {
			r.known = false
			continue
		}
		changed := r.player.Play != "" || !r.known
		r.known, r.there = true, false
		r.player, r.at = Player{Guild: guild}, now
		r.forgetPlay()
		if all || changed {
			l.snapshot(guild, r)
		}
		l.tidy(guild, r)
	}
}

// snapshot reports what is known of a player. It needs the lock.
func (l *Link) snapshot(guild music.GuildID, r *record) {
	if !r.known {
		return
	}
	l.emit(guild, r.player.Epoch, music.NodeSnapshot{
		Bot: l.opts.Bot, Node: l.client.node.Name, Play: r.player.Play, Position: r.player.Position,
		Paused: r.player.Paused, Fresh: l.fresh && !r.used, Seeks: r.player.Seeks,
	})
}

const (
	// drift is how far a position may be from where the owner believes it to be.
	drift = 1500 * time.Millisecond
	// overtaken is how old, in milliseconds of the node's clock, a position that
	// comes late can be. A clock that was turned back further is believed.
	overtaken = 10_000
	// settling is how long an ended play is not started again: its end is still
	// on the way to the owner, who wants something else once it knows.
	settling = 5 * time.Second
	// unannounced is how long a position of a new play waits for its start to
	// be reported, in case that report was lost.
	unannounced = 6 * time.Second
)

// position reports where a play is if the owner cannot know it: the first time,
// and when it drifted. It needs the lock.
func (l *Link) position(r *record, now time.Time) {
	p := &r.player
	if p.Play == "" || p.Position <= 0 || !r.current(now) {
		return
	}
	speed := 1.0
	if p.Paused {
		speed = 0
	}
	if r.sounding && (p.Position-r.anchor.PositionAt(now)).Abs() <= drift {
		return
	}
	r.sounding = true
	r.anchor = music.Anchor{Position: p.Position, At: now, Speed: speed}
	l.emit(p.Guild, p.Epoch, music.PlayPosition{Bot: l.opts.Bot, Play: p.Play, Position: p.Position, Speed: 1, Seeks: p.Seeks})
}

// current is true where a position can only be of the play that is known.
func (r *record) current(now time.Time) bool {
	return r.started == r.player.Play || now.Sub(r.patched) > unannounced
}
