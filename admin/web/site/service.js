// The service itself: a few figures at the top, and its configuration.
import { get, post } from "./api.js";
import { byId, element, keyed, setAttribute, setText } from "./dom.js";
import { setTime, timeNode } from "./moment.js";
import { attempt } from "./token.js";
import { done } from "./toast.js";
import { bytes, bytesPerSecond, count, duration, percent, perSecond, unknown } from "./units.js";

const refresh_ms = 5000;

const total = (models, column) => models.reduce((sum, model) => sum + (model[column] ?? 0), 0);

function disk({ free_bytes: free, total_bytes: size }) {
  if (free === null || size === null) return unknown;
  return `${bytes(free)} (${percent(free / size)})`;
}

function journal({ enabled, problem, waiting, dropped_total: dropped, entries }) {
  if (!enabled) return "off";
  if (problem) return problem;
  const rest = [
    waiting > 0 && `${count(waiting)} waiting`,
    dropped > 0 && `${count(dropped)} lost`,
  ].filter(Boolean);
  return [`${count(entries)} entries`, ...rest].join(", ");
}

export class Service {
  #service = null;
  #snapshot = null;
  #readAt = -Infinity;
  #previous = null; // {at, cpu_seconds}: for the share of the processors
  #cpu = null;

  constructor() {
    byId("reload").addEventListener("click", () => this.#reload());
  }

  show(snapshot) {
    this.#snapshot = snapshot;
    setText(byId("state"), snapshot.state);
    setAttribute(byId("state"), "data-state", snapshot.state);
    this.#draw();
  }

  // To be called now and then.
  async tick(now) {
    if (now - this.#readAt < refresh_ms) return;
    this.#readAt = now;
    try {
      this.#service = await get("/api/v1/service");
    } catch {
      return; // the stream says at the top of the page what is wrong
    }
    const at = performance.now();
    const seconds = this.#service.process.cpu_seconds;
    if (this.#previous && seconds >= this.#previous.seconds)
      this.#cpu = (seconds - this.#previous.seconds) / ((at - this.#previous.at) / 1000);
    this.#previous = { at, seconds };
    setText(byId("version"), this.#service.version);
    this.#draw();
  }

  #draw() {
    const facts = [...this.#live(), ...this.#slow()];
    keyed(
      byId("facts"),
      facts,
      ([name]) => name,
      ([name]) => element("div", {}, element("dt", { textContent: name }), element("dd")),
      (node, [, value]) => {
        const place = node.lastElementChild;
        if (typeof value === "string") setText(place, value);
        else value(place);
      },
    );
  }

  #live() {
    if (!this.#snapshot) return [];
    const { models, listeners } = this.#snapshot;
    return [
      [
        "Connections",
        count(listeners.reduce((sum, { connections }) => sum + connections.current, 0)),
      ],
      ["Requests", perSecond(total(models, "requests_per_second"))],
      ["Received", bytesPerSecond(total(models, "bytes_received_per_second"))],
      ["Sent", bytesPerSecond(total(models, "bytes_sent_per_second"))],
    ];
  }

  #slow() {
    const service = this.#service;
    if (!service) return [];
    const { process } = service; // Zero is what a system says that does not count them.
    return [
      [
        "Processor",
        this.#cpu === null ? unknown : `${count(Math.round(this.#cpu * 100))} % of one`,
      ],
      ["Memory", bytes(process.memory_bytes || null)],
      ["Threads", count(process.threads)],
      ["Handles", count(process.handles || null)],
      ["Free on the volume", disk(service.volume)],
      ["Journal", journal(service.journal)],
      ["Running for", duration(service.uptime_seconds)],
      ["Certificate until", this.#moment(service.certificate_expires)],
    ];
  }

  #moment(text) {
    return (place) => {
      if (!(place.firstElementChild instanceof HTMLTimeElement)) place.replaceChildren(timeNode());
      setTime(place.firstElementChild, text);
    };
  }

  #reload() {
    return attempt("The configuration was not reloaded", async () => {
      const { changed } = await post("/api/v1/config/reload");
      if (changed.length === 0)
        done("The configuration was read again; nothing in it has changed.");
      else done("The configuration is in effect. Changed:", changed);
    });
  }
}
