// New notices arrive without a reload: each is shown once as a toast, on whichever page one is.
import { behaviour } from "./behaviours.js";
import { show } from "./toast.js";

const key = () => `notice-${document.body.dataset.user}`;

// The newest notice that this tab knows of; null before the first poll, which only learns where we are.
function seen() {
  try {
    const kept = sessionStorage.getItem(key());
    return kept === null ? null : Number(kept);
  } catch {
    return null;
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
  const polled = bell.dataset.latest !== "";
  const before = seen() ?? Number(bell.dataset.latest);
  for (const template of bell.querySelectorAll("template[data-notice]")) {
    if (Number(template.dataset.notice) > before) show(template.content.firstElementChild.cloneNode(true));
    template.remove();
  }
  if (polled) remember(Math.max(before, Number(bell.dataset.latest)));

  bell.addEventListener("htmx:configRequest", (event) => {
    if (event.target !== bell) return;
    const after = seen() ?? bell.dataset.latest;
    if (after !== "") event.detail.parameters.set("after", after);
  });
  // Nobody looks: nobody asks.
  bell.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.target === bell) event.preventDefault();
  });
});
