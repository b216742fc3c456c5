package redis_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/bus"
	"github.com/atrilhq/platform/internal/bus/redis"
	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/testenv"
)

func TestAddressesThatCannotBe(t *testing.T) {
	const secret = "hunter2"
	for name, url := range map[string]string{
		"nothing":              "",
		"another scheme":       "http://u:hunter2@localhost",
		"no scheme":            "localhost:6379",
		"no host":              "redis://:hunter2@",
		"what is no address":   "redis://u:hunter2@[::1",
		"a percent too many":   "redis://u:%zzhunter2@localhost",
		"a database by name":   "redis://u:hunter2@localhost/main",
		"a negative database":  "redis://localhost/-1",
		"a cluster's second":   "redis://u:hunter2@a:1/2,b:2",
		"an empty one":         "redis://a:1,,b:2",
		"mixed kinds":          "redis://a:1,unix:///b",
		"sockets":              "unix:///a,unix:///b",
		"sentinels of nothing": "redis+sentinel://:hunter2@a:26379",
		"sentinels of two":     "redis+sentinel://:hunter2@a/one,b/two",
		"a sentinel's socket":  "unix+sentinel:///a/one",
		"sentinels and more":   "redis+sentinel://:hunter2@a/one,redis://b",
		"a sentinel's cluster": "redis+sentinel://:hunter2@a/one?cluster=true",
		"far too long":         "redis://" + strings.Repeat("a", 5_000),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := redis.Open(t.Context(), redis.Options{URL: url})
			if !errors.Is(err, fault.Of(fault.Invalid)) {
				t.Fatalf("got %v", err)
			}
			if strings.Contains(err.Error(), secret) {
				t.Fatalf("the password is in %q", err)
			}
			if _, hint := fault.Show(err); hint == "" {
				t.Error("nobody says what to do next")
			}
		})
	}
}

func TestNobodyThere(t *testing.T) {
	_, err := redis.Open(t.Context(), redis.Options{URL: "unix://u:hunter2@" + filepath.Join(t.TempDir(), "none")})
	if !errors.Is(err, fault.Of(fault.Unavailable)) || strings.Contains(err.Error(), "hunter2") {
		t.Fatalf("got %v", err)
	}
}

func TestCredentials(t *testing.T) {
	s := testenv.NewRedis(t)
	s.Do(t, "ACL", "SETUSER", "bus", "on", ">hunter2", "~*", "&*", "+@all")
	with := func(user string) string { return strings.Replace(s.URL(), "unix://", "unix://"+user+"@", 1) }
	_, err := redis.Open(t.Context(), redis.Options{URL: with("bus:wrong-one")})
	if !errors.Is(err, fault.Of(fault.Denied)) || strings.Contains(err.Error(), "wrong-one") {
		t.Fatalf("a wrong password: %v", err)
	}
	b := open(t, redis.Options{URL: with("bus:hunter2")})
	if err := b.Append(within(t), stream, bus.Message{}); err != nil {
		t.Fatal(err)
	}
	s.Do(t, "ACL", "SETUSER", "bus", "resetkeys", "~other")
	if err := b.Append(within(t), stream, bus.Message{}); !errors.Is(err, fault.Of(fault.Unavailable)) || strings.Contains(err.Error(), "hunter2") {
		t.Fatalf("a key that is not ours: %v", err)
	}
}

func TestWhatIsTooLarge(t *testing.T) {
	b := open(t, redis.Options{URL: testenv.Redis(t)})
	for name, ms := range map[string][]bus.Message{
		"data":     {{Data: make([]byte, redis.MaxData+1)}},
		"a text":   {{Key: strings.Repeat("k", redis.MaxText+1)}},
		"messages": make([]bus.Message, redis.MaxAppend+1),
		"together": {{Data: make([]byte, 1<<20)}, {Data: make([]byte, 1<<20)}, {Data: make([]byte, 1<<20)}, {Data: make([]byte, 1<<20)}, {}},
	} {
		if err := b.Append(within(t), stream, ms...); !errors.Is(err, fault.Of(fault.Invalid)) {
			t.Errorf("append, %s: %v", name, err)
		}
		if len(ms) > 1 {
			continue
		}
		if err := b.Publish(within(t), "t", ms[0]); !errors.Is(err, fault.Of(fault.Invalid)) {
			t.Errorf("publish, %s: %v", name, err)
		}
	}
	for _, name := range []string{"", strings.Repeat("n", redis.MaxText+1)} {
		if err := b.Append(within(t), name, bus.Message{}); !errors.Is(err, fault.Of(fault.Invalid)) {
			t.Errorf("a stream without a good name: %v", err)
		}
		if err := b.Publish(within(t), name, bus.Message{}); !errors.Is(err, fault.Of(fault.Invalid)) {
			t.Errorf("a topic without a good name: %v", err)
		}
	}
}

func TestBytesAreBoundedToo(t *testing.T) {
	r := newRig(t, redis.Options{BacklogBytes: 10_000})
	at := r.begin()
	big := bus.Message{Data: make([]byte, 4_000)}
	for range 2 {
		if err := r.bus.Append(within(t), stream, big); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.bus.Append(within(t), stream, big); !errors.Is(err, fault.Of(fault.Quota)) {
		t.Fatalf("a third one: %v", err)
	}
	if err := r.bus.Append(within(t), stream, bus.Message{Data: make([]byte, 100)}); err != nil {
		t.Fatalf("what still fits: %v", err)
	}
	// Whatever was released makes room again, to the last byte.
	for round := range 4 {
		for n := 0; n < 3; {
			got, to, err := r.bus.Read(within(t), stream, at, 2)
			if err != nil {
				t.Fatal(err)
			}
			n, at = n+len(got), to
		}
		r.release(at)
		for _, m := range []bus.Message{{Data: make([]byte, 100)}, big, big} {
			if err := r.bus.Append(within(t), stream, m); err != nil {
				t.Fatalf("round %d: %v", round, err)
			}
		}
	}
}

// TestTwoProcesses is what one process alone cannot get wrong.
func TestTwoProcesses(t *testing.T) {
	o := redis.Options{URL: testenv.Redis(t), Prefix: prefix(), Backlog: 100}
	one, two := open(t, o), open(t, o)
	at, err := one.Begin(within(t), stream)
	if err != nil {
		t.Fatal(err)
	}
	s := one.Subscribe("t", 10)
	if err := two.Publish(within(t), "t", bus.Message{Kind: "hello"}); err != nil {
		t.Fatal(err)
	}
	if m := <-s.C(); m.Kind != "hello" {
		t.Fatalf("got %v", m)
	}
	for range 100 {
		if err := two.Append(within(t), stream, bus.Message{Kind: "a"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := one.Append(within(t), stream, bus.Message{}); !errors.Is(err, fault.Of(fault.Quota)) {
		t.Fatalf("a stream that another filled: %v", err)
	}
	for n := 0; n < 100; {
		got, to, err := one.Read(within(t), stream, at, 30)
		if err != nil {
			t.Fatal(err)
		}
		n, at = n+len(got), to
	}
	// A successor in another process goes on from the stored cursor.
	if err := one.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := within(t)
	if err := two.Release(ctx, stream, at); err != nil {
		t.Fatal(err)
	}
	if err := two.Append(ctx, stream, bus.Message{Number: 1}); err != nil {
		t.Fatal(err)
	}
	got, _, err := two.Read(ctx, stream, at, 30)
	if err != nil || len(got) != 1 || got[0].Number != 1 {
		t.Fatalf("the successor reads %v, %v", got, err)
	}
}
