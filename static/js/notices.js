// New notices arrive without a reload: each is shown once as a toast, on whichever page one is.
import { behaviour } from "./behaviours.js";
import { show } from "./toast.js";

const key = () => `notice-${document.body.dataset.user}`;

function seen() {
  try {
    return Number(sessionStorage.getItem(key())) || 0;
  } catch {
    return 0;
  }
}

function remember(latest) {
  try {
    sessionStorage.setItem(key(), String(latest));
  } catch {
    // Without storage the page's own data-latest carries it on.
  }
}

behaviour("notices", (bell) => {
  const before = seen();
  for (const template of bell.querySelectorAll("template[data-notice]")) {
    if (Number(template.dataset.notice) > before) show(template.content.firstElementChild.cloneNode(true));
    template.remove();
  }
  const latest = Math.max(before, Number(bell.dataset.latest) || 0);
  bell.dataset.latest = latest || "";
  if (latest) remember(latest);

  bell.addEventListener("htmx:configRequest", (event) => {
    if (event.target !== bell) return;
    const after = Number(bell.dataset.latest) || seen();
    if (after) event.detail.parameters.set?.("after", after);
  });
  // Nobody looks: nobody asks.
  bell.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target === bell) event.preventDefault();
  });
});
