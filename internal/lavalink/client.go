package lavalink

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// Bounds of what is read from a node, in bytes.
const (
	maxBody     = 1 << 20
	maxListBody = 64 << 20 // a playlist or a session's players
)

// Time limits of calls that do not come with a shorter one.
const (
	defaultTimeout = 5 * time.Second
	// updateTimeout is longer: a PATCH with voice blocks until the handshake
	// with the voice server is done.
	updateTimeout = 15 * time.Second
	loadTimeout   = 15 * time.Second
)

// ClientOptions are what a client may be told. All have defaults.
type ClientOptions struct {
	// Timeout bounds every call, if it is shorter than the call's own limit.
	Timeout time.Duration
	// Transport carries the requests; one of the client's own if nil.
	Transport http.RoundTripper
}

// Client speaks to a node's REST API. Every call is bounded in time and in what
// it reads, and follows no redirect. All links to a node share one client.
//
// All methods return Unauthenticated or Denied where the node refuses the
// password, Unavailable where it does not answer or fails, Invalid where it
// refuses what was asked, NotFound for a session or a player that is not there,
// and, for calls that change something, Unknown where the call may have
// happened.
type Client struct {
	node    Node
	http    *http.Client
	timeout time.Duration
}

// NewClient returns a client of a valid node. Errors: Invalid.
func NewClient(node Node, opts ClientOptions) (*Client, error) {
	if err := node.Validate(); err != nil {
		return nil, err
	}
	if opts.Transport == nil {
		opts.Transport = &http.Transport{
			Proxy:                  nil,
			DialContext:            (&net.Dialer{Timeout: defaultTimeout}).DialContext,
			TLSHandshakeTimeout:    defaultTimeout,
			MaxIdleConnsPerHost:    16,
			IdleConnTimeout:        time.Minute,
			ForceAttemptHTTP2:      true,
			MaxResponseHeaderBytes: 64 << 10,
		}
	}
	return &Client{
		node: node, timeout: opts.Timeout,
		http: &http.Client{
			Transport:     opts.Transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// Node returns whom the client speaks to.
func (c *Client) Node() Node { return c.node }

// Close gives back idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call is one request.
type call struct {
	op     string
	method string
	path   string // escaped
	query  url.Values
	body   any // JSON; nil for none
	limit  int64
	within time.Duration
}

// do carries a call out and returns the body of a 2xx answer.
func (c *Client) do(ctx context.Context, k call) ([]byte, error) {
	within := k.within
	if within == 0 {
		within = defaultTimeout
	}
	if c.timeout > 0 {
		within = min(within, c.timeout)
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	req, err := c.request(ctx, k)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.lost(k, err)
	}
	defer resp.Body.Close()
	limit := k.limit
	if limit == 0 || resp.StatusCode/100 != 2 {
		limit = maxBody
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if resp.StatusCode/100 != 2 {
		return nil, c.refused(k, resp.StatusCode, raw)
	}
	if err != nil {
		return nil, c.lost(k, err)
	}
	if int64(len(raw)) > limit {
		return nil, fault.New(fault.Unavailable, k.op, "node "+c.name()+" answered with more than can be read")
	}
	return raw, nil
}

func (c *Client) request(ctx context.Context, k call) (*http.Request, error) {
	var body io.Reader
	if k.body != nil {
		raw, err := json.Marshal(k.body)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, k.op, "the request cannot be written")
		}
		body = bytes.NewReader(raw)
	}
	u := c.node.url("http")
	req, err := http.NewRequestWithContext(ctx, k.method, u.String()+k.path, body)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, k.op, "the address of node "+c.name()+" cannot be used")
	}
	req.URL.RawQuery = k.query.Encode()
	req.Header.Set("Authorization", c.node.Password.Reveal())
	req.Header.Set("User-Agent", clientName)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

func (c *Client) name() string { return string(c.node.Name) }

// lost is a call without an answer. Whether it happened is unknown unless it
// only reads or no connection was made.
func (c *Client) lost(k call, err error) error {
	var dial *net.OpError
	if k.method == http.MethodGet || errors.As(err, &dial) && dial.Op == "dial" {
		return fault.Wrap(err, fault.Unavailable, k.op, "node "+c.name()+" does not answer").
			WithHint("check that the node runs at " + c.node.Address)
	}
	return fault.Wrap(err, fault.Unknown, k.op, "node "+c.name()+" did not say whether it was done")
}

// refused turns an error's status into a fault. The node's own words are the
// cause, for logs; they may be anything, JSON or not.
func (c *Client) refused(k call, status int, raw []byte) error {
	cause := &statusError{status: status, message: errorMessage(raw)}
	of := func(code fault.Code, message string) *fault.Error {
		return fault.Wrap(cause, code, k.op, "node "+c.name()+" "+message)
	}
	const hint = "set the node's password to lavalink.server.password of its application.yml"
	switch {
	case status == http.StatusUnauthorized:
		return of(fault.Unauthenticated, "refuses the password").WithHint(hint)
	case status == http.StatusForbidden:
		return of(fault.Denied, "refuses the password").WithHint(hint)
	case status == http.StatusNotFound:
		return of(fault.NotFound, "does not know the session or the player")
	case status == http.StatusTooManyRequests:
		return of(fault.Unavailable, "has too much to do")
	case status/100 == 3:
		return of(fault.Unavailable, "answers with a redirect, which is not followed").
			WithHint("configure the address that the node really has")
	case status/100 == 4:
		return of(fault.Invalid, "refused the request")
	default:
		return of(fault.Unavailable, "failed")
	}
}

// statusError is what a node said with an error's status.
type statusError struct {
	status  int
	message string
}

func (e *statusError) Error() string {
	return "HTTP " + http.StatusText(e.status) + ": " + e.message
}

// errorMessage reads the words of an error's body, which need not be JSON.
func errorMessage(raw []byte) string {
	var w struct {
		Error   text `json:"error"`
		Message text `json:"message"`
	}
	if json.Unmarshal(raw, &w) == nil && w.Error+w.Message != "" {
		return line(strings.TrimSpace(string(w.Error+": "+w.Message)), maxLine)
	}
	return line(string(raw[:min(len(raw), maxLine)]), maxLine)
}

// speaksOfSession is true where a 404 says that the session, not a player of
// it, is missing.
func speaksOfSession(err error) bool {
	var s *statusError
	return errors.As(err, &s) && s.status == http.StatusNotFound && strings.Contains(strings.ToLower(s.message), "session")
}

// VoiceRefused is true where a node says that it could not connect to Discord's
// voice server with what it was given: an update waits for that connection and
// fails with 500 and these words.
func VoiceRefused(err error) bool {
	var s *statusError
	return errors.As(err, &s) && s.status == http.StatusInternalServerError && strings.Contains(strings.ToLower(s.message), "voice server")
}

func (c *Client) get(ctx context.Context, k call, out any) error {
	k.method = http.MethodGet
	raw, err := c.do(ctx, k)
	if err != nil {
		return err
	}
	return c.decode(k, raw, out)
}

func (c *Client) decode(k call, raw []byte, out any) error {
	if err := json.Unmarshal(raw, out); err != nil {
		return fault.Wrap(err, fault.Unavailable, k.op, "node "+c.name()+" answered with something that cannot be read").
			WithHint("check that " + c.node.Address + " is a Lavalink v4 node")
	}
	return nil
}
