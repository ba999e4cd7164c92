// Short messages: they leave by themselves unless they matter (data-stays), and wait while read.
import { begin, behaviour } from "./behaviours.js";
import { say } from "./phrases.js";

const READING = 6000;
const LEAVING = 250;

function leave(note) {
  note.dataset.leaving = "";
  setTimeout(() => note.remove(), LEAVING);
}

behaviour("toast", (note) => {
  const close = document.createElement("button");
  close.type = "button";
  close.className = "tool";
  close.setAttribute("aria-label", say("close"));
  close.innerHTML = '<i class="ti ti-x" aria-hidden="true"></i>';
  close.addEventListener("click", () => leave(note));
  note.append(close);
  if ("stays" in note.dataset) return;
  let timer = setTimeout(leave, READING, note);
  const stay = () => clearTimeout(timer);
  const go = () => {
    clearTimeout(timer);
    timer = setTimeout(leave, READING, note);
  };
  note.addEventListener("pointerenter", stay);
  note.addEventListener("focusin", stay);
  note.addEventListener("pointerleave", go);
  note.addEventListener("focusout", go);
});

export function show(note) {
  document.getElementById("toasts")?.append(note);
  begin(note);
}

export function toast(text, { state = "open", stays = false } = {}) {
  const note = document.createElement("div");
  note.className = "toast-note";
  note.dataset.behaviour = "toast";
  note.setAttribute("role", state === "late" ? "alert" : "status");
  if (stays) note.dataset.stays = "";
  const shape = document.createElement("span");
  shape.className = "state";
  shape.dataset.state = state;
  const words = document.createElement("p");
  words.textContent = text;
  note.append(shape, words);
  show(note);
}

// HX-Trigger: {"toast": {"text": "…", "state": "done"}}
document.addEventListener("toast", (event) => toast(event.detail.text ?? event.detail.value, event.detail));
