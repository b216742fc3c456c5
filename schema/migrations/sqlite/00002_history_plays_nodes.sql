-- +goose Up

-- What a player played, the oldest first in the order of place. Places follow
-- each other without a gap, so that one more is one row and one less is one row.
CREATE TABLE history (
    guild_id TEXT NOT NULL,
    bot_id TEXT NOT NULL,
    place INTEGER NOT NULL,
    slot_id TEXT NOT NULL,
    title TEXT NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (guild_id, bot_id, place),
    FOREIGN KEY (guild_id, bot_id) REFERENCES players (guild_id, bot_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- How far each projection has read the journal. What it has not read is kept.
CREATE TABLE projections (
    name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
    position INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO projections (name, position, updated_at) VALUES ('plays', 0, 0);

-- One row for each play that was heard: a projection of the journal.
CREATE TABLE plays (
    play_id TEXT NOT NULL PRIMARY KEY CHECK (play_id <> ''),
    tenant_id TEXT NOT NULL,
    guild_id TEXT NOT NULL,
    bot_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    uri TEXT NOT NULL,
    identifier TEXT NOT NULL,
    source TEXT NOT NULL,
    isrc TEXT NOT NULL,
    length_ms INTEGER NOT NULL,
    stream INTEGER NOT NULL CHECK (stream IN (0, 1)),
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    listened_ms INTEGER NOT NULL,
    ended TEXT NOT NULL,
    node TEXT NOT NULL
) STRICT;
CREATE INDEX plays_guild ON plays (guild_id, ended_at, play_id);
CREATE INDEX plays_user ON plays (guild_id, user_id, ended_at, play_id);
CREATE INDEX plays_ended ON plays (ended_at);

-- The distinct tracks that a member heard in a guild, for suggestions. search is
-- what is looked for in, folded; track_key is a digest of what the track is.
CREATE TABLE heard_tracks (
    guild_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    track_key TEXT NOT NULL,
    heard_at INTEGER NOT NULL,
    search TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    uri TEXT NOT NULL,
    identifier TEXT NOT NULL,
    source TEXT NOT NULL,
    isrc TEXT NOT NULL,
    length_ms INTEGER NOT NULL,
    stream INTEGER NOT NULL CHECK (stream IN (0, 1)),
    PRIMARY KEY (guild_id, user_id, track_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX heard_tracks_recent ON heard_tracks (guild_id, user_id, heard_at);
CREATE INDEX heard_tracks_old ON heard_tracks (heard_at);

-- What operators decided about nodes.
CREATE TABLE nodes (
    name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
    cordoned INTEGER NOT NULL CHECK (cordoned IN (0, 1)),
    reason TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE nodes;
DROP TABLE heard_tracks;
DROP TABLE plays;
DROP TABLE projections;
DROP TABLE history;
