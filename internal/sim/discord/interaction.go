package discord

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/jonboulle/clockwork"
)

// Interaction types
// (https://discord.com/developers/docs/interactions/receiving-and-responding).
const (
	interactionCommand      = 2
	interactionComponent    = 3
	interactionAutocomplete = 4
	interactionModal        = 5
)

const (
	answerTime = 3 * time.Second  // to the first answer
	tokenLife  = 15 * time.Minute // of an interaction's token
	maxLog     = 1000             // interactions that are remembered
)

// States of an interaction as its user sees it.
const (
	// StateWaiting has had no answer, and may still get one.
	StateWaiting = "waiting"
	// StateDeferred shows that the bot is thinking.
	StateDeferred = "deferred"
	// StateAnswered has its answer.
	StateAnswered = "answered"
	// StateFailed got no answer within three seconds.
	StateFailed = "failed"
)

// interaction is one use of a command, of a component or of a modal.
type interaction struct {
	ID         string          `json:"id"`
	Token      string          `json:"token"`
	Type       int             `json:"type"`
	AppID      string          `json:"app_id"`
	GuildID    string          `json:"guild_id"`
	ChannelID  string          `json:"channel_id"`
	UserID     string          `json:"user_id"`
	Name       string          `json:"name"`
	SourceID   string          `json:"source_id,omitempty"` // the message of a component
	From       *interactionRef `json:"from,omitempty"`      // what opened a modal that is submitted
	Focus      int             `json:"focus,omitempty"`     // type of the option that is being typed
	Created    time.Time       `json:"created"`
	Acked      *time.Time      `json:"acked,omitempty"`
	Answered   *time.Time      `json:"answered,omitempty"`
	Callback   int             `json:"callback,omitempty"`
	OriginalID string          `json:"original_id,omitempty"`
	Deliveries int             `json:"deliveries"`
	Choices    []Choice        `json:"choices,omitempty"`
	Modal      json.RawMessage `json:"modal,omitempty"`
	Submitted  bool            `json:"submitted,omitempty"` // the modal was sent back
	Payload    json.RawMessage `json:"payload"`
}

// Result is what the user of an interaction has seen in the end.
type Result struct {
	InteractionID string `json:"interaction_id"`
	State         string `json:"state"`
	// AckedMS and AnsweredMS count from the interaction to the first sign of
	// the bot, and to its answer; -1 if there was none.
	AckedMS    int64 `json:"acked_ms"`
	AnsweredMS int64 `json:"answered_ms"`
	Deferred   bool  `json:"deferred"`
	// Reply is the message as Discord shows it; nil if there is none.
	Reply map[string]any `json:"reply"`
	// Choices answer an autocompletion.
	Choices []Choice `json:"choices,omitempty"`
	// Modal is the form that the bot asked to show; its id is for SubmitModal.
	Modal json.RawMessage `json:"modal,omitempty"`
}

// LogEntry is what a user's client remembers of an interaction.
type LogEntry struct {
	InteractionID string     `json:"interaction_id"`
	Type          int        `json:"type"`
	Name          string     `json:"name"`
	Guild         string     `json:"guild"`
	Channel       string     `json:"channel"`
	User          string     `json:"user"`
	State         string     `json:"state"`
	Created       time.Time  `json:"created"`
	Acked         *time.Time `json:"acked"`
	Answered      *time.Time `json:"answered"`
	Deferred      bool       `json:"deferred"`
	Deliveries    int        `json:"deliveries"`
	Reply         string     `json:"reply,omitempty"`
}

func (w *World) interaction(id string) *interaction {
	for _, it := range slices.Backward(w.st.Interactions) {
		if it.ID == id {
			return it
		}
	}
	return nil
}

// open remembers an interaction and delivers it.
func (w *World) open(it *interaction, data obj) {
	g, c := w.st.channel(it.ChannelID)
	it.Token, it.Created = randomToken(48), w.now()
	perms := permString(g.permissions(it.UserID, c))
	p := obj{
		"id": it.ID, "application_id": it.AppID, "type": it.Type, "token": it.Token, "version": 1,
		"channel_id": c.ID, "channel": merge(w.channelJSON(c), obj{"permissions": perms}),
		"locale": w.st.user(it.UserID).Locale, "app_permissions": permString(g.permissions(it.AppID, c)),
		"entitlements": []obj{}, "entitlement_sku_ids": []string{}, "authorizing_integration_owners": obj{"0": ownerOf(g.ID)},
		"attachment_size_limit": maxFile, "data": data,
	}
	if c.Type == ChannelDM {
		p["context"], p["user"] = contextDM, userJSON(w.st.user(it.UserID))
	} else {
		p["context"], p["guild_id"], p["guild_locale"] = contextGuild, g.ID, g.Locale
		p["guild"] = obj{"id": g.ID, "locale": g.Locale, "features": []string{}}
		p["member"] = merge(w.memberJSON(g, g.member(it.UserID), true), obj{"permissions": perms})
	}
	if it.SourceID != "" {
		if m := w.message(it.ChannelID, it.SourceID); m != nil {
			p["message"] = w.messageJSON(m)
		}
	}
	it.Payload = mustJSON(p)
	w.st.Interactions = append(w.st.Interactions, it)
	if n := len(w.st.Interactions) - maxLog; n > 0 {
		for _, old := range w.st.Interactions[:n] {
			delete(w.waiters, old.ID)
		}
		w.st.Interactions = slices.Delete(w.st.Interactions, 0, n)
	}
	w.deliver(it)
}

// Contexts of an interaction.
const (
	contextGuild = 0
	contextDM    = 1
)

// ownerOf is who installed the application: the guild, or 0 in the direct
// channel with the bot.
func ownerOf(guild string) string {
	if guild == "" {
		return "0"
	}
	return guild
}

func (it *interaction) ref() *interactionRef {
	return &interactionRef{ID: it.ID, Type: it.Type, Name: it.Name, User: it.UserID, Message: it.SourceID, From: it.From}
}

func (w *World) deliver(it *interaction) {
	it.Deliveries++
	w.dispatch(event{name: "INTERACTION_CREATE", guild: it.GuildID, bot: it.AppID, data: it.Payload})
	w.touch()
}

// Redeliver sends an interaction to its bot once more, as it was: what a
// replayed or duplicated event looks like. It returns NotFound.
func (w *World) Redeliver(id string) error {
	w.mu.Lock()
	defer w.unlock()
	it, err := find("discord.Redeliver", "interaction", id, w.st.Interactions, func(it *interaction) (string, string) { return it.ID, "" })
	if err == nil {
		w.deliver(it)
	}
	return err
}

// Log returns what the users' clients remember, oldest first, at most 1000.
func (w *World) Log() []LogEntry {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := make([]LogEntry, 0, len(w.st.Interactions))
	for _, it := range w.st.Interactions {
		e := LogEntry{
			InteractionID: it.ID, Type: it.Type, Name: it.Name, Guild: it.GuildID, Channel: it.ChannelID,
			State: w.stateOf(it), Created: it.Created, Acked: it.Acked, Answered: it.Answered,
			Deferred: it.Callback == cbDefer, Deliveries: it.Deliveries,
		}
		if u := w.st.user(it.UserID); u != nil {
			e.User = u.Name
		}
		if m := w.message(it.ChannelID, it.OriginalID); m != nil {
			e.Reply = m.Content
		}
		out = append(out, e)
	}
	return out
}

func (w *World) stateOf(it *interaction) string {
	switch {
	case it.Answered != nil:
		return StateAnswered
	case it.Acked != nil:
		return StateDeferred
	case w.now().Sub(it.Created) > answerTime:
		return StateFailed
	}
	return StateWaiting
}

// signal wakes whoever waits for an interaction.
func (w *World) signal(it *interaction) {
	if ch := w.waiters[it.ID]; ch != nil {
		close(ch)
		delete(w.waiters, it.ID)
	}
	w.touch()
}

// await waits until an interaction has its answer, has failed, or ctx ends.
func (w *World) await(ctx context.Context, id string) Result {
	for {
		w.mu.Lock()
		it := w.interaction(id)
		if it == nil { // the world was reset or replaced
			w.mu.Unlock()
			return Result{InteractionID: id, State: StateFailed, AckedMS: -1, AnsweredMS: -1}
		}
		ch := w.waiters[id]
		if ch == nil {
			ch = make(chan struct{})
			w.waiters[id] = ch
		}
		var late clockwork.Timer
		var lateC <-chan time.Time
		if it.Acked == nil {
			// Set before the state is looked at: a clock that passes the limit
			// in between is then seen by one or the other.
			late = w.clock.NewTimer(max(answerTime-w.now().Sub(it.Created), 0) + time.Millisecond)
			lateC = late.Chan()
		}
		res := w.result(it)
		w.mu.Unlock()
		if res.State == StateAnswered || res.State == StateFailed || ctx.Err() != nil {
			stop(late)
			return res
		}
		select {
		case <-ch:
		case <-lateC:
		case <-ctx.Done():
		}
		stop(late)
	}
}

func stop(t clockwork.Timer) {
	if t != nil {
		t.Stop()
	}
}

func (w *World) result(it *interaction) Result {
	since := func(t *time.Time) int64 {
		if t == nil {
			return -1
		}
		return t.Sub(it.Created).Milliseconds()
	}
	res := Result{
		InteractionID: it.ID, State: w.stateOf(it), AckedMS: since(it.Acked), AnsweredMS: since(it.Answered),
		Deferred: it.Callback == cbDefer || it.Callback == cbDeferUpdate, Choices: it.Choices, Modal: it.Modal,
	}
	if m := w.message(it.ChannelID, it.OriginalID); m != nil && m.Flags&FlagLoading == 0 {
		res.Reply = w.messageJSON(m)
	}
	return res
}
