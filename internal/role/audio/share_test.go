package audio_test

import (
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/roletest"
	simlavalink "github.com/atrilhq/platform/internal/sim/lavalink"
)

// second starts another audio process beside the first, and waits for nothing.
func second(t *testing.T, r *roletest.Rig, holder string) *roletest.Audio {
	t.Helper()
	o := r.AudioOptions()
	o.Holder, o.LeaseTTL = holder, shareTTL
	role, err := audio.New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return &roletest.Audio{Role: role, Running: r.Start(role.Run)}
}

// shareTTL is short, so that a newcomer is settled soon, and long enough for a
// busy machine to renew it.
const shareTTL = 4 * time.Second

func TestPartitionsAreHandedOverWhileTheyPlay(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio(func(o *audio.Options) { o.Holder, o.LeaseTTL = "one", shareTTL })
	r.StartGateway()
	play(r, a, "ocean")
	id := a.Player(r).Play.ID
	b := second(t, r, "two")
	roletest.Until(t, "they share", func() bool { return len(a.Loop().Owned()) == 2 && len(b.Loop().Owned()) == 2 })
	if err := a.Stop(t); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "the second has all of it", func() bool {
		_, _, sure := b.Loop().Epoch(r.Guild)
		v, ok := b.Loop().View(r.Guild)
		return sure && ok && !v.Recovering() && len(b.Loop().Owned()) == 4 && b.Sounds(r)
	})
	if p := b.Player(r); p.Play.ID != id || p.Play.Retries != 0 {
		t.Errorf("%+v", p.Play)
	}
	for _, line := range r.Nodes[0].Timeline() {
		if len(line.Records) != 1 || line.Records[0].Kind != simlavalink.KindSound {
			t.Errorf("the sound has a gap: %+v", line.Records)
		}
	}
	changes := map[string]int64{}
	a.EachLeaseChange(func(change string, total int64) { changes[change] = total })
	if changes["given"] != 2 || changes["lost"] != 0 {
		t.Errorf("what became of the leases of the first: %v", changes)
	}
}
