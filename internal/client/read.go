package client

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Page is a part of a list; zero values leave the choice to the daemon.
type Page struct {
	Limit  int
	Cursor string
}

// Players narrows a list of players; empty fields do not.
type Players struct {
	Guild, Bot, Node string
	Page
}

// Events narrows the journal; empty fields do not.
type Events struct {
	// After is the sequence number to start behind. For Tail, a negative one
	// begins with what comes next.
	After        int64
	Guild        string
	Types        []string
	Since, Until time.Time
	Limit        int
	Newest       bool
}

// Status returns how the daemon is.
func (c *Client) Status(ctx context.Context) (view.Status, error) {
	var out view.Status
	err := c.fetch(ctx, "client.Status", "/v1/status", nil, &out)
	return out, err
}

// Players returns a page of players.
func (c *Client) Players(ctx context.Context, f Players) (view.PlayerPage, error) {
	q := f.query()
	set(q, "guild", f.Guild)
	set(q, "bot", f.Bot)
	set(q, "node", f.Node)
	var out view.PlayerPage
	err := c.fetch(ctx, "client.Players", "/v1/players", q, &out)
	return out, err
}

// Player returns one player. Errors: NotFound.
func (c *Client) Player(ctx context.Context, guild, bot string) (view.Player, error) {
	var out view.Player
	path, err := join("client.Player", "/v1/players", guild, bot)
	if err == nil {
		err = c.fetch(ctx, "client.Player", path, nil, &out)
	}
	return out, err
}

// Queue returns a page of what waits. Errors: NotFound.
func (c *Client) Queue(ctx context.Context, guild, bot string, p Page) (view.QueuePage, error) {
	var out view.QueuePage
	path, err := join("client.Queue", "/v1/queues", guild, bot)
	if err == nil {
		err = c.fetch(ctx, "client.Queue", path, p.query(), &out)
	}
	return out, err
}

// Nodes returns all nodes.
func (c *Client) Nodes(ctx context.Context) (view.NodeList, error) {
	var out view.NodeList
	err := c.fetch(ctx, "client.Nodes", "/v1/nodes", nil, &out)
	return out, err
}

// Node returns one node. Errors: NotFound.
func (c *Client) Node(ctx context.Context, name string) (view.Node, error) {
	var out view.Node
	path, err := join("client.Node", "/v1/nodes", name)
	if err == nil {
		err = c.fetch(ctx, "client.Node", path, nil, &out)
	}
	return out, err
}

// Events returns a page of the journal.
func (c *Client) Events(ctx context.Context, f Events) (view.EventPage, error) {
	q := f.scope()
	if f.After > 0 {
		q.Set("after", strconv.FormatInt(f.After, 10))
	}
	if f.Limit > 0 {
		q.Set("limit", strconv.Itoa(f.Limit))
	}
	if f.Newest {
		q.Set("newest", "true")
	}
	var out view.EventPage
	err := c.fetch(ctx, "client.Events", "/v1/events", q, &out)
	return out, err
}

// Sandbox returns where the simulators are. Errors: NotFound for a daemon that
// is no sandbox.
func (c *Client) Sandbox(ctx context.Context) (view.Sandbox, error) {
	var out view.Sandbox
	err := c.fetch(ctx, "client.Sandbox", "/v1/sandbox", nil, &out)
	return out, err
}

func (p Page) query() url.Values {
	q := url.Values{}
	if p.Limit > 0 {
		q.Set("limit", strconv.Itoa(p.Limit))
	}
	set(q, "cursor", p.Cursor)
	return q
}

func (f Events) scope() url.Values {
	q := url.Values{}
	set(q, "guild", f.Guild)
	set(q, "type", strings.Join(f.Types, ","))
	if !f.Since.IsZero() {
		q.Set("since", f.Since.UTC().Format(time.RFC3339Nano))
	}
	if !f.Until.IsZero() {
		q.Set("until", f.Until.UTC().Format(time.RFC3339Nano))
	}
	return q
}

func set(q url.Values, key, value string) {
	if value != "" {
		q.Set(key, value)
	}
}

// join puts names into a path. An empty name, or one that walks, would be
// another address.
func join(op, base string, names ...string) (string, error) {
	for _, n := range names {
		if n == "" || n == "." || n == ".." {
			return "", fault.New(fault.Invalid, op, "the name "+strconv.Quote(n)+" is none")
		}
		base += "/" + url.PathEscape(n)
	}
	return base, nil
}
