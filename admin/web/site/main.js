// The dashboard: joins the stream of snapshots with the parts of the page.
import { get } from "./api.js";
import { Board } from "./board.js";
import { beginDialog, dialogOpen } from "./dialog.js";
import { byId } from "./dom.js";
import { Events } from "./events.js";
import { showFindings } from "./findings.js";
import { Link } from "./link.js";
import { Listeners } from "./listeners.js";
import { beginTheme } from "./palette.js";
import { History } from "./series.js";
import { Service } from "./service.js";
import { beginSession } from "./session.js";
import { SnapshotStream } from "./stream.js";
import { askForToken, beginToken } from "./token.js";
import { Transfers } from "./transfers.js";
import { Uploads } from "./uploads.js";

// A tab that nobody sees gives its stream back after a while: the service has only a few.
const hidden_max_ms = 60_000;
const history_seconds = 3600;

beginSession();
beginDialog();

const history = new History();
const board = new Board(history);
const listeners = new Listeners();
const transfers = new Transfers();
const uploads = new Uploads();
const events = new Events();
const service = new Service();
const link = new Link();

let caughtUp = false; // with what happened before this stream was opened

async function catchUp() {
  caughtUp = true;
  try {
    const [past] = await Promise.all([
      get(`/api/v1/history?seconds=${history_seconds}`),
      events.catchUp(),
    ]);
    history.load(past);
  } catch (error) {
    caughtUp = false; // with the next snapshot
    if (error.status !== 0) console.warn(error);
  }
}

function show(snapshot) {
  if (!caughtUp) catchUp();
  history.append(snapshot);
  const now = performance.now();
  service.show(snapshot);
  showFindings(snapshot.findings);
  listeners.show(snapshot.listeners);
  transfers.show(snapshot.transfers);
  events.append(snapshot.events);
  board.draw(snapshot.models.map(({ name }) => name));
  for (const part of [service, uploads, transfers]) part.tick(now);
}

const stream = new SnapshotStream({
  onSnapshot: show,
  onState: (state, details) => {
    link.show(state, details);
    if (state === "lost" || state === "refused" || state === "stopped") caughtUp = false;
    if (state === "refused" && !dialogOpen()) askForToken(details.problem.message);
  },
});

beginTheme(() => board.colour());
beginToken(() => stream.start());

byId("link-retry").addEventListener("click", () => {
  if (document.body.dataset.link === "refused") askForToken();
  else stream.retryNow();
});
addEventListener("online", () => stream.retryNow());

let hiddenTimer = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(hiddenTimer);
  if (document.hidden) hiddenTimer = setTimeout(() => stream.stop(), hidden_max_ms);
  else if (document.body.dataset.link === "stopped") stream.start();
  else stream.retryNow();
});

stream.start();
