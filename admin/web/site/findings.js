// What the service makes of its own figures.
import { byId, element, keyed, setAttribute, setText, visible } from "./dom.js";
import { setTime, timeNode } from "./moment.js";

const words = { error: "Error", warning: "Warning", info: "Note" };
const ranks = { error: 0, warning: 1, info: 2 };

const where = ({ model, listener }) =>
  [model && `model ${model}`, listener && `listener ${listener}`].filter(Boolean).join(", ");

function create() {
  return element(
    "li",
    {},
    element("span", { className: "badge" }),
    element(
      "div",
      {},
      element("p", { className: "sentence" }),
      element("p", { className: "quiet" }),
      element("p", { className: "quiet" }, element("span"), " since ", timeNode()),
    ),
  );
}

function update(node, finding) {
  const [badge, text] = node.children;
  setText(badge, words[finding.severity] ?? finding.severity);
  setAttribute(badge, "data-state", finding.severity);
  const [sentence, advice, origin] = text.children;
  setText(sentence, visible(finding.sentence));
  setText(advice, finding.advice);
  setText(origin.firstElementChild, where(finding) || "the service");
  setTime(origin.lastElementChild, finding.since);
}

export function showFindings(findings) {
  const sorted = [...findings].sort((a, b) => (ranks[a.severity] ?? 3) - (ranks[b.severity] ?? 3));
  keyed(
    byId("findings-list"),
    sorted,
    ({ id, model, listener }) => `${id} ${model} ${listener}`,
    create,
    update,
  );
  byId("findings-none").hidden = findings.length > 0;
}
