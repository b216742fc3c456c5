package fleet

import (
	"slices"
	"strings"

	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/topic"
)

// Picture is what all processes know together.
type Picture struct {
	// Processes are all that were heard of lately, those that are silent included.
	Processes []view.Process
	// Nodes are as the processes with the audio role see them together, in order
	// of their names.
	Nodes []view.Node
	// Bots are as the processes with the gateway role have them together.
	Bots []view.Bot
	// Frontless are the guilds that lack the front bot, in order of their ids. Only
	// a process that has every connection of the front bot can tell.
	Frontless []view.Frontless
	// Partitions is how many are owned by those that answered.
	Partitions int
}

// Has says whether a process that is not silent has a role.
func (p Picture) Has(role string) bool {
	return slices.ContainsFunc(p.Processes, func(x view.Process) bool { return x.State == "up" && has(x, role) })
}

// picture puts reports together. known are the other processes that were heard
// of, the first report is this process's.
func picture(reports []report, known []view.Process) Picture {
	var p Picture
	told := map[string]bool{}
	for _, r := range reports {
		if told[r.Process.Name] {
			continue
		}
		told[r.Process.Name] = true
		r.Process.State = "up"
		p.Processes = append(p.Processes, r.Process)
		p.Partitions += r.Process.Partitions
	}
	for _, x := range known {
		if !told[x.Name] {
			p.Processes = append(p.Processes, x)
		}
	}
	for i := range p.Processes {
		// A list without entries travels as none.
		x := &p.Processes[i]
		x.Roles, x.Addresses = append([]view.Role{}, x.Roles...), append([]view.Listener{}, x.Addresses...)
	}
	slices.SortFunc(p.Processes, byName(func(x view.Process) string { return x.Name }))
	p.Nodes, p.Bots = nodes(reports), bots(reports)
	for _, r := range reports {
		p.Frontless = append(p.Frontless, r.Frontless...)
	}
	slices.SortFunc(p.Frontless, byName(func(g view.Frontless) string { return g.ID }))
	p.Frontless = slices.CompactFunc(p.Frontless, func(a, b view.Frontless) bool { return a.ID == b.ID })
	return p
}

// nodes puts together how the nodes are. A node that one process reaches is up;
// who does not is named.
func nodes(reports []report) []view.Node {
	merged := map[string]*view.Node{}
	cannot := map[string][]string{}
	for _, r := range reports {
		for _, n := range r.Nodes {
			if n.State == "down" || n.State == "refused" {
				cannot[n.Name] = append(cannot[n.Name], r.Process.Name)
			}
			was := merged[n.Name]
			if was == nil {
				merged[n.Name] = &n
				continue
			}
			better := rankOf(n.State) > rankOf(was.State) || n.State == was.State && n.SeenAt.After(was.SeenAt)
			sessions, deficit := was.Sessions+n.Sessions, max(was.Deficit, n.Deficit)
			cordon := *was
			if n.Cordoned {
				cordon = n
			}
			if better {
				*was = n
			}
			was.Sessions, was.Deficit = sessions, deficit
			was.Cordoned, was.CordonReason, was.CordonedBy = cordon.Cordoned, cordon.CordonReason, cordon.CordonedBy
		}
	}
	out := make([]view.Node, 0, len(merged))
	for _, n := range merged {
		if from := cannot[n.Name]; n.State == "up" && len(from) > 0 {
			n.Reason = "not reached from " + strings.Join(from, ", ")
		}
		out = append(out, *n)
	}
	slices.SortFunc(out, byName(func(n view.Node) string { return n.Name }))
	return out
}

// rankOf orders states by how much is known from them: what one process reaches
// is there, whatever another one says.
func rankOf(state string) int {
	return slices.Index([]string{"down", "refused", "connecting", "resuming", "ready", "up"}, state)
}

// bots puts together how the bots are: a bot is ready where each of its shards is
// connected by some process. They stand in the order of the first report that
// has them: that of the configuration.
func bots(reports []report) []view.Bot {
	merged := []view.Bot{}
	at := map[string]int{}
	held := map[string]map[int]topic.Shard{}
	for _, r := range reports {
		for _, b := range r.Bots {
			i, known := at[b.ID]
			if !known {
				at[b.ID] = len(merged)
				merged = append(merged, b)
				continue
			}
			was := &merged[i]
			was.Shards = max(was.Shards, b.Shards)
			if b.State == "refused" {
				was.State, was.Detail = b.State, b.Detail
			}
		}
		for _, s := range r.Shards {
			if held[s.Bot] == nil {
				held[s.Bot] = map[int]topic.Shard{}
			}
			if was, known := held[s.Bot][s.Index]; !known || rankOf(s.State) > rankOf(was.State) {
				held[s.Bot][s.Index] = s
			}
		}
	}
	for i := range merged {
		connection(&merged[i], held[merged[i].ID])
	}
	return merged
}

// connection says how a bot is connected by the shards that somebody has.
func connection(b *view.Bot, shards map[int]topic.Shard) {
	b.Guilds, b.LatencyMS = 0, 0
	// A process counts the shards that it is to have, each shard knows of all.
	for _, s := range shards {
		b.Shards = max(b.Shards, s.Count)
	}
	state := "ready"
	if len(shards) < b.Shards || len(shards) == 0 {
		state = "connecting" // nobody has the others
	}
	for _, s := range shards {
		b.Guilds += s.Guilds
		b.LatencyMS = max(b.LatencyMS, s.LatencyMS)
		if rankOf(s.State) < rankOf(state) {
			state = s.State
		}
	}
	if b.State != "refused" || state == "ready" {
		b.State = state
	}
	if b.State == "ready" {
		b.Detail = ""
	}
}
