package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// jobs is what is counted and measured of background jobs. Kinds are those of
// the code, states those of the queue.
type jobs struct {
	count, age *prometheus.GaugeVec
	runs       *prometheus.CounterVec
	took       *prometheus.HistogramVec
}

func newJobs(m *Metrics) jobs {
	return jobs{
		count: m.gauge("platformd_job_count", "Background jobs in the queue.", "kind", "state"),
		age:   m.gauge("platformd_job_oldest_age_seconds", "Age of the oldest background job that is not finished."),
		runs:  m.counter("platformd_job_runs_total", "Runs of background jobs: done, failed, given_up, cancelled or interrupted.", "kind", "outcome"),
		took: m.histogram("platformd_job_duration_seconds", "Runs of background jobs, from their beginning to their end.",
			[]float64{.005, .02, .1, .5, 2, 10, 30, 60, 120, 300, 600}, "kind"),
	}
}

// ForgetJobs begins a new count of what is in the queue.
func (m *Metrics) ForgetJobs() { m.jobs.count.Reset() }

// Jobs says how many jobs of a kind are in a state.
func (m *Metrics) Jobs(kind, state string, n int) {
	m.jobs.count.WithLabelValues(kind, state).Set(float64(n))
}

// JobAge says how old the oldest job is that is not finished; 0 for none.
func (m *Metrics) JobAge(d time.Duration) { m.jobs.age.WithLabelValues().Set(d.Seconds()) }

// JobRan notes a run that ended.
func (m *Metrics) JobRan(kind, outcome string, took time.Duration) {
	m.jobs.runs.WithLabelValues(kind, outcome).Inc()
	m.jobs.took.WithLabelValues(kind).Observe(took.Seconds())
}
