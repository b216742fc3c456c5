// Package httpapi is the admin API: huma operations on the standard mux, over a
// Unix socket that knows who is calling and over TCP, where nobody is known yet.
//
// Whoever reaches the socket with the daemon's own uid, or as root, is the
// operator. Over TCP only the landing page and the liveness check are open; the
// rest answers 401, because API keys do not exist yet. The shapes are in
// httpapi/view, the map between faults and statuses in httpapi/problem, and the
// contract in schema/openapi.yaml, which a test compares with this package.
package httpapi
