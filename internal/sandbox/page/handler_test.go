package page_test

import (
	"bufio"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/atrilhq/platform/internal/fault"
	"github.com/atrilhq/platform/internal/sandbox/page"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		os.Exit(code)
	}))
}

// peer is what stands for the simulators: it says what it was asked.
func peer(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/sim/v1/stream", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(rw, "event: world\ndata: {}\n\n")
		_ = http.NewResponseController(rw).Flush()
		<-r.Context().Done()
	})
	mux.HandleFunc("/sim/v1/artwork/one", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Security-Policy", "sandbox")
		rw.Header().Set("Cache-Control", "public")
	})
	mux.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Log(err)
		}
		_, _ = io.WriteString(rw, strings.Join([]string{r.Method, r.URL.RequestURI(), r.Header.Get("X-Sandbox"), r.Header.Get("Cookie"), r.Host, string(body)}, " "))
	})
	s := httptest.NewServer(mux)
	t.Cleanup(func() {
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		s.CloseClientConnections()
		s.Close()
	})
	return s
}

func handler(t *testing.T, control string) http.Handler {
	t.Helper()
	h, err := page.New(control)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// ask sends a request from this machine; headers are pairs, Host among them.
func ask(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+path, strings.NewReader(body))
	r.RemoteAddr = "127.0.0.1:5555"
	for i := 0; i < len(header); i += 2 {
		switch header[i] {
		case "Host":
			r.Host = header[i+1]
		case "Remote":
			r.RemoteAddr = header[i+1]
		default:
			r.Header.Set(header[i], header[i+1])
		}
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func TestPageIsServed(t *testing.T) {
	h := handler(t, "http://127.0.0.1:1")
	got := ask(h, "GET", "/sandbox/", "")
	if got.Code != 200 || !strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") {
		t.Fatalf("%d %v", got.Code, got.Header())
	}
	policy := got.Header().Get("Content-Security-Policy")
	for _, must := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, must) {
			t.Errorf("the policy lacks %s: %s", must, policy)
		}
	}
	if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
		t.Errorf("the policy lets others in: %s", policy)
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="([^"#]+)"`).FindAllStringSubmatch(got.Body.String(), -1) {
		file := ask(h, "GET", "/sandbox/"+m[1], "")
		if file.Code != 200 || file.Header().Get("ETag") == "" || file.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", m[1], file.Code, file.Header())
		}
		if again := ask(h, "GET", "/sandbox/"+m[1], "", "If-None-Match", file.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s is sent again: %d", m[1], again.Code)
		}
	}
}

func TestFilesArePacked(t *testing.T) {
	h := handler(t, "http://127.0.0.1:1")
	plain := ask(h, "GET", "/sandbox/js/main.js", "").Body.String()
	for accept, packed := range map[string]bool{"gzip, br": true, "br;q=1, GZIP;q=0.5": true, "": false, "br": false, "gzip;q=0": false} {
		got := ask(h, "GET", "/sandbox/js/main.js", "", "Accept-Encoding", accept)
		if (got.Header().Get("Content-Encoding") == "gzip") != packed || got.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %v", accept, got.Header())
			continue
		}
		text := got.Body.String()
		if packed {
			z, err := gzip.NewReader(got.Body)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(z)
			if err != nil {
				t.Fatal(err)
			}
			text = string(raw)
		}
		if text != plain {
			t.Errorf("%q: other bytes", accept)
		}
	}
}

// TestPageIsSmallAndOurs holds the page to its size, and to loading nothing from
// elsewhere and writing nothing into the document as text.
func TestPageIsSmallAndOurs(t *testing.T) {
	total := 0
	err := filepath.WalkDir("web", func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		total += len(raw)
		if lines := strings.Count(string(raw), "\n"); lines > 450 {
			t.Errorf("%s has %d lines", name, lines)
		}
		for _, bad := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "new Function", "document.write", "style=\"", "@import"} {
			if strings.Contains(string(raw), bad) {
				t.Errorf("%s has %s", name, bad)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if total > 150<<10 {
		t.Errorf("the page has %d bytes", total)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	h := handler(t, "http://127.0.0.1:1")
	for _, path := range []string{
		"/sandbox/nothing", "/sandbox/js/", "/sandbox/js", "/sandbox/../page.go", "/sandbox/js/../../doc.go", "/sandbox/%2e%2e/doc.go",
		"/sandbox/js/..%2findex.html", "/sandbox/api/", "/sandbox/api/../world", "/sandbox/api/a/../../x", "/sandbox/api/%2e%2e/%2e%2e/api/v10", "/sandbox/api//world",
	} {
		if got := ask(h, "GET", path, ""); got.Code != http.StatusNotFound {
			t.Errorf("%s: %d %s", path, got.Code, got.Body)
		}
	}
	if got := ask(h, "POST", "/sandbox/", "", "Sec-Fetch-Site", "same-origin"); got.Code != http.StatusMethodNotAllowed {
		t.Errorf("writing the page: %d", got.Code)
	}
}

func TestWhoIsRefused(t *testing.T) {
	h := handler(t, peer(t).URL)
	const same = "same-origin"
	for _, c := range []struct {
		name, method, path string
		header             []string
		want               int
	}{
		{"a page of ours reads", "GET", "/sandbox/api/world", []string{"Sec-Fetch-Site", same}, 200},
		{"a page of ours writes", "POST", "/sandbox/api/send", []string{"Sec-Fetch-Site", same, "Origin", "http://127.0.0.1:8080"}, 200},
		{"by another name of this machine", "POST", "/sandbox/api/send", []string{"Host", "localhost:8080", "Sec-Fetch-Site", same, "Origin", "http://localhost:8080"}, 200},
		{"over IPv6", "GET", "/sandbox/", []string{"Host", "[::1]:8080", "Remote", "[::1]:99"}, 200},
		{"an old browser writes", "POST", "/sandbox/api/send", []string{"Origin", "http://127.0.0.1:8080"}, 200},
		{"a program reads", "GET", "/sandbox/api/world", nil, 200},
		{"a program writes without saying from where", "POST", "/sandbox/api/reset", nil, 403},
		{"a form without an origin", "POST", "/sandbox/api/reset", []string{"Sec-Fetch-Site", "none"}, 403},
		{"another site writes", "POST", "/sandbox/api/reset", []string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		{"another site deletes", "DELETE", "/sandbox/api/faults", []string{"Origin", "https://evil.example"}, 403},
		{"another site reads", "GET", "/sandbox/api/world", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"another port of this machine", "PUT", "/sandbox/api/faults/x", []string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:9"}, 403},
		{"an origin that lies", "POST", "/sandbox/api/send", []string{"Sec-Fetch-Site", same, "Origin", "http://127.0.0.1:9"}, 403},
		{"an origin that is none", "POST", "/sandbox/api/send", []string{"Sec-Fetch-Site", same, "Origin", "null"}, 403},
		{"a name that leads here", "GET", "/sandbox/", []string{"Host", "evil.example"}, 403},
		{"a name that leads here, at the API", "GET", "/sandbox/api/world", []string{"Host", "evil.example:8080"}, 403},
		{"another machine", "GET", "/sandbox/", []string{"Remote", "192.0.2.7:1"}, 403},
		{"a link from elsewhere", "GET", "/sandbox/", []string{"Sec-Fetch-Site", "cross-site"}, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ask(h, c.method, c.path, "{}", c.header...)
			if got.Code != c.want {
				t.Errorf("%d, want %d: %s", got.Code, c.want, got.Body)
			}
			if c.want == 403 && !strings.Contains(got.Body.String(), string(fault.Denied)) {
				t.Errorf("it is not told why: %s", got.Body)
			}
		})
	}
}

func TestRequestsReachTheSimulators(t *testing.T) {
	p := peer(t)
	h := handler(t, p.URL)
	got := ask(h, "PUT", "/sandbox/api/faults/node.down?node=a%20b", `{"args":{}}`, "Sec-Fetch-Site", "same-origin", "Cookie", "secret=1", "X-Sandbox", "0")
	if want := "PUT /sim/v1/faults/node.down?node=a%20b 1  " + strings.TrimPrefix(p.URL, "http://") + ` {"args":{}}`; got.Body.String() != want {
		t.Errorf("got  %s\nwant %s", got.Body, want)
	}
	if policy := got.Header().Values("Content-Security-Policy"); len(policy) != 1 || policy[0] != "default-src 'none'" {
		t.Errorf("the policy of an answer: %v", policy)
	}
	if pic := ask(h, "GET", "/sandbox/api/artwork/one", "").Header(); pic.Get("Content-Security-Policy") != "sandbox" || len(pic.Values("Cache-Control")) != 1 {
		t.Errorf("a picture: %v", pic)
	}
	if got := ask(h, "POST", "/sandbox/api/send", strings.Repeat("x", 70<<10), "Sec-Fetch-Site", "same-origin"); got.Code < 400 {
		t.Errorf("too much is taken: %d", got.Code)
	}
	if got := ask(handler(t, "http://127.0.0.1:1"), "GET", "/sandbox/api/world", ""); got.Code != http.StatusServiceUnavailable || !strings.Contains(got.Body.String(), "platformd sim") {
		t.Errorf("no simulators: %d %s", got.Code, got.Body)
	}
}

func TestStreamsArriveAsTheyCome(t *testing.T) {
	front := httptest.NewUnstartedServer(handler(t, peer(t).URL))
	// A limit for the whole answer, shorter than the stream is read for.
	front.Config.WriteTimeout, front.Config.ReadTimeout = 2*time.Second, 2*time.Second
	front.Start()
	defer front.Close()
	res, err := front.Client().Get(front.URL + "/sandbox/api/stream")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	line, err := bufio.NewReader(res.Body).ReadString('\n')
	if err != nil || line != "event: world\n" || res.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%q %v %v", line, err, res.Header)
	}
	// It is still open when the server's limits are over.
	ended := make(chan error, 1)
	go func() {
		_, err := io.Copy(io.Discard, res.Body)
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Errorf("the stream was cut off: %v", err)
	case <-time.After(3 * time.Second):
	}
	_ = res.Body.Close()
	if err := <-ended; err == nil {
		t.Error("the stream ended by itself")
	}
}

func TestAddressOfTheSimulators(t *testing.T) {
	for _, bad := range []string{"", "127.0.0.1:80", "https://127.0.0.1:1", "http://example.org", "http://192.0.2.1:80", "http://[::", "unix:///x"} {
		if _, err := page.New(bad); fault.CodeOf(err) != fault.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1"} {
		if _, err := page.New(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}
