// What is said about the connection to the service: nothing while it is live, all that matters when
// it is not.
import { byId, setText } from "./dom.js";
import { clock } from "./units.js";

export class Link {
  #retryAt = 0;
  #timer = 0;
  #lostAt = 0;

  // `state` and its details are those of SnapshotStream.
  show(state, { problem, retryAt } = {}) {
    clearInterval(this.#timer);
    document.body.dataset.link = state;
    if (state === "live") {
      this.#lostAt = 0;
      byId("link").hidden = true;
      setText(byId("link-words"), "");
      document.title = "Overlap";
      return;
    }
    if (state === "connecting") {
      setText(byId("link-next"), "Trying…");
      return;
    }
    byId("link").hidden = false;
    this.#lostAt ||= Date.now();
    document.title = state === "refused" ? "Token needed – Overlap" : "Connection lost – Overlap";
    setText(byId("link-words"), this.#words(state, problem));
    byId("link-retry").hidden = state === "stopped";
    this.#retryAt = retryAt ?? 0;
    this.#countDown();
    if (retryAt) this.#timer = setInterval(() => this.#countDown(), 1000);
  }

  #words(state, problem) {
    if (state === "refused") return `The service wants the token. ${problem.message}`;
    if (state === "stopped") return "Paused while this tab was in the background.";
    const since = clock(this.#lostAt);
    return `Connection lost at ${since}: what is shown is no longer current. ${problem.message}`;
  }

  // Not in what is read aloud: it changes every second.
  #countDown() {
    const seconds = Math.max(0, Math.ceil((this.#retryAt - Date.now()) / 1000));
    setText(byId("link-next"), this.#retryAt === 0 ? "" : `Trying again in ${seconds} s.`);
  }
}
