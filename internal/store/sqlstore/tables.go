package sqlstore

// The statements that a batch is made of, in the order in which they run.
const (
	tFences = iota
	tSlotsAllGone
	tSlotsGone
	tHistoryAllGone
	tHistoryGone
	tPlayersGone
	tGuildsNew
	tGuilds
	tPlayers
	tPlayersSame
	tSlotsNew
	tSlots
	tHistory
	tCursors
	tDeadLetters
	tEffects
	tJournal
	tableCount
)

const (
	headText = `UPDATE journal_head SET seq = seq + $1 WHERE id = 1 RETURNING seq`

	// naiveText numbers events as a naive journal would; see naiveCursor.
	naiveText     = `SELECT nextval('journal_naive')`
	naiveSequence = `CREATE SEQUENCE IF NOT EXISTS journal_naive INCREMENT 1000 START 1000`
)

const (
	playerHead = `INSERT INTO players (guild_id, bot_id, tenant_id, partition_id, node, active, state, state_version, updated_at) VALUES `
	playerRow  = `(?, ?, COALESCE((SELECT g.tenant_id FROM guilds g WHERE g.guild_id = ?), ''), ?, ?, ?, ?, ?, ?)`
	playerTail = ` state = excluded.state, state_version = excluded.state_version, updated_at = excluded.updated_at,
			version = players.version + 1 WHERE players.partition_id = excluded.partition_id`
)

const (
	guildHead = `INSERT INTO guilds (guild_id, partition_id, name, plan, state, state_version, updated_at) VALUES `
	slotHead  = `INSERT INTO slots (guild_id, bot_id, slot_id, rank, state, title, data) VALUES `
	slotRow   = `(?, ?, ?, ?, ?, ?, ?)`
)

// newTables returns the statements by their number.
func newTables() [tableCount]*table {
	return [tableCount]*table{
		// A batch is a sign of life too: its time is what the next owner's may not be before.
		tFences: newTable(`UPDATE partitions SET batch = f.column3 + 1,
			renewed_at = CASE WHEN renewed_at < f.column4 THEN f.column4 ELSE renewed_at END FROM (VALUES `,
			`(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))`,
			`) AS f WHERE partitions.id = f.column1 AND epoch = f.column2 AND batch = f.column3`, true),
		tSlotsAllGone:   newTable(`DELETE FROM slots WHERE (guild_id, bot_id) IN (VALUES `, `(?, ?)`, `)`, false),
		tSlotsGone:      newTable(`DELETE FROM slots WHERE (guild_id, bot_id, slot_id) IN (VALUES `, `(?, ?, ?)`, `)`, false),
		tHistoryAllGone: newTable(`DELETE FROM history WHERE (guild_id, bot_id) IN (VALUES `, `(?, ?)`, `)`, false),
		tHistoryGone:    newTable(`DELETE FROM history WHERE (guild_id, bot_id, place) IN (VALUES `, `(?, ?, CAST(? AS BIGINT))`, `)`, false),
		tPlayersGone:    newTable(`DELETE FROM players WHERE (guild_id, bot_id) IN (VALUES `, `(?, ?)`, `)`, false),
		tGuildsNew:      newTable(guildHead, `(?, ?, ?, ?, ?, ?, ?)`, ``, true),
		tGuilds: newTable(guildHead, `(?, ?, ?, ?, ?, ?, ?)`,
			` ON CONFLICT (guild_id) DO UPDATE SET name = excluded.name, plan = excluded.plan, state = excluded.state,
			state_version = excluded.state_version, updated_at = excluded.updated_at, version = guilds.version + 1
			WHERE guilds.partition_id = excluded.partition_id`, true),
		tPlayers: newTable(playerHead, playerRow,
			` ON CONFLICT (guild_id, bot_id) DO UPDATE SET node = excluded.node, active = excluded.active,`+playerTail, true),
		// Columns that stand in indexes are not named where they stay as they are.
		tPlayersSame: newTable(playerHead, playerRow, ` ON CONFLICT (guild_id, bot_id) DO UPDATE SET`+playerTail, true),
		tSlotsNew:    newTable(slotHead, slotRow, ``, true),
		tSlots: newTable(slotHead, slotRow,
			` ON CONFLICT (guild_id, bot_id, slot_id) DO UPDATE SET rank = excluded.rank, state = excluded.state,
			title = excluded.title, data = excluded.data`, true),
		tHistory: newTable(`INSERT INTO history (guild_id, bot_id, place, slot_id, title, data) VALUES `, `(?, ?, ?, ?, ?, ?)`,
			` ON CONFLICT (guild_id, bot_id, place) DO UPDATE SET slot_id = excluded.slot_id, title = excluded.title,
			data = excluded.data`, true),
		tCursors: newTable(`INSERT INTO cursors (partition_id, source, generation, position) VALUES `, `(?, ?, ?, ?)`,
			` ON CONFLICT (partition_id, source) DO UPDATE SET generation = excluded.generation, position = excluded.position`, true),
		tDeadLetters: newTable(`INSERT INTO dead_letters (id, guild_id, partition_id, kind, input, error, occurred_at) VALUES `,
			`(?, ?, ?, ?, ?, ?, ?)`, ` ON CONFLICT (id) DO NOTHING`, false),
		tEffects: newTable(`INSERT INTO effects (key, kind, tenant_id, guild_id, partition_id, epoch, trace, payload,
			created_at, expires_at, attempts, not_before_at, done_at) VALUES `,
			`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, ` ON CONFLICT (key) DO NOTHING`, false),
		// Each row counts back from the head that the statement before has moved.
		tJournal: newTable(`INSERT INTO journal (seq, id, type, tenant_id, guild_id, partition_id, epoch, occurred_at, cause, envelope) VALUES `,
			`((SELECT h.seq FROM journal_head h WHERE h.id = 1) - ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, ``, true),
	}
}

func newSnapshotTables() (gone, kept *table) {
	return newTable(`DELETE FROM guild_snapshots WHERE (bot_id, shard, guild_id) IN (VALUES `, `(?, CAST(? AS INTEGER), ?)`, `)`, false),
		newTable(`INSERT INTO guild_snapshots (bot_id, shard, guild_id, data) VALUES `, `(?, ?, ?, ?)`,
			` ON CONFLICT (bot_id, shard, guild_id) DO UPDATE SET data = excluded.data`, false)
}
