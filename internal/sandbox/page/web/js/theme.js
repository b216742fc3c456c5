// The theme: the system's until one is chosen here.
import { t } from "./i18n.js";

const key = "sandbox.theme";
const order = ["auto", "light", "dark"];

export function theme() {
  return document.documentElement.dataset.theme || "auto";
}

export function nextTheme() {
  const next = order[(order.indexOf(theme()) + 1) % order.length];
  if (next === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = next;
  try {
    if (next === "auto") localStorage.removeItem(key);
    else localStorage.setItem(key, next);
  } catch { /* it holds as long as the page is open */ }
  return next;
}

export function themeName() {
  return t("theme." + theme());
}

export function themeIcon() {
  return { auto: "auto", light: "sun", dark: "moon" }[theme()];
}
