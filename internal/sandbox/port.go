package sandbox

import (
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// apiFile keeps the address of the API of a sandbox, in its data directory.
const apiFile = "sandbox-api"

// maxAddress bounds what is read of it.
const maxAddress = 64

// LastAPI returns where the API of a sandbox with this data directory listened
// the last time, so that a page that is open in a browser finds it again. Where
// another port than 0 was asked for, or something else has the port by now, it
// returns what was asked for.
func LastAPI(dir, asked string) string {
	host, port, err := net.SplitHostPort(asked)
	if err != nil || port != "0" {
		return asked
	}
	raw, err := os.ReadFile(filepath.Join(dir, apiFile))
	last := strings.TrimSpace(string(raw))
	if err != nil || len(raw) > maxAddress || !onLoopback(last) {
		return asked
	}
	if was, _, _ := net.SplitHostPort(last); was != host {
		return asked
	}
	ln, err := net.Listen("tcp", last) //nolint:noctx // on loopback nothing is waited for
	if err != nil || ln.Close() != nil {
		return asked
	}
	return last
}

// RememberAPI keeps where the API listens for the next start.
func RememberAPI(dir, address string, log *slog.Logger) {
	if err := os.WriteFile(filepath.Join(dir, apiFile), []byte(address+"\n"), 0o600); err != nil {
		log.Warn("the port of the sandbox's API cannot be written down", "error", err)
	}
}
