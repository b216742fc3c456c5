-- +goose Up

-- Which older versions may use the database although they do not know all of its
-- steps: those that know the step compatible_from of every row. Each step adds
-- its row; one that an older version could not bear names itself.
CREATE TABLE schema_marks (
    version INTEGER NOT NULL PRIMARY KEY CHECK (version > 0),
    compatible_from INTEGER NOT NULL CHECK (compatible_from > 0)
) STRICT, WITHOUT ROWID;
INSERT INTO schema_marks (version, compatible_from) VALUES (8, 8);

-- Whether changes wait because of an operator's work, one row. until_at is when
-- they go on by themselves, 0 for never.
CREATE TABLE maintenance (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    active INTEGER NOT NULL CHECK (active IN (0, 1)),
    message TEXT NOT NULL,
    until_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- +goose Down
DROP TABLE maintenance;
DROP TABLE schema_marks;
