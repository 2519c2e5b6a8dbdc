// The three HTTP calls of the web chat. The token travels in a header, never in an address.

const BASE = "/channels/webchat";
const ANSWER_MS = 15_000;

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

async function call(path, { method = "GET", token, body, signal, answerMs = ANSWER_MS }) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), answerMs);
  signal?.addEventListener("abort", () => giveUp.abort(), { once: true });
  try {
    const headers = { Accept: "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    if (body) headers["Content-Type"] = "application/json";
    const request = { method, headers, body: body && JSON.stringify(body), signal: giveUp.signal };
    const response = await fetch(BASE + path, { ...request, credentials: "omit", cache: "no-store" });
    if (!response.ok) throw await refusal(response);
    return await response.json();
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
