package lavalink_test

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sim/lavalink"
)

// The bytes are written out by hand from the format's description.
func TestEncodeTrackLayout(t *testing.T) {
	info := lavalink.TrackInfo{
		Title: "é", Author: "B", Length: 258, Identifier: "i", IsSeekable: true, URI: new("u"), SourceName: "s", Position: 7,
	}
	body := "\x03" + "\x00\x02\xc3\xa9" + "\x00\x01B" + "\x00\x00\x00\x00\x00\x00\x01\x02" + "\x00\x01i" + "\x00" +
		"\x01\x00\x01u" + "\x00" + "\x00" + "\x00\x01s" + "\x00\x00\x00\x00\x00\x00\x00\x07"
	want := base64.StdEncoding.EncodeToString([]byte("\x40\x00\x00" + string(rune(len(body))) + body))
	got, err := lavalink.EncodeTrack(info)
	if err != nil || got != want {
		t.Fatalf("got %s, %v\nwant %s", got, err, want)
	}
	back, err := lavalink.DecodeTrack(got)
	if err != nil || !reflect.DeepEqual(back, info) {
		t.Fatalf("decoded %+v, %v", back, err)
	}
}

func TestDecodeTrackOlderVersions(t *testing.T) {
	common := "\x00\x01T\x00\x01A\x00\x00\x00\x00\x00\x00\x00\x05\x00\x01i\x01"
	tail := "\x00\x01s\x00\x00\x00\x00\x00\x00\x00\x00"
	cases := map[string]struct {
		body string
		head string
		uri  *string
	}{
		"version 1 has no flag and no uri": {common + tail, "\x00\x00\x00", nil},
		"version 2 has a uri":              {"\x02" + common + "\x01\x00\x01u" + tail, "\x40\x00\x00", new("u")},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			raw := c.head + string(rune(len(c.body))) + c.body
			info, err := lavalink.DecodeTrack(base64.StdEncoding.EncodeToString([]byte(raw)))
			if err != nil {
				t.Fatal(err)
			}
			if info.Title != "T" || info.Length != 5 || !info.IsStream || info.IsSeekable || !reflect.DeepEqual(info.URI, c.uri) {
				t.Fatalf("decoded %+v", info)
			}
		})
	}
}

func TestDecodeTrackRefuses(t *testing.T) {
	good := encoded(t, "blink")
	raw, err := base64.StdEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	broken := func(change func([]byte) []byte) string {
		return base64.StdEncoding.EncodeToString(change(append([]byte(nil), raw...)))
	}
	cases := map[string]string{
		"empty":           "",
		"not base64":      "%%%",
		"three bytes":     base64.StdEncoding.EncodeToString([]byte("abc")),
		"size zero":       base64.StdEncoding.EncodeToString([]byte{0x40, 0, 0, 0}),
		"cut short":       broken(func(b []byte) []byte { return b[:len(b)-1] }),
		"smaller size":    broken(func(b []byte) []byte { b[3]--; return b }),
		"unknown version": broken(func(b []byte) []byte { b[4] = 9; return b }),
		"text too long":   broken(func(b []byte) []byte { b[5] = 0xFF; return b }),
		"broken text":     broken(func(b []byte) []byte { b[7] = 0xFF; return b }),
		"too large":       strings.Repeat("A", lavalink.MaxEncoded+4),
	}
	for name, in := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := lavalink.DecodeTrack(in); fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("error %v, want invalid", err)
			}
		})
	}
}

func TestEncodeTrackRefusesLongText(t *testing.T) {
	_, err := lavalink.EncodeTrack(lavalink.TrackInfo{Title: strings.Repeat("x", 70_000)})
	if fault.CodeOf(err) != fault.Invalid {
		t.Fatalf("error %v, want invalid", err)
	}
}

func TestTrackRoundTrip(t *testing.T) {
	optional := rapid.Custom(func(t *rapid.T) *string {
		if rapid.Bool().Draw(t, "absent") {
			return nil
		}
		return new(rapid.String().Draw(t, "text"))
	})
	rapid.Check(t, func(t *rapid.T) {
		info := lavalink.TrackInfo{
			Title: rapid.String().Draw(t, "title"), Author: rapid.String().Draw(t, "author"),
			Identifier: rapid.String().Draw(t, "id"), SourceName: rapid.String().Draw(t, "source"),
			Length: rapid.Int64Min(0).Draw(t, "length"), Position: rapid.Int64Min(0).Draw(t, "position"),
			IsStream: rapid.Bool().Draw(t, "stream"),
			URI:      optional.Draw(t, "uri"), ArtworkURL: optional.Draw(t, "art"), ISRC: optional.Draw(t, "isrc"),
		}
		info.IsSeekable = !info.IsStream
		e, err := lavalink.EncodeTrack(info)
		if err != nil {
			t.Fatal(err)
		}
		back, err := lavalink.DecodeTrack(e)
		if err != nil || !reflect.DeepEqual(back, info) {
			t.Fatalf("got %+v, %v\nwant %+v", back, err, info)
		}
	})
}

func FuzzDecodeTrack(f *testing.F) {
	f.Add(encoded(f, "blink"))
	f.Add(encoded(f, "radio-halcyon"))
	f.Add(encoded(f, "rio-arriba"))
	f.Add("QAAAAA==")
	f.Add("")
	f.Fuzz(func(t *testing.T, in string) {
		info, err := lavalink.DecodeTrack(in)
		if err != nil {
			if fault.CodeOf(err) != fault.Invalid {
				t.Fatalf("a refusal with code %s", fault.CodeOf(err))
			}
			return
		}
		again, err := lavalink.EncodeTrack(info)
		if err != nil {
			t.Fatalf("what was decoded does not encode: %v", err)
		}
		back, err := lavalink.DecodeTrack(again)
		if err != nil || !reflect.DeepEqual(back, info) {
			t.Fatalf("%+v became %+v, %v", info, back, err)
		}
	})
}
