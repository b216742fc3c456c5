package music

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"time"
)

// Kept is a track as queues, histories and plays keep it: in one piece of
// memory, a third of what a [Track] takes. It never changes, and two of the same
// track are equal. The zero value is that of the zero Track. In JSON it is a Track.
//
// A node's handle is the base64 of a message that has the track's texts in it
// (https://github.com/sedmelluq/lavaplayer, DefaultAudioPlayerManager.encodeTrack).
// So it is kept as bytes, and a text that stands in it is kept as where it
// stands. Nothing is assumed of a handle: one that is no base64 is kept as it
// is, and a text that is not found stands behind it.
type Kept struct{ text string }

// What is kept is a head and a body. The head is a byte of flags, a byte that
// says how long the head is, and in variable length how long the handle is, how
// long the track is, and for each text its length and, unless it is empty, its
// place in the body. The body is the handle and the texts that are not in it.
const (
	keptStream = 1 << iota
	// keptBytes says that the handle was base64 and stands there as bytes.
	keptBytes
)

// The texts of a track but its handle, in their order. Those that may stand in
// another come after it.
const (
	keptURI = iota
	keptArtwork
	keptTitle
	keptAuthor
	keptISRC
	keptIdentifier
	keptSource
	keptTexts
)

// maxKeptHead is more than the longest head: two bytes, and numbers of at most ten.
const maxKeptHead = 2 + (2+2*keptTexts)*binary.MaxVarintLen64

// handles is how nodes write handles. Strict, so that what was bytes is written
// again as it was read.
var handles = base64.StdEncoding.Strict() //nolint:gochecknoglobals // never changed

// Keep returns a track as it is kept.
func Keep(t *Track) Kept {
	var out, body, spare [1 << 10]byte // on the stack: only what is kept is allocated
	packed, _, _ := pack("", t, out[:0], body[:0], spare[:0])
	return Kept{string(packed)}
}

// Keeper keeps many tracks with less work than Keep. The zero value is ready; it
// serves one goroutine.
type Keeper struct{ out, body, spare []byte }

// Keep returns a slot's id and its track, both in one piece of memory.
func (k *Keeper) Keep(id SlotID, t *Track) (SlotID, Kept) {
	k.out, k.body, k.spare = pack(id, t, k.out[:0], k.body[:0], k.spare[:0])
	all := string(k.out)
	return SlotID(all[:len(id)]), Kept{all[len(id):]}
}

// pack appends the id and the packed track to out, with room to work in that it
// returns too.
func pack(id SlotID, t *Track, out, body, spare []byte) (packed, usedBody, usedSpare []byte) {
	out = append(out, id...)
	if *t == (Track{}) {
		return out, body, spare
	}
	var flags byte
	if t.Stream {
		flags = keptStream
	}
	spare = append(spare, t.Encoded...)
	body, err := handles.AppendDecode(body, spare)
	// Line breaks are passed over by the decoder, and would be lost.
	if err == nil && handles.EncodedLen(len(body)) == len(t.Encoded) {
		flags |= keptBytes
	} else {
		body = append(body[:0], t.Encoded...)
	}
	var head [maxKeptHead]byte
	head[0] = flags
	n := 2
	n += binary.PutUvarint(head[n:], uint64(len(body)))
	n += binary.PutVarint(head[n:], int64(t.Length))
	for _, s := range [keptTexts]string{t.URI, t.Artwork, t.Title, t.Author, t.ISRC, t.Identifier, t.Source} {
		n += binary.PutUvarint(head[n:], uint64(len(s)))
		if s == "" {
			continue
		}
		spare = append(spare[:0], s...)
		at := bytes.Index(body, spare)
		if at < 0 {
			at = len(body)
			body = append(body, s...)
		}
		n += binary.PutUvarint(head[n:], uint64(at))
	}
	head[1] = byte(n) //nolint:gosec // a head is shorter than 256 bytes
	return append(append(out, head[:n]...), body...), body, spare
}

// Track returns the track.
func (k Kept) Track() Track {
	t := k.Shown()
	t.Encoded = k.Encoded()
	return t
}

// Shown returns the track without its handle, which is of use to a node only.
// It allocates nothing.
func (k Kept) Shown() Track {
	if k.text == "" {
		return Track{}
	}
	r, _ := k.open()
	t := Track{Length: time.Duration(r.signed()), Stream: k.Stream()}
	for _, s := range [keptTexts]*string{&t.URI, &t.Artwork, &t.Title, &t.Author, &t.ISRC, &t.Identifier, &t.Source} {
		*s = r.piece()
	}
	return t
}

// Encoded returns the node's handle. It is written anew at each call.
func (k Kept) Encoded() string {
	if k.text == "" {
		return ""
	}
	_, handle := k.open()
	if k.text[0]&keptBytes == 0 {
		return handle
	}
	var room [1 << 10]byte
	return string(handles.AppendEncode(room[:0], []byte(handle)))
}

// Title returns the title of the track.
func (k Kept) Title() string { return k.piece(keptTitle) }

// URI returns where the track is.
func (k Kept) URI() string { return k.piece(keptURI) }

// Source returns the name that the node has for where the track comes from.
func (k Kept) Source() string { return k.piece(keptSource) }

// Stream is true for a track without an end.
func (k Kept) Stream() bool { return k.text != "" && k.text[0]&keptStream != 0 }

// Length returns how long the track is, 0 where that is unknown or endless.
func (k Kept) Length() time.Duration {
	if k.text == "" {
		return 0
	}
	r, _ := k.open()
	return time.Duration(r.signed())
}

// Info returns what events say of the track.
func (k Kept) Info() TrackInfo {
	t := k.Shown()
	return t.Info()
}

// IsZero is true for the zero Track.
func (k Kept) IsZero() bool { return k.text == "" }

// MarshalJSON writes the Track.
func (k Kept) MarshalJSON() ([]byte, error) { return json.Marshal(k.Track()) }

// UnmarshalJSON reads a Track.
func (k *Kept) UnmarshalJSON(raw []byte) error {
	t := k.Track()
	if err := json.Unmarshal(raw, &t); err != nil {
		return err
	}
	*k = Keep(&t)
	return nil
}

// key is what two places of the same track have in common.
func (k Kept) key() string {
	t := k.Shown()
	return t.key()
}

func (k Kept) piece(which int) string {
	if k.text == "" {
		return ""
	}
	r, _ := k.open()
	r.signed()
	for range which {
		if r.number() > 0 {
			r.number()
		}
	}
	return r.piece()
}

// open returns a reader of the head that stands behind the length of the
// handle, and the handle as it is kept.
func (k Kept) open() (r keptReader, handle string) {
	head := int(k.text[1])
	r = keptReader{head: k.text[2:head], body: k.text[head:]}
	return r, r.body[:r.number()]
}

// keptReader reads a head. Only this file writes one, so that it is not checked.
type keptReader struct{ head, body string }

func (r *keptReader) number() (n uint64) {
	for i, shift := 0, 0; ; i, shift = i+1, shift+7 {
		c := r.head[i]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			r.head = r.head[i+1:]
			return n
		}
	}
}

// signed reads what binary.PutVarint wrote.
func (r *keptReader) signed() int64 {
	n := r.number()
	return int64(n>>1) ^ -int64(n&1)
}

func (r *keptReader) piece() string {
	n := r.number()
	if n == 0 {
		return ""
	}
	at := r.number()
	return r.body[at : at+n]
}
