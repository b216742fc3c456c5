package locate

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/atrilhq/platform/internal/fault"
)

// pointer is the file that names the socket of the daemon that started last.
func pointer(env []string) string {
	if run := Get(env, "XDG_RUNTIME_DIR"); filepath.IsAbs(run) {
		return filepath.Join(run, "platform", "admin.path")
	}
	return filepath.Join(DataDir(env), "admin.path")
}

// Publish notes where a daemon listens, so that a command line that was told
// nothing finds it even where its data directory is not the default one. The
// daemon that started last wins. The returned function takes the note back if
// it is still ours. Errors: Unavailable where it cannot be written; the daemon
// can go on without.
func Publish(env []string, socket string) (release func(), err error) {
	const op = "locate.Publish"
	abs, err := filepath.Abs(socket)
	if err != nil {
		return func() {}, fault.Wrap(err, fault.Invalid, op, "the path of the admin socket is not usable")
	}
	path := pointer(env)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return func() {}, fault.Wrap(err, fault.Unavailable, op, "cannot note where the admin socket is")
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".admin.path-*")
	if err != nil {
		return func() {}, fault.Wrap(err, fault.Unavailable, op, "cannot note where the admin socket is")
	}
	_, werr := tmp.WriteString(abs + "\n")
	if err := errors.Join(werr, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
		if err == nil {
			return func() { retract(path, abs) }, nil
		}
		werr = err
	}
	_ = os.Remove(tmp.Name())
	return func() {}, fault.Wrap(werr, fault.Unavailable, op, "cannot note where the admin socket is")
}

func retract(path, socket string) {
	if read(path) == socket {
		_ = os.Remove(path)
	}
}

// read returns the path in a pointer file, or nothing.
func read(path string) string {
	info, err := os.Lstat(path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 4096 {
		return ""
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	p := strings.TrimSpace(string(b))
	if !filepath.IsAbs(p) {
		return ""
	}
	return p
}

// Find returns the socket that a command line should use and whether somebody
// named it: PLATFORM_SOCKET, else the one of PLATFORM_DATA_DIR, else the one of
// the daemon that started last, else the default.
func Find(env []string) (socket string, named bool) {
	if s := Get(env, "PLATFORM_SOCKET"); s != "" {
		return s, true
	}
	if d := Get(env, "PLATFORM_DATA_DIR"); d != "" {
		return Socket(env, d), true
	}
	if p := read(pointer(env)); p != "" {
		if _, err := os.Stat(p); !errors.Is(err, fs.ErrNotExist) {
			return p, false
		}
	}
	return Socket(env, DataDir(env)), false
}
