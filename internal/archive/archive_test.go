package archive_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 11, 23, 22, 0, 0, 0, time.UTC)

func row(seq int64) *store.JournalRow {
	return &store.JournalRow{Seq: seq, Record: store.Record{
		ID: fmt.Sprint("event-", seq), Type: "music.play.ended", Tenant: "tenant", Guild: "g", Partition: 3, Epoch: 7,
		At: start.Add(time.Duration(seq) * time.Minute), Cause: "input", Envelope: []byte(fmt.Sprintf(`{"id":"event-%d","a<b":"é"}`, seq)),
	}}
}

func open(t *testing.T, l archive.Limits) (*archive.Archive, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "archive")
	a, err := archive.Open(dir, l)
	if err != nil {
		t.Fatal(err)
	}
	return a, dir
}

// write makes a file of the events from first to last.
func write(t *testing.T, a *archive.Archive, first, last int64) archive.File {
	t.Helper()
	w, err := a.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for seq := first; seq <= last; seq++ {
		if err := w.Append(row(seq)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := w.Finish(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func read(t *testing.T, a *archive.Archive, after int64) (seqs []int64, failed error) {
	t.Helper()
	for r, err := range a.After(t.Context(), after) {
		if err != nil {
			return seqs, err
		}
		want := row(r.Seq)
		if r.ID != want.ID || r.Type != want.Type || r.Tenant != want.Tenant || r.Guild != want.Guild || r.Partition != want.Partition ||
			r.Epoch != want.Epoch || !r.At.Equal(want.At) || r.Cause != want.Cause || !bytes.Equal(r.Envelope, want.Envelope) {
			t.Errorf("got %+v, want %+v", r, want)
		}
		seqs = append(seqs, r.Seq)
	}
	return seqs, nil
}

func series(from, to int64) (s []int64) {
	for ; from <= to; from++ {
		s = append(s, from)
	}
	return s
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	each(t, func(t *testing.T, open func(archive.Limits) *box) {
		a := open(archive.Limits{})
		if seqs, err := read(t, a.Archive, 0); err != nil || len(seqs) != 0 {
			t.Errorf("an empty archive has %v, %v", seqs, err)
		}
		second := write(t, a.Archive, 151, 300)
		first := write(t, a.Archive, 1, 150)
		if want := a.at + "/2026/11/23/journal-00000000000000000001-00000000000000000150.jsonl.zst"; first.Path != want {
			t.Errorf("it is at %s, want %s", first.Path, want)
		}
		if want := a.at + "/2026/11/24/"; !strings.HasPrefix(second.Path, want) {
			t.Errorf("it is at %s, want it in %s", second.Path, want)
		}
		for _, after := range []int64{0, 1, 149, 150, 151, 299, 300, 1000} {
			got, err := read(t, a.Archive, after)
			if want := series(after+1, 300); err != nil || !slices.Equal(got, want) {
				t.Errorf("behind %d are %d events, want %d; %v", after, len(got), len(want), err)
			}
		}
		for r, err := range a.After(t.Context(), 0) {
			if err != nil || r.Seq != 1 {
				t.Errorf("got %v, %v", r, err)
			}
			break // whoever has enough may stop
		}
	})
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	a, _ := open(t, archive.Limits{})
	f := write(t, a, 1, 2)
	info, err := os.Stat(f.Path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
}

func TestFilesThatOverlapGiveEachEventOnce(t *testing.T) {
	each(t, func(t *testing.T, open func(archive.Limits) *box) { overlaps(t, open) })
}

func overlaps(t *testing.T, open func(archive.Limits) *box) {
	t.Helper()
	for name, ranges := range map[string][][2]int64{
		"the same twice": {{1, 20}, {1, 20}},
		"one in another": {{1, 20}, {5, 8}},
		"one beside":     {{1, 12}, {8, 20}},
		"many":           {{1, 5}, {1, 9}, {3, 7}, {6, 20}, {10, 12}, {20, 20}},
	} {
		t.Run(name, func(t *testing.T) {
			a := open(archive.Limits{}).Archive
			for _, r := range ranges {
				write(t, a, r[0], r[1])
			}
			if got, err := read(t, a, 0); err != nil || !slices.Equal(got, series(1, 20)) {
				t.Errorf("got %v, %v", got, err)
			}
			f, ok, err := a.Covering(t.Context(), 6)
			if err != nil || !ok || f.First > 6 || f.Last < 6 {
				t.Errorf("6 is in %+v, %v, %v", f, ok, err)
			}
			chain, err := a.Chain(t.Context(), 6)
			if err != nil || len(chain) == 0 || chain[0].First > 6 || chain[len(chain)-1].Last != 20 {
				t.Errorf("from 6 on there are %v, %v", chain, err)
			}
			if chain, err := a.Chain(t.Context(), 21); err != nil || len(chain) != 0 {
				t.Errorf("from 21 on there are %v, %v", chain, err)
			}
			if f, ok, err := a.Covering(t.Context(), 21); err != nil || ok {
				t.Errorf("21 is in %+v, %v", f, err)
			}
		})
	}
}

func TestAFileHasAnOrderAndABound(t *testing.T) {
	a, _ := open(t, archive.Limits{Events: 3})
	w, err := a.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Discard()
	if w.Takes(0) || !w.Takes(5) {
		t.Error("the first event may have any number above 0")
	}
	for _, seq := range []int64{5, 6} {
		if err := w.Append(row(seq)); err != nil {
			t.Fatal(err)
		}
	}
	for _, seq := range []int64{4, 6} {
		if err := w.Append(row(seq)); w.Takes(seq) || fault.CodeOf(err) != fault.Conflict {
			t.Errorf("%d was taken: %v", seq, err)
		}
	}
	if err := w.Append(row(7)); err != nil || w.Takes(8) {
		t.Errorf("a full file: %v", err)
	}
	b, _ := open(t, archive.Limits{Bytes: 300})
	small, err := b.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer small.Discard()
	n := int64(1)
	for ; small.Takes(n) && n < 100; n++ {
		if err := small.Append(row(n)); err != nil {
			t.Fatal(err)
		}
	}
	if n < 2 || n > 4 {
		t.Errorf("300 bytes are %d events", n-1)
	}
}

// Numbers that left the journal before are noted, so that a file still says
// itself that nothing is missing in it.
func TestWhatTheJournalHadNoMoreIsNoted(t *testing.T) {
	each(t, func(t *testing.T, open func(archive.Limits) *box) {
		a := open(archive.Limits{}).Archive
		has := []int64{3, 4, 9, 10, 11, 400}
		w, err := a.Create(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, seq := range has {
			if !w.Takes(seq) {
				t.Fatalf("%d is not taken", seq)
			}
			if err := w.Append(row(seq)); err != nil {
				t.Fatal(err)
			}
		}
		f, err := w.Finish(t.Context())
		if err != nil || f.First != 3 || f.Last != 400 {
			t.Fatal(f, err)
		}
		write(t, a, 401, 402)
		for after, want := range map[int64][]int64{0: append(has, 401, 402), 4: {9, 10, 11, 400, 401, 402}, 6: {9, 10, 11, 400, 401, 402}, 399: {400, 401, 402}, 400: {401, 402}} {
			if got, err := read(t, a, after); err != nil || !slices.Equal(got, want) {
				t.Errorf("behind %d are %v, want %v; %v", after, got, want, err)
			}
		}
		if same, err := f.Check(t.Context(), 9, "event-9"); err != nil || !same {
			t.Errorf("9 is not there: %v", err)
		}
		if same, err := f.Check(t.Context(), 5, "event-5"); err != nil || same {
			t.Errorf("5 is there: %v", err)
		}
	})
}

func TestNothingIsThereBeforeItIsFinished(t *testing.T) {
	a, dir := open(t, archive.Limits{})
	w, err := a.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(row(1)); err != nil {
		t.Fatal(err)
	}
	if all, err := a.Files(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("there is %v, %v", all, err)
	}
	// A process that died here leaves this; the next one does not mind it.
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 || !strings.HasPrefix(left[0].Name(), ".unfinished-") {
		t.Fatalf("there is %v, %v", left, err)
	}
	if err := a.Sweep(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Error("one that may still be written was removed")
	}
	if err := a.Sweep(t.Context(), time.Now().Add(25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%v stays for ever", left)
	}
	if _, err := w.Finish(t.Context()); err == nil {
		t.Error("a file that is gone was finished")
	}
	w.Discard()
	empty, err := a.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := empty.Finish(t.Context()); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("a file without events: %v", err)
	}
	given, err := a.Create(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := given.Append(row(1)); err != nil {
		t.Fatal(err)
	}
	given.Discard()
	given.Discard()
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestRefusedDirectories(t *testing.T) {
	if _, err := archive.Open("", archive.Limits{}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("no directory: %v", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := archive.Open(file, archive.Limits{})
	if message, hint := fault.Show(err); fault.CodeOf(err) != fault.Unavailable || !strings.Contains(message, file) || hint == "" {
		t.Errorf("a file: %v", err)
	}
	a, dir := open(t, archive.Limits{})
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Create(t.Context()); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a directory that is gone: %v", err)
	}
	if _, err := a.Files(t.Context()); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("a directory that is gone: %v", err)
	}
}

func TestARequestThatIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, open func(archive.Limits) *box) { givenUp(t, open(archive.Limits{}).Archive) })
}

func givenUp(t *testing.T, a *archive.Archive) {
	t.Helper()
	write(t, a, 1, 50)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err := range a.After(ctx, 0) {
		if n++; n == 10 {
			cancel()
		}
		if err != nil {
			if n != 11 || fault.CodeOf(err) != fault.Unavailable {
				t.Errorf("at %d: %v", n, err)
			}
			return
		}
	}
	t.Error("it was read to its end")
}
