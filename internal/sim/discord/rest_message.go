package discord

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// nonceWindow is how long enforce_nonce finds an earlier message.
const nonceWindow = 5 * time.Minute

// oldMessage is the age from which on edits of a message are counted.
const oldMessage = time.Hour

func (w *World) messageRoutes() []route {
	base := "/channels/{channel}/messages"
	return []route{
		{pattern: "POST /users/@me/channels", rate: perFive, handle: w.openDM},
		{pattern: "GET " + base, rate: perTen, handle: w.inChannel(w.listMessages)},
		{pattern: "POST " + base, rate: perFive, handle: w.inChannel(w.createMessage)},
		{pattern: "GET " + base + "/{message}", rate: perTen, handle: w.ofMessage(func(_ *request, m *Message) (int, any, *apiError) {
			return 200, w.messageJSON(m), nil
		})},
		{pattern: "PATCH " + base + "/{message}", rate: perFive, handle: w.ofMessage(w.patchMessage)},
		{pattern: "DELETE " + base + "/{message}", rate: rate{5, time.Second}, handle: w.ofMessage(w.deleteMessage)},
		{pattern: "POST /channels/{channel}/typing", rate: perFive, handle: w.inChannel(func(*request, *Guild, *Channel) (int, any, *apiError) {
			return http.StatusNoContent, nil, nil
		})},
	}
}

// ofMessage gives an endpoint its message. Ephemeral ones are not there.
func (w *World) ofMessage(f func(*request, *Message) (int, any, *apiError)) func(*request) (int, any, *apiError) {
	return w.inChannel(func(q *request, _ *Guild, c *Channel) (int, any, *apiError) {
		m := w.message(c.ID, q.PathValue("message"))
		if m == nil || m.Flags&FlagEphemeral != 0 {
			return 0, nil, errUnknown(10008, "Message")
		}
		return f(q, m)
	})
}

func (w *World) listMessages(q *request, g *Guild, c *Channel) (int, any, *apiError) {
	if g.permissions(q.bot.ID, c)&PermReadHistory == 0 {
		return 200, []obj{}, nil
	}
	v, limit := q.URL.Query(), 50
	if s := v.Get("limit"); s != "" {
		n, err := strconv.Atoi(s)
		if limit = n; err != nil || n < 1 || n > 100 {
			p := &problems{}
			p.at("limit").add("NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
			return 0, nil, errForm(p)
		}
	}
	out := []obj{}
	add := func(m *Message) bool {
		if m.Flags&FlagEphemeral == 0 && (v.Get("before") == "" || compareID(m.ID, v.Get("before")) < 0) &&
			(v.Get("after") == "" || compareID(m.ID, v.Get("after")) > 0) {
			out = append(out, w.messageJSON(m))
		}
		return len(out) < limit
	}
	if v.Get("after") != "" { // the ones that follow it, still newest first
		for _, m := range w.st.Messages[c.ID] {
			if !add(m) {
				break
			}
		}
		slices.Reverse(out)
		return 200, out, nil
	}
	for _, m := range slices.Backward(w.st.Messages[c.ID]) {
		if !add(m) {
			break
		}
	}
	return 200, out, nil
}

func (w *World) createMessage(q *request, g *Guild, c *Channel) (int, any, *apiError) {
	p := g.permissions(q.bot.ID, c)
	need := PermSendMessages
	if c.Type == ChannelThread {
		need = PermSendInThreads
	}
	if p&need == 0 {
		return 0, nil, errPermission()
	}
	if e := w.mayDM(c.ID); e != nil {
		return 0, nil, e
	}
	if len(q.files) > 0 && p&PermAttachFiles == 0 {
		return 0, nil, errPermission()
	}
	b, e := decodeMessage(q, q.body, FlagSuppressEmbeds|FlagSuppressNotifications|FlagComponentsV2, 0)
	if e != nil {
		return 0, nil, e
	}
	if b.Enforce && b.Nonce != nil {
		for _, m := range slices.Backward(w.st.Messages[c.ID]) {
			if m.AuthorID == q.bot.ID && m.Nonce == b.Nonce && w.now().Sub(m.Created) < nonceWindow {
				return 200, w.messageJSON(m), nil
			}
		}
	}
	m := &Message{ChannelID: c.ID, GuildID: g.ID, AuthorID: q.bot.ID, Nonce: b.Nonce, TTS: b.TTS}
	if e := b.apply(w, m, p&PermMentionEveryone != 0); e != nil {
		return 0, nil, e
	}
	if r := b.Reference; r != nil && r.MessageID != "" {
		if w.message(c.ID, r.MessageID) != nil {
			m.ReplyTo = r.MessageID
		} else if r.Fail == nil || *r.Fail {
			p := &problems{}
			p.at("message_reference").add("REPLIES_UNKNOWN_MESSAGE", "Unknown message")
			return 0, nil, errForm(p)
		}
	}
	w.post(m)
	return 200, w.messageJSON(m), nil
}

func (w *World) patchMessage(q *request, m *Message) (int, any, *apiError) {
	if m.AuthorID != q.bot.ID {
		return 0, nil, refuse(403, 50005, "Cannot edit a message authored by another user")
	}
	if e := w.editedTooOften(q, m); e != nil {
		return 0, nil, e
	}
	return w.edit(q, q.body, m, FlagSuppressEmbeds|FlagComponentsV2)
}

// editedTooOften limits the edits of messages that are older than an hour. How
// many there may be Discord does not say; the answer is a 429 whose headers
// are of the route's own limit and only whose body tells the real wait.
func (w *World) editedTooOften(q *request, m *Message) *apiError {
	if w.now().Sub(m.Created) < oldMessage || w.opts.OldEdits < 0 {
		return nil
	}
	b, ok := w.limits.take("old edits "+q.bot.ID+" "+m.ChannelID, rate{w.opts.OldEdits, time.Hour}, w.now())
	if ok {
		return nil
	}
	q.header.Set("Retry-After", "1")
	q.header.Set("X-RateLimit-Scope", "shared")
	return &apiError{status: http.StatusTooManyRequests, code: 30046, message: "too many edits of old messages", body: obj{
		"message": "Maximum number of edits to messages older than 1 hour reached. Try again later.",
		"code":    30046, "global": false, "retry_after": b.reset.Sub(w.now()).Seconds(),
	}}
}

// edit changes a message of the caller and tells so.
func (w *World) edit(q *request, body any, m *Message, flags int) (int, any, *apiError) {
	b, e := decodeMessage(q, body, flags, m.Flags)
	if e != nil {
		return 0, nil, e
	}
	next, now := *m, w.now()
	g, c := w.st.channel(m.ChannelID)
	if e := b.apply(w, &next, c != nil && g.permissions(m.AuthorID, c)&PermMentionEveryone != 0); e != nil {
		return 0, nil, e
	}
	// Who sees a message is decided once.
	next.Flags = next.Flags&^FlagEphemeral | m.Flags&FlagEphemeral
	next.Edited = &now
	*m = next
	w.tellMessage("MESSAGE_UPDATE", m)
	return 200, w.messageJSON(m), nil
}

func (w *World) deleteMessage(q *request, m *Message) (int, any, *apiError) {
	g, c := w.st.channel(m.ChannelID)
	if m.AuthorID != q.bot.ID && g.permissions(q.bot.ID, c)&PermManageMessages == 0 {
		return 0, nil, errPermission()
	}
	w.remove(m)
	return http.StatusNoContent, nil, nil
}
