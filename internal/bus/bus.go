// Package bus says what carries messages between the roles, and what whoever
// carries them promises.
//
// A bus only carries: the present is in rows and the past in the journal, so a
// bus that forgets everything loses nothing that was acknowledged. It offers
// two things. A stream is ordered, read by a cursor, and kept until its one
// reader releases it: reading is not enough, because a reader reads ahead of
// what it has stored, and one that dies in between has a successor who needs
// all of it again. A topic reaches whoever listens at that moment and nobody
// else.
package bus

import (
	"context"

	"github.com/atrilhq/platform/internal/fault"
)

// Message is what is carried. What it says is in Data, in Value or in both.
type Message struct {
	// Key is what the message is about, a guild for example.
	Key string
	// Kind says how the message is to be read.
	Kind string
	Data []byte
	// Value is what Data would say if it were written, nil where there is Data
	// alone. A bus within a process hands it over as it is, and nobody may write
	// to it any more; one between processes carries Bytes. Readers have to take
	// both, and to make the same of both.
	Value Value
	// Trace is a W3C traceparent, empty where nobody traces.
	Trace string
	// Source and Number say who made it and as which one, for readers that
	// have to know whether one is missing. Numbers of a source grow by one
	// within a Generation.
	Source     string
	Generation string
	Number     int64
}

// Value is a message that is written only where somebody needs its bytes.
type Value interface {
	// Encode returns what Data is for this value. Errors: Invalid, Internal.
	Encode() ([]byte, error)
}

// Bytes returns what the message says as a bus between processes carries it.
// Errors: those of the value's Encode.
func (m Message) Bytes() ([]byte, error) {
	if m.Data == nil && m.Value != nil {
		return m.Value.Encode()
	}
	return m.Data, nil
}

// Cursor is a place in a stream: behind the message at Position.
type Cursor struct {
	// Generation changes when the stream starts to count anew.
	Generation string
	Position   int64
}

// Delivery is a message of a stream with its place.
type Delivery struct {
	Position int64
	Message
}

// ErrReset says that a cursor does not continue in its stream: the stream was
// lost, trimmed or made anew, or something in it cannot be read. The reader
// releases what it has dealt with, resynchronises and goes on from Begin, which
// leaves out what is missing only where everything before it was released.
var ErrReset = fault.New(fault.Conflict, "bus.Read", "the stream does not continue from the cursor")

// Bus carries messages. Its methods are safe for concurrent use.
type Bus interface {
	// Append adds messages to the end of a stream, in order, all or none. After
	// Unavailable they may be there all the same: readers know a message that
	// came before by its Source and Number.
	// Errors: Quota where too much was not released yet, Unavailable, Invalid for
	// more than the bus can carry, Invalid and Internal for a value that cannot be written.
	Append(ctx context.Context, stream string, m ...Message) error
	// Read returns at most limit messages behind the cursor and the cursor
	// behind them. It waits until there is one or ctx ends. Nothing is forgotten
	// by reading: any cursor that was not released past can be read from again.
	// Errors: ErrReset, Unavailable, the context's.
	Read(ctx context.Context, stream string, from Cursor, limit int) ([]Delivery, Cursor, error)
	// Release says that everything up to a cursor was dealt with for good, so
	// that the stream may forget it: its effects are stored, and nobody will need
	// it again. What was released before, or further on, stays so. Whoever reads
	// has to release, or Append answers Quota in the end.
	// Errors: ErrReset where the stream does not have that cursor, which changes
	// nothing and is Read's to act upon; Unavailable, the context's.
	Release(ctx context.Context, stream string, upTo Cursor) error
	// Begin returns the cursor before the oldest message that was not released:
	// where a reader begins that has none, or whose own was reset. What another
	// reader read and did not release comes again.
	Begin(ctx context.Context, stream string) (Cursor, error)
	// Publish tells whoever listens to a topic now. It does not wait until they
	// hear it, and what is lost on the way is lost: a topic makes things fast,
	// rows make them sure. Errors: Invalid, Unavailable.
	Publish(ctx context.Context, topic string, m Message) error
	// Subscribe listens to a topic until the subscription is closed. A
	// listener that has not taken buffer messages misses the next ones and is
	// told how many by Missed.
	Subscribe(topic string, buffer int) Subscription
	// Close ends everything that waits.
	Close() error
}

// Subscription is one listener of a topic.
type Subscription interface {
	// C gives the messages. It is closed by Close and with the bus.
	C() <-chan Message
	// Missed returns how many messages were dropped so far.
	Missed() int64
	Close()
}
