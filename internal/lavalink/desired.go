package lavalink

import (
	"strconv"
	"time"

	"github.com/disgoorg/json"
	"github.com/disgoorg/snowflake/v2"

	dl "github.com/disgoorg/disgolink/v3/lavalink"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// MaxVolume is the loudest volume of a player, in percent.
const MaxVolume = 1000

// Desired is what a player is wanted to do.
type Desired struct {
	// Gone is true where the node is to have no player at all. The rest is ignored.
	Gone bool
	// Play is what is wanted to sound; if it is empty the player is stopped and
	// kept, so that its voice connection stays.
	Play music.PlayID
	// Epoch is the partition's. A play that the node has under an older one is
	// reasserted, one under a newer one is left alone.
	Epoch int64
	// Track is the encoded track of Play.
	Track string
	// Position is where to begin a play that the node does not have. One that it
	// has is moved there only if Seeks is not the last seek that it carried out.
	Position time.Duration
	Seeks    int
	Paused   bool
	// Volume is in percent, from 0 to MaxVolume.
	Volume int
	// Voice is complete, or empty where it is not known now; then the node
	// keeps what it has.
	Voice Voice
}

// check finds what a node would accept without complaint and play wrongly.
func (d Desired) check(guild music.GuildID) error {
	bad := func(what string) error { return fault.New(fault.Invalid, "lavalink.Apply", what) }
	if _, err := strconv.ParseUint(string(guild), 10, 64); err != nil {
		return bad("a guild's id must be a number")
	}
	if d.Gone {
		return nil
	}
	if d.Voice != (Voice{}) {
		if !d.Voice.Complete() {
			return bad("voice needs a token, an endpoint, a session and a channel")
		}
		if _, err := snowflake.Parse(string(d.Voice.Channel)); err != nil {
			return bad("a voice channel's id must be a number")
		}
	}
	switch {
	case d.Play == "":
		return nil
	case len(d.Play) > maxPlayID:
		return bad("the play's id is too long")
	case d.Track == "" || len(d.Track) > maxEncoded:
		return bad("the play has no track that a node can read")
	case d.Position < 0:
		return bad("a position cannot be negative")
	case d.Volume < 0 || d.Volume > MaxVolume:
		return bad("the volume must be from 0 to " + strconv.Itoa(MaxVolume))
	case d.Seeks < 0:
		return bad("the number of seeks cannot be negative")
	case d.Epoch < 0:
		return bad("an epoch cannot be negative")
	}
	return nil
}

// difference is the smallest update that makes the player what is desired;
// false where it already is.
func (d Desired) difference(have Player) (dl.PlayerUpdate, bool) {
	var u dl.PlayerUpdate
	differs := false
	if d.Voice != (Voice{}) && d.Voice != have.Voice {
		channel, _ := snowflake.Parse(string(d.Voice.Channel)) // checked before
		u.Voice = &dl.VoiceState{
			Token: d.Voice.Token.Reveal(), Endpoint: d.Voice.Endpoint, SessionID: d.Voice.Session, ChannelID: channel,
		}
		differs = true
	}
	mine := userData{Play: d.Play, Epoch: d.Epoch, Seeks: d.Seeks}
	switch {
	case d.Play == "":
		if have.Play != "" || have.Foreign {
			u.Track = &dl.PlayerUpdateTrack{Encoded: json.NullPtr[string]()}
			differs = true
		}
	case d.Play != have.Play:
		u.Track = &dl.PlayerUpdateTrack{Encoded: json.NewNullablePtr(d.Track), UserData: mine}
		// A new track unpauses, unless it is told not to.
		u.Paused, u.Volume = &d.Paused, &d.Volume
		if ms := dl.Duration(d.Position.Milliseconds()); ms > 0 {
			u.Position = &ms
		}
		differs = true
	default:
		seek := d.Seeks != have.Seeks
		if seek {
			ms := dl.Duration(d.Position.Milliseconds())
			u.Position = &ms
		}
		if seek || d.Epoch > have.Epoch {
			u.Track = &dl.PlayerUpdateTrack{UserData: mine}
			differs = true
		}
		if d.Paused != have.Paused {
			u.Paused = &d.Paused
			differs = true
		}
		if d.Volume != have.Volume {
			u.Volume = &d.Volume
			differs = true
		}
	}
	return u, differs
}
