package music_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// guildhall is Discord's side of one guild: who is in voice, how many fit, and
// the updates that say so, in order.
type guildhall struct {
	w      *world
	gate   stream
	asked  map[music.BotID]*stream
	voice  map[music.UserID]seat
	room   map[music.ChannelID]int
	serial int
}

type seat struct {
	channel        music.ChannelID
	session, token string
}

func newGuildhall(w *world) *guildhall {
	d := &guildhall{w: w, asked: map[music.BotID]*stream{}, voice: map[music.UserID]seat{}, room: map[music.ChannelID]int{}}
	for _, c := range channels {
		d.room[c] = 2 + w.roll(4)
	}
	for _, b := range pool {
		d.asked[b] = &stream{}
	}
	return d
}

func isBot(u music.UserID) bool { return slices.Contains(pool, music.BotID(u)) }

// tell sends an update, unless the connection is down.
func (d *guildhall) tell(body music.Body) {
	d.w.sendIf(&d.gate, func() (music.Body, bool) { return body, !d.w.deaf })
}

// op4 is a bot's wish to be in a channel. A full channel gives no answer at all.
func (d *guildhall) op4(bot music.BotID, ch music.ChannelID) {
	s := d.asked[bot]
	at := d.w.now.Add(d.w.between(time.Millisecond, 200*time.Millisecond))
	if at.Before(s.last) {
		at = s.last
	}
	s.last = at
	d.w.at(at, func() {
		if slices.Contains(d.w.g.Bots, bot) {
			d.move(music.UserID(bot), ch, false)
		}
	})
}

// move puts somebody into a channel, or into none.
func (d *guildhall) move(u music.UserID, ch music.ChannelID, admin bool) {
	was := d.voice[u]
	there := 0
	for _, s := range d.voice {
		if s.channel == ch {
			there++
		}
	}
	if was.channel == ch || ch != "" && !admin && there >= d.room[ch] {
		return
	}
	s := seat{channel: ch}
	if ch != "" && isBot(u) {
		d.serial++
		s.session, s.token = was.session, fmt.Sprintf("t%d", d.serial)
		if s.session == "" {
			s.session = fmt.Sprintf("s%d", d.serial)
		}
	}
	d.voice[u] = s
	if ch == "" {
		delete(d.voice, u)
	}
	state := music.VoiceState{User: u, Channel: ch, Session: s.session, Bot: isBot(u)}
	if s.token == "" {
		d.tell(state)
	} else {
		server := music.VoiceServer{Bot: music.BotID(u), Token: s.token, Endpoint: "v.test:443"}
		if d.w.roll(2) == 0 {
			d.tell(state)
			d.tell(server)
		} else {
			d.tell(server)
			d.tell(state)
		}
	}
	d.changed(u, was)
}

// changed tells the nodes whose voice connections ended by it.
func (d *guildhall) changed(u music.UserID, was seat) {
	if was.channel == "" || !isBot(u) {
		return
	}
	for _, n := range d.w.nodes {
		n.voiceChanged(music.BotID(u), 4014)
	}
}

// reallocate moves a bot to another voice server.
func (d *guildhall) reallocate(bot music.BotID) {
	s, ok := d.voice[music.UserID(bot)]
	if !ok {
		return
	}
	d.serial++
	s.token = fmt.Sprintf("t%d", d.serial)
	d.voice[music.UserID(bot)] = s
	d.tell(music.VoiceServer{Bot: bot, Token: "none"})
	d.changed(music.UserID(bot), s)
	d.w.after(time.Second, func() {
		if d.voice[music.UserID(bot)] == s {
			d.tell(music.VoiceServer{Bot: bot, Token: s.token, Endpoint: "v.test:443"})
		}
	})
}

// expire ends a bot's voice session, of which only the node learns.
func (d *guildhall) expire(bot music.BotID) {
	s, ok := d.voice[music.UserID(bot)]
	if !ok {
		return
	}
	s.session += "x"
	d.voice[music.UserID(bot)] = s
	for _, n := range d.w.nodes {
		n.voiceChanged(bot, 4006)
	}
}

// snapshot says who is in voice, and gives the bot's own voice server again.
func (d *guildhall) snapshot(bot music.BotID) {
	d.w.sendIf(&d.gate, func() (music.Body, bool) {
		v := music.VoiceSnapshot{Bot: bot}
		for u, s := range d.voice {
			v.States = append(v.States, music.VoiceState{User: u, Channel: s.channel, Session: s.session, Bot: isBot(u)})
		}
		slices.SortFunc(v.States, func(a, b music.VoiceState) int {
			if a.User < b.User {
				return -1
			}
			return 1
		})
		return v, !d.w.deaf
	})
}

// outage takes the connection to Discord away for a while. Some of the bots
// lose their voice by it.
func (d *guildhall) outage() {
	if d.w.deaf {
		return
	}
	d.w.deaf = true
	for _, b := range pool {
		if d.w.roll(3) == 0 {
			d.move(music.UserID(b), "", true)
		}
	}
	d.w.after(d.w.between(time.Second, 15*time.Second), func() {
		d.w.deaf = false
		for _, b := range d.w.g.Bots {
			d.snapshot(b)
		}
	})
}

// remove takes a bot out of the guild; it is invited again later.
func (d *guildhall) remove(bot music.BotID) {
	if d.w.deaf || !d.w.up || len(d.w.g.Bots) < 2 {
		return
	}
	d.move(music.UserID(bot), "", true)
	d.w.input(music.BotRemoved{Bot: bot})
	d.w.after(d.w.between(time.Second, 10*time.Second), func() { d.w.input(music.BotPresent{Bot: bot}) })
}

// goAway takes one bot's connection away for a while; some lose their voice by it.
func (d *guildhall) goAway(bot music.BotID) {
	if !slices.Contains(d.w.g.Bots, bot) {
		return
	}
	if d.w.roll(2) == 0 {
		d.move(music.UserID(bot), "", true)
	}
	d.tell(music.BotAway{Bot: bot})
	d.w.after(d.w.between(time.Second, 40*time.Second), func() {
		d.tell(music.BotAway{Bot: bot, Back: true})
		d.snapshot(bot)
	})
}

// plan changes what the guild may do.
func (d *guildhall) plan() {
	e := d.w.g.Entitlements
	e.Bots, e.MaxVolume = 1+d.w.roll(3), pick(d.w.roll, 100, 150, 200)
	d.w.input(music.EntitlementsChanged{Entitlements: e})
}

// drop deletes a channel with everybody in it, and makes a new one of the name.
func (d *guildhall) drop(ch music.ChannelID) {
	var there []music.UserID
	for u, s := range d.voice {
		if s.channel == ch {
			there = append(there, u)
		}
	}
	slices.Sort(there)
	gone := d.w.roll(2) == 0
	if gone {
		d.tell(music.ChannelGone{Channel: ch})
	}
	for _, u := range there {
		d.move(u, "", true)
	}
	if !gone {
		d.tell(music.ChannelGone{Channel: ch})
	}
}
