package music_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
)

// regressions are seeds that once found a fault. They run first, always.
var regressions = []uint64{
	1243, 1265, // a deadline that outlived what it was for
	1017, 1235, // a late close of an earlier voice session
	1031, 1125, 1152, 1163, // a voice server's update that was missed
}

// TestSimulation runs seeded worlds: members, Discord, nodes, a resolver and
// processes, all of which go wrong, and then no longer. MUSIC_SEEDS sets how
// many, MUSIC_FIRST_SEED where to begin.
func TestSimulation(t *testing.T) {
	t.Parallel()
	count, first := number("MUSIC_SEEDS", 3000), number("MUSIC_FIRST_SEED", 2000)
	if testing.Short() || raced {
		count = min(count, 150)
	}
	seeds := append([]uint64{}, regressions...)
	for i := range count {
		seeds = append(seeds, first+i)
	}
	inputs := 0
	for _, seed := range seeds {
		w := newWorld(seed)
		if err := w.live(); err != nil {
			tail := w.trail
			if !testing.Verbose() {
				tail = tail[max(0, len(tail)-40):]
			}
			t.Fatalf("seed %d at %s: %v\n%s", seed, w.now.Sub(start), err, strings.Join(tail, "\n"))
		}
		inputs += w.inputs
	}
	t.Logf("%d worlds, %d inputs", len(seeds), inputs)
}

// TestSimulationIsDeterministic runs one world twice: a seed that fails has to
// fail again.
func TestSimulationIsDeterministic(t *testing.T) {
	var trails [2]string
	for i := range trails {
		w := newWorld(42)
		if err := w.live(); err != nil {
			t.Fatal(err)
		}
		trails[i] = strings.Join(w.trail, "\n") + string(music.Dump(w.g))
	}
	if trails[0] != trails[1] {
		t.Fatal("the same seed gave two runs")
	}
}

func number(name string, or uint64) uint64 {
	if n, err := strconv.ParseUint(os.Getenv(name), 10, 32); err == nil {
		return n
	}
	return or
}

// live is a world's time: minutes in which things happen and fail, then an hour
// in which nothing fails any more.
func (w *world) live() error {
	for _, u := range people {
		w.discord.move(u, channels[w.roll(2)], true)
	}
	end := start.Add(time.Duration(1+w.roll(4)) * time.Minute)
	var happen func()
	happen = func() {
		w.happens()
		if next := w.between(10*time.Millisecond, 2500*time.Millisecond); w.now.Add(next).Before(end) {
			w.after(next, happen)
		}
	}
	w.after(time.Second, happen)
	w.sweep(end.Add(time.Hour))
	w.run(end)
	w.settle()
	w.run(end.Add(2 * time.Minute))
	w.resting = true
	w.cheer(end.Add(50 * time.Minute))
	w.run(end.Add(90 * time.Minute))
	if w.err == nil {
		w.err = w.nothingLeft()
	}
	return w.err
}

// sweep looks at what differs now and then, as executors do whose calls failed.
func (w *world) sweep(until time.Time) {
	for _, p := range w.g.Players {
		if w.up && (p.Voice.Want != p.Voice.Channel || p.Voice.Reset || p.Play != nil) {
			w.converge(p.Bot)
		}
	}
	if w.now.Before(until) {
		w.after(5*time.Second, func() { w.sweep(until) })
	}
}

func (w *world) happens() {
	bot, user := pick(w.roll, pool...), pick(w.roll, people...)
	switch k := w.roll(44); {
	case k < 26:
		w.ask(user)
	case k < 30:
		w.discord.move(user, pick(w.roll, append(channels, "")...), false)
	case k == 30:
		w.discord.move(music.UserID(bot), "", true)
	case k == 31:
		if w.discord.voice[music.UserID(bot)].channel != "" {
			w.discord.move(music.UserID(bot), pick(w.roll, channels...), true)
		}
	case k == 32:
		w.discord.outage()
	case k == 33:
		w.discord.expire(bot)
	case k == 34:
		w.discord.reallocate(bot)
	case k == 35:
		w.nodes[w.roll(len(w.nodes))].die()
	case k == 36:
		w.nodes[w.roll(len(w.nodes))].sever()
	case k == 37:
		if w.up {
			w.crash()
		}
	case k == 38 && w.roll(2) == 0:
		w.discord.drop(pick(w.roll, channels...))
	case k == 40, k == 41:
		w.discord.goAway(bot)
	case k == 42:
		w.discord.plan()
	case k == 43:
		w.nodes[w.roll(len(w.nodes))].die()
	case k == 39 && w.roll(2) == 0:
		w.discord.remove(bot)
	}
}

func (w *world) ask(user music.UserID) {
	do := pick[music.Action](w.roll, music.Enqueue{Query: "ocean"}, music.Enqueue{Query: "rain"}, music.Enqueue{Query: "wind"},
		music.Enqueue{Query: "first", Next: true}, music.Skip{}, music.Skip{}, music.Pause{}, music.Resume{}, music.Resume{},
		music.Stop{}, music.Leave{}, music.Join{}, music.ShowQueue{}, music.ShowNowPlaying{}, music.SetVolume{})
	if w.roll(3) == 0 {
		do = pick[music.Action](w.roll, music.SkipTo{Position: 2}, music.Previous{}, music.Previous{}, music.Replay{},
			music.Seek{To: w.between(0, 50*time.Second)}, music.SeekBy{By: w.between(-20*time.Second, 20*time.Second)},
			music.Remove{From: 1}, music.Remove{From: 1, To: 3}, music.Remove{Duplicates: true}, music.Remove{By: user},
			music.Move{From: 1, To: 3}, music.Swap{A: 1, B: 2}, music.Shuffle{}, music.Clear{}, music.SetLoop{Mode: music.LoopTrack},
			music.SetLoop{Mode: music.LoopQueue}, music.SetLoop{Mode: music.LoopOff}, music.ShowHistory{}, music.Grab{}, music.ShowBots{Pool: pool})
	}
	w.command(user, do)
	if w.roll(6) == 0 {
		w.command(pick(w.roll, people...), do)
	}
}

func (w *world) command(user music.UserID, do music.Action) {
	w.seq++
	w.input(music.Command{
		Actor: music.Actor{User: user, Voice: w.discord.voice[user].channel, Text: "40"},
		Reply: music.ReplyTo{Surface: "test", ID: fmt.Sprintf("q-%d", w.seq)}, Do: do,
	})
}

// settle ends all faults, and puts somebody into each channel that has room for all.
func (w *world) settle() {
	w.calm = true
	for _, c := range channels {
		w.discord.room[c] = 99
	}
	for i, u := range people {
		w.discord.move(u, channels[i], true)
	}
	if !w.up {
		w.after(0, func() {
			if !w.up {
				w.life++
				w.restart()
			}
		})
	}
	w.after(40*time.Second, func() {
		for _, n := range w.nodes {
			n.rise()
		}
		// Nobody pays for fewer bots than play.
		e := w.g.Entitlements
		e.Bots = len(pool)
		w.input(music.EntitlementsChanged{Entitlements: e})
		for _, b := range w.g.Bots {
			w.discord.snapshot(b)
		}
	})
}

// cheer lets members go on where too many errors or a pause ended the music.
func (w *world) cheer(until time.Time) {
	for _, p := range w.g.Players {
		if p.Loop == music.LoopTrack || p.Loop == music.LoopQueue {
			w.input(music.Command{
				Actor: music.Actor{User: "9", Operator: true}, Bot: p.Bot,
				Reply: music.ReplyTo{Surface: "test", ID: fmt.Sprintf("cheer-%d", w.seq)}, Do: music.SetLoop{Mode: music.LoopOff},
			})
			w.seq++
		}
		if p.Kept.Waits() {
			for _, u := range people {
				if w.discord.voice[u].channel == p.Kept.Channel {
					w.command(u, music.Join{})
					break
				}
			}
		}
		if p.Halted && len(p.Queue) > 0 || p.Paused {
			w.input(music.Command{
				Actor: music.Actor{User: "9", Operator: true}, Bot: p.Bot,
				Reply: music.ReplyTo{Surface: "test", ID: fmt.Sprintf("cheer-%d", w.seq)}, Do: music.Resume{},
			})
			w.seq++
		}
	}
	if w.now.Before(until) {
		w.after(20*time.Second, func() { w.cheer(until) })
	}
}

// nothingLeft holds that everything was played or failed, everybody answered,
// and every bot left for want of something to do.
func (w *world) nothingLeft() error {
	if len(w.judge.open) > 0 || len(w.judge.plays) > 0 {
		return fmt.Errorf("still owed %v, still playing %v", w.judge.open, w.judge.plays)
	}
	if d := w.g.Deadline(); !d.IsZero() || w.g.Recovering() {
		return fmt.Errorf("it still waits: %s, recovering %v", d, w.g.Recovering())
	}
	for _, p := range w.g.Players {
		if p.Voice != (music.Voice{}) || p.Play != nil || len(p.Queue) > 0 || len(p.Owed) > 0 {
			return fmt.Errorf("player %s still has something: %+v", p.Bot, p)
		}
	}
	for u, s := range w.discord.voice {
		if isBot(u) {
			return fmt.Errorf("bot %s is still in %s", u, s.channel)
		}
	}
	for _, n := range w.nodes {
		for b, s := range n.players {
			if s.play != "" {
				return fmt.Errorf("%s still plays %s for %s", n.name, s.play, b)
			}
		}
	}
	return nil
}
