// Figures as people read them: counts in SI steps (k, M), bytes in IEC steps (KiB, MiB), durations
// in µs, ms and s. What is unknown is shown as a dash.

export const unknown = "–";

// Three significant figures (1.23, 12.3, 123), so that a changing figure keeps its width; whole
// numbers as they are.
function figures(value) {
  if (Number.isInteger(value)) return String(value);
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

function scaled(value, step, units) {
  let unit = 0;
  while (Math.abs(value) >= step * 0.9995 && unit < units.length - 1) {
    value /= step;
    ++unit;
  }
  return [value, units[unit]];
}

export function count(value) {
  if (value === null || value === undefined) return unknown;
  if (Math.abs(value) < 9999.5) return Number.isInteger(value) ? String(value) : figures(value);
  const [size, unit] = scaled(value, 1000, ["", "k", "M", "G", "T"]);
  return `${figures(size)} ${unit}`;
}

export function bytes(value) {
  if (value === null || value === undefined) return unknown;
  const [size, unit] = scaled(value, 1024, ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]);
  return `${unit === "B" ? Math.round(size) : figures(size)} ${unit}`;
}

export const bytesPerSecond = (value) =>
  value === null || value === undefined ? unknown : `${bytes(value)}/s`;
export const perSecond = (value) =>
  value === null || value === undefined ? unknown : `${count(value)}/s`;

export function microseconds(value) {
  if (value === null || value === undefined) return unknown;
  if (value < 999.5) return `${figures(value)} µs`;
  if (value < 999500) return `${figures(value / 1000)} ms`;
  return `${figures(value / 1e6)} s`;
}

// "4 s", "3 min 5 s", "2 h 10 min", "5 d 3 h".
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return unknown;
  if (seconds < 9.95) return `${figures(Math.round(seconds * 10) / 10)} s`;
  const steps = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
    [1, "s"],
  ];
  let rest = Math.round(seconds);
  const first = steps.findIndex(([size]) => rest >= size);
  const words = [];
  for (const [size, unit] of steps.slice(first, first + 2)) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) words.push(`${amount} ${unit}`);
  }
  return words.join(" ");
}

export const percent = (part) =>
  part === null || part === undefined ? unknown : `${Math.floor(part * 100)} %`;

const clockFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const minuteFormat = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const dayFormat = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

export const clock = (milliseconds) => clockFormat.format(milliseconds);
export const clockMinutes = (milliseconds) => minuteFormat.format(milliseconds);

// Local time for the eye: the clock if it was within half a day, else the date as well.
export function moment(milliseconds, now = Date.now()) {
  const far = Math.abs(now - milliseconds) > 43_200_000;
  return far ? dayFormat.format(milliseconds) : clockFormat.format(milliseconds);
}
