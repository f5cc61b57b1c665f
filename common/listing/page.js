
"use strict";
(() => {
  const may_write = document.body.hasAttribute("data-may-write");
  const may_remove = document.body.hasAttribute("data-may-remove");

  // An element of `tag` with properties, and children behind it. Text never becomes markup.
  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  // ---- the listing -----------------------------------------------------------------------------

  const two = (number) => String(number).padStart(2, "0");
  const long_time = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });

  function show_local_times() {
    for (const time of document.querySelectorAll("time")) {
      const moment = new Date(time.dateTime);
      if (Number.isNaN(moment.getTime())) continue;
      const day = [moment.getFullYear(), two(moment.getMonth() + 1), two(moment.getDate())];
      time.firstChild.data = day.join("-");
      time.lastChild.textContent = ` ${two(moment.getHours())}:${two(moment.getMinutes())}`;
      time.title = long_time.format(moment);
    }
    document.getElementById("zone").hidden = true;
  }

  function add_remove_buttons() {
    if (!may_remove) return;
    document.querySelector("thead tr").append(make("td"));
    for (const row of document.querySelectorAll("tbody tr")) {
      const cell = row.appendChild(make("td", { className: "remove" }));
      if (row.className === "parent") continue;
      const name = row.querySelector("bdi").textContent;
      const button = make("button", { type: "button", title: "Delete" }, "\u2715");
      button.setAttribute("aria-label", `Delete ${name}`);
      button.onclick = () => remove(row, name);
      cell.append(button);
    }
  }

  function dress_listing() {
    show_local_times();
    add_remove_buttons();
  }

  // Shows the folder as it is now, without touching the uploads.
  async function refresh() {
    try {
      const headers = { Accept: "text/html" };
      const response = await fetch(location.href, { headers, cache: "no-store" });
      if (!response.ok) throw new Error();
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
      document.getElementById("listing").replaceWith(fresh.getElementById("listing"));
      dress_listing();
    } catch {
      location.reload();
    }
  }

  // ---- what the server says --------------------------------------------------------------------

  const no_answer = "The server could not be reached, or the connection was lost.";

  // The sentence of an error response: text, or a problem (RFC 9457).
  function sentence(status, type, body) {
    if ((type || "").includes("json")) {
      try {
        const problem = JSON.parse(body);
        const text = problem.detail || problem.title;
        if (text) return String(text);
      } catch { /* said below */ }
    } else if ((type || "").startsWith("text/plain") && body.trim()) {
      return body.trim().slice(0, 500);
    }
    return `The server answered ${status}.`;
  }

  // Sends a request without a body; returns nothing if it succeeded, else what went wrong.
  async function request(method, url, headers = {}) {
    try {
      const response = await fetch(url, { method, headers });
      if (response.ok) return "";
      if (response.status === 412) return "Something of that name is there already.";
      const type = response.headers.get("Content-Type");
      return sentence(response.status, type, await response.text());
    } catch {
      return no_answer;
    }
  }

  // ---- questions -------------------------------------------------------------------------------

  // Shows one dialog and resolves to { choice, text, all } once it is closed; Escape and the first
  // button give an empty choice.
  function ask({ title, text = "", field = null, all = "", choice, label, danger = false }) {
    const input = field === null ? null : make("input", { type: "text", required: true });
    if (input) {
      input.value = field;
      input.setAttribute("aria-label", title);
    }
    const box = all ? make("input", { type: "checkbox" }) : null;
    const form = make("form", { method: "dialog" }, make("h2", {}, title));
    if (text) form.append(make("p", {}, text));
    if (input) form.append(input);
    if (box) form.append(make("label", {}, box, all));
    const no = make("button", { type: "button" }, choice === "replace" ? "Skip" : "Cancel");
    const yes = make("button", { value: choice, className: danger ? "danger" : "primary" }, label);
    form.append(make("div", { className: "buttons" }, no, yes));
    const dialog = make("dialog", {}, form);
    no.onclick = () => dialog.close("");
    document.body.append(dialog);
    return new Promise((resolve) => {
      dialog.onclose = () => {
        dialog.remove();
        resolve({
          choice: dialog.returnValue,
          text: input ? input.value : "",
          all: box ? box.checked : false,
        });
      };
      dialog.showModal();
    });
  }

  // Isolated, so that the direction of a name does not turn the words about it.
  const quoted = (name) => `\u201c\u2068${name}\u2069\u201d`;

  async function tell(title, text) {
    await ask({ title, text, choice: "seen", label: "Close" });
  }

  async function remove(row, name) {
    const folder = row.className === "folder";
    const { choice } = await ask({
      title: `Delete ${quoted(name)}?`,
      text: folder ? "Only an empty folder can be deleted." : "The file cannot be brought back.",
      choice: "delete", label: "Delete", danger: true,
    });
    if (choice !== "delete") return;
    const problem = await request("DELETE", row.querySelector("a").href);
    if (problem) await tell(`${quoted(name)} was not deleted`, problem);
    await refresh();
  }

  // Composed, as Windows and the web write names; macOS gives them decomposed.
  const url_of = (name) =>
    location.href.split(/[?#]/)[0] + encodeURIComponent(name.normalize("NFC"));

  async function make_folder() {
    const { choice, text } = await ask({
      title: "New folder", field: "", choice: "make", label: "Make folder",
    });
    if (choice !== "make") return;
    const problem = await request("PUT", `${url_of(text)}/`, { "If-None-Match": "*" });
    if (problem) await tell(`${quoted(text)} was not made`, problem);
    else await refresh();
  }

  // ---- uploads ---------------------------------------------------------------------------------

  const at_once_max = 2;
  const waiting = [];
  let running = 0;
  let answer_for_all = "";
  let questions = Promise.resolve(); // one dialog at a time

  const list = make("ul", { id: "uploads", hidden: true });
  list.setAttribute("aria-label", "Uploads");

  function size_text(bytes) {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    let unit = 0;
    for (; bytes >= 1000 && unit + 1 < units.length; ++unit) bytes /= 1024;
    return `${unit === 0 || bytes >= 100 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
  }

  class Upload {
    constructor(name, file) {
      this.name = name;
      this.file = file; // null: nothing can be sent
      this.cancelled = false;
      this.bar = make("progress", { max: 1, value: 0 });
      this.bar.setAttribute("aria-label", `Progress of ${name}`);
      this.state = make("span", { className: "state" });
      this.state.setAttribute("role", "status");
      this.buttons = make("span", { className: "buttons" });
      this.item = make("li", {}, make("bdi", {}, name), this.bar, this.state, this.buttons);
      list.append(this.item);
      list.hidden = false;
    }

    show(state, text, ...buttons) {
      this.item.className = state;
      this.bar.hidden = state !== "sending";
      this.state.textContent = text;
      this.buttons.replaceChildren(...buttons.map(([label, action]) =>
        make("button", { type: "button", onclick: action }, label)));
    }

    wait() {
      if (running + waiting.length === 0) for (const old of list.querySelectorAll(".done")) old.remove();
      this.show("", "Waiting", ["Cancel", () => this.cancel()]);
      waiting.push(this);
      work();
    }

    cancel() {
      this.cancelled = true;
      const place = waiting.indexOf(this);
      if (place >= 0) waiting.splice(place, 1);
      if (this.xhr) this.xhr.abort();
      this.fail("Cancelled.");
    }

    fail(text) {
      const again = ["Try again", () => {
        this.close();
        new Upload(this.name, this.file).wait();
      }];
      const close = ["Close", () => this.close()];
      this.show("failed", text, ...(this.file ? [again, close] : [close]));
    }

    close() {
      this.item.remove();
      list.hidden = list.children.length === 0;
    }

    // Whether the file may be sent although something of its name is there.
    async may_replace() {
      const mine = questions.then(async () => {
        if (answer_for_all || this.cancelled) return answer_for_all;
        const { choice, all } = await ask({
          title: `Replace ${quoted(this.name)}?`,
          text: "A file of that name is here already.",
          all: waiting.length + running > 1 ? "Do the same for the other uploads" : "",
          choice: "replace", label: "Replace",
        });
        if (all) answer_for_all = choice || "skip";
        return choice;
      });
      questions = mine;
      return (await mine) === "replace";
    }

    // Asks before the bytes are sent if it can, and lets the server decide in any case: a file may
    // come between. The refusal of a long upload could be lost with its connection.
    async run() {
      const url = url_of(this.name);
      let replace = false;
      for (let known = await this.is_there(url); !this.cancelled; known = true) {
        if (known && !replace) {
          replace = await this.may_replace();
          if (this.cancelled) return false;
          if (!replace) return this.fail("Skipped: a file of that name is here already."), false;
        }
        const { status, type, body } = await this.send(url, replace);
        if (this.cancelled) return false;
        if (status === 412 && !replace) continue;
        if (status >= 200 && status < 300) {
          const close = ["Close", () => this.close()];
          this.show("done", `Uploaded, ${size_text(this.file.size)}`, close);
          return true;
        }
        return this.fail(status === 0 ? no_answer : sentence(status, type, body)), false;
      }
      return false;
    }

    async is_there(url) {
      try {
        return (await fetch(url, { method: "HEAD", cache: "no-store" })).ok;
      } catch {
        return false;
      }
    }

    send(url, replace) {
      return new Promise((resolve) => {
        const xhr = new XMLHttpRequest();
        this.xhr = xhr;
        const start = performance.now();
        this.bar.value = 0;
        this.show("sending", "Starting", ["Cancel", () => this.cancel()]);
        xhr.upload.onprogress = (event) => {
          if (this.cancelled) return;
          this.bar.value = event.total ? event.loaded / event.total : 1;
          const rate = event.loaded / Math.max(0.001, (performance.now() - start) / 1000);
          this.state.textContent = event.loaded < event.total
            ? `${size_text(event.loaded)} of ${size_text(event.total)}, ${size_text(rate)}/s`
            : "Waiting for the server to finish";
        };
        xhr.onloadend = () => {
          this.xhr = null;
          const type = xhr.getResponseHeader("Content-Type");
          resolve({ status: xhr.status, type, body: xhr.responseText });
        };
        xhr.open("PUT", url);
        if (!replace) xhr.setRequestHeader("If-None-Match", "*");
        xhr.send(this.file);
      });
    }
  }

  function work() {
    while (running < at_once_max && waiting.length > 0) {
      const upload = waiting.shift();
      ++running;
      upload.run().then((changed) => {
        --running;
        work.changed = work.changed || changed;
        if (running + waiting.length === 0) {
          answer_for_all = "";
          if (work.changed) refresh();
          work.changed = false;
        }
        work();
      });
    }
  }

  function drop(event) {
    event.preventDefault();
    document.body.classList.remove("dropping");
    for (const item of event.dataTransfer.items) {
      if (item.kind !== "file") continue;
      const entry = item.webkitGetAsEntry && item.webkitGetAsEntry();
      const file = item.getAsFile();
      if (file && !(entry && entry.isDirectory)) new Upload(file.name, file).wait();
      else new Upload(entry ? entry.name : "Folder", null).fail(
        "A folder cannot be uploaded: make it here, and drop its files there.");
    }
  }

  function offer_uploads() {
    document.getElementById("listing").before(list);
    document.getElementById("make-folder").hidden = false;
    document.getElementById("make-folder").onclick = make_folder;
    document.getElementById("choose").hidden = false;
    const files = document.getElementById("files");
    files.onchange = () => {
      for (const file of files.files) new Upload(file.name, file).wait();
      files.value = "";
    };
    let depth = 0; // enter and leave come for every element on the way
    const carries_files = (event) =>
      event.dataTransfer && [...event.dataTransfer.types].includes("Files");
    addEventListener("dragenter", (event) => {
      if (carries_files(event) && ++depth > 0) document.body.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => {
      if (carries_files(event) && --depth <= 0) document.body.classList.remove("dropping");
    });
    addEventListener("dragover", (event) => {
      if (carries_files(event)) event.preventDefault();
    });
    addEventListener("drop", (event) => {
      depth = 0;
      if (carries_files(event)) drop(event);
    });
    addEventListener("beforeunload", (event) => {
      if (running + waiting.length > 0) event.preventDefault();
    });
  }

  dress_listing();
  if (may_write) offer_uploads();
})();
