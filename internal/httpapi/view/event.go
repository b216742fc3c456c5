package view

import (
	"encoding/json"
	"time"
)

// Event is a fact of the journal.
type Event struct {
	Seq         int64           `json:"seq" doc:"Place in the journal; grows, with gaps."`
	ID          string          `json:"id" doc:"Name of the event."`
	Type        string          `json:"type" doc:"What happened, as music.play.started."`
	Guild       string          `json:"guild,omitempty" doc:"Id of the guild."`
	Time        time.Time       `json:"time" doc:"When it became true."`
	Traceparent string          `json:"traceparent,omitempty" doc:"Trace that it belongs to (W3C)."`
	Cause       string          `json:"cause,omitempty" doc:"Input that it came from."`
	Data        json.RawMessage `json:"data" doc:"What happened; its shape is in schema/events."`
}

// EventPage is a part of the journal, in its order.
type EventPage struct {
	Items []Event `json:"items" nullable:"false" doc:"Events."`
	// NextAfter is where to go on.
	NextAfter int64 `json:"next_after" doc:"Sequence number to pass as after for what comes next."`
	More      bool  `json:"more" doc:"True where the limit cut the answer."`
}

// Sandbox says where the simulators are steered.
type Sandbox struct {
	ControlURL string `json:"control_url" doc:"Base address of the control API."`
	PageURL    string `json:"page_url,omitempty" doc:"Address of the page for people."`
	Apart      bool   `json:"apart" doc:"True where the simulators are a process of their own."`
}
