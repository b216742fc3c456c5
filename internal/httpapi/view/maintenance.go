package view

import "time"

// Maintenance says whether members' changes wait because of an operator's work.
type Maintenance struct {
	Active  bool       `json:"active" doc:"True while changes wait. Music goes on, and what only reads works."`
	Message string     `json:"message,omitempty" doc:"What members read besides our own words."`
	Until   *time.Time `json:"until,omitempty" doc:"When changes go on by themselves; absent for when somebody says so."`
	By      string     `json:"by,omitempty" doc:"Who decided it."`
	Changed *time.Time `json:"changed_at,omitempty" doc:"When it was decided; absent where it never was."`
}
