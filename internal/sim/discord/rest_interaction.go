package discord

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"time"
)

// Interaction callback types.
const (
	cbMessage     = 4
	cbDefer       = 5
	cbDeferUpdate = 6
	cbUpdate      = 7
	cbChoices     = 8
	cbModal       = 9
)

const flagsInteraction = FlagSuppressEmbeds | FlagEphemeral | FlagSuppressNotifications | FlagComponentsV2

func (w *World) interactionRoutes() []route {
	hook, perTwo := "/webhooks/{app}/{token}", rate{5, 2 * time.Second}
	rt := func(pattern string, f func(q *request) (int, any, *apiError)) route {
		return route{pattern: pattern, group: hook, rate: perTwo, open: true, interaction: true, handle: f}
	}
	return []route{
		{pattern: "POST /interactions/{interaction}/{token}/callback", open: true, interaction: true, handle: w.callback},
		rt("POST "+hook, w.byToken(w.followUp)),
		rt("GET "+hook+"/messages/{message}", w.byToken(w.ofAnswer(func(_ *request, _ *interaction, m *Message) (int, any, *apiError) {
			return 200, w.messageJSON(m), nil
		}))),
		rt("PATCH "+hook+"/messages/{message}", w.byToken(w.ofAnswer(w.editAnswer))),
		rt("DELETE "+hook+"/messages/{message}", w.byToken(w.ofAnswer(func(_ *request, it *interaction, m *Message) (int, any, *apiError) {
			w.remove(m)
			if m.ID == it.OriginalID {
				w.answered(it)
			}
			return http.StatusNoContent, nil, nil
		}))),
	}
}

func errForBody(e *apiError) *apiError { // an error of data is an error below data
	if e != nil && e.errors != nil {
		e.errors = obj{"data": e.errors}
	}
	return e
}

// callback is the first answer to an interaction: within three seconds, once.
func (w *World) callback(q *request) (int, any, *apiError) {
	it := w.interaction(q.PathValue("interaction"))
	if it == nil || subtle.ConstantTimeCompare([]byte(it.Token), []byte(q.PathValue("token"))) != 1 {
		return 0, nil, errUnknown(10062, "interaction")
	}
	if it.Acked != nil {
		return 0, nil, refuse(400, 40060, "Interaction has already been acknowledged.")
	}
	if w.stateOf(it) == StateFailed {
		return 0, nil, errUnknown(10062, "interaction")
	}
	if e := q.validate(object(fields{
		"type!": oneOf(cbMessage, cbDefer, cbDeferUpdate, cbUpdate, cbChoices, cbModal), "data": func(any, *problems) {},
	})); e != nil {
		return 0, nil, e
	}
	body, _ := q.body.(map[string]any)
	typ, data := intOf(body["type"]), body["data"]
	if data == nil {
		data = map[string]any{}
	}
	fits := map[int][]int{
		interactionCommand: {cbMessage, cbDefer, cbModal}, interactionAutocomplete: {cbChoices},
		interactionComponent: {cbMessage, cbDefer, cbDeferUpdate, cbUpdate, cbModal},
		interactionModal:     {cbMessage, cbDefer},
	}
	if it.SourceID != "" { // a modal that a component opened may change its message
		fits[interactionModal] = []int{cbMessage, cbDefer, cbDeferUpdate, cbUpdate}
	}
	if !slices.Contains(fits[it.Type], typ) {
		p := &problems{}
		p.at("type").add("INTERACTION_CALLBACK_INVALID_TYPE", "This interaction cannot be answered with this type.")
		return 0, nil, errForm(p)
	}
	if e := w.answer(q, it, typ, data); e != nil {
		return 0, nil, errForBody(e)
	}
	now := w.now()
	it.Acked, it.Callback = &now, typ
	if typ != cbDefer {
		it.Answered = &now
	}
	w.signal(it)
	if !q.flag("with_response") {
		return http.StatusNoContent, nil, nil
	}
	return 200, w.callbackJSON(it), nil
}

// answer carries a callback out.
func (w *World) answer(q *request, it *interaction, typ int, data any) *apiError {
	switch typ {
	case cbMessage, cbDefer:
		m := w.answerMessage(it)
		b, e := decodeMessage(q, data, flagsInteraction, 0)
		if e != nil {
			return e
		}
		if typ == cbDefer {
			m.Flags = FlagLoading
			if b.Flags != nil {
				m.Flags |= *b.Flags & FlagEphemeral
			}
		} else if e := b.apply(w, m, false); e != nil {
			return e
		}
		w.post(m)
		it.OriginalID = m.ID
	case cbDeferUpdate:
		it.OriginalID = it.SourceID
	case cbUpdate:
		m := w.message(it.ChannelID, it.SourceID)
		if m == nil {
			return errUnknown(10008, "Message")
		}
		if _, _, e := w.edit(q, data, m, flagsInteraction); e != nil {
			return e
		}
		it.OriginalID = it.SourceID
	case cbChoices:
		choices, e := takeChoices(data, it.Focus)
		if e != nil {
			return e
		}
		it.Choices = choices
	case cbModal:
		modal, e := takeModal(data, it.ID)
		if e != nil {
			return e
		}
		it.Modal = modal
	}
	return nil
}

// answerMessage is a new message of the bot that belongs to an interaction.
func (w *World) answerMessage(it *interaction) *Message {
	return &Message{
		ChannelID: it.ChannelID, GuildID: it.GuildID, AuthorID: it.AppID, InteractionID: it.ID,
		Interaction: it.ref(),
	}
}

// callbackJSON is the answer to a callback with with_response.
func (w *World) callbackJSON(it *interaction) obj {
	in := obj{"id": it.ID, "type": it.Type}
	res := obj{"type": it.Callback}
	if m := w.message(it.ChannelID, it.OriginalID); m != nil {
		in["response_message_id"] = m.ID
		in["response_message_loading"] = m.Flags&FlagLoading != 0
		in["response_message_ephemeral"] = m.Flags&FlagEphemeral != 0
		if it.Callback != cbDeferUpdate {
			res["message"] = w.messageJSON(m)
		}
	}
	return obj{"interaction": in, "resource": res}
}

// byToken gives an endpoint its interaction: answered, and not older than 15
// minutes.
func (w *World) byToken(f func(*request, *interaction) (int, any, *apiError)) func(*request) (int, any, *apiError) {
	return func(q *request) (int, any, *apiError) {
		var it *interaction
		for _, o := range w.st.Interactions {
			if o.AppID == q.PathValue("app") && subtle.ConstantTimeCompare([]byte(o.Token), []byte(q.PathValue("token"))) == 1 {
				it = o
			}
		}
		switch {
		case it == nil || it.Acked == nil:
			return 0, nil, errUnknown(10015, "Webhook")
		case w.now().Sub(it.Created) >= tokenLife:
			return 0, nil, refuse(401, 50027, "Invalid Webhook Token")
		}
		return f(q, it)
	}
}

// ofAnswer gives an endpoint the message that it names, @original included.
func (w *World) ofAnswer(f func(*request, *interaction, *Message) (int, any, *apiError)) func(*request, *interaction) (int, any, *apiError) {
	return func(q *request, it *interaction) (int, any, *apiError) {
		id := q.PathValue("message")
		if id == "@original" {
			id = it.OriginalID
		}
		m := w.message(it.ChannelID, id)
		if m == nil || m.ID != it.OriginalID && m.InteractionID != it.ID {
			return 0, nil, errUnknown(10008, "Message")
		}
		return f(q, it, m)
	}
}

// editAnswer edits a message of an interaction. The first edit of a deferred
// answer is the answer.
func (w *World) editAnswer(q *request, it *interaction, m *Message) (int, any, *apiError) {
	if m.Flags&FlagLoading == 0 {
		return w.edit(q, q.body, m, flagsInteraction)
	}
	next := *m
	next.Flags &^= FlagLoading
	b, e := decodeMessage(q, q.body, flagsInteraction, m.Flags)
	if e != nil {
		return 0, nil, e
	}
	if e := b.apply(w, &next, false); e != nil {
		return 0, nil, e
	}
	next.Flags = next.Flags&^FlagEphemeral | m.Flags&FlagEphemeral
	*m = next
	w.tellMessage("MESSAGE_UPDATE", m)
	w.answered(it)
	return 200, w.messageJSON(m), nil
}

func (w *World) answered(it *interaction) {
	if it.Answered == nil {
		now := w.now()
		it.Answered = &now
	}
	w.signal(it)
}

// followUp sends one more message. While the answer is still deferred, the
// first follow-up takes its place, as on Discord.
func (w *World) followUp(q *request, it *interaction) (int, any, *apiError) {
	if m := w.message(it.ChannelID, it.OriginalID); m != nil && m.Flags&FlagLoading != 0 {
		return w.editAnswer(q, it, m)
	}
	b, e := decodeMessage(q, q.body, flagsInteraction, 0)
	if e != nil {
		return 0, nil, e
	}
	m := w.answerMessage(it)
	if e := b.apply(w, m, false); e != nil {
		return 0, nil, e
	}
	w.post(m)
	w.signal(it)
	return 200, w.messageJSON(m), nil
}
