// The dashboard over the real service, while all four models are busy (run.sh sees to that).
//
//   OVERLAP_ORIGIN   of the admin endpoint; the models are at the four ports after it
//   OVERLAP_TOKEN    of its administrators
//   OVERLAP_CROWDED  set if many others use the service, and if it is read with the token only
import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { after, before, test } from "node:test";
import {
  closeClean,
  inaccessible,
  openPage,
  shoot,
  startBrowser,
  stopBrowser,
  until,
} from "./browser.mjs";

const origin = process.env.OVERLAP_ORIGIN;
const fragment = `#token=${process.env.OVERLAP_TOKEN}`;
const models = ["device", "event", "apc", "asio"];
const base = Number(new URL(origin).port);
const served = (model) => `http://127.0.0.1:${base + 1 + models.indexOf(model)}`;
const long = 60_000; // a busy machine and Wine
const crowded = process.env.OVERLAP_CROWDED && "the first page of the journal is full of others";
const anonymous = process.env.OVERLAP_CROWDED && "nothing can be read without the token";

before(startBrowser);
after(stopBrowser);

const open = (options = {}) => openPage(origin, { fragment, ...options });
const row = (page, name) =>
  page
    .locator("#listeners-table tbody tr", { has: page.locator(`bdi:text-is("${name}")`) })
    .first();
const toast = (page, text) => page.locator(".toast", { hasText: text });
const state = (page, name, word) =>
  row(page, name).locator(".badge").getByText(word, { exact: true }).waitFor({ timeout: long });

async function status(model) {
  const response = await fetch(`${served(model)}/small.txt`, { headers: { Connection: "close" } });
  await response.arrayBuffer();
  return response.status;
}

const refused = (model) =>
  new Promise((resolve) => {
    const socket = createConnection(Number(new URL(served(model)).port), "127.0.0.1");
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.on("connect", () => end(false)).on("error", () => end(true));
  });

test("all_models_show_that_they_are_at_work", async () => {
  const opened = await open();
  const { page } = opened;
  for (let i = 0; i < models.length; ++i) {
    const value = page.locator("#metric-completions .value").nth(i);
    await until(
      `${models[i]} completes`,
      async () => /[1-9]/.test(await value.textContent()),
      long,
    );
    const bytes = page.locator("#metric-bytes .chart").nth(i).locator(".value").last();
    await until(`${models[i]} sends`, async () => /[1-9]/.test(await bytes.textContent()), long);
  }
  await page.locator("#facts").getByText("Free on the volume").waitFor();
  assert.deepEqual(await inaccessible(page), []);
  await closeClean(opened);
});

test("transfers_of_every_model_are_shown_and_closed", async () => {
  const opened = await open();
  const { page } = opened;
  const rows = page.locator("#transfers-live tbody tr");
  for (const model of models) {
    await rows
      .filter({ hasText: "/large.bin" })
      .filter({ hasText: model })
      .first()
      .waitFor({ timeout: long });
    await rows
      .filter({ hasText: `/up-${model}.bin` })
      .first()
      .waitFor({ timeout: long });
  }
  const bar = rows.filter({ hasText: "/large.bin" }).first().getByRole("progressbar");
  await until("progress is known", async () => Number(await bar.getAttribute("value")) > 0, long);
  await rows.filter({ hasText: "/up-apc.bin" }).first().getByRole("button").click();
  await page.getByRole("button", { name: "Close it" }).click();
  await toast(page, /Connection \d+ (is closed|had ended already)/).waitFor();
  await closeClean(opened);
});

test("finished_transfers_come_from_the_journal_and_names_are_text", { skip: crowded ?? false }, async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByRole("radio", { name: "Finished" }).check();
  const rows = page.locator("#transfers-finished tbody tr");
  await until(
    "the refused one is there",
    async () => {
      await page.getByRole("radio", { name: "Running" }).check();
      await page.getByRole("radio", { name: "Finished" }).check();
      await page.waitForTimeout(300);
      return (await rows.filter({ hasText: "img" }).count()) > 0;
    },
    long,
  );
  assert.match(await rows.filter({ hasText: "img" }).first().textContent(), /refused, 4\d\d/);
  assert.equal(await page.locator("img").count(), 0);
  await closeClean(opened);
});

test("pause_answers_503_until_resume", async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByRole("button", { name: "Pause event" }).click();
  await toast(page, "event is paused").waitFor({ timeout: long });
  await state(page, "event", "paused");
  assert.equal(await status("event"), 503);
  assert.equal(await status("apc"), 200);
  await page.getByRole("button", { name: "Resume event" }).click();
  await toast(page, "event accepts connections").waitFor({ timeout: long });
  await state(page, "event", "running");
  assert.equal(await status("event"), 200);
  await closeClean(opened);
});

test("drain_closes_the_port_until_resume", async () => {
  const opened = await open();
  const { page } = opened;
  await page.getByRole("button", { name: "Drain apc" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Drain", exact: true }).click();
  await toast(page, "apc is draining").waitFor({ timeout: long });
  await until("the port is closed", () => refused("apc"), long);
  await page.getByRole("button", { name: "Resume apc" }).click();
  await toast(page, "apc accepts connections").waitFor({ timeout: long });
  await state(page, "apc", "running");
  await until("it answers again", async () => (await status("apc").catch(() => 0)) === 200, long);
  await closeClean(opened);
});

test("switches_a_listener_to_another_model_and_back", async () => {
  const opened = await open();
  const { page } = opened;
  const change = async (to) => {
    await page.getByRole("button", { name: "Switch model of device" }).click();
    await page.getByRole("dialog").getByLabel(to, { exact: true }).check();
    await page.getByRole("dialog").getByRole("button", { name: "Switch" }).click();
    await toast(page, `device: new connections go to ${to}`).waitFor({ timeout: long });
    assert.equal(await status("device"), 200);
  };
  await change("asio");
  await row(page, "device").locator("td").nth(1).getByText(/^asio/).waitFor({ timeout: long });
  await change("device");
  await row(page, "device")
    .locator("td")
    .nth(1)
    .getByText(/^device/)
    .waitFor({ timeout: long });
  await closeClean(opened);
});

test("reload_finds_nothing_changed", async () => {
  const opened = await open();
  await opened.page.getByRole("button", { name: "Reload configuration" }).click();
  await toast(opened.page, "nothing in it has changed").waitFor({ timeout: long });
  await closeClean(opened);
});

test("an_unfinished_upload_is_shown_and_deleted", async () => {
  const created = await fetch(`${served("asio")}/`, {
    method: "POST",
    headers: {
      "Tus-Resumable": "1.0.0",
      "Upload-Length": "1000000",
      "Upload-Metadata": `filename ${btoa("unfinished.bin")}`,
    },
  });
  assert.equal(created.status, 201);
  const opened = await open();
  const { page } = opened;
  const upload = page.locator("#uploads-table tbody tr", { hasText: "/unfinished.bin" });
  await upload.waitFor({ timeout: long });
  await upload.getByRole("button").click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await toast(page, "The upload is deleted").waitFor({ timeout: long });
  await upload.waitFor({ state: "detached", timeout: long });
  await closeClean(opened);
});

test("a_wrong_token_changes_nothing", { skip: anonymous ?? false }, async () => {
  const opened = await open({ fragment: "", failing: true });
  const { page } = opened;
  await page.getByRole("button", { name: "Pause asio" }).click();
  await page.getByRole("dialog").getByLabel("Token of the administrators").fill("wrong");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByText("was not accepted").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await status("asio"), 200);
  await closeClean(opened);
});

test("events_of_the_service_are_shown", async () => {
  const opened = await open();
  await opened.page.locator("#events-list li").first().waitFor({ timeout: long });
  assert.ok((await opened.page.locator("#events-list").textContent()).length > 20);
  await closeClean(opened);
});

for (const [width, scheme] of [
  [1280, "light"],
  [1280, "dark"],
  [400, "light"],
  [400, "dark"],
]) {
  test(`looks_well_at_${width}_pixels_in_${scheme}`, async () => {
    const opened = await open({ width, scheme, height: width === 1280 ? 1400 : 3000 });
    const { page } = opened;
    await page.locator("#charts canvas").first().waitFor();
    await page.waitForTimeout(2500); // a few snapshots
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await shoot(page, `real-${width}-${scheme}`);
    await closeClean(opened);
  });
}
