package config

import (
	"fmt"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/atrilhq/platform/internal/secret"
)

// Entry is one key with its value, for people.
type Entry struct {
	// Key names the value, as log.level or lavalink.nodes[0].name.
	Key string `json:"key"`
	// Value is what holds; a secret is [redacted].
	Value string `json:"value"`
	// Source is where it was set.
	Source string `json:"source"`
	// Doc says what it does, Allowed what it may be, Env which variable sets it.
	Doc     string `json:"doc"`
	Allowed string `json:"allowed,omitempty"`
	Env     string `json:"env,omitempty"`
}

// origin returns where a key was set.
func (c Config) origin(key string) string {
	if s, ok := c.origins[key]; ok {
		return s
	}
	return "default"
}

// Default is true for a key that nobody set.
func (c Config) Default(key string) bool { return c.origin(key) == "default" }

// Explain lists every key in the order of the structs.
func (c Config) Explain() []Entry {
	var out []Entry
	root := reflect.ValueOf(c)
	for _, f := range fields(reflect.TypeFor[Config]()) {
		v, source := root.FieldByIndex(f.index), c.origin(f.key)
		if !f.isObjects() {
			e := f.entry(f.key, source, v)
			e.Env = EnvName(f.key)
			out = append(out, e)
			continue
		}
		if v.Len() == 0 {
			out = append(out, Entry{Key: f.key, Source: source, Doc: f.doc, Allowed: f.allowed()})
		}
		for i := range v.Len() {
			for _, e := range f.elem {
				out = append(out, e.entry(fmt.Sprintf("%s[%d].%s", f.key, i, e.key), source, v.Index(i).FieldByIndex(e.index)))
			}
		}
	}
	return out
}

func (f field) entry(key, source string, v reflect.Value) Entry {
	e := Entry{Key: key, Source: source, Doc: f.doc, Allowed: f.allowed()}
	switch x := v.Interface().(type) {
	case secret.Text:
		e.Value = x.String()
		// An address is worth seeing; the password in it is not.
		switch u, err := url.Parse(x.Reveal()); {
		case f.key == "redis.url":
			var shown []string
			for _, at := range (Redis{URL: x}).Addresses() {
				shown = append(shown, redactURL(at.Reveal()))
			}
			e.Value = strings.Join(shown, ",")
		case f.key == "database.url" && err == nil && u.Scheme != "":
			e.Value = redactURL(x.Reveal())
		}
	case map[string]time.Duration:
		e.Value = showTimes(x)
	case []string:
		e.Value = strings.Join(x, ",")
	default:
		e.Value = fmt.Sprint(x)
	}
	return e
}

// DatabaseURL returns database.url, or the SQLite file in the data directory
// where it is empty.
func (c Config) DatabaseURL() secret.Text {
	if !c.Database.URL.Empty() {
		return c.Database.URL
	}
	u := url.URL{Scheme: "sqlite", Path: filepath.ToSlash(filepath.Join(c.DataDir, "platform.db"))}
	return secret.New(u.String())
}

// Secrets returns every secret value of the configuration, for the redaction of logs.
func (c Config) Secrets() []string {
	var out []string
	for _, b := range c.Discord.Bots {
		out = append(out, b.Token.Reveal())
	}
	for _, n := range c.Lavalink.Nodes {
		out = append(out, n.Password.Reveal())
	}
	if !c.Archive.SecretKey.Empty() {
		out = append(out, c.Archive.SecretKey.Reveal())
	}
	for _, at := range append(c.Redis.Addresses(), c.Database.URL) {
		if u, err := url.Parse(at.Reveal()); err == nil {
			if p, ok := u.User.Password(); ok {
				out = append(out, p)
			}
		}
	}
	return out
}
