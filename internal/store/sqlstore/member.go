package sqlstore

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/store"
)

// forgetMembers is how long a process that went without a word stays in the table.
const forgetMembers = 24 * time.Hour

// maxWeight bounds how much more than another a process takes.
const maxWeight = 1000

const (
	announceText = `INSERT INTO members (role, holder, version, weight, joined_at, renewed_at, expires_at)
		VALUES ($2, $3, $4, $5, {now}, {now}, {now} + $6)
		ON CONFLICT (role, holder) DO UPDATE SET version = excluded.version, weight = excluded.weight,
		joined_at = CASE WHEN members.expires_at <= excluded.renewed_at THEN excluded.joined_at ELSE members.joined_at END,
		renewed_at = excluded.renewed_at, expires_at = excluded.expires_at`
	membersText = `SELECT m.holder, m.version, m.weight, {now} - m.joined_at FROM members m
		WHERE m.role = $2 AND m.expires_at > {now}
		AND NOT EXISTS (SELECT 1 FROM holder_sessions s WHERE s.holder = m.holder AND {ended})
		ORDER BY m.holder`
)

// Announce implements [store.Members].
func (db *DB) Announce(ctx context.Context, m store.Member, ttl time.Duration) error {
	const op = "sqlstore.Announce"
	if err := checkLease(op, m.Holder, ttl); err != nil {
		return err
	}
	if m.Role == "" || !storable(m.Role) || !storable(m.Version) || m.Weight < 1 || m.Weight > maxWeight {
		return invalid(op, "a process needs a role, a version of at most 512 bytes and a weight from 1 to 1000")
	}
	return db.change(ctx, op,
		statement{
			text: db.texts.announce, args: []any{db.now(), m.Role, m.Holder, m.Version, m.Weight, int64(ttl)}, want: anyRows,
		},
		statement{text: db.texts.forget, args: []any{db.now(), int64(forgetMembers)}, want: anyRows})
}

// Members implements [store.Members].
func (db *DB) Members(ctx context.Context, role string) ([]store.Member, error) {
	var out []store.Member
	err := db.each(ctx, "sqlstore.Members", db.texts.members, []any{db.now(), role}, func(scan func(...any) error) error {
		x := store.Member{Role: role}
		err := scan(&x.Holder, &x.Version, &x.Weight, &x.Present)
		out = append(out, x)
		return err
	})
	return out, err
}

// Withdraw implements [store.Members]. Whoever is left has more room at once.
func (db *DB) Withdraw(ctx context.Context, role, holder string) error {
	return db.free(ctx, "sqlstore.Withdraw", statement{
		text: `DELETE FROM members WHERE role = $1 AND holder = $2`, args: []any{role, holder}, want: anyRows,
	})
}
