package catalog

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/schema"
)

// Payload is what an event says; its Go type decides the event's name.
type Payload interface{ EventType() string }

// Entry is one event type.
type Entry struct {
	// Type is the name of the event, such as music.play.started.
	Type string
	// Version of the contract. Within a version a contract only grows.
	Version int
	// GoType is the struct that the payload is decoded into.
	GoType reflect.Type
	// File is the JSON Schema of the payload within schema.Events.
	File string
	// DataSchema is the URI of the contract: the $id of File and the attribute
	// dataschema of the events.
	DataSchema string

	lists  [][]int
	raises []func([]byte) ([]byte, error)
}

// Catalog is the set of known event types. It does not change once made and may
// be used by many goroutines.
type Catalog struct {
	byName  map[string]*Entry
	names   []string
	buffers sync.Pool
}

// New returns the catalog of every event of the platform. It returns
// fault.Internal where payloads and contracts do not fit together.
func New() (*Catalog, error) {
	var all []Payload
	for _, p := range music.Payloads() {
		all = append(all, p)
	}
	return Of(schema.Events, all...)
}

// Of returns a catalog of the given payloads, structs whose contracts stand in
// files as events/<type>.v<version>.json; they are of version 1, but for those
// that are [Versioned]. It returns fault.Internal
// for a payload that is not a struct or has no name, a name that is there twice
// and a contract that is missing or has another $id than it should.
func Of(files fs.FS, payloads ...Payload) (*Catalog, error) {
	c := &Catalog{byName: make(map[string]*Entry, len(payloads))}
	c.buffers.New = func() any { return newBuffer() }
	for _, p := range payloads {
		e, err := entryOf(files, p)
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "catalog.Of", "an event type and its contract do not fit together")
		}
		if c.byName[e.Type] != nil {
			return nil, fault.New(fault.Internal, "catalog.Of", "the event type "+e.Type+" is there twice")
		}
		c.byName[e.Type] = e
		c.names = append(c.names, e.Type)
	}
	slices.Sort(c.names)
	return c, nil
}

func entryOf(files fs.FS, p Payload) (*Entry, error) {
	t := reflect.TypeOf(p)
	if t == nil || t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("%v is not a struct", t)
	}
	e := &Entry{Type: p.EventType(), Version: 1, GoType: t, lists: listsOf(t, nil)}
	if e.Type == "" {
		return nil, fmt.Errorf("%v has no event type", t)
	}
	if err := e.versions(files, p); err != nil {
		return nil, err
	}
	e.File = fileOf(e.Type, e.Version)
	e.DataSchema = URI(e.Type, e.Version)
	raw, err := fs.ReadFile(files, e.File)
	if err != nil {
		return nil, err
	}
	var head struct {
		ID string `json:"$id"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("%s: %w", e.File, err)
	}
	if head.ID != e.DataSchema {
		return nil, fmt.Errorf("%s: $id is %q, not %q", e.File, head.ID, e.DataSchema)
	}
	return e, nil
}

// fileOf is where a contract stands within schema.Events.
func fileOf(eventType string, version int) string {
	return fmt.Sprintf("events/%s.v%d.json", eventType, version)
}

// listsOf returns where a struct holds slices that are always written: a nil
// one would be written as null, which no contract allows.
func listsOf(t reflect.Type, at []int) [][]int {
	var found [][]int
	for f := range t.Fields() {
		path := append(slices.Clone(at), f.Index...)
		switch {
		case !f.IsExported() || strings.Contains(f.Tag.Get("json"), ",omitempty"):
		case f.Type.Kind() == reflect.Struct:
			found = append(found, listsOf(f.Type, path)...)
		case f.Type.Kind() == reflect.Slice:
			found = append(found, path)
		}
	}
	return found
}

// URI returns the name of a contract, a URN, as dataschema and $id have it.
func URI(eventType string, version int) string {
	return fmt.Sprintf("urn:atril:event:%s:%d", eventType, version)
}

// Types returns the names of all event types in alphabetical order.
func (c *Catalog) Types() []string { return slices.Clone(c.names) }

// Lookup returns what is known of an event type.
func (c *Catalog) Lookup(eventType string) (Entry, bool) {
	e, ok := c.byName[eventType]
	if !ok {
		return Entry{}, false
	}
	return *e, true
}

// entry returns the entry of a type, or fault.NotFound.
func (c *Catalog) entry(op, eventType string) (*Entry, error) {
	if e, ok := c.byName[eventType]; ok {
		return e, nil
	}
	return nil, fault.New(fault.NotFound, op, "there is no event type of that name").
		WithHint("schema/events has a file for each one; a newer version may know more")
}

// buffer is where a payload is encoded before it enters its event.
type buffer struct {
	bytes.Buffer

	to *json.Encoder
}

func newBuffer() *buffer {
	b := &buffer{}
	b.to = json.NewEncoder(&b.Buffer)
	b.to.SetEscapeHTML(false)
	return b
}

// encode leaves the JSON of a payload in the buffer.
func (b *buffer) encode(e *Entry, p Payload) ([]byte, error) {
	b.Reset()
	if reflect.TypeOf(p) != e.GoType {
		return nil, errors.New("the payload has another Go type than the catalog")
	}
	if err := b.to.Encode(e.filled(p)); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

// filled returns the payload with empty lists for nil ones.
func (e *Entry) filled(p Payload) any {
	if len(e.lists) == 0 {
		return p
	}
	v := reflect.New(e.GoType)
	v.Elem().Set(reflect.ValueOf(p))
	for _, at := range e.lists {
		if f := v.Elem().FieldByIndex(at); f.IsNil() {
			f.Set(reflect.MakeSlice(f.Type(), 0, 0))
		}
	}
	return v.Interface()
}
