// A card that was finished slides away; its place offers the way back while there is one.
import { say } from "./phrases.js";

const SLIDING = 220;
const UNDOABLE = 60000;

// HX-Trigger: {"deadline-finished": {"id": 42, "undo": "/deadlines/42/undo/", "text": "…"}}
document.addEventListener("deadline-finished", (event) => {
  const { id, undo, text } = event.detail;
  const card = document.getElementById(`deadline-${id}`);
  if (!card) return;
  card.classList.add("is-leaving");
  setTimeout(() => card.replaceWith(slot({ undo, text })), SLIDING);
});

function slot({ undo, text }) {
  const line = document.createElement("div");
  line.className = "undo-slot";
  line.setAttribute("role", "status");
  const words = document.createElement("span");
  words.className = "state";
  words.dataset.state = "done";
  words.textContent = text || say("finished");
  line.append(words);
  if (undo) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = undo;
    form.setAttribute("hx-post", undo);
    const button = document.createElement("button");
    button.className = "btn btn-quiet btn-sm";
    button.textContent = say("undo");
    form.append(button);
    line.append(form);
    window.htmx?.process(form);
  }
  setTimeout(() => line.remove(), undo ? UNDOABLE : 4000);
  return line;
}
