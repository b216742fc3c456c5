// The fields of a command's options: what they suggest, and whether they are
// filled in as Discord's client demands.
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { api } from "./api.js";
import { guild, isVoice, state, title } from "./state.js";
import { Opt, describe, line, optionName } from "./commands.js";
import { where } from "./live.js";

const debounce = 180;

// Field is one option that is being filled in.
export class Field {
  constructor(form, option, value) {
    Object.assign(this, { form, option, picked: null, asked: 0 });
    const numeric = option.type === Opt.integer || option.type === Opt.number;
    this.input = h("input", {
      type: "text", class: "field-input", id: "option-" + option.name, role: "combobox", "aria-expanded": "false", "aria-controls": "suggest",
      "aria-autocomplete": "list", "aria-describedby": "field-hint", inputmode: numeric ? (option.type === Opt.integer ? "numeric" : "decimal") : null,
      spellcheck: "false", autocapitalize: "none", autocomplete: "off", maxlength: 6000, "data-option": option.name,
    });
    if (value !== undefined) this.set(value);
    this.input.addEventListener("input", () => {
      this.picked = null;
      this.bad("");
      this.suggest();
    });
    this.input.addEventListener("focus", () => {
      form.hint(describe(option));
      this.suggest();
    });
    this.input.addEventListener("blur", () => form.list.hide());
    this.box = h("label", { class: "field", for: this.input.id }, h("span", { class: "field-name", text: optionName(option) }), this.input);
  }

  get empty() {
    return this.input.value === "";
  }

  set(value) {
    const c = this.fixed().find((x) => String(x.value) === String(value));
    this.input.value = c ? c.label : value;
    this.picked = c ? String(c.value) : null;
  }

  bad(text) {
    this.box.classList.toggle("wrong", Boolean(text));
    this.input.setAttribute("aria-invalid", String(Boolean(text)));
    this.form.error(text);
  }

  // fixed lists what can be picked without asking the bot.
  fixed() {
    const o = this.option, g = guild();
    if (o.choices?.length) return o.choices.map((c) => ({ label: c.name, value: c.value }));
    const people = () => [...state.world.users.map((u) => ({ label: "@" + title(u.name), value: u.id, key: u.name })),
      ...state.world.bots.map((b) => ({ label: "@" + title(b.name), value: b.application_id, key: b.name }))].filter((x) => !g || g.members.includes(x.key));
    const roles = () => (g?.roles || []).filter((r) => r.id !== g.id).map((r) => ({ label: "@" + r.name, value: r.id }));
    switch (o.type) {
      case Opt.boolean: return [{ label: t("say.true"), value: "true" }, { label: t("say.false"), value: "false" }];
      case Opt.user: return people();
      case Opt.role: return roles();
      case Opt.mentionable: return [...people(), ...roles()];
      case Opt.channel: return (g?.channels || []).filter((c) => !o.channel_types?.length || o.channel_types.includes(c.type))
        .map((c) => ({ label: (isVoice(c) ? "" : "#") + c.name, value: c.id }));
      default: return [];
    }
  }

  suggest() {
    const mine = ++this.asked;
    clearTimeout(this.timer);
    const heading = t("say.options", { name: optionName(this.option) });
    const show = (items, first) => this.form.list.show(this.input, heading, t("say.keys"), items, first, (c) => this.take(c));
    if (this.option.autocomplete) {
      this.timer = setTimeout(() => this.ask(mine, show), debounce);
      return;
    }
    const all = this.fixed();
    if (!all.length) return this.form.list.hide();
    const q = this.picked === null ? this.input.value.toLowerCase() : "";
    const fit = all.filter((c) => c.label.toLowerCase().includes(q));
    show(fit.length ? fit : [{ label: t("say.nooptions"), note: true }], fit.length && this.picked === null ? 0 : -1);
  }

  // ask lets the bot suggest.
  async ask(mine, show) {
    const at = where();
    const values = this.form.values(this).concat([[this.option.name, this.input.value]]);
    const slow = setTimeout(() => mine === this.asked && show([{ label: t("say.loading"), note: true }], -1), 250);
    let items;
    try {
      const r = await api.send({ ...at, bot: this.form.command.bot, line: line(this.form.command, values), focused: this.option.name, wait_ms: 3000 });
      items = r.state === "answered" ? (r.choices || []).map((c) => ({ label: c.name, value: c.value })) : [{ label: t("say.failed"), note: true }];
    } catch {
      items = [{ label: t("say.failed"), note: true }];
    }
    clearTimeout(slow);
    if (mine !== this.asked || document.activeElement !== this.input) return;
    show(items.length ? items : [{ label: t("say.nooptions"), note: true }], -1);
  }

  take(choice) {
    this.input.value = choice.label;
    this.picked = String(choice.value);
    this.bad("");
    clearTimeout(this.timer);
    this.asked++;
    this.form.list.hide();
    this.form.next(this);
  }

  // wrong says what is wrong with what is filled in; nothing where it is right.
  wrong() {
    const o = this.option, v = this.input.value.trim();
    if (v === "") return o.required ? t("say.required") : "";
    if (this.picked !== null) return "";
    if (o.choices?.length || o.type === Opt.boolean || (o.type >= Opt.user && o.type <= Opt.mentionable)) {
      const same = this.fixed().find((c) => c.label.toLowerCase() === v.toLowerCase());
      if (!same) return t("say.choice");
      this.picked = String(same.value);
      return "";
    }
    if (o.type === Opt.integer && !/^-?\d{1,15}$/.test(v)) return t("say.integer");
    if (o.type === Opt.number && !/^-?\d+([.]\d+)?$/.test(v)) return t("say.number");
    if (o.type === Opt.integer || o.type === Opt.number) {
      const lo = o.min_value ?? -Infinity, hi = o.max_value ?? Infinity;
      if (Number(v) < lo || Number(v) > hi) return t("say.range", { min: o.min_value ?? "−∞", max: o.max_value ?? "∞" });
    }
    const n = [...v].length;
    if (o.type === Opt.string && (n < (o.min_length ?? 0) || n > (o.max_length ?? 6000))) return t("say.length", { min: o.min_length ?? 0, max: o.max_length ?? 6000 });
    return "";
  }

  get value() {
    return this.picked ?? this.input.value.trim();
  }
}
