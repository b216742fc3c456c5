package lavalink

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	dl "github.com/disgoorg/disgolink/v3/lavalink"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// Version returns what the node calls itself, as "4.2.2".
func (c *Client) Version(ctx context.Context) (string, error) {
	raw, err := c.do(ctx, call{op: "lavalink.Version", method: http.MethodGet, path: "/version", limit: 4 << 10})
	if err != nil {
		return "", err
	}
	return line(strings.Trim(string(raw), `"`), 64), nil
}

// Info is what a node can do.
type Info struct {
	Version string
	Sources []string
	Filters []string
	Plugins []string
}

// Info returns what the node can do. A field that the node writes in a form of
// its own is left empty.
func (c *Client) Info(ctx context.Context) (Info, error) {
	var w struct {
		Version json.RawMessage `json:"version"`
		Sources json.RawMessage `json:"sourceManagers"`
		Filters json.RawMessage `json:"filters"`
		Plugins json.RawMessage `json:"plugins"`
	}
	if err := c.get(ctx, call{op: "lavalink.Info", path: "/v4/info"}, &w); err != nil {
		return Info{}, err
	}
	info := Info{Sources: names(w.Sources), Filters: names(w.Filters), Plugins: names(w.Plugins)}
	var version struct {
		Semver text `json:"semver"`
	}
	var plain text
	switch {
	case json.Unmarshal(w.Version, &version) == nil:
		info.Version = line(string(version.Semver), 64)
	case json.Unmarshal(w.Version, &plain) == nil:
		info.Version = line(string(plain), 64)
	}
	return info, nil
}

// names reads a list of names, or of objects that have one.
func names(raw json.RawMessage) []string {
	var all []json.RawMessage
	if json.Unmarshal(raw, &all) != nil {
		return nil
	}
	var out []string
	for _, one := range all[:min(len(all), 256)] {
		var s string
		var o struct {
			Name text `json:"name"`
		}
		if json.Unmarshal(one, &s) != nil && json.Unmarshal(one, &o) == nil {
			s = string(o.Name)
		}
		if s = line(s, 128); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Stats returns how busy the node is. Frames are not part of it.
func (c *Client) Stats(ctx context.Context) (Stats, error) {
	k := call{op: "lavalink.Stats", path: "/v4/stats"}
	var raw json.RawMessage
	if err := c.get(ctx, k, &raw); err != nil {
		return Stats{}, err
	}
	s, err := readStats(raw)
	if err != nil {
		return Stats{}, fault.Wrap(err, fault.Unavailable, k.op, "node "+c.name()+" answered with stats that cannot be read")
	}
	return s, nil
}

func sessionPath(session string) string { return "/v4/sessions/" + url.PathEscape(session) }

func playerPath(session string, guild music.GuildID) string {
	return sessionPath(session) + "/players/" + url.PathEscape(string(guild))
}

// Configure makes a session resumable for a time after its socket ended, or
// not. The node counts the time in seconds.
func (c *Client) Configure(ctx context.Context, session string, resuming bool, timeout time.Duration) error {
	seconds := int(timeout / time.Second)
	body := dl.SessionUpdate{Resuming: &resuming, Timeout: &seconds}
	_, err := c.do(ctx, call{op: "lavalink.Configure", method: http.MethodPatch, path: sessionPath(session), body: body})
	return err
}

// Players returns what a session's players do. NotFound says that the session
// is not connected, or gone. Players that cannot be read are left out and
// counted in skipped.
func (c *Client) Players(ctx context.Context, session string) (players []Player, skipped int, err error) {
	var raw []json.RawMessage
	if err := c.get(ctx, call{op: "lavalink.Players", path: sessionPath(session) + "/players", limit: maxListBody}, &raw); err != nil {
		return nil, 0, err
	}
	for _, one := range raw {
		p, ok := readPlayer(one)
		if !ok {
			skipped++
			continue
		}
		players = append(players, p)
	}
	return players, skipped, nil
}

// Player returns what one player does; false where the session has none for
// the guild. NotFound says that the session is not connected, or gone.
func (c *Client) Player(ctx context.Context, session string, guild music.GuildID) (Player, bool, error) {
	k := call{op: "lavalink.Player", path: playerPath(session, guild)}
	var raw json.RawMessage
	err := c.get(ctx, k, &raw)
	switch {
	case fault.CodeOf(err) == fault.NotFound && !speaksOfSession(err):
		return Player{}, false, nil
	case err != nil:
		return Player{}, false, err
	}
	p, ok := readPlayer(raw)
	if !ok {
		return Player{}, false, fault.New(fault.Unavailable, k.op, "node "+c.name()+" answered with a player that cannot be read")
	}
	return p, true, nil
}

// Update changes a player, or makes it, and returns what it does now. The
// second result is false where the node's answer could not be read.
func (c *Client) Update(ctx context.Context, session string, guild music.GuildID, update dl.PlayerUpdate) (Player, bool, error) {
	raw, err := c.do(ctx, call{
		op: "lavalink.Update", method: http.MethodPatch, path: playerPath(session, guild),
		query: url.Values{"noReplace": {strconv.FormatBool(update.NoReplace)}}, body: update, within: updateTimeout,
	})
	if err != nil {
		return Player{}, false, err
	}
	p, ok := readPlayer(raw)
	return p, ok, nil
}

// Destroy ends a player. A player that is not there is no error.
func (c *Client) Destroy(ctx context.Context, session string, guild music.GuildID) error {
	_, err := c.do(ctx, call{op: "lavalink.Destroy", method: http.MethodDelete, path: playerPath(session, guild)})
	if fault.CodeOf(err) == fault.NotFound && !speaksOfSession(err) {
		return nil
	}
	return err
}
