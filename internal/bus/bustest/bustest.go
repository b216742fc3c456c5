// Package bustest is what every bus has to pass.
package bustest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/fault"
)

// Backlog is what Open has to limit unreleased messages of a stream to.
const Backlog = 1_000

// Run runs the suite. Open returns a new, empty bus that the suite closes.
func Run(t *testing.T, open func(t *testing.T) bus.Bus) {
	simple := map[string]func(*testing.T, bus.Bus){
		"StreamKeepsOrder":          streamKeepsOrder,
		"ReadWaits":                 readWaits,
		"ReadAgainFromTheSame":      readAgain,
		"ForeignCursorIsReset":      foreignCursor,
		"ForgottenCursorIsReset":    forgottenCursor,
		"FullStreamRefusesAll":      fullStream,
		"BeginHasWhatIsKept":        beginHas,
		"TopicReachesListeners":     topicReaches,
		"SlowListenerMissesCounted": slowListener,
		"CloseEndsEverything":       closeEnds,
		"ValueSaysItsBytes":         valueSays,
	}
	maps.Copy(simple, streams())
	maps.Copy(simple, releases())
	for name, test := range simple {
		t.Run(name, func(t *testing.T) {
			b := open(t)
			t.Cleanup(func() { _ = b.Close() })
			test(t, b)
		})
	}
}

// says is a value that is written as itself.
type says string

func (s says) Encode() ([]byte, error) { return []byte(s), nil }

// valueSays is what readers rely on: whether a message has its bytes, its value
// or both, its bytes are the same wherever it arrives.
func valueSays(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	sub := b.Subscribe("t", 4)
	defer sub.Close()
	for _, m := range []bus.Message{{Value: says("a")}, {Data: []byte("a")}, {Data: []byte("a"), Value: says("a")}} {
		if err := errors.Join(b.Append(within(t), "s", m), b.Publish(within(t), "t", m)); err != nil {
			t.Fatal(err)
		}
		got, to, err := b.Read(within(t), "s", at, 1)
		if err != nil {
			t.Fatal(err)
		}
		at = to
		var heard bus.Message
		select {
		case heard = <-sub.C():
		case <-within(t).Done():
			t.Fatal("nothing was heard")
		}
		for _, m := range []bus.Message{got[0].Message, heard} {
			if raw, err := m.Bytes(); err != nil || string(raw) != "a" {
				t.Errorf("got %q, %v", raw, err)
			}
		}
	}
}

// patience bounds what has to happen soon, on a machine that is busy with other things.
const patience = time.Minute

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}

func start(t *testing.T, b bus.Bus, stream string) bus.Cursor {
	t.Helper()
	c, err := b.Begin(within(t), stream)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func add(t *testing.T, b bus.Bus, stream string, kinds ...string) {
	t.Helper()
	for _, k := range kinds {
		if err := b.Append(within(t), stream, bus.Message{Kind: k, Data: []byte(k)}); err != nil {
			t.Fatal(err)
		}
	}
}

func streamKeepsOrder(t *testing.T, b bus.Bus) {
	const writers, each = 4, 200
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
	next := map[string]int64{}
	for n := 0; n < writers*each; {
		got, to, err := b.Read(within(t), "s", at, 64)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range got {
			if next[d.Source] != d.Number {
				t.Fatalf("writer %s: got %d, want %d", d.Source, d.Number, next[d.Source])
			}
			next[d.Source]++
		}
		n, at = n+len(got), to
	}
	wg.Wait()
}

func readWaits(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := b.Read(ctx, "s", at, 1); !errors.Is(err, context.Canceled) {
		t.Fatalf("nothing to read: %v", err)
	}
	got := make(chan error, 1)
	go func() {
		_, _, err := b.Read(within(t), "s", at, 1)
		got <- err
	}()
	add(t, b, "s", "a")
	if err := <-got; err != nil {
		t.Fatal(err)
	}
}

func readAgain(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	add(t, b, "s", "a", "b")
	for range 2 {
		got, _, err := b.Read(within(t), "s", at, 10)
		if err != nil || len(got) != 2 || got[0].Kind != "a" || string(got[1].Data) != "b" {
			t.Fatalf("what was not confirmed is read again: %v %v", got, err)
		}
	}
}

func foreignCursor(t *testing.T, b bus.Bus) {
	_ = start(t, b, "s")
	_, _, err := b.Read(within(t), "s", bus.Cursor{Generation: "another", Position: 3}, 1)
	if !errors.Is(err, bus.ErrReset) {
		t.Fatalf("got %v", err)
	}
	// The right places in the wrong count, with and without a message behind.
	at := start(t, b, "s")
	add(t, b, "s", "a")
	_, end := drain(t, b, "s", at, 1, 1)
	for _, p := range []int64{at.Position, end.Position} {
		if got, _, err := b.Read(within(t), "s", bus.Cursor{Generation: "another", Position: p}, 1); !errors.Is(err, bus.ErrReset) {
			t.Fatalf("got %v, %v", got, err)
		}
	}
}

func forgottenCursor(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	ahead := at
	ahead.Position += 5
	if _, _, err := b.Read(within(t), "s", ahead, 1); !errors.Is(err, bus.ErrReset) {
		t.Fatalf("a cursor ahead of the stream: %v", err)
	}
}

func fullStream(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	for range Backlog {
		add(t, b, "s", "x")
	}
	if err := b.Append(within(t), "s", bus.Message{}, bus.Message{}); !errors.Is(err, fault.Of(fault.Quota)) {
		t.Fatalf("got %v", err)
	}
	for n := 0; n < Backlog; {
		got, to, err := b.Read(within(t), "s", at, 100)
		if err != nil {
			t.Fatal(err)
		}
		n, at = n+len(got), to
	}
	if err := b.Append(within(t), "s", bus.Message{}); !errors.Is(err, fault.Of(fault.Quota)) {
		t.Fatalf("what was only read makes no room: %v", err)
	}
	release(t, b, "s", at)
	add(t, b, "s", "room again")
}

func beginHas(t *testing.T, b bus.Bus) {
	add(t, b, "s", "old")
	at := start(t, b, "s")
	add(t, b, "s", "new")
	got, to, err := b.Read(within(t), "s", at, 1)
	if err != nil || len(got) != 1 || got[0].Kind != "old" {
		t.Fatalf("got %v, %v", got, err)
	}
	if got, _, err = b.Read(within(t), "s", to, 1); err != nil || len(got) != 1 || got[0].Kind != "new" {
		t.Fatalf("got %v, %v", got, err)
	}
	if again := start(t, b, "s"); again != at {
		t.Fatalf("nothing was released, and the beginning moved from %+v to %+v", at, again)
	}
	release(t, b, "s", to)
	if got, _, err = b.Read(within(t), "s", start(t, b, "s"), 1); err != nil || len(got) != 1 || got[0].Kind != "new" {
		t.Fatalf("what was released is forgotten: %v, %v", got, err)
	}
}

func topicReaches(t *testing.T, b bus.Bus) {
	one, two, other := b.Subscribe("t", 4), b.Subscribe("t", 4), b.Subscribe("u", 4)
	if err := b.Publish(within(t), "t", bus.Message{Kind: "hello"}); err != nil {
		t.Fatal(err)
	}
	for _, s := range []bus.Subscription{one, two} {
		if m := hear(t, s); m.Kind != "hello" {
			t.Fatalf("got %v", m)
		}
	}
	one.Close()
	one.Close()
	if _, open := <-one.C(); open {
		t.Fatal("a closed subscription ends its channel")
	}
	if err := b.Publish(within(t), "u", bus.Message{Kind: "only u"}); err != nil {
		t.Fatal(err)
	}
	if m := hear(t, other); m.Kind != "only u" {
		t.Fatalf("got %v", m)
	}
}

func slowListener(t *testing.T, b bus.Bus) {
	s := b.Subscribe("t", 2)
	for range 5 {
		if err := b.Publish(within(t), "t", bus.Message{}); err != nil {
			t.Fatal(err)
		}
	}
	late := time.After(patience)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for s.Missed() != 3 {
		select {
		case <-look.C:
		case <-late:
			t.Fatalf("missed %d, want 3", s.Missed())
		}
	}
}

func closeEnds(t *testing.T, b bus.Bus) {
	at := start(t, b, "s")
	s := b.Subscribe("t", 1)
	got := make(chan error, 1)
	go func() {
		_, _, err := b.Read(within(t), "s", at, 1)
		got <- err
	}()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; !errors.Is(err, fault.Of(fault.Unavailable)) {
		t.Fatalf("a waiting read: %v", err)
	}
	if _, open := <-s.C(); open {
		t.Fatal("a listener is ended")
	}
	if err := b.Append(within(t), "s", bus.Message{}); !errors.Is(err, fault.Of(fault.Unavailable)) {
		t.Fatalf("append: %v", err)
	}
	if err := b.Release(within(t), "s", at); !errors.Is(err, fault.Of(fault.Unavailable)) {
		t.Fatalf("release: %v", err)
	}
	if err := b.Publish(within(t), "t", bus.Message{}); !errors.Is(err, fault.Of(fault.Unavailable)) {
		t.Fatalf("publish: %v", err)
	}
}
