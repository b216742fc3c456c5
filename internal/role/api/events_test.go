package api_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/client"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/event/catalog"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/observe"
	"github.com/atrilhq/platform/internal/role/api"
	"github.com/atrilhq/platform/internal/role/roletest"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

const part = 0

// happen writes events of a guild to the journal, and says on the bus that
// something happened, unless it is to be missed.
func happen(t *testing.T, r *roletest.Rig, guild music.GuildID, n int, missed bool) {
	t.Helper()
	known, err := catalog.New()
	if err != nil {
		t.Fatal(err)
	}
	lease, err := r.Store.Acquire(t.Context(), part, "test", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().UTC()
	b := &store.Batch{At: now, Stamps: []store.Stamp{{Partition: part, Epoch: lease.Epoch, Batch: lease.Batch + 1}}}
	for i := range n {
		id := fmt.Sprintf("e%s-%d-%d", guild, lease.Batch, i)
		payload := music.VoiceLeft{Bot: "900", Channel: "50", Reason: "idle"}
		raw, err := known.Wrap(catalog.Meta{ID: id, Source: "/guilds/" + string(guild), Time: now, Guild: string(guild), Cause: "c"}, payload)
		if err != nil {
			t.Fatal(err)
		}
		b.Events = append(b.Events, store.Record{
			ID: id, Type: payload.EventType(), Guild: guild, Partition: part, Epoch: lease.Epoch, At: now, Cause: "c", Envelope: raw,
		})
	}
	if _, err := r.Store.Commit(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	if !missed {
		if err := topic.Tell(t.Context(), r.Bus, topic.Events, string(guild), 1); err != nil {
			t.Fatal(err)
		}
	}
}

func TestEventsPageByPage(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	happen(t, r, "1", httpapi.MaxEvents+3, true)
	happen(t, r, "2", 2, true)
	b := backend(r, nil)
	for _, limit := range []int{1, 400, httpapi.MaxEvents - 1, httpapi.MaxEvents} {
		f := httpapi.EventFilter{Guild: "1", Limit: limit}
		seen := 0
		if limit == 1 {
			f.After = httpapi.MaxEvents
		}
		for more := true; more; {
			page, err := b.Events(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Items) > limit || page.More && len(page.Items) < limit {
				t.Fatalf("limit %d: %d events, more %v", limit, len(page.Items), page.More)
			}
			seen += len(page.Items)
			f.After, more = page.NextAfter, page.More
		}
		if want := httpapi.MaxEvents + 3; limit > 1 && seen != want || limit == 1 && seen != 3 {
			t.Errorf("limit %d: saw %d", limit, seen)
		}
	}
	page, err := b.Events(t.Context(), httpapi.EventFilter{Newest: true, Limit: httpapi.MaxEvents})
	if err != nil || !page.More || page.NextAfter != httpapi.MaxEvents+5 || page.Items[0].Seq != 6 {
		t.Errorf("newest: %d from %d, more %v, %v", len(page.Items), page.Items[0].Seq, page.More, err)
	}
	page, err = b.Events(t.Context(), httpapi.EventFilter{Guild: "2", Newest: true, Limit: httpapi.MaxEvents})
	if err != nil || page.More || len(page.Items) != 2 {
		t.Errorf("newest of guild 2: %d, more %v, %v", len(page.Items), page.More, err)
	}
	_, err = b.Events(t.Context(), httpapi.EventFilter{Guild: "nobody", Limit: 1})
	code(t, err, fault.NotFound, "guild")
}

// counted counts how often the journal was read.
type counted struct {
	*roletest.Store

	reads atomic.Int64
}

func (c *counted) Events(ctx context.Context, q store.EventQuery) ([]store.JournalRow, error) {
	rows, err := c.Store.Events(ctx, q)
	c.reads.Add(1)
	return rows, err
}

var errEnough = errors.New("enough")

func TestTail(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		after int64
		first int64
	}{{"new ones", -1, 6}, {"from the beginning", 0, 1}, {"behind one", 3, 4}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := roletest.New(t, roletest.Options{})
			happen(t, r, "1", 5, true)
			journal := &counted{Store: r.Store}
			b := api.New(api.Options{Store: journal, Bus: r.Bus, Clock: r.Clock(), Logger: r.Log})
			got := make(chan int64, 100)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			done := make(chan error, 1)
			go func() {
				done <- b.Tail(ctx, httpapi.EventFilter{After: c.after}, func(e view.Event) error {
					got <- e.Seq
					if e.Seq == 8 {
						return errEnough
					}
					return nil
				})
			}()
			want := c.first
			for ; want <= 5; want++ {
				if seq := <-got; seq != want {
					t.Fatalf("got %d, want %d", seq, want)
				}
			}
			if c.after < 0 {
				roletest.Until(t, "it knows where the journal ends", func() bool { return journal.reads.Load() > 1 })
			}
			happen(t, r, "1", 2, false)
			// What the bus does not tell is found all the same.
			happen(t, r, "1", 1, true)
			for ; want <= 8; want++ {
				select {
				case seq := <-got:
					if seq != want {
						t.Fatalf("got %d, want %d", seq, want)
					}
				case <-ctx.Done():
					t.Fatalf("event %d did not come", want)
				}
			}
			if err := <-done; !errors.Is(err, errEnough) {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

func TestOverTheSocket(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{})
	fill(t, r, "one")
	happen(t, r, "1", 3, true)
	metrics := observe.NewMetrics("v1", "c")
	server := httpapi.New(httpapi.Options{Backend: backend(r, nil), Logger: r.Log, Clock: r.Clock(), Metrics: metrics, Version: "v1"})
	ln, err := httpapi.ListenUnix(filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	r.Start(func(ctx context.Context) error { return server.Serve(ctx, ln) })
	c, err := client.New(client.Options{Socket: ln.Path()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	p, err := c.Player(t.Context(), "one", "main")
	if err != nil || p.Guild != "1000" || p.Queue != 5 {
		t.Errorf("%+v %v", p, err)
	}
	_, err = c.Player(t.Context(), "nobody", "main")
	code(t, err, fault.NotFound, "guilds list")
	e, err := c.Events(t.Context(), client.Events{Limit: 2})
	if err != nil || len(e.Items) != 2 {
		t.Errorf("%+v %v", e, err)
	}
}
