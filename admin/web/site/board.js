// The charts of all models: side by side, a row of charts for each metric with the same axes; or
// overlaid, a line for each model. And the same figures as a table.
import { byId, element, keyed, setText } from "./dom.js";
import { Chart } from "./chart.js";
import { metrics } from "./metrics.js";
import { readPalette } from "./palette.js";
import { extent, sharedRange } from "./scale.js";
import { clock } from "./units.js";

// Over an hour each point stands for so many seconds, and a second later it does not look
// different.
const long_span = { step: 10, period_ms: 5000 };

const least_span = 60;

const overlays = metrics.flatMap((metric) =>
  (metric.overlaid ?? [{ title: metric.title, column: metric.lines[0].column }]).map((one) => ({
    ...metric,
    ...one,
  })),
);

const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`).value;

export class Board {
  #history;
  #rows = []; // {metric, charts: [{chart, columns(from) -> uPlot data}]}
  #models = [];
  #built = "";
  #palette = null;
  #drawnAt = 0;

  constructor(history) {
    this.#history = history;
    for (const input of document.querySelectorAll('input[name="view"], input[name="span"]'))
      input.addEventListener("change", () => this.#refresh());
    byId("figures").addEventListener("toggle", () => this.#refresh());
  }

  // The colours have changed.
  colour() {
    this.#palette = readPalette();
    for (const { charts } of this.#rows)
      for (const { chart } of charts) chart.colour(this.#palette);
  }

  // `models`: their names, in order. `force`: even if it was drawn a moment ago.
  draw(models, force = false) {
    this.#models = models;
    this.#palette ??= readPalette();
    const layout = JSON.stringify([chosen("view"), models]);
    const rebuilt = layout !== this.#built;
    if (rebuilt) this.#build(layout);
    const span = Number(chosen("span"));
    const now = performance.now();
    if (!force && !rebuilt && this.#step() > 1 && now - this.#drawnAt < long_span.period_ms) return;
    this.#drawnAt = now;
    const times = models.flatMap((name) => this.#history.bounds(name));
    if (times.length === 0) return;
    const newest = Math.max(...times);
    // What is known fills the width; a minute of it is the least that is drawn.
    const from = Math.max(newest - span, Math.min(Math.min(...times), newest - least_span));
    for (const row of this.#rows) this.#fill(row, from, newest);
    if (byId("figures").open) this.#table(from);
  }

  #step() {
    return Number(chosen("span")) > 900 ? long_span.step : 1;
  }

  #refresh() {
    setText(
      byId("span-note"),
      this.#step() > 1 ? `each point is the greatest of ${long_span.step} s` : "",
    );
    this.draw(this.#models, true);
  }

  #fill({ metric, charts }, from, to) {
    const data = charts.map(({ columns }) => columns(from));
    const found = extent(
      data.flatMap((columns) => columns.slice(1)),
      metric.logarithmic,
    );
    const range = sharedRange(found, metric);
    charts.forEach(({ chart }, i) => chart.show(data[i], [from, to], range));
  }

  #build(layout) {
    for (const { charts } of this.#rows) for (const { chart } of charts) chart.end();
    const place = byId("charts");
    place.replaceChildren();
    this.#built = layout;
    const overlaid = chosen("view") === "overlay";
    place.className = overlaid ? "overlaid" : "beside";
    this.#rows = overlaid
      ? overlays.map((metric) => this.#overlay(place, metric))
      : metrics.map((metric) => this.#beside(place, metric));
    for (const { charts } of this.#rows) for (const { chart } of charts) chart.begin(this.#palette);
  }

  #beside(place, metric) {
    const charts = this.#models.map((name) => ({
      chart: this.#chart(metric, name, metric.lines),
      columns: (from) =>
        this.#history.since(
          name,
          from,
          metric.lines.map(({ column }) => column),
          this.#step(),
        ),
    }));
    const row = element(
      "div",
      { className: `row lines-${metric.lines.length}`, dataset: { models: this.#models.length } },
      ...charts.map(({ chart }) => chart.node),
    );
    place.append(
      element("section", { className: "metric", id: `metric-${metric.id}` }, heading(metric), row),
    );
    return { metric, charts };
  }

  #overlay(place, metric) {
    const lines = this.#models.map((name, style) => ({ label: name, style: style % 6 }));
    const chart = this.#chart(metric, "all models", lines);
    place.append(element("section", { className: "metric" }, heading(metric), chart.node));
    return { metric, charts: [{ chart, columns: (from) => this.#merged(metric.column, from) }] };
  }

  // One column a model over the times of all of them; they are sampled together, but one may have
  // begun later.
  #merged(column, from) {
    const parts = this.#models.map((name) =>
      this.#history.since(name, from, [column], this.#step()),
    );
    const times = [...new Set(parts.flatMap(([own]) => own))].sort((a, b) => a - b);
    const place = new Map(times.map((time, i) => [time, i]));
    return [
      times,
      ...parts.map(([own, values]) => {
        const all = times.map(() => null);
        own.forEach((time, i) => (all[place.get(time)] = values[i]));
        return all;
      }),
    ];
  }

  #chart(metric, subject, lines) {
    return new Chart({
      title: { metric: metric.title, subject },
      lines,
      scale: metric,
      none: metric.none,
      onCursor: (time) =>
        setText(byId("cursor-time"), time === null ? "" : `at ${clock(time * 1000)}`),
    });
  }

  #table(from) {
    const head = element(
      "tr",
      {},
      element("th", { textContent: "Figure", attributes: { scope: "col" } }),
      ...this.#models.map((name) =>
        element("th", { textContent: name, attributes: { scope: "col" } }),
      ),
    );
    if (byId("figures-head").textContent !== head.textContent)
      byId("figures-head").replaceChildren(head);
    const rows = metrics.flatMap((metric) => metric.lines.map((line) => ({ metric, line })));
    keyed(
      byId("figures-body"),
      rows,
      ({ line }) => line.column,
      ({ metric, line }) =>
        element(
          "tr",
          {},
          element("th", {
            textContent: line.label ? `${metric.title}: ${line.label}` : metric.title,
            attributes: { scope: "row" },
          }),
        ),
      (node, { metric, line }) => {
        while (node.cells.length > this.#models.length + 1) node.lastElementChild.remove();
        while (node.cells.length < this.#models.length + 1) node.append(element("td"));
        this.#models.forEach((name, i) => {
          const values = this.#history.since(name, from, [line.column])[1];
          const found = extent([values], false);
          const now = metric.format(values.at(-1) ?? null);
          setText(node.cells[i + 1], found ? `${now} (${metric.format(found[1])})` : now);
        });
      },
    );
  }
}

function heading({ title, note }) {
  const node = element("h3", { textContent: title });
  if (note) node.append(" ", element("span", { className: "quiet", textContent: note }));
  return node;
}
