// The time since a step began, as 1:05; its shape turns late once it takes too long.
import { behaviour } from "./behaviours.js";
import { everySecond, serverNow } from "./clock.js";

export function stopwatchText(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

behaviour("stopwatch", (element) => {
  const at = Date.parse(element.dataset.at);
  const within = Number(element.dataset.within) || Infinity;
  everySecond(element, () => {
    const seconds = (serverNow() - at) / 1000;
    const text = stopwatchText(seconds);
    if (element.textContent !== text) element.textContent = text;
    const state = seconds > within ? "late" : "open";
    const holder = element.closest(".stopwatch");
    if (holder && holder.dataset.state !== state) holder.dataset.state = state;
  });
});
