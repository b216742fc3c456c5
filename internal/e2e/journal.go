package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// Journal reads every event that the daemon has kept.
func (r *Rig) Journal() []view.Event {
	r.TB.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	var all []view.Event
	for after := int64(0); ; {
		page, err := r.api.Events(ctx, client.Events{After: after, Limit: 1000})
		if err != nil {
			r.TB.Fatalf("the journal cannot be read: %v", err)
		}
		all = append(all, page.Items...)
		if !page.More {
			return all
		}
		after = page.NextAfter
	}
}

// Fields are those of the payloads that Replay reads.
type Fields struct {
	Bot    string   `json:"bot"`
	Slot   string   `json:"slot"`
	Slots  []string `json:"slots"`
	Play   string   `json:"play"`
	Next   bool     `json:"next"`
	Reason string   `json:"reason"`
	By     string   `json:"by"`
	From   string   `json:"from"`
	To     string   `json:"to"`
}

// Replayed is what a player must be if every event of the journal is true and
// nothing else happened.
type Replayed struct {
	Guild, Bot string
	// Queue are the slots that wait, in no order.
	Queue map[string]bool
	// Play is what plays; Slot is where it came from.
	Play, Slot string
}

// Replay goes through a journal and returns the players that it describes, by
// guild and bot, and everything in it that cannot be: an event about a slot that
// does not wait, a play that starts while another one plays or that ends twice.
func Replay(events []view.Event) (players map[[2]string]*Replayed, wrong []string) {
	players = map[[2]string]*Replayed{}
	ids, started := map[string]bool{}, map[string]bool{}
	last := int64(0)
	for _, e := range events {
		complain := func(format string, args ...any) {
			wrong = append(wrong, fmt.Sprintf("event %d %s (cause %s): ", e.Seq, e.Type, e.Cause)+fmt.Sprintf(format, args...))
		}
		if e.Seq <= last {
			complain("comes after %d", last)
		}
		last = e.Seq
		if ids[e.ID] {
			complain("its id %s was there before", e.ID)
		}
		ids[e.ID] = true
		var f Fields
		if err := json.Unmarshal(e.Data, &f); err != nil {
			complain("cannot be read: %v", err)
			continue
		}
		if strings.HasPrefix(e.Type, "music.bot.") {
			// A bot that is there has no player until it is used.
			continue
		}
		if e.Type == "music.queue.handed_over" {
			handOver(players, e.Guild, f)
			continue
		}
		key := [2]string{e.Guild, f.Bot}
		p := players[key]
		if p == nil {
			p = &Replayed{Guild: e.Guild, Bot: f.Bot, Queue: map[string]bool{}}
			players[key] = p
		}
		p.apply(e.Type, f, started, complain)
	}
	return players, wrong
}

// handOver gives what waits and what plays on a bot to another one.
func handOver(players map[[2]string]*Replayed, guild string, f Fields) {
	from, to := players[[2]string{guild, f.From}], players[[2]string{guild, f.To}]
	if from == nil {
		return
	}
	if to == nil {
		to = &Replayed{Guild: guild, Bot: f.To, Queue: map[string]bool{}}
		players[[2]string{guild, f.To}] = to
	}
	maps.Copy(to.Queue, from.Queue)
	clear(from.Queue)
	to.Play, to.Slot, from.Play, from.Slot = from.Play, from.Slot, "", ""
}

func (p *Replayed) apply(kind string, f Fields, started map[string]bool, complain func(string, ...any)) {
	switch kind {
	case "music.play.requested":
		if p.Queue[f.Slot] || started[f.Slot] {
			complain("slot %s was there before", f.Slot)
		}
		p.Queue[f.Slot] = true
	case "music.track.queued":
		if !p.Queue[f.Slot] {
			complain("slot %s does not wait", f.Slot)
		}
	case "music.playlist.queued":
		if len(f.Slots) == 0 || !p.Queue[f.Slots[0]] {
			complain("its first slot does not wait")
		}
		for _, s := range f.Slots[min(1, len(f.Slots)):] {
			if p.Queue[s] || started[s] {
				complain("slot %s was there before", s)
			}
			p.Queue[s] = true
		}
	case "music.track.rejected":
		if !p.Queue[f.Slot] {
			complain("slot %s does not wait", f.Slot)
		}
		delete(p.Queue, f.Slot)
	case "music.play.started":
		switch {
		case p.Play != "":
			complain("play %s starts while %s plays", f.Play, p.Play)
		case !p.Queue[f.Slot]:
			complain("slot %s does not wait", f.Slot)
		case started[f.Slot]:
			complain("slot %s is played twice", f.Slot)
		}
		started[f.Slot] = true
		delete(p.Queue, f.Slot)
		p.Play, p.Slot = f.Play, f.Slot
	case "music.play.ended":
		if p.Play != f.Play {
			complain("play %s ends while %q plays", f.Play, p.Play)
		}
		p.Play, p.Slot = "", ""
	case "music.queue.cleared":
		clear(p.Queue)
	}
}

// Compare says where what a daemon shows of a player is not what its journal says.
func (r *Rig) Compare(p *Replayed) []string {
	r.TB.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	var wrong []string
	row, err := r.api.Player(ctx, p.Guild, p.Bot)
	if err != nil {
		return []string{fmt.Sprintf("player %s of %s: %v", p.Bot, p.Guild, err)}
	}
	play := ""
	if row.Play != nil {
		play = row.Play.ID
	}
	if play != p.Play {
		wrong = append(wrong, fmt.Sprintf("the row plays %q, the journal %q", play, p.Play))
	}
	var have []string
	for cursor := ""; ; {
		page, err := r.api.Queue(ctx, p.Guild, p.Bot, client.Page{Limit: 100, Cursor: cursor})
		if err != nil {
			return append(wrong, "the queue cannot be read: "+err.Error())
		}
		for _, i := range page.Items {
			have = append(have, i.Slot)
			if i.State == "pending" {
				wrong = append(wrong, "slot "+i.Slot+" is still being looked up")
			}
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	for _, s := range have {
		if !p.Queue[s] {
			wrong = append(wrong, "slot "+s+" waits, and the journal does not know it")
		}
	}
	for s := range p.Queue {
		if !slices.Contains(have, s) {
			wrong = append(wrong, "slot "+s+" waits by the journal, and its row is gone")
		}
	}
	return wrong
}
