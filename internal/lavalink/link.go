package lavalink

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// ResumeTimeout is how long a node keeps a session whose socket is gone.
const ResumeTimeout = 300 * time.Second

const (
	clientName = "atril/1"

	backoffMin = 250 * time.Millisecond
	backoffMax = 15 * time.Second
)

// Options say whose session a link is. Client, Bot, Events and SaveSession are
// required.
type Options struct {
	Client *Client
	// Board is shared by the links to one node; one of the link's own if nil.
	Board *Board
	// Bot is the Discord account that the players speak as.
	Bot       music.BotID
	Partition int
	// Session is the stored session's id, empty where there is none.
	Session string
	Clock   clockwork.Clock
	Logger  *slog.Logger
	// Events is called from one goroutine, in order. It may block without
	// stalling the socket: what waits is queued without bound and counted in
	// Status.Backlog. It must return once Run's context has ended.
	Events func(Event)
	// SaveSession stores the id of a new session, fenced by the partition's
	// epoch. Nothing is played on a session that was not stored.
	SaveSession func(ctx context.Context, id string) error
	// HasLease says whether this process may act for the partition now. Without
	// it nothing is dialled and nothing applied; a socket that stands stays.
	// Nil means always.
	HasLease func() bool
}

// Link is one session on a node. Its methods may be called from any goroutine.
type Link struct {
	opts   Options
	client *Client
	board  *Board
	clock  clockwork.Clock
	log    *slog.Logger
	out    *queue[Event]
	counts counts

	mu       sync.Mutex
	state    State
	since    time.Time
	session  string
	fresh    bool // the session is new: what was played before is not on it
	listed   bool // a guild without a record has no player
	failures int
	cause    error
	changes  uint64 // counts what Apply did, so that older lists do not undo it
	records  map[music.GuildID]*record
}

// NewLink returns a link that does nothing until Run. Errors: Invalid.
func NewLink(opts Options) (*Link, error) {
	const op = "lavalink.NewLink"
	if id, err := strconv.ParseUint(string(opts.Bot), 10, 63); err != nil || id == 0 {
		return nil, fault.New(fault.Invalid, op, "a bot's id must be a positive number")
	}
	if opts.Client == nil || opts.Events == nil || opts.SaveSession == nil {
		return nil, fault.New(fault.Invalid, op, "a link needs a client, a receiver of events and a place to store its session")
	}
	if opts.Board == nil {
		opts.Board = NewBoard()
	}
	if opts.Clock == nil {
		opts.Clock = clockwork.NewRealClock()
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	if opts.HasLease == nil {
		opts.HasLease = func() bool { return true }
	}
	return &Link{
		opts: opts, client: opts.Client, board: opts.Board, clock: opts.Clock,
		log:   opts.Logger.With("node", string(opts.Client.node.Name), "bot", string(opts.Bot), "partition", opts.Partition),
		out:   newQueue[Event](0),
		state: StateDown, since: opts.Clock.Now(), session: opts.Session, records: make(map[music.GuildID]*record),
	}, nil
}

// Run keeps the session until ctx ends, then closes the socket and returns nil.
// The players go on playing: the session can be resumed for ResumeTimeout. It
// must be called once.
func (l *Link) Run(ctx context.Context) error {
	var delivering sync.WaitGroup
	delivering.Go(func() { l.deliver(ctx) })
	defer delivering.Wait()
	failures := 0
	for ctx.Err() == nil {
		if !l.opts.HasLease() {
			l.sleep(ctx, pollMax)
			continue
		}
		wasUp, err := l.once(ctx)
		if ctx.Err() != nil {
			break
		}
		if failures++; wasUp {
			failures = 0
		}
		l.down(err, failures)
		l.sleep(ctx, backoff(failures))
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.setState(StateDown)
	l.board.Forget(l.session)
	return nil
}

// backoff doubles with each failure and is spread, so that the links of a node
// that returns do not all come at once.
func backoff(failures int) time.Duration {
	d := backoffMin << min(failures, 8)
	d = min(d, backoffMax)
	return d/2 + time.Duration(rand.Int64N(int64(d/2)+1)) //nolint:gosec // jitter
}

// sleep waits on the link's clock; false if ctx ended first.
func (l *Link) sleep(ctx context.Context, d time.Duration) bool {
	timer := l.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.Chan():
		return true
	}
}

func (l *Link) deliver(ctx context.Context) {
	for {
		events, _ := l.out.take()
		for _, e := range events {
			if ctx.Err() != nil {
				return
			}
			l.opts.Events(e)
		}
		select {
		case <-ctx.Done():
			return
		case <-l.out.wake:
		}
	}
}

// setState needs the lock.
func (l *Link) setState(s State) {
	if l.state != s {
		l.state, l.since = s, l.clock.Now()
	}
}

// down takes note that the session cannot be used and tells the owner once.
func (l *Link) down(cause error, failures int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	tell := l.state != StateDown || l.cause == nil
	l.failures, l.cause = failures, cause
	l.setState(StateDown)
	if tell {
		l.log.Warn("the link to the node is down", "session", l.session, "error", cause)
		l.out.put(Event{Down: &Down{Cause: cause}})
	}
}

// up takes note that the session can be used and tells the owner. It needs the lock.
func (l *Link) up(state State, resumed bool) {
	l.failures, l.cause = 0, nil
	l.setState(state)
	l.log.Info("the link to the node is up", "session", l.session, "resumed", resumed, "state", string(state))
	l.out.put(Event{Up: &Up{Session: l.session, Resumed: resumed, Steered: state == StateSteering}})
}

// emit hands a report to the owner.
func (l *Link) emit(guild music.GuildID, epoch int64, body music.Body) {
	l.out.put(Event{Guild: guild, Epoch: epoch, Body: body})
}
