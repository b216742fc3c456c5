package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/atrilhq/platform/bench/load"
)

const (
	// maxHeapSlope is in KB a minute. The commands of the last hour are kept on
	// purpose, against being carried out twice: 600 a minute here.
	maxHeapSlope = 300
	// maxGoroutineSlope is in goroutines a minute.
	maxGoroutineSlope = 1
	// minSamples in the second half make a slope; fewer are noise.
	minSamples = 8
	// minAnswered is the part of the commands that has to be answered: a daemon
	// that does nothing needs no memory.
	minAnswered = 0.5
)

// A sample is what the daemon holds at one moment, after collecting garbage.
type sample struct {
	at               time.Duration
	heap, goroutines float64 // heap in KB
}

type trend []sample

// slopes returns what the second half grows by a minute.
func (t trend) slopes() (heap, goroutines float64) {
	half := t[len(t)/2:]
	var at, heaps, counts []float64
	for _, s := range half {
		at, heaps, counts = append(at, s.at.Minutes()), append(heaps, s.heap), append(counts, s.goroutines)
	}
	return load.Slope(at, heaps), load.Slope(at, counts)
}

// judge prints the slopes and returns an error where the run proves nothing or
// memory is not flat.
func (t trend) judge(out io.Writer, answered, unanswered int64) error {
	heap, goroutines := t.slopes()
	_, _ = fmt.Fprintf(out, "second half: heap %+.1f KB a minute (at most %d), goroutines %+.2f a minute (at most %d)\n",
		heap, maxHeapSlope, goroutines, maxGoroutineSlope)
	var errs []error
	if n := len(t) - len(t)/2; n < minSamples {
		errs = append(errs, fmt.Errorf("%d samples in the second half prove nothing, take more minutes", n))
	}
	if total := answered + unanswered; total == 0 || float64(answered) < minAnswered*float64(total) {
		errs = append(errs, fmt.Errorf("only %d of %d commands were answered", answered, total))
	}
	if heap > maxHeapSlope {
		errs = append(errs, fmt.Errorf("the heap grows by %.1f KB a minute", heap))
	}
	if goroutines > maxGoroutineSlope {
		errs = append(errs, fmt.Errorf("there are %.2f more goroutines each minute", goroutines))
	}
	return errors.Join(errs...)
}
