// What the shopper has said and the care desk has not yet acknowledged. It lies on the device until it is accepted, and every
// try carries the same id, so trying again repeats nothing.

import { newId } from "./newid.js";
import { delayOf, Nap } from "./patience.js";
import { Refused } from "./server.js";
import { names, read, remove, write } from "./storage.js";

const SHELF = "outbox.";
const TRIES_BEFORE_SAYING_SO = 3;

/** `deliver(message)` resolves once stored; `report(id, state)` hears "sending", "sent" and "failed". */
export class Outbox {
  #isRunning = false;
  #nap = new Nap();
  #tries = new Map();

  constructor(deliver, report) {
    this.deliver = deliver;
    this.report = report;
  }

  /** Kept first, sent after. `words` is {text}, {payload, label} or {start}. */
  add(words) {
    const item = { id: newId(), at: Date.now(), ...words };
    write(SHELF + item.id, item);
    return item;
  }

  /** Oldest first; `refused` holds the server's code where it will not take the message. */
  items() {
    const items = names(SHELF).map(read).filter((item) => item !== null);
    return items.sort((one, other) => one.at - other.at);
  }

  drop(id) {
    remove(SHELF + id);
  }

  clear() {
    for (const name of names(SHELF)) remove(name);
  }

  /** Tries a refused or waiting message now. */
  retry(id) {
    const item = read(SHELF + id);
    if (item === null) return;
    delete item.refused;
    write(SHELF + id, item);
    this.#tries.delete(id);
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
    for (let item = this.#next(); item; item = this.#next()) await this.#attempt(item);
    this.#isRunning = false;
  }

  #next() {
    return this.items().find((item) => item.refused === undefined);
  }

  async #attempt(item) {
    const { id, text, payload, start } = item;
    try {
      await this.deliver({ client_message_id: id, text, payload, start });
      this.drop(id);
      this.report(id, "sent");
    } catch (error) {
      if (error instanceof Refused && !error.isTemporary) this.#refuse(item, error.code);
      else await this.#waitAfter(id, error);
    }
  }

  async #waitAfter(id, error) {
    const tries = (this.#tries.get(id) ?? 0) + 1;
    this.#tries.set(id, tries);
    if (tries >= TRIES_BEFORE_SAYING_SO) this.report(id, "failed");
    await this.#nap.sleep(delayOf(tries - 1, error.retryAfterMs));
  }

  #refuse(item, code = "") {
    // A start is not shown, so nobody could take it back or try it again.
    if (item.start !== undefined) this.drop(item.id);
    if (read(SHELF + item.id) !== null) write(SHELF + item.id, { ...item, refused: code });
    this.report(item.id, "failed");
  }
}
