package discord_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
)

// podium notes what a bot does to be heard, and answers as it is told.
type podium struct {
	calls chan string
	err   func(call string) error
}

func newPodium() *podium {
	return &podium{calls: make(chan string, 64), err: func(string) error { return nil }}
}

func (p *podium) note(call string, channel music.ChannelID) error {
	err := p.err(call)
	p.calls <- fmt.Sprintf("%s %s", call, channel)
	return err
}

func (p *podium) Unsuppress(_ context.Context, _ music.GuildID, ch music.ChannelID) error {
	return p.note("unsuppress", ch)
}

func (p *podium) AskToSpeak(_ context.Context, _ music.GuildID, ch music.ChannelID) error {
	return p.note("ask", ch)
}

const muteMembers = "4194304"

// stageRig is a connection in a guild with the stages 31 and 32.
type stageRig struct {
	*rig

	p     *peer
	pod   *podium
	clock *clockwork.FakeClock
	seq   int
}

func newStageRig(t *testing.T, permissions string) *stageRig {
	s := &stageRig{pod: newPodium(), clock: fakeClock(), seq: 2}
	s.rig = start(t, newGate(t), func(o *discord.Options) { o.Clock, o.Stage = s.clock, s.pod })
	s.p = s.greetBy((*peer).calmHello)
	for _, id := range []string{"31", "32"} {
		s.event("CHANNEL_CREATE", fmt.Sprintf(`{"id":%q,"guild_id":%q,"type":13}`, id, guildID))
	}
	s.rights(permissions)
	return s
}

func (s *stageRig) event(name, data string) {
	s.seq++
	s.p.event(s.seq, name, data)
}

func (s *stageRig) rights(permissions string) {
	s.event("GUILD_ROLE_UPDATE", fmt.Sprintf(`{"guild_id":%q,"role":{"id":"50","permissions":%q}}`, guildID, permissions))
}

// stands puts the bot on a channel and waits until that was handed over.
func (s *stageRig) stands(channel, session string, suppressed bool) {
	s.t.Helper()
	s.event("VOICE_STATE_UPDATE", fmt.Sprintf(
		`{"guild_id":%q,"user_id":%q,"channel_id":%q,"session_id":%q,"suppress":%t}`, guildID, botID, channel, session, suppressed))
	for h := s.in(); h.at.Sequence != int64(s.seq); h = s.in() {
		continue
	}
}

// does waits for the next request, which must be this one.
func (s *stageRig) does(want string) {
	s.t.Helper()
	eventually(s.t, want, func() bool {
		select {
		case got := <-s.pod.calls:
			if got != want {
				s.t.Fatalf("it did %q in place of %q", got, want)
			}
			return true
		default:
			s.clock.Advance(100 * time.Millisecond)
			s.beats()
			return false
		}
	})
}

// beats answers heartbeats, which come as time passes.
func (s *stageRig) beats() {
	for {
		select {
		case m := <-s.p.in:
			if m.Op == 1 {
				s.p.send(`{"op":11}`)
			}
		default:
			return
		}
	}
}

// rests proves that nothing is done any more: another stay begins, and what it
// makes the bot do comes next.
func (s *stageRig) rests(next string) {
	s.t.Helper()
	s.stands("32", "proof", true)
	s.does(next + " 32")
}

func TestAModeratorSpeaksAtOnce(t *testing.T) {
	s := newStageRig(t, muteMembers)
	s.stands("31", "a", true)
	s.does("unsuppress 31")
	s.stands("31", "a", false)
	s.stands("32", "a", true) // it is moved
	s.does("unsuppress 32")
	s.stands("32", "a", false)
	s.stands("21", "a", false) // a voice channel is no stage
	s.stands("31", "a", true)
	s.does("unsuppress 31")
	s.rests("unsuppress")
}

func TestOthersAskToSpeakOnce(t *testing.T) {
	s := newStageRig(t, "0")
	s.stands("31", "a", true)
	s.does("ask 31")
	s.stands("31", "a", true) // its hand is taken down: that is an answer
	s.stands("31", "b", true) // it left and came back
	s.does("ask 31")
	s.stands("31", "b", false)
	s.stands("31", "b", true) // it spoke and was sent back
	s.does("ask 31")
	s.rights(muteMembers) // and now it may
	s.does("unsuppress 31")
	s.rests("unsuppress")
}

func TestABotThatIsSentBackGivesUp(t *testing.T) {
	s := newStageRig(t, muteMembers)
	for range 3 {
		s.stands("31", "a", true)
		s.does("unsuppress 31")
		s.stands("31", "a", false)
	}
	s.stands("31", "a", true)
	s.rests("unsuppress")
}

func TestARightThatIsNoneBecomesAnAsking(t *testing.T) {
	s := newStageRig(t, muteMembers)
	s.pod.err = func(call string) error { return fault.New(fault.Denied, "x", "no") }
	s.stands("31", "a", true)
	s.does("unsuppress 31")
	s.does("ask 31")
	s.stands("31", "a", true)
	s.rests("unsuppress")
}

func TestStageRequestsAreRepeatedForAWhile(t *testing.T) {
	for _, code := range []fault.Code{fault.Unavailable, fault.Quota, fault.Unknown} {
		s := newStageRig(t, "0")
		s.pod.err = func(string) error { return fault.New(code, "x", "no") }
		s.stands("31", "a", true)
		from := s.clock.Now()
		for range 5 {
			s.does("ask 31")
		}
		if d := s.clock.Since(from); d < 15*time.Second {
			t.Errorf("five requests took %s", d)
		}
		s.rests("ask")
	}
}

func TestARestartLooksAtStages(t *testing.T) {
	s := newStageRig(t, "0")
	s.stands("31", "a", true)
	s.does("ask 31")
	state, snaps := stored(t, s.conn)
	if err := s.leave(); err != nil {
		t.Fatal(err)
	}
	pod := newPodium()
	start(t, s.gate, func(o *discord.Options) { o.State, o.Snapshots, o.Stage = state, each(snaps), pod })
	q := expectResume(t, s.gate, "sess", s.seq)
	q.event(s.seq+1, "RESUMED", `{}`)
	if got := recv(t, pod.calls, "a request"); got != "ask 31" {
		t.Errorf("it did %q", got)
	}
}

func TestStageRequests(t *testing.T) {
	a, r := newAPI(t, reply{status: 204})
	var _ discord.Stage = r
	from := time.Now()
	if err := r.Unsuppress(t.Context(), guildID, "31"); err != nil {
		t.Fatal(err)
	}
	if err := r.AskToSpeak(t.Context(), guildID, "31"); err != nil {
		t.Fatal(err)
	}
	got := a.all()
	for _, q := range got {
		if q.method != "PATCH" || q.path != "/guilds/"+guildID+"/voice-states/@me" || q.body["channel_id"] != "31" || len(q.body) != 2 {
			t.Errorf("it asked %+v", q)
		}
	}
	if got[0].body["suppress"] != false {
		t.Errorf("it asked %v", got[0].body)
	}
	at, err := time.Parse(time.RFC3339, fmt.Sprint(got[1].body["request_to_speak_timestamp"]))
	if err != nil || at.Before(from) {
		t.Errorf("it asked %v, %v", got[1].body, err)
	}
	for _, err := range []error{r.Unsuppress(t.Context(), "x", "31"), r.AskToSpeak(t.Context(), guildID, "x")} {
		if fault.CodeOf(err) != fault.Invalid {
			t.Errorf("it gave %v", err)
		}
	}
	if n := len(a.all()); n != 2 {
		t.Errorf("%d requests were sent", n)
	}
	_, d := newAPI(t, reply{status: 403, body: `{"message":"no","code":50013}`})
	if err := d.Unsuppress(t.Context(), guildID, "31"); fault.CodeOf(err) != fault.Denied {
		t.Errorf("without the right it gave %v", err)
	}
}
