package gateway

import "github.com/atrilhq/platform/internal/discord"

// opened counts sessions with Discord by how they were opened.
type opened struct{ resumed, identified int64 }

func (o opened) plus(c discord.Counters) opened {
	return opened{resumed: o.resumed + c.Resumes, identified: o.identified + c.Identifies}
}

func (s *shard) opened() opened {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held {
		return s.past
	}
	return s.past.plus(s.conn.Counters())
}

// EachOpened calls f with how often a session of each bot was resumed and how
// often one was asked for anew, since this process began.
func (r *Role) EachOpened(f func(bot string, resumed, identified int64)) {
	for _, b := range r.bots {
		var sum opened
		for _, s := range b.all() {
			o := s.opened()
			sum.resumed += o.resumed
			sum.identified += o.identified
		}
		f(string(b.id), sum.resumed, sum.identified)
	}
}
