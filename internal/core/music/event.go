package music

import "time"

// Event is a fact. It is never refused.
type Event struct {
	ID EventID
	// Payload is what happened; its type decides the event's name.
	Payload Payload
}

// Payload is what an event says. Each one has a file in schema/events.
type Payload interface{ EventType() string }

type (
	// PlayRequested says that a member asked for something; Slot keeps its place.
	PlayRequested struct {
		Bot   BotID  `json:"bot"`
		Slot  SlotID `json:"slot"`
		Query string `json:"query"`
		By    UserID `json:"by"`
		Next  bool   `json:"next,omitempty"`
	}
	// TrackQueued says that a track waits in a queue. Position 1 is next.
	TrackQueued struct {
		Bot      BotID     `json:"bot"`
		Slot     SlotID    `json:"slot"`
		Position int       `json:"position"`
		Track    TrackInfo `json:"track"`
		By       UserID    `json:"by"`
	}
	// PlaylistQueued says that the tracks of a playlist wait in a queue.
	PlaylistQueued struct {
		Bot      BotID    `json:"bot"`
		Name     string   `json:"name"`
		Added    int      `json:"added"`
		Total    int      `json:"total"`
		Position int      `json:"position"`
		By       UserID   `json:"by"`
		Slots    []SlotID `json:"slots"`
	}
	// TrackRejected says that a request gave nothing to play.
	TrackRejected struct {
		Bot    BotID  `json:"bot"`
		Slot   SlotID `json:"slot"`
		Reason string `json:"reason"`
		By     UserID `json:"by"`
	}
	// PlayBegun is music.play.started: a track was taken from the queue and is
	// wanted to sound.
	PlayBegun struct {
		Bot     BotID     `json:"bot"`
		Play    PlayID    `json:"play"`
		Slot    SlotID    `json:"slot"`
		Channel ChannelID `json:"channel"`
		Track   TrackInfo `json:"track"`
		By      UserID    `json:"by"`
	}
	// PlaySounding says that a play was heard for the first time.
	PlaySounding struct {
		Bot  BotID    `json:"bot"`
		Play PlayID   `json:"play"`
		Node NodeName `json:"node"`
	}
	// PlayFinished is music.play.ended: a play is over.
	PlayFinished struct {
		Bot    BotID  `json:"bot"`
		Play   PlayID `json:"play"`
		Slot   SlotID `json:"slot"`
		Reason string `json:"reason"` // finished, skipped, stopped, failed, stuck, left
		By     UserID `json:"by,omitempty"`
		// HeardMS is how far the play came, in milliseconds.
		HeardMS int64 `json:"heard_ms"`
		// Synthesised is true where the node's own word was missed.
		Synthesised bool `json:"synthesised,omitempty"`
		// Heard is true where its position was ever above 0: only then it counts.
		Heard bool `json:"heard,omitempty"`
		// ListenedMS is for how long it sounded, in real time, in milliseconds.
		ListenedMS int64 `json:"listened_ms,omitempty"`
		// StartedAt is when it was taken from the queue, in Unix milliseconds.
		StartedAt int64 `json:"started_at,omitempty"`
		// Requester asked for it; Node had it last.
		Requester UserID    `json:"requester,omitempty"`
		Node      NodeName  `json:"node,omitempty"`
		Track     TrackInfo `json:"track,omitzero"`
	}
	// PlayFailed says that the node threw or got stuck during a play.
	PlayFailed struct {
		Bot    BotID  `json:"bot"`
		Play   PlayID `json:"play"`
		Reason string `json:"reason"` // exception, stuck, lost
		Detail string `json:"detail,omitempty"`
	}
	// PlayerPaused says that a play is held.
	PlayerPaused struct {
		Bot        BotID  `json:"bot"`
		Play       PlayID `json:"play"`
		By         UserID `json:"by,omitempty"`
		PositionMS int64  `json:"position_ms"`
	}
	// PlayerResumed says that a held play goes on.
	PlayerResumed struct {
		Bot  BotID  `json:"bot"`
		Play PlayID `json:"play,omitempty"`
		By   UserID `json:"by,omitempty"`
	}
	// VolumeChanged says what the volume is now, in percent.
	VolumeChanged struct {
		Bot    BotID  `json:"bot"`
		Volume int    `json:"volume"`
		By     UserID `json:"by"`
	}
	// QueueCleared says that everything that waited was removed.
	QueueCleared struct {
		Bot     BotID  `json:"bot"`
		Removed int    `json:"removed"`
		By      UserID `json:"by,omitempty"`
		Reason  string `json:"reason"` // clear, stop, leave, idle, empty, disconnected, join_failed, channel_deleted, removed, plan
	}
	// QueueRemoved says that some of what waited was taken out of a queue.
	QueueRemoved struct {
		Bot    BotID    `json:"bot"`
		Slots  []SlotID `json:"slots"`
		Reason string   `json:"reason"` // position, range, slot, duplicates, member, passed
		By     UserID   `json:"by"`
	}
	// QueueMoved says that a place of a queue has another position, or that two
	// were exchanged. Position 1 is next.
	QueueMoved struct {
		Bot  BotID  `json:"bot"`
		Slot SlotID `json:"slot"`
		From int    `json:"from"`
		To   int    `json:"to"`
		// Other went from To to From, where two were exchanged.
		Other SlotID `json:"other,omitempty"`
		By    UserID `json:"by"`
	}
	// QueueShuffled says that what waits was mixed.
	QueueShuffled struct {
		Bot   BotID  `json:"bot"`
		Count int    `json:"count"`
		By    UserID `json:"by"`
	}
	// PlayerSeeked says that a play goes on somewhere else.
	PlayerSeeked struct {
		Bot        BotID  `json:"bot"`
		Play       PlayID `json:"play"`
		FromMS     int64  `json:"from_ms"`
		PositionMS int64  `json:"position_ms"`
		By         UserID `json:"by"`
	}
	// LoopChanged says what is played again from now on.
	LoopChanged struct {
		Bot  BotID    `json:"bot"`
		Loop LoopMode `json:"loop"`
		By   UserID   `json:"by,omitempty"`
	}
	// SettingsChanged says what the settings of the guild are now.
	SettingsChanged struct {
		Volume    int        `json:"volume"`
		IdleMS    int64      `json:"idle_ms"`
		EmptyMS   int64      `json:"empty_ms"`
		Announce  ChannelID  `json:"announce,omitempty"`
		Language  string     `json:"language,omitempty"`
		Rules     []RuleInfo `json:"rules"`
		Elsewhere ChannelUse `json:"elsewhere"`
		By        UserID     `json:"by,omitempty"`
	}
	// PlayerHalted says that too many plays failed in a row.
	PlayerHalted struct {
		Bot      BotID `json:"bot"`
		Failures int   `json:"failures"`
	}
	// VoiceJoined says that a bot is in a voice channel.
	VoiceJoined struct {
		Bot     BotID     `json:"bot"`
		Channel ChannelID `json:"channel"`
	}
	// VoiceMoved says that somebody moved a bot.
	VoiceMoved struct {
		Bot  BotID     `json:"bot"`
		From ChannelID `json:"from"`
		To   ChannelID `json:"to"`
	}
	// VoiceLeft says that a bot is in no voice channel any more.
	VoiceLeft struct {
		Bot     BotID     `json:"bot"`
		Channel ChannelID `json:"channel"`
		Reason  string    `json:"reason"` // leave, idle, empty, disconnected, join_failed, channel_deleted, removed, plan
	}
	// JoinFailed says that a bot could not get into a voice channel in time.
	JoinFailed struct {
		Bot     BotID     `json:"bot"`
		Channel ChannelID `json:"channel"`
	}
	// PlayerPlaced says which node a player was given; an empty one means none.
	PlayerPlaced struct {
		Bot  BotID    `json:"bot"`
		Node NodeName `json:"node"`
	}
	// BotJoined says that a bot of the pool is in the guild.
	BotJoined struct {
		Bot BotID `json:"bot"`
	}
	// BotLeft says that a bot was removed from the guild.
	BotLeft struct {
		Bot BotID `json:"bot"`
	}
	// BotWentAway says that a bot of the pool cannot be reached.
	BotWentAway struct {
		Bot BotID `json:"bot"`
	}
	// BotCameBack says that a bot of the pool can be reached again.
	BotCameBack struct {
		Bot BotID `json:"bot"`
	}
	// QueueHandedOver says that a bot goes on with what another one held.
	QueueHandedOver struct {
		From    BotID     `json:"from"`
		To      BotID     `json:"to"`
		Channel ChannelID `json:"channel"`
		// Tracks is how many wait.
		Tracks int `json:"tracks"`
	}
	// QueueKept says that no bot could go on in a channel, and that what one held
	// waits for somebody who asks for it.
	QueueKept struct {
		Bot     BotID     `json:"bot"`
		Channel ChannelID `json:"channel"`
		// Tracks is how many wait.
		Tracks int `json:"tracks"`
	}
	// VoiceSuppressed says that a bot may not speak on its stage yet.
	VoiceSuppressed struct {
		Bot     BotID     `json:"bot"`
		Channel ChannelID `json:"channel"`
	}
	// EntitlementsApplied says what the guild may do from now on.
	EntitlementsApplied struct {
		Plan        string `json:"plan"`
		Bots        int    `json:"bots"`
		QueueLength int    `json:"queue_length"`
		MaxVolume   int    `json:"max_volume"`
	}
)

// TrackInfo is a track as events show it: without the node's handle.
type TrackInfo struct {
	Identifier string `json:"identifier"`
	Title      string `json:"title"`
	Author     string `json:"author"`
	Source     string `json:"source"`
	URI        string `json:"uri,omitempty"`
	ISRC       string `json:"isrc,omitempty"`
	LengthMS   int64  `json:"length_ms,omitempty"`
	Stream     bool   `json:"stream,omitempty"`
}

// RuleInfo is a rule of a channel as events show it.
type RuleInfo struct {
	Channel ChannelID  `json:"channel"`
	Use     ChannelUse `json:"use"`
	Roles   []RoleID   `json:"roles,omitempty"`
}

// Info returns what events show of the track.
func (t *Track) Info() TrackInfo {
	return TrackInfo{
		Identifier: t.Identifier, Title: t.Title, Author: t.Author, Source: t.Source,
		URI: t.URI, ISRC: t.ISRC, LengthMS: int64(t.Length / time.Millisecond), Stream: t.Stream,
	}
}

// EventType returns the name of the event, as the journal and its schema write it.
func (PlayRequested) EventType() string       { return "music.play.requested" }
func (TrackQueued) EventType() string         { return "music.track.queued" }
func (PlaylistQueued) EventType() string      { return "music.playlist.queued" }
func (TrackRejected) EventType() string       { return "music.track.rejected" }
func (PlayBegun) EventType() string           { return "music.play.started" }
func (PlaySounding) EventType() string        { return "music.play.sounding" }
func (PlayFinished) EventType() string        { return "music.play.ended" }
func (PlayFailed) EventType() string          { return "music.play.failed" }
func (PlayerPaused) EventType() string        { return "music.player.paused" }
func (PlayerResumed) EventType() string       { return "music.player.resumed" }
func (VolumeChanged) EventType() string       { return "music.player.volume_changed" }
func (QueueCleared) EventType() string        { return "music.queue.cleared" }
func (QueueRemoved) EventType() string        { return "music.queue.removed" }
func (QueueMoved) EventType() string          { return "music.queue.moved" }
func (QueueShuffled) EventType() string       { return "music.queue.shuffled" }
func (PlayerSeeked) EventType() string        { return "music.player.seeked" }
func (LoopChanged) EventType() string         { return "music.player.loop_changed" }
func (SettingsChanged) EventType() string     { return "music.settings.changed" }
func (PlayerHalted) EventType() string        { return "music.player.halted" }
func (VoiceJoined) EventType() string         { return "music.voice.joined" }
func (VoiceMoved) EventType() string          { return "music.voice.moved" }
func (VoiceLeft) EventType() string           { return "music.voice.left" }
func (JoinFailed) EventType() string          { return "music.voice.join_failed" }
func (PlayerPlaced) EventType() string        { return "music.player.placed" }
func (BotJoined) EventType() string           { return "music.bot.joined" }
func (BotLeft) EventType() string             { return "music.bot.left" }
func (BotWentAway) EventType() string         { return "music.bot.away" }
func (BotCameBack) EventType() string         { return "music.bot.back" }
func (QueueHandedOver) EventType() string     { return "music.queue.handed_over" }
func (QueueKept) EventType() string           { return "music.queue.kept" }
func (VoiceSuppressed) EventType() string     { return "music.voice.suppressed" }
func (EntitlementsApplied) EventType() string { return "music.entitlements.applied" }

// Payloads returns one of each payload, for the catalog.
func Payloads() []Payload {
	return []Payload{
		PlayRequested{},
		TrackQueued{},
		PlaylistQueued{},
		TrackRejected{},
		PlayBegun{},
		PlaySounding{},
		PlayFinished{},
		PlayFailed{},
		PlayerPaused{},
		PlayerResumed{},
		VolumeChanged{},
		QueueCleared{},
		QueueRemoved{},
		QueueMoved{},
		QueueShuffled{},
		PlayerSeeked{},
		LoopChanged{},
		SettingsChanged{},
		PlayerHalted{},
		VoiceJoined{},
		VoiceMoved{},
		VoiceLeft{},
		JoinFailed{},
		PlayerPlaced{},
		BotJoined{},
		BotLeft{},
		BotWentAway{},
		BotCameBack{},
		QueueHandedOver{},
		QueueKept{},
		VoiceSuppressed{},
		EntitlementsApplied{},
	}
}
