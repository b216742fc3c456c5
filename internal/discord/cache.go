package discord

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"github.com/disgoorg/disgo/gateway"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// guild is what a connection knows of a guild. It is also the snapshot's form.
type guild struct {
	V        int                 `json:"v"`
	ID       string              `json:"id"`
	Name     string              `json:"name,omitempty"`
	Owner    string              `json:"owner,omitempty"`
	Locale   string              `json:"locale,omitempty"`
	Me       string              `json:"me,omitempty"`
	Self     member              `json:"self"`
	Roles    map[string]perms    `json:"roles,omitempty"`
	Channels map[string]*channel `json:"channels,omitempty"`
	Voice    map[string]voice    `json:"voice,omitempty"`
}

type channel struct {
	Type       int         `json:"type"`
	Name       string      `json:"name,omitempty"`
	Parent     string      `json:"parent,omitempty"`
	UserLimit  int         `json:"user_limit,omitempty"`
	Overwrites []overwrite `json:"overwrites,omitempty"`
}

type voice struct {
	Channel    string `json:"channel"`
	Session    string `json:"session,omitempty"`
	Bot        bool   `json:"bot,omitempty"`
	Suppressed bool   `json:"suppressed,omitempty"`
}

// fact is one thing that an event says about a guild, in the core's words.
type fact struct {
	guild string
	body  music.Body
}

// cache is all guilds of one connection. Its owner guards it.
type cache struct {
	bot    music.BotID
	me     string
	guilds map[string]*guild
	// dirty has the guilds that changed since they were stored, each with the
	// number of its last change.
	dirty   map[string]uint64
	changes uint64
	// ours is the guild in which the last event may have changed where this bot
	// is in voice, or its rights.
	ours string
}

func newCache(bot music.BotID, me string) *cache {
	return &cache{bot: bot, me: me, guilds: map[string]*guild{}, dirty: map[string]uint64{}}
}

func (k *cache) touch(id string) {
	k.changes++
	k.dirty[id] = k.changes
}

// apply takes an event in and returns what it says. What it returns depends on
// the event, not on what the cache held, so that a replay says the same.
func (k *cache) apply(t gateway.EventType, raw []byte) ([]fact, error) {
	k.ours = ""
	switch t {
	case gateway.EventTypeReady:
		return read(raw, k.ready)
	case gateway.EventTypeGuildCreate:
		return read(raw, k.guildCreate)
	case gateway.EventTypeGuildUpdate:
		return read(raw, k.guildUpdate)
	case gateway.EventTypeGuildDelete:
		return read(raw, k.guildDelete)
	case gateway.EventTypeChannelCreate, gateway.EventTypeChannelUpdate:
		return read(raw, k.channelSet)
	case gateway.EventTypeChannelDelete:
		return read(raw, k.channelDelete)
	case gateway.EventTypeGuildRoleCreate, gateway.EventTypeGuildRoleUpdate:
		return read(raw, k.roleSet)
	case gateway.EventTypeGuildRoleDelete:
		return read(raw, k.roleDelete)
	case gateway.EventTypeGuildMemberUpdate:
		return read(raw, k.memberUpdate)
	case gateway.EventTypeVoiceStateUpdate:
		return read(raw, k.voiceState)
	case gateway.EventTypeVoiceServerUpdate:
		return read(raw, k.voiceServer)
	default:
		return nil, nil
	}
}

func read[T any](raw []byte, then func(T) []fact) ([]fact, error) {
	var v T
	if err := json.Unmarshal(raw, &v); err != nil {
		// The cause quotes the payload, which may hold secrets.
		return nil, fault.New(fault.Invalid, "discord.decode", "an event of the gateway cannot be read")
	}
	return then(v), nil
}

func (k *cache) ready(r wireReady) []fact {
	k.me = cmp.Or(r.User.ID, k.me)
	here := make(map[string]bool, len(r.Guilds))
	for _, g := range r.Guilds {
		here[g.ID] = true
	}
	var out []fact
	for _, id := range slices.Sorted(maps.Keys(k.guilds)) {
		if !here[id] {
			out = append(out, k.drop(id)...)
		}
	}
	return out
}

func (k *cache) drop(id string) []fact {
	if id == "" {
		return nil
	}
	if k.guilds[id] != nil {
		delete(k.guilds, id)
		k.touch(id)
	}
	return []fact{{id, music.BotRemoved{Bot: k.bot}}}
}

func (k *cache) guildCreate(w wireGuild) []fact {
	if w.ID == "" || w.Unavailable {
		return nil
	}
	g := &guild{
		V: snapshotVersion, ID: w.ID, Me: k.me, Channels: map[string]*channel{}, Voice: map[string]voice{},
	}
	g.describe(w)
	for _, c := range w.Channels {
		g.Channels[c.ID] = c.channel()
	}
	bots := make(map[string]bool, len(w.Members))
	for _, m := range w.Members {
		if m.User == nil {
			continue
		}
		bots[m.User.ID] = m.User.Bot
		if m.User.ID == k.me {
			g.Self = m.rights()
		}
	}
	for _, v := range w.Voice {
		if v.Member == nil {
			v.Member = &wireMember{User: &wireUser{ID: v.UserID, Bot: bots[v.UserID]}}
		}
		g.setVoice(v)
	}
	k.guilds[w.ID] = g
	k.touch(w.ID)
	k.ours = w.ID
	return []fact{
		{w.ID, music.BotPresent{Bot: k.bot, Name: g.Name}},
		{w.ID, k.snapshot(g)},
	}
}

// snapshot is everybody in voice, in the order of their ids.
func (k *cache) snapshot(g *guild) music.VoiceSnapshot {
	s := music.VoiceSnapshot{Bot: k.bot, States: make([]music.VoiceState, 0, len(g.Voice))}
	for _, user := range slices.Sorted(maps.Keys(g.Voice)) {
		s.States = append(s.States, g.Voice[user].state(user))
	}
	return s
}

func (v voice) state(user string) music.VoiceState {
	return music.VoiceState{
		User: music.UserID(user), Channel: music.ChannelID(v.Channel),
		Session: v.Session, Bot: v.Bot, Suppressed: v.Suppressed,
	}
}

func (g *guild) describe(w wireGuild) {
	g.Name, g.Owner, g.Locale = w.Name, w.OwnerID, w.Locale
	g.Roles = make(map[string]perms, len(w.Roles))
	for _, r := range w.Roles {
		g.Roles[r.ID] = r.Permissions
	}
}

func (w wireChannel) channel() *channel {
	return &channel{
		Type: w.Type, Name: w.Name, Parent: text(w.ParentID), UserLimit: w.UserLimit, Overwrites: w.Overwrites,
	}
}

// setVoice takes a voice state in and returns it. Of voice sessions only that
// of our own account is kept: nobody else's is of use.
func (g *guild) setVoice(w wireVoice) voice {
	v := voice{Channel: text(w.ChannelID), Suppressed: w.Suppress}
	if w.Member != nil && w.Member.User != nil {
		v.Bot = w.Member.User.Bot
	}
	if w.UserID == g.Me {
		v.Session, v.Bot = w.SessionID, true
	}
	if v.Channel == "" {
		delete(g.Voice, w.UserID)
	} else {
		g.Voice[w.UserID] = v
	}
	return v
}
