package music

// Effect is something to do outside once the step is committed.
type Effect interface{ effect() }

// Aspect is a part of a player whose wanted state changed.
type Aspect uint8

// The aspects. They combine.
const (
	// AspectVoice is where the bot's voice is wanted.
	AspectVoice Aspect = 1 << iota
	// AspectNode is what the node is to play.
	AspectNode
	// AspectPanel is what members see of it.
	AspectPanel
)

type (
	// Converge is the level effect: the wanted state of a player changed in
	// these aspects. What is wanted is in the guild, not in the effect.
	Converge struct {
		Bot    BotID
		Aspect Aspect
	}
	// Resolve asks what a pending slot's query finds. It is a read and may
	// start before the commit; a slot that is pending after a restart is asked for again.
	Resolve struct {
		Slot  SlotID
		Query Query
		// Limit is how many tracks there is room for.
		Limit int
	}
	// Respond is the edge effect of an owed answer. It is stored under the
	// reply's ID and sent at least once.
	Respond struct {
		To     ReplyTo
		Answer Answer
	}
	// Notify is the edge effect of a message nobody asked for, in a text
	// channel. Key makes it harmless to repeat.
	Notify struct {
		Key     string
		Bot     BotID
		Channel ChannelID
		Answer  Answer
	}
)

func (Converge) effect() {}
func (Resolve) effect()  {}
func (Respond) effect()  {}
func (Notify) effect()   {}
