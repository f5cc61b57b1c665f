// Uploads by tus-js-client: in chunks, interrupted, resumed, terminated; and by hand what it does
// not send: checksums, requests that are wrong. A line for each check, as checks.sh has it.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { PassThrough } from "node:stream";
import { FileUrlStorage, Upload } from "tus-js-client";

const {
  URL: url,
  ORIGIN,
  TLS_URL,
  SERVED,
  SCRATCH,
  CLIENT,
  MODEL,
  BREAKING_WAY,
  FOLDER,
} = process.env;
const content = fs.readFileSync(path.join(SCRATCH, "file.bin"));
const mebibyte = 1 << 20;
const tus = { "Tus-Resumable": "1.0.0" };

function report(what, difference) {
  const place = `${CLIENT} ${MODEL} ${what}`;
  console.log(
    difference === undefined
      ? `ok ${place}`
      : `not ok ${place}: ${difference}`.replaceAll("\n", "|"),
  );
}
function expect(what, wanted, seen) {
  report(what, wanted === seen ? undefined : `wanted [${wanted}], saw [${seen}]`);
}
async function attempt(what, work) {
  try {
    await work();
  } catch (error) {
    report(what, error.stack ?? error);
  }
}

const sum = (bytes) => createHash("sha256").update(bytes).digest("hex");
function expectStored(what, name, bytes = content) {
  const file = path.join(SERVED, name);
  expect(what, sum(bytes), fs.existsSync(file) ? sum(fs.readFileSync(file)) : "no such file");
}

// Rejects if the upload fails; resolves with the upload at its end, or when `leave` has aborted it.
function run(name, options, { leave, bytes = content, resume = false, source } = {}) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(source ?? bytes, {
      endpoint: `${url}/`,
      metadata: { filename: name, filetype: "application/octet-stream" },
      retryDelays: null,
      chunkSize: 4 * mebibyte,
      ...options,
      onError: reject,
      onSuccess: () => resolve(upload),
      onChunkComplete: (size, accepted) => {
        if (leave !== undefined && accepted >= leave) {
          leave = undefined;
          upload.abort().then(() => resolve(upload), reject);
        }
      },
    });
    if (!resume) return upload.start();
    upload.findPreviousUploads().then((previous) => {
      expect(`${name}: one upload is remembered`, 1, previous.length);
      upload.resumeFromPreviousUpload(previous[0]);
      upload.start();
    }, reject);
  });
}

const absolute = (location) => new URL(location, ORIGIN).href;
const request = (method, target, headers = {}, body = undefined) =>
  fetch(absolute(target), { method, headers: { ...tus, ...headers }, body, duplex: "half" });
const offsetOf = async (target) =>
  Number((await request("HEAD", target)).headers.get("upload-offset"));
const metadata = (name) => ({
  "Upload-Metadata": `filename ${Buffer.from(name).toString("base64")}`,
});
const create = (name, length, headers = {}, body = undefined) =>
  request(
    "POST",
    `/${FOLDER}/`,
    { "Upload-Length": String(length), ...metadata(name), ...headers },
    body,
  );
const append = (target, offset, bytes, headers = {}) =>
  request(
    "PATCH",
    target,
    {
      "Content-Type": "application/offset+octet-stream",
      "Upload-Offset": String(offset),
      ...headers,
    },
    bytes,
  );

// Resets the first connections after so many bytes; a promise of the port.
function breakingWay(breaks, bytes) {
  const way = spawn("python3", [BREAKING_WAY, new URL(ORIGIN).port, breaks, bytes, process.pid], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve) => {
    way.stdout.once("data", (data) => {
      way.unref();
      way.stdout.unref();
      resolve(Number(data));
    });
  });
}

async function uploads() {
  await attempt("in chunks", async () => {
    await run("chunks.bin", {});
    expectStored("in chunks", "chunks.bin");
  });

  await attempt("in one piece", async () => {
    await run("whole.bin", { chunkSize: Infinity });
    expectStored("in one piece", "whole.bin");
  });

  await attempt("left and resumed", async () => {
    const urlStorage = new FileUrlStorage(path.join(SCRATCH, "uploads.json"));
    const file = path.join(SCRATCH, "file.bin");
    const options = { urlStorage };
    const left = await run("resumed.bin", options, {
      leave: 8 * mebibyte,
      source: fs.createReadStream(file),
    });
    expect(
      "nothing is to be seen of it meanwhile",
      false,
      fs.existsSync(path.join(SERVED, "resumed.bin")),
    );
    const offset = await offsetOf(left.url);
    report(
      "the service holds what was left",
      offset >= 8 * mebibyte && offset < content.length ? undefined : offset,
    );
    await run("resumed.bin", options, { resume: true, source: fs.createReadStream(file) });
    expectStored("left and resumed", "resumed.bin");
  });

  await attempt("left and resumed by its address", async () => {
    const left = await run("address.bin", {}, { leave: 12 * mebibyte });
    await run("address.bin", { uploadUrl: left.url });
    expectStored("left and resumed by its address", "address.bin");
  });

  await attempt("over a way that breaks", async () => {
    const port = await breakingWay(4, 3 * mebibyte);
    await run("broken.bin", {
      endpoint: `http://127.0.0.1:${port}/${FOLDER}/`,
      chunkSize: 6 * mebibyte,
      retryDelays: [0, 100, 500, 1000, 2000, 4000, 4000],
    });
    expectStored("over a way that breaks", "broken.bin");
  });

  await attempt("data with the creation", async () => {
    await run("creation.bin", { uploadDataDuringCreation: true });
    expectStored("data with the creation", "creation.bin");
    await run(
      "creation-small.bin",
      { uploadDataDuringCreation: true },
      { bytes: content.subarray(0, 1000) },
    );
    expectStored("all data with the creation", "creation-small.bin", content.subarray(0, 1000));
  });

  await attempt("length told at the end", async () => {
    // Through a pipe, since of a file the client would know the length.
    const source = fs.createReadStream(path.join(SCRATCH, "file.bin")).pipe(new PassThrough());
    await run("deferred.bin", { uploadLengthDeferred: true }, { source });
    expectStored("length told at the end", "deferred.bin");
  });

  await attempt("an empty file", async () => {
    await run("empty.bin", {}, { bytes: Buffer.alloc(0) });
    expectStored("an empty file", "empty.bin", Buffer.alloc(0));
  });

  await attempt("terminated", async () => {
    const left = await run("terminated.bin", {}, { leave: 4 * mebibyte });
    await left.abort(true);
    const status = (await request("HEAD", left.url)).status;
    expect("terminated: its address is gone", true, status === 404 || status === 410);
    expect(
      "terminated: nothing is stored",
      false,
      fs.existsSync(path.join(SERVED, "terminated.bin")),
    );
  });

  await attempt("over an old file", async () => {
    fs.writeFileSync(path.join(SERVED, "over.bin"), "old");
    const left = await run("over.bin", {}, { leave: 4 * mebibyte });
    expectStored("the old file stays until the end", "over.bin", "old");
    await run("over.bin", { uploadUrl: left.url });
    expectStored("over an old file", "over.bin");
  });

  await attempt("a Hangul name", async () => {
    await run("\uD55C\uAE00.bin", {}, { bytes: content.subarray(0, 5000) });
    expectStored("a Hangul name", "\uD55C\uAE00.bin", content.subarray(0, 5000));
  });

  await attempt("four at once", async () => {
    const names = ["a.bin", "b.bin", "c.bin", "d.bin"];
    await Promise.all(
      names.map((name, i) =>
        run(name, { chunkSize: mebibyte }, { bytes: content.subarray(i * 99) }),
      ),
    );
    names.forEach((name, i) =>
      expectStored(`four at once: ${name}`, name, content.subarray(i * 99)),
    );
  });

  await attempt("over TLS", async () => {
    await run("tls.bin", { endpoint: `${TLS_URL}/` });
    expectStored("over TLS", "tls.bin");
  });
}

async function byHand() {
  const part = content.subarray(0, 300000);
  const checksum = (bytes) => ({
    "Upload-Checksum": `sha256 ${createHash("sha256").update(bytes).digest("base64")}`,
  });

  await attempt("OPTIONS", async () => {
    const answer = await fetch(`${url}/`, { method: "OPTIONS" });
    expect("OPTIONS: Tus-Version", "1.0.0", answer.headers.get("tus-version"));
    const offered = (answer.headers.get("tus-extension") ?? "")
      .split(",")
      .map((name) => name.trim());
    for (const name of [
      "creation",
      "creation-with-upload",
      "creation-defer-length",
      "termination",
      "checksum",
      "expiration",
    ])
      expect(`OPTIONS offers ${name}`, true, offered.includes(name));
    report(
      "OPTIONS: sha256",
      /\bsha256\b/.test(answer.headers.get("tus-checksum-algorithm")) ? undefined : "not offered",
    );
  });

  await attempt("checksum", async () => {
    const created = await create("checksum.bin", part.length);
    expect("creation", 201, created.status);
    const target = created.headers.get("location");
    expect(
      "a checksum that holds",
      204,
      (await append(target, 0, part.subarray(0, 1000), checksum(part.subarray(0, 1000)))).status,
    );
    expect(
      "a checksum that does not",
      460,
      (await append(target, 1000, part.subarray(1000), checksum(part))).status,
    );
    expect("and nothing was appended", 1000, await offsetOf(target));
    const odd = await append(target, 1000, part.subarray(1000), { "Upload-Checksum": "md5 AAAA" });
    expect("a checksum that is not offered", 400, odd.status);
    expect(
      "the rest with its checksum",
      204,
      (await append(target, 1000, part.subarray(1000), checksum(part.subarray(1000)))).status,
    );
    expectStored("with checksums", "checksum.bin", part);
  });

  await attempt("expiration", async () => {
    const created = await create("expires.bin", part.length);
    const target = created.headers.get("location");
    const answer = await append(target, 0, part.subarray(0, 10));
    const expires = Date.parse(answer.headers.get("upload-expires"));
    report(
      "Upload-Expires lies ahead",
      expires > Date.now() ? undefined : String(answer.headers.get("upload-expires")),
    );
    expect("DELETE", 204, (await request("DELETE", target)).status);
  });

  await attempt("wrong requests", async () => {
    const target = (await create("wrong.bin", part.length)).headers.get("location");
    expect("a wrong offset", 409, (await append(target, 5, part)).status);
    expect(
      "another content type",
      415,
      (await append(target, 0, part, { "Content-Type": "text/plain" })).status,
    );
    const version = await fetch(absolute(target), {
      method: "HEAD",
      headers: { "Tus-Resumable": "0.2.2" },
    });
    expect(
      "another version",
      "412 1.0.0",
      `${version.status} ${version.headers.get("tus-version")}`,
    );
    expect(
      "a query does not stay in caches",
      "no-store",
      (await request("HEAD", target)).headers.get("cache-control"),
    );
    expect(
      "a query tells the length",
      String(part.length),
      (await request("HEAD", target)).headers.get("upload-length"),
    );
    const more = await append(target, 0, content.subarray(0, part.length + 1));
    report(
      "more than the length is refused",
      more.status >= 400 && more.status < 500 ? undefined : more.status,
    );
    expect("DELETE", 204, (await request("DELETE", target)).status);
    const gone = (await append(target, 0, part)).status;
    report("nothing goes to what was deleted", gone === 404 || gone === 410 ? undefined : gone);
    expect("a name that leads elsewhere", 400, (await create("../up.bin", 10)).status);
    expect("a name that Windows cannot hold", 400, (await create("NUL", 10)).status);
    const unknown = await request("HEAD", `/.overlap-uploads/${"0".repeat(32)}`);
    expect("an upload that never was", 404, unknown.status);
  });
}

fs.writeFileSync(path.join(SCRATCH, "uploads.json"), "");
fs.rmSync(path.join(SCRATCH, "uploads.json"));
await uploads();
await byHand();
process.exit(0);
