// Small <details> menus close on a click elsewhere, on Esc, and when another opens.
import { behaviour } from "./behaviours.js";

const menus = () => document.querySelectorAll('details[data-behaviour~="menu"][open]');

behaviour("menu", (menu) => {
  menu.addEventListener("toggle", () => {
    if (menu.open) for (const other of menus()) if (other !== menu) other.open = false;
  });
});

document.addEventListener("click", (event) => {
  for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
  if (location.hash === "#menu") location.hash = "main";
});
