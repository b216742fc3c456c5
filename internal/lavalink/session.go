package lavalink

import (
	"context"
	"errors"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

const (
	pollMin = 50 * time.Millisecond
	pollMax = time.Second
)

// errStands says that a socket other than this link's still holds the session.
var errStands = errors.New("an older socket still stands")

// once takes the session over and serves it until it is lost. wasUp says whether
// it could be used in between.
//
// The order is the protocol's: REST finds a session as long as its socket
// stands, whoever holds it, and only a session without a socket can be resumed;
// a dial with the id of one that has a socket brings a new session.
func (l *Link) once(ctx context.Context) (wasUp bool, err error) {
	for {
		l.mu.Lock()
		id := l.session
		l.mu.Unlock()
		if id != "" {
			since := l.mark()
			players, skipped, err := l.client.Players(ctx, id)
			switch {
			case err == nil:
				wasUp = true
				if err := l.steer(ctx, since, players, skipped); err != nil {
					return wasUp, err
				}
			case fault.CodeOf(err) != fault.NotFound:
				return wasUp, err
			}
		}
		if !l.opts.HasLease() {
			return wasUp, fault.New(fault.Conflict, "lavalink.Link", "the partition's lease is not held")
		}
		up, err := l.connect(ctx, id)
		wasUp = wasUp || up
		if !errors.Is(err, errStands) {
			return wasUp, err
		}
	}
}

// steer polls the players of a session whose older socket still stands, until it
// does not any more. Apply works meanwhile.
func (l *Link) steer(ctx context.Context, since uint64, players []Player, skipped int) error {
	l.counts.steered.Add(1)
	l.mu.Lock()
	l.up(StateSteering, true)
	l.merge(players, skipped, since, true)
	l.mu.Unlock()
	for wait := pollMin; l.sleep(ctx, wait); wait = min(2*wait, pollMax) {
		if !l.opts.HasLease() {
			continue
		}
		since := l.mark()
		players, skipped, err := l.client.Players(ctx, l.Status().Session)
		if fault.CodeOf(err) == fault.NotFound {
			l.mu.Lock()
			l.setState(StateDown)
			l.mu.Unlock()
			return nil
		}
		if err != nil {
			return err
		}
		l.mu.Lock()
		l.merge(players, skipped, since, false)
		l.mu.Unlock()
	}
	return ctx.Err()
}

// ready makes the session that a socket brought usable. Nothing was played on it
// before this returns nil.
func (l *Link) ready(ctx context.Context, asked string, m wireMessage) error {
	id := string(m.SessionID)
	if id == "" || len(id) > maxLine {
		return fault.New(fault.Unavailable, "lavalink.Link", "the node named no session")
	}
	if asked != "" && id == asked {
		return l.resumed(ctx, id)
	}
	if asked != "" {
		// Closing the socket of the new session ends that one at once, since it
		// is not resumable yet.
		switch _, _, err := l.client.Players(ctx, asked); {
		case err == nil:
			return errStands
		case fault.CodeOf(err) != fault.NotFound:
			return err
		}
	}
	if err := l.client.Configure(ctx, id, true, ResumeTimeout); err != nil {
		return err
	}
	if err := l.opts.SaveSession(ctx, id); err != nil {
		// A session that nobody will find must not linger on the node.
		_ = l.client.Configure(ctx, id, false, ResumeTimeout)
		return err
	}
	l.counts.fresh.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.board.Forget(l.session)
	l.session, l.fresh, l.listed = id, true, true
	l.up(StateUp, false)
	for _, guild := range l.guilds() {
		r := l.records[guild]
		r.reset(guild)
		l.snapshot(guild, r)
		l.tidy(guild, r)
	}
	return nil
}

// resumed looks at what the players really do before anybody acts on them.
func (l *Link) resumed(ctx context.Context, id string) error {
	since := l.mark()
	players, skipped, err := l.client.Players(ctx, id)
	if err != nil {
		return err
	}
	l.counts.resumed.Add(1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.up(StateUp, true)
	l.merge(players, skipped, since, true)
	return nil
}

// Destroy ends all of the session's players, and the session itself as soon as
// Run's context ends: it cannot be resumed after this. The stored id is the
// owner's to forget. Errors: those of Client.
func (l *Link) Destroy(ctx context.Context) error {
	id := l.Status().Session
	if id == "" {
		return nil
	}
	players, _, err := l.client.Players(ctx, id)
	if err != nil {
		return err
	}
	var failed []error
	for _, p := range players {
		failed = append(failed, l.client.Destroy(ctx, id, p.Guild))
	}
	failed = append(failed, l.client.Configure(ctx, id, false, ResumeTimeout))
	return errors.Join(failed...)
}
