package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// Sandbox steers the simulators through their control API, as a person at
// Discord would act. Names are accepted wherever ids are.
type Sandbox struct {
	base string
	http *http.Client
}

// Sent is what came of a command or a click.
type Sent struct {
	InteractionID string `json:"interaction_id"`
	// AnsweredMS is how long the first answer took, in milliseconds.
	AnsweredMS int64 `json:"answered_ms"`
	Deferred   bool  `json:"deferred"`
	// Reply is the message as Discord would show it; null for none.
	Reply json.RawMessage `json:"reply"`
	// Modal is the form that the bot asked to fill in; absent for none.
	Modal json.RawMessage `json:"modal,omitempty"`
	// Choices are what was offered while a line was typed; absent elsewhere.
	Choices []Choice `json:"choices,omitempty"`
	// Answered is true where the bot gave its last answer, which need not be a message.
	Answered bool `json:"-"`
}

// Choice is one of the choices that a bot offers while somebody types.
type Choice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// result is Sent as the control API writes it.
type result struct {
	Sent
	State string `json:"state"`
}

func (r result) sent() Sent {
	r.Answered = r.State == "answered"
	if len(r.Reply) == 0 {
		r.Reply = json.RawMessage("null")
	}
	return r.Sent
}

// Place is where a person acts.
type Place struct {
	Guild   string `json:"guild,omitempty"`
	Channel string `json:"channel,omitempty"`
	User    string `json:"user,omitempty"`
}

// NewSandbox returns a client of a control API. Errors: Denied for an address
// that is not of this machine.
func NewSandbox(controlURL string) (*Sandbox, error) {
	const op = "client.NewSandbox"
	u, err := url.Parse(controlURL)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return nil, fault.New(fault.Invalid, op, "the address of the sandbox has to begin with http://")
	}
	if a, err := netip.ParseAddr(u.Hostname()); u.Hostname() != "localhost" && (err != nil || !a.Unmap().IsLoopback()) {
		return nil, fault.New(fault.Denied, op, "the sandbox at "+u.Host+" is not on this machine").
			WithHint("run the command on the machine of the simulators")
	}
	return &Sandbox{base: strings.TrimSuffix(strings.TrimRight(u.String(), "/"), "/sim/v1") + "/sim/v1", http: &http.Client{
		Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, DisableKeepAlives: true},
	}}, nil
}

// Send types a line such as /play query:"ocean" and waits for the last answer.
// Errors: NotFound and Invalid as the Discord client would refuse the line.
func (s *Sandbox) Send(ctx context.Context, line string, at Place, wait time.Duration) (Sent, error) {
	var out result
	err := s.post(ctx, "client.Send", "/send", struct {
		Line string `json:"line"`
		Place
		WaitMS int64 `json:"wait_ms"`
	}{line, at, wait.Milliseconds()}, wait, &out)
	return out.sent(), err
}

// Click presses a button, by its custom id or else by its label, of a message
// or of the newest one that has it; values are what is chosen where it is a
// menu. Errors: NotFound, Denied for one that is off, Invalid for values.
func (s *Sandbox) Click(ctx context.Context, button, message string, values []string, at Place, wait time.Duration) (Sent, error) {
	type click struct {
		Guild    string   `json:"guild"`
		User     string   `json:"user"`
		Message  string   `json:"message,omitempty"`
		CustomID string   `json:"custom_id,omitempty"`
		Label    string   `json:"label,omitempty"`
		Values   []string `json:"values,omitempty"`
		WaitMS   int64    `json:"wait_ms"`
	}
	in := click{Guild: at.Guild, User: at.User, Message: message, CustomID: button, Values: values, WaitMS: wait.Milliseconds()}
	var out result
	err := s.post(ctx, "client.Click", "/click", in, wait, &out)
	if errors.Is(err, fault.Of(fault.NotFound)) {
		in.CustomID, in.Label = "", button
		err = s.post(ctx, "client.Click", "/click", in, wait, &out)
	}
	return out.sent(), err
}

// Voice lets a person join, move to or leave a voice channel.
func (s *Sandbox) Voice(ctx context.Context, action string, at Place) error {
	return s.post(ctx, "client.Voice", "/voice", struct {
		Action string `json:"action"`
		Place
	}{action, at}, 0, nil)
}

// Message is a message as Discord would show it, and whether only one person
// sees it.
type Message struct {
	Message   json.RawMessage `json:"message"`
	Ephemeral bool            `json:"ephemeral"`
}

// Messages returns the newest messages of a channel, the oldest first. With a
// user they are what that user sees: their own ephemeral ones too, and without a
// guild the direct ones of the bot that channel names.
func (s *Sandbox) Messages(ctx context.Context, guild, channel, user string, limit int) ([]Message, error) {
	q := url.Values{}
	set(q, "guild", guild)
	set(q, "user", user)
	set(q, "channel", channel)
	if limit > 0 {
		q.Set("limit", strconv.Itoa(limit))
	}
	var out []Message
	err := s.call(ctx, "client.Messages", http.MethodGet, "/messages?"+q.Encode(), nil, 0, &out)
	return out, err
}

// Reset puts the world back to what it was at first.
func (s *Sandbox) Reset(ctx context.Context) error {
	return s.post(ctx, "client.Reset", "/reset", struct{}{}, 0, nil)
}

func (s *Sandbox) post(ctx context.Context, op, path string, in any, wait time.Duration, out any) error {
	return s.send(ctx, op, http.MethodPost, path, in, wait, out)
}

func (s *Sandbox) send(ctx context.Context, op, method, path string, in any, wait time.Duration, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return fault.Wrap(err, fault.Invalid, op, "the request cannot be written")
	}
	return s.call(ctx, op, method, path, b, wait, out)
}

func (s *Sandbox) call(ctx context.Context, op, method, path string, body []byte, wait time.Duration, out any) error {
	ctx, cancel := context.WithTimeout(ctx, wait+10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return fault.Wrap(err, fault.Invalid, op, "the request cannot be made")
	}
	req.Header.Set("X-Sandbox", "1")
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the simulators at "+s.base+" do not answer").
			WithHint("look at platformctl status, and whether platformd sim runs")
	}
	defer func() { _ = resp.Body.Close() }()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "the simulators stopped in the middle of an answer")
	}
	if resp.StatusCode >= 300 {
		return refused(op, resp, b)
	}
	if out == nil || len(bytes.TrimSpace(b)) == 0 {
		return nil
	}
	if err := json.Unmarshal(b, out); err != nil {
		return fault.Wrap(err, fault.Internal, op, "the simulators answered something that is not understood")
	}
	return nil
}
