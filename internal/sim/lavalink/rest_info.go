package lavalink

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Version is the Lavalink release whose behaviour is simulated.
const Version = "4.2.2"

type infoJSON struct {
	Version struct {
		Semver     string  `json:"semver"`
		Major      int     `json:"major"`
		Minor      int     `json:"minor"`
		Patch      int     `json:"patch"`
		PreRelease *string `json:"preRelease"`
	} `json:"version"`
	BuildTime int64 `json:"buildTime"`
	Git       struct {
		Branch     string `json:"branch"`
		Commit     string `json:"commit"`
		CommitTime int64  `json:"commitTime"`
	} `json:"git"`
	JVM            string   `json:"jvm"`
	Lavaplayer     string   `json:"lavaplayer"`
	SourceManagers []string `json:"sourceManagers"`
	Filters        []string `json:"filters"`
	Plugins        []any    `json:"plugins"`
}

func (n *Node) getVersion(*http.Request) (reply, error) {
	return reply{raw: []byte(Version), contentType: "text/plain;charset=UTF-8"}, nil
}

// getInfo names sources such as youtube, if the node has them, because clients
// refuse to send a search prefix whose source is not listed.
func (n *Node) getInfo(*http.Request) (reply, error) {
	var info infoJSON
	info.Version.Semver = Version
	parts := strings.Split(Version, ".")
	for i, field := range []*int{&info.Version.Major, &info.Version.Minor, &info.Version.Patch} {
		*field, _ = strconv.Atoi(parts[i]) // Version is a constant of three numbers
	}
	n.mu.Lock()
	info.BuildTime = n.started.UnixMilli()
	n.mu.Unlock()
	info.Git.Branch, info.Git.Commit, info.Git.CommitTime = "sandbox", "0000000", info.BuildTime
	info.JVM, info.Lavaplayer = "none (simulated)", "none (simulated)"
	info.SourceManagers = slices.Clone(n.opts.Sources)
	info.Filters = slices.DeleteFunc(FilterNames(), func(f string) bool { return slices.Contains(n.opts.DisabledFilters, f) })
	info.Plugins = []any{}
	return reply{body: info}, nil
}

func (n *Node) getStats(*http.Request) (reply, error) {
	now := n.lock()
	defer n.unlock()
	return reply{raw: n.told(marshal(n.stats(now))), contentType: "application/json"}, nil
}
