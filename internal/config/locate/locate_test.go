package locate_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/config/locate"
)

func TestDirectories(t *testing.T) {
	state := "/home/ana/.local/state"
	if runtime.GOOS == "darwin" {
		state = "/home/ana/Library/Application Support"
	}
	cases := []struct {
		name   string
		env    []string
		dir    string
		socket string
	}{
		{"home", []string{"HOME=/home/ana"}, state + "/platform", state + "/platform/admin.sock"},
		{"state home", []string{"HOME=/home/ana", "XDG_STATE_HOME=/s/"}, "/s/platform", "/s/platform/admin.sock"},
		{"relative state home", []string{"HOME=/home/ana", "XDG_STATE_HOME=s"}, state + "/platform", state + "/platform/admin.sock"},
		{"runtime dir", []string{"HOME=/home/ana", "XDG_RUNTIME_DIR=/run/user/7"}, state + "/platform", "/run/user/7/platform/admin.sock"},
		{"the last one counts", []string{"XDG_STATE_HOME=/a", "XDG_STATE_HOME=/b"}, "/b/platform", "/b/platform/admin.sock"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := locate.DataDir(c.env); got != c.dir {
				t.Errorf("data directory %q, want %q", got, c.dir)
			}
			if got := locate.Socket(c.env, c.dir); got != c.socket {
				t.Errorf("socket %q, want %q", got, c.socket)
			}
		})
	}
	if d := locate.DataDir(nil); !filepath.IsAbs(d) {
		t.Errorf("without a home: %q", d)
	}
}

func TestSocketPathsFit(t *testing.T) {
	long := "/" + strings.Repeat("d", 150)
	a, b := locate.Socket(nil, long+"a"), locate.Socket(nil, long+"b")
	if len(a) > locate.MaxSocketPath || a == b {
		t.Errorf("%q %q", a, b)
	}
	if a != locate.Socket(nil, long+"a") {
		t.Error("the same directory has two sockets")
	}
}

func TestCommandLineFindsTheDaemon(t *testing.T) {
	root := t.TempDir()
	env := []string{"HOME=" + root, "XDG_RUNTIME_DIR=" + filepath.Join(root, "run")}
	standard := locate.Socket(env, locate.DataDir(env))
	if got, named := locate.Find(env); got != standard || named {
		t.Errorf("nothing runs: %q", got)
	}
	mine := filepath.Join(root, "mine.sock")
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	release, err := locate.Publish(env, mine)
	if err != nil {
		t.Fatal(err)
	}
	if got, named := locate.Find(env); got != mine || named {
		t.Errorf("published: %q %v", got, named)
	}
	other := filepath.Join(root, "other.sock")
	releaseOther, err := locate.Publish(env, other)
	if err != nil {
		t.Fatal(err)
	}
	release() // it is not ours any more
	if got, _ := locate.Find(env); got != standard {
		t.Errorf("a note of a socket that is gone: %q", got)
	}
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, _ := locate.Find(env); got != other {
		t.Errorf("the last one wins: %q", got)
	}
	for _, c := range [][2]string{{"PLATFORM_SOCKET=/x/y.sock", "/x/y.sock"}, {"PLATFORM_DATA_DIR=/z", "/z/admin.sock"}} {
		if got, named := locate.Find(append([]string{c[0]}, env...)); got != c[1] || !named {
			t.Errorf("%s: %q %v", c[0], got, named)
		}
	}
	releaseOther()
	if got, _ := locate.Find(env); got != standard {
		t.Errorf("released: %q", got)
	}
	if left, _ := filepath.Glob(filepath.Join(root, "run", "platform", "*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestPublishWhereNothingMayBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	release, err := locate.Publish([]string{"XDG_RUNTIME_DIR=" + file}, "/x.sock")
	if err == nil {
		t.Error("no error")
	}
	release()
}
