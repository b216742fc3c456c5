package proc

import "testing"

const goroutineProfile = `goroutine profile: total 12
4 @ 0x490c2e 0x451b17
#	0x5d49f2	bufio.(*Reader).Peek+0x52			bufio/bufio.go:152
#	0x7e82f1	net/http.(*persistConn).readLoop+0x171		net/http/transport.go:2330

4 @ 0x490c2e 0x46c8a5
#	0x7e9ca5	net/http.(*persistConn).writeLoop+0xe5	net/http/transport.go:2652

1 @ 0x490c2e 0x46c8a6
#	0x7e82f1	net/http.(*persistConn).readLoop+0xa71		net/http/transport.go:2405

3 @ 0x490c2e 0x1497e65
#	0x5d49f2	bufio.(*Reader).Peek+0x52			bufio/bufio.go:152
#	0x1497e64	example.com/link.(*socket).serve+0x564	link/connect.go:122
`

func TestCountGoroutines(t *testing.T) {
	// A connection that waits for its answer to be read is no open one, nor is a socket.
	all, open, err := countGoroutines(goroutineProfile)
	if all != 4 || open != 4 || err != nil {
		t.Errorf("%v goroutines, %v open connections, %v", all, open, err)
	}
	for _, bad := range []string{"", "goroutine profile: total 0\n", "not a profile"} {
		if _, _, err := countGoroutines(bad); err == nil {
			t.Errorf("%q has goroutines", bad)
		}
	}
}
