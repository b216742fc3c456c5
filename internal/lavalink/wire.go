package lavalink

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/atrilhq/platform/internal/core/music"
)

// The types below read only what is used of a node's answers, and read it
// leniently: compatible servers answer with other types in fields that do not
// matter here, and one such field must not hide a track's end.

// number reads a JSON number, or a string that holds one. Anything else is 0.
type number float64

// UnmarshalJSON never fails.
func (n *number) UnmarshalJSON(raw []byte) error {
	f, err := strconv.ParseFloat(strings.Trim(string(raw), `"`), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		f = 0
	}
	*n = number(f)
	return nil
}

func (n number) whole() int {
	return int(min(max(float64(n), math.MinInt32), math.MaxInt32))
}

// maxMillis keeps durations of streams, written as the largest integer, from overflowing.
const maxMillis = float64(math.MaxInt64/int64(time.Millisecond)) / 2

func (n number) millis() time.Duration {
	return time.Duration(min(max(float64(n), 0), maxMillis)) * time.Millisecond
}

// text reads a JSON string or a number as text. Anything else is empty.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(raw []byte) error {
	if s, ok := plain(raw); ok {
		*t = text(s)
		return nil
	}
	*t = ""
	var s string
	if json.Unmarshal(raw, &s) == nil {
		*t = text(s)
	} else if len(raw) > 0 && (raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9') {
		*t = text(raw)
	}
	return nil
}

// plain returns what a JSON string says that has nothing but printable ASCII in
// it and nothing escaped, as most do. A decoder has found its end already.
func plain(raw []byte) (string, bool) {
	last := len(raw) - 1
	if last < 1 || raw[0] != '"' || raw[last] != '"' {
		return "", false
	}
	for _, b := range raw[1:last] {
		if b < ' ' || b > '~' || b == '"' || b == '\\' {
			return "", false
		}
	}
	return string(raw[1:last]), true
}

// flag reads true; anything else is false.
type flag bool

// UnmarshalJSON never fails.
func (f *flag) UnmarshalJSON(raw []byte) error {
	*f = flag(string(raw) == "true")
	return nil
}

// userData is what every play carries to the node and back.
type userData struct {
	Play  music.PlayID `json:"play"`
	Epoch int64        `json:"epoch"`
	// Seeks is the last seek that was asked for in Play.
	Seeks int `json:"seeks,omitempty"`
}

const maxPlayID = 128

// readUserData returns false for data that is not of our form.
func readUserData(raw json.RawMessage) (userData, bool) {
	var u userData
	if len(raw) == 0 || bytes.TrimSpace(raw)[0] != '{' || json.Unmarshal(raw, &u) != nil {
		return userData{}, false
	}
	if u.Play == "" || len(u.Play) > maxPlayID || u.Epoch < 0 || u.Seeks < 0 {
		return userData{}, false
	}
	return u, true
}

type wireTrack struct {
	Encoded text `json:"encoded"`
	Info    struct {
		Identifier text   `json:"identifier"`
		Author     text   `json:"author"`
		Length     number `json:"length"`
		IsStream   flag   `json:"isStream"`
		Title      text   `json:"title"`
		URI        text   `json:"uri"`
		SourceName text   `json:"sourceName"`
		ArtworkURL text   `json:"artworkUrl"`
		ISRC       text   `json:"isrc"`
	} `json:"info"`
	UserData json.RawMessage `json:"userData"`
}

// Bounds of what is taken over from a node, in bytes.
const (
	maxEncoded = 64 << 10
	maxURI     = 2 << 10
	maxLine    = 512
)

// track returns the track in the core's words; false where it could not be played.
func (t *wireTrack) track() (music.Track, bool) {
	if t.Encoded == "" || len(t.Encoded) > maxEncoded {
		return music.Track{}, false
	}
	out := music.Track{
		Encoded: string(t.Encoded), Identifier: line(string(t.Info.Identifier), maxURI), URI: address(t.Info.URI),
		ISRC: line(string(t.Info.ISRC), 64), Title: line(string(t.Info.Title), maxLine), Author: line(string(t.Info.Author), maxLine),
		Artwork: address(t.Info.ArtworkURL), Source: line(string(t.Info.SourceName), 64), Stream: bool(t.Info.IsStream),
	}
	if !out.Stream {
		out.Length = t.Info.Length.millis()
	}
	if out.Title == "" {
		out.Title = out.Identifier
	}
	return out, true
}

func address(t text) string {
	if len(t) > maxURI || !strings.HasPrefix(string(t), "http://") && !strings.HasPrefix(string(t), "https://") {
		return ""
	}
	return line(string(t), maxURI)
}

// line makes text from outside fit to be shown in one line of at most limit
// bytes: no control characters, no marks that turn the direction of writing.
func line(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	if len(s) > limit {
		s = s[:limit]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	return strings.TrimSpace(s)
}

type wireState struct {
	Position  number `json:"position"`
	Connected flag   `json:"connected"`
	Time      number `json:"time"`
}

func (s wireState) stamp() int64 { return max(0, s.Time.millis().Milliseconds()) }

type wirePlayer struct {
	GuildID text `json:"guildId"`
	// Of the track only what we gave it is of interest.
	Track *struct {
		UserData json.RawMessage `json:"userData"`
	} `json:"track"`
	Volume number    `json:"volume"`
	Paused flag      `json:"paused"`
	State  wireState `json:"state"`
	Voice  struct {
		Token     text `json:"token"`
		Endpoint  text `json:"endpoint"`
		SessionID text `json:"sessionId"`
		ChannelID text `json:"channelId"`
	} `json:"voice"`
}

type wireException struct {
	Message  text `json:"message"`
	Severity text `json:"severity"`
}

// wireMessage is everything that arrives on the socket.
type wireMessage struct {
	Op        text            `json:"op"`
	Type      text            `json:"type"`
	GuildID   text            `json:"guildId"`
	Resumed   flag            `json:"resumed"`
	SessionID text            `json:"sessionId"`
	State     json.RawMessage `json:"state"`
	Track     json.RawMessage `json:"track"`
	Reason    text            `json:"reason"`
	Exception json.RawMessage `json:"exception"`
	Code      number          `json:"code"`
}
