// The part of Discord's markdown that bots write: bold, italics, underline,
// strike-through, spoilers, code, quotes, headings, lists, links, mentions and
// timestamps. Everything becomes nodes; nothing is ever read as HTML.
import { h } from "./dom.js";
import { stamp } from "./i18n.js";
import { guild, state, title, who } from "./state.js";

const inline = [
  [/^\\([\\*_~`|<>[\]()#-])/, (m) => m[1]],
  [/^``([^\n]+?)``(?!`)|^`([^`\n]+)`/, (m) => h("code", { text: m[1] ?? m[2] })],
  [/^<@!?(\d+)>/, (m) => mention("@" + title(who(m[1])?.name || "unknown"))],
  [/^<@&(\d+)>/, (m) => mention("@" + (guild()?.roles.find((r) => r.id === m[1])?.name || "role"))],
  [/^<#(\d+)>/, (m) => mention("#" + (channelName(m[1]) || "unknown"))],
  [/^<\/([^:>\n]+):\d+>/, (m) => mention("/" + m[1])],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, (m) => moment(Number(m[1]) * 1000, m[2])],
  [/^<a?:(\w+):\d+>/, (m) => ":" + m[1] + ":"],
  [/^\[((?:\\.|[^\]\\\n])+)\]\(\s*<?(https?:\/\/[^\s<>]+?)>?\s*\)/, (m) => link(m[2], render(m[1]))],
  [/^<(https?:\/\/[^\s<>]+)>/, (m) => link(m[1], [m[1]])],
  [/^https?:\/\/[^\s<>]+[^\s<>.,:;"')\]!?*_]/, (m) => link(m[0], [m[0]])],
  [/^\*\*\*(?=\S)([\s\S]+?)\*\*\*(?!\*)/, (m) => h("strong", {}, h("em", {}, render(m[1])))],
  [/^\*\*(?=\S)((?:\\.|[^\\])+?)\*\*(?!\*)/, (m) => h("strong", {}, render(m[1]))],
  [/^__(?=\S)((?:\\.|[^\\])+?)__(?!_)/, (m) => h("u", {}, render(m[1]))],
  [/^~~(?=\S)((?:\\.|[^\\])+?)~~/, (m) => h("s", {}, render(m[1]))],
  [/^\|\|((?:\\.|[^\\])+?)\|\|/, (m) => h("span", { class: "spoiler", tabindex: "0" }, render(m[1]))],
  [/^\*(?=\S)((?:\\.|[^\\*])+?)\*/, (m) => h("em", {}, render(m[1]))],
  [/^_(?=\S)((?:\\.|[^\\_])+?)_(?!\w)/, (m) => h("em", {}, render(m[1]))],
];

const mention = (text) => h("span", { class: "mention", text });

function channelName(id) {
  for (const g of state.world.guilds) {
    const c = g.channels.find((x) => x.id === id);
    if (c) return c.name;
  }
  return null;
}

const link = (href, kids) => h("a", { href, target: "_blank", rel: "noopener noreferrer" }, kids);

function moment(ms, style) {
  const at = new Date(ms);
  if (Number.isNaN(at.getTime())) return mention("?");
  const e = h("time", { class: "moment", datetime: at.toISOString(), text: stamp(at, style), title: stamp(at, "F") });
  if (style === "R") e.dataset.relative = String(ms);
  return e;
}

// render turns inline markdown into nodes.
export function render(text) {
  const out = [];
  let plain = "";
  const flush = () => {
    if (plain) out.push(plain);
    plain = "";
  };
  let before = "";
  for (let i = 0; i < text.length;) {
    const rest = text.slice(i);
    // An underscore inside of a word is one.
    const word = rest[0] === "_" && /\w/.test(before);
    const hit = !word && /[\\`<[h*_~|]/.test(rest[0]) && inline.map(([re, f]) => [re.exec(rest), f]).find(([m]) => m);
    if (!hit) {
      plain += rest[0];
      before = rest[0];
      i++;
      continue;
    }
    const [m, make] = hit;
    const node = make(m);
    if (typeof node === "string") plain += node;
    else {
      flush();
      out.push(node);
    }
    i += m[0].length;
    before = m[0].slice(-1);
  }
  flush();
  return out;
}

// markdown turns a whole text into nodes: blocks of code, quotes, headings and
// lists by line.
export function markdown(text) {
  const out = [];
  const parts = String(text).split(/```(?:[\w+-]*\n)?([\s\S]*?)```/);
  parts.forEach((part, i) => {
    if (i % 2) out.push(h("pre", {}, h("code", { text: part.replace(/\n$/, "") })));
    else out.push(...lines(part));
  });
  return out;
}

function lines(text) {
  const out = [];
  let open = null; // a list or a quote that goes on
  const into = (tag) => {
    if (open?.tagName.toLowerCase() !== tag) out.push(open = h(tag));
    return open;
  };
  const all = text.split("\n");
  all.forEach((line, i) => {
    let m;
    if ((m = /^(#{1,3}) (.+)/.exec(line))) {
      open = null;
      out.push(h("p", { class: "h" + m[1].length }, render(m[2])));
    } else if ((m = /^-# (.+)/.exec(line))) {
      open = null;
      out.push(h("small", { class: "subtext" }, render(m[1])));
    } else if ((m = /^> (.*)/.exec(line))) into("blockquote").append(h("p", {}, render(m[1])));
    else if ((m = /^ *[-*] (.+)/.exec(line))) into("ul").append(h("li", {}, render(m[1])));
    else if ((m = /^ *(\d+)\. (.+)/.exec(line))) into("ol").append(h("li", { value: m[1] }, render(m[2])));
    else {
      const inText = open?.tagName !== "UL" && open?.tagName !== "OL" && open?.tagName !== "BLOCKQUOTE";
      if (!line && !inText) return;
      open = null;
      out.push(...render(line));
      if (i < all.length - 1) out.push(h("br"));
    }
  });
  return out;
}
