// Package command knows what members can ask for on Discord: the slash commands
// that are registered, and how what a member types, presses, picks or fills in
// becomes a wish to the core.
//
// Names are English everywhere, so that members can tell each other what to
// type; descriptions follow the member's language. What arrives is checked for
// its shape and nothing else: what is allowed is decided in the core.
//
// A component carries all that is needed to understand it in its id: the version
// of the form, what it asks for, the player that it belongs to and what that
// player played. So a panel works on after a restart, and one of another version
// is known to be old.
package command
