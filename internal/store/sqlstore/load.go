package sqlstore

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// loadChunk is how many guilds are read in one transaction.
const loadChunk = 256

// Load implements [store.Guilds]. Each guild is as it was at one moment.
// Errors also: Unavailable for a state that a newer version wrote.
func (db *DB) Load(ctx context.Context, ids []music.GuildID) ([]music.Guild, error) {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = string(id)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	var out []music.Guild
	for part := range slices.Chunk(names, loadChunk) {
		l := loader{at: make(map[music.GuildID]int, len(part))}
		if err := db.loadPart(ctx, &l, part); err != nil {
			return nil, failed(err, loadOp)
		}
		if err := l.assemble(db.book); err != nil {
			return nil, err
		}
		out = append(out, l.guilds...)
	}
	return out, nil
}

const loadOp = "sqlstore.Load"

type queueKey struct {
	guild music.GuildID
	bot   music.BotID
}

type loader struct {
	guilds  []music.Guild
	at      map[music.GuildID]int
	players map[queueKey]*music.Player
	ranks   map[queueKey][]int64
}

func (db *DB) loadPart(ctx context.Context, l *loader, part []string) error {
	ctx, cancel := context.WithTimeout(ctx, db.opts.Timeout)
	defer cancel()
	tx, err := db.read.BeginTx(ctx, db.dialect.snapshot)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	list, args := in(1, part)
	err = scanAll(ctx, tx, `SELECT guild_id, state_version, state FROM guilds WHERE guild_id IN (`+list+`)`, args, l.guild)
	if err != nil {
		return err
	}
	l.players, l.ranks = map[queueKey]*music.Player{}, map[queueKey][]int64{}
	err = scanAll(ctx, tx, `SELECT guild_id, bot_id, state_version, state FROM players WHERE guild_id IN (`+list+`)
		ORDER BY guild_id, bot_id`, args, l.player)
	if err != nil {
		return err
	}
	return scanAll(ctx, tx, `SELECT guild_id, bot_id, rank, data FROM slots WHERE guild_id IN (`+list+`)
		ORDER BY guild_id, bot_id, rank`, args, l.slot)
}

func decode(raw []byte, version int, into any) error {
	if version > stateVersion {
		return fault.New(fault.Unavailable, loadOp, "a state was written by a newer version").
			WithHint("run the newer version until its upgrade is undone")
	}
	if err := json.Unmarshal(raw, into); err != nil {
		return fault.Wrap(err, fault.Internal, loadOp, "a state cannot be read")
	}
	return nil
}

func (l *loader) guild(scan func(...any) error) error {
	var id music.GuildID
	var version int
	var raw []byte
	if err := scan(&id, &version, &raw); err != nil {
		return err
	}
	var g music.Guild
	if err := decode(raw, version, &g); err != nil {
		return err
	}
	l.at[id] = len(l.guilds)
	l.guilds = append(l.guilds, g)
	return nil
}

func (l *loader) player(scan func(...any) error) error {
	var k queueKey
	var version int
	var raw []byte
	if err := scan(&k.guild, &k.bot, &version, &raw); err != nil {
		return err
	}
	p := &music.Player{}
	if err := decode(raw, version, p); err != nil {
		return err
	}
	l.players[k] = p
	i, ok := l.at[k.guild]
	if !ok {
		return fault.New(fault.Internal, loadOp, "a player has no guild")
	}
	l.guilds[i].Players = append(l.guilds[i].Players, p)
	return nil
}

func (l *loader) slot(scan func(...any) error) error {
	var k queueKey
	var rank int64
	var raw []byte
	if err := scan(&k.guild, &k.bot, &rank, &raw); err != nil {
		return err
	}
	s := &music.Slot{}
	if err := decode(raw, stateVersion, s); err != nil {
		return err
	}
	p, ok := l.players[k]
	if !ok {
		return fault.New(fault.Internal, loadOp, "a slot has no player")
	}
	p.Queue = append(p.Queue, s)
	l.ranks[k] = append(l.ranks[k], rank)
	return nil
}

// assemble remembers where the slots stand.
func (l *loader) assemble(book *rankBook) error {
	for k, p := range l.players {
		if p.Bot != k.bot {
			return fault.New(fault.Internal, loadOp, "a player's state is that of another bot")
		}
		book.put(p, l.ranks[k])
	}
	return nil
}
