package sandbox_test

import (
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/sandbox"
)

func TestTheAPIKeepsItsPort(t *testing.T) {
	t.Parallel()
	const free = "127.0.0.1:0"
	dir := t.TempDir()
	if got := sandbox.LastAPI(dir, free); got != free {
		t.Errorf("before the first start: %s", got)
	}
	ln, err := net.Listen("tcp", free)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	taken := ln.Addr().String()
	sandbox.RememberAPI(dir, taken, slog.New(slog.DiscardHandler))
	if got := sandbox.LastAPI(dir, free); got != free {
		t.Errorf("while something listens there: %s", got)
	}
	if got := sandbox.LastAPI(dir, "127.0.0.1:8080"); got != "127.0.0.1:8080" {
		t.Errorf("where a port is asked for: %s", got)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	// Something else may take the port now; then it is not the one of last time.
	if got := sandbox.LastAPI(dir, free); got != taken && got != free {
		t.Errorf("when it is free: %s", got)
	}
	for name, kept := range map[string]string{
		"another machine": "192.0.2.1:80", "another host": "[::1]:4711", "no address": "somewhere", "far too much": strings.Repeat("1", 100), "nothing": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, "sandbox-api"), []byte(kept), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := sandbox.LastAPI(dir, free); got != free {
			t.Errorf("%s: %s", name, got)
		}
	}
}
