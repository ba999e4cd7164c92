// Regions that refresh themselves (hx-trigger="every …"): not while hidden, not while somebody uses a field or menu in them.
import { say } from "./phrases.js";
import { toast } from "./toast.js";

document.addEventListener("htmx:beforeRequest", (event) => {
  const region = event.target;
  const polled = /\bevery\b/.test(region.getAttribute?.("hx-trigger") ?? "");
  const asked = event.detail.requestConfig?.triggeringEvent;
  if (!polled || asked) return;
  const busy = region.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  if (document.hidden || busy || region.querySelector("details[open]")) event.preventDefault();
});

// The session ended meanwhile: say so, and leave what is being typed alone. Sending it leads to the sign-in page and back.
let told = false;

document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { requestConfig, xhr } = event.detail;
  if (requestConfig?.triggeringEvent || !xhr.getResponseHeader("HX-Redirect")) return;
  event.preventDefault();
  if (!told) toast(say("signed_out"), { state: "soon", stays: true });
  told = true;
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !window.htmx) return;
  for (const region of document.querySelectorAll("[data-live]")) window.htmx.trigger(region, "refresh");
});
