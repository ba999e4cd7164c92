// Tabs that fill a panel: the one that was tapped is the current one.
import { behaviour } from "./behaviours.js";

behaviour("tabs", (tabs) => {
  tabs.addEventListener("click", (event) => {
    const tab = event.target.closest(".tab[hx-get]");
    if (!tab) return;
    for (const other of tabs.querySelectorAll("[aria-current]")) other.removeAttribute("aria-current");
    tab.setAttribute("aria-current", "true");
  });
});
