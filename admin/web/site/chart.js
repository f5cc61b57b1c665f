// One chart: a drawing of uPlot, above it what it shows, and the values in words, which are its
// legend as well. While a cursor is in one of the charts the words of all of them are about its
// time.
import { element, setAttribute, setText } from "./dom.js";
import { dashes, lineSample } from "./palette.js";
import { splits } from "./scale.js";
import { clock, clockMinutes } from "./units.js";

const narrow_below = 240; // pixels
const heights = { narrow: 104, wide: 132 };
const time_steps = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600]; // seconds
const font = '11px system-ui, "Segoe UI", Roboto, sans-serif';

export class Chart {
  #lines; // {label, style}
  #scale;
  #plot = null;
  #place;
  #words = [];
  #empty;
  #data = [[]];
  #range = [0, 1];
  #span = [0, 1];
  #visible = true;
  #stale = false;
  #title;

  // `scale`: {format, logarithmic, whole, binary}. `onCursor(time or null)` in seconds.
  constructor({ title, lines, scale, none, onCursor }) {
    this.#lines = lines;
    this.#scale = scale;
    this.#title = title;
    this.onCursor = onCursor;
    this.#place = element("div", { className: "plot", attributes: { role: "img" } });
    this.#empty = element("p", { className: "none quiet", textContent: none ?? "no values yet" });
    const legend = element("ul", { className: "legend" });
    for (const { label, style } of lines) {
      const value = element("span", { className: "value" });
      this.#words.push(value);
      const item = element("li", {}, lineSample(style));
      if (label) item.append(element("span", { className: "label", textContent: label }));
      item.append(value);
      legend.append(item);
    }
    const caption = element(
      "figcaption",
      {},
      element("span", { className: "subject", textContent: title.subject }),
      legend,
    );
    this.node = element("figure", { className: "chart" }, caption, this.#place, this.#empty);
  }

  // To be called once the node is in the document. Only what can be seen is drawn.
  begin(palette) {
    this.#resize = new ResizeObserver(() => this.#fit());
    this.#resize.observe(this.#place);
    this.#watch = new IntersectionObserver(
      ([entry]) => {
        this.#visible = entry.isIntersecting;
        if (this.#visible && this.#stale) this.#draw();
      },
      { rootMargin: "200px" },
    );
    this.#watch.observe(this.node);
    this.colour(palette);
  }
  #resize = null;
  #watch = null;

  end() {
    this.#resize?.disconnect();
    this.#watch?.disconnect();
    this.#plot?.destroy();
    this.#plot = null;
    this.node.remove();
  }

  colour(palette) {
    this.#plot?.destroy();
    this.#plot = new window.uPlot(this.#options(palette), this.#data, this.#place);
    this.#draw();
  }

  // `span`: from and to, in seconds; `range`: those of the values, shared with other charts.
  show(data, span, range) {
    this.#data = data;
    this.#span = span;
    this.#range = range;
    if (this.#visible) this.#draw();
    else this.#stale = true;
  }

  #draw() {
    if (!this.#plot) return;
    this.#stale = false;
    const has = this.#data.slice(1).some((column) => column.some((value) => value !== null));
    this.#empty.hidden = has;
    this.#place.classList.toggle("without", !has);
    const drawn = this.#scale.logarithmic ? this.#data.map(positive) : this.#data;
    this.#plot.setData(drawn, false);
    this.#plot.batch(() => {
      this.#plot.setScale("x", { min: this.#span[0], max: this.#span[1] });
      this.#plot.setScale("y", { min: this.#range[0], max: this.#range[1] });
    });
    this.#say(this.#plot.cursor.idx ?? null);
  }

  #say(index) {
    const at = index === null ? this.#data[0].length - 1 : index;
    const { format } = this.#scale;
    this.#words.forEach((word, i) => setText(word, format(this.#data[i + 1]?.[at] ?? null)));
    const said = this.#lines
      .map(({ label }, i) => `${label} ${this.#words[i].textContent}`.trim())
      .join(", ");
    const axis = `axis from ${this.#range.map(format).join(" to ")}`;
    setAttribute(
      this.#place,
      "aria-label",
      `${this.#title.metric}, ${this.#title.subject}: ${said}; ${axis}`,
    );
  }

  #fit() {
    const width = this.#place.clientWidth;
    if (!this.#plot || width === 0) return;
    const height = width < narrow_below ? heights.narrow : heights.wide;
    if (width !== this.#plot.width || height !== this.#plot.height)
      this.#plot.setSize({ width, height });
  }

  #options(palette) {
    const axis = {
      stroke: palette.text[0],
      font,
      ticks: { show: false },
      grid: { stroke: palette.grid[0], width: 1 },
    };
    return {
      width: this.#place.clientWidth || 240,
      height: heights.wide,
      padding: [8, 10, 0, 0],
      legend: { show: false },
      cursor: {
        sync: { key: "models", setSeries: false },
        drag: { x: false, y: false },
        points: { size: 5 },
      },
      scales: {
        x: { time: true, auto: false },
        y: { auto: false, distr: this.#scale.logarithmic ? 3 : 1 },
      },
      axes: [
        {
          ...axis,
          size: 22,
          gap: 4,
          // A label is hours and minutes, with seconds while there is little to be seen.
          space: (plot, index, from, to) => (to - from < 240 ? 62 : 42),
          incrs: time_steps,
          values: (plot, times, index, space, step) =>
            times.map((at) => (step < 60 ? clock : clockMinutes)(at * 1000)),
        },
        {
          ...axis,
          size: (plot) => (plot.width < narrow_below ? 50 : 62),
          gap: 4,
          splits: (plot) => splits(this.#range, this.#scale, plot.bbox.height / devicePixelRatio),
          filter: (plot, values) => values,
          values: (plot, values) =>
            values.map((value) => this.#scale.format(value).replace("/s", "")),
        },
      ],
      series: [
        {},
        ...this.#lines.map(({ style }) => ({
          stroke: palette.line[style],
          width: 1.5,
          dash: dashes[style],
          points: { show: false },
          spanGaps: false,
        })),
      ],
      hooks: {
        setCursor: [
          (plot) => {
            const index = plot.cursor.idx ?? null;
            this.#say(index);
            this.onCursor?.(index === null ? null : this.#data[0][index]);
          },
        ],
      },
    };
  }
}

// On a logarithmic scale there is no place for zero.
const positive = (column, i) =>
  i === 0 ? column : column.map((value) => (value > 0 ? value : null));
