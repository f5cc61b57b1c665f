// The stream of snapshots (server-sent events, WHATWG HTML "Server-sent events"), read by fetch: an
// EventSource cannot send the token. Broken off, it is opened again after a while that doubles with
// each failure.
import { open, Problem } from "./api.js";

const silence_max_ms = 10_000; // one snapshot a second is promised
const record_max = 4 << 20; // characters; no snapshot comes near it
const waits_ms = [1000, 2000, 4000, 8000, 15_000];

// Cuts text into records; keeps what is not complete.
export class RecordReader {
  #rest = "";

  // Calls `take({event, data})` for every record that `text` completes.
  push(text, take) {
    this.#rest += text;
    // A carriage return at the very end may be the first half of a line end.
    const whole = this.#rest.endsWith("\r") ? this.#rest.length - 1 : this.#rest.length;
    const lines = this.#rest.slice(0, whole).split(/\r\n|\r|\n/);
    const tail = this.#rest.slice(whole);
    let complete = 0; // lines that belong to finished records
    for (let i = 0; i < lines.length - 1; ++i) {
      if (lines[i] !== "") continue;
      this.#finish(lines.slice(complete, i), take);
      complete = i + 1;
    }
    this.#rest = lines.slice(complete).join("\n") + tail;
    if (this.#rest.length > record_max)
      throw new Problem(0, "The stream sent something that is no snapshot.");
  }

  #finish(lines, take) {
    let event = "message";
    const data = [];
    for (const line of lines) {
      const colon = line.indexOf(":");
      if (colon === 0) continue; // a comment
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
      if (field === "event") event = value;
      else if (field === "data") data.push(value);
    }
    if (data.length > 0) take({ event, data: data.join("\n") });
  }
}

// Keeps one stream open from start() to stop(). Tells:
//   onSnapshot(snapshot)
//   onState(state, {problem, retryAt})
//     "connecting"
//     "live"
//     "lost"      it is tried again at retryAt (milliseconds)
//     "refused"   401: nothing is tried before start() is called again
//     "stopped"
export class SnapshotStream {
  #handlers;
  #controller = null;
  #failures = 0;
  #timer = 0;

  constructor(handlers) {
    this.#handlers = handlers;
  }

  start() {
    this.#end();
    this.#run();
  }

  stop() {
    this.#end();
    this.#handlers.onState("stopped", {});
  }

  // At once instead of when the wait is over; does nothing while a stream is open.
  retryNow() {
    if (this.#timer === 0) return;
    this.#end();
    this.#run();
  }

  #end() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#controller?.abort();
    this.#controller = null;
  }

  async #run() {
    const controller = new AbortController();
    this.#controller = controller;
    this.#handlers.onState("connecting", {});
    try {
      await this.#read(controller);
      throw new Problem(0, "The service has ended the stream.");
    } catch (error) {
      if (controller !== this.#controller) return; // ended by us
      controller.abort();
      this.#controller = null;
      this.#failed(
        error instanceof Problem ? error : new Problem(0, "The connection broke off."),
        error,
      );
    }
  }

  async #read(controller) {
    let watch = 0;
    const heard = () => {
      clearTimeout(watch);
      watch = setTimeout(() => controller.abort(), silence_max_ms);
    };
    try {
      heard();
      const response = await open("/api/v1/stream", {
        headers: { Accept: "text/event-stream" },
        signal: controller.signal,
      });
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      const records = new RecordReader();
      for (;;) {
        const { value, done } = await reader.read();
        if (done || controller !== this.#controller) return;
        heard();
        records.push(value, (record) => this.#take(record));
      }
    } finally {
      clearTimeout(watch);
    }
  }

  #take({ event, data }) {
    if (event !== "snapshot") return;
    const snapshot = JSON.parse(data);
    this.#failures = 0;
    this.#handlers.onState("live", {});
    this.#handlers.onSnapshot(snapshot);
  }

  #failed(problem, cause) {
    if (problem !== cause && cause?.name !== "AbortError" && !(cause instanceof TypeError))
      console.warn(cause);
    if (problem.status === 401) {
      this.#handlers.onState("refused", { problem });
      return;
    }
    const wait = waits_ms[Math.min(this.#failures++, waits_ms.length - 1)];
    // Many pages that lost the same service do not come back in the same instant.
    const spread = wait * (0.8 + 0.4 * Math.random());
    this.#timer = setTimeout(() => this.retryNow(), spread);
    this.#handlers.onState("lost", { problem, retryAt: Date.now() + spread });
  }
}
