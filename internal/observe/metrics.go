package observe

import (
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics is what is counted and measured. Its methods are cheap and safe for
// use by many goroutines. No label names a guild, a person or a tenant: what a
// label may be is bounded by the configuration or by the code.
type Metrics struct {
	registry *prometheus.Registry
	names    []string

	command, ack             *prometheus.HistogramVec
	http, database, message  *prometheus.HistogramVec
	shard, identify, deficit *prometheus.GaugeVec
	outbox, letters, player  *prometheus.GaugeVec
	conflicts, undecodable   *prometheus.CounterVec
	leases, maintenance      *prometheus.GaugeVec
	leaseChanges             *prometheus.CounterVec
	plays                    plays
	sessions                 sessions
	bus                      buses
	jobs                     jobs
}

// NewMetrics returns metrics in a registry of their own, with those of the Go
// runtime and the process.
func NewMetrics(version, commit string) *Metrics {
	m := &Metrics{registry: prometheus.NewRegistry()}
	quick := []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 1.5, 2, 2.5, 3, 5, 10, 15}
	m.command = m.histogram("platformd_command_duration_seconds", "From a command's arrival to its answer.", quick, "command", "outcome")
	m.ack = m.histogram("platformd_interaction_ack_duration_seconds", "From an interaction's arrival to its first answer.", quick, "kind")
	m.http = m.histogram("http_server_request_duration_seconds", "Requests to our API.", quick, "http_request_method", "http_route", "http_response_status_code")
	m.database = m.histogram("db_client_operation_duration_seconds", "Operations on the database.", quick, "db_operation_name")
	m.message = m.histogram("messaging_process_duration_seconds", "Messages of the bus, from receiving one to being done with it.",
		quick, "messaging_destination_name")
	m.shard = m.gauge("platformd_gateway_shard_state", "1 for the state that a shard is in.", "bot", "shard", "state")
	m.identify = m.gauge("platformd_gateway_identify_remaining", "IDENTIFYs that are left today.", "bot")
	m.outbox = m.gauge("platformd_outbox_oldest_age_seconds", "Age of the oldest effect that is owed.")
	m.letters = m.gauge("platformd_dlq_depth", "Dead letters.")
	m.player = m.gauge("platformd_player_active", "Players that sound.")
	m.deficit = m.gauge("platformd_lavalink_frames_deficit", "Frames of audio that a node was late with in the last minute.", "node")
	m.conflicts = m.counter("platformd_lease_conflicts_total", "Writes that a newer epoch refused.", "kind")
	m.leases = m.gauge("platformd_lease_held", "Leases that this process holds.", "kind")
	m.maintenance = m.gauge("platformd_maintenance", "1 while changes of members wait because of an operator's work.")
	m.leaseChanges = m.counter("platformd_lease_changes_total", "What became of leases: acquired, given, lost or in doubt.", "kind", "change")
	m.undecodable = m.counter("platformd_lavalink_undecodable_total", "Messages of a node that were not understood.", "node")
	m.plays = newPlays(m)
	m.sessions = newSessions(m)
	m.jobs = newJobs(m)
	m.bus = newBuses(m, quick)
	info := m.gauge("platformd_build_info", "1, with what was built.", "version", "commit")
	info.WithLabelValues(version, commit).Set(1)
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *Metrics) histogram(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	v := prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	m.registry.MustRegister(v)
	m.names = append(m.names, name)
	return v
}

func (m *Metrics) gauge(name, help string, labels ...string) *prometheus.GaugeVec {
	v := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(v)
	m.names = append(m.names, name)
	return v
}

func (m *Metrics) counter(name, help string, labels ...string) *prometheus.CounterVec {
	v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	m.registry.MustRegister(v)
	m.names = append(m.names, name)
	return v
}

// Names are the metrics of the daemon itself, those that nothing was noted of too.
func (m *Metrics) Names() []string { return slices.Clone(m.names) }

// Gatherer is what the operations listener shows.
func (m *Metrics) Gatherer() prometheus.Gatherer { return m.registry }

// CommandDone notes a command by its name and what came of it: done, refused or failed.
func (m *Metrics) CommandDone(command, outcome string, took time.Duration) {
	m.command.WithLabelValues(command, outcome).Observe(took.Seconds())
}

// InteractionAcked notes the first answer to an interaction: direct or deferred.
func (m *Metrics) InteractionAcked(kind string, took time.Duration) {
	m.ack.WithLabelValues(kind).Observe(took.Seconds())
}

// HTTPRequest notes a request by its pattern, never by its path.
func (m *Metrics) HTTPRequest(method, route string, status int, took time.Duration) {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
	default:
		method = "_OTHER"
	}
	m.http.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// DatabaseDone notes an operation on the database by its name.
func (m *Metrics) DatabaseDone(operation string, took time.Duration) {
	m.database.WithLabelValues(operation).Observe(took.Seconds())
}

// MessageDone notes a message of the bus by its destination's kind.
func (m *Metrics) MessageDone(destination string, took time.Duration) {
	m.message.WithLabelValues(destination).Observe(took.Seconds())
}

// ShardState says which of the states a shard is in.
func (m *Metrics) ShardState(bot string, shard int, state string) {
	n := strconv.Itoa(shard)
	m.shard.DeletePartialMatch(prometheus.Labels{"bot": bot, "shard": n})
	m.shard.WithLabelValues(bot, n, state).Set(1)
}

// ShardElsewhere says that a shard is another process's to tell of.
func (m *Metrics) ShardElsewhere(bot string, shard int) {
	m.shard.DeletePartialMatch(prometheus.Labels{"bot": bot, "shard": strconv.Itoa(shard)})
}

// IdentifyRemaining says how many IDENTIFYs a bot has left today.
func (m *Metrics) IdentifyRemaining(bot string, n int) {
	m.identify.WithLabelValues(bot).Set(float64(n))
}

// OutboxAge says how old the oldest effect is that is owed; 0 for none.
func (m *Metrics) OutboxAge(d time.Duration) { m.outbox.WithLabelValues().Set(d.Seconds()) }

// DeadLetters says how many there are.
func (m *Metrics) DeadLetters(n int) { m.letters.WithLabelValues().Set(float64(n)) }

// PlayersActive says how many players sound.
func (m *Metrics) PlayersActive(n int) { m.player.WithLabelValues().Set(float64(n)) }

// FramesDeficit says how many frames a node was late with in the last minute.
func (m *Metrics) FramesDeficit(node string, n int) {
	m.deficit.WithLabelValues(node).Set(float64(n))
}

// LeaseConflict counts a write that a newer epoch refused, of a partition or a shard.
func (m *Metrics) LeaseConflict(kind string) { m.conflicts.WithLabelValues(kind).Inc() }

// LeasesHeld says how many partitions or shards this process has.
func (m *Metrics) LeasesHeld(kind string, n int) { m.leases.WithLabelValues(kind).Set(float64(n)) }

// LeaseChanges counts leases that were acquired, given to others or lost, and
// the times that all of them were in doubt.
func (m *Metrics) LeaseChanges(kind, change string, n int64) {
	m.leaseChanges.WithLabelValues(kind, change).Add(float64(n))
}

// Undecodable counts a message of a node that was not understood.
func (m *Metrics) Undecodable(node string) { m.undecodable.WithLabelValues(node).Inc() }

// Maintenance notes whether changes wait because of an operator's work.
func (m *Metrics) Maintenance(on bool) {
	v := 0.0
	if on {
		v = 1
	}
	m.maintenance.WithLabelValues().Set(v)
}
