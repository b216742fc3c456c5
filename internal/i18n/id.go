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
	SkippedAhead   ID = "answer.skipped_ahead"
	SkippedTo      ID = "answer.skipped_to"
	PreviousPlays  ID = "answer.previous"
	Seeked         ID = "answer.seeked"
	Rewound        ID = "answer.rewound"
	Replayed       ID = "answer.replayed"
	RemovedOne     ID = "answer.removed_one"
	Removed        ID = "answer.removed"
	Moved          ID = "answer.moved"
	Unmoved        ID = "answer.unmoved"
	Swapped        ID = "answer.swapped"
	Shuffled       ID = "answer.shuffled"
	Cleared        ID = "answer.cleared"
	LoopSetOff     ID = "answer.loop_off"
	LoopSetTrack   ID = "answer.loop_track"
	LoopSetQueue   ID = "answer.loop_queue"
	LoopIs         ID = "answer.loop_is"
	GrabHere       ID = "answer.grab"
	GrabSent       ID = "answer.grab_sent"
	GrabClosed     ID = "answer.grab_closed"
	SettingsSet    ID = "answer.settings_set"
)

// Notices: messages that nobody asked for.
const (
	PlayFailed   ID = "notice.play_failed"
	Halted       ID = "notice.halted"
	LeftIdle     ID = "notice.left_idle"
	LeftEmpty    ID = "notice.left_empty"
	Disconnected ID = "notice.disconnected"
	JoinFailed   ID = "notice.join_failed"
	HandedOver   ID = "notice.handed_over"
	QueueKept    ID = "notice.queue_kept"
	Suppressed   ID = "notice.suppressed"
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
	Maintenance      ID = "refusal.maintenance"
	// MaintenanceUntil has When.
	MaintenanceUntil ID = "refusal.maintenance_until"
	SearchLost       ID = "refusal.search_lost"
	NotPossible      ID = "refusal.not_possible"
	NoSuchPosition   ID = "refusal.no_such_position"
	GoneFromQueue    ID = "refusal.gone_from_queue"
	QueueIsEmpty     ID = "refusal.queue_empty"
	NotSeekable      ID = "refusal.not_seekable"
	BeyondEnd        ID = "refusal.beyond_end"
	NoHistory        ID = "refusal.no_history"
	NothingToRemove  ID = "refusal.nothing_to_remove"
	NotAdmin         ID = "refusal.not_admin"
	ChannelClosed    ID = "refusal.channel_closed"
	SettingInvalid   ID = "refusal.setting_invalid"
	SettingVolume    ID = "refusal.setting_volume"
	SettingTime      ID = "refusal.setting_time"
	SettingLanguage  ID = "refusal.setting_language"
	SettingRules     ID = "refusal.setting_rules"
	SettingRoles     ID = "refusal.setting_roles"
	SettingAnnounce  ID = "refusal.setting_announce"
	LoopUnknown      ID = "refusal.loop_unknown"
	BotOffline       ID = "refusal.bot_offline"
	TimeUnreadable   ID = "refusal.time_unreadable"
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
