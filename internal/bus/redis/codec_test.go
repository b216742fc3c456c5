package redis_test

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/fault"
)

func encode(ms ...bus.Message) string {
	out := []byte{redis.CodecVersion}
	for i := range ms {
		out = redis.AppendMessage(out, &ms[i])
	}
	return string(out)
}

func sample() bus.Message {
	return bus.Message{
		Key: "1100000000000000000", Kind: "music.input", Data: []byte(`{"input":{}}`), Source: "gw:1:0", Generation: "g", Number: -7,
		Trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
	}
}

func TestEntriesComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringN(200, 300, -1))
		want := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) bus.Message {
			m := bus.Message{
				Key: text.Draw(t, "key"), Kind: text.Draw(t, "kind"), Trace: text.Draw(t, "trace"), Source: text.Draw(t, "source"),
				Generation: text.Draw(t, "generation"), Number: rapid.Int64().Draw(t, "number"),
			}
			// No data and empty data are the same.
			if d := rapid.SliceOf(rapid.Byte()).Draw(t, "data"); len(d) > 0 {
				m.Data = d
			}
			return m
		}), 1, 40).Draw(t, "messages")
		got, err := redis.Decode(encode(want...))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, %v; want %v", got, err, want)
		}
	})
}

// TestDataIsTheReadersOwn writes behind the data of one message and looks at the next.
func TestDataIsTheReadersOwn(t *testing.T) {
	got, err := redis.Decode(encode(sample(), sample()))
	if err != nil {
		t.Fatal(err)
	}
	_ = append(got[0].Data, "overwritten"...)
	clear(got[0].Data)
	if got[1].Key != sample().Key || !bytes.Equal(got[1].Data, sample().Data) {
		t.Fatalf("the second message became %v", got[1])
	}
}

func TestEntriesThatCannotBe(t *testing.T) {
	whole := encode(sample())
	for name, text := range map[string]string{
		"nothing":             "",
		"only a version":      "\x01",
		"another version":     "\x02" + whole[1:],
		"a field beyond":      "\x01\x7fabc",
		"a length beyond":     "\x01" + strings.Repeat("\xff", 12),
		"a text too long":     "\x01\x81\x40" + strings.Repeat("a", 9_000),
		"half of the second":  whole + whole[1:len(whole)/2],
		"bytes behind it all": whole + "\x00",
	} {
		if got, err := redis.Decode(text); !errors.Is(err, fault.Of(fault.Invalid)) {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	for n := range len(whole) {
		if _, err := redis.Decode(whole[:n]); err == nil {
			t.Errorf("the first %d of %d bytes are taken for an entry", n, len(whole))
		}
	}
}

// FuzzDecode wants that nothing harms, and that what is read is written the same.
func FuzzDecode(f *testing.F) {
	f.Add(encode(sample()))
	f.Add(encode(bus.Message{}, sample(), bus.Message{Data: make([]byte, 300)}))
	f.Add("\x01\x00\x00\x00\x00\x00\x00\x05abc")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := redis.Decode(text)
		if err != nil {
			return
		}
		again, err := redis.Decode(encode(got...))
		if err != nil || !reflect.DeepEqual(got, again) {
			t.Fatalf("%v became %v, %v", got, again, err)
		}
	})
}

func BenchmarkCodec(b *testing.B) {
	m := sample()
	m.Data = make([]byte, 512)
	dst := make([]byte, 0, 1<<10)
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			dst = redis.AppendMessage(dst[:0], &m)
		}
	})
	entry := encode(m)
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := redis.Decode(entry); err != nil {
				b.Fatal(err)
			}
		}
	})
}
