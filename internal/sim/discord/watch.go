package discord

import (
	"hash/fnv"
	"slices"
	"time"
)

// Kinds of an Event.
const (
	// EventMessage is a message that was created, updated or deleted.
	EventMessage = "message"
	// EventVoice is a change of who is in voice in a guild, and how.
	EventVoice = "voice"
	// EventWorld is any other change of what View, Commands and Messages show.
	EventWorld = "world"
)

const (
	watchQueue = 512                   // events that may wait for a reader
	watchDelay = 50 * time.Millisecond // how long changes of the world are gathered
)

// Event is a change of the World as a person sees it.
type Event struct {
	Kind string
	// Guild is the id of the guild; empty for direct messages.
	Guild string
	// Channel and Message are those of a message; Op is create, update or
	// delete. Of a deleted message there is the id only.
	Op      string
	Channel string
	Message map[string]any
	// EphemeralTo is the id of the only one who sees the message, if so.
	EphemeralTo string
	// User is the id of the person of a direct channel.
	User string
	// States are all that are in voice in the guild now.
	States []VoiceState
}

// watchers are who follows the World. It belongs to the World's lock.
type watchers struct {
	list  []chan Event
	seen  uint64 // of the world when it was last told
	timer bool
}

// Subscribe follows the World from now on. The channel is closed when the
// World closes, when the function is called, and when the reader is so slow
// that 512 events wait: it has to look again then, and may subscribe anew.
func (w *World) Subscribe() (<-chan Event, func()) {
	ch := make(chan Event, watchQueue)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		close(ch)
		return ch, func() {}
	}
	w.watch.list = append(w.watch.list, ch)
	w.watch.seen = w.fingerprint()
	return ch, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.drop(ch)
	}
}

// drop closes a reader's channel, once.
func (w *World) drop(ch chan Event) {
	if i := slices.Index(w.watch.list, ch); i >= 0 {
		w.watch.list = slices.Delete(w.watch.list, i, i+1)
		close(ch)
	}
}

// dropAll ends every subscription.
func (w *World) dropAll() {
	for _, ch := range slices.Clone(w.watch.list) {
		w.drop(ch)
	}
}

// tell hands an event to everybody who follows. Nobody is waited for.
func (w *World) tell(e Event) {
	for _, ch := range slices.Clone(w.watch.list) {
		select {
		case ch <- e:
		default:
			w.log.Warn("a slow reader of events was dropped", "limit", watchQueue)
			w.drop(ch)
		}
	}
}

// showMessage tells that a message came, changed or went.
func (w *World) showMessage(op string, m *Message) {
	if len(w.watch.list) == 0 {
		return
	}
	e := Event{Kind: EventMessage, Op: op, Guild: m.GuildID, Channel: m.ChannelID, EphemeralTo: m.onlyFor(), Message: obj{"id": m.ID}}
	if op != "delete" {
		e.Message = w.messageJSON(m)
	}
	if d := w.st.dm(m.ChannelID); d != nil {
		e.User = d.UserID
	}
	w.tell(e)
}

// watchDispatch tells of a dispatch what people see of it.
func (w *World) watchDispatch(e event) {
	if e.name != "VOICE_STATE_UPDATE" || len(w.watch.list) == 0 {
		return
	}
	if g := w.st.guild(e.guild); g != nil {
		w.tell(Event{Kind: EventVoice, Guild: g.ID, States: g.voiceStates()})
	}
}

func (g *Guild) voiceStates() []VoiceState {
	out := []VoiceState{}
	for _, vs := range g.sortedVoice() {
		out = append(out, *vs)
	}
	return out
}

// watchWorld looks a little later whether the world has changed, and tells it
// once for all that changed meanwhile.
func (w *World) watchWorld() {
	if len(w.watch.list) == 0 || w.watch.timer || w.closed {
		return
	}
	w.watch.timer = true
	w.clock.AfterFunc(watchDelay, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.watch.timer = false
		if w.closed || len(w.watch.list) == 0 {
			return
		}
		if now := w.fingerprint(); now != w.watch.seen {
			w.watch.seen = now
			w.tell(Event{Kind: EventWorld})
		}
	})
}

// fingerprint is of everything that View and Commands show but for voice,
// which is told by itself.
func (w *World) fingerprint() uint64 {
	v := w.view()
	for i := range v.Guilds {
		v.Guilds[i].Voice = nil
	}
	for i := range v.Users {
		v.Users[i].Voice = nil
	}
	for i := range v.Bots {
		v.Bots[i].Voice = nil
	}
	sum := fnv.New64a()
	_, _ = sum.Write(mustJSON(obj{"view": v, "commands": w.st.CommandWrites}))
	return sum.Sum64()
}
