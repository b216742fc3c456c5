package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
)

// lookAgain runs what failed in s again, up to most times for tests and once for
// whole packages, and puts what passes then in the place of what failed.
func (c command) lookAgain(ctx context.Context, s *sum, most int) error {
	looks, err := s.looks()
	if err != nil && most > 0 {
		_, err = fmt.Fprintf(c.out, "\nno second look: %v\n", err)
		return err
	}
	for _, l := range looks {
		times := most
		if len(l.tests) == 0 {
			times = min(most, 1)
		}
		for n := range times {
			if _, err := fmt.Fprintf(c.out, "\nsecond look (%d of %d): %s %s\n", n+1, times, strings.Join(l.flags(), " "), l.pkg); err != nil {
				return err
			}
			again, err := c.run(ctx, l.flags(), l.pkg)
			if err != nil {
				return err
			}
			if again.shows(l) {
				s.take(l, again)
				break
			}
			if again.signs[l.pkg].raced {
				break
			}
		}
	}
	return nil
}

// shows tells whether s, which ran l alone, is free of faults and ran what l
// names: a test that is skipped or not there the second time has not passed.
func (s *sum) shows(l look) bool {
	if s.code != 0 || len(s.running) > 0 || s.signs[l.pkg].raced || s.count(failed) > 0 || s.count(passed) == 0 {
		return false
	}
	for _, k := range l.keys() {
		if !slices.ContainsFunc(s.ended, func(o outcome) bool { return o.key == k && o.how == passed }) {
			return false
		}
	}
	return true
}

// take puts what again says about l in the place of what s said.
func (s *sum) take(l look, again *sum) {
	s.ended = slices.DeleteFunc(s.ended, func(o outcome) bool { return l.covers(o.key) })
	s.ended = append(s.ended, again.ended...)
	s.unstable = append(s.unstable, l.keys()...)
	s.end = again.end
	if !s.failed() {
		s.code = 0
	}
}

// keepUnstable writes the names of what passed only when run again to path, a
// line each; an empty path writes nothing.
func (s *sum) keepUnstable(path string) error {
	if path == "" {
		return nil
	}
	var text strings.Builder
	for _, k := range s.unstable {
		fmt.Fprintln(&text, k)
	}
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		return errors.Join(errors.New("the list of unstable tests cannot be written"), err)
	}
	return nil
}
