package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
	"github.com/atrilhq/platform/internal/role/topic"
)

const (
	// surface is the name under which answers of this role are owed.
	surface = "api"
	// durableWithin is when a command that is not durable expires: it is not
	// carried out after that.
	durableWithin = 2400 * time.Millisecond
	// answeredWithin is how long the answer of a durable command is waited for.
	answeredWithin = 6 * time.Second
	// lookAgain is how often the row of the answer is read, in case that what
	// was told was missed.
	lookAgain = 500 * time.Millisecond
	// askBuffer is how many messages of a topic may wait for one question.
	askBuffer = 1024
)

// ask gives a guild an operator's command and waits for its answer, as a gateway
// does for a member. Errors: those of a refusal, Unavailable where nobody took
// the command in time (it is not carried out then), Pending where it is durable
// and its answer did not come.
func (r *Role) ask(ctx context.Context, by string, guild music.GuildID, bot music.BotID, do music.Action) (music.Answer, error) {
	const op = "api.ask"
	id := questionID()
	c := music.Command{
		Actor: music.Actor{User: music.UserID(by), Operator: true}, Bot: bot, Do: do,
		Reply: music.ReplyTo{Surface: surface, ID: id, Locale: "en"},
	}
	// Who hears before the command is sent misses nothing.
	owed, receipts := r.opt.Bus.Subscribe(topic.Owed, askBuffer), r.opt.Bus.Subscribe(topic.Receipts, askBuffer)
	defer owed.Close()
	defer receipts.Close()
	expires := r.now().Add(durableWithin)
	if err := r.send(ctx, partition.Delivery{Input: music.Input{ID: id, Guild: guild, Body: c}, Expires: expires}); err != nil {
		return music.Answer{}, err
	}
	q := question{role: r, id: id, owed: owed, receipts: receipts}
	a, err := q.wait(ctx)
	if err != nil {
		return music.Answer{}, err
	}
	if a.Kind == music.AnswerRefused {
		if a.Refusal == nil {
			return a, fault.New(fault.Internal, op, "the command was refused without a reason")
		}
		return a, refusal(a.Refusal)
	}
	return a, nil
}

// send puts an input into the stream of its guild's partition.
func (r *Role) send(ctx context.Context, d partition.Delivery) error {
	n, err := r.opt.Store.Partitions(ctx)
	if err != nil {
		return err
	}
	m, err := partition.Carry(d)
	if err != nil {
		return err
	}
	return r.opt.Bus.Append(ctx, partition.Stream(partition.Of(d.Input.Guild, n)), m)
}

func questionID() string {
	var b [12]byte
	_, _ = rand.Read(b[:]) // it never fails
	return "api-" + hex.EncodeToString(b[:])
}

// question is a command that waits for its answer.
type question struct {
	role           *Role
	id             string
	owed, receipts bus.Subscription
	durable        bool
}

func (q *question) wait(ctx context.Context) (music.Answer, error) {
	const op = "api.ask"
	clock := q.role.opt.Clock
	late, look := clock.NewTimer(durableWithin), clock.NewTicker(lookAgain)
	defer func() { late.Stop(); look.Stop() }()
	// A bus that was closed gives nothing any more; rows are still read.
	owed, receipts := q.owed.C(), q.receipts.C()
	for {
		select {
		case <-ctx.Done():
			return music.Answer{}, fault.Wrap(context.Cause(ctx), fault.Unavailable, op, "the request was given up")
		case m, open := <-owed:
			if !open {
				owed = nil
			} else if a, mine := q.read(ctx, m); mine {
				return a, nil
			}
		case m, open := <-receipts:
			if !open {
				receipts = nil
			} else if rc, err := topic.Hear[topic.Receipt](m); err == nil && slices.Contains(rc.Commands, q.id) && !q.durable {
				q.durable = true
				late.Reset(answeredWithin)
			}
		case <-look.Chan():
			if a, there := q.look(ctx); there {
				return a, nil
			}
		case <-late.Chan():
			if a, there := q.look(ctx); there {
				return a, nil
			}
			if q.durable {
				return music.Answer{}, fault.New(fault.Pending, op, "the order is accepted, and its answer has not come yet").
					WithHint("look at it with: platformctl players list")
			}
			return music.Answer{}, fault.New(fault.Unavailable, op, "nobody may change this guild at the moment; the order was dropped").
				WithHint("look at platformctl status for partitions that nobody holds, then try again")
		}
	}
}

// read takes a message of the topic of answers, if it is ours.
func (q *question) read(ctx context.Context, m bus.Message) (music.Answer, bool) {
	if m.Kind != partition.KindAnswer {
		return music.Answer{}, false
	}
	a, err := topic.Hear[topic.Answer](m)
	if err != nil || a.To.Surface != surface || a.To.ID != q.id {
		return music.Answer{}, false
	}
	if m.Key != "" {
		if err := q.role.opt.Store.Done(ctx, []string{m.Key}, q.role.now()); err != nil {
			q.role.opt.Logger.Warn("an answer that was given cannot be marked", "key", m.Key, "error", err)
		}
	}
	return a.Answer, true
}

// look reads the answer from its row.
func (q *question) look(ctx context.Context) (music.Answer, bool) {
	e, _, err := q.role.opt.Store.Effect(ctx, partition.AnswerKey(q.id))
	if err != nil {
		return music.Answer{}, false
	}
	return q.read(ctx, bus.Message{Key: e.Key, Kind: e.Kind, Data: e.Payload})
}
