-- +goose Up
-- Columns that end in _at are nanoseconds since 1970 in UTC, 0 for none.

-- The installation, one row.
CREATE TABLE meta (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    installation_id TEXT COLLATE "C" NOT NULL,
    partitions INTEGER NOT NULL CHECK (partitions > 0),
    created_at BIGINT NOT NULL
);

-- Who owns which slice of the guilds. epoch is the fence, batch the number of
-- the last commit, alive_at when the holder before was last known to be alive.
CREATE TABLE partitions (
    id INTEGER NOT NULL PRIMARY KEY,
    holder TEXT COLLATE "C" NOT NULL DEFAULT '',
    epoch BIGINT NOT NULL DEFAULT 0,
    batch BIGINT NOT NULL DEFAULT 0,
    expires_at BIGINT NOT NULL DEFAULT 0,
    renewed_at BIGINT NOT NULL DEFAULT 0,
    alive_at BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE guilds (
    guild_id TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (guild_id <> ''),
    tenant_id TEXT COLLATE "C" NOT NULL DEFAULT '',
    partition_id INTEGER NOT NULL REFERENCES partitions (id),
    name TEXT COLLATE "C" NOT NULL,
    plan TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    state_version INTEGER NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    updated_at BIGINT NOT NULL
);

-- active is 1 for a player that has work to do without any input.
CREATE TABLE players (
    guild_id TEXT COLLATE "C" NOT NULL REFERENCES guilds (guild_id) ON DELETE CASCADE,
    bot_id TEXT COLLATE "C" NOT NULL CHECK (bot_id <> ''),
    tenant_id TEXT COLLATE "C" NOT NULL DEFAULT '',
    partition_id INTEGER NOT NULL,
    node TEXT COLLATE "C" NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    state TEXT COLLATE "C" NOT NULL,
    state_version INTEGER NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (guild_id, bot_id)
);
CREATE INDEX players_active ON players (partition_id, guild_id) WHERE active = 1;
CREATE INDEX players_node ON players (node, guild_id, bot_id) WHERE node <> '';

-- A queue is its slots in the order of rank. Ranks have gaps, so that a slot
-- that comes between two others is one row.
CREATE TABLE slots (
    guild_id TEXT COLLATE "C" NOT NULL,
    bot_id TEXT COLLATE "C" NOT NULL,
    slot_id TEXT COLLATE "C" NOT NULL CHECK (slot_id <> ''),
    rank BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    data TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (guild_id, bot_id, slot_id),
    FOREIGN KEY (guild_id, bot_id) REFERENCES players (guild_id, bot_id) ON DELETE CASCADE
);

-- The last number that the journal gave away. A commit takes its numbers here
-- and keeps the row locked until it ends, so that rows become visible in the
-- order of their numbers and a reader with a cursor misses none.
CREATE TABLE journal_head (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL
);
INSERT INTO journal_head (id, seq) VALUES (1, 0);

CREATE TABLE journal (
    seq BIGINT NOT NULL PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL CHECK (id <> ''),
    type TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C" NOT NULL,
    guild_id TEXT COLLATE "C" NOT NULL,
    partition_id INTEGER NOT NULL,
    epoch BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    envelope BYTEA NOT NULL
);
CREATE UNIQUE INDEX journal_id ON journal (id);
CREATE INDEX journal_guild ON journal (guild_id, seq);
CREATE INDEX journal_type ON journal (type, seq);
CREATE INDEX journal_occurred ON journal (occurred_at);

CREATE TABLE effects (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (key <> ''),
    kind TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C" NOT NULL,
    guild_id TEXT COLLATE "C" NOT NULL,
    partition_id INTEGER NOT NULL,
    epoch BIGINT NOT NULL,
    trace TEXT COLLATE "C" NOT NULL,
    payload BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    attempts INTEGER NOT NULL,
    not_before_at BIGINT NOT NULL,
    done_at BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX effects_owed ON effects (kind, created_at, key) WHERE done_at = 0;
CREATE INDEX effects_keys ON effects (partition_id, kind, created_at);
CREATE INDEX effects_done ON effects (done_at) WHERE done_at > 0;
CREATE INDEX effects_expired ON effects (expires_at) WHERE expires_at > 0;

CREATE TABLE cursors (
    partition_id INTEGER NOT NULL,
    source TEXT COLLATE "C" NOT NULL CHECK (source <> ''),
    generation TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (partition_id, source)
);

CREATE TABLE dead_letters (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (id <> ''),
    tenant_id TEXT COLLATE "C" NOT NULL DEFAULT '',
    guild_id TEXT COLLATE "C" NOT NULL,
    partition_id INTEGER NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    input BYTEA NOT NULL,
    error TEXT COLLATE "C" NOT NULL,
    occurred_at BIGINT NOT NULL
);
CREATE INDEX dead_letters_occurred ON dead_letters (occurred_at, id);

CREATE TABLE node_sessions (
    partition_id INTEGER NOT NULL REFERENCES partitions (id),
    node TEXT COLLATE "C" NOT NULL CHECK (node <> ''),
    bot_id TEXT COLLATE "C" NOT NULL CHECK (bot_id <> ''),
    session_id TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (partition_id, node, bot_id)
);

CREATE TABLE shards (
    bot_id TEXT COLLATE "C" NOT NULL CHECK (bot_id <> ''),
    shard INTEGER NOT NULL CHECK (shard >= 0),
    shards INTEGER NOT NULL CHECK (shards > 0),
    holder TEXT COLLATE "C" NOT NULL,
    epoch BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    renewed_at BIGINT NOT NULL,
    alive_at BIGINT NOT NULL DEFAULT 0,
    session_id TEXT COLLATE "C" NOT NULL DEFAULT '',
    resume_url TEXT COLLATE "C" NOT NULL DEFAULT '',
    sequence BIGINT NOT NULL DEFAULT 0,
    identifies TEXT COLLATE "C" NOT NULL DEFAULT '[]',
    updated_at BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (bot_id, shard)
);

CREATE TABLE guild_snapshots (
    bot_id TEXT COLLATE "C" NOT NULL,
    shard INTEGER NOT NULL,
    guild_id TEXT COLLATE "C" NOT NULL CHECK (guild_id <> ''),
    data BYTEA NOT NULL,
    PRIMARY KEY (bot_id, shard, guild_id),
    FOREIGN KEY (bot_id, shard) REFERENCES shards (bot_id, shard) ON DELETE CASCADE
);

CREATE TABLE panels (
    guild_id TEXT COLLATE "C" NOT NULL CHECK (guild_id <> ''),
    bot_id TEXT COLLATE "C" NOT NULL,
    surface TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C" NOT NULL DEFAULT '',
    channel_id TEXT COLLATE "C" NOT NULL,
    message_id TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    posted_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (guild_id, bot_id, surface)
);
CREATE INDEX panels_surface ON panels (surface, guild_id, bot_id);
