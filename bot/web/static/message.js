// One message of the thread as an element: words, quick replies, time and, for the shopper's own, how far it has got.

import { Attachment } from "./attachment.js";
import { make } from "./make.js";
import { oneLine, putWords } from "./plain.js";
import { clockTime, say } from "./words.js";

/**
 * An entry is {seq, id, isMine, author, name, words, replies, files, at, state}: `seq` is null until the server has numbered it,
 * `author` is "bot", "house" or "staff", a person with a `name`, `state` is "sending", "sent" or "failed". `acts` takes {choose(reply, entry), retry(id), drop(id)}.
 */
export class Message {
  constructor(entry, acts) {
    this.entry = entry;
    this.acts = acts;
    this.node = make("li", `message ${entry.isMine ? "mine" : "theirs"}`);
    this.who = make("p", "who");
    this.words = make("div", "words");
    this.time = make("time");
    this.progress = make("span", "progress");
    const foot = make("div", "foot");
    foot.append(this.time, this.progress);
    this.files = entry.files.map((file) => new Attachment(file));
    this.node.append(this.who, ...this.files.map((file) => file.node), this.words, foot);
    putWords(this.words, entry.words, !entry.isMine);
    if (entry.replies.length > 0) this.#addReplies(foot);
    this.translate();
  }

  /** Sentences and times in the page's language. */
  translate() {
    const { entry } = this;
    this.who.textContent = speakerOf(entry);
    this.time.dateTime = entry.at.toISOString();
    this.time.textContent = clockTime(entry.at);
    this.replies?.setAttribute("aria-label", say("choices"));
    for (const file of this.files) file.translate();
    if (entry.isMine) this.#showProgress();
  }

  /** What the server has kept of the files that were shown while they were on their way. */
  kept(files) {
    files.forEach((file, place) => {
      const before = this.files[place];
      if (!before || before.image) return;
      this.files[place] = new Attachment(file);
      before.node.replaceWith(this.files[place].node);
    });
  }

  progressTo(state) {
    this.entry.state = state;
    this.#showProgress();
  }

  /** Quick replies are for the newest message only. Returns whether the focus was on one of them. */
  closeReplies() {
    if (!this.replies || this.replies.dataset.closed) return false;
    const hadFocus = this.replies.contains(document.activeElement);
    this.replies.dataset.closed = "true";
    for (const button of this.replies.children) button.disabled = true;
    return hadFocus;
  }

  #addReplies(foot) {
    this.replies = make("div", "replies");
    this.replies.setAttribute("role", "group");
    for (const reply of this.entry.replies) {
      const button = make("button", "reply");
      button.type = "button";
      button.textContent = oneLine(reply.label);
      button.addEventListener("click", () => {
        button.classList.add("chosen");
        this.acts.choose(reply);
      });
      this.replies.append(button);
    }
    foot.before(this.replies);
  }

  #showProgress() {
    const { state, id } = this.entry;
    this.progress.dataset.state = state;
    if (state !== "failed") {
      this.progress.textContent = say(state);
      return;
    }
    const retry = action("failed", () => this.acts.retry(id));
    const drop = action("remove", () => this.acts.drop(id));
    this.progress.replaceChildren(retry, drop);
  }
}

function action(key, act) {
  const button = make("button", "action");
  button.type = "button";
  button.textContent = say(key);
  button.addEventListener("click", act);
  return button;
}

function speakerOf({ isMine, author, name }) {
  if (isMine) return say("you");
  if (author === "staff" && name) return oneLine(name);
  return author === "bot" ? say("assistant") : say("title");
}
