package lavalink

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
)

// restError is an answer other than success. Its text goes to the client.
type restError struct {
	status  int
	message string
}

func (e *restError) Error() string { return e.message }

func refuse(status int, format string, args ...any) *restError {
	return &restError{status, fmt.Sprintf(format, args...)}
}

// errorBody is the shape of every error that Lavalink's REST API answers with.
type errorBody struct {
	Timestamp int64  `json:"timestamp"`
	Status    int    `json:"status"`
	Error     string `json:"error"`
	Trace     string `json:"trace,omitempty"`
	Message   string `json:"message"`
	Path      string `json:"path"`
}

// reply is a successful answer; a nil body is 204.
type reply struct {
	body        any
	raw         []byte // instead of body
	contentType string // of raw
}

type endpoint func(r *http.Request) (reply, error)

func (n *Node) routes() http.Handler {
	mux := http.NewServeMux()
	route := func(path string, methods map[string]endpoint) {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			e := methods[r.Method]
			if e == nil {
				n.refuse(w, r, refuse(http.StatusMethodNotAllowed, "Method '%s' is not supported.", r.Method))
				return
			}
			n.answer(w, r, e)
		})
	}
	route("/version", map[string]endpoint{"GET": n.getVersion})
	route("/v4/info", map[string]endpoint{"GET": n.getInfo})
	route("/v4/stats", map[string]endpoint{"GET": n.getStats})
	route("/v4/loadtracks", map[string]endpoint{"GET": n.loadTracks})
	route("/v4/decodetrack", map[string]endpoint{"GET": n.decodeOne})
	route("/v4/decodetracks", map[string]endpoint{"POST": n.decodeMany})
	route("/v4/sessions/{session}", map[string]endpoint{"PATCH": n.patchSession})
	route("/v4/sessions/{session}/players", map[string]endpoint{"GET": n.getPlayers})
	route("/v4/sessions/{session}/players/{guild}", map[string]endpoint{
		"GET": n.getPlayer, "PATCH": n.patchPlayer, "DELETE": n.deletePlayer,
	})
	route("/v4/routeplanner/status", map[string]endpoint{"GET": n.plannerStatus})
	route("/v4/routeplanner/free/address", map[string]endpoint{"POST": n.freeAddress})
	route("/v4/routeplanner/free/all", map[string]endpoint{"POST": n.freeAll})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		n.refuse(w, r, refuse(http.StatusNotFound, "No static resource %s.", r.URL.Path[1:]))
	})
	return mux
}

// serve is the door: a node that is down drops everybody, and nobody gets
// further without the password. As the server's filter does, 401 and 403 have
// no body.
func (n *Node) serve(w http.ResponseWriter, r *http.Request) {
	if !n.reach(r.Context()) {
		drop(w)
		return
	}
	if r.URL.Path == "/v4/websocket" {
		n.handshake(w, r)
		return
	}
	w.Header().Set("Lavalink-Api-Version", "4")
	given, ok := r.Header["Authorization"]
	switch {
	case !ok:
		w.WriteHeader(http.StatusUnauthorized)
	case !n.passwordIs(given[0]):
		w.WriteHeader(http.StatusForbidden)
	default:
		n.mux.ServeHTTP(w, r)
	}
}

// reach takes as long as the way to the node and back. It is false where nobody
// is there at its end.
func (n *Node) reach(ctx context.Context) bool {
	n.lock()
	away, closing := n.down || n.closed, n.closing
	n.unlock()
	if away || n.opts.Latency <= 0 {
		return !away
	}
	timer := n.clock.NewTimer(n.opts.Latency)
	defer timer.Stop()
	select {
	case <-timer.Chan():
		return true
	case <-closing.Done():
	case <-ctx.Done():
	}
	return false
}

func (n *Node) answer(w http.ResponseWriter, r *http.Request, e endpoint) {
	out, err := e(r)
	switch {
	case errors.Is(err, errGone):
		drop(w)
		return
	case err != nil:
		n.refuse(w, r, err)
		return
	case out.raw == nil && out.body == nil:
		w.WriteHeader(http.StatusNoContent)
		return
	case out.raw == nil:
		out.raw, out.contentType = marshal(out.body), "application/json"
	}
	w.Header().Set("Content-Type", out.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(out.raw)))
	_, _ = w.Write(out.raw) // a client that went away needs no answer
}

func (n *Node) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusBadRequest
	if re, ok := errors.AsType[*restError](err); ok {
		status = re.status
	}
	n.log.Debug("request refused", "method", r.Method, "path", r.URL.Path, "status", status, "message", err.Error())
	body := errorBody{
		Timestamp: n.clock.Now().UnixMilli(), Status: status, Error: http.StatusText(status),
		Message: err.Error(), Path: r.URL.Path,
	}
	if r.URL.Query().Get("trace") == "true" {
		body.Trace = fmt.Sprintf("org.springframework.web.server.ResponseStatusException: %d %s \"%s\"\n\tat sandbox.Node.%s(Node.java:1)\n",
			status, http.StatusText(status), err.Error(), r.Method)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(marshal(body))
}

// readBody reads a JSON body of at most limit bytes.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, refuse(http.StatusUnsupportedMediaType, "Content-Type '%s' is not supported.", r.Header.Get("Content-Type"))
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "the body could not be read")
	}
	if int64(len(body)) > limit {
		return nil, refuse(http.StatusRequestEntityTooLarge, "the body is larger than %d bytes", limit)
	}
	if !json.Valid(body) {
		return nil, refuse(http.StatusBadRequest, "the body must be one JSON value")
	}
	return body, nil
}

func isSnowflake(s string) bool {
	id, err := strconv.ParseUint(s, 10, 63)
	return err == nil && id > 0
}
