package artwork_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/sim/lavalink/artwork"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// read walks through a picture as a browser would and returns its texts. It
// reports documents that do not parse, and elements that draw nothing.
func read(svg []byte) (texts []string, err error) {
	d := xml.NewDecoder(bytes.NewReader(svg))
	root := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return texts, nil
		}
		if err != nil {
			return nil, err
		}
		switch x := token.(type) {
		case xml.StartElement:
			if root == "" {
				if root = x.Name.Local; root != "svg" || x.Name.Space != "http://www.w3.org/2000/svg" {
					return nil, fmt.Errorf("the root is %v", x.Name)
				}
			}
			if !slices.Contains(strings.Fields("svg title defs linearGradient stop rect circle ellipse path g text"), x.Name.Local) {
				return nil, fmt.Errorf("an element %s", x.Name.Local)
			}
			for _, a := range x.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					return nil, fmt.Errorf("an attribute %s", a.Name.Local)
				}
			}
		case xml.CharData:
			texts = append(texts, string(x))
		}
	}
}

func TestDraw(t *testing.T) {
	svg := artwork.Draw("ocean-floor", "Ocean Floor", "Salt Cathedral Choir")
	texts, err := read(svg)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Ocean Floor – Salt Cathedral Choir|Ocean Floor|Salt Cathedral Choir"; strings.Join(texts, "|") != want {
		t.Errorf("texts %q", texts)
	}
	if !bytes.Equal(svg, artwork.Draw("ocean-floor", "Ocean Floor", "Salt Cathedral Choir")) {
		t.Error("the same record has two sleeves")
	}
	seen := map[string]bool{}
	for i := range 50 {
		seen[string(artwork.Draw(fmt.Sprint(i), "Same", "Same"))] = true
	}
	if len(seen) != 50 {
		t.Errorf("50 records have %d sleeves", len(seen))
	}
}

func TestLongTitleIsBroken(t *testing.T) {
	texts, err := read(artwork.Draw("x", "Canción del Río Seco que Nunca Termina de Llegar al Mar", "A"))
	if err != nil {
		t.Fatal(err)
	}
	if len(texts) != 5 || texts[1] != "Canción del Río" || texts[2] != "Seco que Nunca" {
		t.Fatalf("texts %q", texts)
	}
}

func TestDrawAnything(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		svg := artwork.Draw(rapid.String().Draw(rt, "id"), rapid.String().Draw(rt, "title"), rapid.String().Draw(rt, "author"))
		if _, err := read(svg); err != nil {
			rt.Fatalf("%v: %s", err, svg)
		}
		if len(svg) > 32<<10 {
			rt.Fatalf("%d bytes", len(svg))
		}
	})
}

func FuzzDraw(f *testing.F) {
	for _, s := range []string{"", "<script>alert(1)</script>", `"onload="x`, "&amp;]]>", "\x00\x1f\xff", strings.Repeat("x", 400), "日本 語"} {
		f.Add(s, s, s)
	}
	f.Fuzz(func(t *testing.T, id, title, author string) {
		svg := artwork.Draw(id, title, author)
		if _, err := read(svg); err != nil {
			t.Fatalf("%v: %s", err, svg)
		}
	})
}
