package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// buses is what is counted and measured of the bus.
type buses struct {
	took            *prometheus.HistogramVec
	lag, full       *prometheus.GaugeVec
	resets, skipped *prometheus.CounterVec
}

func newBuses(m *Metrics, buckets []float64) buses {
	return buses{
		took: m.histogram("messaging_client_operation_duration_seconds", "Calls of the server that carries the bus.",
			buckets, "messaging_operation_name", "error_type"),
		lag:    m.gauge("platformd_bus_lag", "Messages of a destination that wait: to be stepped, or to be done with for good.", "messaging_destination_name"),
		full:   m.gauge("platformd_bus_fullest_ratio", "How much of what it may hold the fullest stream does; at 1 its senders wait."),
		resets: m.counter("platformd_bus_resets_total", "Streams that did not continue from their reader's cursor, by why.", "reason"),
		skipped: m.counter("platformd_bus_topic_losses_total",
			"What listeners of topics did not hear: cut connections, messages of slow listeners, messages that could not be sent.", "reason"),
	}
}

// BusLag says how many messages of a destination wait.
func (m *Metrics) BusLag(destination string, n int) {
	m.bus.lag.WithLabelValues(destination).Set(float64(n))
}

// BusFullest says how much of what it may hold the fullest stream does, from 0 to 1.
func (m *Metrics) BusFullest(ratio float64) { m.bus.full.WithLabelValues().Set(ratio) }

// BusCalled notes a call of the server that carries the bus, by its name; code is
// empty where it went well, or a fault code.
func (m *Metrics) BusCalled(operation, code string, took time.Duration) {
	m.bus.took.WithLabelValues(operation, code).Observe(took.Seconds())
}

// BusReset counts a stream that did not continue from its reader's cursor: gone,
// generation, ahead, lost, gap or unreadable.
func (m *Metrics) BusReset(reason string) { m.bus.resets.WithLabelValues(reason).Inc() }

// BusTopicLost counts what listeners of topics did not hear: cut, slow or unsent.
func (m *Metrics) BusTopicLost(reason string, n int) {
	m.bus.skipped.WithLabelValues(reason).Add(float64(n))
}
