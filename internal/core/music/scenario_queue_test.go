package music_test

import (
	"math"
	"slices"
	"testing"

	"github.com/atrilhq/platform/internal/core/music"
)

// by asks for a track as a member, and resolves it.
func (b *bench) by(user music.UserID, t music.Track) {
	b.t.Helper()
	b.do(user, music.Enqueue{Query: t.Title})
	b.in(music.Resolved{Slot: b.slot(), Tracks: []music.Track{t}})
}

func TestQueueCommandsRefuseWhatIsNotThere(t *testing.T) {
	full := func(t testing.TB) *bench { return listening(t, "a", "b", "c") }
	empty := func(t testing.TB) *bench { return listening(t) }
	for name, c := range map[string]struct {
		on    func(testing.TB) *bench
		do    music.Action
		want  music.Reason
		limit int
	}{
		"remove 0":                {full, music.Remove{}, music.ReasonNoSuchPosition, 3},
		"remove 4 of 3":           {full, music.Remove{From: 4}, music.ReasonNoSuchPosition, 3},
		"remove below":            {full, music.Remove{From: math.MinInt, To: math.MaxInt}, music.ReasonNoSuchPosition, 3},
		"remove too far":          {full, music.Remove{From: 2, To: 9}, music.ReasonNoSuchPosition, 3},
		"remove an end alone":     {full, music.Remove{To: 2}, music.ReasonNoSuchPosition, 3},
		"remove two ways":         {full, music.Remove{From: 1, Duplicates: true}, music.ReasonUnknownOperation, 0},
		"remove a slot gone":      {full, music.Remove{Slot: "gone"}, music.ReasonGoneFromQueue, 0},
		"no duplicates":           {full, music.Remove{Duplicates: true}, music.ReasonNothingToRemove, 0},
		"nothing of that member":  {full, music.Remove{By: bruno}, music.ReasonNothingToRemove, 0},
		"remove from nothing":     {empty, music.Remove{From: 1}, music.ReasonQueueEmpty, 0},
		"move from 0":             {full, music.Move{From: 0, To: 1}, music.ReasonNoSuchPosition, 3},
		"move to 4":               {full, music.Move{From: 1, To: 4}, music.ReasonNoSuchPosition, 3},
		"move in nothing":         {empty, music.Move{From: 1, To: 1}, music.ReasonQueueEmpty, 0},
		"swap with -1":            {full, music.Swap{A: 1, B: -1}, music.ReasonNoSuchPosition, 3},
		"swap with the largest":   {full, music.Swap{A: math.MaxInt, B: 1}, music.ReasonNoSuchPosition, 3},
		"shuffle nothing":         {empty, music.Shuffle{}, music.ReasonQueueEmpty, 0},
		"clear nothing":           {empty, music.Clear{}, music.ReasonQueueEmpty, 0},
		"skip to 0":               {full, music.SkipTo{}, music.ReasonNoSuchPosition, 3},
		"skip to 4":               {full, music.SkipTo{Position: 4}, music.ReasonNoSuchPosition, 3},
		"skip to a slot gone":     {full, music.SkipTo{Slot: "gone"}, music.ReasonGoneFromQueue, 0},
		"skip to both":            {full, music.SkipTo{Slot: "gone", Position: 1}, music.ReasonUnknownOperation, 0},
		"skip in nothing":         {empty, music.SkipTo{Position: 1}, music.ReasonQueueEmpty, 0},
		"loop of another kind":    {full, music.SetLoop{Mode: "twice"}, music.ReasonLoopUnknown, 0},
		"search has to stay home": {full, music.Search{Query: "ocean"}, music.ReasonUnknownOperation, 0},
		"search for nothing":      {full, music.Search{}, music.ReasonQueryEmpty, 0},
		"previous without one":    {empty, music.Previous{}, music.ReasonNoHistory, 0},
	} {
		t.Run(name, func(t *testing.T) {
			b := c.on(t)
			before := music.Dump(b.g)
			a := b.as(ana, lounge, c.do)
			b.refused(a, c.want)
			if a.Refusal.Limit != c.limit {
				t.Errorf("the limit is %d, want %d", a.Refusal.Limit, c.limit)
			}
			if !slices.Equal(before, music.Dump(b.g)) {
				t.Error("a refused command changed the guild")
			}
		})
	}
}

func TestRemove(t *testing.T) {
	for name, c := range map[string]struct {
		do   music.Remove
		why  string
		left []string
	}{
		"one":      {music.Remove{From: 2}, "position", []string{"a", "c", "d"}},
		"a range":  {music.Remove{From: 2, To: 3}, "range", []string{"a", "d"}},
		"turned":   {music.Remove{From: 3, To: 2}, "range", []string{"a", "d"}},
		"all":      {music.Remove{From: 1, To: 4}, "range", nil},
		"a member": {music.Remove{By: ana}, "member", nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := listening(t, "a", "b", "c", "d")
			was := b.player().Queue
			a := b.as(bruno, lounge, c.do)
			b.kind(a, music.AnswerRemoved)
			b.waits(c.left...)
			e := event[music.QueueRemoved](b)
			if n := 4 - len(c.left); a.Count != n || len(e.Slots) != n || e.Reason != c.why || e.By != bruno || (a.Track != nil) != (n == 1) {
				t.Fatalf("%+v, %+v", a, e)
			}
			if len(was) != 4 || was[1].Track.Title() != "b" {
				t.Fatal("the queue before was written to")
			}
		})
	}
	t.Run("by the slot of a menu, also of one that is not resolved", func(t *testing.T) {
		b := listening(t, "a")
		b.as(ana, lounge, music.Enqueue{Query: "slow"})
		slot := b.slot()
		a := b.as(bruno, lounge, music.Remove{Slot: slot})
		b.refused(a, music.ReasonCancelled) // the first answer is for the one who still waited
		last, _ := b.last.Effects[1].(music.Respond)
		if last.Answer.Kind != music.AnswerRemoved || last.Answer.Track.Title != "slow" || b.player().Unready != 0 {
			t.Fatalf("%+v", b.last.Effects)
		}
		b.waits("a")
		if b.in(music.Resolved{Slot: slot, Tracks: []music.Track{track("slow")}}); b.last.Changed {
			t.Fatal("what was removed came back")
		}
	})
	t.Run("duplicates by ISRC, else by address, else by identifier", func(t *testing.T) {
		b := listening(t)
		add := func(title, isrc, uri, id string) {
			x := track(id)
			x.Title, x.ISRC, x.URI = title, isrc, uri
			b.by(ana, x)
		}
		add("1", "I", "u1", "x")
		add("2", "I", "u2", "y")
		add("3", "", "u2", "z")
		add("4", "", "u2", "w")
		add("5", "", "", "x")
		add("6", "", "", "x")
		add("7", "J", "u1", "x")
		b.kind(b.as(ana, lounge, music.Remove{Duplicates: true}), music.AnswerRemoved)
		b.waits("1", "3", "5", "7")
	})
	t.Run("what kept a ready track waiting lets it play", func(t *testing.T) {
		b := newBench(t)
		b.as(ana, lounge, music.Enqueue{Query: "slow"})
		b.play("fast")
		b.as(ana, lounge, music.Remove{From: 1})
		if p := b.player(); p.Play == nil || p.Play.Track.Title() != "fast" || !p.SilentSince.IsZero() {
			t.Fatalf("%+v", p)
		}
	})
}

func TestMoveAndSwap(t *testing.T) {
	for name, c := range map[string]struct {
		do    music.Action
		left  []string
		other bool
	}{
		"to the front": {music.Move{From: 3, To: 1}, []string{"c", "a", "b", "d"}, false},
		"to the end":   {music.Move{From: 1, To: 4}, []string{"b", "c", "d", "a"}, false},
		"by one":       {music.Move{From: 2, To: 3}, []string{"a", "c", "b", "d"}, false},
		"swap":         {music.Swap{A: 1, B: 4}, []string{"d", "b", "c", "a"}, true},
		"swap turned":  {music.Swap{A: 4, B: 1}, []string{"d", "b", "c", "a"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := listening(t, "a", "b", "c", "d")
			a := b.as(bruno, lounge, c.do)
			b.waits(c.left...)
			e := event[music.QueueMoved](b)
			if e.By != bruno || (e.Other != "") != c.other || b.player().Queue[e.To-1].ID != e.Slot {
				t.Fatalf("%+v", e)
			}
			if a.Position != e.To || a.Track.Title != c.left[e.To-1] || (a.Other != nil) != c.other {
				t.Fatalf("%+v", a)
			}
		})
	}
	t.Run("onto itself changes nothing", func(t *testing.T) {
		b := listening(t, "a", "b")
		b.kind(b.as(ana, lounge, music.Move{From: 2, To: 2}), music.AnswerUnmoved)
		if b.last.Changed || len(b.last.Events) > 0 {
			t.Fatal("it did")
		}
		b.kind(b.as(ana, lounge, music.Swap{A: 1, B: 1}), music.AnswerUnmoved)
		if b.last.Changed || len(b.last.Events) > 0 {
			t.Fatal("it did")
		}
	})
	t.Run("a ready track that comes to the front of silence plays", func(t *testing.T) {
		b := newBench(t)
		b.as(ana, lounge, music.Enqueue{Query: "slow"})
		b.play("fast")
		b.as(ana, lounge, music.Swap{A: 1, B: 2})
		b.waits("pending slow")
	})
}

func TestShuffle(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h"}
	b := listening(t, names...)
	b.as(ana, lounge, music.Enqueue{Query: "slow"})
	in := music.Input{ID: "one", Guild: "7", Body: music.Command{Actor: music.Actor{User: ana, Voice: lounge}, Do: music.Shuffle{}}}
	mixed := func(id string) []music.SlotID {
		in.ID = id
		r := music.Step(b.g, in, b.now)
		var out []music.SlotID
		for _, q := range r.Guild.Player(bot).Queue {
			out = append(out, q.ID)
		}
		return out
	}
	was := ids(b.player().Queue)
	one, again, two := mixed("one"), mixed("one"), mixed("two")
	if !slices.Equal(one, again) || slices.Equal(one, two) {
		t.Fatal("the id of the input decides the order")
	}
	if slices.Sort(one); !slices.Equal(one, was) {
		t.Fatal("a place was lost or doubled")
	}
	first := map[music.SlotID]int{}
	for i := range 1000 {
		first[mixed(string(rune('A' + i)))[0]]++
	}
	if len(first) != len(was) {
		t.Fatalf("only %d of %d places ever come first", len(first), len(was))
	}
	for id, n := range first {
		if n < 60 || n > 170 { // 111 each; the ids are fixed, so is the outcome
			t.Errorf("%s comes first %d times of 1000", id, n)
		}
	}
	a := b.as(ana, lounge, music.Shuffle{})
	if b.kind(a, music.AnswerShuffled); a.Count != 9 || event[music.QueueShuffled](b).Count != 9 {
		t.Fatalf("%+v", a)
	}
}

func TestClearKeepsWhatPlays(t *testing.T) {
	b := listening(t, "a", "b")
	a := b.as(ana, lounge, music.Clear{})
	if b.kind(a, music.AnswerCleared); a.Count != 2 || b.player().Play == nil || event[music.QueueCleared](b).Reason != "clear" {
		t.Fatalf("%+v %+v", a, b.player())
	}
	b.waits()
	t.Run("and cancels what waits for the join only where it was cleared", func(t *testing.T) {
		b := newBench(t)
		b.play("first")
		b.play("second")
		if b.as(ana, lounge, music.Clear{}); len(b.player().Owed) != 1 || b.player().Owed[0].Answer.Kind != music.AnswerPlaying {
			t.Fatalf("%+v", b.player().Owed)
		}
		b.joined()
		if b.player().Owed != nil {
			t.Fatalf("%+v", b.player().Owed)
		}
	})
}
