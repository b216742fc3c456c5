package sqlstore

import (
	"context"

	"github.com/atrilhq/platform/internal/store"
)

// ownText changes nothing; it takes the lock of a partition's row if the epoch
// is still the one that the caller has.
const ownText = `UPDATE partitions SET epoch = epoch WHERE id = $1 AND epoch = $2`

// SaveNodeSession implements [store.NodeSessions].
func (db *DB) SaveNodeSession(ctx context.Context, s store.NodeSession) error {
	const op = "sqlstore.SaveNodeSession"
	if s.Node == "" || s.Bot == "" || !storable(string(s.Node)) || !storable(string(s.Bot)) || !storable(s.ID) {
		return invalid(op, "a session needs a node, a bot and an id of at most 512 bytes")
	}
	return db.change(ctx, op,
		statement{text: ownText, args: []any{s.Partition, s.Epoch}, want: 1, miss: lost(op)},
		statement{
			text: `INSERT INTO node_sessions (partition_id, node, bot_id, session_id, epoch, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (partition_id, node, bot_id) DO UPDATE SET session_id = excluded.session_id,
				epoch = excluded.epoch, updated_at = excluded.updated_at`,
			args: []any{s.Partition, string(s.Node), string(s.Bot), s.ID, s.Epoch, nanos(s.Updated)}, want: 1,
		})
}

// DeleteNodeSession implements [store.NodeSessions]. A session that is not
// there, or another one in its place, is left alone.
func (db *DB) DeleteNodeSession(ctx context.Context, s store.NodeSession) error {
	const op = "sqlstore.DeleteNodeSession"
	return db.change(ctx, op,
		statement{text: ownText, args: []any{s.Partition, s.Epoch}, want: 1, miss: lost(op)},
		statement{
			text: `DELETE FROM node_sessions WHERE partition_id = $1 AND node = $2 AND bot_id = $3 AND (session_id = $4 OR $4 = '')`,
			args: []any{s.Partition, string(s.Node), string(s.Bot), s.ID}, want: anyRows,
		})
}

// NodeSessionsOf implements [store.NodeSessions].
func (db *DB) NodeSessionsOf(ctx context.Context, partition int) ([]store.NodeSession, error) {
	var out []store.NodeSession
	err := db.each(ctx, "sqlstore.NodeSessionsOf",
		`SELECT partition_id, node, bot_id, session_id, epoch, updated_at FROM node_sessions
		WHERE partition_id = $1 ORDER BY node, bot_id`, []any{partition},
		func(scan func(...any) error) error {
			var s store.NodeSession
			var updated int64
			err := scan(&s.Partition, &s.Node, &s.Bot, &s.ID, &s.Epoch, &updated)
			s.Updated = fromNanos(updated)
			out = append(out, s)
			return err
		})
	return out, err
}
