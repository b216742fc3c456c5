package sqlstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

func TestPlaysAreReadByIndexes(t *testing.T) {
	db := open(t, sqlstore.Options{URL: file(t.TempDir())})
	seen := 0
	for _, q := range []store.PlayQuery{
		{Guild: "g"}, {Guild: "g", User: "u"}, {Guild: "g", After: "p"}, {Guild: "g", User: "u", Since: benchTime, Until: benchTime, After: "p"},
	} {
		for text, args := range sqlstore.ReadQueries(q, "some words") {
			err := sqlstore.Explain(t.Context(), db, text, args, func(text, plan string) {
				seen++
				sums := strings.Contains(text, "GROUP BY")
				if strings.HasPrefix(plan, "SCAN") && plan != "SCAN latest" || strings.Contains(plan, "TEMP B-TREE") && !sums {
					t.Errorf("%+v: %s\n%s", q, plan, text)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	if seen == 0 {
		t.Error("nothing was explained")
	}
}

// fillPlays stores n plays of one member in one guild, of n/4 tracks.
func fillPlays(b *testing.B, db *sqlstore.DB, n int) {
	const piece = 1_000
	for from := 0; from < n; from += piece {
		var plays []store.Play
		for i := from; i < from+piece; i++ {
			title := fmt.Sprintf("Track number %d of a long list", i%(n/4))
			plays = append(plays, store.Play{
				ID: music.PlayID(fmt.Sprintf("0198c5f2-7d3a-7cc1-9f00-%012d", i)), Guild: "100000000000000001", Bot: "900000000000000001",
				User: "200000000000000001", Reason: "finished", Node: "main", Listened: time.Minute,
				Started: benchTime.Add(time.Duration(i) * time.Second), Ended: benchTime.Add(time.Duration(i+60) * time.Second),
				Track: music.TrackInfo{
					Identifier: fmt.Sprint("id", i%(n/4)), Title: title, Author: "Somebody", Source: "http",
					URI: "https://music.example/" + fmt.Sprint(i%(n/4)), LengthMS: 180_000,
				},
			})
		}
		if err := db.ProjectPlays(b.Context(), int64(from), int64(from+piece), plays); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecentTracks is what a keystroke costs with 100,000 plays of one
// member stored. The goal is less than a millisecond.
func BenchmarkRecentTracks(b *testing.B) {
	db := open(b, sqlstore.Options{URL: file(b.TempDir()), Timeout: 30 * time.Second})
	fillPlays(b, db, 100_000)
	for _, filter := range []string{"", "track", "number 249", "nothing has it"} {
		b.Run("filter="+filter, func(b *testing.B) {
			for b.Loop() {
				if _, err := db.RecentTracks(b.Context(), "100000000000000001", "200000000000000001", filter, 10); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
