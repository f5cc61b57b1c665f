// A headless Chromium, and pages in it that remember everything that went wrong on them.
//
//   OVERLAP_MODULES   the folder of package.json, with its node_modules
//   OVERLAP_CHROMIUM  the program (default: /usr/bin/chromium)
//   OVERLAP_UPLOT     the folder with uPlot
//   OVERLAP_SHOTS     a folder for pictures of what was seen (default: none are made)
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Fake } from "./fake.mjs";

const modules = process.env.OVERLAP_MODULES;
if (!modules) throw new Error("OVERLAP_MODULES is not set; tests/dashboard/run.sh does that");
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

export const patience = 20_000;
let browser = null;

export async function startBrowser() {
  browser = await chromium.launch({
    executablePath: process.env.OVERLAP_CHROMIUM ?? "/usr/bin/chromium",
    // Without a sandbox of its own: it opens nothing but the page under test, and tests run as root
    // in containers.
    args: ["--no-sandbox", "--js-flags=--expose-gc", "--enable-precise-memory-info"],
  });
  return browser;
}

export const stopBrowser = () => browser.close();

export async function startFake() {
  const fake = new Fake(process.env.OVERLAP_UPLOT);
  await fake.listen();
  return fake;
}

// `fragment` comes after the address; `failing`: requests are expected to fail, which Chromium
// itself writes to the console. What a page did wrong is in `wrong`.
export async function openPage(
  origin,
  {
    width = 1280,
    height = 900,
    scheme = "light",
    motion = "reduce",
    fragment = "#token=secret",
    failing = false,
    ready = true,
  } = {},
) {
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: scheme,
    reducedMotion: motion,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const wrong = [];
  page.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    if (failing && message.text().startsWith("Failed to load resource")) return;
    wrong.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => wrong.push(`error: ${error.stack}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.protocol !== "data:" && url.origin !== origin)
      wrong.push(`request to ${request.url()}`);
  });
  await page.exposeFunction("reportViolation", (text) => wrong.push(`violation: ${text}`));
  await page.addInitScript(() =>
    document.addEventListener("securitypolicyviolation", (event) =>
      window.reportViolation(
        `${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`,
      ),
    ),
  );
  await page.goto(`${origin}/${fragment}`);
  if (ready) await page.locator('body[data-link="live"]').waitFor();
  return { page, wrong };
}

// Nothing of what a page must never do has happened on it.
export async function closeClean({ page, wrong }) {
  assert.equal(await page.evaluate(() => window.hostile), undefined, "a name was run as a script");
  await page.context().close();
  assert.deepEqual(wrong, []);
}

// The violations that axe calls serious or critical, one line each.
export async function inaccessible(page) {
  // Through the debugger: the page's own policy would not let it in, and rightly so.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }),
  );
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map(({ target, failureSummary }) => `${target} ${failureSummary}`)
          .join(" | ")}`,
    );
}

export async function shoot(page, name, options = {}) {
  if (process.env.OVERLAP_SHOTS)
    await page.screenshot({ path: `${process.env.OVERLAP_SHOTS}/${name}.png`, ...options });
}

// Until `condition` holds (a function run here); says `what` if it never does.
export async function until(what, condition, milliseconds = patience) {
  const end = Date.now() + milliseconds;
  while (!(await condition())) {
    assert.ok(Date.now() < end, `not in time: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
