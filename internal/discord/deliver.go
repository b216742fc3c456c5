package discord

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"

	"github.com/disgoorg/disgo/gateway"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// accept takes a dispatch from the socket into the queue. It runs on the
// goroutine that reads, and never waits.
func (c *Conn) accept(l *link, e envelope) error {
	c.sess.Lock()
	defer c.sess.Unlock()
	seq := c.sess.received
	if e.S != nil {
		seq = *e.S
	}
	switch e.T {
	case gateway.EventTypeReady:
		var r wireReady
		if err := json.Unmarshal(e.D, &r); err != nil || r.SessionID == "" {
			return fault.New(fault.Unavailable, "discord.ready", "the gateway's READY cannot be read")
		}
		c.absence.ends()
		if r.SessionID != c.sess.point.id {
			c.sess.point = resumePoint{id: r.SessionID, url: r.ResumeGatewayURL}
			c.sess.gen = c.progress.begin(c.sess.point)
			c.sess.received = 0
		}
	case gateway.EventTypeResumed:
		c.absence.ends()
		if l.up.IsZero() {
			c.count.resumes.Add(1)
		}
		seq = max(seq, c.sess.received)
	default:
		if seq <= c.sess.received {
			return nil // it was queued before
		}
	}
	needed := e.T == gateway.EventTypeReady || e.T == gateway.EventTypeResumed
	it := item{
		at: Position{c.sess.point.id, seq}, mark: mark{c.sess.gen, seq}, kind: e.T, raw: e.D,
		resumed: e.T == gateway.EventTypeResumed,
	}
	if !c.queue.push(it, needed) {
		c.count.overflows.Add(1)
		l.end(verdict{why: "the handler is too slow: the connection waits for it", drain: true})
		return fault.New(fault.Unavailable, "discord.accept", "the queue is full")
	}
	c.sess.received = seq
	return nil
}

// handOver works the queue off until ctx is done. What is left then was not
// acknowledged, and comes again after the next RESUME.
func (c *Conn) handOver(ctx context.Context) {
	for {
		it, ok := c.queue.pop(ctx)
		if !ok {
			return
		}
		for c.progress.full() {
			select {
			case <-ctx.Done():
				return
			case <-c.progress.room:
			}
		}
		c.handle(ctx, it)
		if it.done != nil {
			close(it.done)
		}
	}
}

// handle works one item off. A panic, the handler's or ours, ends it alone.
func (c *Conn) handle(ctx context.Context, it item) {
	defer func() {
		if r := recover(); r != nil {
			// The value may quote what it stumbled over, a token perhaps: only its type is logged.
			c.count.panics.Add(1)
			c.log.Error("the handling of an event panicked: the event is given up", slog.String("event", string(it.kind)),
				slog.Int64("sequence", it.at.Sequence), slog.String("panic", fmt.Sprintf("%T", r)),
				slog.String("stack", string(debug.Stack())))
			c.progress.withdraw(it.mark)
		}
	}()
	if it.resync != "" || it.away {
		it.at, it.mark = c.at.at, c.at.mark
		switch {
		case !it.away:
			c.sayVoice(it, it.resync)
		case !c.away:
			c.sayAway(it, false)
		}
		return
	}
	c.at = it
	switch {
	case it.resumed && (c.away || !c.resynced):
		c.resumed(ctx, it)
	case it.kind == gateway.EventTypeInteractionCreate:
		c.interaction(it)
	default:
		facts, ours, err := c.apply(it)
		if err != nil {
			c.drop(it, err)
			return
		}
		base := c.inputID(it)
		in := make([]music.Input, 0, len(facts))
		for i, f := range facts {
			id := base
			if i > 0 {
				id = fmt.Sprintf("%s:%d", base, i)
			}
			in = append(in, music.Input{ID: id, Guild: music.GuildID(f.guild), Body: f.body})
		}
		if it.kind == gateway.EventTypeReady && (c.away || !c.resynced) {
			in = append(in, c.awayInputs(it, true)...)
			c.resynced = true // GUILD_CREATEs follow
		}
		c.inputs(it, in)
		c.stages.look(ctx, ours)
	}
}

// resumed says what may have been said otherwise before: that the bot is back,
// by this process or by the one before it, and after a restart who is in voice.
func (c *Conn) resumed(ctx context.Context, it item) {
	in := c.awayInputs(it, true)
	guilds := c.guilds()
	if !c.resynced {
		c.resynced = true
		in = append(in, c.voiceInputs(it, guilds)...)
	}
	c.inputs(it, in)
	for _, id := range guilds {
		c.stages.look(ctx, id)
	}
}

func (c *Conn) inputID(it item) string {
	return fmt.Sprintf("gw:%s:%d:%s:%d", c.o.Bot, c.o.Shard, it.at.Session, it.at.Sequence)
}

func (c *Conn) interaction(it item) {
	in, err := DecodeInteraction(it.raw)
	if err != nil {
		c.drop(it, err)
		return
	}
	c.complete(&in)
	c.call(it, func() { c.o.Handler.Interaction(it.at, in) })
}

// sayVoice hands over who is in voice in guilds. These inputs follow from the
// cache, not from an event.
func (c *Conn) sayVoice(it item, guilds ...string) {
	c.inputs(it, c.voiceInputs(it, guilds))
}

func (c *Conn) voiceInputs(it item, guilds []string) []music.Input {
	c.known.Lock()
	defer c.known.Unlock()
	var in []music.Input
	for _, id := range guilds {
		g := c.known.guilds[id]
		if g == nil {
			continue
		}
		in = append(in, music.Input{ID: c.freshID(it), Guild: music.GuildID(id), Body: c.known.snapshot(g)})
	}
	return in
}

// apply returns what an event says, and the guild where it may have changed
// where this bot is in voice or what it may do.
func (c *Conn) apply(it item) (facts []fact, ours string, err error) {
	c.known.Lock()
	defer c.known.Unlock()
	facts, err = c.known.apply(it.kind, it.raw)
	return facts, c.known.ours, err
}

func (c *Conn) complete(in *Interaction) {
	c.known.Lock()
	defer c.known.Unlock()
	c.known.complete(in, c.o.Clock.Now())
}

func (c *Conn) guilds() []string {
	c.known.Lock()
	defer c.known.Unlock()
	return slices.Sorted(maps.Keys(c.known.guilds))
}

func (c *Conn) inputs(it item, in []music.Input) {
	if len(in) == 0 {
		c.progress.passed(it.mark)
		return
	}
	c.call(it, func() { c.o.Handler.Inputs(it.at, in) })
}

// call runs the handler.
func (c *Conn) call(it item, f func()) {
	c.progress.handing(it.mark)
	f()
}

func (c *Conn) drop(it item, err error) {
	c.count.dropped.Add(1)
	c.log.Error("an event of Discord cannot be read and is skipped", slog.String("event", string(it.kind)),
		slog.Int64("sequence", it.at.Sequence), slog.Any("err", err))
	c.progress.passed(it.mark)
}

// Resync hands over again who is in voice in a guild, as a VoiceSnapshot in
// its place among the events. It returns NotFound for a guild that this
// connection does not know, and Unavailable while too much waits.
func (c *Conn) Resync(guild music.GuildID) error {
	const op = "discord.Resync"
	c.known.Lock()
	known := c.known.guilds[string(guild)] != nil
	c.known.Unlock()
	if !known {
		return fault.New(fault.NotFound, op, "the bot is not in that guild")
	}
	if !c.queue.push(item{resync: string(guild)}, false) {
		return fault.New(fault.Unavailable, op, "too many events wait")
	}
	return nil
}
