// The HTTP calls of the web chat. The token travels in a header, never in an address.

const BASE = "/channels/webchat";
const ANSWER_MS = 15_000;
const FILE_MS = 120_000;

/** The server said no, or could not be reached (`status` 0). `isTemporary` says whether the same call may succeed later. */
export class Refused extends Error {
  constructor(status, code = "", retryAfterMs = 0) {
    super(code || `status ${status}`);
    this.status = status;
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.isTemporary = status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
  }
}

/** → {token, conversation_id} */
export const openSession = (language) => call("/sessions", { method: "POST", body: { language } });

/** → {interaction_id}; the same `client_message_id` may be posted any number of times. */
export const postMessage = (token, message) => call("/messages", { method: "POST", token, body: message });

/** → {interaction_id}; the same id may be posted any number of times. */
export function postFile(token, { id, text, file }) {
  const form = new FormData();
  form.append("client_message_id", id);
  if (text) form.append("text", text);
  form.append("file", file, file.name);
  return call("/attachments", { method: "POST", token, form, answerMs: FILE_MS });
}

/** → Blob of a file in the own thread. */
export const fetchFile = (token, name) => call(`/attachments/${name}`, { token, answerMs: FILE_MS, read: (response) => response.blob() });

/** → messages after `seq`, waiting up to `wait` seconds for the first. */
export async function fetchMessages(token, seq, wait = 0, signal = undefined) {
  const path = `/messages?after=${seq}&wait=${wait}`;
  const { messages } = await call(path, { token, signal, answerMs: ANSWER_MS + wait * 1000 });
  return messages;
}

/** The live socket; the token is its first message. */
export function openSocket() {
  return new WebSocket(`${location.origin.replace(/^http/, "ws")}${BASE}/live`);
}

const asJson = (response) => response.json();

async function call(path, { method = "GET", token, body, form, signal, answerMs = ANSWER_MS, read = asJson }) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), answerMs);
  signal?.addEventListener("abort", () => giveUp.abort(), { once: true });
  try {
    const headers = { Accept: read === asJson ? "application/json" : "*/*" };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const request = { method, headers, body: form ?? (body && JSON.stringify(body)), signal: giveUp.signal };
    const response = await fetch(BASE + path, { ...request, credentials: "omit", cache: "no-store" });
    if (!response.ok) throw await refusal(response);
    return await read(response);
  } catch (error) {
    throw error instanceof Refused ? error : new Refused(0);
  } finally {
    clearTimeout(timer);
  }
}

async function refusal(response) {
  const seconds = Number(response.headers.get("Retry-After"));
  const retryAfterMs = Number.isFinite(seconds) ? Math.max(0, seconds) * 1000 : 0;
  const body = await response.json().catch(() => null);
  return new Refused(response.status, String(body?.error?.code ?? ""), retryAfterMs);
}
