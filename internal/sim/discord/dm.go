package discord

import (
	"fmt"
	"net/http"
	"slices"

	"github.com/atrilhq/platform/internal/fault"
)

// ChannelDM is a channel between one person and one bot.
const ChannelDM = 1

// IntentDirectMessages is the gateway intent for messages in direct channels.
const IntentDirectMessages = 1 << 12

// dmPermissions are those that both sides of a direct channel have
// (https://discord.com/developers/docs/topics/permissions).
const dmPermissions = PermViewChannel | PermSendMessages | PermEmbedLinks | PermAttachFiles | PermReadHistory | PermUseCommands

// DM is a direct channel. It is told to shard 0 of its bot only.
type DM struct {
	ID     string `json:"id"`
	UserID string `json:"user_id"`
	BotID  string `json:"bot_id"`
}

// place shows a direct channel as the channel of a guild without an id, whose
// members are the two: what holds for channels holds for it too.
func (d *DM) place() (*Guild, *Channel) {
	return &Guild{
		Roles:   []*Role{{Permissions: dmPermissions}},
		Members: []*Member{{UserID: d.UserID}, {UserID: d.BotID}},
	}, &Channel{ID: d.ID, Type: ChannelDM}
}

func (s *state) dm(id string) *DM {
	for _, d := range s.DMs {
		if d.ID == id {
			return d
		}
	}
	return nil
}

// between finds the direct channel of two, or opens it.
func (w *World) between(user, bot string) *DM {
	for _, d := range w.st.DMs {
		if d.UserID == user && d.BotID == bot {
			return d
		}
	}
	d := &DM{ID: w.newID(), UserID: user, BotID: bot}
	w.st.DMs = append(w.st.DMs, d)
	w.touch()
	return d
}

func (w *World) dmJSON(c *Channel) obj {
	o := obj{"id": c.ID, "type": ChannelDM, "last_message_id": nil, "flags": 0, "recipients": []obj{}}
	if d := w.st.dm(c.ID); d != nil {
		if u := w.st.user(d.UserID); u != nil {
			o["recipients"] = []obj{userJSON(u)}
		}
	}
	if msgs := w.st.Messages[c.ID]; len(msgs) > 0 {
		o["last_message_id"] = msgs[len(msgs)-1].ID
	}
	return o
}

// tellDirect tells a bot what happens in one of its direct channels.
func (w *World) tellDirect(d *DM, name string, data obj) {
	w.dispatch(event{name: name, bot: d.BotID, intent: IntentDirectMessages, view: func(s *session) any {
		if s.Shard[0] != 0 {
			return nil
		}
		return data
	}})
}

// openDM answers the direct channel with a person: a new one, or the one that
// there is.
func (w *World) openDM(q *request) (int, any, *apiError) {
	if e := q.validate(object(fields{"recipient_id!": snowflakeID})); e != nil {
		return 0, nil, e
	}
	body, _ := q.body.(map[string]any)
	u := w.st.user(fmt.Sprint(body["recipient_id"]))
	switch {
	case u == nil:
		return 0, nil, refuse(http.StatusBadRequest, 50033, "Invalid Recipient(s)")
	case u.Bot:
		return 0, nil, refuse(http.StatusForbidden, 50007, "Cannot send messages to this user")
	}
	_, c := w.between(u.ID, q.bot.ID).place()
	return http.StatusOK, w.dmJSON(c), nil
}

// mayDM says why a bot may not write into a direct channel: the person takes no
// direct messages, or there is no guild that both are in.
func (w *World) mayDM(channel string) *apiError {
	d := w.st.dm(channel)
	if d == nil {
		return nil
	}
	u, shared := w.st.user(d.UserID), false
	for _, g := range w.st.Guilds {
		shared = shared || g.member(d.UserID) != nil && g.member(d.BotID) != nil
	}
	switch {
	case u == nil || u.NoDMs:
		return refuse(http.StatusForbidden, 50007, "Cannot send messages to this user")
	case !shared:
		return refuse(http.StatusForbidden, 50278, "Cannot send messages to this user due to having no mutual guilds")
	}
	return nil
}

// RefuseDMs says whether a person takes direct messages: writing to one who
// refuses them fails with 50007. It returns NotFound, or Invalid for a bot.
func (w *World) RefuseDMs(user string, refuse bool) error {
	const op = "discord.RefuseDMs"
	w.mu.Lock()
	defer w.unlock()
	u, err := w.findUser(op, user)
	if err != nil {
		return err
	}
	if u.Bot {
		return fault.New(fault.Invalid, op, "only a person takes or refuses direct messages")
	}
	u.NoDMs = refuse
	w.touch()
	return nil
}

// findPlace finds where a person does something: a guild that they are a member
// of, or without one the direct channel with a bot (the id of the channel, or
// the id or name of the bot; it is opened if there is none).
func (w *World) findPlace(op, guild, user, channel string) (*Guild, *User, *Channel, error) {
	if guild != "" {
		g, u, err := w.findMember(op, guild, user)
		return g, u, nil, err
	}
	u, err := w.findUser(op, user)
	if err != nil {
		return nil, nil, nil, err
	}
	if d := w.st.dm(channel); d != nil && d.UserID == u.ID {
		g, c := d.place()
		return g, u, c, nil
	}
	b, err := w.findBot(op, channel)
	if err != nil {
		return nil, nil, nil, fault.Wrap(err, fault.NotFound, op, "name a guild, or a bot of which the direct channel is meant")
	}
	g, c := w.between(u.ID, b.ID).place()
	return g, u, c, nil
}

// resetDirect forgets every direct channel. Who takes direct messages stays.
func (w *World) resetDirect() {
	for _, d := range w.st.DMs {
		for _, m := range slices.Clone(w.st.Messages[d.ID]) {
			w.remove(m)
		}
		delete(w.st.Messages, d.ID)
	}
	w.st.DMs, w.files = nil, uploads{}
}
