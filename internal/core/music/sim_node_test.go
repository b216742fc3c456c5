package music_test

import (
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// node plays by the clock. Its reports come in order, but some come twice, and
// those of a lost connection never.
type node struct {
	w       *world
	name    music.NodeName
	up      bool
	out     stream
	cut     bool
	players map[music.BotID]*sounding
	// lost are the bots whose session it lost since somebody looked.
	lost map[music.BotID]bool
}

// sounding is what a node has for a bot.
type sounding struct {
	voice   seat
	play    music.PlayID
	track   music.Track
	pos     time.Duration
	at      time.Time
	running bool
	paused  bool
	// seeks is the last seek that it carried out.
	seeks int
	// turn counts what was armed, for a play that was running and paused or not.
	turn  int
	armed armed
}

type armed struct {
	play            music.PlayID
	running, paused bool
}

func newNode(w *world, name music.NodeName) *node {
	return &node{w: w, name: name, up: true, players: map[music.BotID]*sounding{}, lost: map[music.BotID]bool{}}
}

func (n *node) report(body music.Body) {
	if e, ok := body.(music.PlayEnded); ok && e.Reason == music.EndFinished && !n.w.calm && n.w.roll(10) == 0 {
		return // a message that nobody could read
	}
	n.w.sendIf(&n.out, func() (music.Body, bool) { return body, !n.cut })
	if !n.w.calm && n.w.roll(20) == 0 {
		n.w.after(n.w.between(time.Millisecond, 3*time.Second), func() { n.w.input(body) })
	}
}

// place is a node that is up, nil if there is none.
func (w *world) place() *node {
	first := w.roll(len(w.nodes))
	for i := range w.nodes {
		if n := w.nodes[(first+i)%len(w.nodes)]; n.up {
			return n
		}
	}
	return nil
}

// converge makes what is outside what the guild wants, a little later.
func (w *world) converge(bot music.BotID) {
	w.working(w.between(time.Millisecond, 150*time.Millisecond), func() { w.level(bot) })
}

func (w *world) level(bot music.BotID) {
	p := w.g.Player(bot)
	if p != nil {
		switch {
		case p.Voice.Reset:
			w.discord.op4(bot, "")
		case p.Voice.Want != p.Voice.Channel && !p.Voice.Gone:
			w.discord.op4(bot, p.Voice.Want)
		}
	}
	for _, n := range w.nodes {
		switch {
		case !n.up:
		case p == nil || p.Node != n.name || p.Voice.Want == "":
			delete(n.players, bot)
		default:
			n.apply(bot, p)
		}
	}
	if p != nil && p.Play != nil && p.Node == "" {
		if n := w.place(); n != nil {
			w.send(&n.out, music.Placed{Bot: bot, Node: n.name})
		}
	}
}

// apply is what an adapter does: it compares, and changes what differs.
func (n *node) apply(bot music.BotID, p *music.Player) {
	s := n.players[bot]
	if s == nil {
		if p.Play == nil || !p.Voice.Ready() {
			return
		}
		s = &sounding{at: n.w.now}
		n.players[bot] = s
	}
	n.clock(s)
	if v := (seat{channel: p.Voice.Channel, session: p.Voice.Session, token: p.Voice.Token}); p.Voice.Ready() && v != s.voice {
		s.voice = v
		if v != n.w.discord.voice[music.UserID(bot)] {
			n.report(music.VoiceClosed{Bot: bot, Code: 4006})
		}
	}
	switch {
	case p.Play == nil && s.play != "":
		n.end(bot, s, music.EndStopped)
	case p.Play != nil && s.play != p.Play.ID:
		if s.play != "" {
			n.end(bot, s, music.EndReplaced)
		}
		s.armed = armed{}
		s.play, s.track, s.pos, s.seeks = p.Play.ID, p.Play.Track.Track(), p.Play.PositionAt(n.w.now), p.Play.Seeks
		n.begin(bot, s)
	case p.Play != nil && s.seeks != p.Play.Seeks:
		// What it reported of the old position may still be on its way.
		s.pos, s.seeks, s.armed = p.Play.PositionAt(n.w.now), p.Play.Seeks, armed{}
	}
	s.paused = p.Paused
	n.update(bot, s)
}

func (n *node) begin(bot music.BotID, s *sounding) {
	n.report(music.PlayStarted{Bot: bot, Play: s.play})
	play := s.play
	switch s.track.Title {
	case "bad":
		n.report(music.PlayException{Bot: bot, Play: play, Message: "it threw"})
		n.end(bot, s, music.EndLoadFailed)
	case "stuck":
		n.w.after(2*time.Second, func() {
			if n.players[bot] == s && s.play == play {
				n.report(music.PlayStuck{Bot: bot, Play: play})
			}
		})
	}
}

func (n *node) end(bot music.BotID, s *sounding, why music.EndReason) {
	n.report(music.PlayEnded{Bot: bot, Play: s.play, Reason: why, Seeks: s.seeks})
	s.play, s.running, s.armed = "", false, armed{}
	s.turn++
}

func (n *node) clock(s *sounding) {
	if s.running {
		s.pos += n.w.now.Sub(s.at)
	}
	s.at = n.w.now
}

// update lets a player run where it has a voice, and ends it by the clock.
func (n *node) update(bot music.BotID, s *sounding) {
	n.clock(s)
	was := s.running
	s.running = s.play != "" && !s.paused && s.voice.token != "" && s.voice == n.w.discord.voice[music.UserID(bot)]
	arm := armed{s.play, s.running, s.paused}
	if s.armed == arm {
		return
	}
	s.armed = arm
	s.turn++
	turn := s.turn
	same := func(do func()) func() {
		return func() {
			if n.up && n.players[bot] == s && s.turn == turn {
				do()
			}
		}
	}
	if s.running {
		if s.track.Title == "stuck" {
			return
		}
		n.w.after(max(0, s.track.Length-s.pos), same(func() { n.end(bot, s, music.EndFinished) }))
		if !was {
			n.w.after(100*time.Millisecond, same(func() {
				n.clock(s)
				n.report(music.PlayPosition{Bot: bot, Play: s.play, Position: s.pos, Speed: 1, Seeks: s.seeks})
			}))
		}
	} else if s.play != "" && !s.paused {
		n.w.after(time.Minute, same(func() { n.end(bot, s, music.EndCleanup) }))
	}
}

// voiceChanged is a voice connection that ended.
func (n *node) voiceChanged(bot music.BotID, code int) {
	s := n.players[bot]
	if !n.up || s == nil {
		return
	}
	was := s.running
	n.update(bot, s)
	if was && !s.running {
		n.report(music.VoiceClosed{Bot: bot, Code: code})
	}
}

// look reports what the node has for a bot, as a process that starts asks.
func (n *node) look(bot music.BotID) {
	n.w.sendIf(&n.out, func() (music.Body, bool) {
		if !n.up {
			return music.NodeDown{Node: n.name}, true
		}
		b := music.NodeSnapshot{Bot: bot, Node: n.name, Fresh: n.lost[bot]}
		if s := n.players[bot]; s != nil {
			n.clock(s)
			b.Play, b.Position, b.Paused, b.Seeks = s.play, s.pos, s.paused, s.seeks
			if s.play != "" && s.track.Title == "stuck" {
				// A position that does not move is said again.
				n.report(music.PlayStuck{Bot: bot, Play: s.play})
			}
		}
		delete(n.lost, bot)
		return b, true
	})
}

// sever loses the connection to the node, and perhaps what it played.
func (n *node) sever() {
	if n.cut || !n.up {
		return
	}
	n.cut = true
	forget := n.w.roll(3) == 0
	n.w.after(n.w.between(100*time.Millisecond, 10*time.Second), func() {
		n.cut = false
		if !n.up {
			return
		}
		for _, bot := range pool {
			if forget {
				delete(n.players, bot)
				n.lost[bot] = true
			}
			n.look(bot)
		}
	})
}

// die loses everything; it may come back.
func (n *node) die() {
	if !n.up {
		return
	}
	n.up = false
	for _, b := range pool {
		delete(n.players, b)
		n.lost[b] = true
	}
	n.w.send(&n.out, music.NodeDown{Node: n.name})
	n.w.after(n.w.between(time.Second, 30*time.Second), n.rise)
}

func (n *node) rise() {
	n.up = true
	n.w.send(&n.out, music.NodeUp{Node: n.name})
}
