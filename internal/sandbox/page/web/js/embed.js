// Embeds (https://discord.com/developers/docs/resources/message#embed-object).
import { h } from "./dom.js";
import { markdown, render } from "./markdown.js";
import { picture } from "./api.js";
import { stamp } from "./i18n.js";

// image is a picture of fixed shape, so that nothing moves when it arrives; one
// that the page may not load is an address instead.
export function image(media, cls, alt) {
  const src = picture(media?.url);
  if (src) return h("img", { class: cls, src, alt: alt || "", loading: "lazy", decoding: "async", width: 80, height: 80 });
  return null;
}

const linked = (url, kids) => (url ? h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, kids) : kids);

export function embed(e) {
  const name = e.title || e.author?.name || "";
  const body = h("div", { class: "embed-body" },
    e.author && h("p", { class: "embed-author" }, linked(e.author.url, [e.author.name])),
    e.title && h("p", { class: "embed-title" }, linked(e.url, render(e.title))),
    e.description && h("div", { class: "embed-text" }, markdown(e.description)),
    e.fields?.length && h("dl", { class: "fields" }, e.fields.map((f) =>
      h("div", { class: f.inline ? "field-inline" : "field-block" }, h("dt", {}, render(f.name)), h("dd", {}, markdown(f.value))))),
    image(e.image, "embed-image", name),
    (e.footer || e.timestamp) && h("p", { class: "embed-foot" },
      [e.footer?.text, e.timestamp && stamp(new Date(e.timestamp), "f")].filter(Boolean).join(" · ")));
  const colour = Number.isInteger(e.color) ? "#" + e.color.toString(16).padStart(6, "0") : null;
  return h("article", { class: "embed", css: colour ? { "--bar": colour } : {}, "aria-label": name || null },
    body, image(e.thumbnail, "embed-thumb", name));
}
