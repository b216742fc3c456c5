// The page's words in the language of the user that one is.
import { words } from "./words.js";

let language = "en";

// setLanguage takes a locale of Discord, as es-ES, and says whether it changed.
export function setLanguage(locale) {
  const next = String(locale || "").toLowerCase().startsWith("es") ? "es" : "en";
  const changed = next !== language;
  language = next;
  document.documentElement.lang = next;
  return changed;
}

export const lang = () => language;

// t returns the words of a key, with {name} filled in.
export function t(key, values) {
  const text = words[key]?.[language === "es" ? 1 : 0] ?? key;
  return values ? text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "") : text;
}

export function time(at) {
  return new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit" }).format(at);
}

// stamp renders <t:seconds:style>
// (https://discord.com/developers/docs/reference#message-formatting).
export function stamp(at, style) {
  if (style === "R") return relative(at);
  const how = {
    t: { timeStyle: "short" }, T: { timeStyle: "medium" }, d: { dateStyle: "short" }, D: { dateStyle: "long" },
    F: { dateStyle: "full", timeStyle: "short" },
  }[style] || { dateStyle: "long", timeStyle: "short" };
  return new Intl.DateTimeFormat(language, how).format(at);
}

export function relative(at) {
  const s = (at - Date.now()) / 1000;
  const f = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, n] of [["year", 31536000], ["month", 2592000], ["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(s) >= n) return f.format(Math.round(s / n), unit);
  }
  return f.format(Math.round(s), "second");
}
