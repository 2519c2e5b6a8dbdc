// A file in the thread: a picture is shown, anything else is a button that saves it. What the server keeps is fetched with the
// shopper's token when it comes into view, and lives in the page's memory: its address opens it for nobody.

import { make, picture } from "./make.js";
import { oneLine } from "./plain.js";
import { fetchFile } from "./server.js";
import * as session from "./session.js";
import { count, say } from "./words.js";

const inView = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    inView.unobserve(target);
    target.dispatchEvent(new Event("inview"));
  }
});

/** `file` is {name, media_type, size} with a `token`, or with a `preview` while it is being sent. */
export class Attachment {
  constructor(file) {
    this.file = { ...file, name: oneLine(file.name) };
    this.isPicture = file.preview ? true : Boolean(file.token) && file.media_type.startsWith("image/");
    this.node = make("div", this.isPicture ? "attachment picture" : "attachment");
    if (file.preview) this.#showPicture(file.preview);
    else if (this.isPicture) this.#awaitPicture();
    else this.#showName();
    this.translate();
  }

  translate() {
    const { name, size } = this.file;
    if (this.image) this.image.alt = say("file_picture", { name });
    if (this.saver) this.saver.setAttribute("aria-label", say("file_save", { name }));
    if (this.size) this.size.textContent = say("file_size", { count: count(Math.max(1, Math.round(size / 1024))) });
  }

  #awaitPicture() {
    this.node.addEventListener("inview", () => this.#load(), { once: true });
    inView.observe(this.node);
  }

  async #load() {
    try {
      this.#showPicture(URL.createObjectURL(await fetchFile(session.token(), this.file.token)));
    } catch {
      this.#showName();
    }
    this.translate();
  }

  #showPicture(address) {
    this.image = picture(address, "");
    this.image.addEventListener("error", () => {
      this.image = null;
      this.node.classList.remove("picture");
      this.#showName();
      this.translate();
    });
    this.node.replaceChildren(this.image);
  }

  #showName() {
    const name = make("span", "file-name");
    name.textContent = this.file.name;
    this.size = make("span", "file-size");
    this.saver = null;
    if (!this.file.token) {
      this.node.replaceChildren(name, this.size);
      return;
    }
    this.saver = make("button", "file-save");
    this.saver.type = "button";
    this.saver.append(name, this.size);
    this.saver.addEventListener("click", () => this.#save());
    this.node.replaceChildren(this.saver);
  }

  async #save() {
    this.saver.disabled = true;
    try {
      const link = make("a");
      link.href = URL.createObjectURL(await fetchFile(session.token(), this.file.token));
      link.download = this.file.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    } catch {
      this.saver.classList.add("missing");
    } finally {
      this.saver.disabled = false;
    }
  }
}
