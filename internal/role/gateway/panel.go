package gateway

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

const (
	panelTurn = 100 * time.Millisecond
	// panelsAtOnce is how many panels are edited side by side.
	panelsAtOnce = 16
	// panelsElsewhere bounds how many panels are remembered that another process
	// shows; the others are looked at when they change.
	panelsElsewhere = 1 << 16
)

// panels shows each player in a message: what is wanted is in the guild's row,
// what is shown is in the panel's row, and the difference is edited. A panel is
// shown by the process that has the guild's shard.
type panels struct {
	role *Role

	mu sync.Mutex
	// waiting are the panels that may have to change.
	waiting map[topic.PlayerRef]want
	// busy are those being shown now.
	busy  map[topic.PlayerRef]bool
	shown map[topic.PlayerRef]*shown
	// unsure are those for which a post was sent whose answer did not come.
	unsure map[topic.PlayerRef]bool
	// calm is until when a channel is left alone.
	calm map[music.ChannelID]time.Time
	// allowance is how many requests may be sent now, by the last turn's time.
	allowance float64
	turn      time.Time
	// stale is true where the rows have to be read again.
	stale bool
	// elsewhere are those that changed while this process did not have their
	// shard. They are looked at once it has one more.
	elsewhere map[topic.PlayerRef]bool
}

// want is that a panel may have to change.
type want struct {
	since time.Time
	// progress is true where nothing happened but time.
	progress bool
}

// shown is a panel that there is.
type shown struct {
	row store.Panel
	// play is what it showed last.
	play music.PlayID
	// redraw is when its progress is shown again, zero for never.
	redraw time.Time
	// looked is when it was last looked whether it is buried.
	looked time.Time
	// gone is true where somebody deleted it: the next change posts another one.
	gone bool
}

func newPanels(r *Role) *panels {
	return &panels{
		role: r, waiting: map[topic.PlayerRef]want{}, busy: map[topic.PlayerRef]bool{}, shown: map[topic.PlayerRef]*shown{},
		unsure: map[topic.PlayerRef]bool{}, calm: map[music.ChannelID]time.Time{}, stale: true, elsewhere: map[topic.PlayerRef]bool{},
	}
}

// dirty says that what a panel is to show may have changed.
func (p *panels) dirty(ref topic.PlayerRef) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.await(ref, want{since: p.role.opt.Clock.Now()})
}

// dirtyAll says so of all panels of a guild.
func (p *panels) dirtyAll(guild music.GuildID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ref := range p.shown {
		if ref.Guild == guild {
			p.await(ref, want{since: p.role.opt.Clock.Now()})
		}
	}
}

// await has a panel looked at, from when it was first asked for. The lock is held.
func (p *panels) await(ref topic.PlayerRef, w want) {
	if before, ok := p.waiting[ref]; ok {
		w.progress = w.progress && before.progress
		if before.progress == w.progress && before.since.Before(w.since) {
			w.since = before.since
		}
	}
	p.waiting[ref] = w
}

// reread has the rows read again: a shard was taken over, and with it panels.
func (p *panels) reread() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stale = true
}

func (p *panels) run(ctx context.Context) {
	var showing errgroup.Group
	showing.SetLimit(panelsAtOnce)
	defer func() { _ = showing.Wait() }()
	wait := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.role.opt.Clock.After(wait):
		}
		if wait = panelTurn; !p.read(ctx) {
			wait = time.Second
			continue
		}
		for _, d := range p.due() {
			// A channel that makes one wait does not make the others wait.
			if !showing.TryGo(func() error { p.show(ctx, d); return nil }) {
				p.idle(d, 0)
				p.put(d)
			}
		}
	}
}

// read takes up the panels of a predecessor, where need be; each is compared once.
func (p *panels) read(ctx context.Context) bool {
	p.mu.Lock()
	stale := p.stale
	p.stale = false
	p.mu.Unlock()
	if !stale {
		return true
	}
	all, err := p.role.opt.Store.PanelsOf(ctx, surface)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		if p.stale = true; ctx.Err() == nil {
			p.role.log.Warn("panels cannot be read, trying again", "error", err)
		}
		return false
	}
	now := p.role.opt.Clock.Now()
	for _, x := range all {
		ref := topic.PlayerRef{Guild: x.Guild, Bot: x.Bot}
		if have := p.shown[ref]; have == nil || have.row.Updated.Before(x.Updated) {
			p.shown[ref] = &shown{row: x}
		}
		p.await(ref, want{since: now})
	}
	for ref := range p.elsewhere {
		p.await(ref, want{since: now})
	}
	clear(p.elsewhere)
	return true
}

// skip notes a panel that another process shows, or nobody for a moment.
func (p *panels) skip(ref topic.PlayerRef) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.elsewhere) < panelsElsewhere {
		p.elsewhere[ref] = true
	}
}

// show makes one panel show what it is to.
func (p *panels) show(ctx context.Context, d dueNow) {
	if p.role.front().application() == "" {
		p.idle(d, 0)
		p.put(d)
		return
	}
	within, cancel := context.WithTimeout(ctx, respondWithin)
	defer cancel()
	sent, err := p.converge(within, d)
	if err != nil {
		sent = max(sent, 1) // what fails is not tried again at once
	}
	p.idle(d, sent)
	switch fault.CodeOf(err) {
	case "":
	case fault.Denied, fault.Invalid, fault.NotFound:
		p.role.log.Warn("a panel cannot be shown", "guild", d.ref.Guild, "error", err)
	default:
		if ctx.Err() == nil {
			p.role.log.Warn("a panel cannot be shown, trying again", "guild", d.ref.Guild, "error", err)
			p.put(d)
		}
	}
}

// put asks for what could not be shown again, where it stood among the others.
func (p *panels) put(d dueNow) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.await(d.ref, d.want)
}
