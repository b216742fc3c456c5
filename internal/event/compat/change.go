package compat

import "slices"

// Kind says what was changed.
type Kind string

// The kinds of changes. Which of them break is said by Change.Breaking, because
// for some it depends on what surrounds them.
const (
	// ContractRemoved is a released contract without a current one.
	ContractRemoved Kind = "contract_removed"
	// IdentityChanged is another $id or $schema.
	IdentityChanged Kind = "identity_changed"
	// FieldRemoved is a property that is gone; a renamed one is removed and added.
	FieldRemoved Kind = "field_removed"
	// FieldAdded is a new property.
	FieldAdded Kind = "field_added"
	// Required is a property that has to be there now.
	Required Kind = "required"
	// NoLongerRequired is a property that may be missing now.
	NoLongerRequired Kind = "no_longer_required"
	// TypeNarrowed allows fewer types than before.
	TypeNarrowed Kind = "type_narrowed"
	// TypeChanged allows types that were not allowed before.
	TypeChanged Kind = "type_changed"
	// EnumNarrowed allows fewer values than before.
	EnumNarrowed Kind = "enum_narrowed"
	// EnumWidened allows more values than before.
	EnumWidened Kind = "enum_widened"
	// EnumDropped allows any value where there was an enum.
	EnumDropped Kind = "enum_dropped"
	// ConstChanged is a const that was added, changed or dropped.
	ConstChanged Kind = "const_changed"
	// BoundTightened allows less than before: numbers, lengths, patterns.
	BoundTightened Kind = "bound_tightened"
	// BoundLoosened allows more than before.
	BoundLoosened Kind = "bound_loosened"
	// FormatChanged is a format that was added, changed or dropped.
	FormatChanged Kind = "format_changed"
	// Closed refuses properties that were passed over before.
	Closed Kind = "closed"
	// Opened passes over properties that were refused before.
	Opened Kind = "opened"
	// ItemsChanged is a tuple of another length.
	ItemsChanged Kind = "items_changed"
	// DefaultChanged is another meaning of a property that is absent.
	DefaultChanged Kind = "default_changed"
	// DefaultAdded says what the absence of a property means.
	DefaultAdded Kind = "default_added"
	// Unjudged is a change of a keyword that there is no rule for.
	Unjudged Kind = "unjudged"
)

// Change is one difference between a released contract and the current one.
type Change struct {
	// Path is a JSON Pointer to what was changed, in the contract that has it.
	// References are followed: the path leads through where they stand.
	Path string
	Kind Kind
	// Detail says it in words.
	Detail string
	// Breaking is true where the change needs a new version.
	Breaking bool
}

// String returns the change for a person.
func (c Change) String() string {
	verdict := "allowed"
	if c.Breaking {
		verdict = "breaking"
	}
	return verdict + " " + string(c.Kind) + " at " + c.Path + ": " + c.Detail
}

// OnlyBreaking returns the changes that break.
func OnlyBreaking(changes []Change) []Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c Change) bool { return !c.Breaking })
}
