// What can be broken on purpose, by area.
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { api } from "./api.js";
import { guild, on, state } from "./state.js";
import { loadFaults } from "./live.js";
import { confirm } from "./modal.js";

const areas = ["gateway", "rest", "voice", "node"];
const typed = new Map(); // what was filled in, by fault and argument
let root, note;

async function act(what, done) {
  note.textContent = "";
  note.className = "hint";
  try {
    await what();
    note.textContent = done;
  } catch (e) {
    note.className = "error";
    note.textContent = [e.message, e.hint].filter(Boolean).join(" — ");
  }
  await loadFaults();
}

// known suggests values for arguments that name something of the world.
function known(name) {
  const g = guild() || state.world?.guilds[0];
  switch (name) {
    case "guild": return state.world.guilds.map((x) => x.name);
    case "channel": case "to": return g.channels.filter((c) => c.type !== 0).map((c) => c.name);
    case "bot": return state.world.bots.map((b) => b.name);
    case "user": return state.world.users.map((u) => u.name);
    case "node": return state.world.nodes.map((n) => n.name);
    default: return [];
  }
}

function start(f, a) {
  const key = f.name + " " + a.name;
  if (typed.has(key)) return typed.get(key);
  if (a.default) return a.default;
  if (!a.required) return "";
  return a.name === "guild" ? guild()?.name || "" : known(a.name)[0] || "";
}

function argument(f, a, args) {
  const values = a.values?.length ? a.values : known(a.name);
  const key = f.name + " " + a.name;
  const now = start(f, a);
  args.set(a.name, now);
  const change = (e) => {
    args.set(a.name, e.target.value);
    typed.set(key, e.target.value);
  };
  const common = { "data-arg": a.name, "data-key": key, onchange: change, oninput: change };
  const input = values.length
    ? h("select", common, !a.required && h("option", { value: "", text: t("faults.any"), selected: now === "" }), values.map((v) => h("option", { value: v, text: v, selected: v === now })))
    : h("input", { ...common, type: "text", value: now, autocomplete: "off", spellcheck: "false" });
  return h("label", { class: "argument" }, h("span", {}, a.name, a.required && h("span", { class: "must", text: " *" })), input, a.help && h("small", { text: a.help }));
}

function fault(f, open) {
  const args = new Map();
  const active = f.active || [];
  const name = f.name.slice(f.area.length + 1).replaceAll("_", " ");
  const given = () => Object.fromEntries([...args].filter(([, v]) => v !== ""));
  return h("details", { class: "fault" + (active.length ? " active" : ""), "data-fault": f.name, open },
    h("summary", { "data-key": "s" + f.name }, h("span", { class: "fault-name", text: name }), active.length ? h("span", { class: "mark", text: t("faults.active") }) : h("span", { class: "count", text: t(f.lasting ? "faults.lasting" : "faults.once") })),
    h("p", { text: f.summary }),
    h("div", { class: "arguments" }, (f.args || []).map((a) => argument(f, a, args))),
    h("div", { class: "actions" },
      h("button", { type: "button", class: "button danger", "data-set": f.name, "data-key": "b" + f.name, text: t("faults.set"), onclick: () => act(() => api.setFault(f.name, given()), t("faults.done", { name: f.name })) })),
    active.map((a) => h("p", { class: "set" }, h("code", { text: Object.entries(a).map(([k, v]) => k + "=" + v).join(" ") || f.name }),
      h("button", { type: "button", class: "button secondary", "data-clear": f.name, text: t("faults.clear"), onclick: () => act(() => api.clearFault(f.name, a), t("faults.done", { name: f.name })) }))));
}

function render() {
  const openNow = new Set([...root.querySelectorAll("details[open]")].map((d) => d.dataset.fault));
  const focus = document.activeElement?.closest("#faults") ? document.activeElement.dataset.key : null;
  const list = state.faults || [];
  const parts = areas.concat([...new Set(list.map((f) => f.area))].filter((a) => !areas.includes(a))).map((area) => {
    const of = list.filter((f) => f.area === area);
    return of.length > 0 && h("div", { class: "area" }, h("h3", { class: "heading", text: t("area." + area) }), of.map((f) => fault(f, openNow.has(f.name))));
  }).filter(Boolean);
  root.replaceChildren(h("h3", { class: "drawer-title" }, t("faults.title")), note,
    h("div", { class: "actions wrap" },
      list.some((f) => f.active?.length) && h("button", { type: "button", class: "button primary", id: "mend-all", text: t("faults.clearall"), onclick: () => act(() => api.clearFaults(), t("faults.clearall")) }),
      h("button", { type: "button", class: "button secondary", id: "reset", onclick: () => confirm(t("reset.ask"), t("reset.button"), () => act(() => api.reset(), "")) }, icon("reset", 16), t("reset.button"))),
    state.faults ? "" : h("p", { class: "hint", text: t("faults.none") }), ...parts);
  if (focus) [...root.querySelectorAll("[data-key]")].find((e) => e.dataset.key === focus)?.focus({ preventScroll: true });
}

export function faults(element) {
  root = element;
  note = h("p", { class: "hint", role: "status", id: "fault-note" });
  on("faults place", () => state.world && render());
}
