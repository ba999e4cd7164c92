// Chips: a second tap takes an optional choice back; the filter box narrows long groups.
import { behaviour } from "./behaviours.js";

behaviour("chips", (group) => {
  let was = null;
  group.addEventListener("pointerdown", (event) => {
    const input = event.target.closest(".chip")?.querySelector("input[type=radio]");
    was = input?.checked && !input.required ? input : null;
  });
  group.addEventListener("click", (event) => {
    if (event.target !== was) return;
    was.checked = false;
    was.dispatchEvent(new Event("change", { bubbles: true }));
    was = null;
  });
});

behaviour("chips-search", (box) => {
  const group = box.nextElementSibling;
  box.addEventListener("input", () => {
    const wanted = box.value.trim().toLowerCase();
    for (const chip of group.querySelectorAll(".chip")) {
      const chosen = chip.querySelector("input").checked;
      const head = chip.closest(".chips-group")?.querySelector(".chips-head").textContent ?? "";
      chip.hidden = !chosen && !`${head} ${chip.textContent}`.toLowerCase().includes(wanted);
    }
    for (const part of group.querySelectorAll(".chips-group")) part.hidden = !part.querySelector(".chip:not([hidden])");
  });
});
