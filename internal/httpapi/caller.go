package httpapi

import (
	"context"
	"net"
	"net/http"
	"os/user"
	"strconv"

	"github.com/atrilhq/platform/internal/fault"
)

// callerKind says what is known of who sent a request.
type callerKind int

const (
	// anonymous came over TCP.
	anonymous callerKind = iota
	// owner came through the socket with our uid, or as root.
	owner
	// stranger came through the socket as somebody else.
	stranger
)

type caller struct {
	kind callerKind
	uid  int
}

type callerKey struct{}

// withCaller is for http.Server.ConnContext: it notes who a connection belongs to.
func withCaller(ctx context.Context, c net.Conn) context.Context {
	p, ok := c.(*peerConn)
	if !ok {
		return context.WithValue(ctx, callerKey{}, caller{kind: anonymous, uid: -1})
	}
	return context.WithValue(ctx, callerKey{}, p.caller)
}

// callerOf returns who sent a request; anonymous where nothing was noted.
func callerOf(ctx context.Context) caller {
	if c, ok := ctx.Value(callerKey{}).(caller); ok {
		return c
	}
	return caller{kind: anonymous, uid: -1}
}

// admit lets only the operator through.
func (s *Server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const op = "httpapi.admit"
		switch c := callerOf(r.Context()); c.kind {
		case owner:
			next.ServeHTTP(w, r)
		case stranger:
			s.refuse(w, r, fault.New(fault.Denied, op, "user "+userName(c.uid)+" may not use the admin socket").
				WithHint("run the command as the user that runs the daemon, or as root"))
		default:
			w.Header().Set("WWW-Authenticate", `Bearer realm="platform"`)
			s.refuse(w, r, fault.New(fault.Unauthenticated, op, "the admin API is not open over TCP").
				WithHint("use platformctl on the same machine: it talks through the admin socket"))
		}
	})
}

func userName(uid int) string {
	id := strconv.Itoa(uid)
	if u, err := user.LookupId(id); err == nil {
		return u.Username
	}
	return id
}
