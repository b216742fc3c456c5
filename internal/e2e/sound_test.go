package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// tolerance is how much of a track may be missing or double where sound goes
// over from one record to the next: the node rounds to milliseconds.
const tolerance = 30 * time.Millisecond

// sound is a record of the node's own timeline.
type sound struct {
	At         time.Time `json:"at"`
	Kind       string    `json:"kind"`
	Identifier string    `json:"identifier"`
	Session    string    `json:"session"`
	Position   int64     `json:"position"`
	Speed      float64   `json:"speed"`
	Reason     string    `json:"reason"`
	Play       struct {
		Play  string `json:"play"`
		Epoch int64  `json:"epoch"`
	} `json:"play"`
}

// heard is what the node let sound, by guild, gathered while it is killed around:
// its own memory is short.
type heard struct {
	guilds map[string][]sound
	// missed is true where records fell out between two looks.
	missed bool
}

func newHeard() *heard { return &heard{guilds: map[string][]sound{}} }

func (h *heard) listen(t *testing.T, r *e2e.Rig) {
	t.Helper()
	raw, err := r.Control().Timeline(t.Context(), "sim-1")
	if err != nil {
		t.Fatalf("the node's timeline: %v", err)
	}
	var now []struct {
		Guild   string  `json:"guild"`
		Records []sound `json:"records"`
	}
	if err := json.Unmarshal(raw, &now); err != nil {
		t.Fatalf("the node's timeline: %v", err)
	}
	for _, line := range now {
		have := h.guilds[line.Guild]
		fresh := line.Records
		if len(have) > 0 {
			last := have[len(have)-1]
			i := slices.IndexFunc(fresh, func(s sound) bool { return s.At.Equal(last.At) && s.Kind == last.Kind && s.Play == last.Play })
			h.missed = h.missed || i < 0
			fresh = fresh[i+1:]
		}
		h.guilds[line.Guild] = append(have, fresh...)
	}
}

// judge says where the sound of a track had a gap, a jump or a repetition that
// nobody asked for. It is for simulators that live apart: a node that dies with
// the daemon has gaps.
func (h *heard) judge(events []view.Event, apart bool) (wrong []string) {
	if !apart {
		return nil
	}
	if h.missed {
		wrong = append(wrong, "the node's timeline was read too seldom")
	}
	paused := map[string]int{}
	for _, e := range events {
		var f e2e.Fields
		if e.Type == "music.player.paused" && json.Unmarshal(e.Data, &f) == nil {
			paused[f.Play]++
		}
	}
	plays := 0
	for _, line := range h.guilds {
		byPlay := map[string][]sound{}
		for _, s := range line {
			byPlay[s.Play.Play] = append(byPlay[s.Play.Play], s)
		}
		for play, list := range byPlay {
			plays++
			for _, w := range judgePlay(list, paused[play]) {
				wrong = append(wrong, fmt.Sprintf("play %s (%s): %s; timeline %s", play, list[0].Identifier, w, mustJSON(list)))
			}
		}
	}
	if plays == 0 {
		wrong = append(wrong, "the node has played nothing")
	}
	return wrong
}

func judgePlay(list []sound, pauses int) (wrong []string) {
	complain := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	silences := 0
	for i, s := range list {
		if s.Session != list[0].Session {
			complain("went from session %s to %s", list[0].Session, s.Session)
		}
		if i == 0 {
			if s.Kind == "sound" && s.Position > tolerance.Milliseconds() {
				complain("begins at %d ms", s.Position)
			}
			continue
		}
		before := list[i-1]
		if s.Kind == "silence" {
			silences++
		}
		moved := time.Duration(s.Position-before.Position) * time.Millisecond
		switch before.Kind {
		case "end":
			complain("sounds again after its end")
		case "sound":
			passed := time.Duration(float64(s.At.Sub(before.At)) * before.Speed)
			if s.Kind != "seek" && (moved-passed).Abs() > tolerance {
				complain("%s of it in %s", moved, passed)
			}
		case "silence":
			if moved.Abs() > tolerance {
				complain("jumps by %s in silence", moved)
			}
		}
		if s.Kind == "seek" {
			complain("jumps to %d ms", s.Position)
		}
	}
	if silences > pauses {
		complain("%d silences for %d pauses", silences, pauses)
	}
	return wrong
}

// identifies are the sessions of the bots at the simulated Discord, and how often
// they opened a new one.
func (o *ordeal) identifies() (bots, count int, session []string) {
	o.t.Helper()
	var world struct {
		Bots []struct {
			Identifies []time.Time `json:"identifies"`
		} `json:"bots"`
		Sessions []struct {
			ID string `json:"id"`
		} `json:"sessions"`
	}
	raw, err := os.ReadFile(filepath.Join(o.rig.SimDir(), "world.json"))
	if err == nil {
		err = json.Unmarshal(raw, &world)
	}
	if err != nil {
		o.t.Fatalf("the stored world: %v", err)
	}
	for _, b := range world.Bots {
		count += len(b.Identifies)
	}
	for _, s := range world.Sessions {
		session = append(session, s.ID)
	}
	return len(world.Bots), count, session
}

// sessions says where a session of the gateway or of the node was given up
// though it was alive. The first run lives until people got answers, so every
// later one can RESUME what it opened at Discord.
func (o *ordeal) sessions() (wrong []string) {
	if o.rig.Sim == nil {
		return nil
	}
	for i, p := range o.rig.Runs[1:] {
		log := p.Log()
		for line := range strings.Lines(log) {
			if strings.Contains(line, "Discord refused the session") {
				wrong = append(wrong, fmt.Sprintf("run %d: %s", i+2, strings.TrimSpace(line)))
			}
			if strings.Contains(line, `msg="a session on a node is up"`) && strings.Contains(line, "resumed=false") && strings.Contains(line, "steered=false") {
				o.newOnNode++
			}
		}
	}
	if bots, n, ids := o.identifies(); n != bots || len(ids) != bots {
		wrong = append(wrong, fmt.Sprintf("%d bots opened %d sessions at Discord, %v are there: one each is enough", bots, n, ids))
	}
	// One for each guild's partition, if the first run did not come to open it.
	if o.newOnNode > 2 {
		wrong = append(wrong, fmt.Sprintf("%d new sessions were opened on the node after the first run", o.newOnNode))
	}
	return wrong
}
