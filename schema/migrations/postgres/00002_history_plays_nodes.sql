-- +goose Up

-- What a player played, the oldest first in the order of place. Places follow
-- each other without a gap, so that one more is one row and one less is one row.
CREATE TABLE history (
    guild_id TEXT COLLATE "C" NOT NULL,
    bot_id TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    slot_id TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    data TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (guild_id, bot_id, place),
    FOREIGN KEY (guild_id, bot_id) REFERENCES players (guild_id, bot_id) ON DELETE CASCADE
);

-- How far each projection has read the journal. What it has not read is kept.
CREATE TABLE projections (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (name <> ''),
    position BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
INSERT INTO projections (name, position, updated_at) VALUES ('plays', 0, 0);

-- One row for each play that was heard: a projection of the journal.
CREATE TABLE plays (
    play_id TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (play_id <> ''),
    tenant_id TEXT COLLATE "C" NOT NULL,
    guild_id TEXT COLLATE "C" NOT NULL,
    bot_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    uri TEXT COLLATE "C" NOT NULL,
    identifier TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    isrc TEXT COLLATE "C" NOT NULL,
    length_ms BIGINT NOT NULL,
    stream INTEGER NOT NULL CHECK (stream IN (0, 1)),
    started_at BIGINT NOT NULL,
    ended_at BIGINT NOT NULL,
    listened_ms BIGINT NOT NULL,
    ended TEXT COLLATE "C" NOT NULL,
    node TEXT COLLATE "C" NOT NULL
);
CREATE INDEX plays_guild ON plays (guild_id, ended_at, play_id);
CREATE INDEX plays_user ON plays (guild_id, user_id, ended_at, play_id);
CREATE INDEX plays_ended ON plays (ended_at);

-- The distinct tracks that a member heard in a guild, for suggestions. search is
-- what is looked for in, folded; track_key is a digest of what the track is.
CREATE TABLE heard_tracks (
    guild_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    track_key TEXT COLLATE "C" NOT NULL,
    heard_at BIGINT NOT NULL,
    search TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    uri TEXT COLLATE "C" NOT NULL,
    identifier TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    isrc TEXT COLLATE "C" NOT NULL,
    length_ms BIGINT NOT NULL,
    stream INTEGER NOT NULL CHECK (stream IN (0, 1)),
    PRIMARY KEY (guild_id, user_id, track_key)
);
CREATE INDEX heard_tracks_recent ON heard_tracks (guild_id, user_id, heard_at);
CREATE INDEX heard_tracks_old ON heard_tracks (heard_at);

-- What operators decided about nodes.
CREATE TABLE nodes (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (name <> ''),
    cordoned INTEGER NOT NULL CHECK (cordoned IN (0, 1)),
    reason TEXT COLLATE "C" NOT NULL,
    changed_by TEXT COLLATE "C" NOT NULL,
    updated_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE nodes;
DROP TABLE heard_tracks;
DROP TABLE plays;
DROP TABLE projections;
DROP TABLE history;
