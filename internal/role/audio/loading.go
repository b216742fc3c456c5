package audio

import (
	"context"
	"slices"

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
	next := r.asker(first)
	if next == nil || ctx.Err() != nil {
		return resolve.LoadResult(res), err
	}
	switch {
	case fault.CodeOf(err) == fault.Unavailable:
		res, err = next.client.Load(ctx, identifier)
	case err == nil && len(res.Tracks) == 0 && !res.Faulty && hasMore(next.sources(), first.sources()):
		// It may be of a source that only the other one has.
		if more, merr := next.client.Load(ctx, identifier); merr == nil && len(more.Tracks) > 0 {
			res = more
		}
	}
	return resolve.LoadResult(res), err
}

// hasMore says whether a node has sources that another one lacks.
func hasMore(sources, than []string) bool {
	return slices.ContainsFunc(sources, func(s string) bool { return !slices.Contains(than, s) })
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
