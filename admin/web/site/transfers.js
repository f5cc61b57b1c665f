// Transfers: those that run, from the stream; those that are over, from the journal.
import { get, Problem, remove } from "./api.js";
import { ask } from "./dialog.js";
import { byId, element, isolated, setAttribute, setText } from "./dom.js";
import { setTime, timeNode } from "./moment.js";
import { Table, textColumn } from "./table.js";
import { attempt } from "./token.js";
import { done } from "./toast.js";
import { bytes, bytesPerSecond, duration, percent, unknown } from "./units.js";

const shown_max = 50; // the stream brings no more
const page = 50;
const refresh_ms = 10_000;

const who = ({ user, peer }) => (user === null ? peer : `${user}, ${peer}`);
const part = ({ bytes: moved, bytes_total: total }) => (total ? Math.min(1, moved / total) : null);

function remaining({ bytes: moved, bytes_total: total, bytes_per_second: rate }) {
  if (total === null || rate <= 0) return unknown;
  return duration(Math.max(0, total - moved) / rate);
}

// A bar without an end while the length is not known.
function showProgress(cell, transfer) {
  const [bar, words] = cell.children;
  const done = part(transfer);
  setAttribute(bar, "value", done === null ? null : String(done));
  const amount =
    done === null ? bytes(transfer.bytes) : `${percent(done)} of ${bytes(transfer.bytes_total)}`;
  setText(words, amount);
  setAttribute(bar, "aria-label", `${transfer.direction} of ${transfer.path}: ${amount}`);
}

function closeButton(transfer) {
  const button = element("button", { type: "button", textContent: "Close…" });
  button.addEventListener("click", () => close(transfer));
  return button;
}

async function close({ connection, method, path, direction }) {
  const outcome =
    direction === "upload"
      ? "What was uploaded is kept if the client can resume it."
      : "The client sees the download break off.";
  const body = [
    element(
      "p",
      {},
      `${method} `,
      isolated(path),
      ` on connection ${connection} ends at once. ${outcome}`,
    ),
  ];
  if (!(await ask({ title: "Close this connection?", body, accept: "Close it", dangerous: true })))
    return;
  await attempt(`Closing connection ${connection}`, async () => {
    try {
      await remove(`/api/v1/connections/${connection}`);
      done(`Connection ${connection} is closed.`);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 404) throw error;
      done(`Connection ${connection} had ended already.`);
    }
  });
}

function liveTable() {
  return new Table({
    caption: "Running transfers",
    empty: "Nothing is being transferred.",
    // A connection carries one transfer after another.
    key: ({ connection, started }) => `${connection} ${started}`,
    columns: [
      textColumn("Path", ({ path }) => path, "path strong"),
      textColumn(
        "",
        ({ direction }) => (direction === "upload" ? "↑ upload" : "↓ download"),
        "brief",
      ),
      {
        title: "Progress",
        className: "progress",
        create: () => [element("progress", { max: 1 }), element("span")],
        update: showProgress,
      },
      textColumn("Rate", ({ bytes_per_second: rate }) => bytesPerSecond(rate), "number"),
      textColumn("Left", remaining, "number"),
      textColumn("Client", who, "path"),
      textColumn("Listener", ({ listener, model }) =>
        listener === model ? listener : `${listener} (${model})`,
      ),
      {
        title: "",
        className: "actions",
        create: closeButton,
        update: (cell, { path }) =>
          setAttribute(cell.firstElementChild, "aria-label", `Close the connection of ${path}`),
      },
    ],
  });
}

function finishedTable() {
  return new Table({
    caption: "Finished transfers",
    empty: "The journal has none.",
    key: ({ id }) => id,
    columns: [
      {
        title: "Ended",
        create: timeNode,
        update: (cell, { ended }) => setTime(cell.firstElementChild, ended),
      },
      textColumn("Path", ({ path }) => path, "path strong"),
      textColumn("Method", ({ method }) => method),
      {
        title: "Result",
        create: () => element("span", { className: "badge" }),
        update: (cell, { result, status }) => {
          setText(cell.firstElementChild, status === null ? result : `${result}, ${status}`);
          setAttribute(cell.firstElementChild, "data-state", result);
        },
      },
      textColumn("Received", ({ bytes_received: amount }) => bytes(amount), "number"),
      textColumn("Sent", ({ bytes_sent: amount }) => bytes(amount), "number"),
      textColumn("Took", ({ seconds }) => duration(seconds), "number"),
      textColumn("Client", who, "path"),
      textColumn("Listener", ({ listener, model }) =>
        listener === model ? listener : `${listener} (${model})`,
      ),
    ],
  });
}

export class Transfers {
  #live = liveTable();
  #finished = finishedTable();
  #cursors = [null]; // `before` of the pages up to the one that is shown
  #next = null;
  #readAt = -Infinity;
  #newer = element("button", { type: "button", textContent: "Newer" });
  #older = element("button", { type: "button", textContent: "Older" });

  constructor() {
    byId("transfers-live").append(
      this.#live.node,
      (this.#more = element("p", { className: "quiet", hidden: true })),
    );
    this.#more.textContent = `Only ${shown_max} are shown; overlapctl transfers lists all.`;
    byId("transfers-finished").append(
      this.#finished.node,
      element("div", { className: "buttons" }, this.#newer, this.#older),
    );
    this.#newer.addEventListener("click", () =>
      this.#turn(() => this.#cursors.length > 1 && this.#cursors.pop()),
    );
    this.#older.addEventListener("click", () =>
      this.#turn(() => this.#next !== null && this.#cursors.push(this.#next)),
    );
    for (const input of document.querySelectorAll('input[name="transfers"]'))
      input.addEventListener("change", () => this.#choose());
  }
  #more;

  show(transfers) {
    this.#live.show(transfers);
    this.#more.hidden = transfers.length < shown_max;
  }

  // To be called now and then. The first page follows what happens; a page that somebody has turned
  // to stays.
  tick(now) {
    if (
      this.#chosen() !== "finished" ||
      this.#cursors.length > 1 ||
      now - this.#readAt < refresh_ms
    )
      return;
    this.#read(now);
  }

  #chosen() {
    return document.querySelector('input[name="transfers"]:checked').value;
  }

  #choose() {
    const live = this.#chosen() === "live";
    byId("transfers-live").hidden = !live;
    byId("transfers-finished").hidden = live;
    if (!live) this.#read(performance.now());
  }

  #turn(move) {
    if (move()) this.#read(performance.now());
  }

  async #read(now) {
    this.#readAt = now;
    const cursor = this.#cursors.at(-1);
    const before = cursor === null ? "" : `&before=${cursor}`;
    try {
      const { transfers, next } = await get(
        `/api/v1/transfers?state=finished&limit=${page}${before}`,
      );
      if (cursor !== this.#cursors.at(-1)) return; // turned on meanwhile
      this.#next = next;
      this.#finished.show(transfers);
    } catch (error) {
      this.#next = null;
      this.#finished.say(
        error instanceof Problem ? error.message : "The journal could not be read.",
      );
    }
    setAttribute(this.#newer, "aria-disabled", this.#cursors.length > 1 ? null : "true");
    setAttribute(this.#older, "aria-disabled", this.#next === null ? "true" : null);
  }
}
