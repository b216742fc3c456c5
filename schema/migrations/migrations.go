// Package migrations holds the schema of the database, a folder for each
// engine. The files are applied in the order of their numbers; a file that was
// released is never changed.
package migrations

import "embed"

// Files has the folders sqlite and postgres with the same numbers in both.
//
//go:embed sqlite/*.sql postgres/*.sql
var Files embed.FS
