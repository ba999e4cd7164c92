// A table of rows by keyboard: j/k or arrows move, Enter opens, x chooses; never while somebody types.
import { begin, behaviour } from "./behaviours.js";

const typing = (element) =>
  element.isContentEditable ||
  (/^(input|textarea|select)$/i.test(element.tagName) && element.type !== "checkbox") ||
  element.closest("dialog");

behaviour("rows", (table) => {
  const rows = () => [...table.querySelectorAll("tbody tr:has(th a)")];
  const link = (row) => row.querySelector("th a");
  const here = () => rows().findIndex((row) => row.contains(document.activeElement));

  function go(step) {
    const all = rows();
    const at = here();
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
    if (next >= all.length) {
      table.querySelector(".more-row a")?.focus();
      return;
    }
    link(all[Math.max(next, 0)])?.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (!table.isConnected || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) return;
    const arrows = here() >= 0;
    if (event.key === "j" || (arrows && event.key === "ArrowDown")) go(1);
    else if (event.key === "k" || (arrows && event.key === "ArrowUp")) go(-1);
    else if (event.key === "x" && here() >= 0) rows()[here()].querySelector("input[type=checkbox]")?.click();
    else return;
    event.preventDefault();
  });
});

// The sheet is closed: the keyboard goes on where it was.
let opener = null;
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.target?.id === "sheet-body" && event.target.closest?.("[data-behaviour~=rows]")) opener = event.target;
});
document.getElementById("sheet")?.addEventListener("close", () => {
  if (opener?.isConnected) opener.focus();
  opener = null;
});

begin(document);
