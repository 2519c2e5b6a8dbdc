// The line to the care desk: the live socket, and long polling while the socket does not come up.

import { Live } from "./live.js";
import { delayOf, Nap } from "./patience.js";
import { fetchMessages } from "./server.js";

const POLL_AFTER_FAILURES = 1;
const WAIT_SECONDS = 20;

/** `heard` takes {messages, typing, state, expired}; states are "idle", "connecting", "live", "polling", "lost". */
export class Link {
  #polling = null;
  #nap = new Nap();
  #state = "idle";

  constructor({ token, after, heard }) {
    this.token = token;
    this.after = after;
    this.heard = heard;
    this.live = new Live({
      token,
      after,
      heard: {
        message: (news) => heard.messages([news]),
        typing: heard.typing,
        ready: () => this.#liveAgain(),
        failed: (failures) => this.#liveFailed(failures),
        expired: () => this.#expired(),
      },
    });
  }

  start() {
    if (this.#state !== "idle") return;
    this.#become("connecting");
    this.live.start();
  }

  stop() {
    this.live.stop();
    this.#stopPolling();
    this.#become("idle");
  }

  /** Something changed (the network is back, the page is looked at): try now. */
  hurry() {
    this.live.hurry();
    this.#nap.wake();
  }

  #become(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.heard.state(state);
  }

  #liveAgain() {
    this.#stopPolling();
    this.#become("live");
  }

  #liveFailed(failures) {
    if (this.#state === "live") this.#become("connecting");
    if (failures >= POLL_AFTER_FAILURES && !this.#polling) this.#poll();
  }

  #expired() {
    this.stop();
    this.heard.expired();
  }

  #stopPolling() {
    this.#polling?.abort();
    this.#polling = null;
    this.#nap.wake();
  }

  async #poll() {
    const mine = (this.#polling = new AbortController());
    for (let failures = 0; this.#polling === mine; ) {
      const wait = this.#state === "polling" ? WAIT_SECONDS : 0;
      try {
        const messages = await fetchMessages(this.token(), this.after(), wait, mine.signal);
        if (this.#polling !== mine) return;
        this.heard.messages(messages);
        this.#become("polling");
        failures = 0;
      } catch (error) {
        if (this.#polling !== mine) return;
        if (error.status === 401) return void this.#expired();
        this.#become("lost");
        await this.#nap.sleep(delayOf(failures++, error.retryAfterMs));
      }
    }
  }
}
