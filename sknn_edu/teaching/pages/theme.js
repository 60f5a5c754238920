"use strict";
// Shared by all pages: the data, the theme, and what scripts say to a screen reader.
// A page may have <button id="theme"> (dark or light) and <p id="said" aria-live="polite">.

const DATA = JSON.parse(document.getElementById("data").textContent);

/** An element: make("td", {class: "number", text: "0.5"}, ...children). */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") element.textContent = value;
    else if (name === "html") element.innerHTML = value; // written by Python, never by a reader
    else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Say it to a screen reader; what is said in between is left out. */
const say = (() => {
  let waiting = 0;
  return (text) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      const region = document.getElementById("said");
      if (region) region.textContent = text;
    }, 150);
  };
})();

/** Whether the reader wants no motion. */
const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

(() => {
  const button = document.getElementById("theme");
  if (!button) return;
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = null;
  const isDark = () => (chosen === null ? system.matches : chosen === "dark");
  const show = () => {
    if (chosen) document.documentElement.dataset.theme = chosen;
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Light colours" : "Dark colours");
    document.dispatchEvent(new Event("theme"));
  };
  button.addEventListener("click", () => {
    chosen = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
})();
