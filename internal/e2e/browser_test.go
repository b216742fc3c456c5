package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/atrilhq/platform/internal/e2e"
	"github.com/atrilhq/platform/internal/e2e/browser"
	"github.com/atrilhq/platform/internal/httpapi/view"
)

// sandboxPage is where the page of a daemon is, as its greeting says.
func sandboxPage(t *testing.T, s view.Status) string {
	t.Helper()
	for _, a := range s.Addresses {
		if a.Name == "api" {
			return "http://" + a.Address + "/sandbox/"
		}
	}
	t.Fatal("the daemon has no address for a browser")
	return ""
}

// typeIn types a command and sends it.
func typeIn(tab *browser.Tab, line string) {
	tab.Focus("#say")
	tab.Keys(line)
	tab.Until(line+" is understood", `document.querySelector(".chip") || document.querySelector('[role="option"]')`)
	tab.Do(`document.querySelector(".chip") || document.querySelector("#say").dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }))`)
	tab.Until(line+" is a command", `document.querySelector(".chip")`)
	tab.Keys(kb.Enter)
	tab.Until(line+" is sent", `!document.querySelector(".chip")`)
}

const (
	aloud   = `__sandbox.audio().playing.length === 1 && __sandbox.audio().level > 0.0005`
	muteNow = `__sandbox.audio().playing.length === 0 && __sandbox.audio().level < 0.0001`
	// inStep is true where the loop is where the node is, around its end too.
	inStep = `(() => { const p = __sandbox.audio().playing[0]; return p && Math.abs(p.position - p.due) < 0.2; })()`
)

// broken takes every node down, or mends them, in the drawer.
func broken(tab *browser.Tab, node string) {
	tab.Do(`document.querySelector('[data-fault="node.down"]').open = true`)
	tab.Pick(`[data-fault="node.down"] [data-arg="node"]`, node)
	tab.Click(`[data-fault="node.down"] [data-set]`)
	tab.Until(node+" is marked as down", fmt.Sprintf(`document.querySelector('[data-node=%q] .mark.bad')`, node))
}

// filter sets filters of the player that sounds, at its node.
func filter(t *testing.T, r *e2e.Rig, body string) {
	t.Helper()
	w, err := r.Control().World(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range w.Nodes {
		raw, err := r.Control().Players(t.Context(), n.Name)
		if err != nil {
			t.Fatal(err)
		}
		var players []struct{ Session, Guild string }
		if err := json.Unmarshal(raw, &players); err != nil {
			t.Fatal(err)
		}
		for _, p := range players {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch,
				"http://"+n.Address+"/v4/sessions/"+p.Session+"/players/"+p.Guild, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Authorization", n.Password)
			req.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				t.Fatalf("the node refuses filters: %d", res.StatusCode)
			}
		}
	}
}

func TestTheSandboxInABrowser(t *testing.T) {
	t.Parallel()
	r := e2e.NewRig(t, false)
	where := sandboxPage(t, r.Up())
	tab := browser.Open(t)
	tab.Size(1280, 860, false)
	tab.Go(where + "?user=ana")
	tab.Click(`[data-voice="music"] button`)
	tab.Until("ana is in voice", `!document.querySelector("#voice-panel").hidden`)
	typeIn(tab, "/play ocean")
	tab.Until("the answer is read", `document.querySelector("#log").innerText.includes("Ocean Floor")`)
	tab.Until("the panel is shown", `document.querySelector(".embed")`)
	if browser.Get[string](tab, "__sandbox.audio().state") != "off" {
		t.Error("there is sound before anybody asked for it")
	}
	tab.Click("#sound-on")
	tab.Until("it sounds", aloud)
	tab.Until("in step", inStep)
	tab.Shot("playing")

	typeIn(tab, "/pause")
	tab.Until("a pause is silent", muteNow)
	typeIn(tab, "/resume")
	tab.Until("and sounds again", aloud)
	typeIn(tab, "/seek 1:30")
	tab.Until("the node is where it was sent", `fetch("/sandbox/api/nodes/" + [...document.querySelectorAll("[data-node]")].find((n) => n.querySelector(".player")).dataset.node + "/players")
		.then((r) => r.json()).then((p) => p[0].position_ms >= 90000)`)
	tab.Until("the sound is there too", inStep)
	typeIn(tab, "/volume 50")
	tab.Until("the volume is heard", `__sandbox.audio().playing[0]?.gain === 0.5`)

	filter(t, r, `{"filters":{"timescale":{"speed":1.25},"equalizer":[{"band":3,"gain":0.2}],"lowPass":{"smoothing":3},"tremolo":{"frequency":4,"depth":0.3}}}`)
	tab.Until("the speed is heard, with filters on the way", `__sandbox.audio().playing[0]?.rate === 1.25 && `+aloud)
	tab.Until("in step at that speed", inStep)
	filter(t, r, `{"filters":{"volume":0}}`)
	tab.Until("a volume of the filters is heard", `__sandbox.audio().playing[0]?.gain === 0 && __sandbox.audio().level < 0.0001`)
	filter(t, r, `{"filters":{}}`)
	tab.Until("without filters it is as before", `__sandbox.audio().playing[0]?.rate === 1 && `+aloud)

	tab.Click("#mute")
	tab.Until("mute is silent", `__sandbox.audio().level < 0.0001`)
	tab.Click("#mute")
	tab.Until("and back", aloud)
	tab.Pick(`[data-walk="ana"]`, "quiet")
	tab.Until("another channel is silent", muteNow)
	tab.Pick(`[data-walk="ana"]`, "music")
	tab.Until("back in the channel", aloud)
	tab.Pick("#user", "bruno")
	tab.Until("who is not in voice hears nothing", muteNow)
	tab.Until("in Spanish", `document.querySelector("#people").innerText.includes("Miembros")`)
	tab.Pick("#user", "ana")
	tab.Until("ana hears it", aloud)

	tab.Click("#drawer-button")
	tab.Until("faults are listed by area", `document.querySelectorAll(".area").length >= 4 && document.querySelectorAll("[data-fault]").length > 20`)
	for _, node := range browser.Get[[]string](tab, `[...document.querySelectorAll("[data-node]")].map((n) => n.dataset.node)`) {
		broken(tab, node)
	}
	tab.Until("without a node it is silent", muteNow)
	tab.Shot("broken")
	tab.Do(`document.querySelector('[data-fault="node.slow_load"]').open = true`)
	tab.Click(`[data-set="node.slow_load"]`)
	tab.Until("another one is marked", `document.querySelectorAll(".fault.active").length === 2`)
	tab.Click(`[data-clear="node.slow_load"]`)
	tab.Until("one is mended alone", `document.querySelectorAll(".fault.active").length === 1`)
	tab.Click("#mend-all")
	tab.Until("nothing is marked any more", `!document.querySelector(".fault.active")`)
	tab.Until("it sounds again", aloud)
	tab.Until("in step again", inStep)
	tab.Click(`#drawer-head button`)
	tab.Click("#leave")
	tab.Until("out of voice it is silent", muteNow)
}

// contrast lists texts whose contrast with what is behind them is below 4.5, or
// 3 where they are large; what is disabled does not count (WCAG 1.4.3).
const contrast = `(() => {
	const g = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
	const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((s, c, i) => s + c * [0.2126, 0.7152, 0.0722][i], 0);
	const bad = [];
	for (const e of document.querySelectorAll("body *")) {
		const text = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data.trim()).join("");
		if (!/\p{L}|\d/u.test(text) || !e.checkVisibility({ visibilityProperty: true }) || e.closest(":disabled, [aria-disabled], .skip, canvas, option, .avatar.bot") || /^\p{Emoji}+$/u.test(text)) continue;
		const chain = [];
		for (let x = e; x; x = x.parentElement) chain.unshift(getComputedStyle(x).backgroundColor);
		g.fillStyle = "#fff";
		for (const c of ["#fff", ...chain]) { g.fillStyle = c; g.fillRect(0, 0, 1, 1); }
		const back = light(g.getImageData(0, 0, 1, 1).data);
		const style = getComputedStyle(e);
		g.fillStyle = style.color;
		g.fillRect(0, 0, 1, 1);
		const front = light(g.getImageData(0, 0, 1, 1).data);
		const ratio = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
		const size = parseFloat(style.fontSize), large = size >= 24 || size >= 18.66 && style.fontWeight >= 700;
		if (ratio < (large ? 3 : 4.5)) bad.push(e.className + " " + text.slice(0, 20) + " " + ratio.toFixed(2));
	}
	return bad;
})()`

func TestLooksOfTheSandbox(t *testing.T) {
	t.Parallel()
	r := e2e.NewRig(t, false)
	where := sandboxPage(t, r.Up())
	tab := browser.Open(t)
	tab.Size(1280, 860, false)
	tab.Go(where + "?user=ana")
	tab.Click(`[data-voice="music"] button`)
	typeIn(tab, "/play https://media.sandbox.example/set/evening")
	tab.Until("the panel is shown", `document.querySelector(".embed img")?.complete`)
	typeIn(tab, "/queue")
	tab.Until("only ana sees the queue", `document.querySelectorAll(".msg").length >= 3`)
	paint := browser.Get[float64](tab, `new Promise((done) => new PerformanceObserver((l) => done(l.getEntries()[0].startTime)).observe({ type: "paint", buffered: true }))`)
	t.Logf("first paint after %.0f ms", paint)
	for _, look := range []struct {
		name          string
		width, height int64
		dark          bool
	}{
		{"desktop-light", 1280, 860, false}, {"desktop-dark", 1280, 860, true}, {"phone-light", 360, 740, false}, {"phone-dark", 360, 740, true},
	} {
		t.Run(look.name, func(t *testing.T) {
			tab.Size(look.width, look.height, look.dark)
			const still = `!document.getAnimations().some((a) => a.playState === "running" && a.effect.getComputedTiming().iterations === 1)`
			tab.Until("all stands still", still)
			tab.Until("nothing is wider than the screen", `document.documentElement.scrollWidth <= innerWidth && document.querySelector("#log").scrollWidth <= document.querySelector("#log").clientWidth`)
			tab.Shot(look.name)
			check := func(what string) {
				t.Helper()
				if bad := browser.Get[[]string](tab, contrast); len(bad) > 0 {
					t.Errorf("%s: too little contrast: %q", what, bad)
				}
			}
			check("the chat")
			for button, open := range map[string]string{"#people-button": "people", "#drawer-button": "drawer"} {
				tab.Click(button)
				tab.Until(open+" moved in", still)
				tab.Shot(look.name + "-" + open)
				check(open)
				tab.Do(`document.body.classList.remove("show-people", "hide-people"); document.querySelector("#drawer").hidden || document.querySelector("#drawer-head button").click()`)
			}
			if look.width < 720 {
				tab.Click(`[aria-label="Servers and channels"].only-small`)
				tab.Until("the places moved in", `document.querySelector("#places").getBoundingClientRect().left === 0`)
				tab.Shot(look.name + "-places")
				check("the places")
				tab.Keys(kb.Escape)
				tab.Until("the places are away", `getComputedStyle(document.querySelector("#places")).visibility === "hidden"`)
			}
			tab.Focus("#say")
			tab.Keys("/")
			tab.Until("commands are listed", `document.querySelectorAll('[role="option"]').length > 5`)
			tab.Shot(look.name + "-commands")
			check("the commands")
			tab.Keys(kb.Escape + kb.Escape)
			tab.Until("the list is gone", `document.querySelector(".suggest").hidden && !document.querySelector("#say").value`)
		})
	}
	tab.Click("#theme")
	tab.Until("light was chosen", `document.documentElement.dataset.theme === "light"`)
	tab.Click("#theme")
	tab.Until("dark was chosen", `document.documentElement.dataset.theme === "dark" && getComputedStyle(document.body).colorScheme === "dark"`)
	tab.Go(where)
	tab.Until("it is remembered", `document.documentElement.dataset.theme === "dark"`)
}
