// Components of messages
// (https://discord.com/developers/docs/components/reference).
import { h } from "./dom.js";
import { icon } from "./icons.js";
import { markdown } from "./markdown.js";
import { image } from "./embed.js";
import { selectMenu } from "./select.js";

const styles = { 1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium" };

export const emoji = (e) => (e?.name ? (e.id ? ":" + e.name + ":" : e.name) : "");

function button(c, use) {
  const mark = emoji(c.emoji);
  const kids = [mark && h("span", { class: "emoji", "aria-hidden": c.label ? "true" : null, text: mark }), c.label && h("span", { text: c.label })];
  if (c.style === 5) {
    return h("a", { class: "button link", href: c.url, target: "_blank", rel: "noopener noreferrer", "data-key": "l" + c.url }, kids, icon("link", 16));
  }
  const b = h("button", {
    type: "button", class: "button " + (styles[c.style] || "secondary"), disabled: Boolean(c.disabled), "data-key": c.custom_id,
    "data-custom": c.custom_id, onclick: async () => {
      if (b.getAttribute("aria-busy") === "true") return;
      b.setAttribute("aria-busy", "true");
      await use(c, []);
      b.removeAttribute("aria-busy");
    },
  }, kids);
  return b;
}

// components renders a list of components. use(component, values) tells the bot.
export function components(list, use) {
  return (list || []).map((c) => component(c, use)).filter(Boolean);
}

function component(c, use) {
  switch (c.type) {
    case 1: return h("div", { class: "row" }, components(c.components, use));
    case 2: return button(c, use);
    case 3: case 5: case 6: case 7: case 8: return selectMenu(c, (values) => use(c, values));
    case 9: return h("div", { class: "section" }, h("div", {}, components(c.components, use)), components([c.accessory].filter(Boolean), use));
    case 10: return h("div", { class: "text" }, markdown(c.content));
    case 11: return image(c.media, "embed-thumb", c.description);
    case 12: return h("div", { class: "gallery" }, (c.items || []).map((i) => image(i.media, "embed-image", i.description)));
    case 14: return c.divider === false ? h("div", { class: "gap" }) : h("hr");
    case 17: return h("div", {
      class: "embed container", css: Number.isInteger(c.accent_color) ? { "--bar": "#" + c.accent_color.toString(16).padStart(6, "0") } : {},
    }, h("div", { class: "embed-body" }, components(c.components, use)));
    default: return null;
  }
}
