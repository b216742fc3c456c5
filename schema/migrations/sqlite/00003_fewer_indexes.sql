-- +goose Up
-- Each index is a page more that a commit touches. What stays is what a reader
-- could not do without.

-- A batch is appended once because of its number (partitions.batch). The time of
-- an event grows with its number, but for what clocks disagree: what lies
-- between two times is a range of numbers.
DROP INDEX journal_id;
DROP INDEX journal_occurred;

-- An effect is never done or expired before it was created, so one index by that
-- time finds what is old, and the commands of the last hour.
DROP INDEX effects_keys;
DROP INDEX effects_done;
DROP INDEX effects_expired;
CREATE INDEX effects_created ON effects (created_at, partition_id);

-- +goose Down
DROP INDEX effects_created;
CREATE INDEX effects_expired ON effects (expires_at) WHERE expires_at > 0;
CREATE INDEX effects_done ON effects (done_at) WHERE done_at > 0;
CREATE INDEX effects_keys ON effects (partition_id, kind, created_at);
CREATE INDEX journal_occurred ON journal (occurred_at);
CREATE UNIQUE INDEX journal_id ON journal (id);
