package audio

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/partition"
)

// comes is what ask asks for, as the command that it follows from.
func comes(who string, n int) partition.Delivery {
	return partition.Delivery{Input: music.Input{
		ID: fmt.Sprint(who, n), Guild: music.GuildID(who),
		Body: music.Command{Do: music.Enqueue{Query: fmt.Sprintf("%s %d", who, n)}},
	}}
}

func (rs *resolving) flying() int {
	rs.mu.Lock()
	defer rs.mu.Unlock()
	return len(rs.flights)
}

func TestWhatIsAskedForWasLookedUpBefore(t *testing.T) {
	for name, early := range map[string]bool{"it is under way": false, "it is found": true} {
		t.Run(name, func(t *testing.T) {
			rs, l, cancel := newLookUps(t, clockwork.NewFakeClock())
			defer rs.wg.Wait()
			defer cancel()
			rs.ahead(comes("g", 1))
			eventually(t, "it is looked up", func() bool { return l.running("g") == 1 })
			if early {
				close(l.open)
				rs.wg.Wait()
			}
			if rs.role.loop.Depth() != 0 {
				t.Fatal("nobody has asked for it")
			}
			ask(rs, "g", 1)
			if !early {
				ask(rs, "g", 1) // a slot is looked up once
				close(l.open)
			}
			rs.wg.Wait()
			if n := rs.role.loop.Depth(); n != 1 || l.all != 1 {
				t.Errorf("%d results of %d look-ups", n, l.all)
			}
			if len(rs.known)+len(rs.running)+len(rs.waiting)+len(rs.flights) != 0 {
				t.Errorf("something is kept: %v %v %v %v", rs.known, rs.running, rs.waiting, rs.flights)
			}
		})
	}
}

func TestLookUpsAheadKeepToTheBounds(t *testing.T) {
	rs, l, cancel := newLookUps(t, clockwork.NewFakeClock())
	defer rs.wg.Wait()
	defer cancel()
	for n := range 50 {
		rs.ahead(comes("greedy", n))
		rs.ahead(comes("greedy", n))
	}
	eventually(t, "it has its share", func() bool { return l.running("greedy") == resolvePerGuild })
	if n := rs.flying(); n != resolvePerGuild {
		t.Errorf("%d look-ups ahead", n)
	}
	for n := range 50 {
		ask(rs, "greedy", n)
	}
	close(l.open)
	eventually(t, "all of it was looked up", func() bool { return rs.role.loop.Depth() == 50 })
	rs.wg.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.most["greedy"] != resolvePerGuild || l.all != 50 {
		t.Errorf("%d at once, %d in all", l.most["greedy"], l.all)
	}
}

func TestOnlyWhatWillBeAskedForIsLookedUpAhead(t *testing.T) {
	clock := clockwork.NewFakeClock()
	rs, l, cancel := newLookUps(t, clock)
	defer cancel()
	late := comes("late", 1)
	late.Expires = clock.Now().Add(-time.Second)
	for _, d := range []partition.Delivery{
		late,
		{Input: music.Input{ID: "1", Guild: "skip", Body: music.Command{Do: music.Skip{}}}},
		{Input: music.Input{ID: "2", Guild: "none", Body: music.Command{Do: music.Enqueue{}}}},
		{Input: music.Input{ID: "3", Guild: "tick", Body: music.Tick{}}},
	} {
		rs.ahead(d)
	}
	close(l.open)
	rs.wg.Wait()
	if l.all != 0 {
		t.Errorf("%d look-ups", l.all)
	}
	cancel()
	rs.ahead(comes("g", 1))
	rs.wg.Wait()
	if l.all != 0 {
		t.Error("a role that has ended looks something up")
	}
}

func TestWhatNobodyAsksForIsForgotten(t *testing.T) {
	clock := clockwork.NewFakeClock()
	rs, l, cancel := newLookUps(t, clock)
	defer cancel()
	close(l.open)
	rs.ahead(comes("g", 1))
	rs.wg.Wait()
	for wait, want := range []int{2, 1} {
		clock.Advance(music.ResolveWithin * time.Duration(wait) * 2)
		rs.ahead(comes("g", 2))
		rs.wg.Wait()
		if n := rs.flying(); n != want {
			t.Errorf("%d are kept, want %d", n, want)
		}
	}
	if n := rs.role.loop.Depth(); n != 0 {
		t.Errorf("%d results that nobody asked for", n)
	}
}

func TestAPlaylistIsCutToWhatThereIsRoomFor(t *testing.T) {
	all := music.Resolved{Tracks: make([]music.Track, 5), Playlist: "p", Total: 9}
	for limit, want := range map[int]int{-1: 1, 0: 1, 3: 3, 5: 5, aheadLimit: 5} {
		if got := cut(all, limit); len(got.Tracks) != want || got.Total != 9 || got.Playlist != "p" {
			t.Errorf("room for %d: %+v", limit, got)
		}
	}
	if len(all.Tracks) != 5 {
		t.Error("what was found was changed")
	}
}
