package client

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// maxLine bounds a line of a stream: an event with its data.
const maxLine = 1 << 20

// silence is how long a stream may say nothing: the daemon speaks every 15 s.
const silence = 45 * time.Second

// Tail calls f with each event until ctx ends, f fails or the stream does.
// Limit and Newest are ignored. Errors: nil where ctx ended, f's own, the
// daemon's, Unavailable where the stream ended or fell silent; after it one
// goes on with the last sequence number as After.
func (c *Client) Tail(ctx context.Context, e Events, f func(view.Event) error) error {
	const op = "client.Tail"
	q := e.scope()
	q.Set("after", strconv.FormatInt(max(e.After, -1), 10))
	inner, cancel := context.WithCancel(ctx)
	defer cancel()
	err := c.tail(inner, op, q, cancel, f)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (c *Client) tail(ctx context.Context, op string, q url.Values, cancel func(), f func(view.Event) error) error {
	watch := time.AfterFunc(c.timeout, cancel)
	defer watch.Stop()
	resp, err := c.send(ctx, op, http.MethodGet, "/v1/events/tail", q, nil, "text/event-stream")
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(make([]byte, 0, 16<<10), maxLine)
	var name string
	var data strings.Builder
	for lines.Scan() {
		watch.Reset(silence)
		line := lines.Text()
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch {
		case line == "":
			if data.Len() > 0 {
				if err := deliver(op, name, data.String(), f); err != nil {
					return err
				}
			}
			name = ""
			data.Reset()
		case key == "event":
			name = value
		case key == "data":
			if data.Len()+len(value) > maxLine {
				return fault.New(fault.Internal, op, "an event of the stream is too large")
			}
			data.WriteString(value)
		}
	}
	err = lines.Err()
	if err == nil {
		err = io.ErrUnexpectedEOF
	}
	return fault.Wrap(err, fault.Unavailable, op, "the stream of events ended").
		WithHint("go on with --after and the last sequence number")
}

func deliver(op, name, data string, f func(view.Event) error) error {
	if name == "problem" {
		var p problem.Problem
		if err := json.Unmarshal([]byte(data), &p); err != nil {
			return fault.Wrap(err, fault.Internal, op, "the stream of events ended for a reason that is not understood")
		}
		return &problem.Response{RequestID: p.RequestID, Err: p.Fault(op)}
	}
	var e view.Event
	if err := json.Unmarshal([]byte(data), &e); err != nil {
		return fault.Wrap(err, fault.Internal, op, "an event of the stream is not understood")
	}
	return f(e)
}
