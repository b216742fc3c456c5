package observe_test

import (
	"testing"

	"github.com/atrilhq/platform/internal/observe"
)

func TestPlaysAreCounted(t *testing.T) {
	t.Parallel()
	m := observe.NewMetrics("", "")
	m.PlayStarted("youtube")
	m.PlayStarted("youtube")
	m.PlayEnded("youtube", "finished")
	m.PlayEnded("youtube", "skipped")
	m.NodeChosen("one")
	m.PlayerMoved("one", "down")
	m.SuggestionDropped()
	m.GatewayResumed("900", 3)
	m.GatewayIdentified("900", 1)
	m.NodeSession("one", "resumed")
	got := map[string]float64{}
	all, err := m.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		for _, x := range f.GetMetric() {
			name := f.GetName()
			for _, l := range x.GetLabel() {
				name += " " + l.GetName() + "=" + l.GetValue()
			}
			got[name] = x.GetCounter().GetValue()
		}
	}
	for name, want := range map[string]float64{
		"platformd_plays_started_total source=youtube":                2,
		"platformd_plays_ended_total reason=finished source=youtube":  1,
		"platformd_plays_ended_total reason=skipped source=youtube":   1,
		"platformd_lavalink_players_placed_total node=one":            1,
		"platformd_lavalink_players_moved_total node=one reason=down": 1,
		"platformd_suggestions_dropped_total":                         1,
		"platformd_gateway_sessions_total bot=900 how=resume":         3,
		"platformd_gateway_sessions_total bot=900 how=identify":       1,
		"platformd_lavalink_sessions_total how=resumed node=one":      1,
	} {
		if got[name] != want {
			t.Errorf("%s is %v, want %v", name, got[name], want)
		}
	}
}
