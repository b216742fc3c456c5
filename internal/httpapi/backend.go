package httpapi

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// PlayerFilter narrows a list of players; empty fields do not.
type PlayerFilter struct {
	// Guild and Bot are ids or names, Node is a name.
	Guild, Bot, Node string
	Page
}

// Page is a part of a list. Limit is from 1 to MaxPage; Cursor is what the page
// before returned, empty for the first.
type Page struct {
	Limit  int
	Cursor string
}

// EventFilter narrows the journal; empty fields do not.
type EventFilter struct {
	// After is the sequence number to start behind.
	After int64
	// Guild is an id or a name.
	Guild string
	// Types are names; one that ends in ".*" stands for all that begin so.
	Types        []string
	Since, Until time.Time
	Limit        int
	// Newest returns the last Limit events that fit instead of the first ones,
	// still in the journal's order.
	Newest bool
}

// Backend is what the admin API reads from. Every method returns faults whose
// message may be shown: NotFound for what is not there, Unavailable while
// something that it needs does not answer.
type Backend interface {
	Status(ctx context.Context) (view.Status, error)
	Players(ctx context.Context, f PlayerFilter) (view.PlayerPage, error)
	// Player and Queue take ids or names. A name that several guilds have is
	// Invalid, with a hint that lists their ids.
	Player(ctx context.Context, guild, bot string) (view.Player, error)
	Queue(ctx context.Context, guild, bot string, p Page) (view.QueuePage, error)
	Nodes(ctx context.Context) (view.NodeList, error)
	Node(ctx context.Context, name string) (view.Node, error)
	Events(ctx context.Context, f EventFilter) (view.EventPage, error)
	// Tail calls send with each event behind f.After, first what is kept, then
	// what comes, until ctx ends or send fails; it ignores Limit and Newest.
	// A negative After starts behind the newest event. send blocks while the
	// reader is slow, for 10 s at most.
	Tail(ctx context.Context, f EventFilter, send func(view.Event) error) error
	// Sandbox returns where the simulators are. Errors: NotFound for a daemon
	// that is not a sandbox.
	Sandbox(ctx context.Context) (view.Sandbox, error)
}
