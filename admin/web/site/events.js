// The recent records of the log: what was there when the page was opened, then what the stream
// brings.
import { get } from "./api.js";
import { byId, element, visible } from "./dom.js";
import { setTime, timeNode } from "./moment.js";

const kept_max = 500;
const first_page = 200;
const ranks = { info: 0, warning: 1, error: 2 }; // the stream brings none below

function line({ time, severity, id, text }) {
  const when = timeNode();
  setTime(when, time);
  const badge = element("span", {
    className: "badge",
    textContent: severity,
    dataset: { state: severity },
  });
  const words = element("bdi", { textContent: visible(text) });
  if (id !== null) words.title = `Message ${id} of the Event Log`;
  return element("li", {}, when, badge, words);
}

export class Events {
  #events = []; // the oldest first
  #place = byId("events-list");

  constructor() {
    byId("events-severity").addEventListener("change", () => this.#rebuild());
    byId("events-follow").addEventListener("change", () => this.#follow());
    // Who scrolls up wants to read, not to be carried along.
    this.#place.addEventListener("scroll", () => {
      if (!this.#atEnd()) byId("events-follow").checked = false;
    });
  }

  // What happened before the stream was open, merged with what it has brought meanwhile.
  async catchUp() {
    const { events } = await get(`/api/v1/events?newest=true&limit=${first_page}&severity=info`);
    const newest = events.at(-1);
    const last = this.#events.at(-1);
    // A service that was started anew counts from 1 again.
    if (newest && last && newest.sequence < last.sequence && newest.time > last.time)
      this.#events = [];
    const all = new Map([...this.#events, ...events].map((event) => [event.sequence, event]));
    this.#events = [...all.values()].sort((a, b) => a.sequence - b.sequence).slice(-kept_max);
    this.#rebuild();
  }

  append(events) {
    const known = this.#events.at(-1)?.sequence ?? 0;
    const fresh = events.filter(({ sequence }) => sequence > known);
    if (fresh.length === 0) return;
    this.#events.push(...fresh);
    if (this.#events.length > kept_max) this.#events.splice(0, this.#events.length - kept_max);
    this.#place.append(...fresh.filter((event) => this.#wanted(event)).map(line));
    while (this.#place.children.length > kept_max) this.#place.firstElementChild.remove();
    this.#after();
  }

  #wanted({ severity }) {
    return (ranks[severity] ?? 2) >= ranks[byId("events-severity").value];
  }

  #rebuild() {
    this.#place.replaceChildren(...this.#events.filter((event) => this.#wanted(event)).map(line));
    this.#after();
  }

  #after() {
    byId("events-none").hidden = this.#place.children.length > 0;
    this.#follow();
  }

  #atEnd() {
    return this.#place.scrollHeight - this.#place.scrollTop - this.#place.clientHeight < 24;
  }

  #follow() {
    if (byId("events-follow").checked) this.#place.scrollTop = this.#place.scrollHeight;
  }
}
