// What the modules say, in the reader's language: the server writes it into every page.

const element = document.getElementById("phrases");
const phrases = element ? JSON.parse(element.textContent) : {};

export function say(key, numbers = {}) {
  const phrase = phrases[key] ?? key;
  return phrase.replace(/%\((\w+)\)s/g, (_, name) => numbers[name] ?? "");
}
