-- +goose Up

-- The processes that share a role, so that each takes its part of what there is
-- to own. A process is there until expires_at, by the database's clock.
CREATE TABLE members (
    role TEXT NOT NULL CHECK (role <> ''),
    holder TEXT NOT NULL CHECK (holder <> ''),
    version TEXT NOT NULL,
    weight INTEGER NOT NULL CHECK (weight > 0),
    joined_at INTEGER NOT NULL,
    renewed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (role, holder)
) STRICT, WITHOUT ROWID;

-- The number of the advisory lock that a holder's own database session keeps.
-- Whoever can take that lock knows that the session is gone, and need not wait
-- until the holder's leases run out.
CREATE TABLE holder_sessions (
    holder TEXT NOT NULL PRIMARY KEY CHECK (holder <> ''),
    session INTEGER NOT NULL,
    opened_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a bot, locked while one of its IDENTIFYs is reserved, so that two
-- processes do not count the same ones.
CREATE TABLE identify_budgets (
    bot_id TEXT NOT NULL PRIMARY KEY CHECK (bot_id <> ''),
    reserved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The IDENTIFYs of a bot, whichever process sent them. sent is 0 for one that
-- was reserved and not needed: it keeps its distance and costs nothing.
CREATE TABLE identifies (
    bot_id TEXT NOT NULL CHECK (bot_id <> ''),
    shard INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    sent INTEGER NOT NULL CHECK (sent IN (0, 1)),
    PRIMARY KEY (bot_id, shard, occurred_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX identifies_bucket ON identifies (bot_id, bucket, occurred_at);
CREATE INDEX identifies_spent ON identifies (bot_id, occurred_at) WHERE sent = 1;

-- +goose Down
DROP TABLE identifies;
DROP TABLE identify_budgets;
DROP TABLE holder_sessions;
DROP TABLE members;
