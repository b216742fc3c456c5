// Package upkeep is what operators do to a database as a whole: move its schema,
// copy it to another engine, back it up, restore it, and look whether a backup
// is good. It works on databases that no daemon serves, but for Create, which
// sees one moment of a database that is in use.
package upkeep
