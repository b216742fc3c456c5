// Package dirlock keeps two processes from using the same directory at once.
//
// The lock is the kernel's advisory lock on an open file, so it ends with the
// process however that ends; a lock file that is left behind locks nothing.
package dirlock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/atrilhq/platform/internal/fault"
)

// Lock is held until Release or the end of the process.
type Lock struct {
	once sync.Once
	file *os.File
	err  error
}

// Take locks the file name in dir, which must exist, and writes the process id
// into it. Errors: Conflict while another process (or this one) holds it, with
// that process's id in the message; Denied where dir cannot be written.
func Take(dir, name string) (*Lock, error) {
	const op = "dirlock.Take"
	path := filepath.Join(dir, name)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		code := fault.Unavailable
		if errors.Is(err, fs.ErrPermission) || errors.Is(err, unix.EROFS) {
			code = fault.Denied
		}
		return nil, fault.Wrap(err, code, op, fmt.Sprintf("the directory %s cannot be written", dir)).
			WithHint("give the user that runs this process the right to write there, or name another directory")
	}
	for {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if errors.Is(err, unix.EWOULDBLOCK) {
		msg := fmt.Sprintf("the directory %s is in use%s", dir, owner(f))
		_ = f.Close()
		return nil, fault.Wrap(err, fault.Conflict, op, msg).
			WithHint("stop that process, or name another directory")
	}
	if err != nil {
		_ = f.Close()
		return nil, fault.Wrap(err, fault.Unavailable, op, fmt.Sprintf("%s cannot be locked", path)).
			WithHint("use a directory on a local disk; some network file systems have no locks")
	}
	l := &Lock{file: f}
	if err := l.sign(); err != nil {
		_ = l.Release()
		return nil, fault.Wrap(err, fault.Unavailable, op, fmt.Sprintf("%s cannot be written", path)).
			WithHint("look whether the disk is full")
	}
	return l, nil
}

// Release gives the lock back. The file stays: removing it would let two
// processes lock two files of the same name.
func (l *Lock) Release() error {
	l.once.Do(func() {
		_ = l.file.Truncate(0)
		l.err = l.file.Close()
	})
	return l.err
}

func (l *Lock) sign() error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}

func owner(f *os.File) string {
	var buf [32]byte
	n, _ := f.ReadAt(buf[:], 0)
	pid, err := strconv.Atoi(strings.TrimSpace(string(buf[:n])))
	if err != nil || pid <= 0 {
		return " by another process"
	}
	return fmt.Sprintf(" by process %d", pid)
}
