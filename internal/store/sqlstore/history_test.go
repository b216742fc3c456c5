package sqlstore_test

import (
	"slices"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

// TestAHistoryWritesOnlyItsDifference is about cost: an end of a play is one row
// more and, where the history is full, one row less.
func TestAHistoryWritesOnlyItsDifference(t *testing.T) {
	h, _ := queueOf(50)
	other := *h[7]
	for _, c := range []struct {
		name    string
		old     []*music.Slot
		history []*music.Slot
		want    sqlstore.ChangedHistory
	}{
		{"nothing", h, slices.Clone(h), sqlstore.ChangedHistory{First: 100}},
		{"one more", h, append(slices.Clone(h), fresh(1)...), sqlstore.ChangedHistory{Written: 1, First: 100}},
		{"one more, one falls out", h, append(slices.Clone(h[1:]), fresh(1)...), sqlstore.ChangedHistory{Removed: 1, Written: 1, First: 101}},
		{"the last is taken", h, h[:49], sqlstore.ChangedHistory{Removed: 1, First: 100}},
		{"the last is taken, another one comes", h, append(slices.Clone(h[:49]), fresh(1)...), sqlstore.ChangedHistory{Removed: 1, Written: 1, First: 100}},
		{"half of it falls out", h, h[25:], sqlstore.ChangedHistory{Removed: 25, First: 125}},
		{"one is another value", h, append(append(slices.Clone(h[:7]), &other), h[8:]...), sqlstore.ChangedHistory{Written: 1, First: 100}},
		{"all go", h, nil, sqlstore.ChangedHistory{Removed: 50, First: 150}},
		{"the first", nil, fresh(1), sqlstore.ChangedHistory{Written: 1, First: 100}},
		{"all others", h, fresh(2), sqlstore.ChangedHistory{Removed: 50, Written: 2, First: 150}},
		{
			"the same slot all along, one falls out", slices.Repeat(h[:1], 50), slices.Repeat(h[:1], 49),
			sqlstore.ChangedHistory{Removed: 1, First: 100},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := sqlstore.DiffHistory(c.old, 100, true, c.history); got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	t.Run("unknown places", func(t *testing.T) {
		if got := sqlstore.DiffHistory(h, 0, false, h[:3]); got != (sqlstore.ChangedHistory{Rewrite: true, Written: 3}) {
			t.Errorf("got %+v", got)
		}
	})
}

// TestTheEndOfAPlayWritesItsRows counts the rows of a commit in which a track
// ends and the next one begins: the player's, one less in the queue, one more
// in the history and one that falls out of it. Nothing else of 20 tracks that
// wait and 50 that were heard is written.
func TestTheEndOfAPlayWritesItsRows(t *testing.T) {
	db := open(t, sqlstore.Options{URL: file(t.TempDir())})
	l, err := db.Acquire(t.Context(), 0, "h", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	stamp := store.Stamp{Epoch: l.Epoch, Batch: l.Batch + 1}
	g := busy(1, 20, music.HistoryLength)
	if _, err := db.Commit(t.Context(), &store.Batch{Stamps: []store.Stamp{stamp}, At: benchTime, Guilds: []store.GuildChange{{After: g}}}); err != nil {
		t.Fatal(err)
	}
	loaded, err := db.Load(t.Context(), guildIDs(g.ID))
	if err != nil || len(loaded) != 1 {
		t.Fatal(loaded, err)
	}
	for name, before := range map[string]*music.Guild{"committed": g, "loaded": &loaded[0]} {
		t.Run(name, func(t *testing.T) {
			old := before.Players[0]
			p, after := *old, *before
			next := p.Queue[0]
			ended := &music.Slot{ID: p.Play.Slot, State: music.SlotPlayed, Track: p.Play.Track, By: p.Play.By, At: benchTime}
			p.Play = &music.Play{ID: "next", Slot: next.ID, Track: next.Track, By: next.By, Phase: music.PhaseWanted}
			p.Queue = p.Queue[1:]
			p.History = append(slices.Clone(p.History[1:]), ended)
			after.Players = []*music.Player{&p}
			rows, err := sqlstore.RowsOf(db, &store.Batch{Stamps: []store.Stamp{stamp}, Guilds: []store.GuildChange{{Before: before, After: &after}}})
			if err != nil {
				t.Fatal(err)
			}
			want := sqlstore.Rows{Players: 1, SlotsGone: 1, History: 1, HistoryGone: 1, All: 4}
			if rows != want {
				t.Errorf("a commit writes %+v, want %+v", rows, want)
			}
		})
	}
}
