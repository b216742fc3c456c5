package config_test

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/fault"
)

const hush = "wJalrXUtnFEMI-hush"

func TestWhereTheArchiveIs(t *testing.T) {
	keys := []string{"PLATFORM_ARCHIVE__ACCESS_KEY=AKIDEXAMPLE", "PLATFORM_ARCHIVE__SECRET_KEY=" + hush}
	for at, want := range map[string]config.Bucket{
		"s3://events":              {Name: "events"},
		"s3://events/a/b-c/?":      {Name: "events", Prefix: "a/b-c"},
		"s3://my.events/2026?":     {Name: "my.events", Prefix: "2026"},
		"s3://events?region=eu-x1": {Name: "events", Region: "eu-x1"},
		"s3://events/a?endpoint=storage.example&style=path":            {Name: "events", Prefix: "a", Endpoint: "storage.example"},
		"s3://events/a?endpoint=https://storage.example:9000/":         {Name: "events", Prefix: "a", Endpoint: "storage.example:9000"},
		"s3://events/a?endpoint=http://127.0.0.1:9000&region=r":        {Name: "events", Prefix: "a", Endpoint: "127.0.0.1:9000", Plain: true, Region: "r"},
		"s3://events/a?endpoint=http%3A%2F%2F%5B::1%5D:9000":           {Name: "events", Prefix: "a", Endpoint: "[::1]:9000", Plain: true},
		"s3://events/a?region=r&style=host&endpoint=storage.example:1": {Name: "events", Prefix: "a", Endpoint: "storage.example:1", Region: "r", Virtual: true},
	} {
		c := load(t, config.Sources{Env: append(keys, "PLATFORM_ARCHIVE__URL="+at)})
		if got, ok := c.ArchiveBucket(); !ok || got != want || !c.Archived() || c.ArchiveDir() != "" {
			t.Errorf("%s: %+v, want %+v", at, got, want)
		}
		if !slices.Contains(c.Secrets(), hush) {
			t.Errorf("%s: its secret key is not kept out of logs", at)
		}
		for _, e := range c.Explain() {
			if strings.Contains(e.Value, hush) {
				t.Errorf("%s shows the secret key", e.Key)
			}
		}
	}
	for name, src := range map[string][]string{
		"its name": {"PLATFORM_ARCHIVE__URL=/var/kept"}, "its former name": {"PLATFORM_RETENTION__ARCHIVE=/var/kept"},
	} {
		c := load(t, config.Sources{Env: src})
		if _, ok := c.ArchiveBucket(); ok || c.ArchiveDir() != "/var/kept" || !c.Archived() {
			t.Errorf("by %s it is at %q", name, c.ArchiveDir())
		}
	}
	c := load(t, config.Sources{})
	if _, ok := c.ArchiveBucket(); ok || c.Archived() || c.ArchiveDir() != "" {
		t.Error("there is an archive that nobody asked for")
	}
	file := write(t, "key", hush+"\n")
	c = load(t, config.Sources{Env: []string{keys[0], "PLATFORM_ARCHIVE__URL=s3://events", "PLATFORM_ARCHIVE__SECRET_KEY_FILE=" + file}})
	if !c.Archive.SecretKey.Equal(hush) {
		t.Error("the secret key of the file is not read")
	}
}

func TestBucketsThatCannotBe(t *testing.T) {
	for at, want := range map[string]string{
		"s3://": "has no name of a bucket", "s3:///a": "has no name of a bucket", "s3://A_B/x": "has no name of a bucket", "s3://a..b/x": "has no name of a bucket",
		"S3X://events": "is neither a path nor", "s3://events/a b": "has a prefix with", "s3://events/a//b": "has a prefix with", "s3://events/" + strings.Repeat("a", 300): "has a prefix with",
		"s3://events?endpoint=":                                    "has an endpoint that is no host",
		"s3://events?endpoint=http://storage.example":              "has an endpoint without TLS",
		"s3://events?endpoint=ftp://storage.example":               "has an endpoint that is neither",
		"s3://events?endpoint=storage.example:0":                   "has an endpoint that is no host",
		"s3://events?endpoint=a.example&endpoint=b.example":        "has \"endpoint\" twice",
		"s3://events?secret=" + hush:                               "has \"secret\" behind its ?",
		"s3://events?region=Nowhere%20Land":                        "has a region that is none",
		"s3://events?style=nice":                                   "has a style that is none",
		"s3://events#x":                                            "has a #",
		"s3://AKID:" + hush + "@events/x?endpoint=storage.example": "has keys in it",
		"s3://events?%zz":                                          "has a ?", "s3://%zz": "is not an address",
	} {
		_, err := config.Load(config.Sources{Env: append([]string{"PLATFORM_ARCHIVE__URL=" + at, "PLATFORM_ARCHIVE__ACCESS_KEY=A", "PLATFORM_ARCHIVE__SECRET_KEY=" + hush}, home...)})
		message, _ := fault.Show(err)
		if fault.CodeOf(err) != fault.Invalid || !strings.Contains(message, "archive.url: "+want) || !strings.Contains(message, "PLATFORM_ARCHIVE__URL") {
			t.Errorf("%s: %v", at, err)
		}
		if err != nil && strings.Contains(err.Error(), hush) {
			t.Errorf("%s: the secret is in %v", at, err)
		}
	}
}

func TestTimesOfTypes(t *testing.T) {
	day := 24 * time.Hour
	yaml := write(t, "c.yaml", "retention:\n  journal: 30\n  types:\n    music.queue.*: 72h\n    music.queue.moved: 24h\n    music.player.seeked: 90m\n")
	c := load(t, config.Sources{File: yaml})
	kept := c.Retention.KeptTypes()
	if kept["music.queue.moved"] != day || kept["music.queue.cleared"] != 3*day || kept["music.player.seeked"] != 90*time.Minute {
		t.Errorf("got %v", kept)
	}
	if _, ok := kept["music.play.ended"]; ok || len(kept) < 6 {
		t.Errorf("got %v", kept)
	}
	// A variable stands for all of it.
	c = load(t, config.Sources{File: yaml, Env: []string{"PLATFORM_RETENTION__TYPES=music.voice.moved=48h, music.voice.left=24h"}})
	if want := map[string]time.Duration{"music.voice.moved": 2 * day, "music.voice.left": day}; !maps.Equal(c.Retention.KeptTypes(), want) {
		t.Errorf("got %v, want %v", c.Retention.KeptTypes(), want)
	}
	for _, e := range c.Explain() {
		if e.Key == "retention.types" && (e.Value != "music.voice.left=24h0m0s,music.voice.moved=48h0m0s" || e.Source != "environment variable PLATFORM_RETENTION__TYPES") {
			t.Errorf("it is shown as %+v", e)
		}
	}
	// What plays are made of may go where it can be read back.
	c = load(t, config.Sources{Env: []string{"PLATFORM_RETENTION__TYPES=music.*=24h", "PLATFORM_ARCHIVE__URL=/a"}})
	if kept := c.Retention.KeptTypes(); kept["music.play.ended"] != day || len(kept) < 30 {
		t.Errorf("got %v", kept)
	}
	if kept := load(t, config.Sources{Env: []string{"PLATFORM_RETENTION__TYPES=music.play.ended=2160h"}}).Retention.KeptTypes(); len(kept) != 1 {
		t.Errorf("as long as the journal: %v", kept)
	}
	_, err := config.Load(config.Sources{Env: append([]string{"PLATFORM_RETENTION__TYPES=music.voice.moved=48h,music.voice.moved=24h"}, home...)})
	if message, _ := fault.Show(err); !strings.Contains(message, "stands there twice") {
		t.Errorf("a name twice: %v", err)
	}
}

// Any address is a bucket whose parts make the same address again, or refused
// without being repeated.
func TestAnyAddressOfABucket(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		secret := rapid.StringMatching(`[a-zA-Z0-9]{12}`).Draw(rt, "secret")
		at := "s3://" + rapid.StringMatching(`[a-z0-9.]{0,8}`).Draw(rt, "bucket") + rapid.SampledFrom([]string{"", "/", "/a", "/a/b/", "/" + url.PathEscape("ä"), "//"}).Draw(rt, "prefix") +
			rapid.SampledFrom([]string{"", "?region=eu-1", "?endpoint=h.example:1", "?endpoint=" + secret + "%20x", "?" + secret + "=1", "?style=path"}).Draw(rt, "query")
		c, err := config.Load(config.Sources{Env: append([]string{"PLATFORM_ARCHIVE__URL=" + at, "PLATFORM_ARCHIVE__ACCESS_KEY=A", "PLATFORM_ARCHIVE__SECRET_KEY=" + secret + "!"}, home...)})
		if err != nil {
			if message, _ := fault.Show(err); strings.Contains(message, secret+"!") || !strings.Contains(message, "archive.url: ") {
				rt.Fatalf("%s: %s", at, message)
			}
			return
		}
		b, ok := c.ArchiveBucket()
		if !ok || b.Name == "" || strings.HasPrefix(b.Prefix, "/") || strings.HasSuffix(b.Prefix, "/") || !strings.HasPrefix(at, "s3://"+b.Name) {
			rt.Fatalf("%s: %+v", at, b)
		}
	})
}
