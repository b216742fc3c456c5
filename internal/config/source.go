package config

import (
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/knadh/koanf/parsers/yaml"
)

// maxFile bounds a configuration file, maxSecretFile one that holds a secret.
const (
	maxFile       = 1 << 20
	maxSecretFile = 4 << 10
)

var linePattern = regexp.MustCompile(`line \d+`)

// file reads a YAML file. What its parser says may quote the file, secrets
// included, so only the line is told.
func (l *loader) file(path string) layer {
	source := "file " + path
	ly := layer{values: make(map[string]any), name: func(string) string { return source }}
	b, err := readBounded(path, maxFile)
	if err != nil {
		l.problem("configuration file", source, why(err), "path of a readable YAML file of at most 1 MiB")
		return ly
	}
	tree, err := yaml.Parser().Unmarshal(b)
	if err != nil {
		what := "is not valid YAML"
		if at := linePattern.FindString(err.Error()); at != "" {
			what += " at " + at
		}
		l.problem("configuration file", source, what, "YAML with the keys of schema/config.json")
		return ly
	}
	l.flatten(ly.values, "", tree, source)
	return ly
}

// flatten turns sections into dotted keys and refuses what is not known. A key
// without a value is one that is not set.
func (l *loader) flatten(out map[string]any, prefix string, tree map[string]any, source string) {
	for _, k := range slices.Sorted(maps.Keys(tree)) {
		key, v := prefix+k, tree[k]
		f, ok := l.field(key)
		section, isMap := v.(map[string]any)
		isSection := slices.ContainsFunc(l.all, func(f field) bool { return strings.HasPrefix(f.key, key+".") })
		switch {
		case v == nil && (ok || isSection):
		case ok && isMap && f.isTimes():
			out[key] = timesText(section)
		case ok && isMap:
			l.problem(key, source, "is a value, not a section", f.allowed())
		case ok:
			out[key] = v
		case isSection && isMap:
			l.flatten(out, key+".", section, source)
		case isSection:
			l.problem(key, source, "is a section, not a value", "")
		default:
			l.unknown(key, source, l.keys(), func(s string) string { return s })
		}
	}
}

const envPrefix = "PLATFORM_"

// Variables of this prefix that are not keys: the file's path, and what
// Kubernetes sets in every container beside a service called platform.
var notKeys = regexp.MustCompile(`^PLATFORM_(CONFIG|PORT|PORT_.*|SERVICE_.*)$`)

// EnvName returns the environment variable of a key.
func EnvName(key string) string {
	return envPrefix + strings.ToUpper(strings.ReplaceAll(key, ".", "__"))
}

func (l *loader) environment() layer {
	values, names := make(map[string]any), make(map[string]string)
	for _, kv := range l.env {
		name, v, ok := strings.Cut(kv, "=")
		if !ok || !strings.HasPrefix(name, envPrefix) || notKeys.MatchString(name) || v == "" {
			continue
		}
		source := "environment variable " + name
		key := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, envPrefix), "__", "."))
		f, ok := l.field(key)
		switch {
		case !ok || EnvName(key) != name:
			l.unknown(name, source, l.keys(), EnvName)
		case f.isObjects():
			l.problem(key, source, "cannot be set by this variable", "a configuration file, or "+map[string]string{
				"discord.bots": "DISCORD_TOKEN", "lavalink.nodes": "LAVALINK_NODES",
			}[key])
		default:
			values[key], names[key] = v, source
		}
	}
	l.special(values, names)
	return layer{values: values, name: func(key string) string { return names[key] }}
}

// special reads the two variables that make a quick start.
func (l *loader) special(values map[string]any, names map[string]string) {
	for _, kv := range l.env {
		name, v, _ := strings.Cut(kv, "=")
		switch {
		case v == "":
		case name == "DISCORD_TOKEN":
			values["discord.bots"] = []any{map[string]any{"name": "main", "token": v}}
			names["discord.bots"] = "environment variable DISCORD_TOKEN"
		case name == "LAVALINK_NODES":
			nodes, err := parseNodes(v)
			if err != nil {
				l.problem("lavalink.nodes", "environment variable LAVALINK_NODES", err.Error(), "name=host:port,password with ; between nodes")
				continue
			}
			values["lavalink.nodes"] = nodes
			names["lavalink.nodes"] = "environment variable LAVALINK_NODES"
		}
	}
}

// readBounded reads a file that must not be larger than limit.
func readBounded(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil {
		return nil, err
	} else if info.IsDir() {
		return nil, errors.New("is a directory")
	}
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		return nil, errors.New("is too large")
	}
	return b, nil
}

// why says what is wrong with a file, without its path.
func why(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "may not be read by this user"
	}
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return "cannot be read: " + pe.Err.Error()
	}
	return err.Error()
}
