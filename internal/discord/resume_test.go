package discord_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/secret"
	"github.com/atrilhq/platform/internal/store"
)

// expectResume plays Discord's part of a RESUME and checks where it starts.
func expectResume(t *testing.T, g *gate, session string, seq int) *peer {
	t.Helper()
	p := g.next()
	p.hello()
	d := p.expect(6)
	if d["session_id"] != session || d["seq"] != float64(seq) || d["token"] != token {
		t.Fatalf("the RESUME says session %v, sequence %v", d["session_id"], d["seq"])
	}
	return p
}

func TestIdentifyOnlyWithoutASession(t *testing.T) {
	r := start(t, newGate(t))
	p := r.gate.next()
	p.hello()
	d := p.expect(2)
	if d["token"] != token || d["intents"] != float64(129) {
		t.Errorf("the IDENTIFY says %v", d["intents"])
	}
	if !strings.Contains(p.path, "v=10") || !strings.Contains(p.path, "encoding=json") {
		t.Errorf("the gateway was dialled at %q", p.path)
	}
	if r.limits.count() != 1 {
		t.Errorf("limits were asked for %d times", r.limits.count())
	}
}

func TestResumesAfter(t *testing.T) {
	for name, end := range map[string]func(*peer){
		"a cut":                   func(p *peer) { p.cut() },
		"op 7":                    func(p *peer) { p.send(`{"op":7,"d":null}`) },
		"close 1001":              func(p *peer) { p.close(1001) },
		"close 4000":              func(p *peer) { p.close(4000) },
		"close 4008":              func(p *peer) { p.close(4008) },
		"a frame that is no JSON": func(p *peer) { p.send(`{"op":`) },
	} {
		t.Run(name, func(t *testing.T) {
			r := start(t, newGate(t))
			p := r.greet()
			end(p)
			q := expectResume(t, r.gate, "sess", 2)
			if !strings.HasPrefix(q.path, "/resume") {
				t.Errorf("it resumed at %q, not where READY said", q.path)
			}
			q.event(3, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
			q.event(4, "RESUMED", `{}`)
			h := r.in()
			if len(h.inputs) != 1 || h.inputs[0].ID != "gw:1000:0:sess:3" {
				t.Fatalf("the missed event came as %+v", h.inputs)
			}
			eventually(t, "RESUMED", func() bool { return r.conn.Counters().Resumes == 1 })
			n := r.conn.Counters()
			if n.Identifies != 1 || n.Reconnects != 1 {
				t.Errorf("it did not only resume: %+v", n)
			}
		})
	}
}

func TestResumesAfterACutBeforeResumed(t *testing.T) {
	r := start(t, newGate(t))
	r.greet().cut()
	expectResume(t, r.gate, "sess", 2).send(`{"op":7,"d":null}`)
	expectResume(t, r.gate, "sess", 2).cut()
	expectResume(t, r.gate, "sess", 2)
	if n := r.conn.Counters().Identifies; n != 1 {
		t.Errorf("%d IDENTIFYs were sent", n)
	}
}

func TestLeavesWithoutEndingTheSession(t *testing.T) {
	r := start(t, newGate(t))
	p := r.greet()
	if err := r.leave(); err != nil {
		t.Fatalf("Run: %v", err)
	}
	if code := p.gone(); code != 4000 {
		t.Errorf("it left with code %d", code)
	}
	if err := r.conn.Run(context.Background()); fault.CodeOf(err) != fault.Conflict {
		t.Errorf("a second Run gave %v", err)
	}
}

func TestOp9(t *testing.T) {
	for name, tc := range map[string]struct {
		send   string
		wantOp int
	}{
		"resumable":     {`{"op":9,"d":true}`, 6},
		"not resumable": {`{"op":9,"d":false}`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			clock := fakeClock()
			r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
			p := r.greet()
			p.send(tc.send)
			if code := p.gone(); code != 4000 {
				t.Errorf("it left with code %d", code)
			}
			q := r.nextAfter(clock)
			q.hello()
			q.expect(tc.wantOp)
		})
	}
}

// nextAfter lets time pass until a connection comes.
func (r *rig) nextAfter(clock interface{ Advance(time.Duration) }) *peer {
	r.t.Helper()
	var p *peer
	dials := r.conn.Counters().Dials
	eventually(r.t, "a connection", func() bool {
		select {
		case p = <-r.gate.peers:
			return true
		default:
		}
		if r.conn.Counters().Dials == dials { // a handshake may take as long as it wants
			clock.Advance(50 * time.Millisecond)
		}
		return false
	})
	return p
}

func TestForgetsTheSessionAfter(t *testing.T) {
	for name, code := range map[string]int{"4007": 4007, "4009": 4009} {
		t.Run(name, func(t *testing.T) {
			clock := fakeClock()
			r := start(t, newGate(t), func(o *discord.Options) { o.Clock = clock })
			r.greet().close(code)
			q := r.nextAfter(clock)
			q.hello()
			q.expect(2)
			q.event(1, "READY", ready("second", "")) // the guild is gone
			h := r.in()
			if len(h.inputs) != 1 || h.inputs[0].Body != (music.BotRemoved{Bot: botID}) || h.inputs[0].ID != "gw:1000:0:second:1" {
				t.Fatalf("a guild that READY does not name gave %+v", h.inputs)
			}
			s, snaps := stored(t, r.conn)
			if s.SessionID != "second" || s.Sequence != 1 || len(s.Identifies) != 2 {
				t.Errorf("the state is of session %q at %d with %d IDENTIFYs", s.SessionID, s.Sequence, len(s.Identifies))
			}
			if len(snaps) != 1 || len(snaps[0].Data) != 0 {
				t.Errorf("the guild's snapshot is not taken away: %+v", snaps)
			}
		})
	}
}

func TestFatalCloses(t *testing.T) {
	for code, want := range map[int]fault.Code{
		4004: fault.Unauthenticated, 4010: fault.Invalid, 4011: fault.Invalid,
		4012: fault.Invalid, 4013: fault.Invalid, 4014: fault.Invalid,
	} {
		r := start(t, newGate(t))
		p := r.gate.next()
		p.hello()
		p.expect(2)
		p.close(code)
		err := recv(t, r.done, "the end of Run")
		r.done <- err
		if fault.CodeOf(err) != want {
			t.Errorf("close %d gave %v", code, err)
		}
		if code == 4004 {
			if m, hint := fault.Show(err); m != "the bot token is not valid" || hint == "" {
				t.Errorf("close 4004 says %q, %q", m, hint)
			}
		}
		if m, hint := fault.Show(err); m == "" || hint == "" && code != 4013 {
			t.Errorf("close %d says %q, %q", code, m, hint)
		}
		if n := r.conn.Counters().Dials; n != 1 {
			t.Errorf("close %d was tried again %d times", code, n-1)
		}
	}
}

func TestATokenThatRESTRefusesIsFatal(t *testing.T) {
	r := start(t, newGate(t), func(o *discord.Options) {
		o.Limits = &limits{err: fault.New(fault.Unauthenticated, "x", "no")}
	})
	err := recv(t, r.done, "the end of Run")
	r.done <- err
	if fault.CodeOf(err) != fault.Unauthenticated || r.conn.Counters().Dials != 0 {
		t.Errorf("Run gave %v after %d dials", err, r.conn.Counters().Dials)
	}
}

func TestARestartResumesFromWhatWasAcknowledged(t *testing.T) {
	g := newGate(t)
	r := start(t, g)
	p := r.greet()
	p.event(3, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	p.event(4, "VOICE_STATE_UPDATE", voiceEvent("10", "22"))
	r.in() // acknowledges 3
	lost := recv(t, r.rec.got, "event 4")
	state, snaps := stored(t, r.conn)
	if err := r.leave(); err != nil {
		t.Fatal(err)
	}
	if state.Sequence != 3 || state.SessionID != "sess" || state.ResumeURL != g.url+"/resume" {
		t.Fatalf("the state is %+v", state)
	}

	s := start(t, g, func(o *discord.Options) { o.State, o.Snapshots = state, each(snaps) })
	q := expectResume(t, g, "sess", 3)
	q.event(4, "VOICE_STATE_UPDATE", voiceEvent("10", "22"))
	q.event(5, "VOICE_STATE_UPDATE", voiceEvent("7", ""))
	q.event(6, "RESUMED", `{}`)
	if h := s.in(); h.inputs[0].ID != lost.inputs[0].ID || h.inputs[0].Body != lost.inputs[0].Body {
		t.Errorf("the event that was not acknowledged came as %+v, first as %+v", h.inputs, lost.inputs)
	}
	s.in()
	first := s.in().inputs
	if len(first) != 2 || first[0].Body != (music.BotAway{Bot: botID, Back: true}) || first[0].ID == first[1].ID {
		t.Fatalf("after RESUMED came %+v", first)
	}
	snapshot, ok := first[1].Body.(music.VoiceSnapshot)
	if !ok || len(snapshot.States) != 3 || snapshot.States[0].User != "10" || snapshot.States[2].User != "9" {
		t.Errorf("after RESUMED the snapshot is %+v", snapshot)
	}
	if n := s.conn.Counters(); n.Identifies != 0 || s.limits.count() != 0 {
		t.Errorf("a restart identified: %+v", n)
	}
}

func TestWithoutAUsableSnapshotItIdentifies(t *testing.T) {
	state := store.ShardSession{SessionID: "sess", Sequence: 5, Shards: 1}
	for name, data := range map[string]string{"broken": `{"v":1,`, "newer": `{"v":2,"id":"` + guildID + `"}`, "of another": `{"v":1,"id":"5"}`} {
		t.Run(name, func(t *testing.T) {
			r := start(t, newGate(t), func(o *discord.Options) {
				o.State, o.Snapshots = state, each([]store.GuildSnapshot{{Guild: guildID, Data: []byte(data)}})
			})
			p := r.gate.next()
			p.hello()
			p.expect(2)
		})
	}
	boom := errors.New("boom")
	_, err := discord.NewConn(discord.Options{
		Bot: botID, Token: secret.New(token), Limits: &limits{}, Handler: &recorder{}, State: state,
		Snapshots: func(func(store.GuildSnapshot) error) error { return boom },
	})
	if !errors.Is(err, boom) {
		t.Errorf("a store that fails gave %v", err)
	}
}

func TestTheUsualAddressIsTriedWhereTheResumeAddressFails(t *testing.T) {
	g := newGate(t)
	r := start(t, g, func(o *discord.Options) {
		o.GatewayURL = g.url + "/usual"
		o.State = store.ShardSession{SessionID: "sess", Sequence: 5, Shards: 1, ResumeURL: "ws://127.0.0.1:1"}
	})
	p := expectResume(t, g, "sess", 5)
	if !strings.HasPrefix(p.path, "/usual") || r.conn.Counters().Dials != 2 {
		t.Errorf("it came to %q after %d dials", p.path, r.conn.Counters().Dials)
	}
}

func TestAnotherNumberOfShardsRemovesNobody(t *testing.T) {
	g := newGate(t)
	r := start(t, g)
	r.greet()
	state, snaps := stored(t, r.conn)
	if err := r.leave(); err != nil {
		t.Fatal(err)
	}
	snaps = append(snaps, store.GuildSnapshot{ // 3 << 22 is of shard 1 of 2, the other of shard 0
		Guild: "12582912", Data: []byte(strings.ReplaceAll(string(snaps[0].Data), guildID, "12582912")),
	})
	s := start(t, g, func(o *discord.Options) { o.State, o.Shards, o.Snapshots = state, 2, each(snaps) })
	p := g.next()
	p.hello()
	if d := p.expect(2); fmt.Sprint(d["shard"]) != "[0 2]" {
		t.Errorf("the IDENTIFY names shard %v", d["shard"])
	}
	p.event(1, "READY", ready("second", "", guildID))
	p.event(2, "GUILD_CREATE", demoGuild)
	if h := s.in(); h.at.Sequence != 1 || len(h.inputs) != 1 || h.inputs[0].Body != (music.BotAway{Bot: botID, Back: true}) {
		t.Errorf("after READY came %+v", h)
	}
	if h := s.in(); h.at.Sequence != 2 || s.conn.Guilds() != 1 {
		t.Errorf("%+v came, and %d guilds are known", h, s.conn.Guilds())
	}
}
