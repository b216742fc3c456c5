// Package locate says where the daemon keeps things and where its admin socket
// is. Daemon and command line share it, so that one finds the other without
// being configured. It reads only the environment that it is given.
package locate

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// MaxSocketPath is how many bytes the path of a Unix socket may have: the
// smallest of the systems we run on (104 with its end on macOS, 108 on Linux).
const MaxSocketPath = 103

// Get returns a variable of an environment as os.Environ gives it; of several
// with the same name the last one counts, as it does for a process.
func Get(env []string, name string) string {
	for _, e := range slices.Backward(env) {
		if k, v, ok := strings.Cut(e, "="); ok && k == name {
			return v
		}
	}
	return ""
}

// StateHome returns the user's state directory: XDG_STATE_HOME where it is an
// absolute path, else what is usual on the system. It is empty where the
// environment names no home.
func StateHome(env []string) string {
	if d := Get(env, "XDG_STATE_HOME"); filepath.IsAbs(d) {
		return filepath.Clean(d)
	}
	home := Get(env, "HOME")
	if !filepath.IsAbs(home) {
		return ""
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support")
	}
	return filepath.Join(home, ".local", "state")
}

// DataDir returns the default data directory. Where the environment names no
// home it is one of the user's own below the directory for temporary files.
func DataDir(env []string) string {
	if d := StateHome(env); d != "" {
		return filepath.Join(d, "platform")
	}
	return filepath.Join(fallbackDir(), "data")
}

// Socket returns where a daemon with this data directory puts its admin socket
// if it is not told otherwise: in the runtime directory of the user where the
// data directory is the default one, else in the data directory, so that two
// daemons never meet. A path that would be too long moves to a short one.
func Socket(env []string, dataDir string) string {
	path := filepath.Join(dataDir, "admin.sock")
	if run := Get(env, "XDG_RUNTIME_DIR"); filepath.IsAbs(run) && filepath.Clean(dataDir) == DataDir(env) {
		path = filepath.Join(run, "platform", "admin.sock")
	}
	if len(path) <= MaxSocketPath {
		return path
	}
	sum := sha256.Sum256([]byte(path))
	return filepath.Join(fallbackDir(), hex.EncodeToString(sum[:6]), "admin.sock")
}

// fallbackDir is short and the user's own; whoever makes it has to use mode
// 0700 and to check its owner.
func fallbackDir() string {
	return filepath.Join("/tmp", "platform-"+strconv.Itoa(os.Geteuid()))
}
