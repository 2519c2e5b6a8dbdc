// One honest line above the conversation about the line to the care desk.

import { say } from "./words.js";

// A blink of the network is not worth a sentence.
const PATIENCE_MS = 2_500;

export class Banner {
  #element = document.getElementById("banner");
  #state = "idle";
  #notice = "";
  #timer = 0;

  /** `state` is the link's. */
  connection(state) {
    this.#state = state;
    clearTimeout(this.#timer);
    const isBroken = state === "connecting" || state === "lost";
    if (isBroken && navigator.onLine && this.#element.hidden) this.#timer = setTimeout(() => this.show(), PATIENCE_MS);
    else this.show();
  }

  /** A sentence that stays until the next one or "". */
  notice(key) {
    this.#notice = key;
    this.show();
  }

  show() {
    const key = this.#key();
    this.#element.hidden = key === "";
    this.#element.textContent = key === "" ? "" : say(key);
    this.#element.dataset.tone = key === this.#notice ? "notice" : "trouble";
  }

  #key() {
    if (!navigator.onLine) return "offline";
    if (this.#state === "connecting" || this.#state === "lost") return "lost";
    return this.#notice;
  }
}
