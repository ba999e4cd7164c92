// “38 min left”, “12 min late”: the same words and units as dealership/web/phrases.py.
import { behaviour } from "./behaviours.js";
import { everySecond, serverNow } from "./clock.js";
import { say } from "./phrases.js";

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86400;

export function spanText(seconds, counted) {
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor((seconds % DAY) / HOUR);
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  let units;
  if (seconds < MINUTE) units = "now";
  else if (seconds < HOUR) units = "m";
  else if (seconds < DAY) units = minutes ? "hm" : "h";
  else units = hours && days < 3 ? "dh" : "d";
  return say(`${counted}_${units}`, { days, hours, minutes });
}

function stateAt(now, { from, soon, due }) {
  if (now > due) return "late";
  if (now < from) return "future";
  return now >= (soon || from + (due - from) / 2) ? "soon" : "open";
}

behaviour("countdown", (element) => {
  const times = {
    due: Date.parse(element.dateTime),
    from: Date.parse(element.dataset.from ?? "") || 0,
    soon: Date.parse(element.dataset.soon ?? "") || 0,
  };
  everySecond(element, () => {
    const now = serverNow();
    const state = stateAt(now, times);
    let text;
    if (state === "future") text = spanText((times.from - now) / 1000, "until");
    else if (state === "late") text = spanText((now - times.due) / 1000, "late");
    else text = spanText((times.due - now) / 1000, "left");
    if (element.textContent !== text) element.textContent = text;
    if (element.dataset.state === state) return;
    element.dataset.state = state;
    const card = element.closest(".deadline-card, tr[data-state]");
    if (card) card.dataset.state = state;
  });
});

behaviour("fuse", (element) => {
  const from = Date.parse(element.dataset.from);
  const due = Date.parse(element.dataset.due);
  everySecond(element, () => {
    const left = (100 * (due - serverNow())) / (due - from);
    element.value = Math.max(0, Math.min(100, left));
  });
});

// Minutes since an arrival.
behaviour("since", (element) => {
  const at = Date.parse(element.dataset.at);
  everySecond(element, () => {
    const minutes = String(Math.max(0, Math.floor((serverNow() - at) / 60000)));
    if (element.textContent !== minutes) element.textContent = minutes;
  });
});
