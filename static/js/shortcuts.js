// Keys: / search, n new visit, t Today, f Floor, ? the list of keys. Never while somebody types.
import { open } from "./dialog.js";

const typing = (element) =>
  element.isContentEditable || /^(input|textarea|select)$/i.test(element.tagName) || element.closest("dialog");

const follow = (selector) => document.querySelector(selector)?.click();

const keys = {
  "/": () => (document.querySelector("[data-search-here]") ?? document.getElementById("search-box"))?.focus(),
  n: () => follow("#new-sheet .choice"),
  t: () => follow(".dock-entry:nth-of-type(1)"),
  f: () => follow(".dock-entry:nth-of-type(2)"),
  "?": () => open(document.getElementById("keys")),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  const action = keys[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
