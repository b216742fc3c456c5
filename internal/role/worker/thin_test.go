package worker_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/role/worker"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/sim/s3"
)

const (
	movedType = "music.queue.moved"
	days      = 24 * time.Hour
)

// mixed is a world whose journal has n events of some days ago, which were read:
// every third is of movedType, the others are the ends of plays.
func mixed(t *testing.T, w *world, n int, age time.Duration) {
	t.Helper()
	for i := range n {
		at := start.Add(-age).Add(time.Duration(i) * time.Second)
		r := w.record(endedType, at, over(i, map[string]any{"started_at": at.Add(-time.Minute)}))
		if i%3 == 0 {
			r = w.record(movedType, at, map[string]any{"bot": "20"})
		}
		w.happen(r)
	}
	if err := w.db.ProjectPlays(t.Context(), 0, int64(n), nil); err != nil {
		t.Fatal(err)
	}
}

// without are the numbers up to n that are not of movedType.
func without(n int) (s []int64) {
	for i := range n {
		if i%3 != 0 {
			s = append(s, int64(i)+1)
		}
	}
	return s
}

func TestTypesThatLeaveBeforeTheOthers(t *testing.T) {
	const n = 90
	w := newWorld(t)
	mixed(t, w, n, 3*days)
	w.happen(w.record(movedType, start, map[string]any{"bot": "20"}))
	o := w.options()
	o.Retention.Types = map[string]time.Duration{movedType: 2 * days}
	run(t, o)
	want := append(without(n), n+1)
	w.eventually("what is old of the type is gone", 20*time.Second, func() bool { return slices.Equal(w.left(), want) })
	// What plays are made of is all there, whatever stood between.
	if err := worker.New(o).Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := len(w.plays()); got != len(without(n)) {
		t.Errorf("there are %d plays of %d", got, len(without(n)))
	}
}

// With an archive everything is there before its first type leaves, and what
// plays are made of is read back from it.
func TestTypesAreArchivedBeforeTheyLeave(t *testing.T) {
	const n = 60
	w := newWorld(t)
	mixed(t, w, n, 4*days)
	w.happen(w.record(endedType, start, over(n, nil)))
	a, err := archive.Open(filepath.Join(t.TempDir(), "archive"), archive.Limits{Events: 25})
	if err != nil {
		t.Fatal(err)
	}
	o := w.options()
	o.Archive, o.Retention.Types = a, map[string]time.Duration{endedType: 2 * days}
	run(t, o)
	var want []int64
	for i := int64(1); i <= n; i += 3 {
		want = append(want, i)
	}
	want = append(want, n+1)
	w.eventually("what is old of the type is gone", 20*time.Second, func() bool { return slices.Equal(w.left(), want) })
	if got := archived(t, a); !slices.Equal(got, counted(1, n)) {
		t.Errorf("the archive has %v", got)
	}
	role := worker.New(o)
	if err := role.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.eventually("all plays", 20*time.Second, func() bool { return len(w.plays()) == len(without(n))+1 && w.position() == n+1 })
}

// An archive that comes later has few files, with what is gone noted in them.
func TestAnArchiveThatComesAfterSomeTypesLeft(t *testing.T) {
	const n = 300
	w := newWorld(t)
	mixed(t, w, n, worker.KeepJournal+48*time.Hour)
	if _, err := w.db.Thin(t.Context(), thinning(movedType)); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(filepath.Join(t.TempDir(), "archive"), archive.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	o := w.options()
	o.Archive = a
	run(t, o)
	w.eventually("everything is put away", 20*time.Second, func() bool { return len(w.left()) == 0 })
	if got := archived(t, a); !slices.Equal(got, without(n)) {
		t.Errorf("the archive has %d events, want %d", len(got), len(without(n)))
	}
	if all, err := a.Files(t.Context()); err != nil || len(all) > 2 {
		t.Errorf("there are %d files, %v", len(all), err)
	}
}

// The same with the archive on storage that fails now and then.
func TestOldEventsAreArchivedOnS3(t *testing.T) {
	const n = 300
	w, _, _ := aged(t, n)
	sim := s3.New(s3.Options{AccessKey: "AKID", SecretKey: "hush", Buckets: []string{"kept"}})
	server := httptest.NewServer(sim)
	t.Cleanup(server.Close)
	a, err := archive.OpenS3(t.Context(), archive.S3{
		Endpoint: strings.TrimPrefix(server.URL, "http://"), Plain: true, Bucket: "kept", AccessKey: "AKID", SecretKey: secret.New("hush"),
	}, archive.Limits{Events: 120})
	if err != nil {
		t.Fatal(err)
	}
	sim.Break(s3.Fault{Method: http.MethodPut, Status: http.StatusForbidden, Code: "AccessDenied"})
	sim.Break(s3.Fault{Method: http.MethodGet, Key: ".zst", Cut: 50, Times: 2})
	o := w.options()
	o.Archive = a
	run(t, o)
	w.eventually("everything is put away", 20*time.Second, func() bool { return len(w.left()) == 0 })
	if got := archived(t, a); !slices.Equal(got, counted(1, n)) || len(sim.Keys("kept")) != 3 {
		t.Errorf("the archive has %d events in %v", len(got), sim.Keys("kept"))
	}
	if w.log.count("the storage refuses s3://kept/") == 0 || w.log.count("hush") > 0 {
		t.Errorf("the log says\n%s", fmt.Sprint(&w.log.b))
	}
}
