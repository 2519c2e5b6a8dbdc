// Which messages the shopper has had before their eyes: what came after is "unread", in the title and on the widget's button.

import { read, write } from "./storage.js";
import { count, say } from "./words.js";

export class Seen {
  #thread;
  #link;
  #frame;

  constructor(thread, link, frame) {
    this.#thread = thread;
    this.#link = link;
    this.#frame = frame;
    document.addEventListener("visibilitychange", () => this.look());
  }

  /** Called whenever messages came or the page may have come into view. */
  look() {
    const last = this.#thread.lastSeq;
    const isInView = document.visibilityState === "visible" && this.#frame.isOpen;
    if (isInView && last > this.#until) {
      write("seen", last);
      this.#link.live.seen(last);
    }
    const unread = this.#thread.countAfter(this.#until);
    this.#frame.unread(unread);
    document.title = unread > 0 ? say("unread_title", { count: count(unread) }) : say("title");
  }

  get #until() {
    return read("seen") ?? 0;
  }
}
