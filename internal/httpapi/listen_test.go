package httpapi_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/httpapi"
)

func TestSocketIsOurs(t *testing.T) {
	w := start(t)
	info, err := os.Lstat(w.socket)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 || info.Mode()&os.ModeSocket == 0 {
		t.Errorf("mode %v", info.Mode())
	}
	if d, _ := os.Stat(filepath.Dir(w.socket)); d.Mode().Perm() != 0o700 {
		t.Errorf("directory %v", d.Mode())
	}
	if _, err := httpapi.ListenUnix(w.socket); !errors.Is(err, fault.Of(fault.Conflict)) {
		t.Errorf("a second daemon: %v", err)
	}
	if got := w.do(t, true, http.MethodGet, "/v1/status"); got.status != 200 {
		t.Errorf("the first daemon after the second: %d", got.status)
	}
	w.stop()
	if _, err := os.Lstat(w.socket); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket stays: %v", err)
	}
}

func TestStaleSocketIsReplaced(t *testing.T) {
	path := filepath.Join(short(t), "admin.sock")
	dead, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	dead.SetUnlinkOnClose(false)
	_ = dead.Close()
	ln, err := httpapi.ListenUnix(path)
	if err != nil {
		t.Fatal(err)
	}
	if ln.Path() != path {
		t.Errorf("path %s", ln.Path())
	}
	// Somebody else took the place: closing must not take it from them.
	_ = os.Remove(path)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_ = ln.Close()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file of another was removed: %v", err)
	}
}

func TestListenRefusals(t *testing.T) {
	dir := short(t)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	open := filepath.Join(dir, "open")
	if err := os.Mkdir(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, path string
		code       fault.Code
	}{
		{"a file", file, fault.Conflict},
		{"below a file", filepath.Join(file, "admin.sock"), fault.Unavailable},
		{"open to others", filepath.Join(open, "admin.sock"), fault.Denied},
		{"too long", filepath.Join(dir, strings.Repeat("x", 120), "admin.sock"), fault.Unavailable},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := httpapi.ListenUnix(c.path)
			if fault.CodeOf(err) != c.code {
				t.Fatalf("got %v, want %s", err, c.code)
			}
			if _, hint := fault.Show(err); hint == "" {
				t.Errorf("no hint: %v", err)
			}
		})
	}
	if b, _ := os.ReadFile(file); string(b) != "precious" {
		t.Error("the file was touched")
	}
}

func TestTakenPort(t *testing.T) {
	ln, err := httpapi.ListenTCP("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = ln.Close() }()
	_, err = httpapi.ListenTCP(ln.Addr().String())
	message, hint := fault.Show(err)
	if fault.CodeOf(err) != fault.Conflict || !strings.Contains(message, ln.Addr().String()) || !strings.Contains(hint, "--listen") {
		t.Errorf("%v / %s", err, hint)
	}
}

func TestHandlerAloneIsAnonymous(t *testing.T) {
	rec := httptest.NewRecorder()
	httpapi.New(httpapi.Options{Backend: newFake()}).Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/v1/status", nil))
	if rec.Code != 401 {
		t.Errorf("%d", rec.Code)
	}
}
