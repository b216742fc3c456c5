package catalog

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/atrilhq/platform/internal/event"
	"github.com/atrilhq/platform/internal/fault"
)

// Versioned is a payload whose contract was broken: it is of a later version
// than the first. Every version's contract stays in its file, because the
// journal has events of all of them.
type Versioned interface {
	Payload
	// EventVersion is the version that is written now, above 1.
	EventVersion() int
	// EventRaises brings data from each version to the next: the first one from
	// version 1 to 2. There is one less than there are versions.
	EventRaises() []func(data []byte) ([]byte, error)
}

// versions adds to an entry what a payload says of its versions, and looks that
// the contracts of all of them are there.
func (e *Entry) versions(files fs.FS, p Payload) error {
	v, ok := p.(Versioned)
	if !ok {
		return nil
	}
	e.Version, e.raises = v.EventVersion(), v.EventRaises()
	if e.Version < 2 || len(e.raises) != e.Version-1 {
		return fmt.Errorf("%s is of version %d and has %d ways from one version to the next", e.Type, e.Version, len(e.raises))
	}
	for n := range e.Version - 1 {
		if _, err := fs.Stat(files, fileOf(e.Type, n+1)); err != nil {
			return err
		}
	}
	return nil
}

// raise brings data of an older version to the current one.
func (e *Entry) raise(version int, data []byte) ([]byte, error) {
	for n := version; n < e.Version; n++ {
		next, err := e.raises[n-1](data)
		if err != nil {
			return nil, fault.Wrap(err, fault.Invalid, "catalog.Open", fmt.Sprintf("an event of %s cannot be brought from version %d to %d", e.Type, n, n+1))
		}
		if len(next) > event.MaxEvent {
			return nil, fault.New(fault.Invalid, "catalog.Open", "the payload is larger than 1 MiB")
		}
		data = next
	}
	return data, nil
}

// VersionOf returns the version of an event's contract by its attributes type and
// dataschema, whether this version of the platform knows it or not. Errors:
// Invalid for another contract than one of ours for that type.
func VersionOf(eventType, dataSchema string) (int, error) {
	number, ours := strings.CutPrefix(dataSchema, URI(eventType, 0)[:len(URI(eventType, 0))-1])
	n, err := strconv.Atoi(number)
	if !ours || err != nil || n < 1 || strconv.Itoa(n) != number {
		return 0, fault.New(fault.Invalid, "catalog.VersionOf", "the attribute dataschema names another contract than those of "+eventType)
	}
	return n, nil
}

// Newer is the fault of an event whose contract is of a later version than the
// reader knows: to guess what it means would be worse than to wait.
func Newer(op, eventType string, version, known int) error {
	return fault.New(fault.Invalid, op, fmt.Sprintf("an event of %s is of version %d, and this program knows %d", eventType, version, known)).
		WithHint("the event was written by a newer version; read it with that one")
}
