package httpapi

import (
	"context"
	"io"
	"net/http"
	"reflect"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

var (
	problemType = reflect.TypeFor[problem.Problem]()
	eventType   = reflect.TypeFor[view.Event]()
)

// huma finds the fields of embedded structs only where their names are exported.

type none struct{}

// PageQuery is what every list in pages understands.
type PageQuery struct {
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"500" doc:"How many at most."`
	Cursor string `query:"cursor" maxLength:"256" doc:"next_cursor of the page before."`
}

func (p PageQuery) page() Page { return Page(p) }

type playersIn struct {
	Guild string `query:"guild" maxLength:"64" doc:"Id or name of a guild."`
	Bot   string `query:"bot" maxLength:"64" doc:"Id or name of a bot."`
	Node  string `query:"node" maxLength:"64" doc:"Name of a node."`
	PageQuery
}

// PlayerPath names a player.
type PlayerPath struct {
	Guild string `path:"guild" maxLength:"64" doc:"Id or name of a guild."`
	Bot   string `path:"bot" maxLength:"64" doc:"Id or name of a bot."`
}

type queueIn struct {
	PlayerPath
	PageQuery
}

// NodePath names a node.
type NodePath struct {
	Name string `path:"name" maxLength:"64" doc:"Name of a node."`
}

// ScopeQuery narrows the journal.
type ScopeQuery struct {
	Guild string    `query:"guild" maxLength:"64" doc:"Only events of this guild."`
	Types []string  `query:"type" maxItems:"32" doc:"Only events of these types, separated by commas; music.play.* stands for all that begin so."`
	Since time.Time `query:"since" doc:"Only events from this time on."`
	Until time.Time `query:"until" doc:"Only events before this time."`
}

type eventsIn struct {
	After int64 `query:"after" default:"0" minimum:"0" doc:"Only events behind this sequence number."`
	ScopeQuery
	Limit  int  `query:"limit" default:"100" minimum:"1" maximum:"1000" doc:"How many at most."`
	Newest bool `query:"newest" doc:"The last ones instead of the first, still in order."`
}

func (s *Server) register() {
	b := s.opts.Backend
	get(s, "/v1/status", "get-status", "How the daemon is", func(ctx context.Context, _ *none) (view.Status, error) {
		return b.Status(ctx)
	})
	get(s, "/v1/players", "list-players", "Players, by guild and bot", func(ctx context.Context, in *playersIn) (view.PlayerPage, error) {
		p, err := b.Players(ctx, PlayerFilter{Guild: in.Guild, Bot: in.Bot, Node: in.Node, Page: in.page()})
		p.Items = present(p.Items)
		return p, err
	})
	get(s, "/v1/players/{guild}/{bot}", "get-player", "One player", func(ctx context.Context, in *PlayerPath) (view.Player, error) {
		return b.Player(ctx, in.Guild, in.Bot)
	})
	get(s, "/v1/queues/{guild}/{bot}", "get-queue", "What waits to be played", func(ctx context.Context, in *queueIn) (view.QueuePage, error) {
		q, err := b.Queue(ctx, in.Guild, in.Bot, in.page())
		q.Items = present(q.Items)
		return q, err
	})
	get(s, "/v1/nodes", "list-nodes", "Nodes, by name", func(ctx context.Context, _ *none) (view.NodeList, error) {
		n, err := b.Nodes(ctx)
		n.Items = present(n.Items)
		return n, err
	})
	get(s, "/v1/nodes/{name}", "get-node", "One node", func(ctx context.Context, in *NodePath) (view.Node, error) {
		return b.Node(ctx, in.Name)
	})
	get(s, "/v1/events", "list-events", "The journal, in its order", func(ctx context.Context, in *eventsIn) (view.EventPage, error) {
		f, err := in.filter()
		if err != nil {
			return view.EventPage{}, err
		}
		f.After, f.Limit, f.Newest = in.After, in.Limit, in.Newest
		p, err := b.Events(ctx, f)
		p.Items = present(p.Items)
		return p, err
	})
	get(s, "/v1/sandbox", "get-sandbox", "Where the simulators are steered", func(ctx context.Context, _ *none) (view.Sandbox, error) {
		return b.Sandbox(ctx)
	})
	s.registerGuilds()
	s.registerOrders()
	s.registerPlays()
	s.registerLetters()
	s.registerJobs()
	s.registerMaintenance()
	s.registerTail()
	// huma adds its own shape of an error although no operation answers with it.
	schemas := s.api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
}

// present makes a list that is empty one that is written as [].
func present[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

// filter checks what the types of the parameters cannot say.
func (in ScopeQuery) filter() (EventFilter, error) {
	const op = "httpapi.events"
	for _, t := range in.Types {
		if !typePattern.MatchString(t) {
			return EventFilter{}, fault.New(fault.Invalid, op, "the type of an event is a name such as music.play.started").
				WithHint("music.play.* stands for all that begin so")
		}
	}
	if !in.Until.IsZero() && !in.Since.Before(in.Until) {
		return EventFilter{}, fault.New(fault.Invalid, op, "since has to be before until")
	}
	return EventFilter{Guild: in.Guild, Types: in.Types, Since: in.Since, Until: in.Until}, nil
}

// landing tells whoever finds the port where to go.
func (s *Server) landing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "platformd "+s.opts.Version+"\n\n"+
		"This is the API of a music platform. It is not open over TCP yet.\n"+
		"On the machine that it runs on:\n\n"+
		"  platformctl status\n"+
		"  platformctl players list\n"+
		"  platformctl --help\n")
}

// alive says that the process answers, and nothing about what it needs.
func (s *Server) alive(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n")
}
