// A form is sent once however often it is tapped, and comes alive again if the answer was no.
import { say } from "./phrases.js";
import { toast } from "./toast.js";

const PATIENCE = 15000;

function wake(form) {
  delete form.dataset.sending;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented && !form.hasAttribute("hx-post")) return;
  if (form.method !== "post") return;
  if ("sending" in form.dataset) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "";
  // Should no answer come, the button works again: the hidden `once` key makes a second try harmless.
  setTimeout(wake, PATIENCE, form);
}, true);

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) wake(form);
});

// Back from the next page: everything works again.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sending]")) wake(form);
});

// What refreshes by itself fails silently and tries again; what a person asked for is answered.
const asked = (event) => event.detail.requestConfig?.triggeringEvent;

document.addEventListener("htmx:sendError", (event) => {
  if (asked(event)) toast(say("offline"), { state: "late", stays: true });
});

document.addEventListener("htmx:responseError", (event) => {
  if (!asked(event)) return;
  const status = event.detail.xhr.status;
  const key = status === 403 ? "forbidden" : status === 404 ? "gone" : "broken";
  toast(say(key), { state: "late", stays: true });
});
