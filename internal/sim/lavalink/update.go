package lavalink

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
)

// Limits of what a client may send, in bytes.
const (
	MaxBody     = 1 << 20  // a PATCH
	MaxBulkBody = 16 << 20 // a list of encoded tracks
	MaxUserData = 64 << 10
)

// Voice is what a client hands the node to connect to a voice server with: the
// fields of PATCH and the guild and user that they are for.
type Voice struct {
	GuildID   string
	UserID    string
	ChannelID string
	SessionID string
	Endpoint  string
	Token     string // secret; never log it
}

// update is a validated body of PATCH .../players/{guild}. A nil field was not sent.
type update struct {
	newTrack   bool // encoded or identifier was sent
	encoded    *TrackInfo
	identifier *string
	userData   json.RawMessage
	position   *int64
	endTime    *int64
	volume     *int64
	paused     *bool
	filters    *filterSet
	voice      *Voice
}

// parseUpdate checks a whole body before anything of it is applied.
func parseUpdate(body []byte, disabled []string) (*update, error) {
	var err error
	u := &update{}
	o := newObject("", body, &err)
	if t := o.nested("track", false); t != nil {
		u.readTrack(t)
		t.done()
	}
	// The old place of these two is deprecated and still served.
	if _, ok := o.fields["encodedTrack"]; ok || o.fields["identifier"] != nil {
		if u.newTrack && err == nil {
			err = &fieldError{"track", "and encodedTrack/identifier cannot both be specified"}
		}
		u.readSelection(o, "encodedTrack")
	}
	u.position = o.whole("position", 0, math.MaxInt64)
	if raw, ok := o.fields["endTime"]; ok && isNull(raw) {
		delete(o.fields, "endTime") // the server ignores a null although its documentation says otherwise
	}
	u.endTime = o.whole("endTime", 1, math.MaxInt64)
	u.volume = o.whole("volume", 0, 1000)
	u.paused = o.flag("paused")
	if f := o.nested("filters", false); f != nil {
		u.filters = parseFilters(f, disabled)
	}
	if v := o.nested("voice", false); v != nil {
		u.voice = parseVoice(v)
	}
	o.done()
	if err != nil {
		return nil, err
	}
	return u, nil
}

// readTrack reads what is to be played. Clients send a track back as they have
// it, with its info and notes of their own, and the server ignores what it does
// not know (its decoder is set to,
// https://github.com/lavalink-devs/Lavalink/blob/master/protocol/src/commonMain/kotlin/dev/arbjerg/lavalink/protocol/v4/mapper.kt).
// Where nothing says what to play, another field is a mistake.
func (u *update) readTrack(t *object) {
	u.readSelection(t, "encoded")
	raw, ok := t.take("userData")
	if u.newTrack {
		clear(t.fields)
	}
	if !ok {
		return
	}
	switch {
	case len(raw) > MaxUserData:
		t.fail("userData", "must be at most %d bytes", MaxUserData)
	case raw[0] != '{':
		t.fail("userData", "must be a JSON object")
	default:
		u.userData = compact(raw)
	}
}

// compact takes the spaces out of valid JSON, so that equal data looks equal in
// events, snapshots and the timeline.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw
	}
	return b.Bytes()
}

func (u *update) readSelection(o *object, encodedName string) {
	encoded, present := o.nullableText(encodedName)
	u.identifier = o.text("identifier")
	if present && u.identifier != nil {
		o.fail("identifier", "and %s cannot both be specified", encodedName)
		return
	}
	if u.identifier != nil && len(*u.identifier) > MaxIdentifier {
		o.fail("identifier", "must be at most %d bytes", MaxIdentifier)
	}
	if encoded != nil {
		info, err := DecodeTrack(*encoded)
		if err != nil {
			o.fail(encodedName, "is not an encoded track")
			return
		}
		u.encoded = &info
	}
	u.newTrack = present || u.identifier != nil
}

func parseVoice(v *object) *Voice {
	value := func(name string) string {
		s, _ := v.nullableText(name)
		if s == nil || strings.TrimSpace(*s) == "" {
			if *v.err == nil {
				*v.err = &fieldError{v.path, "is incomplete: token, endpoint, sessionId and channelId must be provided in voice state"}
			}
			return ""
		}
		if len(*s) > 512 {
			v.fail(name, "must be at most 512 bytes")
		}
		return *s
	}
	out := &Voice{Token: value("token"), Endpoint: value("endpoint"), SessionID: value("sessionId"), ChannelID: value("channelId")}
	if *v.err == nil && !isSnowflake(out.ChannelID) {
		v.fail("channelId", "must be a snowflake")
	}
	v.done()
	return out
}

// parseSessionUpdate reads the body of PATCH /v4/sessions/{s}. The timeout is
// in seconds.
func parseSessionUpdate(body []byte) (resuming *bool, timeout *int64, err error) {
	o := newObject("", body, &err)
	resuming = o.flag("resuming")
	timeout = o.whole("timeout", 0, 7*24*3600)
	o.done()
	return resuming, timeout, err
}
