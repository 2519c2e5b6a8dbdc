// Files that are being sent: one after the other, again until it is known what became of each. They lie in the page's memory
// only, so leaving the page before they have arrived loses them, and the browser is asked to say so.

import { newId } from "./newid.js";
import { delayOf, Nap } from "./patience.js";
import { Refused } from "./server.js";

const TRIES_BEFORE_SAYING_SO = 3;

/** `deliver(upload)` resolves once kept; `report(id, state)` hears "sending", "sent", "failed"; `refused(code)` why. */
export class Uploads {
  #waiting = new Map();
  #isRunning = false;
  #nap = new Nap();

  constructor(deliver, report, refused) {
    this.deliver = deliver;
    this.report = report;
    this.refused = refused;
    window.addEventListener("beforeunload", (event) => this.#next() && event.preventDefault());
  }

  /** Takes {file, preview} and perhaps words; gives what the thread shows meanwhile. */
  add({ file, preview }, text) {
    const upload = { id: newId(), at: Date.now(), file, preview, text, tries: 0, isRefused: false };
    this.#waiting.set(upload.id, upload);
    return upload;
  }

  items() {
    return [...this.#waiting.values()];
  }

  has(id) {
    return this.#waiting.has(id);
  }

  drop(id) {
    this.#waiting.delete(id);
  }

  clear() {
    this.#waiting.clear();
  }

  retry(id) {
    const upload = this.#waiting.get(id);
    upload.isRefused = false;
    upload.tries = 0;
    this.report(id, "sending");
    this.hurry();
  }

  hurry() {
    this.#nap.wake();
    this.#run();
  }

  async #run() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let upload = this.#next(); upload; upload = this.#next()) await this.#attempt(upload);
    this.#isRunning = false;
  }

  #next() {
    return this.items().find((upload) => !upload.isRefused);
  }

  async #attempt(upload) {
    try {
      await this.deliver(upload);
      this.drop(upload.id);
      this.report(upload.id, "sent");
    } catch (error) {
      if (error instanceof Refused && !error.isTemporary) this.#refuse(upload, error.code);
      else await this.#waitAfter(upload, error);
    }
  }

  #refuse(upload, code) {
    upload.isRefused = true;
    this.report(upload.id, "failed");
    this.refused(code);
  }

  async #waitAfter(upload, error) {
    upload.tries += 1;
    if (upload.tries >= TRIES_BEFORE_SAYING_SO) this.report(upload.id, "failed");
    await this.#nap.sleep(delayOf(upload.tries - 1, error.retryAfterMs));
  }
}
