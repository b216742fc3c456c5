package audio

import (
	"context"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/resolve"
)

// loader loads from the nodes of a role.
type loader struct{ *Role }

var _ resolve.Loader = loader{}

// Load implements resolve.Loader: it asks the node that has least to do, and
// another one where that does not answer.
func (r loader) Load(ctx context.Context, identifier string) (resolve.LoadResult, error) {
	select {
	case <-r.known:
	case <-ctx.Done():
		return resolve.LoadResult{}, resolve.ErrNoNode
	}
	first := r.asker(nil)
	if first == nil {
		return resolve.LoadResult{}, resolve.ErrNoNode
	}
	res, err := first.client.Load(ctx, identifier)
	if fault.CodeOf(err) == fault.Unavailable && ctx.Err() == nil {
		if next := r.asker(first); next != nil {
			res, err = next.client.Load(ctx, identifier)
		}
	}
	return resolve.LoadResult(res), err
}

// asker returns the node to ask for tracks, another one than the given: the one
// that has least to do. One that takes no players is asked only where it is the
// only one, for those that it still has.
func (r *Role) asker(other *node) *node {
	all, without := r.candidates(), need{}
	if other != nil {
		without.without = other.name()
	}
	i := choose(all, without, "")
	if i < 0 {
		for k := range all {
			all[k].cordoned = false
		}
		i = choose(all, without, "")
	}
	if i < 0 {
		return nil
	}
	return r.nodes[i]
}
