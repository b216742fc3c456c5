package lavalink

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/fault"
)

// StreamLength is the length, in milliseconds, of a track without an end. It is
// what lavaplayer reports for a live stream.
const StreamLength = math.MaxInt64

// MaxEncoded is the longest encoded track that is decoded, in base64 characters.
const MaxEncoded = 64 << 10

const (
	trackVersion   = 3
	flagVersioned  = 1 // TRACK_INFO_VERSIONED of lavaplayer
	sizeMask       = 0x3FFFFFFF
	maxUTF         = math.MaxUint16
	positionLength = 8
)

// TrackInfo describes a track as Lavalink's Track.info does. Length and
// Position are in milliseconds.
type TrackInfo struct {
	Identifier string  `json:"identifier"`
	IsSeekable bool    `json:"isSeekable"`
	Author     string  `json:"author"`
	Length     int64   `json:"length"`
	IsStream   bool    `json:"isStream"`
	Position   int64   `json:"position"`
	Title      string  `json:"title"`
	URI        *string `json:"uri"`
	SourceName string  `json:"sourceName"`
	ArtworkURL *string `json:"artworkUrl"`
	ISRC       *string `json:"isrc"`
}

// EncodeTrack returns the base64 of lavaplayer's binary track message, version
// 3: a 32-bit header (two bits of flags, thirty of size), then version, title,
// author, length, identifier, stream flag, uri, artwork and isrc (each nullable),
// source and position. A text over 65,535 bytes is fault.Invalid.
func EncodeTrack(info TrackInfo) (string, error) {
	raw, err := appendTrack(nil, info)
	if err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(raw), nil
}

func appendTrack(b []byte, info TrackInfo) ([]byte, error) {
	const op = "lavalink.EncodeTrack"
	start := len(b)
	b = append(b, 0, 0, 0, 0, trackVersion)
	var err error
	text := func(s string) {
		if err != nil {
			return
		}
		var ok bool
		if b, ok = appendUTF(b, s); !ok {
			err = fault.New(fault.Invalid, op, "a text of the track is longer than 65,535 bytes")
		}
	}
	nullable := func(s *string) {
		if s == nil {
			b = append(b, 0)
			return
		}
		b = append(b, 1)
		text(*s)
	}
	text(info.Title)
	text(info.Author)
	b = binary.BigEndian.AppendUint64(b, bits(info.Length))
	text(info.Identifier)
	b = append(b, boolByte(info.IsStream))
	nullable(info.URI)
	nullable(info.ArtworkURL)
	nullable(info.ISRC)
	text(info.SourceName)
	b = binary.BigEndian.AppendUint64(b, bits(info.Position))
	if err != nil {
		return nil, err
	}
	size := uint32(len(b) - start - 4) //nolint:gosec // six texts of at most maxUTF bytes
	binary.BigEndian.PutUint32(b[start:], size|flagVersioned<<30)
	return b, nil
}

// bits is a long of Java as it is written: the same 64 bits.
func bits(v int64) uint64 { return uint64(v) } //nolint:gosec // the sign is one of them

func boolByte(v bool) byte {
	if v {
		return 1
	}
	return 0
}

var errShort = errors.New("the message ends too early")

// DecodeTrack reads what EncodeTrack writes, and versions 1 and 2 of the same
// message. Anything that is not such a message, or longer than MaxEncoded, is
// fault.Invalid.
func DecodeTrack(encoded string) (TrackInfo, error) {
	const op = "lavalink.DecodeTrack"
	bad := func(err error) (TrackInfo, error) {
		return TrackInfo{}, fault.Wrap(err, fault.Invalid, op, "not an encoded track: "+err.Error())
	}
	if len(encoded) > MaxEncoded {
		return bad(fmt.Errorf("longer than %d characters", MaxEncoded))
	}
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return bad(errors.New("not base64"))
	}
	if len(raw) < 4 {
		return bad(errShort)
	}
	head := binary.BigEndian.Uint32(raw)
	body := raw[4:]
	size := int(head & sizeMask)
	if size == 0 || size > len(body) {
		return bad(errShort)
	}
	r := &trackReader{b: body[:size]}
	version := byte(1)
	if head>>30&flagVersioned != 0 {
		version = r.octet()
	}
	if version < 1 || version > trackVersion {
		return bad(fmt.Errorf("version %d is not known", version))
	}
	info := TrackInfo{Title: r.text(), Author: r.text(), Length: r.long(), Identifier: r.text(), IsStream: r.octet() != 0}
	if version >= 2 {
		info.URI = r.nullable()
	}
	if version >= 3 {
		info.ArtworkURL, info.ISRC = r.nullable(), r.nullable()
	}
	info.SourceName = r.text()
	info.Position = r.long()
	info.IsSeekable = !info.IsStream
	if r.err != nil {
		return bad(r.err)
	}
	if info.Length < 0 || info.Position < 0 {
		return bad(errors.New("length and position must not be negative"))
	}
	return info, nil
}

// trackReader reads Java's DataInput. After its first error it returns zeros.
type trackReader struct {
	b   []byte
	err error
}

func (r *trackReader) take(n int) []byte {
	if r.err == nil && len(r.b) < n {
		r.err = errShort
	}
	if r.err != nil {
		return make([]byte, min(n, positionLength))
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *trackReader) octet() byte { return r.take(1)[0] }
func (r *trackReader) long() int64 {
	return int64(binary.BigEndian.Uint64(r.take(positionLength))) //nolint:gosec // a long of Java: these bits, with their sign
}

func (r *trackReader) nullable() *string {
	if r.octet() == 0 {
		return nil
	}
	s := r.text()
	return &s
}

func (r *trackReader) text() string {
	n := int(binary.BigEndian.Uint16(r.take(2)))
	raw := r.take(n)
	if r.err != nil {
		return ""
	}
	s, ok := decodeUTF(raw)
	if !ok {
		r.err = errors.New("a text is not valid")
	}
	return s
}

// appendUTF writes Java's modified UTF-8 with its 16-bit length: NUL takes two
// bytes and runes beyond the basic plane are written as surrogate pairs.
func appendUTF(b []byte, s string) ([]byte, bool) {
	at := len(b)
	b = append(b, 0, 0)
	for _, r := range s {
		switch {
		case r != 0 && r < 0x10000:
			b = utf8.AppendRune(b, r)
		case r == 0:
			b = append(b, 0xC0, 0x80)
		default:
			r -= 0x10000
			b = append3(b, 0xD800+(r>>10))
			b = append3(b, 0xDC00+(r&0x3FF))
		}
	}
	n := len(b) - at - 2
	if n > maxUTF {
		return b, false
	}
	binary.BigEndian.PutUint16(b[at:], uint16(n)) //nolint:gosec // at most maxUTF
	return b, true
}

func append3(b []byte, r rune) []byte {
	return append(b, 0xE0|byte(r>>12), 0x80|byte(r>>6)&0x3F, 0x80|byte(r)&0x3F) //nolint:gosec // a surrogate: 16 bits, cut to 4, 6 and 6
}
