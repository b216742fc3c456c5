package topic_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/role/topic"
)

// last is a bus that keeps the last message.
type last struct {
	bus.Bus

	topic string
	m     bus.Message
}

func (l *last) Publish(_ context.Context, name string, m bus.Message) error {
	l.topic, l.m = name, m
	return nil
}

// far is a bus between processes: it carries bytes alone.
type far struct{ last }

func (f *far) Publish(ctx context.Context, name string, m bus.Message) error {
	raw, err := m.Bytes()
	if err != nil {
		return err
	}
	m.Data, m.Value = raw, nil
	return f.last.Publish(ctx, name, m)
}

// travels checks that a message is heard as it was told, within a process and
// between two.
func travels[T any](t *testing.T, v T) {
	t.Helper()
	var near last
	var there far
	for _, b := range []struct {
		bus.Bus
		*last
	}{{&near, &near}, {&there, &there.last}} {
		if err := topic.Tell(t.Context(), b.Bus, "name", "key", v); err != nil {
			t.Fatal(err)
		}
		got, err := topic.Hear[T](b.m)
		if err != nil || !reflect.DeepEqual(got, v) || b.topic != "name" || b.m.Key != "key" {
			t.Errorf("got %+v on %s/%s, %v", got, b.topic, b.m.Key, err)
		}
	}
	if near.m.Data != nil {
		t.Errorf("what stays in the process was written: %s", near.m.Data)
	}
}

func TestMessagesTravel(t *testing.T) {
	travels(t, topic.Receipt{Commands: []string{"1"}, Again: []string{"2", "3"}})
	travels(t, topic.VoiceWish{Guild: "7", Bot: "900", Channel: "50", Epoch: 3})
	travels(t, topic.PlayerRef{Guild: "7", Bot: "900"})
	travels(t, topic.TakenUpTo{Partition: 5, Source: "gw:1:0", Generation: "g", Number: 1 << 60})
	travels(t, topic.Answer{To: music.ReplyTo{Surface: "discord", ID: "1", Address: "a", Locale: "es"}, Answer: music.Answer{Kind: music.AnswerStopped, Count: 2}})
	travels(t, topic.Notice{Guild: "7", Bot: "900", Channel: "40", Answer: music.Answer{Kind: music.AnswerLeftIdle}})
}

func TestWhatIsNoMessageIsRefused(t *testing.T) {
	for _, raw := range []string{"", "{", `{"epoch":"three"}`, "[]"} {
		if _, err := topic.Hear[topic.VoiceWish](bus.Message{Data: []byte(raw)}); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: got %v", raw, err)
		}
	}
	if err := topic.Tell(t.Context(), &far{}, "name", "", make(chan int)); fault.CodeOf(err) != fault.Internal {
		t.Errorf("got %v", err)
	}
}
