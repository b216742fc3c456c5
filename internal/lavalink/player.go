package lavalink

import (
	"encoding/json"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/secret"
)

// Voice is what a node needs to speak in a voice channel. All four fields come
// from Discord and belong together.
type Voice struct {
	Token    secret.Text
	Endpoint string
	Session  string
	Channel  music.ChannelID
}

// Complete is true where nothing is missing.
func (v Voice) Complete() bool {
	return !v.Token.Empty() && v.Endpoint != "" && v.Session != "" && v.Channel != ""
}

// Player is what a node has for a guild.
type Player struct {
	Guild music.GuildID
	// Play and Epoch are from the track's userData; Play is empty where nothing
	// plays, and where what plays was not started by us (Foreign).
	Play    music.PlayID
	Epoch   int64
	Foreign bool
	// Seeks is the last seek in Play that the node carried out.
	Seeks int
	// Position is where the track is; it is what the node last said.
	Position time.Duration
	// Stamp is the node's own clock at Position, in milliseconds; 0 where it did
	// not say. It tells an older position from a newer one.
	Stamp     int64
	Paused    bool
	Volume    int // percent
	Connected bool
	Voice     Voice
}

func readPlayer(raw []byte) (Player, bool) {
	var w wirePlayer
	if json.Unmarshal(raw, &w) != nil || w.GuildID == "" || len(w.GuildID) > 32 {
		return Player{}, false
	}
	p := Player{
		Guild: music.GuildID(w.GuildID), Position: w.State.Position.millis(), Stamp: w.State.stamp(),
		Paused: bool(w.Paused),
		Volume: w.Volume.whole(), Connected: bool(w.State.Connected),
		Voice: Voice{
			Token: secret.New(string(w.Voice.Token)), Endpoint: string(w.Voice.Endpoint),
			Session: string(w.Voice.SessionID), Channel: music.ChannelID(w.Voice.ChannelID),
		},
	}
	if w.Track != nil {
		u, ok := readUserData(w.Track.UserData)
		p.Play, p.Epoch, p.Seeks, p.Foreign = u.Play, u.Epoch, u.Seeks, !ok
	}
	return p, true
}
