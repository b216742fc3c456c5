package partition_test

import (
	"bytes"
	"reflect"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/partition"
)

// The rows of an installation were placed by this function: its values are those
// of FNV-1a with 64 bits, for ever.
func TestGuildsStayWhereTheyAre(t *testing.T) {
	for id, want := range map[music.GuildID]uint64{"a": 0xaf63dc4c8601ec8c, "foobar": 0x85944171f73967e8, "": 0xcbf29ce484222325} {
		for _, n := range []int{1, 2, 7, 16, 1 << 16} {
			if got := partition.Of(id, n); uint64(got) != want%uint64(n) {
				t.Errorf("%q of %d is in %d", id, n, got)
			}
		}
	}
}

func TestGuildsSpreadEvenly(t *testing.T) {
	const n = 16
	var count [n]int
	for i := range 16_000 {
		count[partition.Of(music.GuildID(guildName(i)), n)]++
	}
	for p, c := range count {
		if c < 800 || c > 1200 {
			t.Errorf("partition %d has %d of 16,000 guilds", p, c)
		}
	}
}

func guildName(i int) string {
	return time.Unix(0, int64(i)*7_919_000_003).UTC().Format("20060102150405000000000")
}

func TestDeliveryTravels(t *testing.T) {
	d := command("c1", "7")
	d.Expires = start
	d.Input.Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for name, d := range map[string]partition.Delivery{
		"a command":            d,
		"a numbered fact":      from(fact("f1", "7", music.VoiceState{User: "1", Channel: "50"}), "gw:1:0", "g.1", 42),
		"without a body's own": fact("t", "7", music.Tick{}),
	} {
		t.Run(name, func(t *testing.T) {
			m, err := partition.Encode(d)
			if err != nil {
				t.Fatal(err)
			}
			if m.Key != "7" || m.Trace != d.Input.Trace || m.Number != d.Origin.Number {
				t.Errorf("message: %+v", m)
			}
			got, err := partition.Decode(m)
			if err != nil || !reflect.DeepEqual(got, d) {
				t.Errorf("got %+v, %v\nwant %+v", got, err, d)
			}
			near, err := partition.Carry(d)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := partition.Decode(near); err != nil || !reflect.DeepEqual(got, d) {
				t.Errorf("carried within a process: got %+v, %v\nwant %+v", got, err, d)
			}
			if near.Data, err = near.Bytes(); err != nil {
				t.Fatal(err)
			}
			if near.Value = nil; !reflect.DeepEqual(near, m) {
				t.Errorf("between processes it is %+v, want %+v", near, m)
			}
		})
	}
}

func TestWhatIsNoDeliveryIsRefused(t *testing.T) {
	good, err := partition.Encode(joins("f1", "7"))
	if err != nil {
		t.Fatal(err)
	}
	for name, m := range map[string]bus.Message{
		"another kind":    {Kind: "other", Data: good.Data},
		"nothing":         {Kind: good.Kind},
		"no JSON":         {Kind: good.Kind, Data: []byte("{")},
		"no input":        {Kind: good.Kind, Data: []byte("{}"), Key: "7"},
		"an unknown kind": {Kind: good.Kind, Data: bytes.Replace(good.Data, []byte("bot_present"), []byte("bot_unheard"), 1)},
		"no guild":        {Kind: good.Kind, Data: bytes.Replace(good.Data, []byte(`"guild":"7"`), []byte(`"guild":""`), 1)},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := partition.Decode(m)
			if fault.CodeOf(err) == fault.Invalid {
				return
			}
			clean := newRig(t, 1)
			if err == nil {
				err = clean.loop.Deliver(d)
			}
			if fault.CodeOf(err) != fault.Invalid {
				t.Errorf("got %+v, %v", d, err)
			}
		})
	}
	for _, write := range []func(partition.Delivery) (bus.Message, error){partition.Encode, partition.Carry} {
		if _, err := write(fact("x", "7", nil)); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("got %v", err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, d := range []partition.Delivery{command("c1", "7"), joins("f1", "7"), fact("t", "7", music.Tick{})} {
		m, err := partition.Encode(d)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(m.Kind, m.Data)
	}
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		d, err := partition.Decode(bus.Message{Kind: kind, Data: data})
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Errorf("got %v", err)
			}
			return
		}
		if d.Input.Body == nil {
			return
		}
		m, err := partition.Encode(d)
		if err != nil {
			return
		}
		if again, err := partition.Decode(m); err != nil || again.Input.ID != d.Input.ID {
			t.Errorf("what was read cannot be written and read again: %v", err)
		}
	})
}
