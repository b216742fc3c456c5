package testenv

import (
	"cmp"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// binaries returns a directory that has all programs of these names, among the
// directories of PATH and those of the patterns, the newest version first.
func binaries(names, patterns []string) (string, error) {
	dirs := filepath.SplitList(os.Getenv("PATH"))
	for _, p := range patterns {
		found, _ := filepath.Glob(p)
		slices.SortFunc(found, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
		dirs = append(dirs, found...)
	}
	for _, dir := range dirs {
		program, err := filepath.EvalSymlinks(filepath.Join(dir, names[0]))
		if err != nil {
			continue
		}
		home := filepath.Dir(program)
		if !slices.ContainsFunc(names, func(n string) bool { return !executable(filepath.Join(home, n)) }) {
			return home, nil
		}
	}
	return "", fmt.Errorf("%s not found in PATH or %s; `make deps` installs what the tests need",
		strings.Join(names, ", "), strings.Join(patterns, ", "))
}

func executable(path string) bool {
	_, err := exec.LookPath(path)
	return err == nil
}

// number is the first number in a path's elements from the end, as versions
// stand in them: 15 for /usr/lib/postgresql/15/bin.
func number(path string) int {
	parts := strings.Split(path, string(filepath.Separator))
	for _, p := range slices.Backward(parts) {
		_, after, _ := strings.Cut(p, "@")
		for _, s := range []string{p, after} {
			if n, err := strconv.Atoi(s); err == nil {
				return n
			}
		}
	}
	return 0
}
