package partition

import (
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/store"
)

// Origin says where an input came from, for those who have to know that it was
// durably taken and for noticing that one is missing.
type Origin struct {
	// Source is empty for inputs that nobody numbers.
	Source     string
	Generation string
	Number     int64
}

// Place is where a delivery was read from.
type Place interface {
	// Taken tells, once, that the delivery was durably taken: committed, put
	// aside, or found to change nothing. It is not told of one that was forgotten
	// with its partition: that one is the next owner's. It must not block.
	Taken()
}

// Delivery is an input on its way to a guild.
type Delivery struct {
	// Place is told when the input was taken; nil where nobody wants to know.
	Place  Place
	Input  music.Input
	Origin Origin
	// Expires is when a command is not wanted any more because nobody waits
	// for its answer; zero for never.
	Expires time.Time

	// ticket is its place among the inputs of its source.
	ticket *ticket
	// asked is the slot that was asked for while the command waited for it.
	asked music.SlotID
	// askedAt is when. The names of slots are made of the time of their step, so
	// the command is stepped at that time in the end, unless its guild is later.
	askedAt time.Time
}

// Committed is what a batch made durable. It is told once, in order.
type Committed struct {
	At time.Time
	// Commands are the ids of commands that are durable now: they may be acknowledged.
	Commands []string
	// Again are the ids of commands that had come before.
	Again []string
	// Events are what the journal got, with their places.
	Events []store.JournalRow
	// Facts are what those events say, one for each.
	Facts []music.Payload
	// Effects are the edge effects that are owed now.
	Effects []store.EffectRow
	// Answers are the answers among them, by their keys, as the steps gave them.
	// One that was owed for an input that was put aside has its row alone.
	Answers map[string]music.Respond
	// Cursors say up to which number each source was durably taken.
	Cursors []store.Cursor
}

// Actuator acts for a loop. Its methods are called on the loop's goroutine and
// must not block.
type Actuator interface {
	// Resolve starts to look up a pending slot. It is a read and comes before
	// the commit; the slot may turn out not to exist.
	Resolve(guild music.GuildID, r music.Resolve)
	// Converge says that what is wanted of a player changed. The guild is the
	// committed one and must not be written to.
	Converge(guild *music.Guild, c music.Converge, epoch int64)
	// Committed tells what became durable.
	Committed(c Committed)
	// Resync asks for a snapshot of who is in voice in a guild. It is called on
	// the goroutine that delivered what was dropped.
	Resync(guild music.GuildID)
	// TakenUp says that a guild was brought into memory. Who is in voice there
	// is not known yet.
	TakenUp(guild *music.Guild)
	// Owned says that a partition's inputs can be delivered from now on; Lost
	// that they belong to somebody else.
	Owned(partition int, epoch int64)
	Lost(partition int)
}

// Encoder turns what steps produce into rows.
type Encoder interface {
	// Event returns the envelope of an event.
	Event(e music.Event, m EventMeta) ([]byte, error)
	// Answer returns the payload of an owed answer.
	Answer(music.Respond) ([]byte, error)
	// Notice returns the payload of a notice.
	Notice(guild music.GuildID, n music.Notify) ([]byte, error)
}

// EventMeta is what stands around an event's payload.
type EventMeta struct {
	Tenant string
	Guild  music.GuildID
	At     time.Time
	Trace  string
	// Cause is the id of the input.
	Cause     string
	Partition int
}

// Kinds of edge effects.
const (
	// KindAnswer is an answer that is owed to a person.
	KindAnswer = "answer"
	// KindNotice is a message in a text channel.
	KindNotice = "notice"
	// KindCommand is no effect: it is the mark by which a command that comes twice is known.
	KindCommand = "command"
)

// Lifetimes of edge effects.
const (
	// AnswerLife is how long an answer can be given: Discord's interaction tokens live 15 minutes.
	AnswerLife = 14*time.Minute + 30*time.Second
	// NoticeLife is how long a notice makes sense.
	NoticeLife = 2 * time.Minute
	// CommandMemory is how long a command that comes twice is known.
	CommandMemory = time.Hour
)

const (
	answerPrefix  = "answer:"
	commandPrefix = "command:"
)

// AnswerKey names the row of the answer that a command is owed. A command whose
// answer is stored is known by it if it comes again.
func AnswerKey(id string) string { return answerPrefix + id }

// CommandKey names the mark by which a command that comes twice is known where
// its answer was not stored in the same commit.
func CommandKey(id string) string { return commandPrefix + id }

// commandOf is the id of the command that a key tells of.
func commandOf(key string) (id string, ok bool) {
	if id, ok = strings.CutPrefix(key, commandPrefix); !ok {
		id, ok = strings.CutPrefix(key, answerPrefix)
	}
	return id, ok
}
