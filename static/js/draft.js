// What is typed is kept on this device until it is saved: <form data-behaviour="draft" data-draft="visit-new">.
import { behaviour } from "./behaviours.js";
import { say } from "./phrases.js";

const DAY = 86400000;
const KEPT = 2 * DAY;
const SECRET = new Set(["csrfmiddlewaretoken", "once", "password", "next"]);

const keyOf = (form) => `draft-${document.body.dataset.user}-${form.dataset.draft}`;

function read(form) {
  try {
    const kept = JSON.parse(localStorage.getItem(keyOf(form)));
    return kept && Date.now() - kept.at < KEPT ? kept.fields : null;
  } catch {
    return null;
  }
}

let leaving = false;

function write(form) {
  if (leaving) return;
  const fields = typed(form);
  try {
    localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), fields }));
  } catch {
    // Storage may be full or closed: the server keeps what it received.
  }
}

function forget(form) {
  try {
    localStorage.removeItem(keyOf(form));
  } catch {
    // Nothing was kept.
  }
}

function typed(form) {
  const fields = {};
  for (const [name, value] of new FormData(form)) {
    if (SECRET.has(name) || typeof value !== "string") continue;
    (fields[name] ??= []).push(value);
  }
  return fields;
}

function fill(form, fields) {
  for (const element of form.elements) {
    if (!element.name || SECRET.has(element.name) || element.type === "file" || element.type === "hidden") continue;
    const values = fields[element.name];
    if (element.type === "radio" || element.type === "checkbox") element.checked = values?.includes(element.value) ?? false;
    else if (values) element.value = values[0];
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

function note(form) {
  const line = document.createElement("div");
  line.className = "draft-note";
  line.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = say("restored");
  const afresh = document.createElement("button");
  afresh.type = "button";
  afresh.className = "btn btn-quiet btn-sm";
  afresh.textContent = say("discard");
  afresh.addEventListener("click", () => {
    forget(form);
    form.reset();
    line.remove();
  });
  line.append(words, afresh);
  form.prepend(line);
}

behaviour("draft", (form) => {
  const fresh = JSON.stringify(typed(form));
  const kept = read(form);
  const refused = form.querySelector(".field-errors, .form-errors");
  if (kept && !refused && JSON.stringify(kept) !== fresh) {
    fill(form, kept);
    note(form);
  }
  let timer;
  const keep = () => {
    clearTimeout(timer);
    timer = setTimeout(() => form.isConnected && !sent && write(form), 300);
  };
  let sent = false;
  form.addEventListener("input", keep);
  form.addEventListener("change", keep);
  form.addEventListener("submit", () => write(form));
  // Saved with htmx: the draft has done its work.
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.target !== form || !event.detail.successful) return;
    sent = true;
    forget(form);
  });
  // Saved without htmx: the next page that does not show this form again forgets it.
  form.addEventListener("submit", () => remember(keyOf(form)));
});

const SENT = "draft-sent";

function remember(key) {
  try {
    sessionStorage.setItem(SENT, JSON.stringify({ key, path: location.pathname }));
  } catch {
    // The draft then stays for two days, and offers itself again.
  }
}

function settle() {
  let sent = null;
  try {
    sent = JSON.parse(sessionStorage.getItem(SENT));
    if (!sent) return;
    const shown = [...document.querySelectorAll("form[data-draft]")].some((form) => keyOf(form) === sent.key);
    const signedOut = !document.body.dataset.user;
    if (signedOut) return;
    sessionStorage.removeItem(SENT);
    if (!shown) localStorage.removeItem(sent.key);
  } catch {
    // Closed storage kept nothing.
  }
}

// Signing out leaves nothing of a customer on the device.
document.addEventListener("submit", (event) => {
  if (!event.target.action?.endsWith("/logout/")) return;
  leaving = true;
  try {
    const mine = `draft-${document.body.dataset.user}-`;
    for (const key of Object.keys(localStorage)) if (key.startsWith(mine)) localStorage.removeItem(key);
  } catch {
    // Closed storage kept nothing.
  }
});

settle();
