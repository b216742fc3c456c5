package e2e_test

import (
	"strings"
	"time"
)

// measured is what one fault was seen to do. Times are in milliseconds.
type measured struct {
	Row string `json:"row"`
	// Typed are the commands that were under way or typed during the fault,
	// Answered those of them that had their answer, Unanswered those that Discord
	// gave up after its three seconds.
	Typed      int `json:"typed"`
	Answered   int `json:"answered"`
	Unanswered int `json:"unanswered"`
	// Lasted is how long it was broken, Back how long it took from then until
	// somebody who typed after that was answered.
	Lasted int64 `json:"lasted_ms"`
	Back   int64 `json:"back_ms"`
	// Worst is the longest that an answer of those took.
	Worst int64 `json:"worst_ms"`
	// Taken is how long it took until others had what a process had held.
	Taken int64 `json:"taken_ms,omitempty"`

	began, healed time.Time
}

// mended notes that what was broken is mended.
func (s *storm) mended() { s.now.healed = time.Now() }

// answeredSince counts the answers to what was typed after a moment.
func (s *storm) answeredSince(at time.Time) (n int) {
	for _, x := range s.people.log() {
		if x.began.After(at) && x.answered() {
			n++
		}
	}
	return n
}

// count measures the fault by what members saw.
func (s *storm) count() {
	m := s.now
	m.Lasted = m.healed.Sub(m.began).Milliseconds()
	for _, x := range s.people.log() {
		switch {
		case x.ended.Before(m.began):
			continue
		case x.began.After(m.healed):
			if back := x.ended.Sub(m.healed).Milliseconds(); x.answered() && (m.Back == 0 || back < m.Back) {
				m.Back = back
			}
			continue
		}
		m.Typed++
		if x.answered() {
			m.Answered++
			if !strings.Contains(x.line, "slow-parcel") { // which takes five seconds to be looked up
				m.Worst = max(m.Worst, x.result.AnsweredMS)
			}
		} else if x.result.State == stateFailed {
			m.Unanswered++
		}
	}
	s.t.Logf("measured %s", mustJSON(m))
}
