// Requests to the API. Every failure is a Problem with a sentence in it.
import { getToken } from "./session.js";

const patience_ms = 15_000;

// `status` is that of the response; 0 if there was none.
export class Problem extends Error {
  constructor(status, sentence, body = {}) {
    super(sentence);
    this.status = status;
    this.body = body;
  }
}

// RFC 9457. What is not a problem document (a proxy in between) still has a status.
async function problemOf(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    // The status has to do.
  }
  const sentence = body.detail || body.title || `The service answered ${response.status}.`;
  return new Problem(response.status, sentence, body);
}

// The response once it is known to be a good one; its body is not read yet. `headers` go along with
// the token.
export async function open(path, { method = "GET", body, headers = {}, signal } = {}) {
  const token = getToken();
  if (token !== null) headers = { ...headers, Authorization: `Bearer ${token}` };
  // The service asks for it even where there is no body: no form of another site can send it.
  if (method !== "GET") headers = { ...headers, "Content-Type": "application/json" };
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      signal,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
    });
  } catch (error) {
    if (signal?.aborted && signal.reason?.name !== "TimeoutError") throw error;
    throw new Problem(0, "The service does not answer.");
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function finished(path, options) {
  const response = await open(path, { ...options, signal: AbortSignal.timeout(patience_ms) });
  if (response.status === 204) return null;
  try {
    return await response.json();
  } catch {
    throw new Problem(0, "The answer of the service broke off.");
  }
}

export const get = (path) => finished(path, {});
export const post = (path, body) => finished(path, { method: "POST", body });
export const remove = (path) => finished(path, { method: "DELETE" });
