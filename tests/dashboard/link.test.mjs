// Tokens, lost connections, and what the page is made of: the stream, the series, the units.
import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { closeClean, openPage, startBrowser, startFake, stopBrowser, until } from "./browser.mjs";

let fake;
let origin;
before(startBrowser);
after(stopBrowser);
afterEach(() => fake.close());
beforeEach(async () => {
  fake = await startFake();
  origin = `http://127.0.0.1:${fake.port}`;
});

const inDialog = (page) => page.getByRole("dialog");
async function giveToken(page, token) {
  await inDialog(page).getByLabel("Token of the administrators").fill(token);
  await page.keyboard.press("Enter");
}

test("takes_the_token_from_the_fragment_and_out_of_the_address", async () => {
  fake.anonymousRead = false;
  const opened = await openPage(origin);
  assert.equal(opened.page.url(), `${origin}/`);
  await opened.page.reload();
  await opened.page.locator('body[data-link="live"]').waitFor(); // kept by this tab
  await closeClean(opened);
});

test("asks_for_the_token_and_again_if_it_is_wrong", async () => {
  fake.anonymousRead = false;
  const opened = await openPage(origin, { fragment: "", failing: true, ready: false });
  const { page } = opened;
  await inDialog(page).getByText("A token is needed.").waitFor();
  await giveToken(page, "wrong");
  await inDialog(page).getByText("The token is not the service's.").waitFor();
  await giveToken(page, "secret");
  await page.locator('body[data-link="live"]').waitFor();
  await page.getByRole("button", { name: "Forget token" }).click();
  await inDialog(page).getByText("A token is needed.").waitFor();
  await page.keyboard.press("Escape");
  await page.getByText("The service wants the token.").waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await closeClean(opened);
});

test("reads_without_a_token_where_that_is_allowed_and_asks_before_a_change", async () => {
  const opened = await openPage(origin, { fragment: "", failing: true });
  const { page } = opened;
  await page.getByRole("button", { name: "Pause apc" }).click();
  await inDialog(page).getByText("Changes need the token.").waitFor();
  await giveToken(page, "wrong");
  await inDialog(page).getByText("was not accepted").waitFor();
  await giveToken(page, "secret");
  await page.locator(".toast", { hasText: "apc is paused" }).waitFor();
  assert.deepEqual(fake.world.commands, ["POST /api/v1/listeners/apc/pause"]);
  await closeClean(opened);
});

test("says_that_the_connection_is_lost_and_comes_back", async () => {
  const opened = await openPage(origin, { failing: true });
  const { page } = opened;
  await page.getByRole("button", { name: "Pause apc" }).waitFor();
  const { port } = fake;
  await fake.close();
  const alert = page.getByRole("alert").filter({ hasText: "Connection lost at" });
  await alert.waitFor();
  await page.getByText(/Trying again in \d+ s/).waitFor();
  assert.match(await page.title(), /Connection lost/);
  await until("it has tried more than once", async () =>
    /Trying again in [4-9] s/.test(await page.locator("#link-next").textContent()),
  );
  await fake.listen(port);
  await page.getByRole("button", { name: "Try now" }).click();
  await page.locator('body[data-link="live"]').waitFor();
  await alert.waitFor({ state: "hidden" });
  assert.equal(await page.title(), "Overlap");
  await closeClean(opened);
});

test("comes_back_by_itself_and_shows_what_happened_meanwhile", async () => {
  const opened = await openPage(origin, { failing: true });
  const { page } = opened;
  await page.locator("#events-list li").first().waitFor();
  const { port } = fake;
  await fake.close();
  await page.locator('body[data-link="lost"]').waitFor();
  fake.world.log("error", 7, "It happened while nobody looked.");
  await fake.listen(port);
  await page.locator('body[data-link="live"]').waitFor();
  await page.locator("#events-list").getByText("It happened while nobody looked.").waitFor();
  await closeClean(opened);
});

test("says_what_the_service_says_when_it_has_no_stream_left", async () => {
  fake.refuseNext("GET /api/v1/stream", 503, "8 streams are open already.");
  const opened = await openPage(origin, { failing: true, ready: false });
  await opened.page.getByText("8 streams are open already.").waitFor();
  await opened.page.locator('body[data-link="live"]').waitFor();
  await closeClean(opened);
});

test("reads_records_however_they_are_cut", async () => {
  const opened = await openPage(origin);
  const seen = await opened.page.evaluate(async () => {
    const { RecordReader } = await import("/assets/stream.js");
    const text =
      'retry: 2000\r\n\r\n: nothing\nid: 1\nevent: snapshot\ndata: {"a":\ndata: "ä€"}\n\n' +
      "event: other\rdata:x\r\revent: cut\ndata: off";
    const read = (pieces) => {
      const reader = new RecordReader();
      const records = [];
      for (const piece of pieces)
        reader.push(piece, (record) => records.push(`${record.event}=${record.data}`));
      return records.join("; ");
    };
    const whole = read([text]);
    for (let i = 0; i <= text.length; ++i)
      if (read([text.slice(0, i), text.slice(i)]) !== whole)
        return `cut at ${i}: ${read([text.slice(0, i), text.slice(i)])}`;
    if (read([...text]) !== whole) return "letter by letter";
    return whole;
  });
  assert.equal(seen, 'snapshot={"a":\n"ä€"}; other=x');
  await closeClean(opened);
});

test("keeps_an_hour_and_no_more", async () => {
  const opened = await openPage(origin);
  const seen = await opened.page.evaluate(async () => {
    const { History } = await import("/assets/series.js");
    const history = new History();
    const at = (second) => ({
      time: new Date(second * 1000).toISOString(),
      models: [
        {
          name: "a",
          connections: second,
          in_flight: { read: 1, write: 2 },
          wait_slots_used: 0,
          wait_slots_limit: 0,
        },
      ],
    });
    let most = 0;
    for (let second = 1; second <= 9000; ++second) {
      history.append(at(second));
      most = Math.max(most, history.samples());
    }
    history.append(at(9000)); // known already
    const [times, connections, total, slots] = history.since("a", 8998, [
      "connections",
      "in_flight.total",
      "wait_slots_limit",
    ]);
    history.append(at(9100)); // after a gap
    const [gap, value] = history.since("a", 8999.5, ["connections"]);
    history.load({
      models: [
        {
          name: "a",
          samples: {
            time: [9098, 9099],
            connections: [1, 2],
            in_flight: { read: [1, 2], write: [null, 3] },
          },
        },
      ],
    });
    const loaded = history.since("a", 0, ["connections", "in_flight.total"]);
    const thin = history.since("a", 0, ["connections"], 10);
    return { thin, most, times, connections, total, slots, gap, value, loaded };
  });
  assert.deepEqual(seen.thin, [
    [9090, 9100],
    [2, 9100],
  ]);
  assert.equal(seen.most, 3720);
  assert.deepEqual(seen.times, [8998, 8999, 9000]);
  assert.deepEqual(seen.connections, [8998, 8999, 9000]);
  assert.deepEqual(seen.total, [3, 3, 3]);
  assert.deepEqual(seen.slots, [null, null, null]);
  assert.deepEqual(seen.gap, [9000, 9001, 9100]);
  assert.deepEqual(seen.value, [9000, null, 9100]);
  assert.deepEqual(seen.loaded, [
    [9098, 9099, 9100],
    [1, 2, 9100],
    [1, 5, 3],
  ]);
  await closeClean(opened);
});

test("writes_figures_with_their_units", async () => {
  const opened = await openPage(origin);
  const seen = await opened.page.evaluate(async () => {
    const { bytes, count, duration, microseconds, percent } = await import("/assets/units.js");
    const { sharedRange, splits } = await import("/assets/scale.js");
    return [
      [null, 0, 7, 9999, 10_000, 999_960, 1e6].map(count),
      [null, 0, 1023, 1024, 1535, 1_048_575, 104_857_600].map(bytes),
      [null, 0, 0.25, 999.4, 999.6, 12_345, 999_600, 2e6].map(microseconds),
      [null, 0, 4.04, 9.96, 59.6, 60, 3725, 90_000, Infinity].map(duration),
      [0, 0.999, 1].map(percent),
      sharedRange(null, {}),
      sharedRange([0, 9300], {}),
      sharedRange([0, 3], { whole: true }),
      sharedRange([12, 900], { logarithmic: true }),
      splits([0, 10_000], {}, 110),
      splits([10, 1e6], { logarithmic: true }, 80),
    ];
  });
  assert.deepEqual(seen, [
    ["–", "0", "7", "9999", "10 k", "1.00 M", "1 M"],
    ["–", "0 B", "1023 B", "1 KiB", "1.50 KiB", "1.00 MiB", "100 MiB"],
    ["–", "0 µs", "0.25 µs", "999 µs", "1.00 ms", "12.3 ms", "1.00 s", "2 s"],
    ["–", "0 s", "4 s", "10 s", "1 min", "1 min", "1 h 2 min", "1 d 1 h", "–"],
    ["0 %", "99 %", "100 %"],
    [0, 1],
    [0, 10_000],
    [0, 4],
    [10, 1000],
    [0, 5000, 10_000],
    [10, 1000, 100_000],
  ]);
  await closeClean(opened);
});
