// Regions that refresh themselves (hx-trigger="every …"): not while hidden, not while somebody uses a field or menu in them.

document.addEventListener("htmx:beforeRequest", (event) => {
  const region = event.target;
  const polled = /\bevery\b/.test(region.getAttribute?.("hx-trigger") ?? "");
  const asked = event.detail.requestConfig?.triggeringEvent;
  if (!polled || asked) return;
  const busy = region.contains(document.activeElement) && document.activeElement.matches("input, textarea, select");
  if (document.hidden || busy || region.querySelector("details[open]")) event.preventDefault();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden || !window.htmx) return;
  for (const region of document.querySelectorAll("[data-live]")) window.htmx.trigger(region, "refresh");
});
