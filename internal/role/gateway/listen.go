package gateway

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/topic"
)

// heard is how many messages of a topic may wait for this role.
const heard = 8192

// listen hears what the other roles tell. Whatever is missed here is found in
// rows: answers are swept, panels and voice are compared again.
func (r *Role) listen(ctx context.Context, g *errgroup.Group) {
	for name, take := range map[string]func(context.Context, bus.Message){
		topic.Receipts:    r.hearReceipt,
		topic.Owed:        r.hearOwed,
		topic.Voice:       r.hearVoice,
		topic.Panels:      r.hearPanel,
		topic.Resync:      r.hearResync,
		topic.Taken:       r.hearTaken,
		topic.Events:      r.settings.hear,
		topic.Suggested:   r.asking.hear,
		topic.Maintenance: r.works.hear,
	} {
		sub := r.opt.Bus.Subscribe(name, heard)
		g.Go(func() error {
			defer sub.Close()
			for {
				select {
				case <-ctx.Done():
					return nil
				case m, open := <-sub.C():
					if !open {
						return nil
					}
					take(ctx, m)
				}
			}
		})
	}
}

func (r *Role) hearReceipt(ctx context.Context, m bus.Message) {
	rc, err := topic.Hear[topic.Receipt](m)
	if err != nil {
		r.log.Error("a receipt cannot be read", "error", err)
		return
	}
	for _, id := range rc.Commands {
		r.waiters.accept(id)
	}
	for _, id := range rc.Again {
		if r.waiters.find(id) == nil {
			continue
		}
		// The command came before; so may its answer have. That is looked up first:
		// what was answered must not be promised.
		e, done, err := r.opt.Store.Effect(ctx, partition.AnswerKey(id))
		if err == nil && done {
			r.waiters.answer(id, owed{given: true})
			continue
		}
		r.waiters.accept(id)
		if err == nil {
			r.hearOwed(ctx, bus.Message{Key: e.Key, Kind: e.Kind, Data: e.Payload})
		}
	}
}

func (r *Role) hearOwed(ctx context.Context, m bus.Message) {
	switch m.Kind {
	case partition.KindAnswer:
		a, err := topic.Hear[topic.Answer](m)
		if err != nil {
			r.log.Error("an answer cannot be read", "error", err)
			return
		}
		r.waiters.answer(a.To.ID, owed{key: m.Key, answer: a.Answer, locale: a.To.Locale})
	case partition.KindNotice:
		n, err := topic.Hear[topic.Notice](m)
		if err != nil {
			r.log.Error("a notice cannot be read", "error", err)
			return
		}
		if !r.owns(n.Guild) {
			return // every gateway hears of it; who has the guild's shard posts it
		}
		select {
		case r.noticing <- struct{}{}:
		default:
			// It is stored, and swept.
			return
		}
		r.notices.Go(func() {
			defer func() { <-r.noticing }()
			if err := r.notice(ctx, m.Key, n); err != nil {
				r.log.Debug("a notice could not be posted yet", "guild", n.Guild, "error", err)
			}
		})
	}
}

func (r *Role) hearVoice(ctx context.Context, m bus.Message) {
	v, err := topic.Hear[topic.VoiceWish](m)
	if err != nil {
		r.log.Error("a wish for voice cannot be read", "error", err)
		return
	}
	b := r.bot(v.Bot)
	if b == nil {
		return
	}
	s := b.shard(v.Guild)
	if s == nil || !s.certain() {
		// Another process has the shard, or may have it. Who wishes asks again.
		return
	}
	conn := b.conn(v.Guild)
	if conn == nil {
		return
	}
	if err := conn.SetVoice(ctx, v.Guild, v.Channel, v.Epoch); err != nil {
		r.log.Warn("a wish for voice was refused", "guild", v.Guild, "error", err)
	}
}

func (r *Role) hearPanel(_ context.Context, m bus.Message) {
	p, err := topic.Hear[topic.PlayerRef](m)
	if err != nil {
		r.log.Error("a panel's name cannot be read", "error", err)
		return
	}
	r.panels.dirty(p)
}

func (r *Role) hearResync(_ context.Context, m bus.Message) {
	guild := music.GuildID(m.Key)
	for _, b := range r.bots {
		conn := b.conn(guild)
		if conn == nil || !conn.Connected() {
			// Who asked asks again until it was told.
			continue
		}
		if err := conn.Resync(guild); err != nil && fault.CodeOf(err) != fault.NotFound {
			r.log.Debug("who is in voice cannot be told yet", "guild", guild, "error", err)
		}
	}
}

func (r *Role) hearTaken(_ context.Context, m bus.Message) {
	t, err := topic.Hear[topic.TakenUpTo](m)
	if err != nil {
		r.log.Error("a confirmation cannot be read", "error", err)
		return
	}
	for _, b := range r.bots {
		b.mu.Lock()
		shards := b.shards
		b.mu.Unlock()
		for _, s := range shards {
			s.mu.Lock()
			if s.conn != nil && s.source() == t.Source && s.generation() == t.Generation {
				s.ledger.taken(t.Partition, t.Number)
			}
			s.mu.Unlock()
		}
	}
}
