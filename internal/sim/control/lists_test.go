package control_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/atrilhq/platform/internal/sim/control"
)

// What is a list stays one in JSON when it is empty: programs in other
// languages would stumble over null.
func TestEmptyListsAreLists(t *testing.T) {
	s := start(t)
	for _, path := range []string{"/violations", "/log", "/messages?guild=demo&channel=general", "/commands?guild=empty"} {
		t.Run(path, func(t *testing.T) {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+control.Prefix+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Sandbox", "1")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer http.DefaultClient.CloseIdleConnections()
			defer func() { _ = res.Body.Close() }()
			raw, err := io.ReadAll(res.Body)
			if err != nil || res.StatusCode != http.StatusOK {
				t.Fatalf("%d %s %v", res.StatusCode, raw, err)
			}
			var list []json.RawMessage
			if err := json.Unmarshal(raw, &list); err != nil || list == nil {
				t.Fatalf("%s is no list: %v", raw, err)
			}
		})
	}
}
