// The WebSocket: messages as they happen. Closes and opens again by itself; what was missed is asked for by number.

import { delayOf, Nap } from "./patience.js";
import { openSocket, Refused } from "./server.js";

const READY_MS = 5_000;
const ACCEPT_MS = 8_000;
const BAD_TOKEN = 4401;
// Refusals that another try can turn; every other one stands.
const FOR_NOW = new Set(["too_many_messages", "store_unavailable"]);

/**
 * `heard` takes {message, typing, ready, failed, expired}; `token()` and `after()` are asked at each opening.
 */
export class Live {
  #socket = null;
  #ready = false;
  #wanted = false;
  #failures = 0;
  #nap = new Nap();
  #awaited = new Map();

  constructor({ token, after, heard }) {
    this.token = token;
    this.after = after;
    this.heard = heard;
  }

  get isReady() {
    return this.#ready;
  }

  start() {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#failures = 0;
    this.#keepOpen();
  }

  stop() {
    this.#wanted = false;
    this.#nap.wake();
    this.#socket?.close();
  }

  hurry() {
    this.#nap.wake();
  }

  /** Resolves when the server has stored the message; rejects with `Refused`. */
  send(message) {
    return new Promise((resolve, reject) => {
      const id = message.client_message_id;
      const timer = setTimeout(() => this.#socket?.close(), ACCEPT_MS);
      const settle = (outcome, value) => {
        clearTimeout(timer);
        this.#awaited.delete(id);
        outcome(value);
      };
      this.#awaited.set(id, { yes: (value) => settle(resolve, value), no: (error) => settle(reject, error) });
      this.#say({ type: "send", ...message });
    });
  }

  seen(seq) {
    if (this.#ready) this.#say({ type: "seen", seq });
  }

  #say(message) {
    this.#socket.send(JSON.stringify(message));
  }

  async #keepOpen() {
    while (this.#wanted) {
      const code = await this.#oneLife();
      if (!this.#wanted) return;
      if (code === BAD_TOKEN) {
        this.#wanted = false;
        this.heard.expired();
        return;
      }
      this.heard.failed(this.#failures);
      await this.#nap.sleep(delayOf(this.#failures++));
    }
  }

  /** Opens one socket and resolves with its close code. */
  #oneLife() {
    return new Promise((resolve) => {
      let socket;
      try {
        socket = openSocket();
      } catch {
        return void resolve(0);
      }
      const timer = setTimeout(() => socket.close(), READY_MS);
      this.#socket = socket;
      socket.onopen = () => this.#say({ token: this.token(), after: this.after() });
      socket.onmessage = (event) => {
        const news = JSON.parse(event.data);
        if (news.type === "ready") clearTimeout(timer);
        this.#hear(news);
      };
      socket.onclose = (event) => {
        clearTimeout(timer);
        this.#ready = false;
        for (const waiting of [...this.#awaited.values()]) waiting.no(new Refused(0));
        resolve(event.code);
      };
    });
  }

  #hear(news) {
    if (news.type === "ready") {
      this.#ready = true;
      this.#failures = 0;
      this.heard.ready();
    } else if (news.type === "message") this.heard.message(news);
    else if (news.type === "typing") this.heard.typing(news.on === true);
    else if (news.type === "accepted") this.#awaited.get(news.client_message_id)?.yes(news);
    else if (news.type === "refused") this.#awaited.get(news.client_message_id)?.no(refusal(news));
  }
}

function refusal(news) {
  return new Refused(FOR_NOW.has(news.code) ? 503 : 422, String(news.code ?? ""));
}
