package partition

import (
	"slices"
	"sync"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// Bounds of what may wait for one guild.
const (
	// MaxCommands is how many commands may wait.
	MaxCommands = 64
	// MaxFacts is how many facts may wait before they are dropped and looked up anew.
	MaxFacts = 4_096
	// perTurn is how many inputs of one guild a batch takes, so that a busy
	// guild does not starve the others.
	perTurn = 16
)

// inbox keeps what waits, by guild, and gives each guild its turn.
type inbox struct {
	mu     sync.Mutex
	guilds map[music.GuildID]*waiting
	// turns are the guilds that have something waiting, in the order of their turns.
	turns []music.GuildID
	// calm is true where what can wait waits for what cannot; resting are the
	// guilds that have nothing else.
	calm    bool
	resting []music.GuildID
	// wake has room for one signal.
	wake chan struct{}
}

type waiting struct {
	list     []Delivery
	commands int
	// urgent counts what cannot wait.
	urgent int
	queued bool
	// rests is true where the guild is among the resting ones.
	rests bool
	// parked guilds have no turn: they are being loaded, or their lease is in doubt.
	parked bool
	// lingers is the slot that the first command waits for, empty for none.
	// Until it comes the guild has no turn either.
	lingers music.SlotID
}

func newInbox(calm bool) *inbox {
	return &inbox{calm: calm, guilds: map[music.GuildID]*waiting{}, wake: make(chan struct{}, 1)}
}

func (b *inbox) signal() {
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// put adds deliveries behind those that wait. A command beyond the bound is
// refused with Quota. A fact beyond the bound is dropped and reported, because
// what it said has to be looked up again.
func (b *inbox) put(d Delivery) (dropped bool, err error) {
	_, command := d.Input.Body.(music.Command)
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.guilds[d.Input.Guild]
	if w == nil {
		w = &waiting{}
		b.guilds[d.Input.Guild] = w
	}
	switch {
	case command && w.commands >= MaxCommands:
		return false, fault.New(fault.Quota, "partition.Deliver", "too many commands wait for this guild")
	case !command && len(w.list)-w.commands >= MaxFacts:
		return true, nil
	}
	w.count(d, 1)
	w.list = append(w.list, d)
	if w.lingers != "" && resolves(d, w.lingers) {
		w.lingers = ""
	}
	b.turn(d.Input.Guild, w)
	return false, nil
}

// count notes that a delivery came, or with -1 that it went.
func (w *waiting) count(d Delivery, n int) {
	if _, ok := d.Input.Body.(music.Command); ok {
		w.commands += n
	}
	if !patient(d.Input.Body) {
		w.urgent += n
	}
}

// patient inputs say how far a node is with what it was told to do: nobody waits
// for what follows from them.
func patient(b music.Body) bool {
	switch b.(type) {
	case music.PlayStarted, music.PlayPosition:
		return true
	}
	return false
}

// resolves is true for what was found for a slot.
func resolves(d Delivery, slot music.SlotID) bool {
	r, ok := d.Input.Body.(music.Resolved)
	return ok && r.Slot == slot
}

// linger puts deliveries in front again and lets their guild wait until what was
// asked for the first of them has come.
func (b *inbox) linger(id music.GuildID, slot music.SlotID, ds []Delivery) {
	b.mu.Lock()
	w := b.guilds[id]
	if w == nil {
		w = &waiting{}
		b.guilds[id] = w
	}
	if !slices.ContainsFunc(w.list, func(d Delivery) bool { return resolves(d, slot) }) {
		w.lingers = slot
	}
	b.mu.Unlock()
	b.back(ds)
}

// unlinger ends the wait for a slot.
func (b *inbox) unlinger(id music.GuildID, slot music.SlotID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if w := b.guilds[id]; w != nil && w.lingers == slot {
		w.lingers = ""
		b.turn(id, w)
	}
}

// turn queues a guild for its turn, or among the resting ones where all that it
// has can wait. The lock is held.
func (b *inbox) turn(id music.GuildID, w *waiting) {
	switch {
	case w.queued || w.parked || w.lingers != "" || len(w.list) == 0:
		return
	case b.calm && w.urgent == 0:
		if w.rests {
			return
		}
		w.rests = true
		b.resting = append(b.resting, id)
	default:
		w.queued = true
		b.turns = append(b.turns, id)
	}
	b.signal()
}

// rouse gives the resting guilds their turns.
func (b *inbox) rouse() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.rise()
}

// rise does so. The lock is held.
func (b *inbox) rise() {
	for _, id := range b.resting {
		w := b.guilds[id]
		if w == nil || !w.rests {
			continue
		}
		w.rests = false
		if !w.queued {
			w.queued = true
			b.turns = append(b.turns, id)
		}
	}
	b.resting = b.resting[:0]
}

// rests is true where something waits for what cannot wait.
func (b *inbox) rests() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.resting) > 0
}

// back puts deliveries in front again, in their order, after a batch that was
// not committed.
func (b *inbox) back(ds []Delivery) {
	b.mu.Lock()
	defer b.mu.Unlock()
	byGuild := map[music.GuildID][]Delivery{}
	for _, d := range ds {
		byGuild[d.Input.Guild] = append(byGuild[d.Input.Guild], d)
	}
	for _, d := range ds {
		list := byGuild[d.Input.Guild]
		if list == nil {
			continue
		}
		delete(byGuild, d.Input.Guild)
		w := b.guilds[d.Input.Guild]
		if w == nil {
			w = &waiting{}
			b.guilds[d.Input.Guild] = w
		}
		for _, x := range list {
			w.count(x, 1)
		}
		w.list = append(list, w.list...)
		b.turn(d.Input.Guild, w)
	}
}

// take returns at most limit deliveries, some of each guild whose turn it is.
// Where there is one the resting guilds have theirs behind it.
func (b *inbox) take(limit int) []Delivery {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Delivery
	if len(b.turns) > 0 {
		b.rise()
	}
	for n := len(b.turns); n > 0 && len(out) < limit; n-- {
		id := b.turns[0]
		b.turns = b.turns[1:]
		w := b.guilds[id]
		w.queued = false
		if w.parked || w.lingers != "" {
			continue
		}
		k := min(len(w.list), perTurn, limit-len(out))
		for _, d := range w.list[:k] {
			w.count(d, -1)
		}
		out = append(out, w.list[:k]...)
		clear(w.list[:k])
		w.list = w.list[k:]
		if len(w.list) == 0 {
			delete(b.guilds, id)
			continue
		}
		b.turn(id, w)
	}
	if len(b.turns) > 0 {
		b.signal()
	}
	return out
}

// park keeps a guild from having a turn; unpark gives it one again.
func (b *inbox) park(id music.GuildID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.guilds[id]
	if w == nil {
		w = &waiting{}
		b.guilds[id] = w
	}
	w.parked = true
}

func (b *inbox) unpark(id music.GuildID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	w := b.guilds[id]
	if w == nil {
		return
	}
	w.parked = false
	if len(w.list) == 0 {
		delete(b.guilds, id)
		return
	}
	b.turn(id, w)
}

// drop forgets what waits for guilds that are not ours any more.
func (b *inbox) drop(ours func(music.GuildID) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for id := range b.guilds {
		if !ours(id) {
			delete(b.guilds, id)
		}
	}
	kept := b.turns[:0]
	for _, id := range b.turns {
		if b.guilds[id] != nil {
			kept = append(kept, id)
		}
	}
	b.turns = kept
}

// depth counts what waits.
func (b *inbox) depth() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, w := range b.guilds {
		n += len(w.list)
	}
	return n
}
