package topic

// The topics by which processes know of each other. Their messages are those of
// package fleet.
const (
	// Processes tells everybody that a process is there.
	Processes = "processes"
	// Asks asks other processes what only they know, or to do what only they can.
	Asks = "asks"
)

// Told is the topic on which a process hears the answers to what it asked.
func Told(process string) string { return "told." + process }

// Shard is how one shard of a bot is, told by the process that has its connection.
type Shard struct {
	Bot   string `json:"bot"`
	Index int    `json:"index"`
	// Count is how many shards the bot has.
	Count  int    `json:"count"`
	State  string `json:"state"`
	Guilds int    `json:"guilds,omitempty"`
	// LatencyMS is the time of the last heartbeat, in milliseconds.
	LatencyMS int64 `json:"latency_ms,omitempty"`
}
