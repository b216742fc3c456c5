// Modals that bots open, as dialogs with a form.
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { api } from "./api.js";
import { state } from "./state.js";
import { selectMenu } from "./select.js";
import { markdown } from "./markdown.js";

let count = 0;

// field renders one input and notes how its value is read.
function field(c, label, description, values) {
  const id = "modal-" + ++count;
  const required = c.required !== false;
  if (c.type !== 4) {
    let picked = [];
    values.set(c.custom_id, () => picked);
    const menu = selectMenu(c, (v) => { picked = v; }, true);
    return h("div", { class: "modal-field" }, h("p", { class: "modal-label", text: label }), description && h("p", { class: "hint", text: description }), menu);
  }
  const long = c.style === 2;
  const input = h(long ? "textarea" : "input", {
    id, required, minlength: c.min_length || null, maxlength: c.max_length || 4000, placeholder: c.placeholder || null, "data-custom": c.custom_id,
    rows: long ? 4 : null, type: long ? null : "text", "aria-describedby": description ? id + "-d" : null,
  });
  input.value = c.value || "";
  values.set(c.custom_id, () => input.value);
  return h("div", { class: "modal-field" },
    h("label", { class: "modal-label", for: id }, label, required && h("span", { class: "must", "aria-hidden": "true", text: " *" })),
    description && h("p", { class: "hint", id: id + "-d", text: description }), input);
}

function part(c, values) {
  if (c.type === 1) return (c.components || []).map((x) => field(x, x.label || "", "", values));
  if (c.type === 18) return field(c.component, c.label, c.description, values);
  if (c.type === 10) return h("div", { class: "text" }, markdown(c.content));
  return null;
}

// openModal shows the modal that an answer carries.
export function openModal(modal) {
  const values = new Map();
  const user = state.user;
  const wrong = h("p", { class: "error", role: "alert" });
  const submit = h("button", { class: "button primary", type: "submit", text: t("modal.submit") });
  const title = "modal-title-" + ++count;
  const form = h("form", {
    method: "dialog", onsubmit: async (e) => {
      e.preventDefault();
      submit.disabled = true;
      wrong.textContent = "";
      const fields = Object.fromEntries([...values].map(([k, read]) => [k, read()]));
      try {
        const r = await api.modal({ modal_id: modal.id, user, fields });
        if (r.state !== "failed") return box.close();
        wrong.textContent = t("modal.wrong");
      } catch (err) {
        wrong.textContent = [err.message, err.hint].filter(Boolean).join(" — ");
      }
      submit.disabled = false;
    },
  }, h("h2", { id: title, text: modal.title }), (modal.components || []).map((c) => part(c, values)), wrong,
  h("div", { class: "actions" }, h("button", { class: "button secondary", type: "button", text: t("app.cancel"), onclick: () => box.close() }), submit));
  const box = h("dialog", { class: "modal", "aria-labelledby": title }, form);
  const back = document.activeElement;
  box.addEventListener("close", () => {
    box.remove();
    // The browser gives the focus back, but to a text field without its caret.
    if (!back?.isConnected) return;
    back.blur();
    back.focus();
  });
  document.body.append(box);
  box.showModal();
}

// confirm asks a question and runs yes.
export function confirm(question, yesText, yes) {
  const box = h("dialog", { class: "modal small", "aria-label": question }, h("p", { text: question }), h("div", { class: "actions" },
    h("button", { class: "button secondary", type: "button", text: t("app.cancel"), onclick: () => box.close() }),
    h("button", { class: "button danger", type: "button", text: yesText, onclick: () => {
      box.close();
      yes();
    } })));
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}
