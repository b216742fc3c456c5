package control

import (
	"bufio"
	"context"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// Modal submits a modal and waits for the answer.
func (c *Client) Modal(ctx context.Context, r ModalRequest) (out discord.Result, err error) {
	err = c.do(ctx, http.MethodPost, "/modal", r, &out)
	return out, err
}

// Invite brings a bot into a guild.
func (c *Client) Invite(ctx context.Context, bot, guild string) error {
	return c.do(ctx, http.MethodPost, "/invite", InviteRequest{Bot: bot, Guild: guild}, nil)
}

// RefuseDMs says whether a user refuses direct messages.
func (c *Client) RefuseDMs(ctx context.Context, user string, refuse bool) error {
	return c.do(ctx, http.MethodPost, "/dms", DMsRequest{User: user, Refuse: refuse}, nil)
}

// Look returns messages as a user sees them, oldest first; see discord.Look.
// A limit of zero is 50.
func (c *Client) Look(ctx context.Context, l discord.Look) ([]discord.Shown, error) {
	q := url.Values{"guild": {l.Guild}, "channel": {l.Channel}, "user": {l.User}}
	if l.Limit > 0 {
		q.Set("limit", strconv.Itoa(l.Limit))
	}
	return get[[]discord.Shown](ctx, c, "/messages?"+q.Encode())
}

// StreamEvent is one event of the stream: message, voice, world, players or
// faults, with its data as the sandbox wrote it.
type StreamEvent struct {
	Name string
	Data json.RawMessage
}

// Stream follows the sandbox until ctx ends or the sandbox drops the reader,
// which is the last error. The first event is world.
func (c *Client) Stream(ctx context.Context) iter.Seq2[StreamEvent, error] {
	const op = "control.Stream"
	return func(yield func(StreamEvent, error) bool) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/stream", nil)
		if err != nil {
			yield(StreamEvent{}, fault.Wrap(err, fault.Invalid, op, "this is not the address of a sandbox"))
			return
		}
		req.Header.Set(header, "1")
		res, err := c.http.Do(req)
		if err != nil {
			yield(StreamEvent{}, fault.Wrap(err, fault.Unavailable, op, "the sandbox does not answer").WithHint("is it running?"))
			return
		}
		defer func() { _ = res.Body.Close() }()
		if res.StatusCode != http.StatusOK {
			yield(StreamEvent{}, fault.New(fault.Unavailable, op, "the sandbox has no stream (HTTP "+strconv.Itoa(res.StatusCode)+")"))
			return
		}
		lines, e := bufio.NewScanner(res.Body), StreamEvent{}
		lines.Buffer(nil, maxAnswer)
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch name {
			case "event":
				e.Name = value
			case "data":
				e.Data = json.RawMessage(value)
			case "":
				if value == "" && e.Name != "" && !yield(e, nil) {
					return
				}
				e = StreamEvent{}
			}
		}
		yield(StreamEvent{}, fault.New(fault.Unavailable, op, "the stream of the sandbox has ended"))
	}
}
