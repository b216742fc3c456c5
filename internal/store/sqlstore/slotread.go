package sqlstore

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// slotReader reads slots from the texts of rows. A start reads some hundred
// thousand of them, so it reads what nearly all of them are by itself: a track
// with who asked for it. Whatever it does not know in a slot makes encoding/json
// read that slot. A slot's id and its track are one piece of memory; what many
// slots share is kept once.
type slotReader struct {
	shared map[string]string
	keeper music.Keeper
	buf    []byte
}

func newSlotReader() *slotReader {
	return &slotReader{shared: map[string]string{}}
}

type placed struct {
	at   int64
	slot *music.Slot
}

// rows reads the rows of one queue, in the order of their places. Errors:
// Internal for a text that cannot be read.
func (r *slotReader) rows(text string) ([]*music.Slot, []int64, error) {
	t := slotText{text: text}
	valid := utf8.ValidString(text)
	var all []placed
	for {
		at, ok := t.integer()
		if !ok || !t.eat(',') {
			return nil, nil, unreadable(nil)
		}
		s := &music.Slot{}
		if start := t.at; !valid || !r.slot(&t, s) {
			t.at = start
			raw, ok := t.object()
			if !ok {
				return nil, nil, unreadable(nil)
			}
			*s = music.Slot{}
			if err := json.Unmarshal([]byte(raw), s); err != nil {
				return nil, nil, unreadable(err)
			}
		}
		all = append(all, placed{at, s})
		if !t.rest() {
			break
		}
		if !t.eat(',') {
			return nil, nil, unreadable(nil)
		}
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	slots, places := make([]*music.Slot, len(all)), make([]int64, len(all))
	for i, p := range all {
		slots[i], places[i] = p.slot, p.at
	}
	return slots, places, nil
}

func unreadable(err error) error {
	return fault.Wrap(err, fault.Internal, loadOp, "a slot cannot be read")
}

// The texts of a slot: those that may have escapes in them, then those that have none.
const (
	xID = iota
	xEncoded
	xIdentifier
	xURI
	xISRC
	xTitle
	xAuthor
	xArtwork
	xSource
	xState
	xBy
	xAt
	textCount
)

// ownTexts is how many of them may have escapes.
const ownTexts = xSource

var (
	slotTexts  = map[string]int{"id": xID, "state": xState, "by": xBy, "at": xAt}
	trackTexts = map[string]int{
		"encoded": xEncoded, "identifier": xIdentifier, "uri": xURI, "isrc": xISRC, "title": xTitle, "author": xAuthor,
		"artwork": xArtwork, "source": xSource,
	}
)

// found is what stands in a slot's text.
type found struct {
	texts   [textCount]string
	escaped [textCount]bool
	seen    [textCount]bool
	track   bool
	length  bool
	stream  bool
	// of is the track; give puts the texts into it.
	of music.Track
}

// slot reads one slot, false for one that has anything else than usual.
func (r *slotReader) slot(t *slotText, s *music.Slot) bool {
	var f found
	ok := t.members(func(name string) bool {
		if name == "track" && !f.track {
			f.track = true
			return t.members(func(name string) bool { return f.ofTrack(t, name) })
		}
		return f.text(t, slotTexts, name)
	})
	if !ok {
		return false
	}
	s.At, ok = moment(f.texts[xAt])
	return ok && !f.escaped[xAt] && r.give(&f, s)
}

func (f *found) ofTrack(t *slotText, name string) (ok bool) {
	switch {
	case name == "length_ns" && !f.length:
		f.length = true
		var n int64
		n, ok = t.integer()
		f.of.Length = time.Duration(n)
		return ok
	case name == "stream" && !f.stream:
		f.stream = true
		f.of.Stream, ok = t.boolean()
		return ok
	}
	return f.text(t, trackTexts, name)
}

// text passes a member that is a text of one of these names, once.
func (f *found) text(t *slotText, names map[string]int, name string) (ok bool) {
	i, known := names[name]
	if !known || f.seen[i] {
		return false
	}
	f.seen[i] = true
	f.texts[i], f.escaped[i], ok = t.quoted()
	return ok
}

// members passes an object as encoding/json writes it, without spaces.
func (t *slotText) members(member func(name string) bool) bool {
	if !t.eat('{') {
		return false
	}
	for {
		name, escaped, ok := t.quoted()
		if !ok || escaped || !t.eat(':') || !member(name) {
			return false
		}
		if t.eat('}') {
			return true
		}
		if !t.eat(',') {
			return false
		}
	}
}

// give puts the texts into the slot.
func (r *slotReader) give(f *found, s *music.Slot) bool {
	if f.escaped[xSource] || f.escaped[xState] || f.escaped[xBy] {
		return false
	}
	for i, escaped := range f.escaped[:ownTexts] {
		if !escaped {
			continue
		}
		var ok bool
		if r.buf, ok = unescape(r.buf[:0], f.texts[i]); !ok {
			return false
		}
		f.texts[i] = string(r.buf)
	}
	t := &f.of
	t.Encoded, t.Identifier, t.URI, t.ISRC = f.texts[xEncoded], f.texts[xIdentifier], f.texts[xURI], f.texts[xISRC]
	t.Title, t.Author, t.Artwork, t.Source = f.texts[xTitle], f.texts[xAuthor], f.texts[xArtwork], f.texts[xSource]
	s.ID, s.Track = r.keeper.Keep(music.SlotID(f.texts[xID]), t)
	s.State = music.SlotState(r.share(f.texts[xState]))
	s.By = music.UserID(r.share(f.texts[xBy]))
	return true
}

// share returns a text that is kept once for all slots that have it.
func (r *slotReader) share(s string) string {
	if known, ok := r.shared[s]; ok {
		return known
	}
	c := string([]byte(s))
	r.shared[c] = c
	return c
}
