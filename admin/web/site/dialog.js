// The one dialog of the page: questions before something is done. The browser keeps the focus
// inside and gives it back.
import { byId, setText } from "./dom.js";

let answer = null; // of the question that is open

function settle(value) {
  const tell = answer;
  answer = null;
  byId("dialog").close();
  tell?.(value);
}

export function beginDialog() {
  byId("dialog-form").addEventListener("submit", (event) => {
    event.preventDefault(); // nothing is sent: the page itself acts
    settle(true);
  });
  byId("dialog-cancel").addEventListener("click", () => settle(false));
  // Escape. The event comes late: another question may be open by then.
  byId("dialog").addEventListener("close", () => answer && !byId("dialog").open && settle(false));
}

export const dialogOpen = () => answer !== null;

// Whether it was accepted. `body` are nodes; `accept` is the word on the button that does it.
export function ask({ title, body = [], accept, dangerous = false, problem = "" }) {
  if (answer) settle(false);
  setText(byId("dialog-title"), title);
  byId("dialog-body").replaceChildren(...body);
  setText(byId("dialog-problem"), problem);
  setText(byId("dialog-accept"), accept);
  byId("dialog-accept").classList.toggle("dangerous", dangerous);
  byId("dialog").showModal();
  const first = byId("dialog-body").querySelector("input");
  // What is dangerous is not what the Enter key does at once.
  (first ?? byId(dangerous ? "dialog-cancel" : "dialog-accept")).focus();
  return new Promise((resolve) => (answer = resolve));
}
