package upkeep

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// A Count is what a table holds: how many rows, and a digest of all of them in
// the order of their keys, the same for both engines.
type Count struct {
	Table  string `json:"table"`
	Rows   int64  `json:"rows"`
	Digest string `json:"sha256"`
}

// querier is a pool or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scan calls f with each row of a table, in the order of its key. Values are
// int64, string and []byte, as both engines give them; f must not keep them.
func scan(ctx context.Context, q querier, t sqlstore.RawTable, f func(row []any) error) error {
	rows, err := q.QueryContext(ctx, "SELECT "+strings.Join(t.Columns, ", ")+" FROM "+t.Name+" ORDER BY "+strings.Join(t.Key, ", "))
	if err != nil {
		return unreadable(err, t.Name)
	}
	defer func() { _ = rows.Close() }()
	row, to := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range row {
		to[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return unreadable(err, t.Name)
		}
		for i, v := range row {
			if small, ok := v.(int32); ok {
				row[i] = int64(small)
			}
		}
		if err := f(row); err != nil {
			return err
		}
	}
	return unreadable(rows.Err(), t.Name)
}

func unreadable(err error, table string) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, fault.Unavailable, "upkeep.read", "the table "+table+" cannot be read to its end")
}

// digest adds a row to a hash: for each value its kind, its length and itself.
func digest(h hash.Hash, row []any, scratch *bytes.Buffer) error {
	scratch.Reset()
	for _, v := range row {
		var n [9]byte
		switch v := v.(type) {
		case int64:
			n[0] = 'i'
			binary.BigEndian.PutUint64(n[1:], uint64(v)) //nolint:gosec // the bits are what is digested
			scratch.Write(n[:])
		case string:
			n[0] = 't'
			binary.BigEndian.PutUint64(n[1:], uint64(len(v)))
			scratch.Write(n[:])
			scratch.WriteString(v)
		case []byte:
			n[0] = 'b'
			binary.BigEndian.PutUint64(n[1:], uint64(len(v)))
			scratch.Write(n[:])
			scratch.Write(v)
		case nil:
			scratch.WriteByte('0')
		default:
			return fault.New(fault.Internal, "upkeep.digest", fmt.Sprintf("a value is a %T, which no table of ours has", v))
		}
	}
	_, err := h.Write(scratch.Bytes())
	return err
}

// count reads a whole table.
func count(ctx context.Context, q querier, t sqlstore.RawTable) (Count, error) {
	c := Count{Table: t.Name}
	h := sha256.New()
	var scratch bytes.Buffer
	err := scan(ctx, q, t, func(row []any) error {
		c.Rows++
		return digest(h, row, &scratch)
	})
	c.Digest = hex.EncodeToString(h.Sum(nil))
	return c, err
}

// countAll reads every table.
func countAll(ctx context.Context, q querier, tables []sqlstore.RawTable, talk Talk) ([]Count, error) {
	out := make([]Count, 0, len(tables))
	for _, t := range tables {
		talk("reading " + t.Name)
		c, err := count(ctx, q, t)
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// differ names the first table whose counts are not the same, empty for none.
func differ(want, got []Count) string {
	seen := map[string]Count{}
	for _, c := range got {
		seen[c.Table] = c
	}
	for _, w := range want {
		g, ok := seen[w.Table]
		switch {
		case !ok:
			return "the table " + w.Table + " is missing"
		case g.Rows != w.Rows:
			return fmt.Sprintf("the table %s has %d rows instead of %d", w.Table, g.Rows, w.Rows)
		case g.Digest != w.Digest:
			return "rows of the table " + w.Table + " are not what they were"
		}
	}
	if len(got) != len(want) {
		return fmt.Sprintf("there are %d tables instead of %d", len(got), len(want))
	}
	return ""
}

// Talk says what is being done now, for a person who waits.
type Talk func(what string)
