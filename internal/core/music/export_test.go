package music

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

type dumpedPlayer struct {
	Player         *Player
	Queue, History []*Slot
}

type dumped struct {
	Guild                   Guild
	Players                 []dumpedPlayer
	Voices                  []VoiceState
	Unheard                 bool
	Alive                   time.Time
	Unseen, Unchecked, Bots []BotID
}

// Dump returns everything that a guild holds, what is not exported included, in
// an encoding that is the same for the same guild.
func Dump(g Guild) []byte {
	d := dumped{
		Guild: g, Voices: g.voices, Unheard: g.unheard, Alive: g.alive, Unseen: g.unseen, Unchecked: g.unchecked, Bots: g.Bots,
	}
	for _, p := range g.Players {
		d.Players = append(d.Players, dumpedPlayer{p, p.Queue, p.History})
	}
	raw, err := json.Marshal(d)
	if err != nil {
		panic(err)
	}
	return raw
}

// DumpResult returns everything that a step brought, in the same way.
func DumpResult(r Result) []byte {
	var b bytes.Buffer
	b.Write(Dump(r.Guild))
	fmt.Fprintf(&b, "\n%v\n", r.Changed)
	write := func(v any) {
		raw, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(&b, "%T %s\n", v, raw)
	}
	for _, e := range r.Events {
		b.WriteString(string(e.ID) + " ")
		write(e.Payload)
	}
	for _, e := range r.Effects {
		write(e)
	}
	return b.Bytes()
}

// Unlooked returns the bots whose voice, and those whose node, has still to be
// looked at.
func Unlooked(g Guild) (unseen, unchecked []BotID) { return g.unseen, g.unchecked }
