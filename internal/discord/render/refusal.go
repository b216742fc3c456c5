package render

import (
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/core/plan"
	"github.com/atrilhq/platform/internal/i18n"
)

// Refusal returns why a command was not carried out, what to do about it and,
// where a plan lifts the limit that was met, its name. Only the member who
// asked sees it.
func Refusal(p *i18n.Printer, r *music.Refusal) Message {
	if r == nil {
		r = &music.Refusal{}
	}
	words := p.Text(reason(r.Reason), i18n.Args{
		"Limit":   orNothing(p, r.Limit),
		"Channel": channel(r.Channel),
		"User":    user(r.User),
		"Query":   Text(r.Query, maxQuery),
	})
	return Message{Content: words + lifted(p, r.Plan), Ephemeral: true}
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

// reason returns the message of a reason; of one that a newer core knows and
// this package does not, the one that says only that it did not work.
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
	case music.ReasonFrozen:
		return i18n.Frozen
	}
	return i18n.NotPossible
}
