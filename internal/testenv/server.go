package testenv

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// keeper runs a server until its standard input ends, then stops it and removes
// its directory, also where the server is paused. $1 is the directory and $2 the
// signal that ends the server, which the shell must not keep from it: SIGQUIT is
// ignored by what a shell runs beside itself unless the program asks for it. The
// server's command line follows.
const keeper = `dir=$1; end=$2; shift 2
"$@" & pid=$!
trap '' INT TERM HUP
while read -r _; do :; done
kill -"$end" "$pid" 2>/dev/null
kill -CONT "$pid" 2>/dev/null
wait "$pid" 2>/dev/null
cd / && rm -rf "$dir"`

// unprivileged says as whom a server runs that refuses to be root's, and gives
// that user dir. It is nil where we are not root.
func unprivileged(dir string) (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // no other credential is needed
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, err
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, err
		}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			return nil, err
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("neither the user postgres nor nobody is there to run a server as")
}

// workDir makes a directory whose path is short enough for a Unix socket.
func workDir(name string) (string, error) {
	base := os.TempDir()
	if len(base) > 60 {
		base = "/tmp"
	}
	return os.MkdirTemp(base, name)
}

func once(as *syscall.Credential, dir, name string, args ...string) error {
	cmd := exec.Command(name, args...) //nolint:gosec // a test starts what it found
	cmd.Dir = dir
	cmd.Env = serverEnv(dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, bytes.TrimSpace(out))
	}
	return nil
}

func serverEnv(dir string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "LC_ALL=C", "TZ=UTC"}
}

// keep starts a server under the keeper, which ends it with a signal. Its output
// goes to the file log. The pipe stays open as long as the process lives.
func keep(as *syscall.Credential, end, dir, log string, command ...string) (*exec.Cmd, *os.File, error) {
	out, err := os.Create(log) //nolint:gosec // in the server's own directory
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = out.Close() }()
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = r.Close() }()
	cmd := exec.Command("sh", append([]string{"-c", keeper, "keeper", dir, end}, command...)...) //nolint:gosec // fixed text
	cmd.Dir, cmd.Env = dir, serverEnv(dir)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = r, out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as, Setpgid: true}
	if err := cmd.Start(); err != nil {
		_ = w.Close()
		return nil, nil, err
	}
	return cmd, w, nil
}
