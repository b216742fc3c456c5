package sqlstore

import (
	"bytes"
	"context"
	"database/sql"

	"github.com/atrilhq/platform/internal/store"
)

// Count implements [store.Health]. Nothing is decoded: reading every player as a
// player to count those that sound takes a second where there are ten thousand.
func (db *DB) Count(ctx context.Context) (store.Counts, error) {
	const op = "sqlstore.Count"
	var c store.Counts
	err := db.each(ctx, op, `SELECT (SELECT COUNT(*) FROM guilds), (SELECT COUNT(*) FROM players)`, nil,
		func(scan func(...any) error) error { return scan(&c.Guilds, &c.Players) })
	if err != nil {
		return c, err
	}
	var state sql.RawBytes
	err = db.each(ctx, op, `SELECT state FROM players WHERE active = 1 AND node <> ''`, nil,
		func(scan func(...any) error) error {
			if err := scan(&state); err != nil {
				return err
			}
			if sounds(state) {
				c.Playing++
			}
			return nil
		})
	return c, err
}

var (
	isSounding = []byte(`"phase":"sounding"`)
	isHalted   = []byte(`"halted":true`)
	isPaused   = []byte(`"paused":true`)
	wantsVoice = []byte(`"want":`)
	joinsVoice = []byte(`"join_by":`)
)

// sounds is true for the state of a player whose play sounds. The names of
// members are looked for in the text: within JSON's strings quotes are escaped,
// so they can stand nowhere else.
func sounds(state []byte) bool {
	return bytes.Contains(state, isSounding) && !bytes.Contains(state, isHalted) && !bytes.Contains(state, isPaused) &&
		(!bytes.Contains(state, joinsVoice) || !bytes.Contains(state, wantsVoice))
}
