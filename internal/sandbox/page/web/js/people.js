// The members of the guild, by where they are, and bots that can be invited.
import { $, h, keepFocus } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { api } from "./api.js";
import { guild, isVoice, me, on, state, title } from "./state.js";
import { place } from "./live.js";
import { avatar } from "./message.js";
import { walk } from "./places.js";
import { tellError } from "./self.js";

function person(g, u) {
  const v = g.voice.find((x) => x.user_id === u.id);
  const choose = h("select", { class: "where", "aria-label": t("voice.of", { name: title(u.name) }), "data-key": "w" + u.id, "data-walk": u.name,
    onchange: () => walk(u.name, choose.value) },
  h("option", { value: "", text: t("voice.none"), selected: !v }),
  g.channels.filter(isVoice).map((c) => h("option", { value: c.id, text: c.name, selected: v?.channel_id === c.id })));
  return h("li", { class: "person" }, avatar(u.name, false, 32), h("div", { class: "grow" },
    h("p", {}, h("b", { text: title(u.name) }), u.id === me()?.id && h("span", { class: "you", text: t("people.you") }), h("span", { class: "locale", text: u.locale })), choose));
}

function botRow(g, b) {
  const v = g?.voice.find((x) => x.user_id === b.application_id);
  const c = v && g.channels.find((x) => x.id === v.channel_id);
  return h("li", { class: "person" }, avatar(b.name, true, 32), h("div", { class: "grow" },
    h("p", {}, h("b", { text: title(b.name) }), h("span", { class: "tag", text: t("msg.bot") })),
    h("p", { class: "hint", text: c ? c.name : t("voice.none") })),
  h("button", { type: "button", class: "tool", "aria-label": t("people.dm", { name: b.name }), title: t("people.dm", { name: b.name }), "data-key": "d" + b.application_id, onclick: () => {
    document.body.classList.remove("show-people");
    place({ guild: "", channel: b.application_id });
  } }, icon("chat", 18)));
}

function away(b) {
  return h("li", { class: "person" }, avatar(b.name, true, 32), h("div", { class: "grow" }, h("p", {}, h("b", { text: title(b.name) }))),
    h("button", { type: "button", class: "button secondary", text: t("people.invite"), "data-key": "i" + b.application_id,
      onclick: () => api.invite(b.name, guild().name).then(() => tellError(""), (e) => tellError(e.message)) }));
}

function render() {
  const g = guild();
  if (!state.world) return;
  const users = state.world.users.filter((u) => !g || g.members.includes(u.name));
  const bots = state.world.bots.filter((b) => !g || g.members.includes(b.name));
  const missing = g ? state.world.bots.filter((b) => !g.members.includes(b.name)) : [];
  const part = (heading, items) => items.length > 0 && h("section", {}, h("h2", { class: "heading" }, heading), h("ul", {}, items));
  const kids = [h("header", { class: "head" }, h("h2", { class: "title", text: t("app.members") }), h("span", { class: "stretch" }),
    h("button", { type: "button", class: "tool only-medium", "aria-label": t("app.close"), onclick: () => document.body.classList.remove("show-people") }, icon("close"))),
  part(t("people.online") + " — " + users.length, g ? users.map((u) => person(g, u)) : users.filter((u) => u.id === me()?.id).map((u) => h("li", { class: "person" }, avatar(u.name, false, 32), h("b", { text: title(u.name) })))),
  part(t("people.bots") + " — " + bots.length, bots.map((b) => botRow(g, b))),
  part(t("people.away"), missing.map(away))].filter(Boolean);
  keepFocus($("people"), () => $("people").replaceChildren(...kids));
}

export function people() {
  on("world place voice", () => state.user && render());
}
