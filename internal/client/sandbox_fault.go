package client

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// Fault is something of the sandbox that can be broken, and where it is broken now.
type Fault struct {
	Name    string `json:"name"`
	Area    string `json:"area"`
	Summary string `json:"summary"`
	// Lasting is true where it stays until it is cleared.
	Lasting bool       `json:"lasting,omitempty"`
	Args    []FaultArg `json:"args,omitempty"`
	// Active holds the arguments of each time that it is set now.
	Active []map[string]string `json:"active,omitempty"`
}

// FaultArg is one argument of a fault.
type FaultArg struct {
	Name     string   `json:"name"`
	Required bool     `json:"required,omitempty"`
	Values   []string `json:"values,omitempty"`
	Default  string   `json:"default,omitempty"`
	Help     string   `json:"help,omitempty"`
}

// Faults lists everything that can be broken, by name.
func (s *Sandbox) Faults(ctx context.Context) ([]Fault, error) {
	var out struct {
		Faults []Fault `json:"faults"`
	}
	err := s.call(ctx, "client.Faults", http.MethodGet, "/faults", nil, 0, &out)
	return out.Faults, err
}

// SetFault breaks something and returns the fault as it is then. Errors:
// NotFound for a name that does not exist, Invalid for arguments.
func (s *Sandbox) SetFault(ctx context.Context, name string, args map[string]string) (Fault, error) {
	var out Fault
	path, err := join("client.SetFault", "/faults", name)
	if err == nil {
		err = s.send(ctx, "client.SetFault", http.MethodPut, path, struct {
			Args map[string]string `json:"args,omitempty"`
		}{args}, 0, &out)
	}
	return out, err
}

// ClearFault mends a fault where args say, or wherever it is set. Errors: as SetFault.
func (s *Sandbox) ClearFault(ctx context.Context, name string, args map[string]string) error {
	path, err := join("client.ClearFault", "/faults", name)
	if err != nil {
		return err
	}
	q := url.Values{}
	for k, v := range args {
		q.Set(k, v)
	}
	return s.call(ctx, "client.ClearFault", http.MethodDelete, path+"?"+q.Encode(), nil, 0, nil)
}

// ClearFaults mends everything that lasts.
func (s *Sandbox) ClearFaults(ctx context.Context) error {
	return s.call(ctx, "client.ClearFaults", http.MethodDelete, "/faults", nil, 0, nil)
}

// Invite brings a bot into a guild. Errors: NotFound, Conflict where it is there.
func (s *Sandbox) Invite(ctx context.Context, bot, guild string) error {
	return s.post(ctx, "client.Invite", "/invite", struct {
		Bot   string `json:"bot"`
		Guild string `json:"guild"`
	}{bot, guild}, 0, nil)
}

// RefuseDMs says whether a user takes no direct messages.
func (s *Sandbox) RefuseDMs(ctx context.Context, user string, refuse bool) error {
	return s.post(ctx, "client.RefuseDMs", "/dms", struct {
		User   string `json:"user"`
		Refuse bool   `json:"refuse"`
	}{user, refuse}, 0, nil)
}

// Modal fills in the form that an answer opened, and waits for the answer. The
// id is that answer's interaction. Errors: NotFound, Invalid for fields.
func (s *Sandbox) Modal(ctx context.Context, id, user string, fields map[string][]string, wait time.Duration) (Sent, error) {
	var out result
	err := s.post(ctx, "client.Modal", "/modal", struct {
		ID     string              `json:"modal_id"`
		User   string              `json:"user"`
		Fields map[string][]string `json:"fields,omitempty"`
		WaitMS int64               `json:"wait_ms"`
	}{id, user, fields, wait.Milliseconds()}, wait, &out)
	return out.sent(), err
}

// Complete types a line without sending it and returns the choices that the bot
// offers for an option.
func (s *Sandbox) Complete(ctx context.Context, line, option string, at Place, wait time.Duration) ([]Choice, error) {
	var out result
	err := s.post(ctx, "client.Complete", "/send", struct {
		Line string `json:"line"`
		Place
		Focused string `json:"focused"`
		WaitMS  int64  `json:"wait_ms"`
	}{line, at, option, wait.Milliseconds()}, wait, &out)
	return out.Choices, err
}
