// Package command knows the slash commands: what is registered with Discord, and
// how what a member sends becomes a wish to the core.
//
// Names are English everywhere, so that members can tell each other what to
// type; descriptions follow the member's language. Parse checks the shape of
// what arrives and nothing else: what is allowed is decided in the core.
package command
