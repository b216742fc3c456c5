package discord_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/discord"
	"github.com/atrilhq/platform/internal/fault"
)

func TestAFullQueueCostsNoEvent(t *testing.T) {
	g := newGate(t)
	gateway := make(chan struct{})
	rec := &recorder{got: make(chan handed, 100), before: func(h handed) { <-gateway }}
	r := start(t, g, func(o *discord.Options) { o.Handler, o.QueueItems = rec, 4 })
	p := g.next()
	p.hello()
	p.expect(2)
	p.event(1, "READY", ready("sess", ""))
	const last = 40
	send := func(p *peer, from int) {
		for i := from; i <= last; i++ {
			raw := fmt.Sprintf(`{"op":0,"s":%d,"t":"VOICE_STATE_UPDATE","d":%s}`, i, voiceEvent(fmt.Sprint(i), "21"))
			if p.ws.WriteMessage(1, []byte(raw)) != nil {
				return // the client has left, as it should
			}
		}
	}
	send(p, 2)
	if code := p.gone(); code != 4000 && code != 0 {
		t.Errorf("it left with code %d", code)
	}
	eventually(t, "an overflow", func() bool { return r.conn.Counters().Overflows == 1 })
	select {
	case <-g.peers:
		t.Fatal("it came back while its queue is full")
	default:
	}
	close(gateway)
	seen := 1
	for seen < last {
		select {
		case h := <-rec.got:
			if seen++; h.at.Sequence != int64(seen) {
				t.Fatalf("event %d came in place of %d", h.at.Sequence, seen)
			}
		case q := <-g.peers:
			q.hello()
			d := q.expect(6)
			seq := int(d["seq"].(float64)) //nolint:forcetypeassert // a number, or the test fails
			q.event(seq, "RESUMED", `{}`)
			send(q, seq+1)
		case <-time.After(patient):
			t.Fatalf("only %d of %d events came", seen, last)
		}
	}
	if n := r.conn.Counters(); n.Identifies != 1 {
		t.Errorf("an overflow identified: %+v", n)
	}
}

func TestAPanicEndsItsEventOnly(t *testing.T) {
	const secret = "interaction-token-in-a-panic"
	rec := &recorder{got: make(chan handed, 16), before: func(h handed) {
		if h.at.Sequence == 3 {
			panic(secret)
		}
	}}
	r := start(t, newGate(t), func(o *discord.Options) { o.Handler = rec })
	p := r.greet()
	p.event(3, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	p.event(4, "VOICE_STATE_UPDATE", voiceEvent("9", "22"))
	if h := r.in(); h.at.Sequence != 4 {
		t.Fatalf("after the panic came %+v", h)
	}
	if n := r.conn.Counters().Panics; n != 1 {
		t.Errorf("%d panics were counted", n)
	}
	if log := r.log.String(); !strings.Contains(log, "panicked") || strings.Contains(log, secret) {
		t.Errorf("the log says %s", log)
	}
	if s, _ := stored(t, r.conn); s.Sequence != 4 {
		t.Errorf("the durable sequence is %d", s.Sequence)
	}
}

func TestAckCoversWhatSaidNothing(t *testing.T) {
	r := start(t, newGate(t))
	p := r.greet()
	p.event(3, "PRESENCE_UPDATE", `{}`)
	p.event(4, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	p.event(5, "TYPING_START", `{}`)
	p.event(6, "VOICE_STATE_UPDATE", voiceEvent("9", "22"))
	four := recv(t, r.rec.got, "event 4")
	six := recv(t, r.rec.got, "event 6")
	sequence := func() int64 { s, _ := stored(t, r.conn); return s.Sequence }
	if got := sequence(); got != 3 {
		t.Errorf("without an ack the durable sequence is %d", got)
	}
	r.conn.Ack(discord.Position{Session: "another", Sequence: 99})
	if got := sequence(); got != 3 {
		t.Errorf("an ack of another session made it %d", got)
	}
	r.conn.Ack(four.at)
	if got := sequence(); got != 5 {
		t.Errorf("an ack of 4 made it %d: 5 said nothing", got)
	}
	r.conn.Ack(six.at)
	r.conn.Ack(four.at)
	if got := sequence(); got != 6 {
		t.Errorf("a late ack made it %d", got)
	}
}

func TestNothingIsResumableBeforeReadyIsDurable(t *testing.T) {
	g := newGate(t)
	rec := &recorder{got: make(chan handed, 16)}
	r := start(t, g, func(o *discord.Options) { o.Handler = rec })
	if s, _ := stored(t, r.conn); s.SessionID != "" || s.Bot != botID || s.Shards != 1 {
		t.Errorf("before READY the state is %+v", s)
	}
	p := g.next()
	p.hello()
	p.expect(2)
	p.event(1, "READY", ready("sess", ""))
	eventually(t, "READY", func() bool { s, _ := stored(t, r.conn); return s.SessionID == "sess" && s.Sequence == 1 })
	if !r.conn.Connected() {
		t.Error("it does not say that it is connected")
	}
}

func TestAnEventThatCannotBeReadIsSkipped(t *testing.T) {
	r := start(t, newGate(t))
	p := r.greet()
	p.event(3, "VOICE_SERVER_UPDATE", `{"guild_id":5,"token":"voice-secret"}`)
	p.event(4, "INTERACTION_CREATE", `{"id":"1","token":"interaction-secret"}`)
	p.event(5, "CHANNEL_CREATE", `{"id":"77","type":1}`) // a direct message's channel
	p.event(6, "SOMETHING_NEW", `[1,2]`)
	p.event(6, "VOICE_STATE_UPDATE", voiceEvent("1", "21")) // was received before
	p.event(7, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	if h := r.in(); h.at.Sequence != 7 {
		t.Fatalf("%+v came", h)
	}
	n := r.conn.Counters()
	if n.Dropped != 2 || n.Reconnects != 0 {
		t.Errorf("the counters are %+v", n)
	}
	if log := r.log.String(); strings.Contains(log, "secret") {
		t.Errorf("the log says %s", log)
	}
}

func TestResync(t *testing.T) {
	r := start(t, newGate(t))
	p := r.greet()
	p.event(3, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	r.in()
	seen := map[string]bool{}
	for range 2 {
		if err := r.conn.Resync(guildID); err != nil {
			t.Fatal(err)
		}
		h := r.in()
		s, ok := h.inputs[0].Body.(music.VoiceSnapshot)
		if !ok || len(s.States) != 3 || h.at.Sequence != 3 || seen[h.inputs[0].ID] {
			t.Fatalf("a resync gave %+v", h)
		}
		seen[h.inputs[0].ID] = true
	}
	if err := r.conn.Resync("5"); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a resync of a guild that is not there gave %v", err)
	}
}

func TestUnsavedGuildsComeAgain(t *testing.T) {
	r := start(t, newGate(t))
	p := r.greet()
	one, err := r.conn.Checkpoint()
	if err != nil || len(one.Snapshots) != 1 || one.Snapshots[0].Guild != guildID {
		t.Fatalf("the checkpoint is %+v, %v", one, err)
	}
	two, _ := r.conn.Checkpoint()
	if len(two.Snapshots) != 1 {
		t.Error("a checkpoint that was not saved does not come again")
	}
	p.event(3, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	r.in()
	r.conn.Saved(two) // the guild has changed meanwhile
	if three, _ := r.conn.Checkpoint(); len(three.Snapshots) != 1 {
		t.Error("a change after a checkpoint got lost with it")
	} else {
		r.conn.Saved(three)
	}
	if four, _ := r.conn.Checkpoint(); len(four.Snapshots) != 0 {
		t.Error("what was saved comes again")
	}
}

func TestAHandlerThatNeverAcknowledgesIsHeldBack(t *testing.T) {
	g := newGate(t)
	var mu sync.Mutex
	n := 0
	rec := &recorder{got: make(chan handed, 20000), before: func(handed) { mu.Lock(); n++; mu.Unlock() }}
	r := start(t, g, func(o *discord.Options) { o.Handler, o.QueueItems = rec, 20000 })
	p := g.next()
	p.hello()
	p.expect(2)
	p.event(1, "READY", ready("sess", ""))
	const all = 8192 + 100
	for i := range all {
		p.event(i+2, "VOICE_STATE_UPDATE", voiceEvent("9", "21"))
	}
	count := func() int { mu.Lock(); defer mu.Unlock(); return n }
	eventually(t, "the bound", func() bool { return count() == 8192 && r.conn.Counters().Events == all+1 })
	h := handed{}
	for range 8192 {
		h = recv(t, rec.got, "an event")
	}
	if count() != 8192 {
		t.Errorf("%d were handed over without an ack", count())
	}
	r.conn.Ack(h.at)
	eventually(t, "the rest", func() bool { return count() == all })
}

func TestAccess(t *testing.T) {
	r := start(t, newGate(t))
	r.greet()
	for channel, want := range map[music.ChannelID]music.BotAccess{
		"21": {Bot: botID, Connect: true, Speak: true}, "22": {Bot: botID, Speak: true}, "99": {Bot: botID}, "": {Bot: botID},
	} {
		if got, ok := r.conn.Access(guildID, channel); !ok || got != want {
			t.Errorf("in channel %q it is %+v, %v", channel, got, ok)
		}
	}
	if _, ok := r.conn.Access("5", "21"); ok {
		t.Error("it has access in a guild that it is not in")
	}
	if n := r.conn.Guilds(); n != 1 {
		t.Errorf("it knows %d guilds", n)
	}
}
