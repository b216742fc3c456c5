// What is registered, as one types it.
import { lang } from "./i18n.js";
import { bot, state } from "./state.js";

const optSub = 1, optGroup = 2;
export const Opt = { string: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10 };

// local picks the words of a language: a locale of Discord that begins with it.
function local(text, more) {
  if (lang() === "en" || !more) return text;
  return more["es-ES"] || more["es-419"] || text;
}

export const describe = (o) => local(o.description, o.description_localizations);
export const optionName = (o) => local(o.name, o.name_localizations);

// all lists commands with subcommands flattened: {path, description, options, bot}.
export function all() {
  const out = [];
  for (const c of state.commands) {
    const add = (path, from) => out.push({ path, description: describe(from), options: from.options || [], bot: c.application_id, botName: bot(c.application_id)?.name || "" });
    const subs = (c.options || []).filter((o) => o.type === optSub || o.type === optGroup);
    if (!subs.length) add(c.name, c);
    for (const s of subs) {
      if (s.type === optSub) add(c.name + " " + s.name, s);
      else for (const x of s.options || []) add([c.name, s.name, x.name].join(" "), x);
    }
  }
  return out;
}

// matching lists the commands for what was typed behind the slash, those that
// begin so first.
export function matching(typed) {
  const q = typed.trim().toLowerCase();
  const list = all();
  const begins = list.filter((c) => c.path.startsWith(q));
  const has = list.filter((c) => !c.path.startsWith(q) && (c.path.includes(q) || q.length > 2 && c.description.toLowerCase().includes(q)));
  return [...begins, ...has];
}

const quote = (v) => '"' + String(v).replace(/[\\"]/g, (c) => "\\" + c).replace(/\s*\n\s*/g, " ") + '"';

// line writes a command as the control API reads it.
export function line(command, values) {
  return ["/" + command.path, ...values.map(([name, value]) => name + ":" + quote(value))].join(" ");
}

// split reads what was typed or pasted behind a command: option:value pairs, and
// a text that belongs to the first option.
export function split(command, text) {
  const out = new Map();
  let rest = text.trim();
  const names = command.options.map((o) => o.name);
  const re = /^(\S+?):(?:"((?:\\.|[^"\\])*)"|(.*?))(?=\s+\S+?:|\s*$)/;
  for (let m; rest && (m = re.exec(rest)) && names.includes(m[1]);) {
    out.set(m[1], m[2] !== undefined ? m[2].replace(/\\(.)/g, "$1") : m[3]);
    rest = rest.slice(m[0].length).trim();
  }
  if (rest && names.length && !out.has(names[0])) out.set(names[0], rest);
  return out;
}
