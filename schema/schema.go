// Package schema holds the contracts of the platform as files and gives them to
// the program: what stands in a file is the contract, code follows it.
package schema

import "embed"

// Events holds a JSON Schema (draft 2020-12) for each event type and version as
// events/<type>.v<version>.json, the frozen set of released ones under the same
// names in events/released, and events/released/SHA256SUMS, which lists them.
//
//go:embed events/*.json events/released
var Events embed.FS
