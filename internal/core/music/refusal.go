package music

import "github.com/atrilhq/platform/internal/core/plan"

// Reason says why a command was refused. Each surface has its own words for it.
type Reason string

// The reasons.
const ( //nolint:dupl // a list of names has the shape of another
	ReasonQueryEmpty       Reason = "query_empty"
	ReasonQueryTooLong     Reason = "query_too_long"
	ReasonURLUnsupported   Reason = "url_unsupported"
	ReasonAddressDenied    Reason = "address_denied"
	ReasonNotInVoice       Reason = "not_in_voice"
	ReasonOtherChannel     Reason = "other_channel"
	ReasonNoBotFree        Reason = "no_bot_free"
	ReasonCannotConnect    Reason = "cannot_connect"
	ReasonCannotSpeak      Reason = "cannot_speak"
	ReasonJoinTimeout      Reason = "join_timeout"
	ReasonQueueFull        Reason = "queue_full"
	ReasonVolumeRange      Reason = "volume_range"
	ReasonNothingPlaying   Reason = "nothing_playing"
	ReasonNotConnected     Reason = "not_connected"
	ReasonAlreadyPaused    Reason = "already_paused"
	ReasonNotPaused        Reason = "not_paused"
	ReasonAlreadySkipped   Reason = "already_skipped"
	ReasonNotFound         Reason = "not_found"
	ReasonLoadFailed       Reason = "load_failed"
	ReasonResolveTimeout   Reason = "resolve_timeout"
	ReasonCancelled        Reason = "cancelled"
	ReasonBusy             Reason = "busy"
	ReasonStale            Reason = "stale"
	ReasonNotPlayer        Reason = "old_panel"
	ReasonTooManyErrors    Reason = "too_many_errors"
	ReasonUnknownOperation Reason = "unknown_operation"
	// ReasonNoSuchPosition: Limit is the last position there is.
	ReasonNoSuchPosition Reason = "no_such_position"
	// ReasonGoneFromQueue: the place that a menu named is not there any more.
	ReasonGoneFromQueue Reason = "gone_from_queue"
	ReasonQueueEmpty    Reason = "queue_empty"
	ReasonNotSeekable   Reason = "not_seekable"
	// ReasonBeyondEnd: Limit is the length in seconds.
	ReasonBeyondEnd Reason = "beyond_end"
	ReasonNoHistory Reason = "no_history"
	// ReasonNothingToRemove: no duplicates, or nothing of that member.
	ReasonNothingToRemove Reason = "nothing_to_remove"
	ReasonNotAdmin        Reason = "not_admin"
	// ReasonChannelClosed: a rule keeps the member from using Channel; Roles may.
	ReasonChannelClosed Reason = "channel_closed"
	// ReasonSettingInvalid: Query names the setting, Limit its bound where there is one.
	ReasonSettingInvalid Reason = "setting_invalid"
	ReasonLoopUnknown    Reason = "loop_unknown"
	// ReasonBotOffline: the bot in the channel cannot be reached now.
	ReasonBotOffline Reason = "bot_offline"
	// ReasonSearchLost: the process that looked for Query ended before it could answer.
	ReasonSearchLost Reason = "search_lost"
	// ReasonInternal is a fault of ours: the command was put aside to be looked into.
	ReasonInternal Reason = "internal"
	// ReasonFrozen is said while nobody may change the guild: music goes on, changes wait.
	ReasonFrozen Reason = "frozen"
	// ReasonMaintenance is said while an operator works and changes wait: Query is
	// the operator's message, Limit when changes go on, in seconds since 1970, 0
	// where nobody said when.
	ReasonMaintenance Reason = "maintenance"
)

// Refusal is why a command was not carried out: the reason, the limit that it
// met and the plan that lifts it, where there are such.
type Refusal struct {
	Reason Reason `json:"reason"`
	// Limit is the bound that was met, in the unit of the reason: bytes, tracks, percent.
	Limit int `json:"limit,omitempty"`
	// Plan is the smallest plan that lifts the limit.
	Plan plan.Name `json:"plan,omitempty"`
	// Channel is the channel that the reason speaks of.
	Channel ChannelID `json:"channel,omitempty"`
	// User is the member that the reason speaks of.
	User UserID `json:"user,omitempty"`
	// Roles are those that would have been let.
	Roles []RoleID `json:"roles,omitempty"`
	// Query is what was asked for, shortened by whoever shows it.
	Query string `json:"query,omitempty"`
}
