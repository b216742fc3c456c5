package catalog_test

import (
	"errors"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/atrilhq/platform/internal/core/music"
	"github.com/atrilhq/platform/internal/event/catalog"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/schema"
)

func newCatalog(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, err := catalog.New()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestEveryPayloadIsRegistered(t *testing.T) {
	c := newCatalog(t)
	var want []string
	for _, p := range music.Payloads() {
		want = append(want, p.EventType())
		e, ok := c.Lookup(p.EventType())
		if !ok || e.GoType != reflect.TypeOf(p) || e.Version != 1 || e.Type != p.EventType() {
			t.Errorf("%s: %+v, %v", p.EventType(), e, ok)
		}
		if e.DataSchema != catalog.URI(p.EventType(), 1) {
			t.Errorf("%s has the contract %s", e.Type, e.DataSchema)
		}
	}
	slices.Sort(want)
	if got := c.Types(); !slices.Equal(got, want) {
		t.Fatalf("types are %v, want %v", got, want)
	}
	if _, ok := c.Lookup("music.play.invented"); ok {
		t.Fatal("an unknown type is found")
	}
}

func TestEveryContractIsRegistered(t *testing.T) {
	c := newCatalog(t)
	files, err := fs.Glob(schema.Events, "events/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, name := range c.Types() {
		e, _ := c.Lookup(name)
		known = append(known, e.File)
	}
	for _, file := range files {
		if !slices.Contains(known, file) {
			t.Errorf("%s is the contract of no payload", file)
		}
	}
	if len(files) != len(known) {
		t.Errorf("%d files for %d types", len(files), len(known))
	}
}

func TestTypesIsACopy(t *testing.T) {
	c := newCatalog(t)
	clear(c.Types())
	if c.Types()[0] == "" {
		t.Fatal("a caller changed the catalog")
	}
}

type (
	odd     struct{}
	unnamed struct{}
	number  int
)

func (odd) EventType() string     { return "test.odd" }
func (unnamed) EventType() string { return "" }
func (number) EventType() string  { return "test.number" }

func TestOfRefuses(t *testing.T) {
	file := func(body string) fs.FS {
		return fstest.MapFS{"events/test.odd.v1.json": {Data: []byte(body)}}
	}
	good := file(`{"$id":"urn:atril:event:test.odd:1"}`)
	if _, err := catalog.Of(good, odd{}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		files    fs.FS
		payloads []catalog.Payload
		want     string
	}{
		"no file":      {fstest.MapFS{}, []catalog.Payload{odd{}}, "test.odd.v1.json"},
		"not JSON":     {file("{"), []catalog.Payload{odd{}}, "test.odd.v1.json"},
		"another id":   {file(`{"$id":"urn:atril:event:test.odd:2"}`), []catalog.Payload{odd{}}, "$id"},
		"twice":        {good, []catalog.Payload{odd{}, odd{}}, "twice"},
		"no struct":    {good, []catalog.Payload{number(1)}, "not a struct"},
		"a pointer":    {good, []catalog.Payload{&odd{}}, "not a struct"},
		"no name":      {good, []catalog.Payload{unnamed{}}, "no event type"},
		"nothing":      {good, []catalog.Payload{nil}, "not a struct"},
		"good and bad": {good, []catalog.Payload{odd{}, number(1)}, "not a struct"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := catalog.Of(c.files, c.payloads...)
			if !errors.Is(err, fault.Of(fault.Internal)) || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
		})
	}
}
