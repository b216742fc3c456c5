// A list of suggestions under a text field, by the pattern of a combobox
// (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/): the focus stays in the
// field, which names the active option.
import { h } from "./dom.js";

export class Listbox {
  constructor() {
    this.items = [];
    this.at = -1;
    this.list = h("ul", { class: "suggest-list", role: "listbox", id: "suggest" });
    this.title = h("p", { class: "suggest-title", id: "suggest-title" });
    this.keys = h("p", { class: "suggest-keys", "aria-hidden": "true" });
    this.box = h("div", { class: "suggest", hidden: true }, this.title, this.list, this.keys);
    this.list.setAttribute("aria-labelledby", "suggest-title");
    // A press must not take the focus out of the field.
    this.box.addEventListener("pointerdown", (e) => e.preventDefault());
  }

  get open() {
    return !this.box.hidden;
  }

  get active() {
    return this.open ? this.items[this.at] : undefined;
  }

  // show lists items {label, name, detail, side, node} for a field. first is the
  // index that is active from the start, -1 for none.
  show(field, heading, keys, items, first, pick) {
    Object.assign(this, { field, items, pick });
    this.title.textContent = heading;
    this.keys.textContent = keys;
    this.list.replaceChildren(...items.map((o, i) => h("li", {
      class: "suggest-item", role: "option", id: "suggest-" + i, "aria-selected": "false", "aria-disabled": o.note ? "true" : null,
      onclick: () => o.note || pick(o),
      onpointermove: () => o.note || this.to(i),
    }, o.node, h("span", { class: "suggest-text" }, h("span", { class: "suggest-label", text: o.label }), o.detail && h("span", { class: "suggest-detail", text: o.detail })),
    o.side && h("span", { class: "suggest-side", text: o.side }))));
    this.box.hidden = items.length === 0;
    field.setAttribute("aria-expanded", String(this.open));
    this.to(items[first]?.note ? -1 : first);
  }

  hide() {
    this.box.hidden = true;
    this.at = -1;
    this.field?.setAttribute("aria-expanded", "false");
    this.field?.removeAttribute("aria-activedescendant");
  }

  to(i) {
    this.at = i;
    [...this.list.children].forEach((li, n) => li.setAttribute("aria-selected", String(n === i)));
    const li = this.list.children[i];
    if (!li) return this.field?.removeAttribute("aria-activedescendant");
    this.field.setAttribute("aria-activedescendant", li.id);
    li.scrollIntoView({ block: "nearest" });
  }

  move(by) {
    const n = this.items.length;
    if (!n || this.items[0].note) return;
    this.to(this.at < 0 ? (by > 0 ? 0 : n - 1) : (this.at + by + n) % n);
  }
}
