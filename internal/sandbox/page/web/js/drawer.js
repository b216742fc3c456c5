// The drawer of faults and nodes, beside the chat.
import { $, h } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./i18n.js";
import { on, state } from "./state.js";
import { faults } from "./faults.js";
import { nodes } from "./nodes.js";

const active = () => (state.faults || []).reduce((n, f) => n + (f.active?.length || 0), 0);

// drawerButton opens and closes the drawer, and shows how much is broken.
export function drawerButton() {
  const n = active();
  return h("button", { type: "button", class: "tool", id: "drawer-button", "aria-label": n ? t("app.faults") + ", " + t("faults.count", { n }) : t("app.faults"), title: t("app.faults"),
    "aria-expanded": String(!$("drawer").hidden), "aria-controls": "drawer", onclick: () => toggle($("drawer").hidden) }, icon("fault"), n > 0 && h("span", { class: "badge", text: String(n) }));
}

function toggle(open) {
  $("drawer").hidden = !open;
  document.body.classList.toggle("show-drawer", open);
  document.body.classList.remove("show-people", "show-places");
  refresh();
  if (open) $("drawer").querySelector("button")?.focus();
  else $("drawer-button").focus();
}

function refresh() {
  $("drawer-button")?.replaceWith(drawerButton());
}

export function drawer() {
  const d = $("drawer");
  const words = () => {
    d.setAttribute("aria-label", t("app.faults"));
    $("drawer-head").replaceChildren(h("h2", { class: "title", text: t("app.faults") }), h("span", { class: "stretch" }),
      h("button", { type: "button", class: "tool", "aria-label": t("app.close"), onclick: () => toggle(false) }, icon("close")));
  };
  d.append(h("header", { class: "head", id: "drawer-head" }), h("div", { class: "drawer-body" }, h("section", { id: "nodes" }), h("section", { id: "faults" })));
  d.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    e.stopPropagation();
    toggle(false);
  });
  words();
  nodes($("nodes"));
  faults($("faults"));
  on("place", words);
  on("faults", refresh);
}
