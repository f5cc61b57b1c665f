// The API as the dashboard knows it, over a World: for the tests, and to look at the page while
// changing it:
//   node tests/dashboard/fake.mjs [PORT [FOLDER-OF-UPLOT]]
// (default: 8190; the token is "secret")
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { World } from "./world.mjs";

const site = fileURLToPath(new URL("../../admin/web/site/", import.meta.url));
// As the service sends it: the string literals of the constant, one after another.
const declared = readFileSync(`${site}../assets.h`, "utf8")
  .split("content_security_policy =")[1]
  .split("}")[0];
const policy = [...declared.matchAll(/"([^"]*)"/g)].map(([, text]) => text).join("");
const types = { js: "text/javascript", css: "text/css", html: "text/html" };

class Refusal extends Error {
  constructor(status, detail, members = {}) {
    super(detail);
    this.status = status;
    this.members = members;
  }
}

export class Fake {
  world = new World();
  token = "secret";
  anonymousRead = true;
  refuse = new Map(); // "POST /path" -> Refusal, once
  streams = new Set();
  #server;
  #uplot;
  #sockets = new Set();

  constructor(uplot) {
    this.#uplot = uplot;
  }

  listen(port = 0) {
    this.#server = createServer((request, response) => this.#serve(request, response));
    this.#server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.on("close", () => this.#sockets.delete(socket));
    });
    return new Promise((resolve) =>
      this.#server.listen(port, "127.0.0.1", () =>
        resolve((this.port = this.#server.address().port)),
      ),
    );
  }

  // As if the service had ended: its port is closed, and so is every connection.
  async close() {
    if (!this.#server.listening) return;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  refuseNext(what, status, detail, members) {
    this.refuse.set(what, new Refusal(status, detail, members));
  }

  async #serve(request, response) {
    const url = new URL(request.url, "http://localhost");
    try {
      if (url.pathname === "/" || url.pathname.startsWith("/assets/"))
        return this.#file(url.pathname, response);
      this.#admit(request);
      const once = this.refuse.get(`${request.method} ${url.pathname}`);
      if (once && this.refuse.delete(`${request.method} ${url.pathname}`)) throw once;
      const body = await new Response(request).text();
      const answer = this.#route(
        request.method,
        url,
        body === "" ? {} : JSON.parse(body),
        response,
      );
      if (answer === undefined) return;
      if (answer === null) response.writeHead(204).end();
      else
        response
          .writeHead(200, { "Content-Type": "application/json", "Cache-Control": "no-store" })
          .end(JSON.stringify(answer));
    } catch (error) {
      const status = error.status ?? 500;
      const headers = { "Content-Type": "application/problem+json" };
      if (status === 401) headers["WWW-Authenticate"] = 'Bearer realm="Overlap admin"';
      response.writeHead(status, headers).end(
        JSON.stringify({
          type: "about:blank",
          title: "Refused",
          status,
          detail: error.message,
          ...error.members,
        }),
      );
    }
  }

  #admit(request) {
    const mutation = request.method !== "GET";
    const given = request.headers.authorization;
    if (given === undefined && this.anonymousRead && !mutation) return;
    if (given !== `Bearer ${this.token}`)
      throw new Refusal(
        401,
        given === undefined ? "A token is needed." : "The token is not the service's.",
      );
    if (mutation && request.headers["content-type"] !== "application/json")
      throw new Refusal(415, "Send application/json.");
  }

  #file(path, response) {
    const name = path === "/" ? "index.html" : path.slice("/assets/".length);
    const file = { "uplot.js": "uPlot.iife.min.js", "uplot.css": "uPlot.min.css" }[name];
    let bytes;
    try {
      bytes = readFileSync(file ? `${this.#uplot}/${file}` : `${site}${name.replaceAll("/", "")}`);
    } catch {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, {
        "Content-Type": `${types[name.split(".").pop()]}; charset=utf-8`,
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
      })
      .end(bytes);
  }

  #route(method, url, body, response) {
    const { world } = this;
    const { searchParams: query } = url;
    const route = `${method} ${url.pathname}`;
    const part = url.pathname.split("/").map(decodeURIComponent);
    switch (route) {
      case "GET /api/v1/service":
        return world.service();
      case "GET /api/v1/history":
        return world.history(Number(query.get("seconds")));
      case "GET /api/v1/uploads":
        return { uploads: world.uploads, next: null };
      case "GET /api/v1/events":
        return {
          events: world.events.slice(-Number(query.get("limit"))),
          next: world.events.length,
          lost: 0,
        };
      case "GET /api/v1/transfers":
        return world.finished(
          query.has("before") ? Number(query.get("before")) : null,
          Number(query.get("limit")),
        );
      case "GET /api/v1/stream":
        return void this.#stream(response);
      case "POST /api/v1/config/reload":
        world.commands.push(route);
        if (world.reload.status !== 200)
          throw new Refusal(
            world.reload.status,
            "The configuration is not valid.",
            world.reload.body,
          );
        return world.reload.body;
    }
    if (method === "DELETE" && part[3] === "connections")
      return this.#closeConnection(route, Number(part[4]));
    if (method === "DELETE" && part[3] === "uploads") {
      world.commands.push(route);
      world.uploads = world.uploads.filter(({ id }) => id !== part[4]);
      return null;
    }
    if (method === "POST" && part[3] === "listeners")
      return this.#listener(route, part[4], part[5], body);
    throw new Refusal(404, "There is nothing here.");
  }

  #closeConnection(route, id) {
    this.world.commands.push(route);
    this.world.closed.add(id);
    return null;
  }

  #listener(route, name, action, body) {
    const listener = this.world.listeners.find((each) => each.name === name);
    if (!listener) throw new Refusal(404, "There is no such listener.");
    this.world.commands.push(action === "model" ? `${route} ${body.model}` : route);
    if (action === "model") {
      if (listener.model !== body.model)
        listener.former_models = [{ model: listener.model, connections: 3 }];
      listener.model = body.model;
    } else listener.state = { pause: "paused", resume: "running", drain: "draining" }[action];
    this.world.log("info", null, `Listener ${name}: ${action}.`);
    return listener;
  }

  #stream(response) {
    response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    response.write("retry: 2000\n\n");
    let id = 0;
    let event = 0;
    const send = () => {
      const snapshot = this.world.snapshot(event);
      event = snapshot.events.at(-1)?.sequence ?? event;
      response.write(`id: ${++id}\nevent: snapshot\ndata: ${JSON.stringify(snapshot)}\n\n`);
    };
    send();
    const timer = setInterval(send, this.period ?? 1000);
    this.streams.add(response);
    response.on("close", () => {
      clearInterval(timer);
      this.streams.delete(response);
    });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port = "8190", uplot = `${process.env.OVERLAP_PREFIX}/share/uplot`] =
    process.argv.slice(2);
  const fake = new Fake(uplot);
  console.log(`http://127.0.0.1:${await fake.listen(Number(port))}/#token=secret`);
}
