// Who one is, the theme, and the state of one's voice and sound.
import { $, h, keepFocus } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { guild, me, on, state, title, voiceOf } from "./state.js";
import { place } from "./live.js";
import { avatar } from "./message.js";
import { nextTheme, themeIcon, themeName } from "./theme.js";
import { sound } from "./sound.js";
import { walk } from "./places.js";

let problem = "";

// tellError shows what was refused beside the voice panel.
export function tellError(text) {
  problem = text;
  self();
}

function self() {
  const u = me();
  if (!u) return;
  const choose = h("select", { class: "who", id: "user", "aria-label": t("self.user"), "data-key": "user", onchange: () => place({ user: choose.value }) },
    state.world.users.map((x) => h("option", { value: x.name, text: title(x.name), selected: x.name === state.user })));
  const other = new URL(location.href);
  other.searchParams.set("user", state.world.users[(state.world.users.indexOf(u) + 1) % state.world.users.length].name);
  const themeButton = h("button", { type: "button", class: "tool", id: "theme", "data-key": "theme", "aria-label": themeName(), title: themeName(), onclick: () => {
    nextTheme();
    self();
  } }, icon(themeIcon()));
  keepFocus($("self"), () => $("self").replaceChildren(
    ...(problem ? [h("p", { class: "error wide", role: "alert", text: problem })] : []),
    avatar(u.name, false, 36), h("span", { class: "grow stack" }, choose, h("span", { class: "locale", text: u.locale })),
    h("a", { class: "tool", href: other.href, target: "_blank", rel: "noopener", "aria-label": t("self.new"), title: t("self.new") }, icon("link", 18)), themeButton));
}

// voice is the panel of who is in voice: what is heard, and how loud.
function voice() {
  const panel = $("voice-panel");
  const v = guild() && voiceOf(me()?.id, state.guild);
  panel.hidden = !v;
  if (!v) return panel.replaceChildren();
  const c = guild().channels.find((x) => x.id === v.channel_id);
  const s = sound.status();
  const title1 = s.titles.length ? s.titles.join(" · ") : s.paused ? t("sound.paused", { title: s.paused }) : t("sound.silent");
  const volume = h("input", { type: "range", id: "volume", min: 0, max: 100, step: 1, value: String(Math.round(sound.volume * 100)), "aria-label": t("sound.volume"), "data-key": "volume",
    oninput: () => sound.setVolume(volume.value / 100) });
  const old = panel.querySelector("canvas");
  const canvas = old || h("canvas", { class: "visual", width: 232, height: 40, "aria-hidden": "true" });
  keepFocus(panel, () => panel.replaceChildren(
    h("p", { class: "voice-at" }, h("span", { class: "good", text: t("voice.connected") }), h("span", { class: "grow", text: c?.name || "" }),
      h("button", { type: "button", class: "tool", id: "leave", "data-key": "leave", "aria-label": t("voice.leave"), title: t("voice.leave"), onclick: () => walk(state.user, "") }, icon("leave"))),
    canvas, h("p", { class: "sounding", id: "sounding", text: title1 }),
    s.on ? h("div", { class: "sound-bar" },
      h("button", { type: "button", class: "tool", id: "mute", "data-key": "mute", "aria-pressed": String(sound.muted), "aria-label": t(sound.muted ? "sound.unmute" : "sound.mute"), title: t(sound.muted ? "sound.unmute" : "sound.mute"),
        onclick: () => sound.setMuted(!sound.muted) }, icon(sound.muted ? "quiet" : "speaker")), volume)
      : h("button", { type: "button", class: "button primary wide", id: "sound-on", "data-key": "sound-on", disabled: s.unable, onclick: () => sound.turnOn() },
        icon("speaker", 18), t(s.unable ? "sound.none" : "sound.on"))));
  if (!old) sound.draw(canvas);
}

export function selfPanel() {
  on("world place", self);
  on("world place voice sound", () => state.user && voice());
  on("place", () => { problem = ""; });
}

