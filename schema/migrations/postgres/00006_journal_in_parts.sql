-- +goose Up
-- The journal in parts, each a range of numbers, which grow with time: what is
-- old goes by dropping a part, which takes as long for a million events as for
-- one. The key stays seq alone, because parts are ranges of it. The rows that
-- are there become the first part as they are, with room for what comes until
-- the worker has made parts ahead; the last part takes every number that none
-- of the others is for.
ALTER TABLE journal RENAME TO journal_first;
ALTER INDEX journal_pkey RENAME TO journal_first_pkey;
ALTER INDEX journal_guild RENAME TO journal_first_guild;
ALTER INDEX journal_type RENAME TO journal_first_type;

CREATE TABLE journal (
    seq BIGINT NOT NULL PRIMARY KEY,
    id TEXT COLLATE "C" NOT NULL CONSTRAINT journal_id_check CHECK (id <> ''),
    type TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C" NOT NULL,
    guild_id TEXT COLLATE "C" NOT NULL,
    partition_id INTEGER NOT NULL,
    epoch BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    envelope BYTEA NOT NULL
) PARTITION BY RANGE (seq);
CREATE INDEX journal_guild ON journal (guild_id, seq);
CREATE INDEX journal_type ON journal (type, seq);
CREATE TABLE journal_rest (LIKE journal INCLUDING ALL);

-- +goose StatementBegin
DO $$
DECLARE
    room BIGINT;
BEGIN
    SELECT GREATEST((SELECT h.seq FROM journal_head h WHERE h.id = 1), (SELECT MAX(f.seq) FROM journal_first f), 0) + 50001 INTO room;
    EXECUTE format('ALTER TABLE journal ATTACH PARTITION journal_first FOR VALUES FROM (MINVALUE) TO (%s)', room);
    EXECUTE format('ALTER TABLE journal ATTACH PARTITION journal_rest FOR VALUES FROM (%s) TO (MAXVALUE)', room);
END
$$;
-- +goose StatementEnd

-- +goose Down
CREATE TABLE journal_whole (
    seq BIGINT NOT NULL,
    id TEXT COLLATE "C" NOT NULL CONSTRAINT journal_id_check CHECK (id <> ''),
    type TEXT COLLATE "C" NOT NULL,
    tenant_id TEXT COLLATE "C" NOT NULL,
    guild_id TEXT COLLATE "C" NOT NULL,
    partition_id INTEGER NOT NULL,
    epoch BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    envelope BYTEA NOT NULL
);
INSERT INTO journal_whole (seq, id, type, tenant_id, guild_id, partition_id, epoch, occurred_at, cause, envelope)
    SELECT seq, id, type, tenant_id, guild_id, partition_id, epoch, occurred_at, cause, envelope FROM journal;
DROP TABLE journal;
ALTER TABLE journal_whole RENAME TO journal;
ALTER TABLE journal ADD CONSTRAINT journal_pkey PRIMARY KEY (seq);
CREATE INDEX journal_guild ON journal (guild_id, seq);
CREATE INDEX journal_type ON journal (type, seq);
