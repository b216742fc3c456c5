package httpapi

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/atrilhq/platform/internal/fault"
)

// Listener is the admin socket. It knows the uid of each peer.
type Listener struct {
	*net.UnixListener
	path string
	info fs.FileInfo
	self int
	once sync.Once
}

// peerConn is a connection whose peer is known. The server uses its CloseWrite,
// so that an early refusal is read before the connection goes.
type peerConn struct {
	*net.UnixConn
	caller caller
}

// ListenUnix opens the admin socket with mode 0600 in a directory of mode 0700
// that it makes where it is missing. A socket that nobody listens on any more
// is replaced. Errors: Conflict where another daemon listens or something else
// stands there, Denied where the directory is open to other users,
// Unavailable where the socket cannot be made.
func ListenUnix(path string) (*Listener, error) {
	const op = "httpapi.ListenUnix"
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op, "cannot make the directory of the admin socket "+dir).
			WithHint("name another socket with --socket")
	}
	if err := checkDir(dir); err != nil {
		return nil, err
	}
	if err := vacate(path); err != nil {
		return nil, err
	}
	// A socket that is bound under its own name is open to others until its
	// mode is set. It is made under a name that nobody knows and then renamed.
	tmp := filepath.Join(dir, ".a"+strconv.Itoa(os.Getpid()))
	_ = os.Remove(tmp)
	ul, err := net.ListenUnix("unix", &net.UnixAddr{Name: tmp, Net: "unix"})
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, op, "cannot listen on the admin socket "+path).
			WithHint("name another socket with --socket; its path may have 103 bytes")
	}
	ul.SetUnlinkOnClose(false)
	info, err := settle(tmp, path)
	if err != nil {
		_ = ul.Close()
		_ = os.Remove(tmp)
		return nil, fault.Wrap(err, fault.Unavailable, op, "cannot listen on the admin socket "+path)
	}
	return &Listener{UnixListener: ul, path: path, info: info, self: os.Geteuid()}, nil
}

func settle(tmp, path string) (fs.FileInfo, error) {
	if err := os.Chmod(tmp, 0o600); err != nil {
		return nil, err
	}
	if err := os.Rename(tmp, path); err != nil {
		return nil, err
	}
	return os.Lstat(path)
}

// checkDir refuses a directory in which others could replace the socket.
func checkDir(dir string) error {
	const op = "httpapi.ListenUnix"
	info, err := os.Stat(dir)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "cannot look at the directory of the admin socket "+dir)
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	open := info.Mode().Perm()&0o022 != 0 && info.Mode()&fs.ModeSticky == 0
	if (ok && int(st.Uid) != os.Geteuid() && st.Uid != 0) || open {
		return fault.New(fault.Denied, op, "other users can replace the admin socket in "+dir).
			WithHint("make the directory your own with mode 0700, or name another socket with --socket")
	}
	return nil
}

// vacate removes a socket that nobody listens on.
func vacate(path string) error {
	const op = "httpapi.ListenUnix"
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "cannot look at the admin socket "+path)
	}
	if info.Mode()&fs.ModeSocket == 0 {
		return fault.New(fault.Conflict, op, path+" is there and is not a socket").
			WithHint("move it away, or name another socket with --socket")
	}
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "unix", path)
	if err == nil {
		_ = c.Close()
		return fault.New(fault.Conflict, op, "another daemon listens on "+path).
			WithHint("stop it, or name another socket with --socket")
	}
	if err := os.Remove(path); err != nil {
		return fault.Wrap(err, fault.Unavailable, op, "cannot replace the admin socket "+path)
	}
	return nil
}

// Accept returns the next connection with its peer. One whose peer cannot be
// known is a stranger's.
func (l *Listener) Accept() (net.Conn, error) {
	c, err := l.AcceptUnix()
	if err != nil {
		return nil, err
	}
	who := caller{kind: stranger, uid: -1}
	if uid, err := peerUID(c); err == nil {
		who.uid = uid
		if uid == l.self || uid == 0 {
			who.kind = owner
		}
	}
	return &peerConn{UnixConn: c, caller: who}, nil
}

// Close stops listening and removes the socket if it is still ours.
func (l *Listener) Close() error {
	err := l.UnixListener.Close()
	l.once.Do(func() {
		if now, serr := os.Lstat(l.path); serr == nil && os.SameFile(now, l.info) {
			_ = os.Remove(l.path)
		}
	})
	return err
}

// Path returns where the socket is.
func (l *Listener) Path() string { return l.path }

// ListenTCP opens a TCP listener. Errors: Conflict where the port is taken,
// Denied where it may not be used, Unavailable otherwise.
func ListenTCP(address string) (net.Listener, error) {
	const op = "httpapi.ListenTCP"
	ln, err := net.Listen("tcp", address) //nolint:noctx // a start has nothing to cancel here: a port is taken or it is not
	switch {
	case err == nil:
		return ln, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fault.Wrap(err, fault.Conflict, op, "something else listens on "+address).
			WithHint("choose another port with --listen; port 0 takes a free one")
	case errors.Is(err, syscall.EACCES):
		return nil, fault.Wrap(err, fault.Denied, op, "this user may not listen on "+address).
			WithHint("choose a port above 1023 with --listen")
	}
	return nil, fault.Wrap(err, fault.Unavailable, op, "cannot listen on "+address).
		WithHint("choose another address with --listen")
}
