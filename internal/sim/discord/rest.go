package discord

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"strings"
	"time"
)

// maxBody bounds a request; what is larger gets 413, as from Discord.
const maxBody = 1 << 20

// route is one endpoint of the REST API.
type route struct {
	pattern string // "METHOD /path" below /api/v10
	group   string // routes of one group share their bucket
	rate    rate
	// open endpoints need no bot token.
	open bool
	// interaction endpoints are exempt from the global limit.
	interaction bool
	handle      func(q *request) (status int, body any, err *apiError)
}

// request is a call of an endpoint, authenticated and with its body decoded.
type request struct {
	*http.Request
	bot  *Bot
	body any
	raw  []byte
	// header is that of the answer; files came with a multipart body.
	header http.Header
	files  []upload
}

// major is the parameter that a bucket is counted by.
func (q *request) major() string {
	for _, k := range []string{"token", "channel", "guild"} {
		if v := q.PathValue(k); v != "" {
			return v
		}
	}
	return ""
}

// flag reads a boolean of the query.
func (q *request) flag(name string) bool {
	v := q.URL.Query().Get(name)
	return v == "true" || v == "1"
}

// apiError is a refusal as Discord writes it.
type apiError struct {
	status  int
	code    int
	message string
	errors  obj
	body    obj    // instead of message, code and errors
	html    string // instead of any JSON: what stands before Discord has answered
}

func refuse(status, code int, message string) *apiError {
	return &apiError{status: status, code: code, message: message}
}

// Refusals with a name. The codes are Discord's JSON error codes
// (https://discord.com/developers/docs/topics/opcodes-and-status-codes#json).
func errUnauthorized() *apiError { return refuse(401, 0, "401: Unauthorized") }
func errNotFound() *apiError     { return refuse(404, 0, "404: Not Found") }
func errAccess() *apiError       { return refuse(403, 50001, "Missing Access") }
func errPermission() *apiError   { return refuse(403, 50013, "Missing Permissions") }

func errUnknown(code int, what string) *apiError { return refuse(404, code, "Unknown "+what) }

func errForm(p *problems) *apiError {
	e := refuse(400, 50035, "Invalid Form Body")
	e.errors = p.tree()
	return e
}

func (e *apiError) json() obj {
	if e.body != nil {
		return e.body
	}
	o := obj{"message": e.message, "code": e.code}
	if e.errors != nil {
		o["errors"] = e.errors
	}
	return o
}

// validate runs a check over the body.
func (q *request) validate(c check) *apiError {
	p := &problems{}
	c(q.body, p)
	if p.empty() {
		return nil
	}
	return errForm(p)
}

func (w *World) routes() *http.ServeMux {
	mux := http.NewServeMux()
	all := [][]route{w.basicRoutes(), w.commandRoutes(), w.messageRoutes(), w.stageRoutes(), w.interactionRoutes()}
	for _, group := range all {
		for _, rt := range group {
			method, path, _ := strings.Cut(rt.pattern, " ")
			if rt.group == "" {
				rt.group = rt.pattern
			}
			mux.HandleFunc(method+" /api/v10"+path, func(rw http.ResponseWriter, r *http.Request) { w.serve(rw, r, &rt) })
		}
	}
	mux.HandleFunc("GET /attachments/{channel}/{attachment}/{name}", w.serveAttachment)
	mux.HandleFunc("GET /gateway", w.serveGateway)
	mux.HandleFunc("GET /gateway/{$}", w.serveGateway)
	missing := route{pattern: "ANY /", open: true, interaction: true, handle: func(*request) (int, any, *apiError) {
		return 0, nil, errNotFound()
	}}
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) { w.serve(rw, r, &missing) })
	return mux
}

// serve answers one request: the body, the caller, the limits, the endpoint.
func (w *World) serve(rw http.ResponseWriter, r *http.Request, rt *route) {
	q := &request{Request: r}
	bad := q.read(rw)
	w.mu.Lock()
	h := rw.Header()
	q.header = h
	h.Set("Via", "1.1 google")
	h.Set("Date", w.now().Format(http.TimeFormat))
	status, body, err := 0, any(nil), bad
	q.bot = w.botByToken(r.Header.Get("Authorization"))
	if !strings.HasPrefix(r.Header.Get("Authorization"), "Bot ") {
		q.bot = nil
	}
	if err == nil && q.bot == nil && !rt.open {
		err = errUnauthorized()
	}
	late, alive := w.delay(q, rt)
	if !alive {
		w.unlock()
		panic(http.ErrAbortHandler) // nobody waits any more
	}
	if limited := w.limit(h, rt, q); limited != nil {
		err = limited
	}
	var lost *lostAnswer
	if err == nil {
		lost = w.loseAnswer(q, rt)
	}
	if err == nil && (lost == nil || lost.applied) {
		status, body, err = rt.handle(q)
	}
	if lost != nil {
		err = lost.instead
	}
	if err != nil {
		status, body = err.status, err.json()
		w.countInvalid(h, q, status)
		if (status != http.StatusTooManyRequests || err.code != 0) && lost == nil {
			w.violate(Violation{Surface: "rest", Method: r.Method, Path: q.safePath(), Status: status, Code: err.code, Message: err.message, Errors: err.errors})
		}
	}
	var raw []byte
	if body != nil {
		raw = mustJSON(body)
	}
	w.unlock()
	if !w.pause(r.Context(), late) {
		panic(http.ErrAbortHandler)
	}
	if raw == nil {
		rw.WriteHeader(status)
		return
	}
	h.Set("Content-Type", "application/json")
	if err != nil && err.html != "" {
		h.Set("Content-Type", "text/html; charset=UTF-8")
		raw = []byte(err.html)
	}
	rw.WriteHeader(status)
	_, _ = rw.Write(raw)
}

// safePath is the path without the token of an interaction.
func (q *request) safePath() string {
	p := q.URL.Path
	if t := q.PathValue("token"); t != "" {
		p = strings.ReplaceAll(p, t, "***")
	}
	for _, secret := range []string{"/webhooks/", "/interactions/"} { // paths that are no route of ours
		if before, rest, ok := strings.Cut(p, secret); ok && q.PathValue("token") == "" {
			id, _, _ := strings.Cut(rest, "/")
			p = before + secret + id + "/***"
		}
	}
	return clip(p)
}

// read takes the body in and decodes it.
func (q *request) read(rw http.ResponseWriter) *apiError {
	if isMultipart(q.Header) {
		return q.readForm(rw)
	}
	raw, err := io.ReadAll(http.MaxBytesReader(rw, q.Body, maxBody))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return refuse(http.StatusRequestEntityTooLarge, 40005, "Request entity too large")
	}
	if err != nil {
		return refuse(400, 0, "400: Bad Request")
	}
	if ct, _, _ := strings.Cut(q.Header.Get("Content-Type"), ";"); len(raw) > 0 && ct != "application/json" {
		return refuse(400, 50035, "Invalid Form Body: this simulator takes application/json and multipart/form-data")
	}
	return q.decode(raw)
}

// decode takes the JSON of a request.
func (q *request) decode(raw []byte) *apiError {
	q.raw = raw
	if len(raw) == 0 {
		q.body = map[string]any{}
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&q.body); err != nil || d.More() {
		return refuse(400, 50109, "The request body contains invalid JSON.")
	}
	return nil
}

// take decodes the validated body into a struct.
func (q *request) take(into any) *apiError {
	if err := json.Unmarshal(q.raw, into); err != nil && len(q.raw) > 0 {
		return refuse(400, 50035, "Invalid Form Body")
	}
	return nil
}

// merge is o with more.
func merge(o, more obj) obj {
	out := maps.Clone(o)
	maps.Copy(out, more)
	return out
}

var (
	perFive = rate{5, 5 * time.Second}
	perTen  = rate{10, 5 * time.Second}
)
