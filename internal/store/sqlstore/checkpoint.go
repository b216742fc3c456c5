package sqlstore

import (
	"context"
	"database/sql"
	"os"
	"sync"
	"time"
)

// checkpointer copies the write-ahead log into the database on a connection of
// its own, so that no commit waits for it. It does so by the log's size:
// gently from one size on, and beyond another one until the log is empty, which
// keeps the writer out for a moment.
type checkpointer struct {
	pool  *sql.DB
	log   string
	opts  Options
	wake  chan struct{}
	stop  context.CancelFunc
	ended sync.WaitGroup
}

// checkpointPause lies between two checkpoints at least.
const checkpointPause = 250 * time.Millisecond

func newCheckpointer(pool *sql.DB, log string, o Options) *checkpointer {
	ctx, stop := context.WithCancel(context.Background())
	c := &checkpointer{pool: pool, log: log, opts: o, wake: make(chan struct{}, 1), stop: stop}
	c.ended.Go(func() { c.run(ctx) })
	return c
}

func (c *checkpointer) size() int64 {
	info, err := os.Stat(c.log)
	if err != nil {
		return 0
	}
	return info.Size()
}

// look asks for a checkpoint where the log has grown to it.
func (c *checkpointer) look() {
	if c.size() < c.opts.WALPassive {
		return
	}
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-c.wake:
		}
		mode := "PASSIVE"
		if c.size() >= c.opts.WALTruncate {
			mode = "TRUNCATE"
		}
		if err := c.checkpoint(ctx, mode); err != nil && ctx.Err() == nil {
			c.opts.Logger.Warn("the database's log could not be copied into it", "mode", mode, "error", err)
		}
		pause.Reset(checkpointPause)
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}

func (c *checkpointer) checkpoint(ctx context.Context, mode string) error {
	var busy, pages, copied int64
	return c.pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint("+mode+")").Scan(&busy, &pages, &copied)
}

// close empties the log, once the writer has ended.
func (c *checkpointer) close() error {
	c.stop()
	c.ended.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.checkpoint(ctx, "TRUNCATE"); err != nil {
		c.opts.Logger.Warn("the database's log could not be copied into it; the next start does it", "error", err)
	}
	return nil
}
