package compat

import (
	"maps"
	"slices"

	"github.com/atrilhq/platform/internal/fault"
)

// MaxContract is the largest contract that is read, in bytes.
const MaxContract = 1 << 20

// Compare returns the differences between a released contract and the current
// one, both JSON Schemas (draft 2020-12) as text, ordered by path. It returns
// fault.Invalid for text that is no JSON Schema: too large, not JSON, neither an
// object nor a boolean where a schema must be, or with a local reference that
// leads nowhere.
func Compare(released, current []byte) ([]Change, error) {
	before, err := parse(released)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "compat.Compare", "the released contract cannot be read")
	}
	after, err := parse(current)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "compat.Compare", "the current contract cannot be read")
	}
	c := &comparer{before: document{before}, after: document{after}, seen: map[string]bool{}}
	if err := c.schema("", before, after); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "compat.Compare", "a contract is not a JSON Schema")
	}
	return c.changes, nil
}

// comparer walks through two contracts side by side.
type comparer struct {
	before, after document
	// seen has the pairs of references that were followed: contracts may be
	// recursive, and one pair needs to be looked at only once.
	seen    map[string]bool
	changes []Change
}

func (c *comparer) breaks(path string, kind Kind, detail string) {
	c.changes = append(c.changes, Change{Path: path, Kind: kind, Detail: detail, Breaking: true})
}

func (c *comparer) allows(path string, kind Kind, detail string) {
	c.changes = append(c.changes, Change{Path: path, Kind: kind, Detail: detail})
}

// schema compares two schemas that stand at the same place.
func (c *comparer) schema(path string, before, after any) error {
	before, from, err := c.before.follow(path, before)
	if err != nil {
		return err
	}
	after, to, err := c.after.follow(path, after)
	if err != nil {
		return err
	}
	if from != "" || to != "" {
		pair := identity(from, before) + " " + identity(to, after)
		if c.seen[pair] {
			return nil
		}
		c.seen[pair] = true
	}
	old, oldFalse, err := object(path, before)
	if err != nil {
		return err
	}
	now, nowFalse, err := object(path, after)
	if err != nil {
		return err
	}
	if oldFalse || nowFalse {
		switch {
		case !oldFalse:
			c.breaks(path, TypeNarrowed, "nothing is allowed here any more")
		case !nowFalse:
			c.breaks(path, TypeChanged, "something is allowed here where nothing was")
		}
		return nil
	}
	return c.keywords(path, old, now)
}

// keywords compares two schemas keyword by keyword.
func (c *comparer) keywords(path string, old, now map[string]any) error {
	names := map[string]bool{}
	for _, s := range []map[string]any{old, now} {
		for name := range s {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if err := c.keyword(path, name, old, now); err != nil {
			return err
		}
	}
	return nil
}

func (c *comparer) keyword(path, name string, old, now map[string]any) error {
	at := path + "/" + escape(name)
	switch name {
	case "title", "description", "$comment", "examples", "deprecated", "readOnly", "writeOnly":
		return nil // words for people
	case "$defs", "definitions":
		return nil // compared where a reference leads to them
	case "$id", "$schema":
		if !same(old[name], now[name]) {
			c.breaks(at, IdentityChanged, "it names the contract and must stay")
		}
	case "type":
		return c.types(at, old, now)
	case "enum":
		return c.enum(at, old, now)
	case "const":
		if !sameKeyword(name, old, now) {
			c.breaks(at, ConstChanged, "the only allowed value is another one")
		}
	case "format":
		if !sameKeyword(name, old, now) {
			c.breaks(at, FormatChanged, "the text has another format")
		}
	case "default":
		c.defaults(at, old, now)
	case "required":
		return c.required(at, old, now)
	case "properties":
		return c.properties(at, old, now)
	case "additionalProperties":
		return c.additional(at, old, now)
	case "items":
		return c.schema(at, orTrue(old[name]), orTrue(now[name]))
	case "prefixItems", "allOf", "anyOf", "oneOf":
		return c.list(at, name, old, now)
	case "pattern", "multipleOf", "uniqueItems":
		c.restriction(at, name, old, now)
	default:
		if lower, ok := bounds[name]; ok {
			return c.bound(at, name, lower, old, now)
		}
		return c.unknown(at, name, old, now)
	}
	return nil
}

// unknown compares a keyword that there is no rule for: it must be the same, and
// what it refers to must be compatible.
func (c *comparer) unknown(at, name string, old, now map[string]any) error {
	if !sameKeyword(name, old, now) {
		c.breaks(at, Unjudged, "there is no rule for changes of this keyword")
		return nil
	}
	for _, ref := range refsIn(map[string]any{name: old[name]}) {
		schema := map[string]any{"$ref": ref}
		if err := c.schema(at, schema, schema); err != nil {
			return err
		}
	}
	return nil
}
