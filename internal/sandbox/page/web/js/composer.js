// Where one types: a slash lists the commands, a command has fields.
import { $, h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { api } from "./api.js";
import { emit, on, placeName, state } from "./state.js";
import { avatar, localNote } from "./message.js";
import { all, line, matching, split } from "./commands.js";
import { Field } from "./fields.js";
import { Listbox } from "./listbox.js";
import { openModal } from "./modal.js";
import { where } from "./live.js";

class Composer {
  constructor(root) {
    this.list = new Listbox();
    this.command = null;
    this.fields = [];
    this.say = h("input", {
      type: "text", id: "say", class: "say", role: "combobox", "aria-expanded": "false", "aria-controls": "suggest", "aria-autocomplete": "list",
      spellcheck: "false", autocapitalize: "none", autocomplete: "off", maxlength: 4000, enterkeyhint: "send",
    });
    this.slots = h("div", { class: "slots" }, this.say);
    this.more = h("div", { class: "more" });
    this.below = h("p", { class: "hint", id: "field-hint" });
    this.alert = h("p", { class: "error", role: "alert" });
    this.button = h("button", { type: "submit", class: "tool send" }, icon("send"));
    this.form = h("form", { class: "composer", autocomplete: "off", novalidate: true }, this.list.box, h("div", { class: "bar" }, this.slots, this.button),
      h("div", { class: "under" }, this.alert, this.below, this.more));
    root.replaceChildren(this.form);
    this.form.addEventListener("submit", (e) => {
      e.preventDefault();
      this.submit();
    });
    this.form.addEventListener("keydown", (e) => this.key(e));
    // Enter is answered where it goes down: the field that has the focus then may
    // be another one when the browser would send the form by itself.
    this.form.addEventListener("keypress", (e) => e.key === "Enter" && e.target.tagName === "INPUT" && e.preventDefault());
    this.say.addEventListener("input", () => this.typed());
    this.say.addEventListener("focus", () => this.typed());
    this.say.addEventListener("blur", () => this.list.hide());
    on("place", () => this.reset(false));
    this.words();
  }

  words() {
    this.say.placeholder = t("say.place");
    this.say.setAttribute("aria-label", t("say.label", { name: placeName() }));
    this.button.setAttribute("aria-label", t("say.send"));
  }

  hint(text) { this.below.textContent = text; }

  error(text) { this.alert.textContent = text; }

  // reset goes back to the plain field.
  reset(focus) {
    this.command = null;
    this.fields = [];
    this.say.value = "";
    this.slots.replaceChildren(this.say);
    this.more.replaceChildren();
    this.hint("");
    this.error("");
    this.list.hide();
    this.words();
    if (focus) this.say.focus();
  }

  typed() {
    const text = this.say.value;
    this.error("");
    if (!text.startsWith("/")) return this.list.hide();
    // A whole command with something behind it is taken as it is.
    const typed = text.slice(1);
    const whole = all().filter((c) => typed.startsWith(c.path + " ")).sort((a, b) => b.path.length - a.path.length)[0];
    if (whole) return this.enter(whole, split(whole, typed.slice(whole.path.length)));
    this.list.show(this.say, t("say.commands"), t("say.keys"), matching(typed).map((c) => ({
      label: "/" + c.path, detail: c.description, side: c.botName, node: avatar(c.botName || "?", true, 24), command: c,
    })), 0, (o) => this.enter(o.command));
  }

  // enter takes a command: its required options are fields, the others offered.
  enter(command, values = new Map()) {
    this.reset(false);
    this.command = command;
    const chip = h("span", { class: "chip", text: "/" + command.path });
    this.slots.replaceChildren(chip);
    for (const o of command.options) if (o.required || values.has(o.name)) this.add(o, values.get(o.name));
    if (!this.fields.length) {
      // The chip needs something that has the focus, for Enter and Escape.
      // What is typed there is for the first option, if there is one.
      const bare = h("input", { class: "field-input bare", "aria-label": "/" + command.path, autocomplete: "off", id: "bare", oninput: () => {
        const text = bare.value.trim();
        bare.value = "";
        if (!text || !command.options.length) return;
        const f = this.add(command.options[0]);
        this.offer();
        f.input.value = text;
        f.input.focus();
        f.suggest();
      } });
      this.slots.append(bare);
    }
    this.offer();
    this.hint(command.description);
    const first = this.fields.find((f) => f.empty) || this.fields.at(-1);
    (first?.input || $("bare")).focus();
  }

  add(option, value) {
    const f = new Field(this, option, value);
    this.fields.push(f);
    $("bare")?.remove();
    this.slots.append(f.box);
    return f;
  }

  offer() {
    const left = this.command.options.filter((o) => !this.fields.some((f) => f.option.name === o.name));
    this.more.replaceChildren(...left.map((o) => h("button", {
      type: "button", class: "offer", "aria-label": t("say.more", { name: o.name }), title: o.description, "data-offer": o.name, onclick: () => {
        const f = this.add(o);
        this.offer();
        f.input.focus();
      },
    }, icon("plus", 14), o.name)));
  }

  // next goes on to the next field that must be filled in.
  next(from) {
    const at = this.fields.indexOf(from);
    const f = this.fields.slice(at + 1).find((x) => x.empty && x.option.required);
    if (f) f.input.focus();
  }

  values(except) {
    return this.fields.filter((f) => f !== except && !f.empty && !f.wrong()).map((f) => [f.option.name, f.value]);
  }

  key(e) {
    if (e.isComposing) return;
    if (this.list.open && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      e.preventDefault();
      this.list.move(e.key === "ArrowDown" ? 1 : -1);
    } else if (this.list.active && (e.key === "Enter" || e.key === "Tab" && !e.shiftKey)) {
      e.preventDefault();
      this.list.pick(this.list.active);
    } else if (e.key === "Escape") {
      e.preventDefault();
      if (this.list.open) this.list.hide();
      else this.reset(true);
    } else if (e.key === "Backspace" && this.command && e.target.value === "") {
      e.preventDefault();
      this.drop(e.target);
    } else if (e.key === "Enter" && e.target.tagName === "INPUT") {
      e.preventDefault();
      this.submit();
    }
  }

  // drop takes an empty optional field away, or else the command.
  drop(input) {
    const f = this.fields.find((x) => x.input === input);
    if (!f || f.option.required) {
      const path = this.command.path;
      this.reset(true);
      this.say.value = "/" + path;
      return this.typed();
    }
    this.fields.splice(this.fields.indexOf(f), 1);
    f.box.remove();
    this.offer();
    if (!this.fields.length) return this.enter(this.command);
    this.fields.at(-1).input.focus();
  }

  submit() {
    if (!this.command) {
      const typed = this.say.value.trim();
      if (!typed) return;
      const exact = typed.startsWith("/") && all().find((c) => c.path === typed.slice(1));
      if (!exact) return this.error(typed.startsWith("/") ? t("say.unknown") : t("say.plain"));
      this.enter(exact);
      if (exact.options.some((o) => o.required)) return;
    }
    for (const f of this.fields) {
      const wrong = f.wrong();
      if (wrong) {
        f.bad(wrong);
        f.input.focus();
        return;
      }
    }
    this.send(this.command, this.values());
  }

  // send types the command; what was refused comes back into the fields.
  async send(command, values) {
    const at = where();
    this.reset(true);
    try {
      const r = await api.send({ ...at, bot: command.bot, line: line(command, values) });
      if (r.modal) return openModal(r.modal);
      if (r.state === "failed" && at.channel === state.channel) {
        const note = localNote(t("msg.noanswer"), command.path);
        state.messages.set(note.message.id, note);
        emit("messages", note.message.id);
      }
    } catch (e) {
      if (!this.command && !this.say.value) this.enter(command, new Map(values));
      this.error([e.message, e.hint].filter(Boolean).join(" — "));
    }
  }
}

export function composer() {
  const c = new Composer($("compose"));
  on("commands", () => c.say === document.activeElement && c.typed());
  // A slash anywhere leads to the field, as in Discord.
  document.addEventListener("keydown", (e) => {
    if (e.key !== "/" || e.ctrlKey || e.metaKey || e.target.closest("input, textarea, select, dialog")) return;
    e.preventDefault();
    c.reset(true);
    c.say.value = "/";
    c.typed();
  });
}
