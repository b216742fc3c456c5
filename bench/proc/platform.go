package proc

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Platform is a platformd with every role in one process, on SQLite.
type Platform struct {
	*Process
	// Socket is where its API is.
	Socket string

	http *http.Client
}

// Where is what a platformd is connected to: the simulated Discord and the
// node, as host:port, and their secrets.
type Where struct{ Discord, Token, Node, Password string }

// StartPlatform starts platformd from a directory of programs, with its data and
// its socket below dir.
func StartPlatform(bin, dir string, to Where) (*Platform, error) {
	d := newPlatform(filepath.Join(dir, "admin.sock"))
	var err error
	d.Process, err = Start(filepath.Join(bin, "platformd"), dir, to.env(), d.args(DataDir(dir))...)
	return d, err
}

func newPlatform(socket string) *Platform {
	d := &Platform{Socket: socket}
	d.http = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", d.Socket)
	}}}
	return d
}

func (to Where) env() []string {
	return []string{
		"PLATFORM_DISCORD__REST_URL=http://" + to.Discord + "/api/v10", "DISCORD_TOKEN=" + to.Token,
		"LAVALINK_NODES=bench=" + to.Node + "," + to.Password,
	}
}

func (d *Platform) args(data string) []string {
	return []string{"--data-dir", data, "--socket", d.Socket, "--listen", "127.0.0.1:0", "--operations-listen", "127.0.0.1:0", "--log-level", "warn"}
}

// DataDir is where a platformd that was started below dir keeps its rows.
func DataDir(dir string) string { return filepath.Join(dir, "data") }

// APIReady waits until the API says that the daemon runs, and returns how long
// that took from the start of the process.
func (d *Platform) APIReady(ctx context.Context) (time.Duration, error) {
	defer d.http.CloseIdleConnections()
	err := d.Until(ctx, "the API answers", func() bool {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://platform/v1/status", http.NoBody)
		if err != nil {
			return false
		}
		res, err := d.http.Do(req)
		if err != nil {
			return false
		}
		return res.Body.Close() == nil && res.StatusCode == http.StatusOK
	})
	return time.Since(d.Started), err
}

// operations waits until it is up and says where its operations listener is.
func (d *Platform) operations(ctx context.Context) (at string, err error) {
	err = d.Until(ctx, "it says where its operations listener is", func() bool {
		m := operations.FindStringSubmatch(d.Output())
		if m != nil {
			at = m[1]
		}
		return m != nil
	})
	return at, err
}

var operations = regexp.MustCompile(`operations\s+\S*?(127\.0\.0\.1:\d+)`)

// Heap collects garbage and returns what is left on the heap, in bytes.
func (d *Platform) Heap(ctx context.Context) (float64, error) {
	at, err := d.operations(ctx)
	if err != nil {
		return 0, err
	}
	for range 2 { // what the first finds dead in pools, the second frees
		if _, err := fetch(ctx, "http://"+at+"/debug/pprof/heap?gc=1"); err != nil {
			return 0, err
		}
	}
	text, err := fetch(ctx, "http://"+at+"/metrics")
	if err != nil {
		return 0, err
	}
	return metric(text, "go_memstats_heap_alloc_bytes")
}

// Profile takes a processor profile of that many seconds.
func (d *Platform) Profile(ctx context.Context, seconds int) (string, error) {
	at, err := d.operations(ctx)
	if err != nil {
		return "", err
	}
	return fetch(ctx, "http://"+at+"/debug/pprof/profile?seconds="+strconv.Itoa(seconds))
}

// HeapProfile returns a profile of what is on the heap after a collection.
func (d *Platform) HeapProfile(ctx context.Context) (string, error) {
	at, err := d.operations(ctx)
	if err != nil {
		return "", err
	}
	return fetch(ctx, "http://"+at+"/debug/pprof/heap?gc=1")
}

// metric finds a value in the text format of Prometheus.
func metric(text, name string) (float64, error) {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(rest), 64)
		}
	}
	return 0, fmt.Errorf("there is no metric %s", name)
}

func fetch(ctx context.Context, url string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return "", err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s answers %s", url, res.Status)
	}
	return string(body), err
}
