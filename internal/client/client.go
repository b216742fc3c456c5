package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/problem"
)

// maxBody bounds an answer.
const maxBody = 32 << 20

// Options says where the daemon is.
type Options struct {
	// Socket is the path of the admin socket. It counts where URL is empty.
	Socket string
	// Named is true where a person chose the socket. One that was only found
	// has to belong to this user or to root, else somebody else could have put
	// it there.
	Named bool
	// URL is the address of the API over TCP.
	URL string
	// Timeout bounds a request, streams excepted; 0 is 10 s.
	Timeout time.Duration
	// UserAgent names the program.
	UserAgent string
}

// Client sends requests. It is safe for use by many goroutines.
type Client struct {
	base    string
	where   string
	agent   string
	timeout time.Duration
	http    *http.Client
}

// New returns a client. It does not connect. Errors: Invalid for an address
// that is none, Denied for a socket that somebody else put there.
func New(o Options) (*Client, error) {
	const op = "client.New"
	t := &http.Transport{MaxIdleConns: 4, IdleConnTimeout: 30 * time.Second, ResponseHeaderTimeout: time.Minute}
	c := &Client{agent: o.UserAgent, timeout: o.Timeout, http: &http.Client{
		Transport:     t,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if c.timeout <= 0 {
		c.timeout = 10 * time.Second
	}
	if o.URL != "" {
		u, err := url.Parse(o.URL)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil {
			return nil, fault.New(fault.Invalid, op, "the address of the daemon has to begin with http:// or https://")
		}
		c.base, c.where = strings.TrimRight(u.String(), "/"), u.Host
		return c, nil
	}
	if o.Socket == "" {
		return nil, fault.New(fault.Invalid, op, "no admin socket was named").WithHint("name it with --socket or PLATFORM_SOCKET")
	}
	if !o.Named {
		if err := checkOwner(o.Socket, os.Geteuid()); err != nil {
			return nil, err
		}
	}
	// The host is a name that cannot exist: nothing is looked up for a socket.
	c.base, c.where = "http://platformd.invalid", o.Socket
	t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", o.Socket)
	}
	return c, nil
}

// checkOwner refuses a socket that belongs to neither us nor root.
func checkOwner(socket string, self int) error {
	info, err := os.Stat(socket)
	if err != nil {
		return nil //nolint:nilerr // connecting says better what is wrong
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(st.Uid) == self || st.Uid == 0 {
		return nil
	}
	return fault.New(fault.Denied, "client.New", "the admin socket "+socket+" belongs to another user").
		WithHint("name it with --socket if that is the daemon that you mean")
}

// Close gives up idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// fetch reads one answer into out.
func (c *Client) fetch(ctx context.Context, op, path string, q url.Values, out any) error {
	return c.exchange(ctx, op, http.MethodGet, path, q, nil, out)
}

// order sends a change and reads what came of it into out.
func (c *Client) order(ctx context.Context, op, method, path string, in, out any) error {
	var body []byte
	if in != nil {
		var err error
		if body, err = json.Marshal(in); err != nil {
			return fault.Wrap(err, fault.Invalid, op, "the request cannot be written")
		}
	}
	return c.exchange(ctx, op, method, path, nil, body, out)
}

func (c *Client) exchange(ctx context.Context, op, method, path string, q url.Values, body []byte, out any) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	resp, err := c.send(ctx, op, method, path, q, body, "application/json")
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	if err != nil {
		return c.broken(op, err)
	}
	if len(b) > maxBody {
		return fault.New(fault.Internal, op, fmt.Sprintf("the answer of the daemon is larger than %d MiB", maxBody>>20)).
			WithHint("ask for a smaller page with --limit")
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fault.Wrap(err, fault.Internal, op, "the daemon answered something that is not understood").
			WithHint("use platformctl of the daemon's version")
	}
	return nil
}

// send returns a success; everything else becomes a fault.
func (c *Client) send(ctx context.Context, op, method, path string, q url.Values, body []byte, accept string) (*http.Response, error) {
	target := c.base + path
	if len(q) > 0 {
		target += "?" + q.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, op, "the request cannot be made")
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", c.agent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, c.broken(op, err)
	}
	if resp.StatusCode != http.StatusOK {
		defer func() { _ = resp.Body.Close() }()
		p := problem.Read(resp)
		return nil, &problem.Response{RequestID: p.RequestID, Err: p.Fault(op)}
	}
	return resp, nil
}

// broken says why the daemon could not be asked.
func (c *Client) broken(op string, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return fault.Wrap(err, fault.Unavailable, op, "interrupted")
	case errors.Is(err, context.DeadlineExceeded):
		return fault.Wrap(err, fault.Unavailable, op, "the daemon at "+c.where+" did not answer in time").
			WithHint("give it longer with --timeout, or look at its log")
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ENOTSOCK):
		return fault.Wrap(err, fault.Unavailable, op, "no daemon listens at "+c.where).
			WithHint("start one with platformd, or name its socket with --socket or PLATFORM_SOCKET")
	case errors.Is(err, fs.ErrPermission):
		return fault.Wrap(err, fault.Denied, op, "this user may not use the admin socket "+c.where).
			WithHint("run the command as the user that runs the daemon, or as root")
	}
	return fault.Wrap(err, fault.Unavailable, op, "the connection to the daemon at "+c.where+" broke").
		WithHint("look at the daemon's log, then try again")
}
