package lavalink

import (
	"net/http"
	"strconv"
	"time"
)

// session finds a session as the server's REST does: by its id alone, and only
// while its socket stands, even where it could be resumed.
func (n *Node) session(r *http.Request) (*session, error) {
	s := n.sessions[r.PathValue("session")]
	if s == nil || s.link == nil {
		return nil, refuse(http.StatusNotFound, "Session not found")
	}
	return s, nil
}

func guildOf(r *http.Request) (uint64, string, error) {
	raw := r.PathValue("guild")
	id, err := strconv.ParseUint(raw, 10, 63)
	if err != nil || id == 0 {
		return 0, "", refuse(http.StatusBadRequest, "guildId must be a snowflake")
	}
	return id, strconv.FormatUint(id, 10), nil
}

func (n *Node) patchSession(r *http.Request) (reply, error) {
	body, err := readBody(r, MaxBody)
	if err != nil {
		return reply{}, err
	}
	resuming, timeout, err := parseSessionUpdate(body)
	if err != nil {
		return reply{}, err
	}
	n.lock()
	defer n.unlock()
	s, err := n.session(r)
	if err != nil {
		return reply{}, err
	}
	if resuming != nil {
		s.resuming = *resuming
	}
	if timeout != nil {
		s.timeout = time.Duration(*timeout) * time.Second
	}
	return reply{body: struct {
		Resuming bool  `json:"resuming"`
		Timeout  int64 `json:"timeout"`
	}{s.resuming, int64(s.timeout.Seconds())}}, nil
}

func (n *Node) getPlayers(r *http.Request) (reply, error) {
	now := n.lock()
	defer n.unlock()
	s, err := n.session(r)
	if err != nil {
		return reply{}, err
	}
	out := make([]playerJSON, 0, len(s.players))
	for _, p := range s.sortedPlayers() {
		out = append(out, p.shown(now))
	}
	return reply{body: out}, nil
}

func (n *Node) getPlayer(r *http.Request) (reply, error) {
	id, _, err := guildOf(r)
	if err != nil {
		return reply{}, err
	}
	now := n.lock()
	defer n.unlock()
	s, err := n.session(r)
	if err != nil {
		return reply{}, err
	}
	p := s.players[id]
	if p == nil {
		return reply{}, refuse(http.StatusNotFound, "Player not found")
	}
	return reply{body: p.shown(now)}, nil
}

// deletePlayer answers 204 for a player that was never there, too.
func (n *Node) deletePlayer(r *http.Request) (reply, error) {
	id, _, err := guildOf(r)
	if err != nil {
		return reply{}, err
	}
	now := n.lock()
	defer n.unlock()
	s, err := n.session(r)
	if err != nil {
		return reply{}, err
	}
	if p := s.players[id]; p != nil {
		s.destroyPlayer(now, p)
	}
	return reply{}, nil
}

func (p *player) shown(now time.Time) playerJSON {
	out := playerJSON{GuildID: p.guild, Volume: p.volume, Paused: p.paused, State: p.state(now), Filters: p.filters.shown}
	if p.track != nil {
		out.Track = p.track.shown(now)
	}
	if v := p.voice; v != nil {
		channel := v.ChannelID
		out.Voice = voiceJSON{Token: v.Token, Endpoint: v.Endpoint, SessionID: v.SessionID, ChannelID: &channel}
	}
	return out
}
