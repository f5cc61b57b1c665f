// What the buttons do, against a service that only pretends.
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

const row = (page, name) =>
  page
    .locator("#listeners-table tbody tr", { has: page.locator(`bdi:text-is("${name}")`) })
    .first();
const toast = (page, text) => page.locator(".toast", { hasText: text });

test("pauses_and_resumes_a_listener_with_the_same_button", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  await page.getByRole("button", { name: "Pause event" }).click();
  await toast(page, "event is paused").waitFor();
  await row(page, "event").getByText("paused").waitFor();
  await page.getByRole("button", { name: "Resume event" }).click();
  await toast(page, "event accepts connections").waitFor();
  await page.getByRole("button", { name: "Pause event" }).waitFor();
  assert.deepEqual(fake.world.commands, [
    "POST /api/v1/listeners/event/pause",
    "POST /api/v1/listeners/event/resume",
  ]);
  await closeClean(opened);
});

test("drains_only_after_it_was_confirmed", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  const drain = page.getByRole("button", { name: "Drain apc" });
  await drain.click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await drain.click();
  await page.keyboard.press("Escape");
  assert.deepEqual(fake.world.commands, []);
  await drain.click();
  await page.getByRole("dialog").getByRole("button", { name: "Drain", exact: true }).click();
  await toast(page, "apc is draining").waitFor();
  assert.deepEqual(fake.world.commands, ["POST /api/v1/listeners/apc/drain"]);
  await until("drain is off", async () => (await drain.getAttribute("aria-disabled")) === "true");
  await closeClean(opened);
});

test("enter_does_not_confirm_what_is_dangerous", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  await page.getByRole("button", { name: "Drain apc" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Enter"); // on Cancel
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  assert.deepEqual(fake.world.commands, []);
  assert.equal(
    await page.evaluate(() => document.activeElement.getAttribute("aria-label")),
    "Drain apc",
  );
  await closeClean(opened);
});

test("switches_the_model_of_a_listener", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  await page.getByRole("button", { name: "Switch model of device" }).click();
  await page.getByRole("dialog").getByLabel("asio").check();
  await page.getByRole("dialog").getByRole("button", { name: "Switch" }).click();
  await toast(page, "device: new connections go to asio").waitFor();
  await row(page, "device").getByText("asio (still 3 on device)").waitFor();
  assert.deepEqual(fake.world.commands, ["POST /api/v1/listeners/device/model asio"]);
  await closeClean(opened);
});

test("says_why_the_service_refuses", async () => {
  fake.refuseNext("POST /api/v1/listeners/apc/pause", 503, "64 others are waiting already.");
  fake.world.reload = {
    status: 409,
    body: { problems: ["store.root can only be changed by a restart"] },
  };
  const opened = await openPage(origin, { failing: true });
  const { page } = opened;
  await page.getByRole("button", { name: "Pause apc" }).click();
  await toast(page, "Pause apc: 64 others are waiting already.").waitFor();
  await page.getByRole("button", { name: "Reload configuration" }).click();
  await toast(page, "store.root can only be changed by a restart").waitFor();
  const close = page.getByRole("button", { name: "Close this message" });
  while ((await close.count()) > 0) await close.first().click();
  assert.equal(await page.locator(".toast").count(), 0);
  await closeClean(opened);
});

test("reloads_the_configuration_and_names_what_changed", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  await page.getByRole("button", { name: "Reload configuration" }).click();
  await toast(page, "limits.chunk_bytes").waitFor();
  fake.world.reload = { status: 200, body: { changed: [] } };
  await page.getByRole("button", { name: "Reload configuration" }).click();
  await toast(page, "nothing in it has changed").waitFor();
  await closeClean(opened);
});

test("closes_the_connection_of_a_transfer", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  await page
    .getByRole("button", { name: "Close the connection of /in/backup-2026-11.tar" })
    .click();
  await page.getByRole("button", { name: "Close it" }).click();
  await toast(page, "Connection 23 is closed").waitFor();
  await page
    .locator("#transfers-live tbody tr", { hasText: "backup" })
    .waitFor({ state: "detached" });
  assert.deepEqual(fake.world.commands, ["DELETE /api/v1/connections/23"]);
  await closeClean(opened);
});

test("a_connection_that_had_ended_is_no_failure", async () => {
  fake.refuseNext("DELETE /api/v1/connections/23", 404, "There is no such connection.");
  const opened = await openPage(origin, { failing: true });
  const { page } = opened;
  await page
    .getByRole("button", { name: "Close the connection of /in/backup-2026-11.tar" })
    .click();
  await page.getByRole("button", { name: "Close it" }).click();
  await toast(page, "Connection 23 had ended already").waitFor();
  await closeClean(opened);
});

test("deletes_an_unfinished_upload", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  await page.getByRole("button", { name: "Delete the upload of /in/backup-2026-11.tar" }).click();
  await page.getByRole("button", { name: "Delete it" }).click();
  await toast(page, "The upload is deleted").waitFor();
  await page
    .locator("#uploads-table tbody tr", { hasText: "backup" })
    .waitFor({ state: "detached" });
  assert.deepEqual(fake.world.commands, ["DELETE /api/v1/uploads/u-1"]);
  await closeClean(opened);
});

test("pages_through_finished_transfers", async () => {
  const opened = await openPage(origin);
  const { page } = opened;
  const rows = page.locator("#transfers-finished tbody tr");
  await page.getByRole("radio", { name: "Finished" }).check();
  await rows.first().waitFor();
  assert.equal(await rows.count(), 50);
  await page.getByRole("button", { name: "Older" }).click();
  await rows.filter({ hasText: "report-70.pdf" }).waitFor();
  await page.getByRole("button", { name: "Older" }).click();
  await rows.filter({ hasText: "report-1.pdf" }).first().waitFor();
  assert.equal(await rows.count(), 20);
  await page.getByRole("button", { name: "Newer" }).click();
  await page.getByRole("button", { name: "Newer" }).click();
  await rows.filter({ hasText: "report-120.pdf" }).waitFor();
  await page.getByRole("radio", { name: "Running" }).check();
  await page.locator("#transfers-live tbody tr").first().waitFor();
  await closeClean(opened);
});
