package discord

import (
	"context"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"
	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/fault"
)

const (
	// closeCode ends a socket and keeps the session; 1000 and 1001 would end it.
	closeCode = 4000
	// frameLimit is the largest message that is read, in bytes. A guild of
	// 100,000 members with many in voice stays far below.
	frameLimit = 32 << 20
	// writeTimeout is how long one write may take.
	writeTimeout = 5 * time.Second
	// openTimeout is how long the dial, and then each step until READY or
	// RESUMED, may take.
	openTimeout = 20 * time.Second
)

// link is one socket of a connection, from the dial to its end.
type link struct {
	c       *Conn
	ws      *websocket.Conn
	packing Compression
	resume  bool
	from    resumePoint
	seq     int64

	sends   window
	writing sync.Mutex
	stop    context.CancelFunc
	wg      sync.WaitGroup

	answered  atomic.Bool // the last heartbeat was
	beaten    atomic.Int64
	up        time.Time // when READY or RESUMED came
	patience  clockwork.Timer
	greeted   bool
	spent     bool // the IDENTIFY that was reserved
	verdictMu sync.Mutex
	verdict   *verdict
}

// end gives the link up for a reason; the first one counts.
func (l *link) end(v verdict) {
	l.verdictMu.Lock()
	if l.verdict == nil {
		l.verdict = &v
	}
	l.verdictMu.Unlock()
	l.stop()
}

// run reads the socket until it ends and says what to do then.
func (l *link) run(ctx context.Context) verdict {
	lctx, stop := context.WithCancel(ctx)
	l.stop = stop
	l.ws.SetReadLimit(frameLimit)
	l.ws.SetCloseHandler(func(int, string) error { return nil }) // never echo 1000 or 1001
	l.patience = l.c.o.Clock.AfterFunc(openTimeout, func() {
		l.end(verdict{why: "Discord did not open the session in time"})
	})
	l.wg.Go(func() {
		<-lctx.Done()
		_ = l.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(closeCode, ""), time.Now().Add(time.Second))
		_ = l.ws.Close()
	})
	err := l.read(lctx)
	l.patience.Stop()
	stop()
	l.wg.Wait()
	l.c.connected.Store(false)
	l.verdictMu.Lock()
	defer l.verdictMu.Unlock()
	v := verdictOf(err)
	if l.verdict != nil {
		v = *l.verdict
	}
	if !l.up.IsZero() {
		v.lived = l.c.o.Clock.Since(l.up)
	}
	v.opened = !l.up.IsZero()
	return v
}

func (l *link) read(ctx context.Context) error {
	in := newReceiver(l.ws, l.packing, &l.c.count)
	defer func() { in.close() }()
	for {
		e, err := in.next()
		if err != nil {
			return err
		}
		switch e.Op {
		case gateway.OpcodeHello:
			err = l.hello(ctx, e.D)
		case gateway.OpcodeDispatch:
			err = l.dispatch(ctx, e)
		case gateway.OpcodeHeartbeat:
			err = l.beat()
		case gateway.OpcodeHeartbeatACK:
			l.answered.Store(true)
			l.c.latency.Store(l.c.o.Clock.Now().UnixNano() - l.beaten.Load())
		case gateway.OpcodeReconnect:
			l.end(verdict{why: "Discord asked for a new connection", quick: true})
			return nil
		case gateway.OpcodeInvalidSession:
			var resumable bool
			_ = json.Unmarshal(e.D, &resumable) // anything but true means false
			// A random wait of 1 to 5 s, as documented.
			wait := time.Second + rand.N(4*time.Second) //nolint:gosec // no secret
			l.end(verdict{why: "Discord refused the session", forget: !resumable, wait: wait})
			return nil
		default:
		}
		if err != nil {
			return err
		}
	}
}

// hello starts the heartbeats and opens the session, by RESUME wherever there
// is something to resume.
func (l *link) hello(ctx context.Context, raw json.RawMessage) error {
	if l.greeted {
		return nil
	}
	l.greeted = true
	var h wireHello
	if err := json.Unmarshal(raw, &h); err != nil || h.HeartbeatInterval < 1 || h.HeartbeatInterval > int64(10*time.Minute/time.Millisecond) {
		return fault.New(fault.Unavailable, "discord.hello", "the gateway's greeting cannot be read")
	}
	l.patience.Reset(openTimeout)
	l.answered.Store(true)
	l.wg.Go(func() { l.heartbeat(ctx, time.Duration(h.HeartbeatInterval)*time.Millisecond) })
	if l.resume {
		return l.send(ctx, gateway.OpcodeResume, gateway.MessageDataResume{
			Token: l.c.o.Token.Reveal(), SessionID: l.from.id, Seq: int(l.seq),
		})
	}
	l.spent = true
	l.c.identified()
	return l.send(ctx, gateway.OpcodeIdentify, gateway.MessageDataIdentify{
		Token:      l.c.o.Token.Reveal(),
		Properties: gateway.IdentifyCommandDataProperties{OS: runtime.GOOS, Browser: "atril", Device: "atril"},
		Shard:      &[2]int{l.c.o.Shard, l.c.o.Shards},
		Intents:    l.c.o.Intents,
	})
}

func (l *link) dispatch(ctx context.Context, e envelope) error {
	l.c.count.events.Add(1)
	if l.up.IsZero() {
		l.patience.Reset(openTimeout)
	}
	if err := l.c.accept(l, e); err != nil {
		return err
	}
	if l.up.IsZero() && (e.T == gateway.EventTypeReady || e.T == gateway.EventTypeResumed) {
		l.patience.Stop()
		l.up = l.c.o.Clock.Now()
		l.c.connected.Store(true)
		l.c.log.Info("connected to Discord", slog.Bool("resumed", e.T == gateway.EventTypeResumed))
		l.wg.Go(func() { l.sendWishes(ctx) })
	}
	return nil
}

// heartbeat beats until the link ends. A beat that was not answered before the
// next one is due means that nobody listens any more.
func (l *link) heartbeat(ctx context.Context, every time.Duration) {
	wait := rand.N(every) //nolint:gosec // no secret: the first beat is spread, as documented
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.c.o.Clock.After(wait):
		}
		wait = every
		if !l.answered.Load() {
			l.c.count.zombies.Add(1)
			l.end(verdict{why: "Discord stopped answering heartbeats"})
			return
		}
		l.answered.Store(false)
		if err := l.beat(); err != nil {
			l.end(verdict{why: "a heartbeat could not be sent"})
			return
		}
	}
}

// beat sends a heartbeat. It names the durable sequence, not the last one
// received: should Discord forget what a heartbeat covers, a successor must
// still be able to resume from what was stored.
func (l *link) beat() error {
	var seq *int64
	if p, n := l.c.progress.point(); p.id != "" {
		seq = &n
	}
	l.beaten.Store(l.c.o.Clock.Now().UnixNano())
	if l.sends.take(l.c.o.Clock.Now(), sendsLimit) > 0 {
		return nil // only a peer that asks for beats all the time comes here
	}
	return l.write(gateway.OpcodeHeartbeat, seq)
}

// throttle waits until a send is allowed, and counts it.
func (l *link) throttle(ctx context.Context, limit int) error {
	for {
		wait := l.sends.take(l.c.o.Clock.Now(), limit)
		if wait == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-l.c.o.Clock.After(wait):
		}
	}
}

func (l *link) send(ctx context.Context, op gateway.Opcode, d any) error {
	if err := l.throttle(ctx, sendsLimit); err != nil {
		return err
	}
	return l.write(op, d)
}

// write sends one message. Its errors never hold the message.
func (l *link) write(op gateway.Opcode, d any) error {
	raw, err := json.Marshal(outgoing{Op: op, D: d})
	if err != nil {
		return fault.Wrap(err, fault.Internal, "discord.write", "a gateway message cannot be encoded")
	}
	l.writing.Lock()
	defer l.writing.Unlock()
	_ = l.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err := l.ws.WriteMessage(websocket.TextMessage, raw); err != nil {
		return fault.Wrap(err, fault.Unavailable, "discord.write", "the gateway cannot be written to")
	}
	l.c.count.sends.Add(1)
	return nil
}
