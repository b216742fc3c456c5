// Elements by function calls. Texts are text nodes, never markup.

// h makes an element. Properties: class, text, css (custom properties and
// styles), on… (listeners), data-… and everything else as attributes; null,
// undefined and false leave an attribute out.
export function h(tag, props, ...kids) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") e.className = value;
    else if (name === "text") e.textContent = value;
    else if (name === "css") for (const [k, v] of Object.entries(value)) e.style.setProperty(k, v);
    else if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else e.setAttribute(name, value === true ? "" : value);
  }
  e.append(...kids.flat(Infinity).filter((k) => k !== null && k !== undefined && k !== false));
  return e;
}

export const $ = (id) => document.getElementById(id);

// hue is a colour of a name that stays the same.
export function hue(name) {
  let n = 0;
  for (const c of name) n = (n * 33 + c.codePointAt(0)) % 65521;
  return Math.round((n * 137.508) % 360);
}

// keepFocus runs what replaces elements below root, and then focuses the one
// that has the data-key of the one that had the focus.
export function keepFocus(root, replace) {
  const active = document.activeElement;
  const key = active && root.contains(active) ? active.dataset.key : null;
  const at = key && active.selectionStart;
  replace();
  if (!key) return;
  const again = [...root.querySelectorAll("[data-key]")].find((e) => e.dataset.key === key);
  if (!again) return;
  again.focus({ preventScroll: true });
  if (typeof at === "number" && again.setSelectionRange) again.setSelectionRange(at, at);
}

export function clock(ms) {
  const s = Math.max(0, Math.floor(ms / 1000));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  return (hours ? hours + ":" + two(Math.floor(s / 60) % 60) : Math.floor(s / 60)) + ":" + two(s % 60);
}
