// Package observe is what the daemon tells about itself: a log that does not
// give secrets away, traces that lead from a command to its events and effects,
// metrics without names of guilds or people, and the operations listener that
// shows them. Other rooms declare the few methods that they call as small
// interfaces of their own.
package observe
