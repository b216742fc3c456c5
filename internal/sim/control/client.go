package control

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// maxAnswer bounds what a client reads.
const maxAnswer = 64 << 20

// Client speaks to the control API of a sandbox. Its failures have the code
// that the sandbox gave them, or Unavailable if it does not answer.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client of the sandbox at an address, as host:port or as
// a URL without a path. A nil client is http.DefaultClient.
func NewClient(address string, c *http.Client) *Client {
	if !strings.Contains(address, "://") {
		address = "http://" + address
	}
	if c == nil {
		c = http.DefaultClient
	}
	return &Client{base: strings.TrimRight(address, "/") + Prefix, http: c}
}

func (c *Client) do(ctx context.Context, method, path string, in, out any) error {
	const op = "control.Client"
	body, err := json.Marshal(in)
	if err != nil {
		return fault.Wrap(err, fault.Internal, op, "the request cannot be encoded")
	}
	if in == nil {
		body = nil
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, op, "this is not the address of a sandbox")
	}
	req.Header.Set(header, "1")
	res, err := c.http.Do(req)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the sandbox does not answer").WithHint("is it running?")
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the sandbox stopped answering")
	}
	if res.StatusCode != http.StatusOK {
		var p problem
		if json.Unmarshal(b, &p) != nil || p.Code == "" {
			return fault.New(fault.Unavailable, op, "what answers there is not a sandbox (HTTP "+strconv.Itoa(res.StatusCode)+")")
		}
		return fault.New(fault.Code(p.Code), op, p.Message).WithHint(p.Hint)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "what answers there is not a sandbox of this version")
	}
	return nil
}

func get[T any](ctx context.Context, c *Client, path string) (out T, err error) {
	err = c.do(ctx, http.MethodGet, path, nil, &out)
	return out, err
}

// World returns the world: guilds, channels, users, bots with tokens, nodes.
func (c *Client) World(ctx context.Context) (World, error) { return get[World](ctx, c, "/world") }

// Commands returns the slash commands that may be used in a guild.
func (c *Client) Commands(ctx context.Context, guild string) ([]discord.Command, error) {
	return get[[]discord.Command](ctx, c, "/commands?guild="+url.QueryEscape(guild))
}

// Send types a line and waits for the answer.
func (c *Client) Send(ctx context.Context, r SendRequest) (out discord.Result, err error) {
	err = c.do(ctx, http.MethodPost, "/send", r, &out)
	return out, err
}

// Click uses a component and waits for the answer.
func (c *Client) Click(ctx context.Context, r ClickRequest) (out discord.Result, err error) {
	err = c.do(ctx, http.MethodPost, "/click", r, &out)
	return out, err
}

// Voice moves a user between voice channels.
func (c *Client) Voice(ctx context.Context, r VoiceRequest) error {
	return c.do(ctx, http.MethodPost, "/voice", r, nil)
}

// Messages returns the newest messages of a channel, oldest first. An empty
// channel is the guild's first one; a limit of zero is 50.
func (c *Client) Messages(ctx context.Context, guild, channel string, limit int) ([]discord.Shown, error) {
	q := url.Values{"guild": {guild}, "channel": {channel}}
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	return get[[]discord.Shown](ctx, c, "/messages?"+q.Encode())
}

// Reset puts the world back as it was at first.
func (c *Client) Reset(ctx context.Context) error {
	return c.do(ctx, http.MethodPost, "/reset", nil, nil)
}

// Redeliver sends an interaction to its bot once more.
func (c *Client) Redeliver(ctx context.Context, interaction string) error {
	return c.do(ctx, http.MethodPost, "/redeliver", RedeliverRequest{InteractionID: interaction}, nil)
}

// Violations returns what clients sent and was refused.
func (c *Client) Violations(ctx context.Context) ([]discord.Violation, error) {
	return get[[]discord.Violation](ctx, c, "/violations")
}

// Log returns what the users' clients remember of their interactions.
func (c *Client) Log(ctx context.Context) ([]discord.LogEntry, error) {
	return get[[]discord.LogEntry](ctx, c, "/log")
}

// Players returns what a node plays, as it says it.
func (c *Client) Players(ctx context.Context, node string) (json.RawMessage, error) {
	return get[raw](ctx, c, "/nodes/"+url.PathEscape(node)+"/players")
}

// Timeline returns what a node has played, as it says it.
func (c *Client) Timeline(ctx context.Context, node string) (json.RawMessage, error) {
	return get[raw](ctx, c, "/nodes/"+url.PathEscape(node)+"/timeline")
}
