package resolve

import (
	"context"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// The kinds of a LoadResult.
const (
	KindFound    = "found"
	KindPlaylist = "playlist"
	KindSearch   = "search"
	KindEmpty    = "empty"
	KindError    = "error"
)

// LoadResult is what a node found under an identifier. Its fields are those of
// the node's adapter, so that one converts into the other.
type LoadResult struct {
	// Kind is one of the Kind constants.
	Kind   string
	Tracks []music.Track
	// Playlist is its name and Total how many tracks it has.
	Playlist string
	Total    int
	// Message says why there is nothing, Faulty that the source is in trouble.
	Message string
	Faulty  bool
}

// Loader asks a node, of its own choice, for what is under an identifier. It
// returns ErrNoNode, or another fault.Unavailable, where none can be asked, and
// must return when ctx ends.
type Loader interface {
	Load(ctx context.Context, identifier string) (LoadResult, error)
}

// ErrNoNode is what a Loader returns while no node is up.
var ErrNoNode error = fault.New(fault.Unavailable, "resolve.Load", "no node is up")

// noNode is true where asking again later is right. A node that refuses its
// password is as good as none.
func noNode(err error) bool {
	switch fault.CodeOf(err) {
	case fault.Unavailable, fault.Unauthenticated, fault.Denied:
		return true
	default:
		return false
	}
}
