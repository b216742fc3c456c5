package observe_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/observe"
)

// used returns metrics of which every one has a value.
func used() *observe.Metrics {
	m := observe.NewMetrics("1.2.3", "abc")
	m.CommandDone("play", "done", time.Second)
	m.InteractionAcked("direct", time.Millisecond)
	m.HTTPRequest("GET", "/v1/status", 200, time.Millisecond)
	m.HTTPRequest("HACK", "/v1/status", 405, time.Millisecond)
	m.DatabaseDone("commit", time.Millisecond)
	m.MessageDone("inputs", time.Millisecond)
	m.ShardState("main", 0, "connecting")
	m.ShardState("main", 0, "ready")
	m.IdentifyRemaining("main", 990)
	m.BusLag("inputs", 3)
	m.BusFullest(.25)
	m.BusCalled("append", "", time.Millisecond)
	m.BusReset("generation")
	m.BusTopicLost("cut", 1)
	m.OutboxAge(2 * time.Second)
	m.DeadLetters(1)
	m.PlayersActive(4)
	m.FramesDeficit("lava1", 2)
	m.LeaseConflict("partition")
	m.Undecodable("lava1")
	return m
}

func TestMetricsHaveTheirNamesAndNoPeople(t *testing.T) {
	families, err := used().Gatherer().Gather()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range families {
		names = append(names, f.GetName())
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				for _, no := range []string{"guild", "user", "tenant", "channel"} {
					if strings.Contains(l.GetName(), no) {
						t.Errorf("%s has the label %s", f.GetName(), l.GetName())
					}
				}
				if l.GetValue() == "HACK" {
					t.Errorf("%s takes any method as a label", f.GetName())
				}
			}
		}
		if f.GetName() == "platformd_gateway_shard_state" && (len(f.GetMetric()) != 1 || f.GetMetric()[0].GetGauge().GetValue() != 1) {
			t.Errorf("a shard is in %d states", len(f.GetMetric()))
		}
	}
	for _, want := range []string{
		"http_server_request_duration_seconds", "db_client_operation_duration_seconds", "messaging_process_duration_seconds",
		"platformd_command_duration_seconds", "platformd_interaction_ack_duration_seconds", "platformd_gateway_shard_state",
		"platformd_gateway_identify_remaining", "platformd_bus_lag", "platformd_bus_fullest_ratio",
		"messaging_client_operation_duration_seconds", "platformd_bus_resets_total", "platformd_bus_topic_losses_total", "platformd_outbox_oldest_age_seconds", "platformd_dlq_depth",
		"platformd_player_active", "platformd_lease_conflicts_total",
		"platformd_lavalink_frames_deficit", "platformd_lavalink_undecodable_total", "platformd_build_info", "go_goroutines",
	} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestReadiness(t *testing.T) {
	var r observe.Ready
	if ok, checks := r.Check(t.Context()); ok || len(checks) != 1 || checks[0].Reason == "" {
		t.Errorf("before the start: %v %v", ok, checks)
	}
	var broken error
	r.Add("database", func(context.Context) error { return broken })
	r.Add("nodes", func(context.Context) error { return nil })
	r.Started(true)
	if ok, checks := r.Check(t.Context()); !ok || len(checks) != 3 || checks[1].Name != "database" || checks[2].Name != "nodes" {
		t.Errorf("%v %v", ok, checks)
	}
	for _, c := range []struct {
		err    error
		reason string
	}{
		{fault.Wrap(errors.New("host secret"), fault.Unavailable, "x", "the database does not answer"), "the database does not answer"},
		{errors.New("host secret"), "an internal error happened"},
		{context.DeadlineExceeded, "did not answer in time"},
	} {
		broken = c.err
		if ok, checks := r.Check(t.Context()); ok || checks[1].OK || checks[1].Reason != c.reason || !checks[2].OK {
			t.Errorf("%v: %v %v", c.err, ok, checks)
		}
	}
	broken = nil
	r.Started(false)
	if ok, _ := r.Check(t.Context()); ok {
		t.Error("ready while it stops")
	}
}

func TestAHangingCheckIsOneReason(t *testing.T) {
	var r observe.Ready
	release := make(chan struct{})
	defer close(release)
	r.Add("hangs", func(context.Context) error { <-release; return nil })
	r.Add("panics", func(context.Context) error { panic("no") })
	r.Add("good", func(context.Context) error { return nil })
	r.Started(true)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	ok, checks := r.Check(ctx)
	if ok || checks[1].Reason != "did not answer in time" || checks[2].OK || !checks[3].OK {
		t.Errorf("%v %v", ok, checks)
	}
}

func TestOperationsListener(t *testing.T) {
	r := &observe.Ready{}
	o := observe.Operations{Gatherer: used().Gatherer(), Ready: r}
	ln, err := o.Listen("localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.Serve(ctx, ln) }()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	get := func(path string) (int, string) {
		resp, err := client.Get("http://" + ln.Addr().String() + path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		b, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(b)
	}
	if code, body := get("/healthz"); code != 200 || body != "ok\n" {
		t.Errorf("healthz %d %s", code, body)
	}
	if code, body := get("/readyz"); code != 503 || !strings.Contains(body, `"ready":false`) || !strings.Contains(body, "starting or stopping") {
		t.Errorf("readyz %d %s", code, body)
	}
	r.Started(true)
	if code, _ := get("/readyz"); code != 200 {
		t.Errorf("readyz %d", code)
	}
	if code, body := get("/metrics"); code != 200 || !strings.Contains(body, `platformd_command_duration_seconds_bucket{command="play",outcome="done"`) {
		t.Errorf("metrics %d", code)
	}
	if code, body := get("/debug/pprof/goroutine?debug=1"); code != 200 || !strings.Contains(body, "goroutine profile") {
		t.Errorf("pprof %d", code)
	}
	if code, _ := get("/elsewhere"); code != 404 {
		t.Errorf("elsewhere %d", code)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestOperationsStayOnThisMachine(t *testing.T) {
	o := observe.Operations{}
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "platform.example:0"} {
		if _, err := o.Listen(address); !errors.Is(err, fault.Of(fault.Denied)) {
			t.Errorf("%s: %v", address, err)
		}
	}
	if _, err := o.Listen("nowhere"); !errors.Is(err, fault.Of(fault.Invalid)) {
		t.Errorf("nowhere: %v", err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	if _, err := o.Listen(ln.Addr().String()); !errors.Is(err, fault.Of(fault.Conflict)) {
		t.Errorf("taken: %v", err)
	}
	h := observe.Operations{Gatherer: observe.NewMetrics("", "").Gatherer(), Ready: &observe.Ready{}}
	for host, want := range map[string]int{"rebound.example": 403, "rebound.example:9464": 403, "127.0.0.1:9464": 200, "localhost": 200, "[::1]:9464": 200} {
		req := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		req.Host = host
		rec := httptest.NewRecorder()
		if h.Handler().ServeHTTP(rec, req); rec.Code != want {
			t.Errorf("%s: %d, want %d", host, rec.Code, want)
		}
	}
}
