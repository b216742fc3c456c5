package control

import (
	"net/http"
	"slices"
	"strings"
	"sync"
)

// follower is a node that tells when what sounds has changed. The function may
// be called with the node's locks held: nothing is asked of the node in it.
type follower interface{ OnChange(f func()) }

// hub gathers what the World does not tell itself: nodes whose players changed
// and faults that were set. Many changes at once are one.
type hub struct {
	mu    sync.Mutex
	lists []*changes
}

// changes are what one reader of the stream has not seen yet.
type changes struct {
	nodes  []string
	faults bool
	wake   chan struct{}
}

func (h *hub) join() *changes {
	c := &changes{wake: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lists = append(h.lists, c)
	return c
}

func (h *hub) leave(c *changes) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lists = slices.DeleteFunc(h.lists, func(o *changes) bool { return o == c })
}

// each notes something for every reader and wakes it.
func (h *hub) each(note func(*changes)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range h.lists {
		note(c)
		select {
		case c.wake <- struct{}{}:
		default:
		}
	}
}

// node notes that what sounds on a node has changed.
func (h *hub) node(name string) {
	h.each(func(c *changes) {
		if !slices.Contains(c.nodes, name) {
			c.nodes = append(c.nodes, name)
		}
	})
}

// take empties what a reader has not seen.
func (h *hub) take(c *changes) (nodes []string, faults bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	nodes, faults = c.nodes, c.faults
	c.nodes, c.faults = nil, false
	return nodes, faults
}

// changed notes what a request that succeeded has changed: a reset mends too.
func (h *hub) changed(r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, Prefix)
	if r.Method != http.MethodGet && (strings.HasPrefix(path, "/faults") || path == "/reset") {
		h.broken()
	}
}

// broken notes that a fault was set, mended or used up.
func (h *hub) broken() { h.each(func(c *changes) { c.faults = true }) }
