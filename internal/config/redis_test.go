package config_test

import (
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/config"
	"github.com/atrilhq/platform/internal/fault"
)

const cluster = `
database: {url: "postgres://ana:pw@db.example/platform"}
redis: {url: ["redis://a.example:7000", "redis://:hidden-pw@b.example:7001"]}
roles: [gateway]
`

func TestRedisIsOneAddressOrAList(t *testing.T) {
	c := load(t, config.Sources{File: write(t, "c.yaml", cluster)})
	all := c.Redis.Addresses()
	if len(all) != 2 || all[0].Reveal() != "redis://a.example:7000" || all[1].Reveal() != "redis://:hidden-pw@b.example:7001" {
		t.Errorf("%d addresses", len(all))
	}
	for _, e := range c.Explain() {
		if e.Key == "redis.url" && e.Value != "redis://a.example:7000,redis://:xxxxx@b.example:7001" {
			t.Errorf("it is shown as %s", e.Value)
		}
	}
	// The variable takes the place of the file's, as a list with commas too.
	c = load(t, config.Sources{File: write(t, "c.yaml", cluster), Env: []string{"PLATFORM_REDIS__URL=rediss://h:6380/3"}})
	if all := c.Redis.Addresses(); len(all) != 1 || all[0].Reveal() != "rediss://h:6380/3" {
		t.Errorf("%d addresses", len(all))
	}
	c = load(t, config.Sources{Env: []string{"PLATFORM_REDIS__URL=redis://a:1, redis://b:2"}})
	if len(c.Redis.Addresses()) != 2 {
		t.Errorf("%d addresses", len(c.Redis.Addresses()))
	}
	c = load(t, config.Sources{Env: []string{"PLATFORM_REDIS__URL=redis+sentinel://:hidden-pw@a:26379/main?db=2,redis+sentinel://b:26379"}})
	if all := c.Redis.Addresses(); len(all) != 2 {
		t.Errorf("%d addresses of sentinels", len(all))
	}
	for _, e := range c.Explain() {
		if e.Key == "redis.url" && e.Value != "redis+sentinel://:xxxxx@a:26379/main,redis+sentinel://b:26379" {
			t.Errorf("sentinels are shown as %s", e.Value)
		}
	}
	if all := load(t, config.Sources{}).Redis.Addresses(); len(all) != 0 {
		t.Errorf("%d addresses where none was given", len(all))
	}
}

func TestRedisThatIsRefused(t *testing.T) {
	const hidden = "hidden-pw"
	for name, c := range map[string]struct{ url, says string }{
		"another scheme":       {"http://:" + hidden + "@h:1", "neither redis nor rediss"},
		"no scheme":            {hidden, "neither redis nor rediss"},
		"no host":              {"redis://:" + hidden + "@:6379", "has no host"},
		"no address":           {"redis://:" + hidden + "@h:port", "is not an address"},
		"a socket's path":      {"unix://" + hidden, "no absolute path"},
		"mixed":                {"redis://a,rediss://:" + hidden + "@b", "mixes redis and rediss"},
		"sentinels of nothing": {"redis+sentinel://:" + hidden + "@h:26379", "what the sentinels watch"},
		"a sentinel's db":      {"redis+sentinel://:" + hidden + "@h:26379/main?db=x", "no number of a database"},
		"sentinels and more":   {"redis+sentinel://:" + hidden + "@h/main,redis://b", "mixes redis+sentinel and redis"},
		"a path":               {"redis://h/" + hidden, "no number of a database"},
		"a cluster's number":   {"redis://a/1,redis://:" + hidden + "@b/1", "only database 0"},
		"the second":           {"redis://a,http://:" + hidden + "@b", "address 2 has neither"},
		"what everybody uses":  {"redis://:changeme@h.example", "a password that everybody knows"},
		"too many":             {strings.Repeat("redis://a,", 65), "more than 64 addresses"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(config.Sources{Env: append([]string{"PLATFORM_REDIS__URL=" + c.url}, home...)})
			message, _ := fault.Show(err)
			if fault.CodeOf(err) != fault.Invalid || !strings.Contains(message, "redis.url") || !strings.Contains(message, c.says) {
				t.Errorf("got %v", err)
			}
			if strings.Contains(err.Error(), hidden) {
				t.Errorf("a password is shown: %v", err)
			}
		})
	}
	_, err := config.Load(config.Sources{File: write(t, "c.yaml", "redis: {url: [1, 2]}"), Env: home})
	if message, _ := fault.Show(err); !strings.Contains(message, "redis.url: has to be text") {
		t.Errorf("got %v", err)
	}
}

func TestRolesApartNeedWhatTheyShare(t *testing.T) {
	const redis, postgres = "redis://h", "postgres://h/d"
	for name, c := range map[string]struct{ roles, redis, database, key, says string }{
		"all here":                    {"gateway,audio,api,worker", "", "", "", ""},
		"all here with both":          {"gateway,audio,api,worker", redis, postgres, "", ""},
		"over a socket":               {"audio", "unix:///run/redis.sock", postgres, "", ""},
		"all here on SQLite":          {"gateway,audio,api,worker", redis, "", "", ""},
		"gateway and audio":           {"gateway,audio", "", "", "", ""},
		"api alone":                   {"api", "", "", "", ""},
		"gateway alone with both":     {"gateway", redis, postgres, "", ""},
		"gateway alone":               {"gateway,worker", "", postgres, "roles", "has gateway without audio"},
		"audio alone":                 {"audio", "", postgres, "roles", "has audio without gateway"},
		"audio alone on SQLite":       {"audio", redis, "", "database.url", "is SQLite"},
		"api alone on SQLite":         {"api", redis, "sqlite:///a/b", "database.url", "roles in several processes"},
		"a wrong address is told too": {"audio", "http://h", "", "redis.url", "neither redis"},
	} {
		t.Run(name, func(t *testing.T) {
			env := append([]string{"PLATFORM_ROLES=" + c.roles, "PLATFORM_REDIS__URL=" + c.redis, "PLATFORM_DATABASE__URL=" + c.database}, home...)
			got, err := config.Load(config.Sources{Env: env})
			if c.says == "" {
				if err != nil || got.Whole() != strings.HasPrefix(name, "all here") {
					t.Errorf("got %v, whole %v", err, got.Whole())
				}
				return
			}
			message, _ := fault.Show(err)
			if fault.CodeOf(err) != fault.Invalid || !strings.HasPrefix(message, c.key+": ") || !strings.Contains(message, c.says) {
				t.Errorf("got %v", err)
			}
		})
	}
}
