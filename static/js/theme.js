// The switch between light and dark; without a choice the device decides, also when it changes its mind.
import { behaviour } from "./behaviours.js";

const root = document.documentElement;

behaviour("theme", (button) => {
  button.addEventListener("click", () => {
    root.dataset.bsTheme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.bsTheme);
    } catch {
      // Storage may be closed: the choice then holds for this page.
    }
  });
});

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
  try {
    if (localStorage.getItem("theme")) return;
  } catch {
    return;
  }
  root.dataset.bsTheme = event.matches ? "dark" : "light";
});
