package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/v2"

	"github.com/atrilhq/platform/internal/config/locate"
)

// Sources is where values come from, in the order in which they override each
// other: the defaults first, then these.
type Sources struct {
	// File is the path of a YAML file. Empty takes PLATFORM_CONFIG from Env, and
	// none where that is empty too.
	File string
	// Env is the environment as os.Environ gives it.
	Env []string
	// Flags are the values of flags that were given, by key. The flag of a key is
	// taken to be the key with dashes: log.level is --log-level.
	Flags map[string]any
}

// layer is what one source sets, by key.
type layer struct {
	values map[string]any
	// name says where a key of it was set.
	name func(key string) string
}

// Load reads the sources and returns a configuration in which everything is
// allowed and every file that holds a secret was read. Errors: Invalid, with
// every problem in its message; errors.As finds them as Problems.
func Load(src Sources) (Config, error) {
	l := loader{env: src.Env, all: fields(reflect.TypeFor[Config]())}
	layers := []layer{l.defaults()}
	file := src.File
	if file == "" {
		file = locate.Get(src.Env, "PLATFORM_CONFIG")
	}
	if file != "" {
		layers = append(layers, l.file(file))
	}
	layers = append(layers, l.environment(), l.flags(src.Flags))

	k := koanf.New(".")
	origins := make(map[string]string)
	for _, ly := range layers {
		if err := k.Load(confmap.Provider(ly.values, "."), nil); err != nil {
			l.problem("", "", "cannot be merged: "+err.Error(), "")
		}
		for _, key := range slices.Sorted(maps.Keys(ly.values)) {
			origins[key] = ly.name(key)
		}
	}
	cfg := Config{origins: origins}
	root := reflect.ValueOf(&cfg).Elem()
	for _, f := range l.all {
		if k.Exists(f.key) {
			l.decode(f, root.FieldByIndex(f.index), k.Get(f.key), f.key, origins[f.key])
		}
	}
	// What could not be read is not looked at again; everything else is, so that
	// all mistakes are told at once.
	l.unread = slices.Clone(l.problems)
	l.check(&cfg)
	if err := l.problems.refusal(); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

type loader struct {
	env      []string
	all      []field
	problems Problems
	// unread are the problems of values that could not be read.
	unread Problems
}

// settled is true for a value that could not be read, or stands in one.
func (l *loader) settled(key string) bool {
	return slices.ContainsFunc(l.unread, func(p Problem) bool {
		rest, within := strings.CutPrefix(key, p.Key)
		return p.Key != "" && within && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

func (l *loader) problem(key, source, what, allowed string) {
	if l.settled(key) {
		return
	}
	l.problems = append(l.problems, Problem{Key: key, Source: source, What: what, Allowed: allowed})
}

func (l *loader) keys() []string {
	keys := make([]string, len(l.all))
	for i, f := range l.all {
		keys[i] = f.key
	}
	return keys
}

func (l *loader) field(key string) (field, bool) {
	i := slices.IndexFunc(l.all, func(f field) bool { return f.key == key })
	if i < 0 {
		return field{}, false
	}
	return l.all[i], true
}

// unknown refuses a key that does not exist and names the one that was meant.
func (l *loader) unknown(key, source string, known []string, spell func(string) string) {
	allowed := ""
	if n := nearest(key, known); n != "" {
		allowed = "did you mean " + spell(n) + "?"
	}
	p := Problem{Key: key, Source: source, What: "there is no such key"}
	if allowed != "" {
		p.What += "; " + allowed
	}
	l.problems = append(l.problems, p)
}

func (l *loader) defaults() layer {
	values := map[string]any{"data_dir": locate.DataDir(l.env)}
	for _, f := range l.all {
		if f.def != "" {
			values[f.key] = f.def
		}
	}
	return layer{values: values, name: func(string) string { return "default" }}
}

func (l *loader) flags(given map[string]any) layer {
	name := func(key string) string {
		return "flag --" + strings.NewReplacer(".", "-", "_", "-").Replace(key)
	}
	values := make(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(given)) {
		f, ok := l.field(key)
		switch {
		case !ok:
			l.unknown(key, name(key), l.keys(), func(s string) string { return s })
		case f.isObjects():
			l.problem(key, name(key), "cannot be a flag", "a configuration file")
		default:
			values[key] = given[key]
		}
	}
	return layer{values: values, name: name}
}

// decode puts a raw value into a field of the configuration.
func (l *loader) decode(f field, dst reflect.Value, raw any, key, source string) {
	if !f.isObjects() {
		if err := f.set(dst, raw); err != nil {
			l.problem(key, source, err.Error(), f.allowed())
		}
		return
	}
	items, ok := raw.([]any)
	if !ok || len(items) > 256 {
		l.problem(key, source, "has to be a list of at most 256 entries", f.allowed())
		return
	}
	out := reflect.MakeSlice(f.typ, len(items), len(items))
	for i, item := range items {
		at := fmt.Sprintf("%s[%d]", key, i)
		m, ok := item.(map[string]any)
		if !ok {
			l.problem(at, source, "has to be a section", f.allowed())
			continue
		}
		l.decodeObject(f, out.Index(i), m, at, source)
	}
	dst.Set(out)
}

func (l *loader) decodeObject(f field, dst reflect.Value, m map[string]any, at, source string) {
	known := make([]string, len(f.elem))
	for i, e := range f.elem {
		known[i] = e.key
		raw, ok := m[e.key]
		switch {
		case ok && raw != nil:
			l.decode(e, dst.FieldByIndex(e.index), raw, at+"."+e.key, source)
		case e.required:
			l.problem(at+"."+e.key, source, "is missing", e.allowed())
		}
	}
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(known, k) {
			l.unknown(at+"."+k, source, below(at, known), func(s string) string { return s })
		}
	}
}

// below returns keys with what they stand in.
func below(at string, keys []string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = at + "." + k
	}
	return out
}
