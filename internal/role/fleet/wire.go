package fleet

import (
	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi/view"
	"github.com/atrilhq/platform/internal/role/topic"
)

// announcement is how a process tells that it is there.
type announcement struct {
	view.Process

	// Who asks everybody to announce themselves too.
	Who bool `json:"who,omitempty"`
	// Leaving is true where the process is about to end.
	Leaving bool `json:"leaving,omitempty"`
}

// What can be asked.
const (
	askReport    = "report"
	askListeners = "listeners"
	askCordon    = "cordon"
	askDrain     = "drain"
	askRebuild   = "rebuild"
)

// maxGuilds is of how many guilds one question asks.
const maxGuilds = 1000

// question is what a process asks others.
type question struct {
	ID string `json:"id"`
	// From is who asks, To whom; empty means everybody.
	From string `json:"from"`
	To   string `json:"to,omitempty"`
	What string `json:"what"`
	// Guilds are for listeners, the rest for orders.
	Guilds   []music.GuildID `json:"guilds,omitempty"`
	Node     music.NodeName  `json:"node,omitempty"`
	Cordoned bool            `json:"cordoned,omitempty"`
	By       string          `json:"by,omitempty"`
	Reason   string          `json:"reason,omitempty"`
}

// answer is what a process tells who asked.
type answer struct {
	ID        string      `json:"id"`
	From      string      `json:"from"`
	Report    *report     `json:"report,omitempty"`
	Listeners []Listeners `json:"listeners,omitempty"`
	Failure   *failure    `json:"failure,omitempty"`
}

// report is what the roles of one process know.
type report struct {
	Process view.Process  `json:"process"`
	Nodes   []view.Node   `json:"nodes,omitempty"`
	Bots    []view.Bot    `json:"bots,omitempty"`
	Shards  []topic.Shard `json:"shards,omitempty"`
	// Frontless are guilds that lack the front bot.
	Frontless []view.Frontless `json:"frontless,omitempty"`
}

// Listeners is who listens in a guild, as its owner knows.
type Listeners struct {
	Guild music.GuildID `json:"guild"`
	Name  string        `json:"name,omitempty"`
	// Bots are how many listen to each bot that is in a channel.
	Bots map[music.BotID]int `json:"bots,omitempty"`
}

// failure is a fault on its way between processes: what may be shown of it.
type failure struct {
	Code    fault.Code `json:"code"`
	Message string     `json:"message"`
	Hint    string     `json:"hint,omitempty"`
}

func failureOf(err error) *failure {
	if err == nil {
		return nil
	}
	message, hint := fault.Show(err)
	return &failure{Code: fault.CodeOf(err), Message: message, Hint: hint}
}

func (f *failure) fault(op string) error {
	if f == nil {
		return nil
	}
	err := fault.New(f.Code, op, f.Message)
	if f.Hint != "" {
		return err.WithHint(f.Hint)
	}
	return err
}
