-- +goose Up

-- The processes that share a role, so that each takes its part of what there is
-- to own. A process is there until expires_at, by the database's clock.
CREATE TABLE members (
    role TEXT COLLATE "C" NOT NULL CHECK (role <> ''),
    holder TEXT COLLATE "C" NOT NULL CHECK (holder <> ''),
    version TEXT COLLATE "C" NOT NULL,
    weight INTEGER NOT NULL CHECK (weight > 0),
    joined_at BIGINT NOT NULL,
    renewed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (role, holder)
);

-- The number of the advisory lock that a holder's own database session keeps.
-- Whoever can take that lock knows that the session is gone, and need not wait
-- until the holder's leases run out.
CREATE TABLE holder_sessions (
    holder TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (holder <> ''),
    session BIGINT NOT NULL,
    opened_at BIGINT NOT NULL
);

-- One row a bot, locked while one of its IDENTIFYs is reserved, so that two
-- processes do not count the same ones.
CREATE TABLE identify_budgets (
    bot_id TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (bot_id <> ''),
    reserved_at BIGINT NOT NULL
);

-- The IDENTIFYs of a bot, whichever process sent them. sent is 0 for one that
-- was reserved and not needed: it keeps its distance and costs nothing.
CREATE TABLE identifies (
    bot_id TEXT COLLATE "C" NOT NULL CHECK (bot_id <> ''),
    shard INTEGER NOT NULL,
    occurred_at BIGINT NOT NULL,
    bucket INTEGER NOT NULL,
    sent INTEGER NOT NULL CHECK (sent IN (0, 1)),
    PRIMARY KEY (bot_id, shard, occurred_at)
);
CREATE INDEX identifies_bucket ON identifies (bot_id, bucket, occurred_at);
CREATE INDEX identifies_spent ON identifies (bot_id, occurred_at) WHERE sent = 1;

-- +goose Down
DROP TABLE identifies;
DROP TABLE identify_budgets;
DROP TABLE holder_sessions;
DROP TABLE members;
