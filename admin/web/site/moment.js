// A time of the API (RFC 3339, UTC) as a <time> in the reader's time zone; its tooltip says it in
// UTC.
import { element, setAttribute, setText } from "./dom.js";
import { moment, unknown } from "./units.js";

export const timeNode = () => element("time");

export function setTime(node, text) {
  if (text === null || text === undefined) {
    setText(node, unknown);
    setAttribute(node, "datetime", null);
    setAttribute(node, "title", null);
    return;
  }
  setText(node, moment(Date.parse(text)));
  setAttribute(node, "datetime", text);
  setAttribute(node, "title", text.replace("T", " ").replace("Z", " UTC"));
}
