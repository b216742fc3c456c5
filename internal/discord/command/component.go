package command

import (
	"slices"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/core/music"
)

const (
	// version is that of the form of ids. One of another is of an old message.
	version = "1"
	// MaxID is the longest id of a component that Discord takes, in characters.
	MaxID = 100
	// maxPart bounds each name that is carried in an id: a UUID fits.
	maxPart = 36
	// maxPage is the last page that an id can name.
	maxPage = 1_000_000
)

// ComponentID returns the id of a component: version, control, bot, play and
// argument, at most MaxID characters. A bot or a play whose name is not of
// letters, digits and dashes, or is too long, is left out.
func ComponentID(c Control, bot music.BotID, play music.PlayID, argument string) string {
	if !isName(argument) {
		argument = ""
	}
	parts := []string{version, string(c), string(bot), string(play), argument}
	for i := 2; i < 4; i++ {
		if !isName(parts[i]) {
			parts[i] = ""
		}
	}
	return strings.TrimRight(strings.Join(parts, ":"), ":")
}

// isName is true for what can stand between the colons of an id.
func isName(s string) bool {
	return len(s) <= maxPart && !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '-')
	})
}

// ParseComponent makes a press of a component's id and, for a menu, of the
// values that were picked. It refuses with ReasonNotPlayer what this version
// does not show: the message is of an older one. A query that was picked and is
// too long is refused with ReasonQueryTooLong.
func ParseComponent(customID string, values []string) (Press, *music.Refusal) {
	p, argument, ok := split(customID)
	if !ok {
		return Press{}, old()
	}
	if p.Control == ControlJump || p.Control == ControlPick {
		if argument != "" || len(values) != 1 {
			return Press{}, old()
		}
		return p.pick(values[0])
	}
	if len(values) > 0 {
		return Press{}, old()
	}
	p.Kind, p.Action, ok = pressed(p.Control, argument)
	if !ok {
		return Press{}, old()
	}
	return p, nil
}

// ParseModal makes a press of a form that was filled in: its id, and what was
// typed by the ids of its fields. It refuses as ParseComponent does.
func ParseModal(customID string, fields map[string]string) (Press, *music.Refusal) {
	p, argument, ok := split(customID)
	query, filled := fields[FieldQuery]
	switch {
	case !ok, p.Control != ControlAdd, argument != "", !filled:
		return Press{}, old()
	case len(query) > music.MaxQuery:
		return Press{}, tooLong()
	}
	p.Kind, p.Action = KindReply, music.Enqueue{Query: query}
	return p, nil
}

func old() *music.Refusal { return &music.Refusal{Reason: music.ReasonNotPlayer} }

// split reads an id. It takes exactly what ComponentID writes.
func split(id string) (p Press, argument string, ok bool) {
	if len(id) > MaxID {
		return Press{}, "", false
	}
	parts := strings.Split(id, ":")
	if len(parts) > 5 {
		return Press{}, "", false
	}
	parts = append(parts, make([]string, 5-len(parts))...)
	p = Press{Control: Control(parts[1]), Bot: music.BotID(parts[2]), Play: music.PlayID(parts[3])}
	argument = parts[4]
	return p, argument, ComponentID(p.Control, p.Bot, p.Play, argument) == id
}

// pick is a choice of a menu.
func (p Press) pick(value string) (Press, *music.Refusal) {
	switch {
	case p.Control == ControlJump:
		if value == "" || !isName(value) {
			return Press{}, old()
		}
		p.Kind, p.Action = KindPanel, music.SkipTo{Slot: music.SlotID(value)}
	case len(value) > music.MaxQuery:
		return Press{}, tooLong()
	default:
		p.Kind, p.Action = KindPick, music.Enqueue{Query: value}
	}
	return p, nil
}

// pressed is what a button does.
func pressed(c Control, argument string) (Kind, music.Action, bool) {
	switch c {
	case ControlLoop:
		mode := music.LoopMode(argument)
		return KindPanel, music.SetLoop{Mode: mode}, argument != "" && known(mode) == nil
	case ControlQuieter, ControlLouder:
		percent, ok := whole(argument, 0, MaxVolume)
		return KindPanel, music.SetVolume{Percent: &percent}, ok
	case ControlQueueFirst, ControlQueuePrevious, ControlQueueNext, ControlQueueLast, ControlQueueRefresh:
		page, ok := whole(argument, 1, maxPage)
		return KindUpdate, music.ShowQueue{Page: page}, ok
	case ControlHistoryFirst, ControlHistoryPrevious, ControlHistoryNext, ControlHistoryLast, ControlHistoryRefresh:
		page, ok := whole(argument, 1, maxPage)
		return KindUpdate, music.ShowHistory{Page: page}, ok
	default:
		if argument != "" {
			return "", nil, false
		}
		return simple(c)
	}
}

// simple are the buttons without an argument.
func simple(c Control) (Kind, music.Action, bool) {
	switch c {
	case ControlPrevious:
		return KindPanel, music.Previous{}, true
	case ControlPause:
		return KindPanel, music.Pause{}, true
	case ControlResume:
		return KindPanel, music.Resume{}, true
	case ControlSkip:
		return KindPanel, music.Skip{}, true
	case ControlStop:
		return KindPanel, music.Stop{}, true
	case ControlShuffle:
		return KindPanel, music.Shuffle{}, true
	case ControlQueue:
		return KindReply, music.ShowQueue{Page: 1}, true
	case ControlAdd:
		return KindModal, nil, true
	case ControlCancel:
		return KindCancel, nil, true
	default:
		return "", nil, false
	}
}

// whole reads a whole number as Itoa writes it.
func whole(s string, least, most int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && strconv.Itoa(n) == s && n >= least && n <= most
}

// Page returns the argument that leads to a page, within what an id can name.
func Page(n int) string { return strconv.Itoa(min(max(n, 1), maxPage)) }

// Percent returns the argument that sets a volume, within what can be set.
func Percent(n int) string { return strconv.Itoa(min(max(n, 0), MaxVolume)) }

// NextLoop is the mode after another one: off, queue, track, and off again.
func NextLoop(m music.LoopMode) music.LoopMode {
	cycle := []music.LoopMode{music.LoopOff, music.LoopQueue, music.LoopTrack}
	i := max(slices.Index(cycle, m), 0)
	return cycle[(i+1)%len(cycle)]
}
