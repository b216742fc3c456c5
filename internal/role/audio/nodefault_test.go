package audio_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/role/audio"
	"github.com/atrilhq/platform/internal/role/roletest"
)

// two is a rig of two nodes behind fronts, with a player that sounds on the one
// that is returned first.
func two(t *testing.T) (r *roletest.Rig, a *roletest.Audio, has, other *front, first music.NodeName) {
	t.Helper()
	r = roletest.New(t, roletest.Options{Nodes: 2})
	fronts, through := before(t, r)
	a = r.StartAudio(through)
	r.StartGateway()
	roletest.Until(t, "both nodes are up", func() bool { return up(a) == 2 })
	play(r, a, "ocean floor")
	first = a.Player(r).Node
	has, other = fronts[0], fronts[1]
	if string(first) == r.Nodes[1].Name {
		has, other = other, has
	}
	return r, a, has, other, first
}

// movedOn waits until the play sounds on another node, and makes sure that it is
// the same play, further on, once.
func movedOn(t *testing.T, r *roletest.Rig, a *roletest.Audio, was *music.Player) {
	t.Helper()
	before := was.Play.Anchor.Position
	roletest.Until(t, "it sounds on another node", func() bool {
		p := a.Player(r)
		return p != nil && p.Node != "" && p.Node != was.Node && a.Sounds(r)
	})
	p := a.Player(r)
	if p.Play.ID != was.Play.ID {
		t.Fatalf("play %s took the place of %s", p.Play.ID, was.Play.ID)
	}
	if at := p.Play.PositionAt(time.Now()); at < before {
		t.Errorf("it went back from %v to %v", before, at)
	}
}

// soundsOnce says that exactly one node has a player with a track.
func soundsOnce(r *roletest.Rig) bool {
	n := 0
	for _, x := range r.Nodes {
		_, playing := playersOf(x)
		n += playing
	}
	return n == 1
}

func TestANodeThatFailsUpdatesLosesThePlayer(t *testing.T) {
	t.Parallel()
	r, a, has, _, first := two(t)
	was := a.Player(r)
	has.breaks(failsUpdates)
	r.Send("/pause")
	roletest.Until(t, "the other node has it, paused", func() bool {
		p := a.Player(r)
		if p == nil || p.Node == first || p.Node == "" {
			return false
		}
		for _, x := range node(r, p.Node).Players() {
			if x.Identifier != "" && x.Paused {
				return true
			}
		}
		return false
	})
	if p := a.Player(r); p.Play.ID != was.Play.ID {
		t.Error("another play took its place")
	}
	roletest.Until(t, "the first node has it no more", func() bool { return soundsOnce(r) })
	if n := nodeView(a, first); n.State != string(audio.NodeUp) {
		t.Errorf("it answers all the same: %+v", n)
	}
}

func TestANodeThatHangsLosesThePlayer(t *testing.T) {
	t.Parallel()
	r, a, has, _, first := two(t)
	has.breaks(hangs)
	r.Send("/volume percent:50")
	was := a.Player(r)
	movedOn(t, r, a, was)
	has.breaks(nil)
	roletest.Until(t, "the first node has it no more", func() bool {
		_, n := playersOf(node(r, first))
		return n == 0
	})
}

func TestAnUpdateThatFailsOnTheOnlyNodeIsTriedUntilItWorks(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	fronts, through := before(t, r)
	a := r.StartAudio(through)
	r.StartGateway()
	play(r, a, "ocean floor")
	id := a.Player(r).Play.ID
	fronts[0].breaks(failsUpdates)
	tried := fronts[0].requests(http.MethodPatch, "/players/")
	r.Send("/pause")
	roletest.Until(t, "it is tried several times", func() bool {
		return fronts[0].requests(http.MethodPatch, "/players/") >= tried+4
	})
	fronts[0].breaks(nil)
	roletest.Until(t, "it is paused", func() bool {
		all := r.Nodes[0].Players()
		return len(all) == 1 && all[0].Paused
	})
	if p := a.Player(r); p.Node == "" || p.Play == nil || p.Play.ID != id {
		t.Errorf("the player: %+v", p)
	}
}

func TestANodeThatOpensNoSessionsLosesThePlayer(t *testing.T) {
	t.Parallel()
	r, a, has, _, first := two(t)
	was := a.Player(r)
	has.breaks(refusesSockets)
	node(r, first).CutSockets()
	movedOn(t, r, a, was)
	has.breaks(nil)
	roletest.Until(t, "what was left there is removed", func() bool {
		_, n := playersOf(node(r, first))
		return n == 0
	})
	if p := a.Player(r); p.Node == first || p.Play == nil || p.Play.ID != was.Play.ID {
		t.Errorf("the return of the first node changed the player: %+v", p)
	}
}

func TestACutSocketIsNotHeard(t *testing.T) {
	t.Parallel()
	r, a, _, _, first := two(t)
	was := a.Player(r)
	node(r, first).ClearTimeline()
	node(r, first).CutSockets()
	roletest.Until(t, "the session was resumed", func() bool {
		for _, s := range node(r, first).Sessions() {
			if s.Connected && s.Players == 1 {
				return true
			}
		}
		return false
	})
	r.Send("/pause")
	roletest.Until(t, "it is paused by the session", func() bool {
		all := node(r, first).Players()
		return len(all) == 1 && all[0].Paused
	})
	if p := a.Player(r); p.Node != first || p.Play == nil || p.Play.ID != was.Play.ID {
		t.Errorf("the player: %+v", p)
	}
	for _, line := range node(r, first).Timeline() {
		for i, rec := range line.Records {
			if i == 0 && string(rec.Kind) != "silence" {
				t.Errorf("before the pause there was %+v", rec)
			}
		}
	}
}

func TestARestartedNodePlaysOnFromWhereItWas(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 1})
	a := r.StartAudio()
	r.StartGateway()
	play(r, a, "ocean floor")
	was := a.Player(r)
	r.Nodes[0].ForgetSessions()
	roletest.Until(t, "the node plays again", func() bool {
		all := r.Nodes[0].Players()
		return len(all) == 1 && all[0].Identifier == "ocean-floor" && all[0].Sounding && a.Sounds(r)
	})
	p := a.Player(r)
	if p.Play.ID != was.Play.ID || p.Play.PositionAt(time.Now()) < was.Play.Anchor.Position {
		t.Errorf("it was %+v, is %+v", was.Play, p.Play)
	}
	for _, q := range playIDs(t, r) {
		if q != string(was.Play.ID) {
			t.Errorf("play %s sounded too", q)
		}
	}
}

func TestWithoutAnyNodeNothingIsLost(t *testing.T) {
	t.Parallel()
	r, a, _, _, first := two(t)
	was := a.Player(r)
	for _, n := range r.Nodes {
		n.SetDown(true)
	}
	roletest.Until(t, "it waits for a node", func() bool { p := a.Player(r); return p != nil && p.Node == "" && p.Play != nil })
	if p := a.Player(r); p.Play.ID != was.Play.ID {
		t.Fatal("another play took its place")
	}
	for _, n := range r.Nodes {
		if n.Name != string(first) {
			n.SetDown(false)
		}
	}
	movedOn(t, r, a, was)
}

func TestOddMessagesOfANodeChangeNothing(t *testing.T) {
	t.Parallel()
	r, a, _, _, first := two(t)
	was := a.Player(r)
	n := node(r, first)
	session := n.Sessions()[0].ID
	odd := []string{
		"\x00\xff", "{", `{"op":"sing"}`, `{"op":"event","type":"LyricsLineEvent","guildId":"` + string(r.Guild) + `","line":{}}`,
		`{"op":"stats","players":-7,"playingPlayers":1e300,"cpu":{"systemLoad":"NaN"},"frameStats":{"deficit":1e308,"nulled":-1e308}}`,
		`{"op":"event","type":"TrackEndEvent","guildId":"` + string(r.Guild) + `","reason":"finished","track":{"userData":{"play":"another","epoch":1}}}`,
	}
	for _, m := range odd {
		if err := n.SendRaw(session, []byte(m)); err != nil {
			t.Fatal(err)
		}
	}
	roletest.Until(t, "they were read", func() bool { return undecodable(a) >= 2 })
	r.Send("/pause")
	roletest.Until(t, "it still obeys", func() bool { all := n.Players(); return len(all) == 1 && all[0].Paused })
	if p := a.Player(r); p.Play == nil || p.Play.ID != was.Play.ID {
		t.Errorf("the player: %+v", p)
	}
}

func TestACleanedUpPlayerComesBack(t *testing.T) {
	t.Parallel()
	r, a, _, _, first := two(t)
	was := a.Player(r)
	n := node(r, first)
	m := fmt.Sprintf(`{"op":"event","type":"TrackEndEvent","guildId":%q,"reason":"cleanup","track":{"userData":%s}}`, r.Guild, n.Players()[0].UserData)
	if err := n.SendRaw(n.Sessions()[0].ID, []byte(m)); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "it sounds again over a new voice connection", func() bool {
		p := a.Player(r)
		return p != nil && p.Voice.Token != was.Voice.Token && p.Voice.Ready() && a.Sounds(r)
	})
	if p := a.Player(r); p.Play.ID != was.Play.ID {
		t.Error("another play took its place")
	}
}

// reports sends a report of a node about what it plays.
func reports(t *testing.T, n *roletest.Node, kind, rest string) {
	t.Helper()
	p := n.Players()[0]
	m := fmt.Sprintf(`{"op":"event","type":%q,"guildId":%q,"track":{"userData":%s}%s}`, kind, p.Guild, p.UserData, rest)
	if err := n.SendRaw(p.Session, []byte(m)); err != nil {
		t.Fatal(err)
	}
}

func TestReportsOfTroubleWhileATrackSounds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, kind, rest string
		next             bool
	}{
		{"an exception alone ends nothing", "TrackExceptionEvent", `,"exception":{"message":"a page was lost","severity":"common"}`, false},
		{"a stuck track gives way", "TrackStuckEvent", `,"thresholdMs":10000`, true},
		{"a track that failed to load gives way", "TrackEndEvent", `,"reason":"loadFailed"`, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := roletest.New(t, roletest.Options{Nodes: 1})
			a := r.StartAudio()
			r.StartGateway()
			play(r, a, "ocean floor")
			was := a.Player(r).Play.ID
			r.Send(`/play query:"night train"`)
			reports(t, r.Nodes[0], c.kind, c.rest)
			if !c.next {
				// What comes behind it was read after it.
				r.Send("/pause")
				roletest.Until(t, "it is paused", func() bool { return r.Nodes[0].Players()[0].Paused })
				if p := a.Player(r); p.Play == nil || p.Play.ID != was {
					t.Errorf("the player: %+v", p)
				}
				return
			}
			roletest.Until(t, "the next one sounds", func() bool {
				p := a.Player(r)
				return a.Sounds(r) && p.Play.Track.Shown().Identifier == "night-train" && r.Nodes[0].Players()[0].Identifier == "night-train"
			})
			if p := a.Player(r); len(p.Queue) != 0 || p.Halted {
				t.Errorf("the player: %+v", p)
			}
		})
	}
}

// A lost node may still have a link: what it says of the plays that left it is
// not believed, or a track that goes on elsewhere would be skipped.
func TestWhatALostNodeSaysOfItsPlaysIsIgnored(t *testing.T) {
	t.Parallel()
	r, a, has, _, first := two(t)
	was := a.Player(r)
	r.Send(`/play query:"night train"`)
	for _, n := range r.Nodes {
		if n.Name != string(first) {
			n.SetDown(true)
		}
	}
	roletest.Until(t, "one node is left", func() bool { return up(a) == 1 })
	// Its REST fails while its socket stands: it counts as lost.
	has.breaks(func(w http.ResponseWriter, req *http.Request) bool {
		if isSocket(req) {
			return false
		}
		http.Error(w, "no", http.StatusBadGateway)
		return true
	})
	roletest.Until(t, "the player has no node", func() bool { p := a.Player(r); return p.Node == "" && p.Play != nil })
	n := node(r, first)
	reports(t, n, "TrackEndEvent", `,"reason":"finished"`)
	reports(t, n, "TrackStuckEvent", "")
	if err := n.SendRaw(n.Sessions()[0].ID, []byte("{")); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "they were read", func() bool { return undecodable(a) > 0 })
	for _, n := range r.Nodes {
		if n.Name != string(first) {
			n.SetDown(false)
		}
	}
	movedOn(t, r, a, was)
	// Nor is what it says once they are elsewhere.
	reports(t, n, "TrackEndEvent", `,"reason":"finished"`)
	before := undecodable(a)
	if err := n.SendRaw(n.Sessions()[0].ID, []byte("{")); err != nil {
		t.Fatal(err)
	}
	roletest.Until(t, "it was read", func() bool { return undecodable(a) > before })
	// What it would have led to is in front of this.
	r.Send("/pause")
	p := a.Player(r)
	if p.Play == nil || p.Play.ID != was.Play.ID || len(p.Queue) != 1 {
		t.Errorf("the player: %+v", p)
	}
}

// undecodable counts the messages of nodes that could not be read.
func undecodable(a *roletest.Audio) uint64 {
	var sum uint64
	a.EachUndecodable(func(_ string, n uint64) { sum += n })
	return sum
}

func TestStatsThatLieHurtNobody(t *testing.T) {
	t.Parallel()
	r := roletest.New(t, roletest.Options{Nodes: 2})
	fronts, through := before(t, r)
	fronts[0].breaks(lies(`{"players":-5,"playingPlayers":-5,"cpu":{"cores":0,"systemLoad":-1e999,"lavalinkLoad":"NaN"},"memory":{"used":1e300,"reservable":-1}}`))
	fronts[1].breaks(lies(`{"players":1e300,"playingPlayers":[],"cpu":null,"memory":{"used":"much","reservable":0},"uptime":-1}`))
	a := r.StartAudio(through)
	r.StartGateway()
	play(r, a, "ocean floor")
	if _, err := json.Marshal(a.Nodes()); err != nil {
		t.Errorf("the nodes cannot be shown: %v", err)
	}
	fronts[0].breaks(lies("<html>"))
	roletest.Until(t, "it is not up", func() bool { return nodeView(a, "n1").State == string(audio.NodeDown) })
	if n := nodeView(a, "n1"); !strings.Contains(n.Reason, "cannot be read") {
		t.Errorf("the node as shown: %+v", n)
	}
}

func TestWhatATrackMayDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, query, then string }{
		{"exception before the start", "https://%s/track/broken-start", "failed"},
		{"a source that fails to load it", "https://%s/track/lost-reel", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := roletest.New(t, roletest.Options{Nodes: 1})
			a := r.StartAudio()
			r.StartGateway()
			r.Join("ana")
			r.Send(`/play query:"` + fmt.Sprintf(c.query, mediaHost) + `"`)
			r.Send(`/play query:"ocean floor"`)
			roletest.Until(t, "the next one sounds", func() bool {
				p := a.Player(r)
				return a.Sounds(r) && p.Play.Track.Shown().Identifier == "ocean-floor" && len(p.Queue) == 0
			})
			if p := a.Player(r); p.Halted {
				t.Errorf("one bad track stopped the player: %+v", p)
			}
		})
	}
}
