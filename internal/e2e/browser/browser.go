// Package browser drives a headless Chromium in tests. A page that throws, or
// that tries what its Content-Security-Policy forbids, fails the test.
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long a condition may take to become true, askEvery how often
// one looks.
const (
	patience = time.Minute
	askEvery = 25 * time.Millisecond
)

// names are those under which Chromium is installed.
var names = []string{ //nolint:gochecknoglobals // a table
	"chromium", "chromium-browser", "google-chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium",
	"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
}

// Tab is a page in a browser of its own.
type Tab struct {
	tb  testing.TB
	ctx context.Context //nolint:containedctx // chromedp keeps the browser in it

	mu       sync.Mutex
	complain []string
}

// Open starts a browser with one empty page. It ends with the test, which fails
// where no Chromium is installed.
func Open(tb testing.TB) *Tab {
	tb.Helper()
	program := ""
	for _, name := range names {
		if found, err := exec.LookPath(name); err == nil {
			program = found
			break
		}
	}
	if program == "" {
		tb.Fatal("no Chromium for the test: `make deps` installs what the tests need")
	}
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		tb.Fatal(err)
	}
	alloc, release := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(program), chromedp.UserDataDir(dir), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("autoplay-policy", "no-user-gesture-required"))
	t := &Tab{tb: tb}
	quiet := func(string, ...any) {} // what a newer browser says that the library does not know
	ctx, cancel := chromedp.NewContext(alloc, chromedp.WithErrorf(quiet), chromedp.WithLogf(quiet), chromedp.WithListener(t.listen))
	t.ctx = ctx
	tb.Cleanup(func() {
		_ = chromedp.Cancel(ctx) // waits until it has ended
		cancel()
		release()
		_ = os.RemoveAll(dir)
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, c := range t.complain {
			tb.Errorf("the page: %s", c)
		}
	})
	call(t, log.Enable, cdp.Empty{})
	return t
}

func (t *Tab) listen(e any) {
	var text string
	switch e := e.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if x := e.ExceptionDetails.Exception; x != nil {
			text += " " + x.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceSecurity || e.Entry.Source == log.EntrySourceJavascript {
			text = e.Entry.Text
		}
	}
	if text != "" {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.complain = append(t.complain, text)
	}
}

// call sends a command of the protocol.
func call[P, R any](t *Tab, command cdp.Command[P, R], params P) {
	t.tb.Helper()
	if _, err := chromedp.Call(t.ctx, command, params); err != nil {
		t.tb.Fatalf("%s: %v", command.Method, err)
	}
}

func (t *Tab) do(what string, action chromedp.Action[chromedp.Void]) {
	t.tb.Helper()
	if err := chromedp.Do(t.ctx, action); err != nil {
		t.tb.Fatalf("%s: %v", what, err)
	}
}

// Size sets what the page sees of the screen: its width and height, and whether
// the system is dark.
func (t *Tab) Size(width, height int64, dark bool) {
	t.tb.Helper()
	scheme := map[bool]string{false: "light", true: "dark"}[dark]
	call(t, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: width, Height: height, DeviceScaleFactor: 1, Mobile: width < 700,
	})
	call(t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
}

// Go loads an address.
func (t *Tab) Go(url string) {
	t.tb.Helper()
	t.do(url, chromedp.Navigate(url))
}

// Get evaluates an expression in the page, a promise too, and reads its result.
func Get[T any](t *Tab, expression string) T {
	t.tb.Helper()
	out, err := get[T](t, expression)
	if err != nil {
		t.tb.Fatalf("%s: %v", expression, err)
	}
	return out
}

func get[T any](t *Tab, expression string) (T, error) {
	return chromedp.Run(t.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise, func(p *runtime.EvaluateParams) {
		yes := true
		p.UserGesture = &yes
	}))
}

// Do evaluates an expression for what it does.
func (t *Tab) Do(expression string) {
	t.tb.Helper()
	if _, err := get[chromedp.Void](t, expression); err != nil {
		t.tb.Fatalf("%s: %v", expression, err)
	}
}

// Until evaluates an expression until it is true.
func (t *Tab) Until(what, expression string) {
	t.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	again := time.NewTicker(askEvery)
	defer again.Stop()
	for {
		ok, err := get[bool](t, "Boolean("+expression+")")
		if err == nil && ok {
			return
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			t.Shot("never")
			text, _ := get[string](t, "document.body.innerText")
			t.tb.Fatalf("never: %s (%v); the page says:\n%s", what, err, text)
		}
	}
}

// Click waits for an element that is there and enabled, and clicks it.
func (t *Tab) Click(selector string) {
	t.tb.Helper()
	t.Until(selector+" can be clicked", fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		if (!e || e.disabled) return false;
		e.click();
		return true;
	})()`, selector))
}

// Focus puts the focus on an element.
func (t *Tab) Focus(selector string) {
	t.tb.Helper()
	t.Until(selector+" takes the focus", fmt.Sprintf("(() => { const e = document.querySelector(%q); e?.focus(); return e && document.activeElement === e; })()", selector))
}

// Keys types into whatever has the focus; see package kb for keys without a sign.
func (t *Tab) Keys(keys string) {
	t.tb.Helper()
	t.do("typing", chromedp.KeyEvent(keys))
}

// Pick chooses a value of a select element, as a person does.
func (t *Tab) Pick(selector, value string) {
	t.tb.Helper()
	t.Until(value+" can be picked from "+selector, fmt.Sprintf(`(() => {
		const e = document.querySelector(%q), o = [...e?.options || []].find((o) => o.value === %q || o.text === %q);
		if (!o || e.disabled) return false;
		e.value = o.value;
		e.dispatchEvent(new Event("change", { bubbles: true }));
		return true;
	})()`, selector, value, value))
}

// Shot takes a picture of the page, into the directory that the variable
// SCREENSHOTS names, or one that goes with the test.
func (t *Tab) Shot(name string) {
	t.tb.Helper()
	dir := os.Getenv("SCREENSHOTS")
	if dir == "" {
		dir = t.tb.TempDir()
	}
	png, err := chromedp.Run(t.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.tb.Errorf("the picture %s: %v", name, err)
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o600); err != nil {
		t.tb.Error(err)
	}
}
