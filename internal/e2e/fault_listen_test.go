package e2e_test

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
)

// stretch is uninterrupted sound of one play, by the clock of the nodes: it
// begins at from in the track and moves on by speed.
type stretch struct {
	node, play, track string
	start, end        time.Time
	from, to          int64
}

type nodeLine struct {
	Guild   string  `json:"guild"`
	User    string  `json:"user"`
	Records []sound `json:"records"`
}

func nodesOf(ctx context.Context, r *e2e.Rig) (names []string) {
	w, err := r.Control().World(ctx)
	if err != nil {
		return nil
	}
	for _, n := range w.Nodes {
		names = append(names, n.Name)
	}
	return names
}

// sounding is how many players sound now, on all nodes.
func sounding(ctx context.Context, r *e2e.Rig) (n int) {
	for _, name := range nodesOf(ctx, r) {
		raw, err := r.Control().Players(ctx, name)
		var all []struct {
			Sounding bool `json:"sounding"`
		}
		if err != nil || json.Unmarshal(raw, &all) != nil {
			return -1
		}
		for _, p := range all {
			if p.Sounding {
				n++
			}
		}
	}
	return n
}

// heardSince is what sounded since a moment until now, in order of time. What a
// node plays while nobody can reach it is not heard.
func (s *scene) heardSince(ctx context.Context, since time.Time) (out []stretch) {
	for _, name := range nodesOf(ctx, s.r) {
		raw, err := s.r.Control().Timeline(ctx, name)
		now := time.Now()
		var lines []nodeLine
		if err != nil || json.Unmarshal(raw, &lines) != nil {
			s.t.Fatalf("the timeline of %s: %v", name, err)
		}
		for _, line := range lines {
			for i, rec := range line.Records {
				if rec.Kind != "sound" && (rec.Kind != "seek" || i == 0 || line.Records[i-1].Kind == "silence") {
					continue
				}
				end := now
				if i+1 < len(line.Records) {
					end = line.Records[i+1].At
				}
				st := stretch{node: name, play: rec.Play.Play, track: rec.Identifier, start: rec.At, end: end, from: rec.Position}
				st.to = st.from + int64(float64(end.Sub(st.start).Milliseconds())*rec.Speed)
				out = append(out, s.audible(st)...)
			}
		}
	}
	out = slices.DeleteFunc(out, func(st stretch) bool { return st.end.Before(since) || !st.end.After(st.start) })
	slices.SortFunc(out, func(a, b stretch) int { return a.start.Compare(b.start) })
	return out
}

// audible cuts out the time in which the node of a stretch was down.
func (s *scene) audible(st stretch) []stretch {
	if st.node != s.down || s.broke.IsZero() || !st.end.After(s.broke) {
		return []stretch{st}
	}
	before, after := st, st
	before.end = s.broke
	before.to = st.to - st.end.Sub(s.broke).Milliseconds()
	if s.mended.IsZero() || !st.end.After(s.mended) {
		return []stretch{before}
	}
	after.start = s.mended
	after.from = st.to - st.end.Sub(s.mended).Milliseconds()
	if before.start.After(s.broke) {
		return []stretch{after}
	}
	return []stretch{before, after}
}

// hole is a time in which a play was not heard, and how the position moved in it.
type hole struct {
	long time.Duration
	jump time.Duration
}

// holes are the silences within a play and whether it sounds until the end of
// what is looked at.
func holes(all []stretch, play string, least time.Duration) (out []hole, until time.Time) {
	var last *stretch
	for _, st := range all {
		if st.play != play {
			continue
		}
		if last != nil && st.start.Sub(last.end) > least {
			out = append(out, hole{st.start.Sub(last.end), time.Duration(st.from-last.to) * time.Millisecond})
		} else if last != nil {
			if jump := time.Duration(st.from-last.to)*time.Millisecond - st.start.Sub(last.end); jump.Abs() > least && st.node == last.node {
				out = append(out, hole{0, jump})
			}
		}
		if last == nil || st.end.After(last.end) {
			last = &st
		}
	}
	if last != nil {
		until = last.end
	}
	return out, until
}

// now is the play that is heard at this moment, of all that was heard.
func nowHeard(all []stretch) (stretch, bool) {
	if len(all) == 0 {
		return stretch{}, false
	}
	last := slices.MaxFunc(all, func(a, b stretch) int { return cmp.Compare(a.end.UnixNano(), b.end.UnixNano()) })
	return last, time.Since(last.end) < time.Second
}
