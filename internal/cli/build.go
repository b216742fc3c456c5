package cli

import "runtime/debug"

// NewBuild returns what the linker wrote into a program. A plain go build leaves
// that empty; then it is what the toolchain knows.
func NewBuild(version, commit, date string) Build {
	b := Build{Version: version, Commit: commit, Date: date}
	info, ok := debug.ReadBuildInfo()
	if !ok || b.Version != "" {
		return b
	}
	b.Version = info.Main.Version
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = s.Value
		case "vcs.time":
			b.Date = s.Value
		}
	}
	return b
}
