// The listeners, and what can be done with them.
import { post } from "./api.js";
import { ask } from "./dialog.js";
import { byId, element, isolated, setAttribute, setText } from "./dom.js";
import { Table, textColumn } from "./table.js";
import { attempt } from "./token.js";
import { done } from "./toast.js";
import { count } from "./units.js";

const model_names = ["device", "event", "apc", "asio"];
const past = {
  pause: "is paused: new connections are answered with 503",
  resume: "accepts connections",
  drain: "is draining",
};

const address = ({ address: host, port, tls }) =>
  `${host.includes(":") ? `[${host}]` : host}:${port}${tls ? ", TLS" : ""}`;

function model({ model: name, former_models: former }) {
  const left = former.filter((one) => one.connections > 0 && one.model !== name);
  if (left.length === 0) return name;
  const words = left.map((one) => `${count(one.connections)} on ${one.model}`);
  return `${name} (still ${words.join(", ")})`;
}

export class Listeners {
  #table;
  #current = new Map(); // by name
  #busy = new Set(); // names of those for which something is under way

  constructor() {
    this.#table = new Table({
      caption: "Listeners",
      empty: "There is no listener.",
      key: ({ name }) => name,
      columns: [
        textColumn("Name", ({ name }) => name, "strong"),
        textColumn("Model", model),
        textColumn("Address", address),
        {
          title: "State",
          create: () => element("span", { className: "badge" }),
          update: (cell, { state, accept_failing: failing }) => {
            setText(cell.firstElementChild, failing ? `${state}, cannot accept` : state);
            setAttribute(cell.firstElementChild, "data-state", failing ? "failing" : state);
          },
        },
        textColumn(
          "Connections",
          ({ connections: { current, limit } }) => `${count(current)} of ${count(limit)}`,
          "number",
        ),
        textColumn("Peak", ({ connections: { peak } }) => count(peak), "number"),
        textColumn("Total", ({ connections: { total } }) => count(total), "number"),
        textColumn("Rejected", ({ rejected_total: rejected }) => count(rejected), "number"),
        {
          title: "",
          className: "actions",
          create: ({ name }) => this.#buttons(name),
          update: (cell, item) => this.#enable(cell, item),
        },
      ],
    });
    byId("listeners-table").append(this.#table.node);
  }

  show(listeners) {
    this.#current = new Map(listeners.map((listener) => [listener.name, listener]));
    this.#table.show(listeners);
  }

  #buttons(name) {
    const button = (className, label, press) => {
      const node = element("button", { type: "button", className, textContent: label });
      node.addEventListener("click", () => {
        if (node.getAttribute("aria-disabled") !== "true") press();
      });
      return node;
    };
    return [
      button("toggle", "Pause", () => this.#toggle(name)),
      button("drain", "Drain…", () => this.#drain(name)),
      button("switch", "Switch model…", () => this.#switch(name)),
    ];
  }

  #enable(cell, { name, state }) {
    const [toggle, drain, change] = cell.children;
    const busy = this.#busy.has(name);
    const label = state === "running" ? "Pause" : "Resume";
    setText(toggle, label);
    setAttribute(toggle, "aria-label", `${label} ${name}`);
    setAttribute(drain, "aria-label", `Drain ${name}`);
    setAttribute(change, "aria-label", `Switch model of ${name}`);
    const disable = (node, disabled) =>
      setAttribute(node, "aria-disabled", disabled ? "true" : null);
    disable(toggle, busy);
    disable(drain, busy || state === "draining" || state === "drained");
    disable(change, busy);
    setAttribute(cell, "aria-busy", busy ? "true" : null);
  }

  #toggle(name) {
    return this.#act(name, this.#current.get(name).state === "running" ? "pause" : "resume");
  }

  async #drain(name) {
    const { current } = this.#current.get(name).connections;
    const body = [
      element(
        "p",
        {},
        "The listener ",
        isolated(name),
        " gives up its port and closes idle connections. Of its ",
        `${count(current)} connections, those with a request under way finish it. `,
        "Resume opens the port again.",
      ),
    ];
    if (await ask({ title: `Drain ${name}?`, body, accept: "Drain", dangerous: true }))
      await this.#act(name, "drain");
  }

  async #switch(name) {
    const now = this.#current.get(name).model;
    const choices = element(
      "fieldset",
      {},
      element("legend", { textContent: "New connections go to" }),
      ...model_names.map((each) =>
        element(
          "label",
          {},
          element("input", { type: "radio", name: "model", value: each, checked: each === now }),
          ` ${each}`,
        ),
      ),
    );
    const body = [
      element(
        "p",
        {},
        "Connections that are open stay with ",
        isolated(now),
        " until they end; no transfer is cut off.",
      ),
      choices,
    ];
    if (!(await ask({ title: `Switch the model of ${name}`, body, accept: "Switch" }))) return;
    const chosen = choices.querySelector(":checked").value;
    await this.#act(name, "model", { model: chosen });
  }

  async #act(name, action, body) {
    if (this.#busy.has(name)) return;
    this.#busy.add(name);
    this.#redraw();
    const what =
      action === "model"
        ? `Switching the model of ${name}`
        : `${action[0].toUpperCase()}${action.slice(1)} ${name}`;
    await attempt(what, async () => {
      const listener = await post(`/api/v1/listeners/${encodeURIComponent(name)}/${action}`, body);
      this.#current.set(name, listener);
      done(
        action === "model"
          ? `${name}: new connections go to ${listener.model}.`
          : `${name} ${past[action]}.`,
      );
    });
    this.#busy.delete(name);
    this.#redraw();
  }

  #redraw() {
    this.#table.show([...this.#current.values()]);
  }
}
