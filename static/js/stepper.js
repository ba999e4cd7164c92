// A number by taps; typing works too.
import { behaviour } from "./behaviours.js";

behaviour("stepper", (stepper) => {
  const input = stepper.querySelector("input");
  const buttons = [...stepper.querySelectorAll("button")];

  function refresh() {
    const value = Number(input.value);
    for (const button of buttons) {
      const down = Number(button.dataset.step) < 0;
      const limit = down ? input.min : input.max;
      button.disabled = limit !== "" && input.value !== "" && (down ? value <= Number(limit) : value >= Number(limit));
    }
  }

  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (input.value === "") input.value = input.min || 0;
      else if (Number(button.dataset.step) < 0) input.stepDown();
      else input.stepUp();
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }
  input.addEventListener("input", refresh);
  refresh();
});
