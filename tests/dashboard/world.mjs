// A service that is none: figures that move, and state that the commands of the API change.
// Everything follows from the time and a seed, so that a picture can be taken again.

const started = Date.now();
export const model_names = ["device", "event", "apc", "asio"];
const operations = ["accept", "receive", "send", "send_file", "read", "write"];
// What a client could call a file, to see whether a page takes it for markup.
export const hostile_name = '/in/<img src=x onerror="window.hostile=1">&amp;‮gnp.exe';

const moment = (milliseconds) => new Date(milliseconds).toISOString();
const wave = (seconds, period, phase) =>
  0.5 + 0.5 * Math.sin((2 * Math.PI * seconds) / period + phase);
// Between 0 and 1, the same for the same second and seed.
function noise(second, seed) {
  const value = Math.sin(second * 12.9898 + seed * 78.233) * 43758.5453;
  return value - Math.floor(value);
}

// The values of one model in one second.
function sample(model, second) {
  const seed = model_names.indexOf(model) + 1;
  const load = 0.3 + 0.5 * wave(second, 240, seed) + 0.2 * noise(second, seed);
  const base = [90, 110, 140, 60][seed - 1];
  const rate = [5200, 6400, 6100, 9300][seed - 1] * load;
  const slots = { device: 126, event: 126 }[model] ?? 0;
  return {
    in_flight: Object.fromEntries(
      operations.map((name, i) => [
        name,
        Math.round([1, 60, 14, 22, 6, 9][i] * load * (0.8 + 0.4 * noise(second, seed + i))),
      ]),
    ),
    completions_per_second: rate,
    latency_p50_us: base * (0.8 + 0.4 * noise(second, seed + 20)),
    latency_p90_us: base * 6 * (0.8 + 0.5 * noise(second, seed + 21)),
    latency_p99_us: base * 40 * (0.6 + 1.4 * noise(second, seed + 22) ** 4),
    dispatch_lag_p99_us:
      noise(second, seed + 30) < 0.1 ? null : base * 2 * (0.5 + noise(second, seed + 31)),
    handler_p99_us: base * 0.7 * (0.5 + noise(second, seed + 32)),
    wait_slots_used: slots === 0 ? 0 : Math.round(slots * 0.7 * load),
    wait_slots_limit: slots,
    connections: Math.round(120 * load),
    connections_per_thread_max:
      model === "asio" ? null : Math.round((model === "apc" ? 62 : 40) * load),
    bytes_received_per_second: rate * 4096,
    bytes_sent_per_second: rate * 16384 * (0.7 + 0.6 * noise(second, seed + 40)),
    rejected_per_second: 0,
    requests_per_second: rate / 14,
  };
}

export class World {
  listeners = model_names.map((name, i) => ({
    name,
    model: name,
    address: "127.0.0.1",
    port: 8101 + i,
    tls: false,
    state: "running",
    accept_failing: false,
    stalled_seconds: 0,
    threads_max: i < 2 ? 32 : 2,
    connections: {
      current: 0,
      peak: 240,
      limit: 2000,
      total: 18_204 * (i + 1),
      limit_per_address: 1000,
    },
    rejected_total: 7 * i,
    former_models: [],
  }));
  uploads = [
    {
      id: "u-1",
      path: "/in/backup-2026-11.tar",
      user: "alice",
      offset: 41_800_000,
      length: 104_857_600,
      touched: moment(started - 60_000),
      expires: moment(started + 604_000_000),
      active: true,
    },
    {
      id: "u-2",
      path: hostile_name,
      user: null,
      offset: 4096,
      length: null,
      touched: moment(started - 4_000_000),
      expires: moment(started + 500_000_000),
      active: false,
    },
  ];
  events = [];
  closed = new Set();
  state = "running";
  reload = { status: 200, body: { changed: ["limits.chunk_bytes"] } };
  commands = []; // every mutation that was done
  historyOfHour = true;

  constructor() {
    this.log("info", 1, "Overlap 0.1.0 is running.");
    this.log("warning", null, `GET ${hostile_name} from 192.0.2.7:50512 was refused: 404`);
    for (const { name, port } of this.listeners)
      this.log("info", null, `Listener ${name} accepts on 127.0.0.1:${port}.`);
  }

  log(severity, id, text) {
    this.events.push({
      sequence: this.events.length + 1,
      time: moment(Date.now()),
      severity,
      id,
      text,
    });
  }

  samples() {
    const second = Date.now() / 1000;
    return model_names.map((name) => ({ name, ...sample(name, Math.floor(second)) }));
  }

  history(seconds) {
    const now = Math.floor(Date.now() / 1000);
    const times = this.historyOfHour
      ? Array.from({ length: seconds }, (_, i) => now - seconds + i + 1)
      : [];
    const models = model_names.map((name) => {
      const rows = times.map((time) => sample(name, time));
      const columns = { time: times };
      for (const key of Object.keys(sample(name, now)))
        columns[key] =
          key === "in_flight"
            ? Object.fromEntries(
                operations.map((operation) => [
                  operation,
                  rows.map((row) => row.in_flight[operation]),
                ]),
              )
            : rows.map((row) => row[key]);
      return { name, samples: columns };
    });
    return { interval_seconds: 1, models };
  }

  snapshot(afterEvent) {
    const models = this.samples();
    for (const listener of this.listeners)
      listener.connections.current = models.find(({ name }) => name === listener.model).connections;
    return {
      time: moment(Date.now()),
      state: this.state,
      models,
      listeners: this.listeners,
      transfers: this.transfers(),
      findings: this.findings(),
      events: this.events.filter(({ sequence }) => sequence > afterEvent).slice(0, 50),
    };
  }

  transfers() {
    const seconds = (Date.now() - started) / 1000;
    const one = (connection, listener, path, direction, rate, total, user) => ({
      connection,
      listener,
      model: listener,
      peer: `192.0.2.${connection}:50${connection}`,
      user,
      method: direction === "upload" ? "PUT" : "GET",
      path,
      direction,
      started: moment(started),
      seconds,
      bytes: total === null ? Math.round(rate * seconds) : Math.round((rate * seconds) % total),
      bytes_total: total,
      bytes_per_second: rate,
    });
    return [
      one(
        12,
        "device",
        "/out/debian-12.11.0-amd64-netinst.iso",
        "download",
        9_400_000,
        702_545_920,
        "alice",
      ),
      one(
        17,
        "event",
        "/out/photos/2026-11-08 harbour.tif",
        "download",
        3_100_000,
        86_402_118,
        null,
      ),
      one(23, "apc", "/in/backup-2026-11.tar", "upload", 5_200_000, 104_857_600, "alice"),
      one(31, "asio", hostile_name, "upload", 640_000, null, "<b>mallory</b>"),
    ].filter(({ connection }) => !this.closed.has(connection));
  }

  finished(before, limit) {
    const all = Array.from({ length: 120 }, (_, i) => ({
      id: 120 - i,
      ended: moment(started - i * 7000),
      seconds: 0.4 + i / 10,
      listener: model_names[i % 4],
      model: model_names[i % 4],
      peer: "192.0.2.9:50112",
      user: i % 3 ? "alice" : null,
      method: i % 2 ? "PUT" : "GET",
      path: i === 1 ? hostile_name : `/out/report-${120 - i}.pdf`,
      status: i === 4 ? null : i % 9 === 0 ? 404 : 200,
      bytes_received: i % 2 ? 1_048_576 : 0,
      bytes_sent: i % 2 ? 0 : 5_000_000,
      result: i === 4 ? "incomplete" : i % 9 === 0 ? "refused" : "done",
      digest: null,
    })).filter(({ id }) => before === null || id < before);
    const transfers = all.slice(0, limit);
    return { transfers, next: all.length > limit ? transfers.at(-1).id : null };
  }

  findings() {
    return [
      {
        id: "connections_uneven",
        severity: "warning",
        model: "apc",
        listener: null,
        since: moment(started),
        sentence:
          "One thread of apc has 62 connections, another 3: " +
          "only the thread that began an operation hears of its end.",
        advice:
          "Give the listener more threads, or use asio, " +
          "where any thread of the pool takes the next completion.",
        figure: 20.7,
        threshold: 4,
        unit: "ratio",
      },
    ];
  }

  service() {
    const seconds = (Date.now() - started) / 1000;
    return {
      version: "0.1.0",
      state: this.state,
      started: moment(started - 93_600_000),
      uptime_seconds: 93_600 + seconds,
      process_id: 4711,
      config_file: "C:\\ProgramData\\Overlap\\overlap.toml",
      config_loaded: moment(started),
      root: "D:\\Exchange",
      volume: { free_bytes: 412_316_860_416, total_bytes: 1_000_204_886_016 },
      process: {
        memory_bytes: 61_865_984,
        handles: 812,
        threads: 41,
        cpu_seconds: 300 + seconds * 0.42,
      },
      certificate_expires: "2027-03-01T00:00:00.000Z",
      log_dropped_total: 0,
      journal: {
        enabled: true,
        entries: 184_201,
        file_bytes: 33_554_432,
        waiting: 0,
        written_total: 4000,
        dropped_total: 0,
        problem: null,
      },
    };
  }
}
