// What the charts draw: for each model the samples of the last hour, one column a figure. Bounded:
// an hour of one sample a second, whatever the stream brings.

export const operations = ["accept", "receive", "send", "send_file", "read", "write"];

const span_seconds = 3600;
const slack = 120; // samples kept beyond the hour, so that trimming is rare
const samples_max = span_seconds + slack;
const gap_seconds = 5; // a line is interrupted where nothing is known for longer

// The values of one sample under flat names: in_flight becomes in_flight.accept, ... and
// in_flight.total. Also works on columns: `sum` adds what the members of in_flight hold.
function flattened(values, sum) {
  const { in_flight: inFlight, ...rest } = values;
  const flat = { ...rest };
  if (inFlight) {
    for (const operation of operations) flat[`in_flight.${operation}`] = inFlight[operation];
    flat["in_flight.total"] = sum(operations.map((operation) => inFlight[operation]));
  }
  return flat;
}

const sumOfValues = (values) =>
  values.reduce((total, value) => (value == null ? total : (total ?? 0) + value), null);
const sumOfColumns = (columns) =>
  (columns.find((column) => column) ?? []).map((_, i) =>
    sumOfValues(columns.map((column) => column?.[i] ?? null)),
  );

// The first index whose time is at least `from`.
function firstAt(times, from) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

// One point for every `step` seconds, the greatest value of each: a spike is what one looks for
// over a long time.
function thinned([times, ...columns], step) {
  const starts = [];
  const greatest = columns.map(() => []);
  times.forEach((time, i) => {
    const start = Math.floor(time / step) * step;
    if (starts.at(-1) !== start) {
      starts.push(start);
      for (const column of greatest) column.push(null);
    }
    columns.forEach((column, c) => {
      const at = starts.length - 1;
      if (column[i] !== null && (greatest[c][at] === null || column[i] > greatest[c][at]))
        greatest[c][at] = column[i];
    });
  });
  return [starts, ...greatest];
}

class ModelSeries {
  times = [];
  #columns = new Map();

  // Seconds since 1970. A sample that is not newer than the last one is known already.
  append(time, values) {
    const last = this.times.at(-1);
    if (last !== undefined && time <= last) return;
    if (last !== undefined && time - last > gap_seconds) this.#push(last + 1, {});
    this.#push(time, flattened(values, sumOfValues));
    if (this.times.length > samples_max) this.#trim(this.times.length - span_seconds);
  }

  // Takes the place of all there is up to the newest sample of `columns`.
  load({ time, ...columns }) {
    const keepFrom = time.length === 0 ? 0 : firstAt(this.times, time.at(-1) + 0.001);
    const later = this.times.slice(keepFrom);
    const laterColumns = new Map();
    for (const [name, column] of this.#columns) laterColumns.set(name, column.slice(keepFrom));
    this.times = [];
    this.#columns = new Map();
    const flat = flattened(columns, sumOfColumns);
    for (let i = Math.max(0, time.length - span_seconds); i < time.length; ++i) {
      const last = this.times.at(-1);
      if (last !== undefined && time[i] - last > gap_seconds) this.#push(last + 1, {});
      const values = {};
      for (const name of Object.keys(flat)) values[name] = flat[name]?.[i];
      this.#push(time[i], values);
    }
    for (let i = 0; i < later.length; ++i) {
      const values = {};
      for (const [name, column] of laterColumns) values[name] = column[i];
      this.#push(later[i], values);
    }
  }

  // The times and the named columns from `from` on; a column that nobody sent is empty of values.
  since(from, names) {
    const first = firstAt(this.times, from);
    const times = this.times.slice(first);
    return [
      times,
      ...names.map((name) => this.#columns.get(name)?.slice(first) ?? times.map(() => null)),
    ];
  }

  #push(time, values) {
    // Of a mechanism without wait slots there is no line at zero.
    if (values.wait_slots_limit === 0)
      values = { ...values, wait_slots_limit: null, wait_slots_used: null };
    for (const name of Object.keys(values))
      if (!this.#columns.has(name))
        this.#columns.set(
          name,
          this.times.map(() => null),
        );
    this.times.push(time);
    for (const [name, column] of this.#columns) column.push(values[name] ?? null);
  }

  #trim(surplus) {
    this.times.splice(0, surplus);
    for (const column of this.#columns.values()) column.splice(0, surplus);
  }
}

export class History {
  #models = new Map();

  // An answer of /api/v1/history.
  load(history) {
    for (const { name, samples } of history.models) this.#of(name).load(samples);
  }

  append(snapshot) {
    const time = Date.parse(snapshot.time) / 1000;
    for (const { name, ...values } of snapshot.models) this.#of(name).append(time, values);
    // A model that no listener has used for an hour is forgotten.
    for (const [name, series] of this.#models)
      if ((series.times.at(-1) ?? time) < time - span_seconds) this.#models.delete(name);
  }

  // The first and the last time; nothing if there is none.
  bounds(name) {
    const times = this.#models.get(name)?.times ?? [];
    return times.length === 0 ? [] : [times[0], times.at(-1)];
  }

  // The times from `from` on, in seconds, and the values of each column; one for every `step`
  // seconds if that is given.
  since(name, from, columns, step = 1) {
    const all = this.#models.get(name)?.since(from, columns) ?? [[], ...columns.map(() => [])];
    return step > 1 ? thinned(all, step) : all;
  }

  samples() {
    return [...this.#models.values()].reduce((total, series) => total + series.times.length, 0);
  }

  #of(name) {
    if (!this.#models.has(name)) this.#models.set(name, new ModelSeries());
    return this.#models.get(name);
  }
}
