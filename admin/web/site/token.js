// Asking for the token, and doing what needs it.
import { Problem } from "./api.js";
import { ask } from "./dialog.js";
import { byId, element, setText } from "./dom.js";
import { getToken, onTokenChange, setToken } from "./session.js";
import { failed } from "./toast.js";

// Whether there is a token now.
export async function askForToken(problem = "") {
  const input = element("input", {
    type: "password",
    id: "token-input",
    autocomplete: "off",
    spellcheck: false,
    required: true,
  });
  const body = [
    element("label", { htmlFor: "token-input", textContent: "Token of the administrators" }),
    input,
    element(
      "p",
      { className: "quiet" },
      "The service wrote it to the file admin-token, beside its configuration, when it started " +
        "for the first time. " +
        "This tab forgets it when it is closed.",
    ),
  ];
  if (!(await ask({ title: "Token", body, accept: "Use this token", problem }))) return false;
  setToken(input.value.trim());
  return true;
}

// Runs `action`; asks for the token first if there is none, and again if it is not accepted. A
// failure becomes a message that begins with `what`. Whether it was done.
export async function attempt(what, action) {
  if (getToken() === null && !(await askForToken("Changes need the token."))) return false;
  for (;;) {
    try {
      await action();
      return true;
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(0, String(error));
      if (problem.status === 401) {
        if (await askForToken(`This token was not accepted. ${problem.message}`)) continue;
        return false;
      }
      failed(`${what}: ${problem.message}`, problem.body.problems ?? []);
      return false;
    }
  }
}

export function beginToken(changed) {
  const button = byId("token");
  const show = () => setText(button, getToken() === null ? "Token…" : "Forget token");
  onTokenChange(() => {
    show();
    changed();
  });
  button.addEventListener("click", () => {
    if (getToken() === null) askForToken();
    else setToken(null);
  });
  show();
}
