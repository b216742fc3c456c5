package sqlstore

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// Plays implements [store.Plays].
func (db *DB) Plays(ctx context.Context, q store.PlayQuery) ([]store.Play, error) {
	const op = "sqlstore.Plays"
	limit, err := checkLimit(op, q.Limit, maxLimit)
	if err != nil {
		return nil, err
	}
	if q.Guild == "" {
		return nil, invalid(op, "plays are read of one guild")
	}
	after := int64(0)
	if q.After != "" {
		found := false
		err := db.each(ctx, op, `SELECT ended_at FROM plays WHERE play_id = $1 AND guild_id = $2`, []any{string(q.After), string(q.Guild)},
			func(scan func(...any) error) error { found = true; return scan(&after) })
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fault.New(fault.NotFound, op, "there is no play of that id to continue from").WithHint("begin again without it")
		}
	}
	text, args := playQuery(q, after, limit)
	var out []store.Play
	err = db.each(ctx, op, text, args, func(scan func(...any) error) error {
		var p store.Play
		t := &p.Track
		var stream, started, ended, listened int64
		err := scan(&p.ID, &p.Tenant, &p.Guild, &p.Bot, &p.User, &t.Title, &t.Author, &t.URI, &t.Identifier, &t.Source, &t.ISRC,
			&t.LengthMS, &stream, &started, &ended, &listened, &p.Reason, &p.Node)
		t.Stream, p.Started, p.Ended = stream != 0, fromNanos(started), fromNanos(ended)
		p.Listened = time.Duration(listened) * time.Millisecond
		out = append(out, p)
		return err
	})
	return out, err
}

func playQuery(q store.PlayQuery, after int64, limit int) (string, []any) {
	var c conditions
	c.and("guild_id = " + c.arg(string(q.Guild)))
	if q.User != "" {
		c.and("user_id = " + c.arg(string(q.User)))
	}
	if !q.Since.IsZero() {
		c.and("ended_at >= " + c.arg(nanos(q.Since)))
	}
	if !q.Until.IsZero() {
		c.and("ended_at < " + c.arg(nanos(q.Until)))
	}
	if q.After != "" {
		c.and("(ended_at, play_id) < (" + c.arg(after) + ", " + c.arg(string(q.After)) + ")")
	}
	return `SELECT play_id, tenant_id, guild_id, bot_id, user_id, ` + trackColumns + `, started_at, ended_at, listened_ms, ended, node
		FROM plays WHERE ` + c.text.String() + ` ORDER BY ended_at DESC, play_id DESC LIMIT ` + c.arg(limit), c.args
}

// topRows is how many tracks and members totals name.
const topRows = 10

// What PlayTotals asks for.
const (
	totalText    = `SELECT COUNT(*), CAST(COALESCE(SUM(listened_ms), 0) AS BIGINT) FROM plays WHERE guild_id = $1 AND ended_at >= $2`
	topTrackText = `SELECT MAX(title), MAX(author), MAX(uri), identifier, source, MAX(isrc), MAX(length_ms), MAX(stream),
		COUNT(*) AS times, CAST(SUM(listened_ms) AS BIGINT) AS heard FROM plays WHERE guild_id = $1 AND ended_at >= $2
		GROUP BY source, identifier ORDER BY times DESC, heard DESC, source, identifier LIMIT $3`
	topUserText = `SELECT user_id, COUNT(*) AS times, CAST(SUM(listened_ms) AS BIGINT) AS heard FROM plays
		WHERE guild_id = $1 AND ended_at >= $2 AND user_id <> '' GROUP BY user_id ORDER BY times DESC, heard DESC, user_id LIMIT $3`
)

// PlayTotals implements [store.Plays]. The numbers are of one moment.
func (db *DB) PlayTotals(ctx context.Context, guild music.GuildID, since time.Time) (store.PlayTotals, error) {
	const op = "sqlstore.PlayTotals"
	var out store.PlayTotals
	if guild == "" {
		return out, invalid(op, "plays are summed up of one guild")
	}
	ctx, cancel := context.WithTimeout(ctx, db.opts.Timeout)
	defer cancel()
	tx, err := db.read.BeginTx(ctx, db.dialect.snapshot)
	if err != nil {
		return out, failed(err, op)
	}
	defer func() { _ = tx.Rollback() }()
	args := []any{string(guild), int64(-1 << 63)}
	if !since.IsZero() {
		args[1] = nanos(since)
	}
	var listened int64
	err = scanAll(ctx, tx, totalText, args, func(scan func(...any) error) error { return scan(&out.Count, &listened) })
	if err != nil {
		return out, failed(err, op)
	}
	out.Listened = time.Duration(listened) * time.Millisecond
	err = scanAll(ctx, tx, topTrackText, append(args, topRows), func(scan func(...any) error) error {
		var t store.TrackTotal
		var stream int64
		err := scan(&t.Track.Title, &t.Track.Author, &t.Track.URI, &t.Track.Identifier, &t.Track.Source, &t.Track.ISRC,
			&t.Track.LengthMS, &stream, &t.Count, &listened)
		t.Track.Stream, t.Listened = stream != 0, time.Duration(listened)*time.Millisecond
		out.Tracks = append(out.Tracks, t)
		return err
	})
	if err != nil {
		return out, failed(err, op)
	}
	err = scanAll(ctx, tx, topUserText, append(args, topRows), func(scan func(...any) error) error {
		var u store.UserTotal
		err := scan(&u.User, &u.Count, &listened)
		u.Listened = time.Duration(listened) * time.Millisecond
		out.Users = append(out.Users, u)
		return err
	})
	return out, failed(err, op)
}
