package config

import (
	"fmt"
	"strings"
)

// parseNodes reads LAVALINK_NODES; the grammar is in the package comment. Its
// errors count the nodes from 1 and never repeat what may be a password.
func parseNodes(s string) ([]any, error) {
	var nodes []any
	for part := range strings.SplitSeq(s, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		n := len(nodes) + 1
		name, rest, ok := strings.Cut(part, "=")
		name = strings.TrimSpace(name)
		if !ok || !namePattern.MatchString(name) {
			return nil, fmt.Errorf("node %d does not begin with a name and an equals sign", n)
		}
		address, password, ok := strings.Cut(rest, ",")
		if !ok || password == "" {
			return nil, fmt.Errorf("node %d (%s) has no password after its address", n, name)
		}
		node := map[string]any{"name": name, "password": password}
		address = strings.TrimSpace(address)
		if a, ok := strings.CutPrefix(address, "https://"); ok {
			address = a
			node["secure"] = true
		}
		address = strings.TrimPrefix(address, "http://")
		if checkAddress(address, false) != nil {
			return nil, fmt.Errorf("node %d (%s) has no address of the form host:port", n, name)
		}
		node["address"] = address
		nodes = append(nodes, node)
	}
	if len(nodes) == 0 {
		return nil, fmt.Errorf("names no node")
	}
	return nodes, nil
}
