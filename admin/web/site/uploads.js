// Uploads that were begun and can be resumed.
import { get, Problem, remove } from "./api.js";
import { ask } from "./dialog.js";
import { byId, element, isolated, setAttribute, setText } from "./dom.js";
import { setTime, timeNode } from "./moment.js";
import { Table, textColumn } from "./table.js";
import { attempt } from "./token.js";
import { done } from "./toast.js";
import { bytes, percent } from "./units.js";

const refresh_ms = 5000;
const first_page = 100;
const pages_max = 1000; // what one answer holds at most

function showProgress(cell, { path, offset, length }) {
  const [bar, words] = cell.children;
  const part = length ? Math.min(1, offset / length) : null;
  setAttribute(bar, "value", part === null ? null : String(part));
  bar.hidden = part === null;
  const amount =
    part === null
      ? `${bytes(offset)} of an unknown length`
      : `${percent(part)} of ${bytes(length)}`;
  setText(words, amount);
  setAttribute(bar, "aria-label", `Upload of ${path}: ${amount}`);
}

export class Uploads {
  #readAt = -Infinity;
  #limit = first_page;
  #more = element("button", { type: "button", textContent: "Show more", hidden: true });
  #table = new Table({
    caption: "Unfinished uploads",
    empty: "No upload is unfinished.",
    key: ({ id }) => id,
    columns: [
      textColumn("Path", ({ path }) => path, "path strong"),
      {
        title: "Progress",
        className: "progress",
        create: () => [element("progress", { max: 1 }), element("span")],
        update: showProgress,
      },
      textColumn("User", ({ user }) => user ?? "nobody"),
      {
        title: "Last touched",
        create: timeNode,
        update: (cell, { touched }) => setTime(cell.firstElementChild, touched),
      },
      {
        title: "Expires",
        create: timeNode,
        update: (cell, { expires }) => setTime(cell.firstElementChild, expires),
      },
      textColumn("State", ({ active }) => (active ? "being written" : "waiting")),
      {
        title: "",
        className: "actions",
        create: (upload) => {
          const button = element("button", { type: "button", textContent: "Delete…" });
          button.addEventListener("click", () => this.#delete(upload));
          return button;
        },
        update: (cell, { path }) =>
          setAttribute(cell.firstElementChild, "aria-label", `Delete the upload of ${path}`),
      },
    ],
  });

  constructor() {
    byId("uploads-table").append(this.#table.node, this.#more);
    this.#more.addEventListener("click", () => {
      this.#limit = Math.min(pages_max, this.#limit * 2);
      this.#read();
    });
  }

  // To be called now and then; the stream does not bring these.
  tick(now) {
    if (now - this.#readAt < refresh_ms) return;
    this.#readAt = now;
    this.#read();
  }

  async #read() {
    try {
      const { uploads, next } = await get(`/api/v1/uploads?limit=${this.#limit}`);
      this.#table.show(uploads);
      this.#more.hidden = next === null || this.#limit === pages_max;
    } catch (error) {
      // The stream notices as well when the service is gone, and says it at the top of the page.
      if (!(error instanceof Problem) || error.status !== 0) console.warn(error);
    }
  }

  async #delete({ id, path }) {
    const body = [
      element(
        "p",
        {},
        "What was uploaded of ",
        isolated(path),
        " is deleted; the client has to begin again.",
      ),
    ];
    if (!(await ask({ title: "Delete this upload?", body, accept: "Delete it", dangerous: true })))
      return;
    await attempt("Deleting the upload", async () => {
      await remove(`/api/v1/uploads/${encodeURIComponent(id)}`);
      done("The upload is deleted.");
    });
    this.#read();
  }
}
