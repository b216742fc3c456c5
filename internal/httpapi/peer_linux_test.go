package httpapi_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dialAs connects as another user. On Linux the bare system call changes one
// thread only; the thread is thrown away afterwards because it stays locked.
func dialAs(uid int, path string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		runtime.LockOSThread()
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETRESUID, ^uintptr(0), uintptr(uid), ^uintptr(0)); errno != 0 {
			done <- result{err: errno}
			return
		}
		c, err := net.DialTimeout("unix", path, 30*time.Second)
		done <- result{c, err}
	}()
	r := <-done
	return r.conn, r.err
}

func TestAnotherUserIsRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can become another user")
	}
	w := start(t)
	const nobody = 65534
	if c, err := dialAs(nobody, w.socket); err == nil {
		_ = c.Close()
		t.Fatal("another user gets past the mode of the socket")
	}
	// Even where somebody opened the files, the kernel's word counts.
	for path, mode := range map[string]os.FileMode{w.socket: 0o666, filepath.Dir(w.socket): 0o755, filepath.Dir(filepath.Dir(w.socket)): 0o755} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	c, err := dialAs(nobody, w.socket)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := io.WriteString(c, "GET /v1/status HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusForbidden || !strings.Contains(string(b), "may not use the admin socket") || !strings.Contains(string(b), `"code":"denied"`) {
		t.Errorf("%d %s", resp.StatusCode, b)
	}
}
