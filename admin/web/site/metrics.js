// Which figures are drawn, in which unit, and what is said where a model has none.
import { operations } from "./series.js";
import { bytesPerSecond, count, microseconds, perSecond } from "./units.js";

const labels = { send_file: "send file" };
const single = (column, label = "") => [{ column, label, style: 0 }];

// `lines` are those of one chart of the side-by-side view. `overlaid` are the charts of the other
// view: one line a model in each.
export const metrics = [
  {
    id: "in-flight",
    title: "Operations in flight",
    format: count,
    whole: true,
    lines: operations.map((operation, style) => ({
      column: `in_flight.${operation}`,
      label: labels[operation] ?? operation,
      style,
    })),
    overlaid: [{ title: "Operations in flight", column: "in_flight.total" }],
  },
  {
    id: "completions",
    title: "Completions",
    format: perSecond,
    lines: single("completions_per_second"),
  },
  {
    id: "latency",
    title: "Latency of sends, reads and writes",
    note: "submit to completion, logarithmic",
    format: microseconds,
    logarithmic: true,
    lines: [
      { column: "latency_p50_us", label: "p50", style: 0 },
      { column: "latency_p90_us", label: "p90", style: 1 },
      { column: "latency_p99_us", label: "p99", style: 2 },
    ],
    overlaid: [
      { title: "Latency, p50", column: "latency_p50_us" },
      { title: "Latency, p90", column: "latency_p90_us" },
      { title: "Latency, p99", column: "latency_p99_us" },
    ],
  },
  {
    id: "lag",
    title: "Dispatch lag and handler time, p99",
    note: "logarithmic",
    format: microseconds,
    logarithmic: true,
    lines: [
      { column: "dispatch_lag_p99_us", label: "lag", style: 0 },
      { column: "handler_p99_us", label: "handler", style: 1 },
    ],
    overlaid: [
      { title: "Dispatch lag, p99", column: "dispatch_lag_p99_us" },
      { title: "Handler time, p99", column: "handler_p99_us" },
    ],
  },
  {
    id: "slots",
    title: "Wait slots",
    format: count,
    whole: true,
    none: "this model has no wait slots",
    lines: [
      { column: "wait_slots_used", label: "used", style: 0 },
      { column: "wait_slots_limit", label: "limit", style: 2 },
    ],
    overlaid: [{ title: "Wait slots used", column: "wait_slots_used" }],
  },
  {
    id: "connections",
    title: "Connections",
    format: count,
    whole: true,
    lines: single("connections"),
  },
  {
    id: "per-thread",
    title: "Connections on the fullest thread",
    format: count,
    whole: true,
    none: "no thread has connections of its own",
    lines: single("connections_per_thread_max"),
  },
  {
    id: "bytes",
    title: "Bytes",
    format: bytesPerSecond,
    binary: true,
    lines: [
      { column: "bytes_received_per_second", label: "received", style: 0 },
      { column: "bytes_sent_per_second", label: "sent", style: 1 },
    ],
    overlaid: [
      { title: "Bytes received", column: "bytes_received_per_second" },
      { title: "Bytes sent", column: "bytes_sent_per_second" },
    ],
  },
];
