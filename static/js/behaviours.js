// The register of behaviours: an element with data-behaviour="a b" gets a(element) and b(element), once.

const register = new Map();
const started = new WeakMap();

export function behaviour(name, start) {
  register.set(name, start);
}

export function begin(root) {
  const elements = root.matches?.("[data-behaviour]") ? [root] : [];
  for (const element of [...elements, ...root.querySelectorAll("[data-behaviour]")]) {
    const done = started.get(element) ?? new Set();
    started.set(element, done);
    for (const name of element.dataset.behaviour.split(/\s+/)) {
      if (done.has(name) || !register.has(name)) continue;
      done.add(name);
      register.get(name)(element);
    }
  }
}
