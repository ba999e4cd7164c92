// The board: a card dragged to another column opens what makes the move true; until then it goes back.
import { begin, behaviour } from "./behaviours.js";

const cardsOf = (code) => document.getElementById(`cards-${code}`);
const refresh = (code) => cardsOf(code) && window.htmx.trigger(cardsOf(code), "refresh");

behaviour("board", async (board) => {
  const { default: Sortable } = await import("../vendor/sortable/sortable.esm.js");

  function ended(event) {
    const code = event.to.closest(".board-column").dataset.code;
    if (event.from === event.to) return;
    event.from.insertBefore(event.item, event.from.children[event.oldIndex] ?? null);
    const url = `${event.item.dataset.move}?by=${board.dataset.by}&to=${encodeURIComponent(code)}`;
    window.htmx.ajax("GET", url, { target: "#sheet-body", source: event.item });
  }

  function sortable(list) {
    if (list.dataset.sortable) return;
    list.dataset.sortable = "yes";
    Sortable.create(list, {
      group: "leads",
      draggable: "[data-move]",
      sort: false,
      animation: 120,
      delay: 150,
      delayOnTouchOnly: true,
      ghostClass: "is-ghost",
      dragClass: "is-dragged",
      onEnd: ended,
    });
  }

  const makeSortable = () => board.querySelectorAll("[data-list]").forEach(sortable);
  board.addEventListener("htmx:afterSettle", makeSortable);
  makeSortable();
});

// HX-Trigger: {"lead-moved": {"id": 7, "from": "A", "to": "H"}}
document.addEventListener("lead-moved", (event) => {
  document.getElementById("sheet")?.close();
  refresh(event.detail.from);
  refresh(event.detail.to);
});

begin(document);
