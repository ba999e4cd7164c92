// Starts what the page asks for by data-behaviour, now and in whatever htmx swaps in.
import "./chips.js";
import "./count.js";
import "./countdown.js";
import "./deadline.js";
import "./dialog.js";
import "./draft.js";
import "./live.js";
import "./menu.js";
import "./notices.js";
import "./once.js";
import "./phone.js";
import "./search.js";
import "./shortcuts.js";
import "./stepper.js";
import "./stopwatch.js";
import "./tabs.js";
import "./theme.js";
import "./toast.js";
import { begin } from "./behaviours.js";
import { setClock } from "./clock.js";

begin(document);
window.htmx?.onLoad(begin);

const root = document.documentElement;
const pending = new Set();

// The thin line at the top shows only for what somebody asked for, not for what refreshes itself.
document.addEventListener("htmx:beforeSend", (event) => {
  if (!event.detail.requestConfig?.triggeringEvent) return;
  pending.add(event.detail.xhr);
  root.dataset.loading = "";
});

document.addEventListener("htmx:afterRequest", (event) => {
  setClock(event.detail.xhr?.getResponseHeader("Date"));
  pending.delete(event.detail.xhr);
  if (!pending.size) delete root.dataset.loading;
});
