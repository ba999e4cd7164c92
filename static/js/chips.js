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
    for (const chip of group.children) {
      const chosen = chip.querySelector("input").checked;
      chip.hidden = !chosen && !chip.textContent.toLowerCase().includes(wanted);
    }
  });
});
