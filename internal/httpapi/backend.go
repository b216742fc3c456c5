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

// PlayFilter narrows the plays of a guild; empty fields do not, but Guild is needed.
type PlayFilter struct {
	// Guild is an id or a name, User an id.
	Guild, User  string
	Since, Until time.Time
	Page
}

// Backend is what the admin API reads from and gives orders to. Every method returns faults whose
// message may be shown: NotFound for what is not there, Unavailable while
// something that it needs does not answer.
type Backend interface {
	Reader
	Guilds
	Orders
	Plays
	Letters
	Jobs
	Maintenances
}

// Reader shows how the daemon is and what plays.
type Reader interface {
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

// Guilds shows guilds and changes what is decided for them.
type Guilds interface {
	Guilds(ctx context.Context, p Page) (view.GuildPage, error)
	// Guild and what follows take ids or names of guilds and bots.
	Guild(ctx context.Context, guild string) (view.Guild, error)
	Settings(ctx context.Context, guild string) (view.Settings, error)
	// ChangeSettings returns the settings as they are then. Errors: NotFound,
	// Invalid for values that can never be, Unavailable where nobody may change
	// the guild now, Pending where it is not known yet what became of it.
	ChangeSettings(ctx context.Context, by, guild string, p view.SettingsPatch) (view.Settings, error)
}

// Orders tells players and nodes what to do.
type Orders interface {
	// Act gives a player one of Actions as an order. Errors: as ChangeSettings,
	// Conflict where the player is in no state for it.
	Act(ctx context.Context, by, guild, bot, action string) (view.Acted, error)
	// Cordon sets whether a node takes new players, Drain keeps it from that and
	// has those that it has moved to others; it does not wait for them.
	Cordon(ctx context.Context, by, node string, cordoned bool, reason string) (view.Node, error)
	Drain(ctx context.Context, by, node, reason string) (view.Node, error)
}

// Plays shows what was heard.
type Plays interface {
	Plays(ctx context.Context, f PlayFilter) (view.HeardPage, error)
	PlayTotals(ctx context.Context, guild string, since time.Time) (view.Totals, error)
	// RebuildPlays makes the plays anew of the journal and says whether it is
	// done; where it is not, it goes on by itself.
	RebuildPlays(ctx context.Context) (done bool, err error)
}

// Actions are what Act can be told.
func Actions() []string { return []string{"pause", "resume", "skip", "stop", "leave"} }
