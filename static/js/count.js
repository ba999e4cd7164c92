// How long a text message is: 70 characters are one SMS, longer ones go in parts of 67.
import { behaviour } from "./behaviours.js";
import { say } from "./phrases.js";

behaviour("count", (text) => {
  const line = document.createElement("div");
  line.className = "message-count";
  line.setAttribute("aria-live", "off");
  text.after(line);
  function refresh() {
    const count = [...text.value].length;
    const parts = count <= 70 ? 1 : Math.ceil(count / 67);
    line.textContent = say("characters", { count, parts });
  }
  text.addEventListener("input", refresh);
  refresh();
});
