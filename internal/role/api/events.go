package api

import (
	"context"
	"time"

	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/httpapi"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/topic"
	"github.com/atrilhq/platform/internal/store"
)

const (
	tailPage = 256
	// tailTurn is how long a tail waits at most before it looks into the
	// journal by itself.
	tailTurn = time.Second
)

func (r *Role) query(ctx context.Context, f httpapi.EventFilter) (store.EventQuery, error) {
	guild, err := r.guild(ctx, f.Guild)
	return store.EventQuery{
		After: f.After, Guild: guild, Types: f.Types, Since: f.Since, Until: f.Until, Limit: f.Limit, Newest: f.Newest,
	}, err
}

// Events implements httpapi.Backend.
func (r *Role) Events(ctx context.Context, f httpapi.EventFilter) (view.EventPage, error) {
	q, err := r.query(ctx, f)
	if err != nil {
		return view.EventPage{}, err
	}
	// One more than asked for tells whether there is more.
	q.Limit = min(f.Limit+1, httpapi.MaxEvents)
	rows, err := r.opt.Store.Events(ctx, q)
	if err != nil {
		return view.EventPage{}, err
	}
	out := view.EventPage{Items: []view.Event{}, NextAfter: f.After}
	switch {
	case len(rows) > f.Limit && f.Newest:
		out.More, rows = true, rows[len(rows)-f.Limit:]
	case len(rows) > f.Limit:
		out.More, rows = true, rows[:f.Limit]
	case len(rows) == httpapi.MaxEvents:
		if out.More, err = r.beyond(ctx, q, rows); err != nil {
			return view.EventPage{}, err
		}
	}
	for _, row := range rows {
		e, err := show(row)
		if err != nil {
			return view.EventPage{}, err
		}
		out.Items = append(out.Items, e)
		out.NextAfter = row.Seq
	}
	return out, nil
}

// beyond says whether there are events that fit and did not fit into a page that
// is as long as the store makes them.
func (r *Role) beyond(ctx context.Context, q store.EventQuery, page []store.JournalRow) (bool, error) {
	if !q.Newest {
		q.After = page[len(page)-1].Seq
	}
	first := page[0].Seq
	newest := q.Newest
	q.Newest, q.Limit = false, 1
	rows, err := r.opt.Store.Events(ctx, q)
	return len(rows) > 0 && (!newest || rows[0].Seq < first), err
}

// show returns a row of the journal as the API shows it.
func show(row store.JournalRow) (view.Event, error) {
	h, err := event.Scan(row.Envelope)
	if err != nil {
		return view.Event{}, err
	}
	return view.Event{
		Seq: row.Seq, ID: row.ID, Type: row.Type, Guild: string(row.Guild), Time: row.At.UTC(),
		Traceparent: string(h.TraceParent), Cause: row.Cause, Data: append([]byte(nil), h.Data...),
	}, nil
}

// Tail implements httpapi.Backend. What comes is read from the journal; the bus
// only says when to look.
func (r *Role) Tail(ctx context.Context, f httpapi.EventFilter, send func(view.Event) error) error {
	sub := r.opt.Bus.Subscribe(topic.Events, 1)
	defer sub.Close()
	q, err := r.query(ctx, f)
	if err != nil {
		return err
	}
	q.Limit, q.Newest = tailPage, false
	if q.After < 0 {
		q.After = 0
		newest, err := r.opt.Store.Events(ctx, store.EventQuery{Newest: true, Limit: 1})
		if err != nil {
			return err
		}
		if len(newest) > 0 {
			q.After = newest[0].Seq
		}
	}
	for {
		rows, err := r.opt.Store.Events(ctx, q)
		if err != nil {
			return err
		}
		for _, row := range rows {
			e, err := show(row)
			if err != nil {
				return err
			}
			if err := send(e); err != nil {
				return err
			}
			q.After = row.Seq
		}
		if len(rows) == tailPage {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case _, open := <-sub.C():
			if !open {
				return nil
			}
		case <-r.opt.Clock.After(tailTurn):
		}
	}
}
