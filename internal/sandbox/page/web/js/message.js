// One message as Discord shows it.
import { h, hue } from "./dom.js";
import { icon } from "./icons.js";
import { t, time, stamp } from "./i18n.js";
import { api } from "./api.js";
import { me, state, title } from "./state.js";
import { markdown } from "./markdown.js";
import { embed } from "./embed.js";
import { components } from "./components.js";
import { openModal } from "./modal.js";
import { where } from "./live.js";

const flagEphemeral = 64, flagLoading = 128;

// avatar is drawn: a disc in the colour of the name.
export function avatar(name, isBot, size) {
  return h("span", { class: "avatar" + (isBot ? " bot" : ""), css: { "--hue": String(hue(name)), ...(size ? { "--size": size + "px" } : {}) }, "aria-hidden": "true" },
    isBot ? icon("wave", Math.round((size || 40) * 0.55)) : name.slice(0, 1).toUpperCase());
}

function when(at) {
  const today = new Date().toDateString() === at.toDateString();
  return h("time", { datetime: at.toISOString(), title: stamp(at, "F"), text: today ? t("msg.today", { time: time(at) }) : stamp(at, "f") });
}

// use presses a component and says so where nothing answers.
async function use(m, note, c, values) {
  note.textContent = "";
  const at = where();
  try {
    const r = await api.click({ ...at, message: m.id, custom_id: c.custom_id, label: "", values });
    if (r.modal) openModal(r.modal);
    else if (r.state === "failed") note.textContent = t("msg.failed");
  } catch (e) {
    note.textContent = e.status === 404 ? t("msg.failed") : [e.message, e.hint].filter(Boolean).join(" — ");
  }
}

function head(m) {
  const ref = m.interaction_metadata || m.interaction;
  if (m.referenced_message) {
    const r = m.referenced_message;
    return h("p", { class: "used" }, avatar(r.author.username, r.author.bot, 16), h("b", { text: title(r.author.username) }), " ", h("span", { text: r.content.slice(0, 90) }));
  }
  if (!ref?.user || !(m.interaction?.name || ref.name)) return null;
  return h("p", { class: "used" }, avatar(ref.user.username, false, 16), t("msg.used", { name: title(ref.user.username) }), " ",
    h("code", { text: "/" + (m.interaction?.name || ref.name) }));
}

// message renders a message. dismiss() takes an ephemeral one away.
export function message({ message: m, ephemeral }, dismiss) {
  const name = m.author.global_name || m.author.username;
  const only = ephemeral || (m.flags & flagEphemeral) !== 0;
  const thinking = (m.flags & flagLoading) !== 0;
  const note = h("p", { class: "error", role: "alert" });
  const pings = !m.author.bot ? false : (m.mentions || []).some((u) => u.id === me()?.id);
  return h("li", {
    class: "msg" + (only ? " only" : "") + (pings ? " pings" : ""), id: "m" + m.id, "data-id": m.id,
    "data-kind": thinking ? "thinking" : m.components?.length ? "panel" : null,
  },
  head(m), avatar(m.author.username, m.author.bot),
  h("div", { class: "msg-body" },
    h("p", { class: "msg-head" }, h("b", { class: "name", text: name }), m.author.bot && h("span", { class: "tag", text: t("msg.bot") }), when(new Date(m.timestamp))),
    thinking ? h("p", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), t("msg.thinking", { name }))
      : h("div", { class: "text" }, m.content && markdown(m.content), m.content && m.edited_timestamp && h("span", { class: "edited", text: " " + t("msg.edited") })),
    (m.embeds || []).map(embed),
    components(m.components, (c, values) => use(m, note, c, values)), note,
    (m.attachments || []).map((a) => h("p", { class: "file", text: a.filename })),
    only && h("p", { class: "foot" }, icon("eye", 14), t("msg.only"), " · ",
      h("button", { type: "button", class: "plain", text: t("msg.dismiss"), "data-key": "dismiss" + m.id, onclick: dismiss }))));
}

// local is a note that only the page makes, as when nothing answered.
export function localNote(text, command) {
  return { message: {
    id: "local" + Date.now(), author: { username: "sandbox", global_name: null, bot: true }, timestamp: new Date().toISOString(), edited_timestamp: null,
    content: text, flags: flagEphemeral, embeds: [], components: [], attachments: [],
    interaction: { name: command, user: { username: state.user } }, interaction_metadata: { user: { username: state.user } },
  }, ephemeral: true };
}
