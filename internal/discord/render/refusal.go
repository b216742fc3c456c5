package render

import (
	"strconv"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/discord/command"
	"github.com/atrilhq/platform/internal/i18n"
)

// Refusal returns why a command was not carried out, what to do about it and,
// where a plan lifts the limit that was met, its name. Only the member who
// asked sees it.
func Refusal(p *i18n.Printer, r *music.Refusal) Message {
	if r == nil {
		r = &music.Refusal{}
	}
	id := reason(r.Reason)
	if r.Reason == music.ReasonSettingInvalid {
		id = setting(r.Query)
	}
	if r.Reason == music.ReasonMaintenance {
		return Message{Content: maintenance(p, r), Ephemeral: true}
	}
	words := p.Text(id, i18n.Args{
		"Limit":   orNothing(p, r.Limit),
		"Length":  clockOrNothing(r.Limit),
		"Channel": channel(r.Channel),
		"User":    user(r.User),
		"Roles":   roles(r.Roles),
		"Query":   Text(r.Query, maxQuery),
		"Least":   p.Length(max(music.MinIdle, time.Minute)), // members type minutes
		"Most":    p.Length(music.MaxIdle),
	})
	return Message{Content: words + lifted(p, r.Plan), Ephemeral: true}
}

// maxNotice is how much of an operator's message is shown, in characters.
const maxNotice = 300

// maintenance says that changes wait, in our words and then in the operator's,
// and until when. Discord shows the time in the reader's own zone.
func maintenance(p *i18n.Printer, r *music.Refusal) string {
	out := p.Text(i18n.Maintenance, nil)
	if r.Query != "" {
		out += "\n> " + Text(r.Query, maxNotice)
	}
	if r.Limit > 0 {
		out += "\n" + p.Text(i18n.MaintenanceUntil, i18n.Args{"When": "<t:" + strconv.Itoa(r.Limit) + ":R>"})
	}
	return out
}

// lifted is the sentence that names the plan which lifts a limit.
func lifted(p *i18n.Printer, n plan.Name) string {
	if n == "" {
		return ""
	}
	return " " + p.Text(i18n.PlanLifts, i18n.Args{"Plan": planName(p, n)})
}

func planName(p *i18n.Printer, n plan.Name) string {
	switch n {
	case plan.Free:
		return p.Text(i18n.PlanFree, nil)
	case plan.Pro:
		return p.Text(i18n.PlanPro, nil)
	case plan.Elite:
		return p.Text(i18n.PlanElite, nil)
	}
	return Text(string(n), maxName)
}

// reason returns the message of a reason: what can go wrong with any command,
// and with what is asked to be played.
func reason(r music.Reason) i18n.ID {
	switch r {
	case music.ReasonQueryEmpty:
		return i18n.QueryEmpty
	case music.ReasonQueryTooLong:
		return i18n.QueryTooLong
	case music.ReasonURLUnsupported:
		return i18n.URLUnsupported
	case music.ReasonAddressDenied:
		return i18n.AddressDenied
	case music.ReasonNotInVoice:
		return i18n.NotInVoice
	case music.ReasonOtherChannel:
		return i18n.OtherChannel
	case music.ReasonNoBotFree:
		return i18n.NoBotFree
	case music.ReasonCannotConnect:
		return i18n.CannotConnect
	case music.ReasonCannotSpeak:
		return i18n.CannotSpeak
	case music.ReasonJoinTimeout:
		return i18n.JoinTimeout
	case music.ReasonQueueFull:
		return i18n.QueueFull
	case music.ReasonVolumeRange:
		return i18n.VolumeRange
	case music.ReasonNothingPlaying:
		return i18n.NothingPlaying
	case music.ReasonNotConnected:
		return i18n.NotConnected
	case music.ReasonAlreadyPaused:
		return i18n.AlreadyPaused
	case music.ReasonNotPaused:
		return i18n.NotPaused
	case music.ReasonAlreadySkipped:
		return i18n.AlreadySkipped
	case music.ReasonNotFound:
		return i18n.NotFound
	case music.ReasonLoadFailed:
		return i18n.LoadFailed
	case music.ReasonResolveTimeout:
		return i18n.ResolveTimeout
	case music.ReasonCancelled:
		return i18n.Cancelled
	case music.ReasonBusy:
		return i18n.Busy
	case music.ReasonStale:
		return i18n.Stale
	case music.ReasonNotPlayer:
		return i18n.OldPanel
	case music.ReasonTooManyErrors:
		return i18n.TooManyErrors
	case music.ReasonUnknownOperation:
		return i18n.UnknownOperation
	case music.ReasonInternal:
		return i18n.OurFault
	default:
		return controlReason(r)
	}
}

// controlReason returns the message of a reason for which the player, the queue
// or the settings are not changed; of one that a newer core knows and this
// package does not, the one that says only that it did not work.
func controlReason(r music.Reason) i18n.ID {
	switch r {
	case music.ReasonFrozen:
		return i18n.Frozen
	case music.ReasonMaintenance:
		return i18n.Maintenance
	case music.ReasonNoSuchPosition:
		return i18n.NoSuchPosition
	case music.ReasonGoneFromQueue:
		return i18n.GoneFromQueue
	case music.ReasonQueueEmpty:
		return i18n.QueueIsEmpty
	case music.ReasonNotSeekable:
		return i18n.NotSeekable
	case music.ReasonBeyondEnd:
		return i18n.BeyondEnd
	case music.ReasonNoHistory:
		return i18n.NoHistory
	case music.ReasonNothingToRemove:
		return i18n.NothingToRemove
	case music.ReasonNotAdmin:
		return i18n.NotAdmin
	case music.ReasonChannelClosed:
		return i18n.ChannelClosed
	case music.ReasonSettingInvalid:
		return i18n.SettingInvalid
	case music.ReasonLoopUnknown:
		return i18n.LoopUnknown
	case music.ReasonSearchLost:
		return i18n.SearchLost
	case music.ReasonBotOffline:
		return i18n.BotOffline
	case command.ReasonTimeUnreadable:
		return i18n.TimeUnreadable
	default:
		return i18n.NotPossible
	}
}

// setting returns the words for a value that a setting cannot have.
func setting(name string) i18n.ID {
	switch name {
	case command.SettingVolume:
		return i18n.SettingVolume
	case command.SettingIdle, command.SettingEmpty:
		return i18n.SettingTime
	case command.SettingLanguage:
		return i18n.SettingLanguage
	case command.SettingRule:
		return i18n.SettingRules
	case command.SettingRoles:
		return i18n.SettingRoles
	case command.SettingAnnounce:
		return i18n.SettingAnnounce
	}
	return i18n.SettingInvalid
}

// clockOrNothing writes a number of seconds that may not be set.
func clockOrNothing(seconds int) string {
	const most = 365 * 24 * 60 * 60
	if seconds <= 0 || seconds > most {
		return ""
	}
	return i18n.Clock(time.Duration(seconds) * time.Second)
}
