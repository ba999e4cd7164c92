// Choosing rows: one, a span with Shift, the page, or everything that matches; the bar below says how many.
import { begin, behaviour } from "./behaviours.js";
import { say } from "./phrases.js";

const CHANGED = "selection-changed";

behaviour("selection", (table) => {
  const all = table.querySelector("[data-all]");
  const boxes = () => [...table.querySelectorAll("tbody input[name=ids]")];
  let last = null;

  function tell() {
    const ticked = boxes().filter((box) => box.checked);
    for (const box of boxes()) box.closest("tr").setAttribute("aria-selected", box.checked);
    if (all) {
      all.checked = ticked.length > 0 && ticked.length === boxes().length;
      all.indeterminate = ticked.length > 0 && !all.checked;
    }
    document.dispatchEvent(new CustomEvent(CHANGED, { detail: { count: ticked.length } }));
  }

  function set(wanted) {
    for (const box of boxes()) box.checked = wanted;
    tell();
  }

  if (all) {
    all.hidden = false;
    all.addEventListener("change", () => set(all.checked));
  }
  table.addEventListener("click", (event) => {
    const box = event.target.closest("input[name=ids]");
    if (!box) return;
    const list = boxes();
    if (event.shiftKey && last && list.includes(last)) {
      const [from, to] = [list.indexOf(last), list.indexOf(box)].sort((one, other) => one - other);
      for (const other of list.slice(from, to + 1)) other.checked = box.checked;
    }
    last = box;
    tell();
  });
  table.addEventListener("htmx:afterSettle", tell);
  document.addEventListener("choose-none", () => table.isConnected && set(false));
  tell();
});

behaviour("bulk-bar", (bar) => {
  const count = bar.querySelector("[data-count]");
  const everything = bar.querySelector("[data-everything]");
  const none = bar.querySelector("[data-none]");
  let chosen = 0;

  function show() {
    bar.hidden = chosen === 0 && !everything.checked;
    count.textContent = everything.checked ? say("all_chosen") : say("chosen", { count: chosen });
  }

  count.hidden = none.hidden = false;
  document.addEventListener(CHANGED, (event) => {
    chosen = event.detail.count;
    if (!chosen) everything.checked = false;
    show();
  });
  everything.addEventListener("change", show);
  none.addEventListener("click", () => document.dispatchEvent(new Event("choose-none")));
  show();
});

begin(document);
