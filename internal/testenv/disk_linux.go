package testenv

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Disk is a small disk of its own that a test fills.
type Disk struct {
	dir string
}

// NewDisk mounts a disk in memory of so many bytes at a directory, which is made,
// and which everybody may write to.
// Only root may; for everybody else the test is skipped.
func NewDisk(tb testing.TB, dir string, bytes int64) *Disk {
	tb.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		tb.Fatal(err)
	}
	switch err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=1777", bytes)); {
	case errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EACCES):
		tb.Skip("a disk in memory can be mounted by root only")
	case err != nil:
		tb.Skipf("no disk in memory can be mounted here: %v", err)
	}
	tb.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			tb.Errorf("the disk: %v", err)
		}
	})
	return &Disk{dir: dir}
}

// Dir is where the disk is.
func (d *Disk) Dir() string { return d.dir }

func (d *Disk) ballast() string { return filepath.Join(d.dir, "ballast") }

// Fill leaves no room on the disk; it may be called again where some was freed.
func (d *Disk) Fill(tb testing.TB) {
	tb.Helper()
	f, err := os.OpenFile(d.ballast(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		if errors.Is(err, syscall.ENOSPC) {
			return
		}
		tb.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for piece := make([]byte, 64<<10); len(piece) > 0; {
		_, err := f.Write(piece)
		switch {
		case errors.Is(err, syscall.ENOSPC):
			// What does not fit as a whole may fit in part.
			piece = piece[:len(piece)/2]
		case err != nil:
			tb.Fatal(err)
		}
	}
}

// Free gives the room back.
func (d *Disk) Free(tb testing.TB) {
	tb.Helper()
	if err := os.Remove(d.ballast()); err != nil {
		tb.Fatal(err)
	}
}
