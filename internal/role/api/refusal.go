package api

import (
	"fmt"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
)

// said is what operators read of a reason; a reason without a row is a
// conflict, because an order that can never do is refused with a row.
type said struct {
	code    fault.Code
	message string
	hint    string
}

func reasons() map[music.Reason]said {
	const list = "see what there is with: platformctl players list"
	return map[music.Reason]said{
		music.ReasonNothingPlaying:   {fault.Conflict, "nothing is playing", list},
		music.ReasonNotConnected:     {fault.Conflict, "the bot is not in a voice channel", list},
		music.ReasonAlreadyPaused:    {fault.Conflict, "the player is already paused", ""},
		music.ReasonNotPaused:        {fault.Conflict, "the player is not paused", ""},
		music.ReasonAlreadySkipped:   {fault.Conflict, "somebody skipped it a moment ago", ""},
		music.ReasonBotOffline:       {fault.Conflict, "the bot cannot be reached now", "look at platformctl status"},
		music.ReasonStale:            {fault.Conflict, "the player plays something else by now", list},
		music.ReasonVolumeRange:      {fault.Invalid, "the volume is out of range", ""},
		music.ReasonNotAdmin:         {fault.Denied, "only who runs the platform or manages the guild may do that", ""},
		music.ReasonUnknownOperation: {fault.Invalid, "there is no such order", ""},
		music.ReasonBusy:             {fault.Quota, "too many commands wait for this guild", "try again in a moment"},
		music.ReasonFrozen:           {fault.Unavailable, "nobody may change this guild at the moment", "try again in a moment"},
		music.ReasonInternal:         {fault.Internal, "the order failed inside and was put aside to be looked into", "look at the daemon's log"},
	}
}

// refusal is why an order was not carried out, as a fault whose message ends
// with the name of the reason.
func refusal(r *music.Refusal) error {
	const op = "api.refused"
	if r.Reason == music.ReasonSettingInvalid {
		return refusedSetting(op, r)
	}
	s, ok := reasons()[r.Reason]
	if !ok {
		s = said{code: fault.Conflict, message: "the guild refuses it"}
	}
	if r.Reason == music.ReasonVolumeRange {
		s.message = fmt.Sprintf("the volume has to be from 0 to %d", r.Limit)
	}
	return lifted(fault.New(s.code, op, s.message+" ("+string(r.Reason)+")"), s.hint, r)
}

func refusedSetting(op string, r *music.Refusal) error {
	message := "the value of " + r.Query + " is not allowed"
	hint := ""
	switch r.Query {
	case "volume":
		message = fmt.Sprintf("volume has to be from 0 to %d", r.Limit)
	case "idle", "empty":
		message = fmt.Sprintf("%s has to be from %s to %s", r.Query, music.MinIdle, music.MaxIdle)
	case "language":
		message = fmt.Sprintf("language has to be one of %v, or empty", music.Languages())
	case "announce":
		hint = "name a text channel by its id"
	case "elsewhere":
		message = "elsewhere has to be everyone or nobody"
	case "rule":
		message = "a rule is everyone, nobody, or roles with 1 to 25 ids of roles"
		if r.Limit == music.MaxRules {
			message = fmt.Sprintf("a guild has at most %d rules", music.MaxRules)
		}
	}
	return lifted(fault.New(fault.Invalid, op, message+" ("+string(r.Reason)+")"), hint, r)
}

// lifted adds the plan that lifts a limit to the next step.
func lifted(f *fault.Error, hint string, r *music.Refusal) error {
	if r.Plan != "" {
		hint = "the plan " + string(r.Plan) + " raises this limit"
	}
	if hint == "" {
		return f
	}
	return f.WithHint(hint)
}
