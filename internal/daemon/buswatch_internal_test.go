package daemon //nolint:testpackage // the bus and the metrics meet where nobody else looks

import (
	"errors"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/memory"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/observe"
)

// shown returns what the metrics have of one name, by the values of its labels.
func shown(t *testing.T, m *observe.Metrics, name string) map[string]float64 {
	t.Helper()
	families, err := m.Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]float64{}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, x := range f.GetMetric() {
			key := ""
			for _, l := range x.GetLabel() {
				key += l.GetValue() + "/"
			}
			out[key] = x.GetGauge().GetValue() + x.GetCounter().GetValue() + float64(x.GetHistogram().GetSampleCount())
		}
	}
	return out
}

func TestLagIsOfTheStreamsThatAreHeardOf(t *testing.T) {
	clock := clockwork.NewFakeClock()
	w := newBusWatch(clock)
	w.behind("partition.1", 100, 10)
	w.behind("partition.1", redis.DefaultBacklog/4, 10)
	clock.Advance(lagFor)
	w.behind("partition.2", 10, redis.DefaultBacklogBytes/2)
	if n, full := w.lag(); n != redis.DefaultBacklog/4+10 || full != .5 {
		t.Errorf("%d messages, %v full", n, full)
	}
	clock.Advance(time.Second)
	if n, full := w.lag(); n != 10 || full != .5 {
		t.Errorf("what another process has counts: %d messages, %v full", n, full)
	}
	w.behind("partition.2", 0, 0)
	if n, full := w.lag(); n != 0 || full != 0 {
		t.Errorf("%d messages, %v full", n, full)
	}
}

func TestTheBusTellsTheMetrics(t *testing.T) {
	d := &daemon{metrics: observe.NewMetrics("", ""), lag: newBusWatch(clockwork.NewFakeClock())}
	h := busHooks(d.metrics, d.lag)
	h.Flushed("partition.1", 3, 400, time.Millisecond, nil)
	h.Flushed("partition.1", 3, 400, time.Second, fault.New(fault.Unavailable, "test", "away"))
	h.Behind("partition.1", 3, 400)
	h.Reset("partition.1", "generation")
	h.Cut(errors.New("cut"))
	h.Missed("owed")
	h.Dropped(5, errors.New("away"))
	d.gaugeBus()
	for name, want := range map[string]map[string]float64{
		"messaging_client_operation_duration_seconds": {"/append/": 1, "unavailable/append/": 1},
		"platformd_bus_resets_total":                  {"generation/": 1},
		"platformd_bus_topic_losses_total":            {"cut/": 1, "slow/": 1, "unsent/": 5},
		"platformd_bus_lag":                           {"streams/": 3},
		"platformd_bus_fullest_ratio":                 {"": 3. / redis.DefaultBacklog},
	} {
		got := shown(t, d.metrics, name)
		if len(got) != len(want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%s of %s is %v, want %v", name, k, got[k], v)
			}
		}
	}
}

func TestLagWithinAProcess(t *testing.T) {
	b := memory.New(10)
	t.Cleanup(func() { _ = b.Close() })
	d := &daemon{metrics: observe.NewMetrics("", ""), lag: newBusWatch(clockwork.NewFakeClock()), bus: b}
	if err := b.Append(t.Context(), "partition.1", make([]bus.Message, 4)...); err != nil {
		t.Fatal(err)
	}
	d.gaugeBus()
	if got := shown(t, d.metrics, "platformd_bus_lag")["streams/"]; got != 4 {
		t.Errorf("%v messages", got)
	}
	if got := shown(t, d.metrics, "platformd_bus_fullest_ratio")[""]; got != .4 {
		t.Errorf("%v full", got)
	}
}
