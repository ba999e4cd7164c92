// Native dialogs: openers, closing by the backdrop, the side sheet for rows, and asking before what can't be undone.
import { behaviour } from "./behaviours.js";

export function open(dialog) {
  if (!dialog.open) dialog.showModal();
}

behaviour("dialog", (dialog) => {
  dialog.addEventListener("click", (event) => {
    if (event.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside =
      event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
});

// <a href="…" data-behaviour="opens" data-dialog="new-sheet">: the href works without script.
behaviour("opens", (opener) => {
  opener.addEventListener("click", (event) => {
    const dialog = document.getElementById(opener.dataset.dialog);
    if (!dialog || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open(dialog);
  });
});

// <a href="…" hx-get="…" hx-target="#sheet-body">: the answer opens in the side sheet.
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "sheet-body") return;
  const sheet = document.getElementById("sheet");
  const asked = event.detail.requestConfig;
  const link = sheet.querySelector("[data-sheet-link]");
  if (link && asked?.verb === "get") link.href = asked.path;
  open(sheet);
});

export function ask(question) {
  const dialog = document.getElementById("confirm");
  if (!dialog) return Promise.resolve(window.confirm(question));
  dialog.querySelector("h2").textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

// hx-confirm="…" asks in the house's own dialog.
document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.question).then((yes) => {
    if (yes) event.detail.issueRequest(true);
    else delete event.target.closest("form")?.dataset.sending;
  });
});

// <form data-confirm="…"> without htmx.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.dataset?.confirm || form.dataset.confirmed || form.hasAttribute("hx-confirm")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form.dataset.confirm).then((yes) => {
      if (!yes) return;
      form.dataset.confirmed = "yes";
      form.requestSubmit(event.submitter);
      delete form.dataset.confirmed;
    });
  },
  true,
);
