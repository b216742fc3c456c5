package page_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/atrilhq/platform/internal/e2e/browser"
)

// open shows the page to a user.
func open(t *testing.T, s *stage, query string) *browser.Tab {
	t.Helper()
	tab := browser.Open(t)
	tab.Size(1280, 860, false)
	tab.Go(s.front + query)
	tab.Until("the page stands", `document.querySelector("#say") && document.querySelector("#user")`)
	return tab
}

const lastText = `[...document.querySelectorAll(".msg")].at(-1)?.innerText || ""`

// command types a command as a whole and sends it.
func command(tab *browser.Tab, line string) {
	tab.Focus("#say")
	tab.Keys(line)
	tab.Until("the command is offered", `!document.querySelector(".suggest").hidden || document.querySelector(".chip")`)
	tab.Keys(kb.Enter)
	tab.Until("the command is taken", `document.querySelector(".chip")`)
	tab.Keys(kb.Enter)
	tab.Until("it is sent", `!document.querySelector(".chip")`)
}

func TestMessagesAndComponents(t *testing.T) {
	t.Parallel()
	tab := open(t, newStage(t), "?user=ana")
	command(tab, "/show")
	tab.Until("the panel is there", `document.querySelector(".embed")`)
	for what, expression := range map[string]string{
		"bold":                 `document.querySelector(".msg strong").textContent === "bold"`,
		"slanted":              `document.querySelector(".msg em").textContent === "slant"`,
		"code":                 `document.querySelector(".text code").textContent === "code"`,
		"struck":               `document.querySelector(".msg s").textContent === "gone"`,
		"a heading":            `document.querySelector(".h1").textContent === "Head"`,
		"a link":               `document.querySelector(".text a").rel.includes("noopener")`,
		"a time":               `document.querySelector("time.moment").dateTime.startsWith("2023-11-14")`,
		"HTML stays text":      `!document.querySelector(".text b") && document.querySelector(".text").innerText.includes("<b>not html</b>")`,
		"a word with strokes":  `document.querySelector(".text").innerText.includes("a_b_c")`,
		"who used it":          `document.querySelector(".used").textContent.includes("Ana used /show")`,
		"the tag of a bot":     `document.querySelector(".msg .tag")`,
		"the bar of an embed":  `document.querySelector(".embed").style.getPropertyValue("--bar") === "#2e9e6b"`,
		"a field":              `document.querySelector(".fields dt").textContent === "Key"`,
		"styles of buttons":    `["primary","secondary","success","danger","link"].every((c) => document.querySelector(".row .button." + c))`,
		"a button that is off": `document.querySelector('[data-custom="b-Off"]').disabled`,
		"a link button":        `document.querySelector("a.button.link").href === "https://example.org/"`,
	} {
		tab.Until(what, expression)
	}
	tab.Focus(`[data-custom="b-Two"]`)
	tab.Keys(kb.Enter)
	tab.Until("a button tells the bot", lastText+`.includes("pressed b-Two")`)
	tab.Until("it is marked as edited", `document.querySelector(".edited")`)
	tab.Until("the focus stays on the button", `document.activeElement.dataset.custom === "b-Two"`)
	tab.Pick(`select[data-custom="one"]`, "b")
	tab.Until("a menu tells the bot", lastText+`.includes("pressed one b")`)
	tab.Pick(`select[data-custom="who"]`, "@Bruno")
	tab.Until("a menu of people tells the bot", lastText+`.includes("pressed who")`)
	tab.Click("details.many summary")
	tab.Click(`details.many input[value="l"]`)
	tab.Click(`details.many input[value="u"]`)
	tab.Until("no third can be picked", `document.querySelector('details.many input[value="r"]').disabled`)
	tab.Click("details.many .button")
	tab.Until("a menu of several tells the bot", lastText+`.includes("pressed many l+u")`)
	tab.Shot("components")
}

func TestModals(t *testing.T) {
	t.Parallel()
	tab := open(t, newStage(t), "?user=ana")
	command(tab, "/ask")
	tab.Until("the dialog is open", `document.querySelector("dialog.modal[open]")`)
	tab.Until("it has a name", `document.getElementById(document.querySelector("dialog").getAttribute("aria-labelledby")).textContent === "Tell me"`)
	tab.Shot("modal")
	tab.Click(`dialog button[type=submit]`)
	tab.Until("what is required is asked for", `document.querySelector("dialog[open] input:invalid")`)
	tab.Focus(`dialog [data-custom="name"]`)
	tab.Keys("Marta")
	tab.Keys(kb.Enter)
	tab.Until("the bot has it", lastText+`.includes("You are Marta")`)
	tab.Until("the dialog is gone", `!document.querySelector("dialog")`)
	// Escape closes one, and nothing is sent.
	command(tab, "/ask")
	tab.Until("the dialog is open again", `document.querySelector("dialog[open]")`)
	tab.Keys(kb.Escape)
	tab.Until("Escape closes it", `!document.querySelector("dialog")`)
}

func TestCommandsAreTyped(t *testing.T) {
	t.Parallel()
	tab := open(t, newStage(t), "?user=ana")
	tab.Focus("#say")
	tab.Keys("/")
	tab.Until("all are listed", `document.querySelectorAll('[role="option"]').length === 7`)
	tab.Until("subcommands are flat", `document.querySelector(".suggest").innerText.includes("/set language")`)
	tab.Keys(kb.ArrowDown)
	tab.Until("the field names the active one", `document.querySelector("#say").getAttribute("aria-activedescendant") === "suggest-1"`)
	tab.Keys(kb.Escape)
	tab.Until("Escape closes the list", `document.querySelector(".suggest").hidden`)
	tab.Keys("find ")
	tab.Until("a field has the focus", `document.activeElement.dataset.option === "what"`)
	tab.Keys(kb.Enter)
	tab.Until("what is required is asked for", `document.querySelector(".composer .error").textContent.includes("required") && document.querySelector(".field.wrong")`)
	tab.Keys("egg")
	tab.Until("the bot suggests", `document.querySelector(".suggest").innerText.includes("egg the second")`)
	tab.Keys(kb.ArrowDown)
	tab.Keys(kb.ArrowDown)
	tab.Keys(kb.Tab)
	tab.Until("the choice is taken", `document.querySelector('[data-option="what"]').value === "egg the second"`)
	tab.Click(`[data-offer="count"]`)
	tab.Keys("12")
	tab.Keys(kb.Enter)
	tab.Until("a number out of range is refused", `document.querySelector(".composer .error").textContent.includes("1 to 9")`)
	tab.Keys(kb.Backspace)
	tab.Click(`[data-offer="mode"]`)
	tab.Until("its choices are there", `document.querySelector(".suggest").innerText.includes("Careful")`)
	tab.Keys("car")
	tab.Keys(kb.Enter)
	tab.Until("the choice is in", `document.querySelector('[data-option="mode"]').value === "Careful"`)
	tab.Shot("typing")
	tab.Keys(kb.Enter)
	tab.Until("all of it arrives", lastText+`.includes('found') && `+lastText+`.includes('"id-2"') && `+lastText+`.includes('"value":1') && `+lastText+`.includes('"c"')`)
	// Text that is no command is not sent.
	tab.Keys("hello")
	tab.Keys(kb.Enter)
	tab.Until("plain text is explained", `document.querySelector(".composer .error").textContent.includes("Begin with /")`)
}

func TestAnswersOfAllKinds(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	tab, other := open(t, s, "?user=ana"), open(t, s, "?user=bruno")
	other.Until("another tab is another user, in their language", `document.documentElement.lang === "es" && document.querySelector("#user").value === "bruno"`)
	command(tab, "/whisper")
	tab.Until("only one sees it", lastText+`.includes("Only you can see this")`)
	tab.Click(`.msg.only .plain`)
	tab.Until("it can be dismissed", `!document.querySelector(".msg.only")`)
	command(tab, "/slow")
	tab.Until("the bot thinks", `document.querySelector('.msg[data-kind="thinking"]')?.innerText.includes("is thinking")`)
	other.Until("the other sees it think", `document.querySelector('.msg[data-kind="thinking"]')?.innerText.includes("está pensando")`)
	if text := browser.Get[string](other, "document.querySelector('#log').innerText"); strings.Contains(text, "psst") {
		t.Error("another user reads what is not theirs")
	}
	s.finish <- struct{}{}
	other.Until("the answer comes", lastText+`.includes("at last")`)
	command(tab, "/silent")
	tab.Until("an answer that never comes is told", lastText+`.includes("did not respond")`)
	other.Focus("#say")
	other.Keys("/sho")
	other.Until("commands are described in Spanish", `document.querySelector(".suggest").innerText.includes("Muestra todo")`)
	// The other goes on as somebody else in the same tab.
	other.Pick("#user", "carla")
	other.Until("the user is another one", `document.documentElement.lang === "en" && new URL(location).searchParams.get("user") === "carla"`)
	other.Click(".server.home")
	other.Until("direct messages have their place", `document.querySelector("#chat-head").innerText.includes("atril")`)
	other.Click(`.server[aria-label="demo"]`)
	other.Until("and back", `document.querySelector("#log").innerText.includes("at last")`)
	for _, x := range []*browser.Tab{tab, other} {
		if text := browser.Get[string](x, `document.body.innerText.match(/\b(null|undefined|NaN|\[object)\b/)?.[0] || ""`); text != "" {
			t.Errorf("the page shows %q", text)
		}
	}
	other.Click("#drawer-button")
	other.Click("#reset")
	other.Click("dialog .button.danger")
	other.Until("the world is as at first", `document.querySelector("#log").innerText.includes("This is the beginning of #general")`)
	tab.Until("for everybody", `document.querySelector("#log").innerText.includes("This is the beginning of #general")`)
}
