package sqlstore_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/sqlstore"
)

func drawSlot(t *rapid.T) *music.Slot {
	text := func(name string) string {
		return rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a & <b>", `"\`, "\u2028\u0000\t", "🎧 ñ", "https://x.example/?a=1&b=2"})).Draw(t, name)
	}
	s := &music.Slot{
		ID: music.SlotID(text("id")), By: music.UserID(text("by")),
		State: rapid.SampledFrom([]music.SlotState{music.SlotReady, music.SlotPlayed, music.SlotPending, "other"}).Draw(t, "state"),
		At:    time.Unix(rapid.Int64Range(-1e9, 1e11).Draw(t, "at"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
		Track: music.Keep(&music.Track{
			Encoded: text("encoded"), Identifier: text("identifier"), URI: text("uri"), ISRC: text("isrc"), Title: text("title"),
			Author: text("author"), Artwork: text("artwork"), Source: text("source"),
			Length: time.Duration(rapid.Int64().Draw(t, "length")), Stream: rapid.Bool().Draw(t, "stream"),
		}),
	}
	if rapid.IntRange(0, 4).Draw(t, "pending") == 0 {
		s.Pending = &music.Pending{
			Query:    music.Query{Text: text("query"), URL: rapid.Bool().Draw(t, "url")},
			Deadline: s.At.Add(time.Second), Reply: music.ReplyTo{Surface: "discord", ID: text("reply"), Locale: "es"},
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "zone") == 0 {
		s.At = s.At.In(time.FixedZone("", 3600))
	}
	return s
}

// TestSlotsAreReadAsTheyWereWritten compares with what encoding/json reads.
func TestSlotsAreReadAsTheyWereWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []string
		var wanted []*music.Slot
		n := rapid.IntRange(1, 5).Draw(t, "slots")
		for i := range n {
			raw, err := json.Marshal(drawSlot(t))
			if err != nil {
				t.Skip("a time that JSON cannot hold")
			}
			w := &music.Slot{}
			if err := json.Unmarshal(raw, w); err != nil {
				t.Fatal(err)
			}
			wanted = append(wanted, w)
			// In any order, with places below 0 too.
			rows = append(rows, fmt.Sprintf("%d,%s", int64(i)*sqlstore.RankGap-5, raw))
		}
		got, places, err := sqlstore.ReadSlots(strings.Join(rapid.Permutation(rows).Draw(t, "order"), ","))
		if err != nil || !reflect.DeepEqual(got, wanted) {
			t.Fatalf("got %+v, want %+v, %v", got, wanted, err)
		}
		for i, at := range places {
			if at != int64(i)*sqlstore.RankGap-5 {
				t.Fatalf("the places are %v", places)
			}
		}
	})
}

// TestTheUsualSlotNeedsNoHelp keeps the start fast: a field that is added to a
// slot has to be added to its reader.
func TestTheUsualSlotNeedsNoHelp(t *testing.T) {
	p := busy(3, 2, 1).Players[0]
	stream := *p.Queue[0]
	odd := stream.Track.Track()
	odd.Length, odd.Stream, odd.Title = 0, true, "\"R&B\" \U0001F3A7\u2028 \\ ñ"
	stream.Track = music.Keep(&odd)
	for _, s := range append(p.Queue, p.History[0], &stream) {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := sqlstore.ReadUsual(string(raw))
		if !ok || !reflect.DeepEqual(got, s) {
			t.Errorf("%s\nis read as %+v", raw, got)
		}
	}
}

func TestSlotsThatCannotBeRead(t *testing.T) {
	const good = `{"id":"a","state":"ready","by":"b","at":"2026-03-04T05:06:07Z"}`
	for _, text := range []string{
		"", ",", "1", "1,", "x," + good, "1," + good + ",", "1," + good + "x", "1," + good[1:], "1," + good[:20], "01," + good,
		`1,{"id":7}`, `1,{"at":"yesterday"}`, `1,{"id":"\x"}`, `1,[]`, `1,null`, "1," + good + good, "99999999999999999999," + good,
	} {
		if got, _, err := sqlstore.ReadSlots(text); fault.CodeOf(err) != fault.Internal {
			t.Errorf("%q is read as %+v, %v", text, got, err)
		}
	}
	// What a newer version adds is passed over.
	got, _, err := sqlstore.ReadSlots(`7,{"new":{"a":["}"]},` + good[1:] + `,8,` + good)
	if err != nil || len(got) != 2 || !reflect.DeepEqual(got[0], got[1]) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func FuzzReadSlot(f *testing.F) {
	for _, s := range append(busy(1, 1, 1).Players[0].Queue, &music.Slot{ID: "p", Pending: &music.Pending{Query: music.Query{Text: "x"}}}) {
		raw, err := json.Marshal(s)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(raw))
	}
	f.Add(`{"id":"\ud83c\udfa7\ud83c","at":"2026-03-04T24:06:07.5Z","track":{"length_ns":-0,"stream":true}}`)
	f.Add(`{"id":"a","id":"b","ID":"c","at":"2026-03-04T05:06:07Z"}`)
	f.Add(`{"id":"a","track":null,"at":"2026-03-04T05:06:07Z"}`)
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := sqlstore.ReadUsual(text)
		if !ok {
			return
		}
		// What is read without help is what encoding/json reads.
		var wanted music.Slot
		if err := json.Unmarshal([]byte(strings.ToValidUTF8(text, "\uFFFD")), &wanted); err != nil {
			t.Fatalf("%q is no slot: %v", text, err)
		}
		if strings.ToValidUTF8(text, "") == text && !reflect.DeepEqual(*got, wanted) {
			t.Errorf("%q is read as %+v, want %+v", text, *got, wanted)
		}
	})
}
