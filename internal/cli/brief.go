package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// told are the properties of events that tell a person something, in the order
// in which they are shown. Ids are for -o wide and for programs.
var told = []string{ //nolint:gochecknoglobals // a constant that Go has no form for
	"query", "track", "name", "added", "total", "position", "reason", "detail", "volume", "channel", "from", "to",
	"node", "removed", "failures", "position_ms", "heard_ms", "plan", "synthesised",
}

// maxBrief bounds what a table shows of an event, in characters.
const maxBrief = 72

// brief is what a table shows of an event's payload.
func brief(data []byte, named names) string {
	var payload map[string]any
	if json.Unmarshal(data, &payload) != nil {
		return ""
	}
	var parts []string
	for _, key := range told {
		value, there := payload[key]
		if track, ok := value.(map[string]any); ok {
			key, value = "title", track["title"]
		}
		if !there || value == "" {
			continue
		}
		if s, ok := value.(string); ok {
			value = strings.Join(strings.Fields(named.of(s)), " ")
		}
		parts = append(parts, fmt.Sprintf("%s=%v", key, value))
	}
	out := strings.Join(parts, " ")
	if utf8.RuneCountInString(out) > maxBrief {
		out = string([]rune(out)[:maxBrief-1]) + "…"
	}
	return out
}
