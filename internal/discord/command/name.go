package command

// The names of the commands.
const (
	Play       = "play"
	PlayNext   = "playnext"
	Search     = "search"
	Pause      = "pause"
	Resume     = "resume"
	Skip       = "skip"
	SkipTo     = "skipto"
	Stop       = "stop"
	Join       = "join"
	Leave      = "leave"
	Previous   = "previous"
	Replay     = "replay"
	Seek       = "seek"
	Forward    = "forward"
	Rewind     = "rewind"
	Volume     = "volume"
	NowPlaying = "nowplaying"
	Queue      = "queue"
	Remove     = "remove"
	Move       = "move"
	Swap       = "swap"
	Shuffle    = "shuffle"
	Clear      = "clear"
	Loop       = "loop"
	History    = "history"
	Grab       = "grab"
	Bots       = "bots"
	Settings   = "settings"
	Help       = "help"
)

// The names of the subcommands of remove and of settings.
const (
	removeTrack      = "track"
	removeRange      = "range"
	removeDuplicates = "duplicates"
	removeBy         = "by"

	settingsShow          = "show"
	settingsVolume        = "volume"
	settingsAnnouncements = "announcements"
	settingsLanguage      = "language"
	settingsIdle          = "idle"
	settingsEmpty         = "empty"
	settingsChannel       = "channel"
	settingsElsewhere     = "elsewhere"
	settingsReset         = "reset"
)

// The names of the options.
const (
	optionQuery    = "query"
	optionNext     = "next"
	optionPage     = "page"
	optionPercent  = "percent"
	optionPosition = "position"
	optionSeconds  = "seconds"
	optionFrom     = "from"
	optionTo       = "to"
	optionFirst    = "first"
	optionSecond   = "second"
	optionMode     = "mode"
	optionMember   = "member"
	optionMinutes  = "minutes"
	optionChannel  = "channel"
	optionWho      = "who"
	optionLanguage = "language"
	optionRole     = "role"
	optionRole2    = "role2"
	optionRole3    = "role3"
)

// The choices that stand for no value of the core's.
const (
	// languageAuto is each member's own language.
	languageAuto = "auto"
	// whoDefault is no rule for a channel of its own.
	whoDefault = "default"
)

// Bounds of what can be typed. What a plan allows may be less and is decided in
// the core.
const (
	// MaxVolume is the largest volume, in percent, that Discord lets a member type.
	MaxVolume = 200
	// DefaultStep is how far forward and rewind go, in seconds.
	DefaultStep = 10
	// maxStep is how far they can go at once, in seconds.
	maxStep = 24 * 60 * 60
	// maxMinutes is the longest time that can be set, in minutes.
	maxMinutes = 24 * 60
)
