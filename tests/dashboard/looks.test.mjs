// What is to be seen, at both widths and in both schemes; by keyboard, and to those who do not see
// it.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import {
  closeClean,
  inaccessible,
  openPage,
  shoot,
  startBrowser,
  startFake,
  stopBrowser,
  until,
} from "./browser.mjs";
import { hostile_name } from "./world.mjs";

let fake;
let origin;
before(startBrowser);
after(stopBrowser);
afterEach(() => fake.close());
beforeEach(async () => {
  fake = await startFake();
  origin = `http://127.0.0.1:${fake.port}`;
});

const parts = ["service", "findings", "models", "listeners", "transfers", "uploads", "events"];
const drawn = (page) => page.locator("#charts canvas").first().waitFor();

for (const width of [1280, 400]) {
  for (const scheme of ["light", "dark"]) {
    test(`is_whole_and_accessible_at_${width}_pixels_in_${scheme}`, async () => {
      const opened = await openPage(origin, { width, scheme, height: 2400 });
      const { page } = opened;
      await drawn(page);
      await page.getByText("The same figures as a table").click();
      await page.locator("#figures-body tr").first().waitFor();
      for (const part of parts) assert.ok(await page.locator(`#${part}`).isVisible(), part);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `the page is ${overflow} pixels too wide`);
      assert.deepEqual(await inaccessible(page), []);
      await shoot(page, `beside-${width}-${scheme}`, { fullPage: true });
      await page.getByRole("radio", { name: "Overlaid" }).check();
      await page.getByRole("radio", { name: "1 hour" }).check();
      await drawn(page);
      assert.deepEqual(await inaccessible(page), []);
      await shoot(page, `overlay-${width}-${scheme}`, { fullPage: true });
      await page.getByRole("button", { name: "Drain apc" }).click();
      assert.deepEqual(await inaccessible(page), []);
      await shoot(page, `dialog-${width}-${scheme}`);
      await closeClean(opened);
    });
  }
}

test("shows_the_models_side_by_side_on_the_same_axes", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  await drawn(page);
  assert.equal(await page.locator(".metric").count(), 8);
  for (const metric of await page.locator(".metric .row").all()) {
    assert.deepEqual(await metric.locator(".subject").allTextContents(), [
      "device",
      "event",
      "apc",
      "asio",
    ]);
    const tops = await metric
      .locator(".plot")
      .evaluateAll((plots) => new Set(plots.map((plot) => plot.getBoundingClientRect().top)).size);
    assert.equal(tops, 1, "they stand in one line");
  }
  const axes = (metric) =>
    metric
      .locator("[role=img]")
      .evaluateAll((charts) =>
        charts.map((chart) => /; axis from .* to (.*)$/.exec(chart.ariaLabel)?.[1]),
      );
  await until("all completions share an axis that holds the greatest", async () => {
    const [first, ...others] = await axes(page.locator("#metric-completions"));
    return first === "10 k/s" && others.every((axis) => axis === first);
  });
  const said = page.locator("#metric-in-flight [role=img]").first();
  await until("a chart says its values", async () =>
    /device: accept \d+, receive \d+/.test(await said.getAttribute("aria-label")),
  );
  await page
    .locator("#metric-slots .chart")
    .nth(2)
    .getByText("this model has no wait slots")
    .waitFor();
  await closeClean(opened);
});

test("the_table_says_what_the_charts_show", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  const body = page.locator("#figures-body");
  await page.getByText("The same figures as a table").focus();
  await page.keyboard.press("Enter");
  await body
    .getByRole("row", {
      name: /^Latency of sends, reads and writes: p99 [\d.]+ (µs|ms) \([\d.]+ (µs|ms)\)/,
    })
    .waitFor();
  await body.getByRole("row", { name: /^Wait slots: used \d+ \(\d+\) \d+ \(\d+\) – –/ }).waitFor();
  assert.equal(await body.locator("tr").count(), 18);
  await closeClean(opened);
});

test("a_cursor_in_one_chart_reads_all_of_them", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  await drawn(page);
  await page
    .locator("#metric-completions .u-over")
    .first()
    .hover({ position: { x: 60, y: 30 } });
  await page
    .locator("#cursor-time")
    .getByText(/^at \d\d:\d\d:\d\d/)
    .waitFor();
  const value = page.locator("#metric-completions .value");
  await until("the values are those of that time", async () => {
    const past = await value.allTextContents();
    await page.waitForTimeout(50);
    return past.every((text) => text !== "–");
  });
  await page.mouse.move(5, 5);
  await until(
    "the cursor has left",
    async () => (await page.locator("#cursor-time").textContent()) === "",
  );
  await closeClean(opened);
});

test("names_are_text_wherever_they_come_from", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  const text = hostile_name.replace("\u202e", "⟨U+202E⟩");
  for (const place of ["#transfers-live", "#uploads-table", "#events-list"])
    await page.locator(place).getByText(text).first().waitFor();
  await page.locator("#transfers-live").getByText("<b>mallory</b>").waitFor();
  await page.getByRole("radio", { name: "Finished" }).check();
  await page.locator("#transfers-finished").getByText(text).first().waitFor();
  await page.locator("#uploads-table tbody tr").last().getByRole("button").click();
  await page.getByRole("dialog").getByText(text).waitFor();
  assert.equal(await page.locator("img, main b").count(), 0);
  await closeClean(opened);
});

test("transfers_show_progress_rate_and_what_is_left", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  const iso = page.locator("#transfers-live tbody tr", { hasText: "netinst.iso" });
  await iso.getByText(/% of 670 MiB/).waitFor();
  await iso.getByText("8.96 MiB/s").waitFor();
  await iso.getByText(/^\d+ (min|s)/).waitFor();
  const bar = iso.getByRole("progressbar");
  const first = Number(await bar.getAttribute("value"));
  await until("it moves", async () => Number(await bar.getAttribute("value")) > first);
  const unknown = page.locator("#transfers-live tbody tr", { hasText: "mallory" });
  assert.equal(await unknown.getByRole("progressbar").getAttribute("value"), null);
  await closeClean(opened);
});

test("can_be_used_by_keyboard_alone", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  await page.locator("#listeners-table button").first().waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  // Every control is reached, shows that it has the focus, and is left again.
  const wanted = await page.evaluate(() => {
    const all = document.querySelectorAll("main :is(button, select, summary, input)");
    return [...all].filter(
      (node) => node.checkVisibility() && (node.type !== "radio" || node.checked),
    ).length;
  });
  const reached = new Set();
  for (let i = 0; i < 200; ++i) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const node = document.activeElement;
      if (!node.closest("main")) return null;
      const { outlineStyle, outlineWidth } = getComputedStyle(node);
      node.dataset.visit ??= String(document.querySelectorAll("[data-visit]").length);
      const control = node.matches("button, select, summary, input");
      return {
        visit: control ? node.dataset.visit : null,
        shown: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
        what: node.outerHTML.slice(0, 120),
      };
    });
    if (!at) break;
    assert.ok(at.shown, `the focus is not seen on ${at.what}`);
    if (at.visit !== null) reached.add(at.visit);
  }
  assert.equal(reached.size, wanted);
  await page.getByRole("radio", { name: "Side by side" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.locator("#charts.overlaid").waitFor();
  await closeClean(opened);
});

test("a_button_keeps_the_focus_while_figures_change", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  const button = page.getByRole("button", { name: "Drain event" });
  await button.focus();
  const peak = page.locator("#listeners-table tbody tr").nth(1);
  const first = await peak.textContent();
  await until("the row has changed", async () => (await peak.textContent()) !== first);
  assert.equal(
    await page.evaluate(() => document.activeElement.getAttribute("aria-label")),
    "Drain event",
  );
  await closeClean(opened);
});

test("the_chosen_colours_hold_and_reach_the_charts", async () => {
  const opened = await openPage(origin, { scheme: "dark" });
  const { page } = opened;
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const dark = await ground();
  await page.getByLabel("Colours").selectOption("light");
  assert.equal(await ground(), "rgb(255, 255, 255)");
  await page.reload();
  await page.locator('body[data-link="live"]').waitFor();
  assert.equal(await ground(), "rgb(255, 255, 255)");
  await page.getByLabel("Colours").selectOption("system");
  assert.equal(await ground(), dark);
  await page.emulateMedia({ colorScheme: "light" });
  assert.equal(await ground(), "rgb(255, 255, 255)");
  await closeClean(opened);
});

test("events_are_filtered_and_followed", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  const lines = page.locator("#events-list li");
  await lines.first().waitFor();
  for (let i = 0; i < 60; ++i) fake.world.log(i % 20 === 0 ? "error" : "info", null, `Line ${i}.`);
  await page.getByText("Line 59.").waitFor();
  assert.ok(
    await page
      .locator("#events-list")
      .evaluate(
        (list) => list.scrollTop > 0 && list.scrollHeight - list.scrollTop - list.clientHeight < 24,
      ),
  );
  await page.getByLabel("Severity").selectOption("error");
  await until("the three of them", async () => (await lines.count()) === 3);
  await page.getByLabel("Severity").selectOption("info");
  await page.locator("#events-list").evaluate((list) => (list.scrollTop = 0));
  await until("it no longer follows", async () => !(await page.getByLabel("Follow").isChecked()));
  fake.world.log("info", null, "One more.");
  await page.getByText("One more.").waitFor({ state: "attached" });
  assert.equal(await page.locator("#events-list").evaluate((list) => list.scrollTop), 0);
  await closeClean(opened);
});

test("findings_say_what_to_do", async () => {
  const opened = await openPage(origin);
  const finding = opened.page.locator("#findings-list li");
  await finding.getByText("Warning").waitFor();
  await finding.getByText("Give the listener more threads").waitFor();
  fake.world.findings = () => [];
  await opened.page.getByText("Nothing to report.").waitFor();
  await closeClean(opened);
});

// A second of the stream every 20 ms: twenty minutes of it in less than half a minute.
test("memory_does_not_grow_with_the_time_that_it_streams", async () => {
  fake.period = 20;
  const snapshot = fake.world.snapshot.bind(fake.world);
  let second = Date.now();
  fake.world.snapshot = (after) => {
    fake.world.log("info", null, "x".repeat(200));
    return { ...snapshot(after), time: new Date((second += 1000)).toISOString() };
  };
  const opened = await openPage(origin);
  const { page } = opened;
  const used = async () => {
    const heaps = [];
    for (let i = 0; i < 5; ++i)
      heaps.push(await page.evaluate(() => (gc(), performance.memory.usedJSHeapSize)));
    return Math.min(...heaps);
  };
  const advanced = async (seconds) => {
    const from = second;
    await until(`${seconds} s of stream`, () => second - from > seconds * 1000, 120_000);
  };
  await advanced(600); // the hour was there from the start; events have reached their bound
  const before = await used();
  await advanced(600);
  const after = await used();
  assert.ok(after - before < 2e6, `the heap grew from ${before} to ${after} bytes`);
  assert.ok((await page.locator("#events-list li").count()) <= 500);
  await closeClean(opened);
});
