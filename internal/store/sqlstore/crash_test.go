package sqlstore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

const crashVar = "SQLSTORE_TEST_CRASH"

// crashing is the process that is killed: it commits and says so, for ever.
func crashing(dir string) {
	ctx := context.Background()
	fail := func(err error) {
		if err != nil {
			fmt.Println("failed:", err)
			os.Exit(1)
		}
	}
	db, err := sqlstore.Open(ctx, sqlstore.Options{URL: file(dir), WALPassive: 256 << 10, WALTruncate: 512 << 10})
	fail(err)
	l, err := db.Acquire(ctx, 0, "crashing", time.Minute)
	fail(err)
	for batch := l.Batch + 1; ; batch++ {
		g := music.New(music.GuildID(fmt.Sprint("g", batch)))
		g.Players = []*music.Player{{Bot: "1", Queue: []*music.Slot{{ID: "a"}, {ID: "b"}}}}
		_, err := db.Commit(ctx, &store.Batch{
			Stamps: []store.Stamp{{Partition: 0, Epoch: l.Epoch, Batch: batch}}, At: time.Now(),
			Guilds: []store.GuildChange{{After: &g}},
			Events: []store.Record{{ID: fmt.Sprint("e", batch), Type: "t", Guild: g.ID, At: time.Now(), Envelope: []byte("{}")}},
		})
		fail(err)
		fmt.Println("done", batch)
	}
}

// TestKilledInTheMiddle kills a process that commits, several times on the same
// file: what it was told is there, and nothing by halves.
func TestKilledInTheMiddle(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	last := int64(0)
	for round := range 5 {
		acknowledged := killed(t, exe, dir, last+50+int64(round)*37)
		db, err := sqlstore.Open(t.Context(), sqlstore.Options{URL: file(dir)})
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		now, err := db.BatchNumbers(t.Context(), []int{0})
		if err != nil {
			t.Fatal(err)
		}
		if now[0].Batch < acknowledged || now[0].Batch > acknowledged+1 {
			t.Fatalf("round %d: batch %d is there, %d was acknowledged", round, now[0].Batch, acknowledged)
		}
		last = now[0].Batch
		rows, err := db.Events(t.Context(), store.EventQuery{Newest: true, Limit: 1})
		if err != nil || len(rows) != 1 || rows[0].Seq != last || rows[0].ID != fmt.Sprint("e", last) {
			t.Fatalf("round %d: the journal ends with %+v, %v", round, rows, err)
		}
		ids := []music.GuildID{music.GuildID(fmt.Sprint("g", last)), music.GuildID(fmt.Sprint("g", last+1))}
		gs, err := db.Load(t.Context(), ids)
		if err != nil || len(gs) != 1 || len(gs[0].Players) != 1 || len(gs[0].Players[0].Queue) != 2 {
			t.Fatalf("round %d: the last guild is %+v, %v", round, gs, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killed lets the process commit up to a number and kills it; it returns the
// last number that the process had said before.
func killed(t *testing.T, exe, dir string, upTo int64) int64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), crashVar+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last := int64(0)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "done ")
		if !ok {
			t.Fatal(lines.Text())
		}
		if last, err = strconv.ParseInt(text, 10, 64); err != nil {
			t.Fatal(err)
		}
		if last == upTo {
			// What it says from now on still counts: the pipe is read to its end.
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait()
	if last < upTo {
		t.Fatalf("the process ended at %d", last)
	}
	return last
}
