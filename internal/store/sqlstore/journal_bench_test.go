package sqlstore_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
	"github.com/atrilhq/platform/internal/testenv"
)

// bare is what one writes by hand over the driver alone: one writer that takes
// whatever waits into a transaction. It runs the statements that keep the same
// promises, a fence for each waiter and a number for each row, in the same tables.
type bare struct {
	db               *sql.DB
	fence, head, row *sql.Stmt
	epochs, batches  [waiters]int64
	waits            chan bareRow
	ended            chan struct{}
	failed           error
}

type bareRow struct {
	record store.Record
	done   chan error
}

func newBare(b *testing.B) *bare {
	b.Helper()
	dir := b.TempDir()
	x := &bare{waits: make(chan bareRow, waiters), ended: make(chan struct{})}
	ours, err := sqlstore.Open(b.Context(), sqlstore.Options{URL: file(dir), Partitions: waiters, Timeout: 30 * time.Second})
	if err != nil {
		b.Fatal(err)
	}
	for p := range waiters {
		l, err := ours.Acquire(b.Context(), p, "bench", time.Hour)
		if err != nil {
			b.Fatal(err)
		}
		x.epochs[p], x.batches[p] = l.Epoch, l.Batch
	}
	if err := ours.Close(); err != nil {
		b.Fatal(err)
	}
	x.db, err = sql.Open("sqlite", "file:"+filepath.Join(dir, "platform.db")+"?_pragma=synchronous(FULL)&_pragma=journal_mode(WAL)&_pragma=foreign_keys(1)")
	if err != nil {
		b.Fatal(err)
	}
	x.db.SetMaxOpenConns(1)
	for text, st := range map[string]**sql.Stmt{
		`UPDATE partitions SET batch = batch + 1, renewed_at = max(renewed_at, ?) WHERE id = ? AND epoch = ? AND batch = ?`: &x.fence,
		`UPDATE journal_head SET seq = seq + ? WHERE id = 1`:                                                                &x.head,
		`INSERT INTO journal (seq, id, type, tenant_id, guild_id, partition_id, epoch, occurred_at, cause, envelope)
			VALUES ((SELECT seq FROM journal_head WHERE id = 1) - ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`: &x.row,
	} {
		if *st, err = x.db.PrepareContext(b.Context(), text); err != nil { //nolint:sqlclosecheck // it ends with its database
			b.Fatal(err)
		}
	}
	go x.write(b.Context())
	b.Cleanup(func() {
		close(x.waits)
		<-x.ended
		if err := x.db.Close(); err != nil || x.failed != nil {
			b.Errorf("the bare writer: %v, %v", err, x.failed)
		}
	})
	return x
}

func (x *bare) write(ctx context.Context) {
	defer close(x.ended)
	for first := range x.waits {
		batch := []bareRow{first}
		for len(batch) < waiters && len(x.waits) > 0 {
			batch = append(batch, <-x.waits)
		}
		err := x.commit(ctx, batch)
		if err != nil {
			x.failed = err
		}
		for _, r := range batch {
			r.done <- err
		}
	}
}

func (x *bare) commit(ctx context.Context, batch []bareRow) error {
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()                                                                      // of one that is committed it does nothing
	fence, head, row := tx.StmtContext(ctx, x.fence), tx.StmtContext(ctx, x.head), tx.StmtContext(ctx, x.row) //nolint:sqlclosecheck // they end with the transaction
	for _, r := range batch {
		p := r.record.Partition
		if _, err := fence.ExecContext(ctx, benchTime.UnixNano(), p, x.epochs[p], x.batches[p]); err != nil {
			return err
		}
		x.batches[p]++
	}
	if _, err := head.ExecContext(ctx, len(batch)); err != nil {
		return err
	}
	for i, b := range batch {
		r := b.record
		if _, err := row.ExecContext(ctx, len(batch)-1-i, r.ID, r.Type, r.Tenant, string(r.Guild), r.Partition, r.Epoch, r.At.UnixNano(), r.Cause, r.Envelope); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// waiting writes n rows from as many goroutines as there are waiters.
func (x *bare) waiting(b *testing.B, of *bench, n int) {
	b.Helper()
	var wg sync.WaitGroup
	for p := range waiters {
		wg.Go(func() {
			done := make(chan error, 1)
			for i := p; i < n; i += waiters {
				x.waits <- bareRow{of.record(p), done}
				if err := <-done; err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// BenchmarkJournalAgainstModernc reports journal rows a second of 64 that wait,
// on SQLite that syncs each commit, and how many times as many as over the bare
// driver in the same run.
func BenchmarkJournalAgainstModernc(b *testing.B) {
	x, y := newBench(b, file(b.TempDir())), newBare(b)
	const turn = 20 * waiters
	x.waiting(b, turn, false)
	y.waiting(b, x, turn)
	var own, peer []float64
	for b.Loop() {
		began := time.Now()
		x.waiting(b, turn, false)
		own = append(own, time.Since(began).Seconds()/turn)
		began = time.Now()
		y.waiting(b, x, turn)
		peer = append(peer, time.Since(began).Seconds()/turn)
	}
	b.ReportMetric(1/median(own), "rows/s")
	b.ReportMetric(median(peer)/median(own), "ratio")
}

// BenchmarkSingleCommit reports how long the slowest in a thousand of single
// commits takes, in microseconds, and how many times as long as the slowest in a
// thousand appends of 4 KiB that are synced, both in turns on the same disk.
func BenchmarkSingleCommit(b *testing.B) {
	dir := b.TempDir()
	x := newBench(b, file(dir))
	f, err := os.Create(filepath.Join(dir, "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	page := make([]byte, 4096)
	var own, raw []float64
	for b.Loop() {
		for p := range waiters {
			batch := store.Batch{Events: []store.Record{x.record(p)}}
			began := time.Now()
			x.commit(b, p, batch)
			own = append(own, float64(time.Since(began)))
			if _, err := f.Write(page); err != nil {
				b.Fatal(err)
			}
			began = time.Now()
			if err := syscall.Fdatasync(int(f.Fd())); err != nil {
				b.Fatal(err)
			}
			raw = append(raw, float64(time.Since(began)))
		}
	}
	b.ReportMetric(slowest(own)/1e3, "us/p99.9")
	b.ReportMetric(slowest(raw)/1e3, "us/fdatasync-p99.9")
	b.ReportMetric(slowest(own)/slowest(raw), "times")
}

// slowest is the value that one in a thousand exceeds.
func slowest(v []float64) float64 {
	slices.Sort(v)
	return v[min(len(v)*999/1000, len(v)-1)]
}

// BenchmarkPostgresJournalRows reports commands a second on a PostgreSQL that
// waits for the disk, and their ratio to the same transactions without rows in
// the journal.
func BenchmarkPostgresJournalRows(b *testing.B) {
	x := newBench(b, testenv.DurablePostgres(b))
	turn := func(events bool) float64 {
		began := time.Now()
		for p := range waiters {
			var batch store.Batch
			x.fill(&batch, p, true)
			if !events {
				batch.Events = nil
			}
			x.commit(b, p, batch)
		}
		return time.Since(began).Seconds() / waiters
	}
	turn(true)
	turn(false)
	var with, without []float64
	for b.Loop() {
		with, without = append(with, turn(true)), append(without, turn(false))
	}
	b.ReportMetric(1/median(with), "commands/s")
	b.ReportMetric(median(without)/median(with), "ratio")
}

// BenchmarkBacklog reports how many events a second a reader with a cursor takes
// from a journal in PostgreSQL that it is far behind of.
func BenchmarkBacklog(b *testing.B) {
	x := newBench(b, testenv.DurablePostgres(b))
	const rows, together = 100_000, 1_000
	for n := 0; n < rows; n += together {
		var batch store.Batch
		for range together {
			x.fill(&batch, 0, false)
		}
		x.commit(b, 0, batch)
	}
	var each []float64
	for b.Loop() {
		began, n := time.Now(), 0
		for after := int64(0); ; {
			got, err := x.db.Events(b.Context(), store.EventQuery{After: after, Limit: together})
			if err != nil {
				b.Fatal(err)
			}
			if len(got) == 0 {
				break
			}
			n, after = n+len(got), got[len(got)-1].Seq
		}
		if n != rows {
			b.Fatalf("%d events of %d", n, rows)
		}
		each = append(each, time.Since(began).Seconds()/rows)
	}
	b.ReportMetric(1/median(each), "events/s")
}
