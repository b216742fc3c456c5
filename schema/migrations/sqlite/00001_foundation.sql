-- +goose Up
-- Columns that end in _at are nanoseconds since 1970 in UTC, 0 for none.

-- The installation, one row.
CREATE TABLE meta (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    installation_id TEXT NOT NULL,
    partitions INTEGER NOT NULL CHECK (partitions > 0),
    created_at INTEGER NOT NULL
) STRICT;

-- Who owns which slice of the guilds. epoch is the fence, batch the number of
-- the last commit, alive_at when the holder before was last known to be alive.
CREATE TABLE partitions (
    id INTEGER NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL DEFAULT '',
    epoch INTEGER NOT NULL DEFAULT 0,
    batch INTEGER NOT NULL DEFAULT 0,
    expires_at INTEGER NOT NULL DEFAULT 0,
    renewed_at INTEGER NOT NULL DEFAULT 0,
    alive_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE guilds (
    guild_id TEXT NOT NULL PRIMARY KEY CHECK (guild_id <> ''),
    tenant_id TEXT NOT NULL DEFAULT '',
    partition_id INTEGER NOT NULL REFERENCES partitions (id),
    name TEXT NOT NULL,
    plan TEXT NOT NULL,
    state TEXT NOT NULL,
    state_version INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- active is 1 for a player that has work to do without any input.
CREATE TABLE players (
    guild_id TEXT NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    bot_id TEXT NOT NULL CHECK (bot_id <> ''),
    tenant_id TEXT NOT NULL DEFAULT '',
    partition_id INTEGER NOT NULL,
    node TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    state TEXT NOT NULL,
    state_version INTEGER NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, bot_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX players_active ON players (partition_id, guild_id) WHERE active = 1;
CREATE INDEX players_node ON players (node, guild_id, bot_id) WHERE node <> '';

-- A queue is its slots in the order of rank. Ranks have gaps, so that a slot
-- that comes between two others is one row.
CREATE TABLE slots (
    guild_id TEXT NOT NULL,
    bot_id TEXT NOT NULL,
    slot_id TEXT NOT NULL CHECK (slot_id <> ''),
    rank INTEGER NOT NULL,
    state TEXT NOT NULL,
    title TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (guild_id, bot_id, slot_id),
    FOREIGN KEY (guild_id, bot_id) REFERENCES players (guild_id, bot_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- The last number that the journal gave away. A commit takes its numbers here
-- and keeps the row locked until it ends, so that rows become visible in the
-- order of their numbers and a reader with a cursor misses none.
CREATE TABLE journal_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
) STRICT;
INSERT INTO journal_head (id, seq) VALUES (1, 0);

CREATE TABLE journal (
    seq INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL CHECK (id <> ''),
    type TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    guild_id TEXT NOT NULL,
    partition_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    envelope BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX journal_id ON journal (id);
CREATE INDEX journal_guild ON journal (guild_id, seq);
CREATE INDEX journal_type ON journal (type, seq);
CREATE INDEX journal_occurred ON journal (occurred_at);

CREATE TABLE effects (
    key TEXT NOT NULL PRIMARY KEY CHECK (key <> ''),
    kind TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    guild_id TEXT NOT NULL,
    partition_id INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    trace TEXT NOT NULL,
    payload BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    not_before_at INTEGER NOT NULL,
    done_at INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX effects_owed ON effects (kind, created_at, key) WHERE done_at = 0;
CREATE INDEX effects_keys ON effects (partition_id, kind, created_at);
CREATE INDEX effects_done ON effects (done_at) WHERE done_at > 0;
CREATE INDEX effects_expired ON effects (expires_at) WHERE expires_at > 0;

CREATE TABLE cursors (
    partition_id INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source <> ''),
    generation TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (partition_id, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
    id TEXT NOT NULL PRIMARY KEY CHECK (id <> ''),
    tenant_id TEXT NOT NULL DEFAULT '',
    guild_id TEXT NOT NULL,
    partition_id INTEGER NOT NULL,
    kind TEXT NOT NULL,
    input BLOB NOT NULL,
    error TEXT NOT NULL,
    occurred_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dead_letters_occurred ON dead_letters (occurred_at, id);

CREATE TABLE node_sessions (
    partition_id INTEGER NOT NULL REFERENCES partitions (id),
    node TEXT NOT NULL CHECK (node <> ''),
    bot_id TEXT NOT NULL CHECK (bot_id <> ''),
    session_id TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (partition_id, node, bot_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE shards (
    bot_id TEXT NOT NULL CHECK (bot_id <> ''),
    shard INTEGER NOT NULL CHECK (shard >= 0),
    shards INTEGER NOT NULL CHECK (shards > 0),
    holder TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    renewed_at INTEGER NOT NULL,
    alive_at INTEGER NOT NULL DEFAULT 0,
    session_id TEXT NOT NULL DEFAULT '',
    resume_url TEXT NOT NULL DEFAULT '',
    sequence INTEGER NOT NULL DEFAULT 0,
    identifies TEXT NOT NULL DEFAULT '[]',
    updated_at INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (bot_id, shard)
) STRICT, WITHOUT ROWID;

CREATE TABLE guild_snapshots (
    bot_id TEXT NOT NULL,
    shard INTEGER NOT NULL,
    guild_id TEXT NOT NULL CHECK (guild_id <> ''),
    data BLOB NOT NULL,
    PRIMARY KEY (bot_id, shard, guild_id),
    FOREIGN KEY (bot_id, shard) REFERENCES shards (bot_id, shard) ON DELETE CASCADE
) STRICT;

CREATE TABLE panels (
    guild_id TEXT NOT NULL CHECK (guild_id <> ''),
    bot_id TEXT NOT NULL,
    surface TEXT NOT NULL,
    tenant_id TEXT NOT NULL DEFAULT '',
    channel_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    posted_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (guild_id, bot_id, surface)
) STRICT, WITHOUT ROWID;
CREATE INDEX panels_surface ON panels (surface, guild_id, bot_id);
