// Today: a card opens its form inside itself, and slides away once its promise is kept. The list waits meanwhile.
import { begin } from "./behaviours.js";

const SLIDING = 220;
const list = () => document.getElementById("today");
const openWork = () => [...document.querySelectorAll("#today [data-work]:not([hidden])")];

function show(work) {
  work.hidden = false;
  work.querySelector("textarea, input:not([type=hidden])")?.focus();
}

// A second tap closes what the first one opened; an answer box needs no request at all.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (!opener || event.ctrlKey || event.metaKey) return;
  const work = document.getElementById(opener.dataset.opens);
  if (!work) return;
  event.preventDefault();
  if (!work.hidden) work.hidden = true;
  else if (work.childElementCount) show(work);
});

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.matches?.("[data-work]")) show(event.detail.target);
});

// A card whose form is already open is not asked for it again.
document.addEventListener("htmx:beforeRequest", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener && document.getElementById(opener.dataset.opens)?.childElementCount) event.preventDefault();
});

// Refreshing must not take away what is being typed.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target === list() && openWork().length) event.preventDefault();
});

// Accepted: the answer leads to another page. The card slides away instead of showing that page.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const { xhr, requestConfig, elt } = event.detail;
  const card = elt.closest?.("#today [data-owed]");
  if (!card || requestConfig.verb !== "post" || xhr.status >= 400) return;
  const arrived = new URL(xhr.responseURL || requestConfig.path, location.href).pathname;
  const asked = new URL(requestConfig.path, location.href).pathname;
  const leads = arrived !== asked || xhr.getResponseHeader("HX-Redirect") || xhr.getResponseHeader("HX-Refresh");
  if (leads) event.preventDefault();
  else if (xhr.status !== 204) return;
  for (const work of card.querySelectorAll("[data-work]")) work.hidden = true;
  if (!("stays" in elt.dataset)) card.classList.add("is-leaving");
  setTimeout(refresh, SLIDING);
});

function refresh() {
  if (list()) window.htmx.trigger(list(), "refresh");
}

begin(document);
