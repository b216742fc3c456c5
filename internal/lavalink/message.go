package lavalink

import (
	"encoding/json"
	"time"

	dl "github.com/disgoorg/disgolink/v3/lavalink"

	"github.com/atrilhq/platform/internal/core/music"
)

// read decodes what is common to all messages; false for one that is skipped.
func (l *Link) read(raw []byte) (wireMessage, bool) {
	l.counts.messages.Add(1)
	var m wireMessage
	if err := json.Unmarshal(raw, &m); err != nil || m.Op == "" {
		l.counts.undecodable.Add(1)
		return m, false
	}
	return m, true
}

// handle takes note of a message and reports it in the core's words.
func (l *Link) handle(m wireMessage, raw []byte) {
	guild := music.GuildID(m.GuildID)
	switch dl.Op(m.Op) {
	case dl.OpStats:
		s, err := readStats(raw)
		if err != nil {
			l.counts.undecodable.Add(1)
			return
		}
		status := l.Status()
		l.board.Observe(status.Session, status.Playing, s)
	case dl.OpPlayerUpdate:
		var state wireState
		if guild == "" || json.Unmarshal(m.State, &state) != nil {
			l.counts.undecodable.Add(1)
			return
		}
		l.update(guild, state)
	case dl.OpEvent:
		if guild == "" || len(guild) > 32 {
			l.counts.undecodable.Add(1)
			return
		}
		l.event(guild, m)
	default:
		l.counts.unknownOps.Add(1)
	}
}

// update takes over where a play is.
func (l *Link) update(guild music.GuildID, state wireState) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.records[guild]
	if r == nil || !r.there {
		return
	}
	now := l.clock.Now()
	r.player.Connected = bool(state.Connected)
	if r.player.Play != "" && !r.current(now) {
		return
	}
	stamp := state.stamp()
	if stamp > 0 && stamp < r.player.Stamp && r.player.Stamp-stamp < overtaken {
		return // it was overtaken by the answer to a seek
	}
	r.player.Position, r.player.Stamp, r.at = state.Position.millis(), stamp, now
	l.position(r, now)
}

// event reports what happened to a player. What a node says of a track that is
// not ours is counted and dropped.
func (l *Link) event(guild music.GuildID, m wireMessage) {
	l.mu.Lock()
	defer l.mu.Unlock()
	kind := dl.EventType(m.Type)
	switch kind {
	case dl.EventTypeWebSocketClosed:
		if r := l.records[guild]; r != nil {
			// The same credentials have to be sent again to connect again.
			r.player.Connected, r.player.Voice = false, Voice{}
			l.touched(r)
		}
		l.emit(guild, 0, music.VoiceClosed{Bot: l.opts.Bot, Code: m.Code.whole()})
		return
	case dl.EventTypeTrackStart, dl.EventTypeTrackEnd, dl.EventTypeTrackException, dl.EventTypeTrackStuck:
	default:
		l.counts.unknownEvents.Add(1)
		return
	}
	var t struct {
		UserData json.RawMessage `json:"userData"`
	}
	if json.Unmarshal(m.Track, &t) != nil {
		l.counts.undecodable.Add(1)
		return
	}
	u, ours := readUserData(t.UserData)
	if !ours {
		l.counts.foreign.Add(1)
		if r := l.records[guild]; r != nil && kind == dl.EventTypeTrackEnd {
			r.player.Foreign = false
		}
		return
	}
	l.play(guild, kind, u, m)
}

// play reports what happened to a play of ours. It needs the lock.
func (l *Link) play(guild music.GuildID, kind dl.EventType, u userData, m wireMessage) {
	r, bot := l.record(guild), l.opts.Bot
	defer l.tidy(guild, r)
	switch kind {
	case dl.EventTypeTrackStart:
		// Only Apply decides what is known to play: after a resume this may be
		// about a play that ended since.
		r.started = u.Play
		l.emit(guild, u.Epoch, music.PlayStarted{Bot: bot, Play: u.Play})
	case dl.EventTypeTrackEnd:
		// The end of an earlier sounding of a play that is started once more may
		// be late; only what was seen to start can end.
		reason := music.EndReason(m.Reason)
		if r.started == u.Play {
			r.ended, r.over, r.sought = u.Play, time.Time{}, u.Seeks
			if reason == music.EndFinished || reason == music.EndLoadFailed {
				r.over = l.clock.Now()
			}
			if r.player.Play == u.Play {
				r.forgetPlay()
			}
			l.touched(r)
		}
		switch reason {
		case music.EndFinished, music.EndLoadFailed, music.EndStopped, music.EndReplaced, music.EndCleanup:
			l.emit(guild, u.Epoch, music.PlayEnded{Bot: bot, Play: u.Play, Reason: reason, Seeks: u.Seeks})
		default:
			// It ended, and nobody knows whether the next may start: what the
			// player does now lets the owner decide.
			l.counts.unknownEvents.Add(1)
			l.snapshot(guild, r)
		}
	case dl.EventTypeTrackException:
		var e wireException
		_ = json.Unmarshal(m.Exception, &e) // not every server says more
		l.emit(guild, u.Epoch, music.PlayException{Bot: bot, Play: u.Play, Message: line(string(e.Message), 200)})
	case dl.EventTypeTrackStuck:
		l.emit(guild, u.Epoch, music.PlayStuck{Bot: bot, Play: u.Play})
	}
}
