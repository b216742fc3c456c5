package audio

import (
	"context"
	"strconv"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/topic"
)

var _ partition.Actuator = (*Role)(nil)

// Resolve implements partition.Actuator: it looks the query up beside the loop.
func (r *Role) Resolve(guild music.GuildID, e music.Resolve) { r.resolving.start(guild, e) }

// Converge implements partition.Actuator.
func (r *Role) Converge(g *music.Guild, c music.Converge, epoch int64) {
	if c.Aspect&music.AspectVoice != 0 {
		r.wishVoice(g, c.Bot, epoch)
	}
	if c.Aspect&music.AspectNode != 0 {
		r.steering.wake(playerKey{g.ID, c.Bot})
	}
	if c.Aspect&music.AspectPanel != 0 {
		tell(r, topic.Panels, string(g.ID), topic.PlayerRef{Guild: g.ID, Bot: c.Bot})
	}
}

// wishVoice asks the gateway for the difference between where a bot's voice is
// wanted and where it is.
func (r *Role) wishVoice(g *music.Guild, bot music.BotID, epoch int64) {
	p := g.Player(bot)
	wish := topic.VoiceWish{Guild: g.ID, Bot: bot, Epoch: epoch}
	switch {
	case p == nil:
		// The bot was removed from the guild; there is nothing to leave.
		return
	case p.Voice.Reset:
		// Its voice session is dead: it leaves, and comes back once it was seen outside.
	case p.Voice.Want == p.Voice.Channel, p.Voice.Gone:
		return
	default:
		wish.Channel = p.Voice.Want
	}
	tell(r, topic.Voice, string(g.ID), wish)
}

// Committed implements partition.Actuator.
func (r *Role) Committed(c partition.Committed) {
	if len(c.Commands) > 0 || len(c.Again) > 0 {
		tell(r, topic.Receipts, "", topic.Receipt{Commands: c.Commands, Again: c.Again})
	}
	for _, e := range c.Effects {
		m := bus.Message{Key: e.Key, Kind: e.Kind, Data: e.Payload, Trace: e.Trace}
		if a, ok := c.Answers[e.Key]; ok {
			m.Value = topic.Said[topic.Answer]{What: topic.Answer{To: a.To, Answer: a.Answer}}
		}
		r.publish(topic.Owed, m)
	}
	for _, e := range c.Events {
		r.publish(topic.Events, bus.Message{Key: string(e.Guild), Kind: e.Type, Data: e.Envelope, Number: e.Seq})
	}
	r.measure(c.Events, c.Facts)
	for _, x := range c.Cursors {
		tell(r, topic.Taken, "", topic.TakenUpTo{
			Partition: x.Partition, Source: x.Source, Generation: x.Generation, Number: x.Position,
		})
	}
}

// Resync implements partition.Actuator.
func (r *Role) Resync(guild music.GuildID) {
	r.publish(topic.Resync, bus.Message{Key: string(guild)})
}

// TakenUp implements partition.Actuator.
func (r *Role) TakenUp(g *music.Guild) {
	if g.Entitlements != r.opt.Entitlements {
		r.deliver(music.Input{
			ID:    "entitlements:" + string(g.ID) + ":" + strconv.FormatInt(r.opt.Clock.Now().UnixNano(), 36),
			Guild: g.ID, Body: music.EntitlementsChanged{Entitlements: r.opt.Entitlements},
		})
	}
	r.Resync(g.ID)
}

// Owned implements partition.Actuator.
func (r *Role) Owned(part int, _ int64) { r.readers.start(part) }

// Lost implements partition.Actuator.
func (r *Role) Lost(part int) {
	r.readers.stop(part)
	r.links.drop(part)
}

func tell[T any](r *Role, name, key string, v T) {
	if err := topic.Tell(context.Background(), r.opt.Bus, name, key, v); err != nil {
		r.log.Debug("a message could not be told", "topic", name, "error", err)
	}
}

func (r *Role) publish(name string, m bus.Message) {
	if err := r.opt.Bus.Publish(context.Background(), name, m); err != nil {
		r.log.Debug("a message could not be told", "topic", name, "error", err)
	}
}

// deliver hands an input of this process to the loop.
func (r *Role) deliver(in music.Input) {
	if err := r.loop.Deliver(partition.Delivery{Input: in}); err != nil {
		r.log.Warn("an input was refused", "kind", in.Kind(), "error", err)
	}
}
