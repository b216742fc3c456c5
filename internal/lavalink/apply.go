package lavalink

import (
	"context"

	dl "github.com/disgoorg/disgolink/v3/lavalink"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// Apply makes a player what is desired, with the smallest update, or none where
// it already is. Calls for one guild wait for each other.
//
// Errors: Invalid for what can never be applied; Pending where a play has no
// voice to sound in yet, or came to its end a moment ago; Conflict where the lease is not held, a newer epoch
// has the player or the session is gone; Unavailable while the link is down, the
// node does not answer or the voice handshake failed; Unknown where it may have
// happened. After each of them the next Apply looks first.
func (l *Link) Apply(ctx context.Context, guild music.GuildID, d Desired) error {
	if err := d.check(guild); err != nil {
		return err
	}
	r, session, err := l.acquire(ctx, guild)
	if err != nil {
		return err
	}
	defer l.release(guild, r)
	there, have, err := l.look(ctx, session, guild, r)
	switch {
	case err != nil:
		return err
	case have.Play != "" && have.Epoch > d.Epoch:
		return fault.New(fault.Conflict, "lavalink.Apply", "a newer owner has the player")
	case d.Gone && !there:
		return nil
	case d.Gone:
		return l.destroy(ctx, session, guild, r)
	case d.Play != "" && d.Voice == (Voice{}) && !have.Voice.Complete():
		return fault.New(fault.Pending, "lavalink.Apply", "the voice connection's credentials are not known yet")
	}
	l.mu.Lock()
	settled := have.Play == d.Play || r.settled(d, l.clock.Now())
	l.mu.Unlock()
	if !settled {
		return fault.New(fault.Pending, "lavalink.Apply", "the play has just ended; its end is being handled")
	}
	update, needed := d.difference(have)
	if !needed {
		return nil
	}
	return l.patch(ctx, session, guild, r, d, update)
}

// Snapshot reports what the node has for a guild, asked anew, as an event.
// Errors: as Apply.
func (l *Link) Snapshot(ctx context.Context, guild music.GuildID) error {
	if err := (Desired{Gone: true}).check(guild); err != nil {
		return err
	}
	r, session, err := l.acquire(ctx, guild)
	if err != nil {
		return err
	}
	defer l.release(guild, r)
	l.mu.Lock()
	// A guild without a player needs no question: some servers make one then.
	if r.there {
		r.known = false
	}
	l.mu.Unlock()
	if _, _, err := l.look(ctx, session, guild, r); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session == session {
		l.snapshot(guild, r)
		l.position(r, l.clock.Now())
	}
	return nil
}

// acquire waits for the player and returns the session to speak to.
func (l *Link) acquire(ctx context.Context, guild music.GuildID) (*record, string, error) {
	const op = "lavalink.Apply"
	if !l.opts.HasLease() {
		return nil, "", fault.New(fault.Conflict, op, "the partition's lease is not held")
	}
	l.mu.Lock()
	if l.state == StateDown {
		defer l.mu.Unlock()
		return nil, "", fault.Wrap(l.cause, fault.Unavailable, op, "the link to node "+l.client.name()+" is down")
	}
	r := l.record(guild)
	r.refs++
	l.mu.Unlock()
	select {
	case r.busy <- struct{}{}:
	case <-ctx.Done():
		l.mu.Lock()
		defer l.mu.Unlock()
		r.refs--
		l.tidy(guild, r)
		return nil, "", fault.Wrap(ctx.Err(), fault.Unavailable, op, "the player is busy")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return r, l.session, nil
}

func (l *Link) release(guild music.GuildID, r *record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	<-r.busy
	r.refs--
	l.tidy(guild, r)
}

// look returns what the node has, and asks it if that is not known.
func (l *Link) look(ctx context.Context, session string, guild music.GuildID, r *record) (there bool, have Player, err error) {
	l.mu.Lock()
	known, there, have := r.known, r.there, r.player
	l.mu.Unlock()
	if known {
		return there, have, nil
	}
	have, there, err = l.client.Player(ctx, session, guild)
	if err != nil {
		return false, Player{}, gone(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session != session {
		return false, Player{}, sessionGone(nil)
	}
	if there {
		r.take(have, l.clock.Now(), false)
	} else {
		r.known, r.there, r.player = true, false, Player{Guild: guild}
		r.forgetPlay()
	}
	r.started = r.player.Play
	l.touched(r)
	return r.there, r.player, nil
}

func (l *Link) patch(ctx context.Context, session string, guild music.GuildID, r *record, d Desired, update dl.PlayerUpdate) error {
	l.mu.Lock()
	if update.Track != nil && update.Track.Encoded != nil && d.Play != "" {
		// The same play may be started again, after the node lost it.
		if r.ended == d.Play {
			r.ended = ""
		}
		r.started, r.sounding, r.patched = "", false, l.clock.Now()
	}
	l.touched(r)
	l.mu.Unlock()

	l.counts.updates.Add(1)
	now, ok, err := l.client.Update(ctx, session, guild, update)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.session != session {
		return sessionGone(err)
	}
	l.touched(r)
	if err != nil {
		l.counts.updateErrors.Add(1)
		r.known = false
		return gone(err)
	}
	r.used = true
	if !ok {
		// It was done; what it led to is asked for next time.
		r.known, r.there = false, true
		l.counts.undecodable.Add(1)
		return nil
	}
	if update.Voice != nil {
		r.player.Voice = d.Voice
	}
	r.take(now, l.clock.Now(), true)
	return nil
}

func (l *Link) destroy(ctx context.Context, session string, guild music.GuildID, r *record) error {
	l.counts.updates.Add(1)
	err := l.client.Destroy(ctx, session, guild)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.touched(r)
	switch {
	case l.session != session:
		return nil // the player went with its session
	case err != nil:
		l.counts.updateErrors.Add(1)
		r.known = false
		return gone(err)
	}
	r.reset(guild)
	r.used = false
	return nil
}

// gone turns a 404 into the conflict that it is for who applies: PATCH makes a
// player that is not there, so it is the session that is missing.
func gone(err error) error {
	if fault.CodeOf(err) == fault.NotFound {
		return sessionGone(err)
	}
	return err
}

func sessionGone(err error) error {
	return fault.Wrap(err, fault.Conflict, "lavalink.Apply", "the session on the node is gone or not connected now")
}
