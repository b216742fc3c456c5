package catalog_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/atrilhq/platform/internal/event/catalog"
	"github.com/atrilhq/platform/internal/fault"
)

// newer returns an event as a later writer makes it: with properties, nested
// ones and attributes that this version has never heard of.
func newer(t *testing.T, raw []byte) []byte {
	t.Helper()
	var e map[string]any
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	data, ok := e["data"].(map[string]any)
	if !ok {
		t.Fatalf("%s has no data", raw)
	}
	e["noveltyext"] = "x"
	data["a_novelty"] = map[string]any{"deep": []any{1, "two", nil, map[string]any{}}}
	for _, v := range data {
		if inner, ok := v.(map[string]any); ok {
			inner["b_novelty"] = 0.5
		}
	}
	out, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEventsOfTheNextVersion reads, of every type, what a newer version writes
// within a contract, and refuses what it writes by a later one.
func TestEventsOfTheNextVersion(t *testing.T) {
	c := newCatalog(t)
	for _, name := range c.Types() {
		t.Run(name, func(t *testing.T) {
			e, _ := c.Lookup(name)
			in, ok := reflect.TypeAssert[catalog.Payload](reflect.New(e.GoType).Elem())
			if !ok {
				t.Fatal("no payload")
			}
			raw, err := c.Wrap(meta(), in)
			if err != nil {
				t.Fatal(err)
			}
			_, plain, err := c.Open(raw)
			if err != nil {
				t.Fatal(err)
			}
			if _, grown, err := c.Open(newer(t, raw)); err != nil || !reflect.DeepEqual(grown, plain) {
				t.Errorf("got %+v, %v; want %+v", grown, err, plain)
			}
			later := bytes.Replace(raw, []byte(e.DataSchema+`"`), []byte(catalog.URI(name, e.Version+1)+`"`), 1)
			if bytes.Equal(later, raw) {
				t.Fatal("the version was not changed")
			}
			_, p, err := c.Open(later)
			if _, hint := fault.Show(err); p != nil || fault.CodeOf(err) != fault.Invalid || !strings.Contains(hint, "newer version") {
				t.Errorf("a later version is read as %+v, %v", p, err)
			}
		})
	}
	raw, err := c.Wrap(meta(), failed())
	if err != nil {
		t.Fatal(err)
	}
	unknown := bytes.ReplaceAll(raw, []byte("music.play.failed"), []byte("music.play.invented"))
	if _, _, err := c.Open(unknown); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a type of the next version: %v", err)
	}
}

func TestVersionOf(t *testing.T) {
	const name = "music.play.failed"
	for uri, want := range map[string]int{
		"urn:atril:event:music.play.failed:1":                    1,
		"urn:atril:event:music.play.failed:2":                    2,
		"urn:atril:event:music.play.failed:12":                   12,
		"urn:atril:event:music.play.failed:0":                    0,
		"urn:atril:event:music.play.failed:-1":                   0,
		"urn:atril:event:music.play.failed:+1":                   0,
		"urn:atril:event:music.play.failed:01":                   0,
		"urn:atril:event:music.play.failed:":                     0,
		"urn:atril:event:music.play.failed":                      0,
		"urn:atril:event:music.play.started:1":                   0,
		"https://example.org/music.play.failed1":                 0,
		"urn:atril:event:music.play.failed:1:1":                  0,
		"urn:atril:event:music.play.failed:99999999999999999999": 0,
		"": 0,
	} {
		t.Run(uri, func(t *testing.T) {
			n, err := catalog.VersionOf(name, uri)
			if n != want || (want == 0) != (fault.CodeOf(err) == fault.Invalid) {
				t.Errorf("got %d, %v, want %d", n, err, want)
			}
		})
	}
}

// length is a payload whose contract was broken twice: a text became seconds,
// and then milliseconds.
type length struct {
	MS int64 `json:"ms"`
}

func (length) EventType() string { return "test.length" }
func (length) EventVersion() int { return 3 }

func (length) EventRaises() []func([]byte) ([]byte, error) {
	return []func([]byte) ([]byte, error){
		func(data []byte) ([]byte, error) {
			var v struct{ Text json.Number }
			if err := json.Unmarshal(data, &v); err != nil {
				return nil, err
			}
			s, err := v.Text.Int64()
			if err != nil {
				return nil, err
			}
			return json.Marshal(map[string]int64{"seconds": s})
		},
		func(data []byte) ([]byte, error) {
			var v struct{ Seconds int64 }
			if err := json.Unmarshal(data, &v); err != nil {
				return nil, err
			}
			return json.Marshal(map[string]int64{"ms": v.Seconds * 1000})
		},
	}
}

// broken is one whose ways do not reach its version.
type broken struct{ length }

func (broken) EventVersion() int { return 4 }

func contracts(versions ...string) fstest.MapFS {
	out := fstest.MapFS{}
	for _, v := range versions {
		out["events/test.length.v"+v+".json"] = &fstest.MapFile{Data: []byte(`{"$id":"urn:atril:event:test.length:` + v + `"}`)}
	}
	return out
}

// TestEventsOfOlderVersions reads what an earlier version left in the journal.
func TestEventsOfOlderVersions(t *testing.T) {
	c, err := catalog.Of(contracts("1", "2", "3"), length{})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := c.Wrap(meta(), length{MS: 1500})
	if err != nil || !bytes.Contains(raw, []byte(`"urn:atril:event:test.length:3"`)) {
		t.Fatalf("%s, %v", raw, err)
	}
	write := func(version, data string) []byte {
		out := bytes.Replace(raw, []byte("test.length:3"), []byte("test.length:"+version), 1)
		return bytes.Replace(out, []byte(`{"ms":1500}`), []byte(data), 1)
	}
	for name, x := range map[string]struct {
		raw  []byte
		want int64
	}{
		"now":              {raw, 1500},
		"before":           {write("2", `{"seconds":7,"novelty":1}`), 7000},
		"first":            {write("1", `{"text":"42"}`), 42_000},
		"cannot be raised": {write("1", `{"text":"long"}`), -1},
		"later":            {write("4", `{"ns":1}`), -1},
	} {
		t.Run(name, func(t *testing.T) {
			_, p, err := c.Open(x.raw)
			if x.want < 0 {
				if fault.CodeOf(err) != fault.Invalid || p != nil {
					t.Errorf("got %+v, %v", p, err)
				}
				return
			}
			if err != nil || p != catalog.Payload(length{MS: x.want}) {
				t.Errorf("got %+v, %v, want %d", p, err, x.want)
			}
		})
	}
}

func TestVersionsThatDoNotFit(t *testing.T) {
	for name, x := range map[string]struct {
		files   fstest.MapFS
		payload catalog.Payload
	}{
		"an old contract is gone": {contracts("1", "3"), length{}},
		"the new one is missing":  {contracts("1", "2"), length{}},
		"a way is missing":        {contracts("1", "2", "3", "4"), broken{}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := catalog.Of(x.files, x.payload); fault.CodeOf(err) != fault.Internal {
				t.Errorf("got %v", err)
			}
		})
	}
}
