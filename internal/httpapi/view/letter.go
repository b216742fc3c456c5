package view

import (
	"encoding/json"
	"time"
)

// Letter is an input of a guild, or an event of a projection, that could not be
// carried out and was put aside.
type Letter struct {
	ID        string    `json:"id" doc:"Name of the letter."`
	Kind      string    `json:"kind" doc:"Kind of the input, or projection: and the name of the projection."`
	Guild     string    `json:"guild,omitempty" doc:"Id of the guild."`
	Partition int       `json:"partition" doc:"Partition of the guild."`
	Error     string    `json:"error" doc:"What went wrong."`
	At        time.Time `json:"at" doc:"When it was put aside."`
	// Input is there where one letter is asked for.
	Input json.RawMessage `json:"input,omitempty" doc:"What was put aside, without secrets; of one letter only."`
}

// LetterPage is a part of the dead letters.
type LetterPage struct {
	Items      []Letter `json:"items" nullable:"false" doc:"Dead letters, the oldest first."`
	NextCursor string   `json:"next_cursor,omitempty" doc:"Where the next page begins; absent on the last."`
}

// LetterGone says what became of a dead letter, which is not there any more.
type LetterGone struct {
	ID      string `json:"id" doc:"Name of the letter."`
	Outcome string `json:"outcome" enum:"handed_over,applied,dropped" doc:"Handed to its guild again, applied to its projection, or dropped."`
}
