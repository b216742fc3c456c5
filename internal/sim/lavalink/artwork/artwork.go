// Package artwork draws the sleeves of invented records as SVG: the same
// identifier always gets the same picture.
package artwork

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strings"
	"unicode/utf8"
)

// Size is the width and the height of a picture, in pixels.
const Size = 512

// MaxText is how much of a title or an author is written, in runes.
const MaxText = 64

// Draw returns the sleeve of a record as an SVG document without scripts and
// without anything loaded from elsewhere. The identifier decides about colours
// and shapes; title and author are written on it, as far as there is room.
func Draw(identifier, title, author string) []byte {
	h := fnv.New64a()
	_, _ = h.Write([]byte(identifier))             // a hash takes everything
	dice := rand.New(rand.NewPCG(h.Sum64(), 0xA7)) //nolint:gosec // colours, not a secret
	d := &sleeve{dice: dice, hue: float64(h.Sum64() % 360)}
	d.printf(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 512 512" role="img">`, Size, Size)
	d.printf(`<title>%s</title>`, plain(title+" – "+author))
	d.printf(`<defs><linearGradient id="g" x1="0" y1="0" x2="%d" y2="1">`, d.dice.IntN(2))
	d.printf(`<stop offset="0" stop-color="%s"/><stop offset="1" stop-color="%s"/></linearGradient></defs>`, d.colour(0, 62, 46), d.colour(50, 58, 22))
	d.printf(`<rect width="512" height="512" fill="url(#g)"/>`)
	shapes := []func(*sleeve){(*sleeve).waves, (*sleeve).rings, (*sleeve).hills, (*sleeve).bars, (*sleeve).petals, (*sleeve).stars}
	shapes[d.dice.IntN(len(shapes))](d)
	d.write(title, author)
	d.printf(`</svg>`)
	return d.Bytes()
}

type sleeve struct {
	bytes.Buffer

	dice *rand.Rand
	hue  float64
}

func (d *sleeve) printf(format string, args ...any) { fmt.Fprintf(&d.Buffer, format, args...) }

// colour is one beside the record's own hue, by degrees; saturation and light in percent.
func (d *sleeve) colour(turn float64, saturation, light int) string {
	return fmt.Sprintf("hsl(%d,%d%%,%d%%)", int(math.Mod(d.hue+turn+360, 360)), saturation, light)
}

func (d *sleeve) between(low, high int) int { return low + d.dice.IntN(high-low+1) }

func (d *sleeve) write(title, author string) {
	lines := wrap(plainRunes(title), 18)
	lines = lines[:min(len(lines), 3)]
	y := 440 - 46*(len(lines)-1)
	d.printf(`<rect y="%d" width="512" height="%d" fill="#000" opacity=".34"/>`, y-58, 512-y+58)
	d.printf(`<g fill="#fff" font-family="system-ui,'Segoe UI',Roboto,sans-serif">`)
	for _, line := range lines {
		d.printf(`<text x="32" y="%d" font-size="42" font-weight="700">%s</text>`, y, plain(line))
		y += 46
	}
	d.printf(`<text x="32" y="%d" font-size="24" opacity=".85">%s</text></g>`, y-4, plain(author))
}

// wrap breaks a text between words into lines of about that many runes.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width:
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
	}
	return append(lines, line)
}

func plainRunes(s string) string {
	r := []rune(strings.ToValidUTF8(s, "?"))
	return string(r[:min(len(r), MaxText)])
}

// plain is a text as it may stand in the document.
func plain(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(plainRunes(s))) // a buffer takes everything
	return b.String()
}
