// The one search box: arrows walk through what was found, Enter opens it, Esc leaves.
import { behaviour } from "./behaviours.js";

behaviour("search", (form) => {
  const box = form.querySelector("input[type=search]");
  const panel = form.querySelector(".search-results");
  const links = () => [...panel.querySelectorAll("a[href]")];

  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const found = links();
    const here = found.indexOf(document.activeElement);
    if (event.key === "Escape") {
      box.blur();
      document.activeElement?.blur();
    } else if (event.key === "ArrowDown" && found.length) {
      event.preventDefault();
      found[Math.min(here + 1, found.length - 1)].focus();
    } else if (event.key === "ArrowUp" && here >= 0) {
      event.preventDefault();
      (found[here - 1] ?? box).focus();
    }
  });

  box.addEventListener("input", () => {
    if (!box.value.trim()) panel.replaceChildren();
  });
});
