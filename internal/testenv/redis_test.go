package testenv_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/atrilhq/platform/internal/testenv"
)

func TestRedisForgetsOrKeeps(t *testing.T) {
	for name, c := range map[string]struct {
		config []string
		keeps  bool
	}{
		"nothing on disk": {nil, false},
		"a log on disk":   {[]string{"appendonly yes", "appendfsync always"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := testenv.NewRedis(t, c.config...)
			s.Do(t, "SET", "k", "v")
			s.Kill(t)
			s.Start(t)
			if got := s.Do(t, "GET", "k"); (got == "v") != c.keeps {
				t.Errorf("after a kill there is %v", got)
			}
		})
	}
}

func TestRedisServersAreApart(t *testing.T) {
	one, two := testenv.NewRedis(t), testenv.NewRedis(t)
	one.Do(t, "SET", "k", "v")
	if got := two.Do(t, "GET", "k"); got != nil {
		t.Errorf("the second has the first one's %v", got)
	}
	if port, _ := one.Do(t, "CONFIG", "GET", "port").([]any); len(port) != 2 || port[1] != "0" {
		t.Errorf("the server listens on port %v", port)
	}
	if a, b := testenv.Redis(t), testenv.Redis(t); a != b || a == one.URL() {
		t.Errorf("the shared server is at %s and %s", a, b)
	}
}

// TestAPausedRedisEndsToo pauses a server and lets the test end.
func TestAPausedRedisEndsToo(t *testing.T) {
	var dir string
	t.Run("pause", func(t *testing.T) {
		s := testenv.NewRedis(t)
		dir = filepath.Dir(strings.TrimPrefix(s.URL(), "unix://"))
		answered := make(chan any, 1)
		s.Pause(t)
		go func() { answered <- s.Do(t, "PING") }()
		select {
		case <-answered:
			t.Error("a paused server answers")
		default:
		}
		s.Resume(t)
		if got := <-answered; got != "PONG" {
			t.Errorf("after the pause it says %v", got)
		}
		s.Pause(t)
	})
	limit := time.After(time.Minute)
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return
		}
		select {
		case <-limit:
			t.Fatalf("%s is still there", dir)
		case <-again.C:
		}
	}
}
