// Package roletest starts roles against simulators of Discord and Lavalink, on a
// database of their own, for the tests of the roles.
package roletest
