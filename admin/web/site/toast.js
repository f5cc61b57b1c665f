// Messages about what was done. Those of success leave by themselves; a failure stays until it is
// closed.
import { byId, element, visible } from "./dom.js";

const shown_max = 4;
const stay_ms = 8000;

function show(place, className, text, lines) {
  const close = element("button", {
    type: "button",
    className: "close",
    textContent: "×",
    ariaLabel: "Close this message",
  });
  const words = element("div", {}, element("p", { textContent: visible(text) }));
  if (lines.length > 0)
    words.append(
      element("ul", {}, ...lines.map((line) => element("li", { textContent: visible(line) }))),
    );
  const node = element("div", { className: `toast ${className}` }, words, close);
  close.addEventListener("click", () => node.remove());
  place.append(node);
  while (place.children.length > shown_max) place.firstElementChild.remove();
  return node;
}

export function done(text, lines = []) {
  const node = show(byId("toasts-done"), "done", text, lines);
  const leave = () => {
    if (node.matches(":hover, :focus-within"))
      setTimeout(leave, 1000); // somebody reads it
    else node.remove();
  };
  setTimeout(leave, stay_ms);
}

export function failed(text, lines = []) {
  show(byId("toasts-failed"), "failed", text, lines);
}
