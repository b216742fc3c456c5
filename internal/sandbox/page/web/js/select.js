// Select menus of all kinds, in messages and in modals.
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { guild, state, title } from "./state.js";

// optionsOf lists what can be picked: {value, label, description, picked}.
export function optionsOf(c) {
  const g = guild();
  const picked = new Set((c.default_values || []).map((d) => d.id));
  const of = (id, label) => ({ value: id, label, description: "", picked: picked.has(id) });
  const people = () => [...state.world.users.map((u) => [u.id, u.name]), ...state.world.bots.map((b) => [b.application_id, b.name])]
    .filter(([, name]) => !g || g.members.includes(name)).map(([id, name]) => of(id, "@" + title(name)));
  const roles = () => (g?.roles || []).filter((r) => r.id !== g.id).map((r) => of(r.id, "@" + r.name));
  switch (c.type) {
    case 3: return (c.options || []).map((o) => ({
      value: o.value, label: [o.emoji?.name, o.label].filter(Boolean).join(" "), description: o.description || "", picked: Boolean(o.default),
    }));
    case 5: return people();
    case 6: return roles();
    case 7: return [...people(), ...roles()];
    default: return (g?.channels || []).filter((x) => !c.channel_types?.length || c.channel_types.includes(x.type)).map((x) => of(x.id, "#" + x.name));
  }
}

const text = (o) => (o.description ? o.label + " — " + o.description : o.label);

// single is a menu of which one is picked.
function single(c, options, change) {
  const any = options.some((o) => o.picked);
  const s = h("select", {
    class: "select", disabled: Boolean(c.disabled), "aria-label": c.placeholder || t("select.place"), "data-key": c.custom_id, "data-custom": c.custom_id,
    onchange: () => change(s.value ? [s.value] : []),
  }, h("option", { value: "", text: c.placeholder || t("select.place"), disabled: c.min_values !== 0, selected: !any }),
  options.map((o) => h("option", { value: o.value, text: text(o), selected: o.picked })));
  return h("span", { class: "select-box" }, s);
}

// many is a menu of which several are picked, and then taken.
function many(c, options, change, live) {
  const lo = c.min_values ?? 1, hi = c.max_values ?? 1;
  const boxes = options.map((o) => h("input", { type: "checkbox", value: o.value, checked: o.picked }));
  const values = () => boxes.filter((b) => b.checked).map((b) => b.value);
  const take = h("button", { type: "button", class: "button primary", text: t("select.apply"), onclick: () => {
    box.open = false;
    change(values());
  } });
  const count = h("span", { class: "count" });
  const look = () => {
    const n = values().length;
    count.textContent = n ? String(n) : "";
    take.disabled = n < lo || n > hi;
    for (const b of boxes) b.disabled = !b.checked && n >= hi;
    if (live) change(values());
  };
  const box = h("details", { class: "many" },
    h("summary", { class: "select", "data-key": c.custom_id, "data-custom": c.custom_id }, c.placeholder || t("select.place"), " ", count),
    h("div", { class: "many-list", onchange: look }, options.map((o, i) => h("label", {}, boxes[i], h("span", { text: text(o) }))), !live && take),
  );
  if (c.disabled) return h("button", { class: "select", disabled: true, text: c.placeholder || t("select.place") });
  look();
  return box;
}

// selectMenu renders a menu; change(values) is called when it is used. With live
// every change counts, as in a form.
export function selectMenu(c, change, live) {
  const options = optionsOf(c);
  return (c.max_values ?? 1) > 1 ? many(c, options, change, live) : single(c, options, change);
}

