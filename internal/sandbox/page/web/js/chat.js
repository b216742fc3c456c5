// The messages of the place that is shown.
import { $, h, keepFocus } from "./dom.js";
import { icon } from "./icons.js";
import { t, relative } from "./i18n.js";
import { state, on, channel, bot, me, placeName, voiceOf } from "./state.js";
import { sound } from "./sound.js";
import { message } from "./message.js";
import { drawerButton } from "./drawer.js";

const dismissed = new Set();
const waiting = new Set(); // messages that change while a menu of theirs is used
let log;

const nearEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 120;

function render(m) {
  return message(m, () => {
    dismissed.add(m.message.id);
    state.messages.delete(m.message.id);
    document.getElementById("m" + m.message.id)?.remove();
    $("say")?.focus();
  });
}

function empty() {
  return h("li", { class: "empty" }, icon(state.guild ? "hash" : "chat", 40), h("p", { class: "empty-title", text: state.denied ? t("msg.denied") : t("msg.empty", { name: placeName() }) }),
    !state.denied && h("p", { text: t("msg.emptyhint") }));
}

// whole renders every message.
function whole() {
  log.setAttribute("aria-label", t("app.messages", { name: placeName() }));
  const list = [...state.messages.values()].filter((m) => !dismissed.has(m.message.id))
    .sort((a, b) => a.message.id.length - b.message.id.length || (a.message.id < b.message.id ? -1 : 1));
  keepFocus(log, () => log.replaceChildren(...(list.length ? list.map(render) : [empty()])));
  log.scrollTop = log.scrollHeight;
}

// one renders a message that came, changed or went.
function one(id) {
  const old = document.getElementById("m" + id);
  const m = state.messages.get(id);
  if (!m || dismissed.has(id)) {
    old?.remove();
    if (!log.children.length) log.append(empty());
    return;
  }
  if (old?.querySelector("select:focus, details[open]")) {
    waiting.add(id);
    return;
  }
  const end = nearEnd();
  // Replacing an element that has the focus would lose it.
  const key = old?.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  const fresh = render(m);
  if (old) old.replaceWith(fresh);
  else {
    log.querySelector(".empty")?.remove();
    log.append(fresh);
  }
  if (key) [...fresh.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key)?.focus({ preventScroll: true });
  if (end) log.scrollTop = log.scrollHeight;
}

// soundButton is what a phone shows of the sound while the channels are hidden.
function soundButton() {
  const s = sound.status();
  if (!me() || s.unable || !state.world.guilds.some((g) => voiceOf(me().id, g.id))) return null;
  const label = t(!s.on ? "sound.on" : sound.muted ? "sound.unmute" : "sound.mute");
  return h("button", { type: "button", class: "tool only-small" + (s.on ? "" : " asks"), id: "sound-small", "aria-label": label, title: label,
    onclick: () => (s.on ? sound.setMuted(!sound.muted) : sound.turnOn()) }, icon(s.on && !sound.muted ? "speaker" : "quiet"));
}

function head() {
  const c = channel();
  keepFocus($("chat-head"), () => $("chat-head").replaceChildren(
    h("button", { type: "button", class: "tool only-small", "aria-label": t("app.servers"), onclick: () => document.body.classList.toggle("show-places") }, icon("menu")),
    icon(state.guild ? "hash" : "chat"), h("h2", { class: "title", text: state.guild ? c?.name || "" : bot(state.channel)?.name || "" }),
    h("span", { class: "stretch" }), soundButton() || "",
    h("button", { type: "button", class: "tool", "aria-label": t("app.members"), title: t("app.members"), id: "people-button", onclick: () => {
      document.body.classList.toggle(matchMedia("(max-width: 1099px)").matches ? "show-people" : "hide-people");
    } }, icon("people")),
    drawerButton()));
  document.title = placeName() + " · Sandbox";
}

export function chat() {
  log = $("log");
  // Whoever reads the newest goes on reading it when the room changes.
  let atEnd = true;
  log.addEventListener("scroll", () => { atEnd = nearEnd(); }, { passive: true });
  new ResizeObserver(() => {
    if (atEnd) log.scrollTop = log.scrollHeight;
  }).observe(log);
  log.addEventListener("focusout", () => {
    // What changed while a menu was used is shown now.
    setTimeout(() => {
      for (const id of [...waiting]) {
        waiting.delete(id);
        one(id);
      }
    });
  });
  log.addEventListener("change", (e) => {
    if (e.target.matches("select")) e.target.blur();
  });
  on("messages", (id) => (id ? one(id) : whole()));
  on("place voice", () => state.user && head());
  on("sound", () => {
    const now = $("sound-small"), next = soundButton();
    if (now && next && now.getAttribute("aria-label") !== next.getAttribute("aria-label")) now.replaceWith(next);
  });
  on("connection", () => {
    $("banner").hidden = state.online;
    $("banner").textContent = t("app.lost");
  });
  setInterval(() => {
    for (const e of log.querySelectorAll("time[data-relative]")) e.textContent = relative(new Date(Number(e.dataset.relative)));
  }, 5000);
}
