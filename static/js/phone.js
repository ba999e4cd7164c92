// A mobile number reads 138 0013 8000 while it is typed; the server takes it with or without spaces.
import { behaviour } from "./behaviours.js";

function grouped(text) {
  const digits = text.replace(/[\s-]/g, "");
  if (!/^1\d{0,10}$/.test(digits)) return null;
  return [digits.slice(0, 3), digits.slice(3, 7), digits.slice(7)].filter(Boolean).join(" ");
}

behaviour("phone", (input) => {
  function show() {
    const text = grouped(input.value);
    if (text === null || text === input.value) return;
    const digitsBefore = input.value.slice(0, input.selectionStart).replace(/\D/g, "").length;
    input.value = text;
    let place = 0;
    for (let digits = 0; place < text.length && digits < digitsBefore; place += 1) if (/\d/.test(text[place])) digits += 1;
    input.setSelectionRange(place, place);
  }
  input.addEventListener("input", (event) => event.isComposing || show());
  show();
});
