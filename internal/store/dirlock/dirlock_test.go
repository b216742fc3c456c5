package dirlock_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/store/dirlock"
)

const childVar = "DIRLOCK_TEST_CHILD"

// TestMain lets the test's own binary be the second process.
func TestMain(m *testing.M) {
	dir := os.Getenv(childVar)
	if dir == "" {
		os.Exit(m.Run())
	}
	if _, err := dirlock.Take(dir, "test.lock"); err != nil {
		fmt.Println("refused:", err)
		os.Exit(3)
	}
	fmt.Println("locked")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
	os.Exit(0)
}

func child(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childVar+"="+dir)
	return cmd
}

func TestTakeTwiceInOneProcess(t *testing.T) {
	dir := t.TempDir()
	l, err := dirlock.Take(dir, "test.lock")
	if err != nil {
		t.Fatal(err)
	}
	_, err = dirlock.Take(dir, "test.lock")
	if fault.CodeOf(err) != fault.Conflict {
		t.Fatalf("a second lock gave %v, want a conflict", err)
	}
	msg, hint := fault.Show(err)
	if !strings.Contains(msg, fmt.Sprintf("process %d", os.Getpid())) || hint == "" {
		t.Errorf("the message %q (%q) does not name the process", msg, hint)
	}
	if other, err := dirlock.Take(dir, "other.lock"); err != nil {
		t.Errorf("another name is refused: %v", err)
	} else if err := other.Release(); err != nil {
		t.Error(err)
	}
	if err := l.Release(); err != nil {
		t.Fatal(err)
	}
	if err := l.Release(); err != nil {
		t.Errorf("a second release: %v", err)
	}
	again, err := dirlock.Take(dir, "test.lock")
	if err != nil {
		t.Fatalf("after the release: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Error(err)
	}
}

func TestAnotherProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	l, err := dirlock.Take(dir, "test.lock")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Release() }()
	out, err := child(t, dir).CombinedOutput()
	if err == nil || !strings.Contains(string(out), fmt.Sprintf("in use by process %d", os.Getpid())) {
		t.Fatalf("the child printed %q, %v", out, err)
	}
}

func TestAKilledProcessLocksNothing(t *testing.T) {
	dir := t.TempDir()
	cmd := child(t, dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "locked\n" {
		t.Fatalf("the child said %q, %v", line, err)
	}
	_, err = dirlock.Take(dir, "test.lock")
	if fault.CodeOf(err) != fault.Conflict || !strings.Contains(err.Error(), fmt.Sprint(cmd.Process.Pid)) {
		t.Fatalf("while the child holds it: %v", err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	l, err := dirlock.Take(dir, "test.lock")
	if err != nil {
		t.Fatalf("after the child was killed: %v", err)
	}
	_ = l.Release()
}

func TestAMissingDirectory(t *testing.T) {
	_, err := dirlock.Take(filepath.Join(t.TempDir(), "nowhere"), "test.lock")
	if fault.CodeOf(err) != fault.Unavailable {
		t.Fatalf("got %v", err)
	}
	if _, hint := fault.Show(err); hint == "" {
		t.Error("there is no hint")
	}
}
