package lavalink

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// patchPlayer validates the whole body first and then applies it in the
// server's order: voice, pause, userData, volume, position, endTime, filters,
// track. What was applied stays when a later step fails, as on the server.
func (n *Node) patchPlayer(r *http.Request) (reply, error) {
	id, guild, err := guildOf(r)
	if err != nil {
		return reply{}, err
	}
	noReplace := false
	if raw := r.URL.Query().Get("noReplace"); raw != "" {
		if noReplace, err = strconv.ParseBool(raw); err != nil {
			return reply{}, refuse(http.StatusBadRequest, "noReplace must be true or false")
		}
	}
	body, err := readBody(r, MaxBody)
	if err != nil {
		return reply{}, err
	}
	u, err := parseUpdate(body, n.opts.DisabledFilters)
	if err != nil {
		return reply{}, err
	}
	n.lock()
	s, err := n.session(r)
	if err != nil {
		n.unlock()
		return reply{}, err
	}
	if u.encoded != nil {
		if err := n.sourceKnown(*u.encoded); err != nil {
			n.unlock()
			return reply{}, err
		}
	}
	p := s.player(id, guild)
	n.unlock()
	if u.voice != nil {
		if err := n.connect(p, *u.voice); err != nil {
			return reply{}, err
		}
	}
	return n.apply(r.Context(), p, u, noReplace)
}

// connect makes the voice connection. The same credentials on a standing
// connection are no change; everything else ends the old one first.
func (n *Node) connect(p *player, v Voice) error {
	p.voiceMu.Lock()
	defer p.voiceMu.Unlock()
	now := n.lock()
	v.GuildID, v.UserID = p.guild, p.session.userID
	if p.online && p.voice != nil && *p.voice == v {
		n.unlock()
		return nil
	}
	if p.online {
		p.setOnline(now, false)
	}
	p.voice = nil
	n.unlock()
	if n.opts.Verify != nil {
		if err := n.opts.Verify(v); err != nil {
			n.log.Info("voice handshake refused", "guild", v.GuildID, "user", v.UserID, "reason", err)
			return refuse(http.StatusInternalServerError, "Failed to connect to voice server")
		}
	}
	now = n.lock()
	defer n.unlock()
	if p.gone {
		return refuse(http.StatusNotFound, "Player not found")
	}
	p.voice = &v
	p.setOnline(now, true)
	p.sendUpdate(now)
	return nil
}

func (n *Node) apply(ctx context.Context, p *player, u *update, noReplace bool) (reply, error) {
	now := n.lock()
	defer func() { n.unlock() }()
	if p.gone {
		return reply{}, refuse(http.StatusNotFound, "Player not found")
	}
	p.change(now, u)
	if !u.newTrack || (noReplace && p.track != nil) {
		return reply{body: p.shown(now)}, nil
	}
	paused := u.paused != nil && *u.paused
	if u.identifier == nil {
		p.session.node.changed = p.session.node.changed || p.paused != paused
		p.paused = paused // the old track ends now, in the state it was in
	}
	if u.encoded == nil && u.identifier == nil {
		p.end(now, endStopped)
		return reply{body: p.shown(now)}, nil
	}
	info := u.encoded
	if u.identifier != nil {
		p.setPaused(now, paused)
		n.unlock()
		found, err := n.resolve(ctx, *u.identifier)
		now = n.lock()
		if err != nil {
			return reply{}, err
		}
		if p.gone {
			return reply{}, refuse(http.StatusNotFound, "Player not found")
		}
		info = found
	}
	if u.position != nil {
		info.Position = *u.position
	}
	var endTime time.Duration
	if u.endTime != nil {
		endTime = millis(*u.endTime)
	}
	if err := p.play(now, n.catalog.source(*info), *info, u.userData, endTime); err != nil {
		return reply{}, err
	}
	return reply{body: p.shown(now)}, nil
}

// change applies everything but voice and track. What belongs to a track is
// left alone where the same PATCH brings a new one.
func (p *player) change(now time.Time, u *update) {
	present := !u.newTrack
	if present && u.paused != nil {
		p.setPaused(now, *u.paused)
	}
	if present && u.userData != nil && p.track != nil {
		p.track.userData = u.userData
	}
	if u.volume != nil {
		p.session.node.changed = p.session.node.changed || p.volume != int(*u.volume)
		p.volume = int(*u.volume)
	}
	if present && u.position != nil {
		p.seek(now, millis(*u.position))
	}
	if present && u.endTime != nil {
		p.setEndTime(now, millis(*u.endTime))
	}
	if u.filters != nil {
		p.setFilters(now, u.filters)
	}
}

// resolve loads the one track that an identifier in a PATCH names.
func (n *Node) resolve(ctx context.Context, identifier string) (*TrackInfo, error) {
	item, err := n.load(ctx, identifier)
	switch {
	case err != nil:
		return nil, err
	case item.failure != nil:
		return nil, refuse(http.StatusBadRequest, "%s", item.failure.Message)
	case item.track != nil:
		info := item.track.Info()
		return &info, nil
	case item.playlist != nil || len(item.search) > 0:
		return nil, refuse(http.StatusBadRequest, "Cannot play a playlist or search result")
	default:
		return nil, refuse(http.StatusBadRequest, "No matches found for identifier")
	}
}
