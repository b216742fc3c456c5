//go:build !linux

package testenv

import "testing"

// Disk is a small disk of its own that a test fills.
type Disk struct{}

// NewDisk skips the test: disks in memory are mounted on Linux only.
func NewDisk(tb testing.TB, _ string, _ int64) *Disk {
	tb.Helper()
	tb.Skip("a disk in memory can be mounted on Linux only")
	return nil
}

// Dir is where the disk is.
func (*Disk) Dir() string { return "" }

// Fill leaves no room on the disk.
func (*Disk) Fill(testing.TB) {}

// Free gives the room back.
func (*Disk) Free(testing.TB) {}
