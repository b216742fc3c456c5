package lavalink

import (
	"bytes"
	"encoding/json"
	"math"
	"time"

	"github.com/gorilla/websocket"
)

// hugeMessage is the size of the largest message of node.garbage, in bytes. It
// is valid JSON; whoever reads all of it can say so.
const hugeMessage = 4 << 20

// garbage are messages that a client cannot make sense of, by what is wrong.
func garbage(form string) []frame {
	text := func(messages ...string) []frame {
		var out []frame
		for _, m := range messages {
			out = append(out, frame{websocket.TextMessage, []byte(m)})
		}
		return out
	}
	switch form {
	case "json":
		return text(`{"op":"playerUpdate","state":{`, `op=event`, ``, `{"op":"stats"} {`)
	case "types":
		return text(`{"op":"playerUpdate","guildId":{"id":1},"state":"gone"}`, `{"op":"event","type":5,"guildId":null,"track":[]}`,
			`{"op":"stats","players":"many","cpu":[4],"memory":null}`, `{"op":17}`, `[]`, `null`, `"ready"`, `{}`)
	case "bytes":
		return []frame{{websocket.BinaryMessage, []byte{0xFF, 0, 0xC3, 0x28}}, {websocket.BinaryMessage, []byte(`{"op":"ready"}`)}}
	case "huge":
		padding := bytes.Repeat([]byte("x"), hugeMessage)
		return []frame{{websocket.TextMessage, append(append([]byte(`{"op":"event","type":"HugeEvent","guildId":"1","padding":"`), padding...), `"}`...)}}
	default:
		var out []frame
		for _, f := range []string{"json", "types", "bytes", "huge"} {
			out = append(out, garbage(f)...)
		}
		return out
	}
}

func (n *Node) sendGarbage(_ time.Time, args map[string]string) error {
	n.toAll(garbage(args["form"]))
	return nil
}

// sendUnknown sends what a plugin or a later version might.
func (n *Node) sendUnknown(time.Time, map[string]string) error {
	n.toAll([]frame{
		{websocket.TextMessage, []byte(`{"op":"weather","sun":true,"state":{"position":1}}`)},
		{websocket.TextMessage, []byte(`{"op":"event","type":"LyricsFoundEvent","guildId":"1","lyrics":{"lines":[]}}`)},
		{websocket.TextMessage, []byte(`{"op":"event","type":"SegmentSkippedEvent","guildId":"18446744073709551615","segment":{"category":"intro"}}`)},
	})
	return nil
}

// toAll sends messages to every socket.
func (n *Node) toAll(messages []frame) {
	for _, s := range n.sorted() {
		if s.link == nil {
			continue
		}
		for _, f := range messages {
			n.tell(s.link, f)
		}
	}
}

// sendStats sends every socket its statistics now.
func (n *Node) sendStats(now time.Time) {
	for _, s := range n.sorted() {
		if s.link != nil {
			s.send(n.statsMessage(now, s))
		}
	}
}

// told is what the node says of its statistics: the truth, if it does not lie.
func (n *Node) told(truth []byte) []byte {
	args, ok := n.broken[FaultLyingStats]
	if !ok {
		return truth
	}
	var m map[string]any
	if json.Unmarshal(truth, &m) != nil {
		return truth // of this package's own making, which does not happen
	}
	put := func(players, uptime, memory, cores, load, frames any) {
		m["players"], m["playingPlayers"], m["uptime"] = players, players, uptime
		m["memory"] = map[string]any{"free": memory, "used": memory, "allocated": memory, "reservable": memory}
		m["cpu"] = map[string]any{"cores": cores, "systemLoad": load, "lavalinkLoad": load}
		if m["op"] != nil {
			m["frameStats"] = map[string]any{"sent": frames, "nulled": frames, "deficit": frames}
		}
	}
	switch args["form"] {
	case "negative":
		put(-5, -1, -1, -4, -0.5, -3000)
	case "huge":
		put(math.MaxInt32, int64(math.MaxInt64), int64(math.MaxInt64), math.MaxInt32, 1e300, math.MaxInt32)
	case "nan":
		// What a JSON writer of Java makes of a number that is none.
		put(0, 0, 0, 0, "NaN", 0)
	default:
		if cpu, ok := m["cpu"].(map[string]any); ok {
			cpu["cores"] = 0
		}
	}
	return marshal(m)
}
