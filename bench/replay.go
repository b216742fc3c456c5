package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	runtimemetrics "runtime/metrics"
	"strconv"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/archive"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/role/worker"
	platformstore "github.com/atrilhq/platform/internal/store"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

const (
	// replayEvents are read again, the first half of them from the archive and
	// the others from the journal.
	replayEvents = 1_000_000
	// replayWithin bounds all of it, what is prepared included.
	replayWithin = 15 * time.Minute
	replayBatch  = 1_000
	// replayGuilds is how many guilds they are of.
	replayGuilds = 100
)

// replayTypes are the events of a track that is played, in their order: the
// journal of a guild where music plays is these again and again.
func replayTypes() []string {
	return []string{"music.track.queued", "music.play.started", "music.player.moved", "music.play.ended"}
}

// A replaying measures, once, how plays are made anew of everything there is.
type replaying struct {
	once sync.Once
	err  error
	log  io.Writer
	// events is how many are replayed, in whole batches.
	events int
	took   time.Duration
	heap   uint64
	plays  int
}

// ofReplay are the measurements of a replay.
func ofReplay() []measurement {
	p := &replaying{log: os.Stderr}
	value := func(f func() float64) func(env) (float64, float64, error) {
		return func(e env) (float64, float64, error) {
			p.once.Do(func() {
				p.events = e.events
				p.err = p.run()
			})
			if p.err != nil {
				return 0, 0, p.err
			}
			return f(), 0, nil
		}
	}
	return []measurement{
		{"replay", "s", "", goal{value: 60, below: true}, value(func() float64 { return p.took.Seconds() })},
		{"replay-memory", "MB", "", goal{value: 128, below: true}, value(func() float64 { return float64(p.heap) / 1e6 })},
		{"replay-plays", "plays", "", goal{}, value(func() float64 { return float64(p.plays) })},
	}
}

func (p *replaying) run() (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), replayWithin)
	defer cancel()
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	_, _ = fmt.Fprintf(p.log, "  %d events are written\n", p.events)
	db, err := sqlstore.Open(ctx, sqlstore.Options{URL: "sqlite://" + filepath.Join(dir, "platform.db"), Timeout: time.Minute})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	a, err := archive.Open(filepath.Join(dir, "archive"), archive.Limits{})
	if err != nil {
		return err
	}
	clock := clockwork.NewRealClock()
	o := worker.Options{Store: db, Clock: clock, Logger: slog.New(slog.DiscardHandler), Archive: a}
	if err := p.fill(ctx, db, a); err != nil {
		return err
	}
	runtime.GC()
	watching, stop := context.WithCancel(ctx)
	peak := make(chan uint64, 1)
	go func() { peak <- peakHeap(watching) }()
	_, _ = fmt.Fprintln(p.log, "  plays are made of them")
	begin := time.Now()
	err = worker.New(o).Rebuild(ctx)
	p.took = time.Since(begin)
	stop()
	p.heap = <-peak
	if err != nil {
		return err
	}
	at, err := db.Position(ctx, platformstore.PlaysProjection)
	if err != nil {
		return err
	}
	if at != int64(p.events) {
		return fmt.Errorf("the replay ended at event %d of %d", at, p.events)
	}
	for n := range replayGuilds {
		t, err := db.PlayTotals(ctx, replayGuild(n), time.Time{})
		if err != nil {
			return err
		}
		p.plays += t.Count
	}
	if p.plays != p.events/len(replayTypes()) {
		return fmt.Errorf("%d plays were made", p.plays)
	}
	return nil
}

// fill writes the events through the store that the daemon uses, and puts the
// first of them into the archive.
func (p *replaying) fill(ctx context.Context, db *sqlstore.DB, a *archive.Archive) error {
	l, err := db.Acquire(ctx, 0, "bench", time.Hour)
	if err != nil {
		return err
	}
	stamp := platformstore.Stamp{Epoch: l.Epoch, Batch: l.Batch}
	begin := time.Now().UTC().Add(-time.Hour)
	for n := 0; n < p.events; n += replayBatch {
		b := platformstore.Batch{At: begin}
		for i := range replayBatch {
			r, err := replayed(n+i, begin)
			if err != nil {
				return err
			}
			b.Events = append(b.Events, r)
		}
		stamp.Batch++
		b.Stamps = []platformstore.Stamp{stamp}
		if _, err := db.Commit(ctx, &b); err != nil {
			return err
		}
	}
	archived := int64(p.events / 2)
	if err := db.ProjectPlays(ctx, 0, archived, nil); err != nil {
		return err
	}
	return putAway(ctx, db, a, archived)
}

// putAway moves the events up to last into the archive.
func putAway(ctx context.Context, db *sqlstore.DB, a *archive.Archive, last int64) error {
	after, all := int64(0), time.Now().Add(24*time.Hour)
	for after < last {
		w, err := a.Create(ctx)
		if err != nil {
			return err
		}
		defer w.Discard()
		for full := false; !full && after < last; {
			rows, err := db.Oldest(ctx, after, all, replayBatch)
			if err != nil {
				return err
			}
			for i := range rows {
				if full = !w.Takes(rows[i].Seq); full {
					break
				}
				if err := w.Append(&rows[i]); err != nil {
					return err
				}
				after = rows[i].Seq
			}
		}
		if _, err := w.Finish(ctx); err != nil {
			return err
		}
	}
	_, err := db.PruneTo(ctx, last, 10_000)
	for n := 1; err == nil && n > 0; {
		n, err = db.PruneTo(ctx, last, 10_000)
	}
	return err
}

func replayGuild(n int) music.GuildID { return music.GuildID(strconv.Itoa(1100000000000000000 + n)) }

// replayed is the n-th event. Each guild plays one track after the other.
func replayed(n int, begin time.Time) (platformstore.Record, error) {
	types := replayTypes()
	play, kind := n/len(types), types[n%len(types)]
	guild := string(replayGuild(play % replayGuilds))
	at := begin.Add(time.Duration(n) * time.Millisecond)
	t := storedTrack(play % 20_000)
	data := map[string]any{
		"bot": "900000000000000001", "play": storedID(play, 0), "slot": storedID(play, 1), "reason": "finished", "heard_ms": 180_000,
		"listened_ms": 180_000, "heard": true, "requester": strconv.Itoa(200000000000000000 + play%5_000), "node": "main",
		"started_at": at.Add(-3 * time.Minute), "track": map[string]any{
			"identifier": t.Identifier, "title": t.Title, "author": t.Author, "source": t.Source, "uri": t.URI, "isrc": t.ISRC, "length_ms": 180_000,
		},
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return platformstore.Record{}, err
	}
	e := event.Envelope{
		ID: storedID(n, 2), Source: "/guilds/" + guild, Type: kind, Time: at, DataSchema: "urn:atril:event:" + kind + ":1",
		PartitionKey: guild, CausationID: storedID(n, 3), Data: raw,
	}
	return platformstore.Record{
		ID: e.ID, Type: kind, Guild: music.GuildID(guild), At: at, Cause: e.CausationID, Envelope: event.AppendEncode(nil, &e),
	}, nil
}

// peakHeap is the largest heap that was seen until ctx ends, in bytes.
func peakHeap(ctx context.Context) (peak uint64) {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	sample := []runtimemetrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for {
		runtimemetrics.Read(sample)
		peak = max(peak, sample[0].Value.Uint64())
		select {
		case <-ctx.Done():
			return peak
		case <-tick.C:
		}
	}
}
