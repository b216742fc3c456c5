// Before the first paint: the theme that was chosen last, so that nothing flashes.
(() => {
  try {
    const theme = localStorage.getItem("sandbox.theme");
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch { /* storage is switched off: the system's theme it is */ }
})();
