// What the nodes are told to play, and how the bots are connected.
import { clock, h } from "./dom.js";
import { t } from "./i18n.js";
import { on, state, title, who } from "./state.js";

let root;
let moving = []; // [element, player]

const position = (p) => {
  const ms = p.sounding && !p.paused ? p.position_ms + (Date.now() - p.at_ms) * p.speed : p.position_ms;
  const end = p.track.is_stream || !p.track.length_ms ? t("nodes.live") : clock(p.track.length_ms);
  return clock(p.track.length_ms ? Math.min(ms, p.track.length_ms) : ms) + " / " + end;
};

function player(p) {
  const g = state.world.guilds.find((x) => x.id === p.guild);
  const c = g?.channels.find((x) => x.id === p.channel);
  const at = p.track && h("span", { class: "count", text: position(p) });
  if (at) moving.push([at, p]);
  const how = p.paused ? "nodes.paused" : p.sounding ? "nodes.sounding" : "nodes.silent";
  return h("li", { class: "player" }, h("p", {}, h("b", { text: p.track?.title || t("nodes.idle") }), " ", at),
    h("p", { class: "hint", text: [title(who(p.user)?.name || p.user), g?.name, c && c.name, t(how), t("nodes.volume", { n: p.volume }),
      p.speed !== 1 && t("nodes.speed", { n: Math.round(p.speed * 100) / 100 })].filter(Boolean).join(" · ") }));
}

function node(n) {
  const players = state.nodes.get(n.name) || [];
  const down = (state.faults || []).some((f) => f.name === "node.down" && f.active?.some((a) => !a.node || a.node === n.name));
  return h("div", { class: "node", "data-node": n.name }, h("p", {}, h("b", { text: n.name }), h("span", { class: "mark " + (down ? "bad" : "good"), text: t(down ? "nodes.down" : "nodes.up") }),
    h("span", { class: "count", text: t("nodes.players", { n: players.length }) })), players.length > 0 && h("ul", {}, players.map(player)));
}

function render() {
  if (!state.world) return;
  moving = [];
  root.replaceChildren(h("h3", { class: "drawer-title", text: t("nodes.title") }), ...state.world.nodes.map(node),
    ...state.world.bots.map((b) => h("p", { class: "hint", text: t("nodes.sessions", { name: b.name, n: b.connected, all: b.sessions }) })));
}

export function nodes(element) {
  root = element;
  on("players faults world place", render);
  setInterval(() => {
    if (root.closest("[hidden]")) return;
    for (const [e, p] of moving) e.textContent = position(p);
  }, 500);
}
