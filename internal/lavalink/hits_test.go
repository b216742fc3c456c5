package lavalink_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/lavalink"
)

// TestWhatASearchFound holds the quick way of reading hits to the patient one,
// which takes apart what is not in the usual form.
func TestWhatASearchFound(t *testing.T) {
	const usual = `{"encoded":"a","info":{"identifier":"i","title":"T","author":"A","length":1000,"isStream":false,"sourceName":"s"}}`
	for name, c := range map[string]struct {
		data   string
		titles []string
		total  int
	}{
		"usual":                        {`[` + usual + `,` + usual + `]`, []string{"T", "T"}, 2},
		"texts that are numbers":       {`[{"encoded":"a","info":{"title":7,"length":"1000"}}]`, []string{"7"}, 1},
		"a hit of another kind":        {`[7,` + usual + `]`, []string{"T"}, 2},
		"a hit that is nothing":        {`[null,` + usual + `]`, []string{"T"}, 2},
		"a hit without a handle":       {`[{"info":{"title":"none"}},` + usual + `]`, []string{"T"}, 2},
		"information of another kind":  {`[{"encoded":"a","info":"x"},` + usual + `]`, []string{"T"}, 2},
		"a handle beyond every bound":  {`[{"encoded":"` + strings.Repeat("x", 70_000) + `"},` + usual + `]`, []string{"T"}, 2},
		"nothing":                      {`[]`, nil, 0},
		"nothing that could be played": {`[{"info":{"title":"none"}}]`, nil, 0},
	} {
		for place, answer := range map[string]string{
			"last":  `{"loadType":"search","data":` + c.data + `}`,
			"first": `{"data":` + c.data + `,"loadType":"search"}`,
		} {
			t.Run(name+", data "+place, func(t *testing.T) {
				res, err := answering(t, 200, answer).Load(context.Background(), "x")
				if err != nil {
					t.Fatal(err)
				}
				kind := lavalink.LoadSearch
				if len(c.titles) == 0 {
					kind = lavalink.LoadEmpty
				}
				var titles []string
				for _, got := range res.Tracks {
					titles = append(titles, got.Title)
					if name == "usual" && (got.Length != time.Second || got.Author != "A" || got.Encoded != "a") {
						t.Errorf("%+v", got)
					}
				}
				if res.Kind != kind || strings.Join(titles, "|") != strings.Join(c.titles, "|") || res.Total != c.total {
					t.Errorf("%s %q of %d, want %s %q of %d", res.Kind, titles, res.Total, kind, c.titles, c.total)
				}
			})
		}
	}
}
