package sqlstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// maxAddress bounds the addresses and identifiers of tracks in rows for reading.
const maxAddress = 2 << 10

const trackColumns = `title, author, uri, identifier, source, isrc, length_ms, stream`

type playTables struct{ plays, heard *table }

func newPlayTables() playTables {
	return playTables{
		plays: newTable(`INSERT INTO plays (play_id, tenant_id, guild_id, bot_id, user_id, `+trackColumns+`,
			started_at, ended_at, listened_ms, ended, node) VALUES `, `(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			` ON CONFLICT (play_id) DO UPDATE SET tenant_id = excluded.tenant_id, guild_id = excluded.guild_id,
			bot_id = excluded.bot_id, user_id = excluded.user_id, title = excluded.title, author = excluded.author,
			uri = excluded.uri, identifier = excluded.identifier, source = excluded.source, isrc = excluded.isrc,
			length_ms = excluded.length_ms, stream = excluded.stream, started_at = excluded.started_at,
			ended_at = excluded.ended_at, listened_ms = excluded.listened_ms, ended = excluded.ended, node = excluded.node`, true),
		heard: newTable(`INSERT INTO heard_tracks (guild_id, user_id, track_key, heard_at, search, `+trackColumns+`) VALUES `,
			`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			` ON CONFLICT (guild_id, user_id, track_key) DO UPDATE SET heard_at = excluded.heard_at, search = excluded.search,
			title = excluded.title, author = excluded.author, uri = excluded.uri, isrc = excluded.isrc,
			length_ms = excluded.length_ms, stream = excluded.stream WHERE heard_tracks.heard_at <= excluded.heard_at`, false),
	}
}

// Position implements [store.Plays].
func (db *DB) Position(ctx context.Context, projection string) (int64, error) {
	const op = "sqlstore.Position"
	position, found := int64(0), false
	err := db.each(ctx, op, `SELECT position FROM projections WHERE name = $1`, []any{projection},
		func(scan func(...any) error) error { found = true; return scan(&position) })
	if err == nil && !found {
		err = fault.New(fault.NotFound, op, "there is no projection of that name")
	}
	return position, err
}

// ProjectPlays implements [store.Plays].
func (db *DB) ProjectPlays(ctx context.Context, from, to int64, plays []store.Play) error {
	const op = "sqlstore.ProjectPlays"
	list := []statement{{
		text: db.texts.project, args: []any{db.now(), to, store.PlaysProjection, from}, want: 1,
		miss: fault.New(fault.Conflict, op, "the projection was moved by somebody else").WithHint("read its position and go on from there"),
	}}
	// One statement writes a row once: of what is there twice the last counts.
	seen := make(map[music.PlayID]struct{}, len(plays))
	heard := map[[3]string]struct{}{}
	var rows, tracks []any
	for _, p := range slices.Backward(plays) {
		if p.ID == "" || p.Guild == "" || !storable(string(p.ID)) || !storable(string(p.Guild)) {
			return invalid(op, "a play needs an id and a guild of at most 512 bytes")
		}
		if _, twice := seen[p.ID]; twice {
			continue
		}
		seen[p.ID] = struct{}{}
		track := trackArgs(&p.Track)
		rows = append(rows, string(p.ID), shown(p.Tenant, maxName), string(p.Guild), shown(string(p.Bot), maxName), shown(string(p.User), maxName))
		rows = append(append(rows, track...), nanos(p.Started), nanos(p.Ended), p.Listened.Milliseconds(),
			shown(p.Reason, maxShown), shown(string(p.Node), maxName))
		key := [3]string{string(p.Guild), shown(string(p.User), maxName), trackKey(&p.Track)}
		if _, later := heard[key]; later || p.User == "" {
			continue
		}
		heard[key] = struct{}{}
		tracks = append(tracks, key[0], key[1], key[2], nanos(p.Ended), folded(p.Track.Title+" "+p.Track.Author))
		tracks = append(tracks, track...)
	}
	list = db.plays.plays.statements(list, rows, nil)
	list = db.plays.heard.statements(list, tracks, nil)
	return db.change(ctx, op, list...)
}

func trackArgs(t *music.TrackInfo) []any {
	return []any{
		shown(t.Title, maxShown), shown(t.Author, maxShown), shown(t.URI, maxAddress), shown(t.Identifier, maxAddress),
		shown(t.Source, maxShown), shown(t.ISRC, maxShown), t.LengthMS, flag(t.Stream),
	}
}

// trackKey is a digest of what makes a track the same as another one: its
// identifier may be an address of any length.
func trackKey(t *music.TrackInfo) string {
	sum := sha256.Sum256([]byte(t.Source + "\x00" + t.Identifier))
	return hex.EncodeToString(sum[:16])
}

// RecentTracks implements [store.Plays].
func (db *DB) RecentTracks(ctx context.Context, guild music.GuildID, user music.UserID, filter string, limit int) ([]store.HeardTrack, error) {
	const op = "sqlstore.RecentTracks"
	if limit == 0 {
		limit = defaultRecent
	}
	limit, err := checkLimit(op, limit, maxRecent)
	if err != nil {
		return nil, err
	}
	text, args := recentQuery(guild, user, filter, limit)
	var out []store.HeardTrack
	err = db.each(ctx, op, text, args, func(scan func(...any) error) error {
		var h store.HeardTrack
		var at, stream int64
		err := scan(&h.Track.Title, &h.Track.Author, &h.Track.URI, &h.Track.Identifier, &h.Track.Source, &h.Track.ISRC,
			&h.Track.LengthMS, &stream, &at)
		h.Track.Stream, h.At = stream != 0, fromNanos(at)
		out = append(out, h)
		return err
	})
	return out, err
}

// Limits of RecentTracks.
const (
	defaultRecent = 25
	maxRecent     = 100
	recentWindow  = 300
	maxWords      = 8
)

func recentQuery(guild music.GuildID, user music.UserID, filter string, limit int) (string, []any) {
	var c conditions
	from := `FROM heard_tracks WHERE guild_id = ` + c.arg(string(guild)) + ` AND user_id = ` + c.arg(string(user)) + ` ORDER BY heard_at DESC LIMIT `
	words := wordsOf(filter)
	if len(words) == 0 {
		return `SELECT ` + trackColumns + `, heard_at ` + from + c.arg(limit), c.args
	}
	from = `FROM (SELECT ` + trackColumns + `, heard_at, search ` + from + c.arg(recentWindow) + `) AS latest WHERE `
	for _, w := range words {
		c.and(`search LIKE ` + c.arg("%"+likeEscaper().Replace(w)+"%") + ` ESCAPE '\'`)
	}
	return `SELECT ` + trackColumns + `, heard_at ` + from + c.text.String() + ` ORDER BY heard_at DESC LIMIT ` + c.arg(limit), c.args
}

// PrunePlays implements [store.Plays].
func (db *DB) PrunePlays(ctx context.Context, before time.Time, limit int) (int, error) {
	const op = "sqlstore.PrunePlays"
	return db.prune(ctx, op, limit, `DELETE FROM plays WHERE play_id IN
		(SELECT play_id FROM plays WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)`, nanos(before))
}

// PruneHeard implements [store.Plays].
func (db *DB) PruneHeard(ctx context.Context, before time.Time, limit int) (int, error) {
	return db.prune(ctx, "sqlstore.PruneHeard", limit, `DELETE FROM heard_tracks WHERE (guild_id, user_id, track_key) IN
		(SELECT guild_id, user_id, track_key FROM heard_tracks WHERE heard_at < $1 ORDER BY heard_at LIMIT $2)`, nanos(before))
}
