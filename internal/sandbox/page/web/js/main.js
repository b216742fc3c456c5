// The page: its parts listen to the state, live keeps it in step.
import { $ } from "./dom.js";
import { t } from "./i18n.js";
import { on } from "./state.js";
import { live } from "./live.js";
import { chat } from "./chat.js";
import { composer } from "./composer.js";
import { drawer } from "./drawer.js";
import { people } from "./people.js";
import { places } from "./places.js";
import { selfPanel } from "./self.js";
import { startSound } from "./sound.js";

places();
people();
selfPanel();
chat();
composer();
drawer();
startSound();

on("place", () => {
  $("skip").textContent = t("app.skip");
  $("places").setAttribute("aria-label", t("app.servers"));
  $("people").setAttribute("aria-label", t("app.members"));
});
const close = () => document.body.classList.remove("show-places", "show-people");
$("veil").addEventListener("click", close);
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") close();
});
live();
