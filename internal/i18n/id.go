package i18n

// ID names a message of the catalogs.
type ID string

// What a command brought. Titles, channels and users come as the surface writes
// them; Count is a number as the language writes it.
const (
	Playing        ID = "answer.playing"
	QueuedNext     ID = "answer.queued_next"
	Queued         ID = "answer.queued"
	Playlist       ID = "answer.playlist"
	PlaylistCut    ID = "answer.playlist_cut"
	WaitingForNode ID = "answer.waiting_node"
	Paused         ID = "answer.paused"
	Resumed        ID = "answer.resumed"
	Skipped        ID = "answer.skipped"
	Stopped        ID = "answer.stopped"
	StoppedEmpty   ID = "answer.stopped_empty"
	Left           ID = "answer.left"
	Joined         ID = "answer.joined"
	VolumeSet      ID = "answer.volume"
	VolumeIs       ID = "answer.volume_is"
	Done           ID = "answer.done"
)

// Notices: messages that nobody asked for.
const (
	PlayFailed   ID = "notice.play_failed"
	Halted       ID = "notice.halted"
	LeftIdle     ID = "notice.left_idle"
	LeftEmpty    ID = "notice.left_empty"
	Disconnected ID = "notice.disconnected"
	JoinFailed   ID = "notice.join_failed"
)

// Refusals: why a command was not carried out.
const (
	PlanLifts        ID = "refusal.plan"
	QueryEmpty       ID = "refusal.query_empty"
	QueryTooLong     ID = "refusal.query_too_long"
	URLUnsupported   ID = "refusal.url_unsupported"
	AddressDenied    ID = "refusal.address_denied"
	NotInVoice       ID = "refusal.not_in_voice"
	OtherChannel     ID = "refusal.other_channel"
	NoBotFree        ID = "refusal.no_bot_free"
	CannotConnect    ID = "refusal.cannot_connect"
	CannotSpeak      ID = "refusal.cannot_speak"
	JoinTimeout      ID = "refusal.join_timeout"
	QueueFull        ID = "refusal.queue_full"
	VolumeRange      ID = "refusal.volume_range"
	NothingPlaying   ID = "refusal.nothing_playing"
	NotConnected     ID = "refusal.not_connected"
	AlreadyPaused    ID = "refusal.already_paused"
	NotPaused        ID = "refusal.not_paused"
	AlreadySkipped   ID = "refusal.already_skipped"
	NotFound         ID = "refusal.not_found"
	LoadFailed       ID = "refusal.load_failed"
	ResolveTimeout   ID = "refusal.resolve_timeout"
	Cancelled        ID = "refusal.cancelled"
	Busy             ID = "refusal.busy"
	Stale            ID = "refusal.stale"
	OldPanel         ID = "refusal.old_panel"
	TooManyErrors    ID = "refusal.too_many_errors"
	UnknownOperation ID = "refusal.unknown_operation"
	OurFault         ID = "refusal.internal"
	Frozen           ID = "refusal.frozen"
	NotPossible      ID = "refusal.not_possible"
)

// Tracks, the queue and the panel.
const (
	TrackBy          ID = "track.by"
	TrackUntitled    ID = "track.untitled"
	TrackLive        ID = "track.live"
	QueueTitle       ID = "queue.title"
	QueueEmpty       ID = "queue.empty"
	QueueNothingElse ID = "queue.nothing_else"
	QueueNow         ID = "queue.now"
	QueuePausedAt    ID = "queue.paused"
	QueueHeld        ID = "queue.held"
	QueuePending     ID = "queue.pending"
	QueueWaiting     ID = "queue.waiting"
	QueueMore        ID = "queue.more"
	QueuePage        ID = "queue.page"
	Tracks           ID = "queue.tracks"
	PanelPlaying     ID = "panel.playing"
	PanelPaused      ID = "panel.paused"
	PanelWaiting     ID = "panel.waiting"
	PanelNoNode      ID = "panel.no_node"
	PanelNothing     ID = "panel.nothing"
	PanelNothingHint ID = "panel.nothing_hint"
	PanelKept        ID = "panel.kept"
	FieldAuthor      ID = "panel.field.author"
	FieldLength      ID = "panel.field.length"
	FieldPosition    ID = "panel.field.position"
	FieldBy          ID = "panel.field.by"
	FieldVolume      ID = "panel.field.volume"
	FieldWaiting     ID = "panel.field.waiting"
	NothingWaits     ID = "panel.nothing_waits"
	Percent          ID = "unit.percent"
)

// Lengths of time in words.
const (
	Days     ID = "time.days"
	Hours    ID = "time.hours"
	Minutes  ID = "time.minutes"
	Seconds  ID = "time.seconds"
	TimePair ID = "time.pair"
)

// Plans as people read them.
const (
	PlanFree  ID = "plan.free"
	PlanPro   ID = "plan.pro"
	PlanElite ID = "plan.elite"
)

// Descriptions of the commands and their options, at most 100 characters each.
const (
	HelpTitle            ID = "help.title"
	HelpHint             ID = "help.hint"
	CommandPlay          ID = "command.play"
	CommandPlayQuery     ID = "command.play.query"
	CommandPlayNext      ID = "command.play.next"
	CommandPause         ID = "command.pause"
	CommandResume        ID = "command.resume"
	CommandSkip          ID = "command.skip"
	CommandStop          ID = "command.stop"
	CommandLeave         ID = "command.leave"
	CommandJoin          ID = "command.join"
	CommandQueue         ID = "command.queue"
	CommandQueuePage     ID = "command.queue.page"
	CommandNowPlaying    ID = "command.nowplaying"
	CommandVolume        ID = "command.volume"
	CommandVolumePercent ID = "command.volume.percent"
	CommandHelp          ID = "command.help"
)
