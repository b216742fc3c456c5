package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

// testConcurrency lets everything happen at once, with batches that are refused
// among those that are not: each must get its own answer.
func testConcurrency(t *testing.T, open Open) {
	s := open(t, nil)
	const rounds = 30
	var wg sync.WaitGroup
	last := make([]*music.Guild, 4)
	for partition := range 4 {
		o := own(t, s, partition, "h")
		wg.Go(func() {
			id := fmt.Sprint("guild-", partition)
			var g *music.Guild
			for i := range rounds {
				next := guild(id, player("1", numbered(i)...))
				key := fmt.Sprintf("%s-%d", id, i)
				b := store.Batch{
					Guilds:  []store.GuildChange{{Partition: partition, Before: g, After: next}},
					Events:  []store.Record{o.record(key, epoch), o.record(key+"b", epoch)},
					Effects: []store.EffectRow{o.effect(key, "answer")},
				}
				if i%3 == 2 {
					// A guild that is there already, as a new one: the database itself refuses it.
					bad := b
					bad.Guilds = []store.GuildChange{{Partition: partition, After: next}}
					if _, err := o.try(bad); fault.CodeOf(err) != fault.Invalid {
						t.Errorf("a bad batch: %v", err)
					}
				}
				if _, err := o.try(b); err != nil {
					t.Errorf("a good batch: %v", err)
					return
				}
				if err := s.Done(t.Context(), []string{key}, epoch); err != nil {
					t.Errorf("done: %v", err)
				}
				g = next
			}
			last[partition] = g
		})
	}
	for w := range 4 {
		wg.Go(func() {
			for i := range rounds {
				panel := store.Panel{Guild: music.GuildID(fmt.Sprint(w, "-", i)), Surface: "discord", Message: "m"}
				if err := s.SavePanel(t.Context(), panel); err != nil {
					t.Errorf("panel: %v", err)
				}
				if _, err := s.Load(t.Context(), []music.GuildID{"guild-0", "guild-1"}); err != nil {
					t.Errorf("load: %v", err)
				}
				if err := s.Retry(t.Context(), "nothing", epoch); fault.CodeOf(err) != fault.NotFound {
					t.Errorf("retry: %v", err)
				}
			}
		})
	}
	wg.Wait()
	for partition, g := range last {
		sameGuild(t, load(t, s, music.GuildID(fmt.Sprint("guild-", partition))), g)
		if owed, err := s.Owed(t.Context(), "answer", epoch, 1000); err != nil || len(owed) != 0 {
			t.Errorf("%d effects are owed, %v", len(owed), err)
		}
	}
	rows, err := s.Events(t.Context(), store.EventQuery{Limit: 1000})
	if err != nil || len(rows) != 4*rounds*2 {
		t.Fatalf("%d events, %v", len(rows), err)
	}
	for i, r := range rows {
		if r.Seq != rows[0].Seq+int64(i) {
			t.Fatalf("there is a gap before %d", r.Seq)
		}
	}
	if panels, err := s.PanelsOf(t.Context(), "discord"); err != nil || len(panels) != 4*rounds {
		t.Errorf("%d panels, %v", len(panels), err)
	}
}
