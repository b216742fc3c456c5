package lavalink

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
)

// FilterNames are the filters that a node knows, in the order of /v4/info.
func FilterNames() []string {
	return []string{"volume", "equalizer", "karaoke", "timescale", "tremolo", "vibrato", "distortion", "rotation", "channelMix", "lowPass"}
}

type timescale struct{ speed, rate float64 }

// filterSet is what a player's filters are, with every default filled in. The
// node alters no sound, so only the timescale means anything to it; the others
// are kept to be shown again.
type filterSet struct {
	timescale *timescale
	shown     json.RawMessage
}

var (
	anyNumber  = span{low: math.Inf(-1), high: math.Inf(1)}
	positive   = span{high: math.Inf(1), openLow: true}
	unit       = span{high: 1}
	unitNoZero = span{high: 1, openLow: true}
)

// param is one number of a filter: its default where omitted, as the server's
// protocol classes have it, and its documented range.
type param struct {
	name   string
	def    float64
	limits span
}

var filterParams = map[string][]param{
	"karaoke":   {{"level", 1, unit}, {"monoLevel", 1, unit}, {"filterBand", 220, anyNumber}, {"filterWidth", 100, anyNumber}},
	"timescale": {{"speed", 1, positive}, {"pitch", 1, positive}, {"rate", 1, positive}},
	"tremolo":   {{"frequency", 2, positive}, {"depth", 0.5, unitNoZero}},
	"vibrato":   {{"frequency", 2, span{high: 14, openLow: true}}, {"depth", 0.5, unitNoZero}},
	"distortion": {
		{"sinOffset", 0, anyNumber},
		{"sinScale", 1, anyNumber},
		{"cosOffset", 0, anyNumber},
		{"cosScale", 1, anyNumber},
		{"tanOffset", 0, anyNumber},
		{"tanScale", 1, anyNumber},
		{"offset", 0, anyNumber},
		{"scale", 1, anyNumber},
	},
	"rotation":   {{"rotationHz", 0, anyNumber}},
	"channelMix": {{"leftToLeft", 1, unit}, {"leftToRight", 0, unit}, {"rightToLeft", 0, unit}, {"rightToRight", 1, unit}},
	"lowPass":    {{"smoothing", 20, span{low: 1, high: math.Inf(1), openLow: true}}},
}

var noFilters = &filterSet{shown: json.RawMessage("{}")}

// parseFilters reads a Filters object. Filters of plugins are accepted and
// forgotten, as by a server without that plugin.
func parseFilters(o *object, disabled []string) *filterSet {
	set := &filterSet{}
	shown := make(map[string]any, len(o.fields))
	var refused []string
	for _, name := range FilterNames() {
		if _, ok := o.fields[name]; ok && slices.Contains(disabled, name) {
			refused = append(refused, name)
		}
	}
	if len(refused) > 0 && *o.err == nil {
		*o.err = refuse(http.StatusBadRequest, "Following filters are disabled in the config: %s", strings.Join(refused, ", "))
	}
	if _, ok := o.fields["volume"]; ok {
		shown["volume"] = o.number("volume", 1, span{high: 5})
	}
	if raw, ok := o.take("equalizer"); ok {
		shown["equalizer"] = parseBands(o, raw)
	}
	for _, name := range FilterNames() {
		params := filterParams[name]
		f := (*object)(nil)
		if len(params) > 0 {
			f = o.nested(name, true)
		}
		if f == nil {
			continue
		}
		values := make(map[string]float64, len(params))
		for _, p := range params {
			values[p.name] = f.number(p.name, p.def, p.limits)
		}
		f.done()
		shown[name] = values
		if name == "timescale" {
			set.timescale = &timescale{values["speed"], values["rate"]}
		}
	}
	o.nested("pluginFilters", false)
	o.done()
	if *o.err != nil {
		return noFilters
	}
	raw, err := json.Marshal(shown)
	if err != nil {
		*o.err = err
		return noFilters
	}
	set.shown = raw
	return set
}

func parseBands(o *object, raw json.RawMessage) []map[string]float64 {
	var items []json.RawMessage
	if isNull(raw) || json.Unmarshal(raw, &items) != nil || len(items) > 15 {
		o.fail("equalizer", "must be a list of at most 15 bands")
		return nil
	}
	out := make([]map[string]float64, 0, len(items))
	for i, item := range items {
		b := newObject(fmt.Sprintf("%s[%d]", o.at("equalizer"), i), item, o.err)
		n := b.whole("band", 0, 14)
		gain := b.number("gain", 1, span{low: -0.25, high: 1})
		b.done()
		if n == nil {
			b.fail("band", "is missing")
			return nil
		}
		out = append(out, map[string]float64{"band": float64(*n), "gain": gain})
	}
	return out
}

// speed is how fast the track's own time runs under these filters.
func (f *filterSet) speed() float64 {
	if f.timescale == nil {
		return 1
	}
	return f.timescale.speed * f.timescale.rate
}
