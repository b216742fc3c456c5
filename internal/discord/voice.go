package discord

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/disgoorg/disgo/gateway"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

const (
	// sendsWindow and voiceSends: a connection may send 120 messages in 60 s
	// (https://discord.com/developers/docs/events/gateway#rate-limiting). Ten
	// are left for heartbeats and what opens the connection.
	sendsWindow = time.Minute
	sendsLimit  = 120
	voiceSends  = 110
)

// window counts the sends of the last minute.
type window struct {
	mu    sync.Mutex
	times []time.Time
}

// take counts a send where fewer than limit were counted within a minute, or
// returns how long to wait.
func (w *window) take(now time.Time, limit int) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.times) > 0 && now.Sub(w.times[0]) >= sendsWindow {
		w.times = w.times[1:]
	}
	if n := len(w.times); n >= limit {
		return max(w.times[n-limit].Add(sendsWindow).Sub(now), time.Millisecond)
	}
	w.times = append(w.times, now)
	return 0
}

// wish is where the bot's voice is wanted in a guild; no channel is nowhere.
type wish struct {
	guild   string
	channel string
	epoch   int64
}

// wishes are those not sent yet, one a guild, first come first served.
type wishes struct {
	mu     sync.Mutex
	order  []string
	latest map[string]wish
	epochs map[string]int64
	more   chan struct{}
}

func newWishes() *wishes {
	return &wishes{latest: map[string]wish{}, epochs: map[string]int64{}, more: make(chan struct{}, 1)}
}

// set replaces what was wished for a guild; its place in the order stays.
func (w *wishes) set(v wish) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if v.epoch < w.epochs[v.guild] {
		return fault.New(fault.Conflict, "discord.SetVoice", "a newer owner of the guild has spoken: this one's lease is over")
	}
	w.epochs[v.guild] = v.epoch
	if _, waits := w.latest[v.guild]; !waits {
		w.order = append(w.order, v.guild)
	}
	w.latest[v.guild] = v
	signal(w.more)
	return nil
}

func (w *wishes) pending() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.order) > 0
}

func (w *wishes) take() (wish, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.order) == 0 {
		return wish{}, false
	}
	v := w.latest[w.order[0]]
	delete(w.latest, v.guild)
	w.order = w.order[1:]
	return v, true
}

// restore puts back what could not be sent, unless something newer waits.
func (w *wishes) restore(v wish) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, newer := w.latest[v.guild]; newer {
		return
	}
	w.latest[v.guild] = v
	w.order = slices.Insert(w.order, 0, v.guild)
}

// SetVoice asks Discord to take the bot to a voice channel of a guild, deafened,
// or out of voice where channel is empty (op 4). It returns once the wish is
// queued: sends are limited to 110 a minute, the latest wish of a guild wins,
// and while there is no connection wishes wait for it. What came of it arrives
// as VoiceState and VoiceServer inputs; Discord says nothing where the channel
// is full or forbidden.
//
// Errors: Conflict for an epoch older than the highest seen for the guild,
// Invalid for ids that are none and for a guild of another shard.
func (c *Conn) SetVoice(ctx context.Context, guild music.GuildID, channel music.ChannelID, epoch int64) error {
	const op = "discord.SetVoice"
	if err := ctx.Err(); err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the wish came too late")
	}
	id, err := idOf(op, guild)
	if err != nil {
		return err
	}
	if channel != "" {
		if _, err := idOf(op, channel); err != nil {
			return err
		}
	}
	if shardOf(id, c.o.Shards) != c.o.Shard {
		return fault.New(fault.Invalid, op, "the guild belongs to another shard")
	}
	return c.wishes.set(wish{string(guild), string(channel), epoch})
}

// sendWishes sends what is wished until the link ends.
func (l *link) sendWishes(ctx context.Context) {
	for {
		if !l.c.wishes.pending() {
			select {
			case <-ctx.Done():
				return
			case <-l.c.wishes.more:
			}
			continue
		}
		if l.throttle(ctx, voiceSends) != nil {
			return
		}
		v, ok := l.c.wishes.take()
		if !ok {
			continue
		}
		d := struct {
			Guild    string  `json:"guild_id"`
			Channel  *string `json:"channel_id"`
			SelfMute bool    `json:"self_mute"`
			SelfDeaf bool    `json:"self_deaf"`
		}{Guild: v.guild, SelfDeaf: true}
		if v.channel != "" {
			d.Channel = &v.channel
		}
		if err := l.write(gateway.OpcodeVoiceStateUpdate, d); err != nil {
			l.c.wishes.restore(v)
			return
		}
	}
}
