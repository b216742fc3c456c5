package bustest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/fault"
)

// streams are what a stream promises beyond the simplest.
func streams() map[string]func(*testing.T, bus.Bus) {
	return map[string]func(*testing.T, bus.Bus){
		"EveryFieldTravels":            everyField,
		"ManyPublishersKeepTheirOrder": manyPublishers,
		"AppendIsAllOrNone":            allOrNone,
		"AppendedTogetherStayTogether": staysTogether,
		"PositionsGrow":                positionsGrow,
		"AnyCursorThatWasGivenResumes": anyCursorResumes,
		"BeginOfAnEmptyStream":         emptyStream,
		"StreamsAreApart":              streamsApart,
		"OneReaderAfterAnother":        readersTakeTurns,
		"NothingToAppendIsNothing":     nothingToAppend,
		"AReaderThatGaveUpGoesOn":      gaveUp,
		"CloseEndsManyThatWait":        closeWhileBlocked,
		"ABusThatClosedStaysClosed":    staysClosed,
		"TopicsKeepTheOrderOfTelling":  topicOrder,
		"ListenersComeAndGo":           listenersComeAndGo,
		"WhatWasToldBeforeIsNotHeard":  notHeardBefore,
		"ACanceledAppendAddsNothing":   canceledAppend,
	}
}

// drain reads n messages, at most at once at a time.
func drain(t *testing.T, b bus.Bus, stream string, at bus.Cursor, n, atOnce int) ([]bus.Delivery, bus.Cursor) {
	t.Helper()
	var all []bus.Delivery
	for len(all) < n {
		got, to, err := b.Read(within(t), stream, at, atOnce)
		if err != nil {
			t.Fatalf("after %d of %d: %v", len(all), n, err)
		}
		if len(got) == 0 || len(got) > atOnce {
			t.Fatalf("a read of at most %d returns %d", atOnce, len(got))
		}
		if last := got[len(got)-1].Position; to.Position != last || to.Generation != at.Generation {
			t.Fatalf("the cursor behind %d is %+v", last, to)
		}
		all, at = append(all, got...), to
	}
	if len(all) != n {
		t.Fatalf("got %d messages, want %d", len(all), n)
	}
	return all, at
}

func everyField(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	want := []bus.Message{
		{},
		{
			Key: "123", Kind: "music.input", Data: []byte{0, 1, 255, '\r', '\n'}, Source: "gw:1:0", Generation: "g", Number: 1<<63 - 1,
			Trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
		},
		{Key: "not \xff UTF-8", Number: -1},
		{Data: bytes.Repeat([]byte("x"), 200_000)},
	}
	if err := b.Append(within(t), "s", want...); err != nil {
		t.Fatal(err)
	}
	got, _ := drain(t, b, "s", at, len(want), 2)
	for i, w := range want {
		g := got[i].Message
		if g.Key != w.Key || g.Kind != w.Kind || g.Trace != w.Trace || g.Source != w.Source || g.Generation != w.Generation ||
			g.Number != w.Number || !bytes.Equal(g.Data, w.Data) {
			t.Errorf("message %d came as %.200v, want %.200v", i, g, w)
		}
	}
}

func manyPublishers(t *testing.T, b bus.Bus) {
	const writers, each = 64, 15 // fewer together than Backlog
	at := start(t, b, "s")
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				if err := b.Append(within(t), "s", bus.Message{Source: fmt.Sprint(w), Number: int64(i)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	got, _ := drain(t, b, "s", at, writers*each, 100)
	next := map[string]int64{}
	for _, d := range got {
		if next[d.Source] != d.Number {
			t.Fatalf("writer %s: got %d, want %d", d.Source, d.Number, next[d.Source])
		}
		next[d.Source]++
	}
}

func allOrNone(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	fill := make([]bus.Message, Backlog-3)
	if err := b.Append(within(t), "s", fill...); err != nil {
		t.Fatal(err)
	}
	five := make([]bus.Message, 5)
	if err := b.Append(within(t), "s", five...); !errors.Is(err, fault.Of(fault.Quota)) {
		t.Fatalf("more than fits: %v", err)
	}
	if err := b.Append(within(t), "s", bus.Message{Kind: "a"}, bus.Message{Kind: "b"}, bus.Message{Kind: "c"}); err != nil {
		t.Fatalf("what fits: %v", err)
	}
	got, _ := drain(t, b, "s", at, Backlog, 128)
	if tail := got[Backlog-3:]; tail[0].Kind != "a" || tail[1].Kind != "b" || tail[2].Kind != "c" {
		t.Fatalf("the end is %v", tail)
	}
}

func staysTogether(t *testing.T, b bus.Bus) {
	const writers, each, together = 8, 10, 7
	at := start(t, b, "s")
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for range each {
				ms := make([]bus.Message, together)
				for i := range ms {
					ms[i] = bus.Message{Source: fmt.Sprint(w), Number: int64(i)}
				}
				if err := b.Append(within(t), "s", ms...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	got, _ := drain(t, b, "s", at, writers*each*together, 64)
	for some := range slices.Chunk(got, together) {
		for i, d := range some {
			if d.Source != some[0].Source || d.Number != int64(i) {
				t.Fatalf("another's message stands between: %v", some)
			}
		}
	}
}

func positionsGrow(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	for range 40 {
		if err := b.Append(within(t), "s", bus.Message{}, bus.Message{}, bus.Message{}); err != nil {
			t.Fatal(err)
		}
	}
	got, _ := drain(t, b, "s", at, 120, 50)
	last := at.Position
	for _, d := range got {
		if d.Position <= last {
			t.Fatalf("%d follows %d", d.Position, last)
		}
		last = d.Position
	}
}

// anyCursorResumes reads one by one, through whatever messages are packed into.
func anyCursorResumes(t *testing.T, b bus.Bus) {
	const n = 70
	at := start(t, b, "s")
	ms := make([]bus.Message, n)
	for i := range ms {
		ms[i].Number = int64(i)
	}
	if err := b.Append(within(t), "s", ms...); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		for range 2 { // the second time from a cursor that is not the newest
			got, _, err := b.Read(within(t), "s", at, 3)
			if err != nil || len(got) == 0 || got[0].Number != int64(i) {
				t.Fatalf("from message %d: %v, %v", i, got, err)
			}
		}
		got, to, err := b.Read(within(t), "s", at, 1)
		if err != nil || len(got) != 1 || got[0].Number != int64(i) {
			t.Fatalf("message %d: %v, %v", i, got, err)
		}
		at = to
	}
}

func emptyStream(t *testing.T, b bus.Bus) {
	one, two := start(t, b, "s"), start(t, b, "s")
	if one != two || one.Generation == "" {
		t.Fatalf("the beginning is %+v, then %+v", one, two)
	}
	add(t, b, "s", "a")
	if got, _ := drain(t, b, "s", one, 1, 5); got[0].Kind != "a" {
		t.Fatalf("got %v", got)
	}
}

func streamsApart(t *testing.T, b bus.Bus) {
	one, two := start(t, b, "partition.1"), start(t, b, "partition.11")
	add(t, b, "partition.1", "one")
	add(t, b, "partition.11", "two")
	if got, _ := drain(t, b, "partition.1", one, 1, 5); got[0].Kind != "one" {
		t.Fatalf("got %v", got)
	}
	if got, _ := drain(t, b, "partition.11", two, 1, 5); got[0].Kind != "two" {
		t.Fatalf("got %v", got)
	}
}

func readersTakeTurns(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	add(t, b, "s", "a", "b", "c")
	_, at = drain(t, b, "s", at, 2, 2)
	// The next one has what the last one stored.
	if got, _ := drain(t, b, "s", bus.Cursor{Generation: at.Generation, Position: at.Position}, 1, 9); got[0].Kind != "c" {
		t.Fatalf("got %v", got)
	}
}

func nothingToAppend(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	if err := b.Append(within(t), "s"); err != nil {
		t.Fatal(err)
	}
	add(t, b, "s", "a")
	if got, _ := drain(t, b, "s", at, 1, 5); got[0].Kind != "a" {
		t.Fatalf("got %v", got)
	}
}

func gaveUp(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	for i := range 5 {
		ctx, cancel := context.WithCancel(within(t))
		ended := make(chan error, 1)
		go func() {
			_, _, err := b.Read(ctx, "s", at, 1)
			ended <- err
		}()
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Fatalf("a read that is given up: %v", err)
		}
		kind := fmt.Sprint(i)
		add(t, b, "s", kind)
		var got []bus.Delivery
		if got, at = drain(t, b, "s", at, 1, 1); got[0].Kind != kind {
			t.Fatalf("got %v, want %s", got, kind)
		}
	}
}

func closeWhileBlocked(t *testing.T, b bus.Bus) {
	const readers = 20
	ended := make(chan error, readers)
	for i := range readers {
		at := start(t, b, fmt.Sprint(i))
		go func() {
			_, _, err := b.Read(within(t), fmt.Sprint(i), at, 1)
			ended <- err
		}()
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	for range readers {
		if err := <-ended; !errors.Is(err, fault.Of(fault.Unavailable)) {
			t.Fatalf("a waiting read: %v", err)
		}
	}
}

func staysClosed(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	for range 2 {
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := b.Read(within(t), "s", at, 1); !errors.Is(err, fault.Of(fault.Unavailable)) {
		t.Errorf("read: %v", err)
	}
	if _, err := b.Begin(within(t), "s"); !errors.Is(err, fault.Of(fault.Unavailable)) {
		t.Errorf("begin: %v", err)
	}
	s := b.Subscribe("t", 1)
	select {
	case _, open := <-s.C():
		if open {
			t.Error("a message from a closed bus")
		}
	case <-time.After(patience):
		t.Error("a listener of a closed bus waits")
	}
	s.Close()
}

func canceledAppend(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Append(ctx, "s", bus.Message{Kind: "no"}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	add(t, b, "s", "yes")
	if got, _ := drain(t, b, "s", at, 1, 5); got[0].Kind != "yes" {
		t.Fatalf("got %v", got)
	}
}
