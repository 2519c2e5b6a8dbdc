// The conversation in its order: numbered messages by number, unacknowledged ones of the shopper at the end; each once.

import { make } from "./make.js";
import { Message } from "./message.js";
import { dayKey, dayName } from "./words.js";

const TOGETHER_MS = 5 * 60_000;

export class Thread {
  #list;
  #acts;
  #messages = [];
  #byId = new Map();
  #seqs = new Set();
  #lastSeq = 0;

  constructor(list, acts) {
    this.#list = list;
    this.#acts = acts;
  }

  get lastSeq() {
    return this.#lastSeq;
  }

  get isEmpty() {
    return this.#messages.length === 0;
  }

  /** How many messages of the care desk come after a number. */
  countAfter(seq) {
    return this.#messages.filter(({ entry }) => !entry.isMine && entry.seq > seq).length;
  }

  /** Takes messages as the server tells them; returns those that are new to this page. */
  hearAll(messages) {
    const added = messages.filter((news) => this.#hear(news));
    this.#arrange();
    return added;
  }

  #hear(news) {
    if (this.#seqs.has(news.seq)) return false;
    this.#seqs.add(news.seq);
    this.#lastSeq = Math.max(this.#lastSeq, news.seq);
    const own = this.#byId.get(news.client_message_id);
    if (!own && isWordless(news)) return false;
    if (!own) {
      this.#place(new Message(heardEntry(news), this.#acts));
      return true;
    }
    own.entry.seq = news.seq;
    own.kept(heardEntry(news).files);
    own.progressTo("sent");
    this.#messages.splice(this.#messages.indexOf(own), 1);
    this.#place(own);
    return false;
  }

  /** Shows what the shopper just wrote, before anybody else knows of it. */
  addOwn({ id, text, label, at, refused, files = [] }) {
    const words = text ?? label ?? (files.length > 0 ? "" : undefined);
    if (words === undefined || this.#byId.has(id)) return;
    const state = refused === undefined ? "sending" : "failed";
    const entry = { seq: null, id, isMine: true, author: "", name: "", words, replies: [], files, at: new Date(at), state };
    this.#place(new Message(entry, this.#acts));
    this.#arrange();
  }

  /** A message's state; returns whether it is shown here and not yet numbered by the server. */
  progress(id, state) {
    const message = this.#byId.get(id);
    if (!message || message.entry.seq !== null) return false;
    message.progressTo(state);
    return true;
  }

  drop(id) {
    const message = this.#byId.get(id);
    if (!message) return;
    this.#byId.delete(id);
    this.#messages.splice(this.#messages.indexOf(message), 1);
    message.node.remove();
    this.#arrange();
  }

  clear() {
    this.#messages = [];
    this.#byId.clear();
    this.#seqs.clear();
    this.#lastSeq = 0;
    this.#list.replaceChildren();
  }

  translate() {
    for (const message of this.#messages) message.translate();
    this.#arrange();
  }

  #place(message) {
    if (message.entry.id) this.#byId.set(message.entry.id, message);
    this.#messages.splice(this.#placeOf(message), 0, message);
  }

  #placeOf({ entry }) {
    if (entry.seq === null) return this.#messages.length;
    let place = this.#messages.length;
    while (place > 0 && comesAfter(this.#messages[place - 1].entry, entry.seq)) place -= 1;
    return place;
  }

  /** Brings the list into the order of the messages, with a heading for each day. What is in its place is not
   *  touched: a node that moves is read aloud again. */
  #arrange() {
    let before = null;
    let at = this.#list.firstElementChild;
    const step = (node) => {
      if (node === at) at = at.nextElementSibling;
      else this.#list.insertBefore(node, at);
    };
    const days = new Map([...this.#list.querySelectorAll(".day")].map((day) => [day.dataset.day, day]));
    for (const message of this.#messages) {
      const day = dayKey(message.entry.at);
      const isNewDay = !before || dayKey(before.at) !== day;
      if (isNewDay) step(dayHeading(days, day, message.entry.at));
      message.node.classList.toggle("follows", !isNewDay && areTogether(before, message.entry));
      step(message.node);
      before = message.entry;
    }
    for (const unused of days.values()) unused.remove();
    this.#closeOldReplies();
  }

  #closeOldReplies() {
    const lostFocus = this.#messages.slice(0, -1).map((message) => message.closeReplies());
    if (lostFocus.includes(true)) this.#acts.focusLost();
  }
}

function heardEntry(news) {
  const isMine = news.direction === "in";
  const replies = isMine ? [] : (news.quick_replies ?? []);
  const at = new Date(news.at);
  const id = news.client_message_id ?? null;
  const files = (news.attachments ?? []).map((file) => (file.state === "kept" ? file : { ...file, token: null }));
  const words = news.text ?? "";
  const speaker = { author: news.author ?? "", name: news.name ?? "" };
  return { seq: news.seq, id, isMine, ...speaker, words, replies, files, at, state: "sent" };
}

// The shopper followed a deep link: it counts in the thread, and there is nothing to show of it.
const isWordless = (news) => news.direction === "in" && !news.text && !news.attachments?.length;

// An own message that is accepted keeps its place until its number is known.
const comesAfter = (entry, seq) => (entry.seq === null ? entry.state !== "sent" : entry.seq > seq);

const isSameSpeaker = (one, other) => one.isMine === other.isMine && one.author === other.author && one.name === other.name;

const areTogether = (one, other) => isSameSpeaker(one, other) && other.at - one.at < TOGETHER_MS;

/** The heading of a day, the one already shown if there is one; taken out of `days`. */
function dayHeading(days, day, moment) {
  const heading = days.get(day) ?? make("li", "day");
  days.delete(day);
  heading.dataset.day = day;
  const name = dayName(moment);
  if (heading.textContent !== name) heading.textContent = name;
  return heading;
}
