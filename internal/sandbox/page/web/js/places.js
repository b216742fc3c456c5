// Servers, channels, direct messages, and who is in voice.
import { $, h, hue, keepFocus } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { api } from "./api.js";
import { bot, guild, isVoice, me, on, state, title, voiceOf, who } from "./state.js";
import { place } from "./live.js";
import { avatar } from "./message.js";
import { tellError } from "./self.js";

// walk moves somebody between voice channels; an empty channel leaves.
export async function walk(user, channel) {
  const now = voiceOf(who(user)?.id, state.guild);
  try {
    if (channel) await api.voice({ action: now ? "move" : "join", guild: state.guild, user, channel });
    else await api.voice({ action: "leave", guild: state.guild, user });
    tellError("");
  } catch (e) {
    tellError([e.message, e.hint].filter(Boolean).join(" — "));
  }
}

function rail() {
  const home = h("button", { type: "button", class: "server home", "aria-current": state.guild ? null : "true", "aria-label": t("places.direct"), title: t("places.direct"), "data-key": "home",
    onclick: () => place({ guild: "", channel: state.world.bots[0].application_id }) }, icon("chat", 22),
  state.world.bots.some((b) => state.unread.has(b.application_id)) && h("span", { class: "dot" }));
  const servers = state.world.guilds.filter((g) => g.members.includes(state.user)).map((g) => h("button", {
    type: "button", class: "server", css: { "--hue": String(hue(g.name)) }, "aria-current": g.id === state.guild ? "true" : null, "aria-label": g.name, title: g.name, "data-key": g.id,
    onclick: () => place({ guild: g.id, channel: "" }),
  }, g.name.slice(0, 1).toUpperCase(), g.id !== state.guild && g.channels.some((c) => state.unread.has(c.id)) && h("span", { class: "dot" })));
  keepFocus($("rail"), () => $("rail").replaceChildren(home, h("hr"), ...servers));
}

// member is somebody in a voice channel. People can be dragged.
function member(v) {
  const p = who(v.user_id);
  if (!p) return null;
  const off = v.suppress || v.mute;
  return h("li", { class: "voice-member", draggable: p.bot ? null : "true", title: p.bot ? null : t("voice.drag"), "data-user": p.name,
    ondragstart: (e) => {
      e.dataTransfer.setData("text/x-user", p.name);
      e.dataTransfer.effectAllowed = "move";
    } },
  avatar(p.name, p.bot, 24), h("span", { class: "grow", text: title(p.name) }), p.id === me()?.id && h("span", { class: "you", text: t("people.you") }),
  p.bot && h("span", { class: "tag", text: t("msg.bot") }), off && icon("quiet", 16));
}

function voiceChannel(g, c) {
  const inside = g.voice.filter((v) => v.channel_id === c.id);
  const mine = inside.some((v) => v.user_id === me()?.id);
  const li = h("li", { class: "voice", "data-voice": c.name,
    ondragover: (e) => {
      if (!e.dataTransfer.types.includes("text/x-user")) return;
      e.preventDefault();
      li.classList.add("over");
    },
    ondragleave: () => li.classList.remove("over"),
    ondrop: (e) => {
      e.preventDefault();
      li.classList.remove("over");
      walk(e.dataTransfer.getData("text/x-user"), c.id);
    } },
  h("button", { type: "button", class: "channel", "aria-current": mine ? "true" : null, "data-key": "v" + c.id,
    "aria-label": t(mine ? "places.here" : "places.join", { name: c.name }), onclick: () => mine || walk(state.user, c.id) },
  icon(c.type === 13 ? "stage" : "speaker", 18), h("span", { class: "grow", text: c.name }),
  c.user_limit ? h("span", { class: "count", text: t("places.full", { n: inside.length, limit: c.user_limit }) }) : null),
  c.status && h("p", { class: "status", text: c.status }),
  inside.length > 0 && h("ul", { class: "voice-members" }, inside.map(member)));
  return li;
}

function textChannel(c) {
  const unread = state.unread.has(c.id);
  return h("li", {}, h("button", { type: "button", class: "channel" + (unread ? " unread" : ""), "aria-current": c.id === state.channel ? "page" : null, "data-key": c.id,
    "aria-label": unread ? t("places.unread", { name: c.name }) : null, onclick: () => {
      document.body.classList.remove("show-places");
      place({ channel: c.id });
    } }, icon("hash", 18), h("span", { class: "grow", text: c.name }), unread && h("span", { class: "dot" })));
}

function channels() {
  const g = guild();
  $("guild-name").textContent = g ? g.name : t("places.direct");
  const list = (heading, items) => h("section", {}, h("h2", { class: "heading", text: heading }), h("ul", {}, items));
  let parts;
  if (g) {
    const sorted = [...g.channels].sort((a, b) => a.position - b.position);
    parts = [list(t("places.text"), sorted.filter((c) => c.type === 0).map(textChannel)), list(t("places.voice"), sorted.filter(isVoice).map((c) => voiceChannel(g, c)))];
  } else {
    parts = [list(t("places.direct"), state.world.bots.map((b) => {
      const unread = state.unread.has(b.application_id);
      return h("li", {}, h("button", { type: "button", class: "channel" + (unread ? " unread" : ""), "aria-current": b.application_id === state.channel ? "page" : null, "data-key": b.application_id,
        onclick: () => {
          document.body.classList.remove("show-places");
          place({ guild: "", channel: b.application_id });
        } }, avatar(b.name, true, 24), h("span", { class: "grow", text: bot(b.application_id).name }), unread && h("span", { class: "dot" })));
    }))];
  }
  keepFocus($("channels"), () => $("channels").replaceChildren(...parts));
}

export function places() {
  on("world place unread", rail);
  on("world place voice unread", () => state.user && channels());
}
