package command

import "github.com/atrilhq/platform/internal/core/music"

// Kind says how what a component brought is answered.
type Kind string

// The kinds.
const (
	// KindPanel is shown by the panel itself: the press is acknowledged silently,
	// and only a refusal is said, to the member alone.
	KindPanel Kind = "panel"
	// KindUpdate replaces the message that the component is on.
	KindUpdate Kind = "update"
	// KindReply is answered by a message for the member alone.
	KindReply Kind = "reply"
	// KindModal opens the form of this press; nothing is wished for yet.
	KindModal Kind = "modal"
	// KindPick is a search result that was picked: the answer replaces the menu.
	KindPick Kind = "pick"
	// KindCancel closes the menu of a search: nothing is wished for, and
	// render.SearchClosed replaces the menu.
	KindCancel Kind = "cancel"
)

// Press is what a component or a form asks for.
type Press struct {
	// Control is the component.
	Control Control
	// Kind says how it is answered.
	Kind Kind
	// Action is the wish to the core, nil for KindModal and KindCancel.
	Action music.Action
	// Bot is the player that the message belongs to and Play what that played
	// when the message was shown; either may be empty.
	Bot  music.BotID
	Play music.PlayID
}

// Control is what a component does, as its id says it.
type Control string

// The controls of the panel. The argument of ControlLoop is the mode that is
// wished for, that of the volume the percentage; ControlJump is a menu whose
// values are slots.
const (
	ControlPrevious Control = "pv"
	ControlPause    Control = "pa"
	ControlResume   Control = "re"
	ControlSkip     Control = "sk"
	ControlStop     Control = "st"
	ControlLoop     Control = "lo"
	ControlShuffle  Control = "sh"
	ControlQuieter  Control = "vd"
	ControlLouder   Control = "vu"
	ControlQueue    Control = "qu"
	ControlAdd      Control = "ad"
	ControlJump     Control = "jp"
)

// The controls of pages of the queue and of the history; their argument is the
// page that they lead to.
const (
	ControlQueueFirst      Control = "qf"
	ControlQueuePrevious   Control = "qp"
	ControlQueueNext       Control = "qn"
	ControlQueueLast       Control = "ql"
	ControlQueueRefresh    Control = "qr"
	ControlHistoryFirst    Control = "hf"
	ControlHistoryPrevious Control = "hp"
	ControlHistoryNext     Control = "hn"
	ControlHistoryLast     Control = "hl"
	ControlHistoryRefresh  Control = "hr"
)

// The controls of a search: the menu, whose values are queries, and the button
// that closes it.
const (
	ControlPick   Control = "sp"
	ControlCancel Control = "sc"
)

// FieldQuery is the field of the form that ControlAdd opens.
const FieldQuery = "query"
