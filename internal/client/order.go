package client

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Plays narrows the plays of a guild; Guild is needed.
type Plays struct {
	Guild, User  string
	Since, Until time.Time
	Page
}

// Guilds returns a page of guilds.
func (c *Client) Guilds(ctx context.Context, p Page) (view.GuildPage, error) {
	var out view.GuildPage
	err := c.fetch(ctx, "client.Guilds", "/v1/guilds", p.query(), &out)
	return out, err
}

// Guild returns one guild with its bots. Errors: NotFound.
func (c *Client) Guild(ctx context.Context, guild string) (view.Guild, error) {
	return one[view.Guild](ctx, c, "client.Guild", http.MethodGet, nil, "/v1/guilds", guild)
}

// Settings returns what is decided for a guild. Errors: NotFound.
func (c *Client) Settings(ctx context.Context, guild string) (view.Settings, error) {
	return one[view.Settings](ctx, c, "client.Settings", http.MethodGet, nil, "/v1/guilds", guild, "settings")
}

// ChangeSettings changes what is in a patch and returns the settings as they are
// then. Errors: NotFound, Invalid for values that can never be.
func (c *Client) ChangeSettings(ctx context.Context, guild string, p view.SettingsPatch) (view.Settings, error) {
	return one[view.Settings](ctx, c, "client.ChangeSettings", http.MethodPatch, p, "/v1/guilds", guild, "settings")
}

// Order tells a player to pause, resume, skip, stop or leave. Errors: NotFound,
// Conflict where it is in no state for it.
func (c *Client) Order(ctx context.Context, guild, bot, action string) (view.Acted, error) {
	return one[view.Acted](ctx, c, "client.Order", http.MethodPost, nil, "/v1/players", guild, bot, action)
}

// why is the body of an order about a node.
type why struct {
	Reason string `json:"reason,omitempty"`
}

// Cordon gives a node no new players. Errors: NotFound.
func (c *Client) Cordon(ctx context.Context, node, reason string) (view.Node, error) {
	return one[view.Node](ctx, c, "client.Cordon", http.MethodPost, why{reason}, "/v1/nodes", node, "cordon")
}

// Uncordon gives a node new players again. Errors: NotFound.
func (c *Client) Uncordon(ctx context.Context, node string) (view.Node, error) {
	return one[view.Node](ctx, c, "client.Uncordon", http.MethodDelete, nil, "/v1/nodes", node, "cordon")
}

// Drain gives a node no new players and moves those that it has to others. It
// does not wait for them. Errors: NotFound.
func (c *Client) Drain(ctx context.Context, node, reason string) (view.Node, error) {
	return one[view.Node](ctx, c, "client.Drain", http.MethodPost, why{reason}, "/v1/nodes", node, "drain")
}

// Plays returns a page of what was heard in a guild, the latest first.
func (c *Client) Plays(ctx context.Context, f Plays) (view.HeardPage, error) {
	q := f.query()
	set(q, "guild", f.Guild)
	set(q, "user", f.User)
	times(q, f.Since, f.Until)
	var out view.HeardPage
	err := c.fetch(ctx, "client.Plays", "/v1/plays", q, &out)
	return out, err
}

// PlayTotals sums up what was heard in a guild since.
func (c *Client) PlayTotals(ctx context.Context, guild string, since time.Time) (view.Totals, error) {
	q := url.Values{}
	set(q, "guild", guild)
	times(q, since, time.Time{})
	var out view.Totals
	err := c.fetch(ctx, "client.PlayTotals", "/v1/plays/totals", q, &out)
	return out, err
}

// RebuildPlays makes the plays anew of the journal.
func (c *Client) RebuildPlays(ctx context.Context) (view.Rebuilt, error) {
	return one[view.Rebuilt](ctx, c, "client.RebuildPlays", http.MethodPost, nil, "/v1/plays", "rebuild")
}

// one sends a request about what names lead to.
func one[T any](ctx context.Context, c *Client, op, method string, in any, base string, names ...string) (out T, err error) {
	path, err := join(op, base, names...)
	if err == nil {
		err = c.order(ctx, op, method, path, in, &out)
	}
	return out, err
}

func times(q url.Values, since, until time.Time) {
	if !since.IsZero() {
		q.Set("since", since.UTC().Format(time.RFC3339Nano))
	}
	if !until.IsZero() {
		q.Set("until", until.UTC().Format(time.RFC3339Nano))
	}
}
