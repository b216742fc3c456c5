package gateway

import (
	"maps"
	"slices"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/topic"
)

// The states of a shard's connection.
const (
	stateConnecting = "connecting"
	stateResuming   = "resuming"
	stateReady      = "ready"
	stateRefused    = "refused"
)

func (b *bot) all() []*shard {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.shards)
}

// mine are the shards that this process is to have.
func (b *bot) mine() []*shard {
	return slices.DeleteFunc(b.all(), func(s *shard) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return !s.wanted && !s.leased
	})
}

// state says how a shard's connection is.
func (s *shard) state() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.conn != nil && s.conn.Connected():
		return stateReady
	case s.saved.SessionID != "":
		return stateResuming
	}
	return stateConnecting
}

// EachShard calls f with the state of each shard that this process is to have.
func (r *Role) EachShard(f func(bot string, shard int, state string)) {
	for _, b := range r.bots {
		for _, s := range b.mine() {
			f(string(b.id), s.index, s.state())
		}
	}
}

// EachElsewhere calls f with each shard that is not this process's to have.
func (r *Role) EachElsewhere(f func(bot string, shard int)) {
	for _, b := range r.bots {
		mine := b.mine()
		for _, s := range b.all() {
			if !slices.Contains(mine, s) {
				f(string(b.id), s.index)
			}
		}
	}
}

// EachBudget calls f with how many IDENTIFYs Discord said each bot had left when
// it was last asked.
func (r *Role) EachBudget(f func(bot string, left int)) {
	for _, b := range r.bots {
		b.mu.Lock()
		left, known := b.left, b.app != ""
		b.mu.Unlock()
		if known {
			f(string(b.id), left)
		}
	}
}

// application returns the id of the bot's application, empty while it is not known.
func (b *bot) application() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.app
}

// Bots returns how the bots of this process are connected. Names are for whoever
// knows the configuration to fill in.
func (r *Role) Bots() []view.Bot {
	out := make([]view.Bot, 0, len(r.bots))
	for _, b := range r.bots {
		shards := b.mine()
		v := view.Bot{ID: string(b.id), State: stateConnecting, Shards: len(shards), Invite: r.invite(b.id)}
		if len(shards) == 0 && len(b.all()) > 0 && r.rota.settled() {
			v.State = stateReady // other processes have them, and this one has nothing to do
		}
		ready := 0
		for _, s := range shards {
			if v.State = s.state(); v.State == stateReady {
				ready++
				s.mu.Lock()
				v.Guilds += s.conn.Guilds()
				v.LatencyMS = max(v.LatencyMS, s.conn.Latency().Milliseconds())
				s.mu.Unlock()
			}
		}
		if v.State == stateReady && (ready < len(shards) || !r.rota.settled()) {
			v.State = stateConnecting
		}
		b.mu.Lock()
		if b.refused != nil {
			v.State = stateRefused
			v.Detail, _ = fault.Show(b.refused)
		}
		b.mu.Unlock()
		out = append(out, v)
	}
	return out
}

// maxFrontless is how many guilds without the front bot are named.
const maxFrontless = 100

// Frontless returns the guilds that a worker is in and the front bot is not:
// nobody can give commands there. While a connection of the front bot is not
// open nobody knows, and none are named.
func (r *Role) Frontless() []view.Frontless {
	mine := r.front().mine()
	if len(mine) == 0 {
		return nil // another process has them, and tells
	}
	fronted := map[music.GuildID]string{}
	for _, s := range mine {
		if s.state() != stateReady {
			return nil
		}
		maps.Copy(fronted, s.guilds())
	}
	without := map[music.GuildID]string{}
	for _, b := range r.bots[1:] {
		for _, s := range b.mine() {
			for id, name := range s.guilds() {
				if _, ok := fronted[id]; !ok {
					without[id] = name
				}
			}
		}
	}
	out := []view.Frontless{}
	for _, id := range slices.Sorted(maps.Keys(without)) {
		if len(out) == maxFrontless {
			break
		}
		out = append(out, view.Frontless{ID: string(id), Name: without[id], Invite: r.invite(r.front().id)})
	}
	return out
}

// guilds are the names of those that the shard's connection knows.
func (s *shard) guilds() map[music.GuildID]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn == nil {
		return nil
	}
	return s.conn.GuildNames()
}

// Shards returns how the shards are whose connection is in this process.
func (r *Role) Shards() []topic.Shard {
	var out []topic.Shard
	for _, b := range r.bots {
		for _, s := range b.all() {
			state := s.state()
			s.mu.Lock()
			if s.held {
				x := topic.Shard{Bot: string(b.id), Index: s.index, Count: s.count, State: state}
				if state == stateReady {
					x.Guilds, x.LatencyMS = s.conn.Guilds(), s.conn.Latency().Milliseconds()
				}
				out = append(out, x)
			}
			s.mu.Unlock()
		}
	}
	return out
}

// Connected is true where every shard that this process is to have has its
// session open, but for workers that Discord does not take any more: nobody waits for those.
func (r *Role) Connected() bool {
	return !slices.ContainsFunc(r.Bots(), func(b view.Bot) bool { return b.State != stateReady && b.State != stateRefused })
}
