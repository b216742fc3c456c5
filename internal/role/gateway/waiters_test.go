package gateway //nolint:testpackage // what it tests is a part that the role does not show

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
)

var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

func TestInteractionThatComesTwiceHasOneWaiter(t *testing.T) {
	ws := newWaiters()
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if ws.begin(discord.Interaction{ID: "i1"}, noon) != nil {
				n.Add(1)
			}
		})
	}
	wg.Wait()
	if n.Load() != 1 {
		t.Errorf("%d waiters", n.Load())
	}
	ws.end("i1")
	if ws.begin(discord.Interaction{ID: "i1"}, noon.Add(time.Minute)) != nil {
		t.Error("it is known after it ended")
	}
}

func TestOldInteractionsAreForgotten(t *testing.T) {
	ws := newWaiters()
	for n := range 10_001 {
		id := fmt.Sprint(n)
		ws.begin(discord.Interaction{ID: id}, noon)
		ws.end(id)
	}
	ws.begin(discord.Interaction{ID: "young"}, noon.Add(remember))
	if n := len(ws.known); n != 10_002 {
		t.Errorf("%d known: Discord may send them again", n)
	}
	ws.begin(discord.Interaction{ID: "now"}, noon.Add(remember+time.Second))
	if n := len(ws.known); n != 2 {
		t.Errorf("%d known", n)
	}
}

func TestAcceptAndAnswer(t *testing.T) {
	ws := newWaiters()
	w := ws.begin(discord.Interaction{ID: "i1"}, noon)
	select {
	case <-w.accepted:
		t.Fatal("accepted before it was")
	default:
	}
	if first, again := ws.accept("i1"), ws.accept("i1"); first != w || again != w {
		t.Error("accept returns who waits, as often as it is said")
	}
	select {
	case <-w.accepted:
	default:
		t.Error("not accepted")
	}
	ws.answer("i1", owed{key: "answer:i1", answer: music.Answer{Kind: music.AnswerStopped}})
	ws.answer("i1", owed{key: "second"})
	if got := <-w.answers; got.key != "answer:i1" || got.answer.Kind != music.AnswerStopped {
		t.Errorf("got %+v", got)
	}
	select {
	case got := <-w.answers:
		t.Errorf("a second answer: %+v", got)
	default:
	}
}

func TestNobodyWaits(t *testing.T) {
	ws := newWaiters()
	ws.answer("i1", owed{})
	if ws.accept("i1") != nil || ws.find("i1") != nil {
		t.Error("somebody waits")
	}
	ws.begin(discord.Interaction{ID: "i1"}, noon)
	ws.end("i1")
	if ws.accept("i1") != nil {
		t.Error("who ended does not wait")
	}
}
