package control

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/discord"
)

// Prefix is where the control API is mounted.
const Prefix = "/sim/v1"

const (
	header      = "X-Sandbox"
	maxBody     = 64 << 10
	defaultWait = 20 * time.Second
	maxWait     = 2 * time.Minute
)

type control struct {
	Deps
	hub  *hub
	bare *bareNodes
}

// done answers what has nothing more to say: {}.
type done struct{}

// Handler serves the control API below Prefix.
func Handler(d Deps) http.Handler {
	d.Clock = clockOr(d.Clock)
	c := control{Deps: d, bare: &bareNodes{}, hub: &hub{}}
	for _, n := range d.Nodes {
		if f, ok := n.(follower); ok {
			f.OnChange(func() { c.hub.node(n.Name()) })
		}
	}
	d.World.OnFaults(c.hub.broken)
	mux := http.NewServeMux()
	for pattern, f := range map[string]func(*http.Request) (any, error){
		"GET /world":                 c.world,
		"GET /commands":              c.commands,
		"POST /send":                 c.send,
		"POST /click":                c.click,
		"POST /modal":                c.modal,
		"POST /invite":               c.invite,
		"POST /dms":                  c.dms,
		"POST /voice":                c.voice,
		"GET /messages":              c.messages,
		"POST /reset":                c.reset,
		"POST /redeliver":            c.redeliver,
		"GET /faults":                c.listFaults,
		"PUT /faults/{name}":         c.setFault,
		"DELETE /faults/{name}":      c.clearFault,
		"DELETE /faults":             c.clearFaults,
		"GET /violations":            func(*http.Request) (any, error) { return c.World.Violations(), nil },
		"GET /log":                   func(*http.Request) (any, error) { return c.World.Log(), nil },
		"GET /nodes/{name}/players":  c.ofNode(func(n Node) any { return n.Players() }),
		"GET /nodes/{name}/timeline": c.ofNode(func(n Node) any { return n.Timeline() }),
	} {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+Prefix+path, func(rw http.ResponseWriter, r *http.Request) {
			out, err := f(r)
			if err == nil {
				c.hub.changed(r)
			}
			reply(rw, out, err)
		})
	}
	mux.HandleFunc("GET "+Prefix+"/stream", c.stream)
	mux.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		reply(rw, nil, fault.New(fault.NotFound, "control.Handler", "the sandbox has no such endpoint"))
	})
	open := http.NewServeMux()
	open.Handle("/", guard(mux, true))
	open.Handle("GET "+Prefix+"/audio/{identifier}", guard(media(d.Audio), false))
	open.Handle("GET "+Prefix+"/artwork/{identifier}", guard(media(d.Artwork), false))
	return open
}

// guard lets only local programs in: a page of another origin can neither set
// the header without being asked nor, after DNS rebinding, name a loopback host.
func guard(next http.Handler, strict bool) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		ip := net.ParseIP(host)
		if host != "localhost" && (ip == nil || !ip.IsLoopback()) || strict && r.Header.Get(header) != "1" {
			reply(rw, nil, fault.New(fault.Denied, "control.Handler", "the sandbox is controlled from this machine only").
				WithHint("send the header X-Sandbox: 1 to a loopback address"))
			return
		}
		next.ServeHTTP(rw, r)
	})
}

var statuses = map[fault.Code]int{
	fault.Invalid: 400, fault.Denied: 403, fault.NotFound: 404, fault.Conflict: 409, fault.Quota: 429, fault.Unavailable: 503,
}

func reply(rw http.ResponseWriter, out any, err error) {
	status := http.StatusOK
	if err != nil {
		if status = statuses[fault.CodeOf(err)]; status == 0 {
			status = http.StatusInternalServerError
		}
		msg, hint := fault.Show(err)
		out = problem{Code: string(fault.CodeOf(err)), Message: msg, Hint: hint}
	}
	if out == nil {
		out = done{}
	}
	b, merr := json.Marshal(out)
	if merr != nil {
		status, b = http.StatusInternalServerError, []byte(`{"code":"internal","message":"the answer cannot be encoded"}`)
	}
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	_, _ = rw.Write(b)
}

// take decodes the body of a request; fields that are not known are refused.
func take[T any](r *http.Request) (T, error) {
	var v T
	d := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil && !errors.Is(err, io.EOF) {
		return v, fault.New(fault.Invalid, "control.Handler", "the body is not as it must be: "+err.Error())
	}
	return v, nil
}

// waiting is a context that ends after the wait of a request.
func waiting(r *http.Request, ms int) (context.Context, context.CancelFunc) {
	wait := time.Duration(ms) * time.Millisecond
	if wait <= 0 {
		wait = defaultWait
	}
	return context.WithTimeout(r.Context(), min(wait, maxWait))
}

func (c control) world(*http.Request) (any, error) {
	out := World{View: c.World.View(), Nodes: []NodeInfo{}}
	for _, n := range c.Nodes {
		out.Nodes = append(out.Nodes, NodeInfo{Name: n.Name(), Address: n.Address(), Password: c.Passwords[n.Name()]})
	}
	return out, nil
}

func (c control) commands(r *http.Request) (any, error) {
	q := r.URL.Query()
	if q.Get("guild") == "" && q.Get("user") != "" {
		return c.registered("", q.Get("channel"), q.Get("user"), q.Get("bot"))
	}
	return c.World.Commands(q.Get("guild"))
}

func (c control) send(r *http.Request) (any, error) {
	req, err := take[SendRequest](r)
	if err != nil {
		return nil, err
	}
	name, args, err := ParseLine(req.Line)
	if err != nil {
		return nil, err
	}
	cmds, err := c.registered(req.Guild, req.Channel, req.User, req.Bot)
	if err != nil {
		return nil, err
	}
	name, args = split(cmds, name, args)
	ctx, cancel := waiting(r, req.WaitMS)
	defer cancel()
	cmd := discord.SlashCommand{Guild: req.Guild, Channel: req.Channel, User: req.User, Bot: req.Bot, Name: name, Options: args}
	if req.Focused != "" {
		return c.World.Autocomplete(ctx, cmd, req.Focused)
	}
	return c.World.Send(ctx, cmd)
}

func (c control) click(r *http.Request) (any, error) {
	req, err := take[ClickRequest](r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := waiting(r, req.WaitMS)
	defer cancel()
	return c.World.Click(ctx, req.Click)
}

func (c control) voice(r *http.Request) (any, error) {
	req, err := take[VoiceRequest](r)
	if err != nil {
		return nil, err
	}
	switch req.Action {
	case "join", "move":
		return nil, c.World.JoinVoice(req.Guild, req.User, req.Channel)
	case "leave":
		return nil, c.World.LeaveVoice(req.Guild, req.User)
	}
	return nil, fault.New(fault.Invalid, "control.Voice", "the action must be join, move or leave")
}

func (c control) messages(r *http.Request) (any, error) {
	q, limit := r.URL.Query(), 50
	if s := q.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 500 {
			return nil, fault.New(fault.Invalid, "control.Messages", "limit must be a number from 1 to 500")
		}
		limit = n
	}
	return c.World.Look(discord.Look{Guild: q.Get("guild"), Channel: q.Get("channel"), User: q.Get("user"), Limit: limit})
}

func (c control) reset(*http.Request) (any, error) {
	c.World.Reset()
	return c.clearFaults(nil)
}

func (c control) redeliver(r *http.Request) (any, error) {
	req, err := take[RedeliverRequest](r)
	if err != nil {
		return nil, err
	}
	return nil, c.World.Redeliver(req.InteractionID)
}
