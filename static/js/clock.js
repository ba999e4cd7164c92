// The server's clock in the browser: a device's own clock may be wrong, promises may not.

const now = document.querySelector('meta[name="server-now"]')?.content;
let ahead = now ? Date.parse(now) - Date.now() : 0;

export const serverNow = () => Date.now() + ahead;

// Each answer of the server sets the clock again (a sleeping phone drifts).
export function setClock(header) {
  const at = Date.parse(header ?? "");
  // The Date header has whole seconds: correct only what is really off.
  if (at && Math.abs(at - serverNow()) > 3000) ahead = at - Date.now();
}

const ticking = new Set();

// Calls `tick` now and every second for as long as `element` is on the page.
export function everySecond(element, tick) {
  ticking.add({ element, tick });
  tick();
}

setInterval(() => {
  if (document.hidden) return;
  for (const entry of ticking) {
    if (entry.element.isConnected) entry.tick();
    else ticking.delete(entry);
  }
}, 1000);

document.addEventListener("visibilitychange", () => {
  if (!document.hidden) for (const { element, tick } of ticking) if (element.isConnected) tick();
});
