// Files on their way into a message: chosen, dropped or pasted, looked at once more, taken out again. Nothing is sent here.

import { make, picture } from "./make.js";
import { count, say } from "./words.js";

const ROOM = 5;
const MEGABYTE = 1024 * 1024;
// What a browser calls the kinds that are kept; the server looks at the bytes themselves.
const KINDS = /^(image\/(jpeg|png|webp|gif)|application\/pdf|video\/(mp4|quicktime|webm|ogg)|audio\/(mp4|x-m4a|ogg|webm))$/;
const HEIC = /^image\/hei[cf]/;

/** `changed()` is told whenever something goes in or out. */
export class Tray {
  #list = document.getElementById("tray");
  #trouble = document.getElementById("file-trouble");
  #chooser = document.getElementById("file");
  #chat = document.querySelector("main.chat");
  #most = Number(document.documentElement.dataset.fileMb) * MEGABYTE;
  #files = [];
  #told = null;
  #changed;

  constructor(changed) {
    this.#changed = changed;
    document.getElementById("attach").addEventListener("click", () => this.#chooser.click());
    this.#chooser.addEventListener("change", () => {
      this.add([...this.#chooser.files]);
      this.#chooser.value = "";
    });
    document.getElementById("message").addEventListener("paste", (event) => this.#paste(event));
    this.#hearDrops();
  }

  get isEmpty() {
    return this.#files.length === 0;
  }

  add(files) {
    this.tell("");
    for (const file of files) {
      const trouble = this.#troubleWith(file);
      if (trouble) this.tell(trouble);
      else this.#files.push({ file, preview: previewOf(file) });
    }
    this.#show();
  }

  /** What is in the tray, as [{file, preview}]; the tray is empty afterwards. */
  take() {
    const taken = this.#files;
    this.#files = [];
    this.#show();
    return taken;
  }

  /** A sentence below the field: why a file is not taken. "" takes it away. */
  tell(key) {
    this.#told = key;
    this.translate();
  }

  translate() {
    const key = this.#told;
    this.#trouble.hidden = !key;
    this.#trouble.textContent = key ? say(key, { limit: count(this.#most / MEGABYTE), room: count(ROOM) }) : "";
    for (const item of this.#list.children) item.lastElementChild.setAttribute("aria-label", removal(item.dataset.name));
  }

  #troubleWith(file) {
    if (this.#files.length >= ROOM) return "file_too_many";
    if (file.size > this.#most) return "file_too_large";
    if (file.size === 0) return "file_empty";
    if (HEIC.test(file.type)) return "file_heic";
    return file.type && !KINDS.test(file.type) ? "file_kind" : "";
  }

  #paste(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.add(files);
  }

  #hearDrops() {
    const holdsFiles = (event) => event.dataTransfer?.types.includes("Files");
    const mark = (is) => this.#chat.classList.toggle("dropping", is);
    this.#chat.addEventListener("dragover", (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      mark(true);
    });
    this.#chat.addEventListener("dragleave", (event) => !this.#chat.contains(event.relatedTarget) && mark(false));
    this.#chat.addEventListener("drop", (event) => {
      mark(false);
      if (!holdsFiles(event)) return;
      event.preventDefault();
      this.add([...event.dataTransfer.files]);
    });
  }

  #show() {
    this.#list.hidden = this.isEmpty;
    this.#list.replaceChildren(...this.#files.map((each) => this.#item(each)));
    this.#changed();
  }

  #item(each) {
    const item = make("li", "tray-file");
    item.dataset.name = each.file.name;
    if (each.preview) item.append(picture(each.preview, ""));
    const name = make("span", "tray-name");
    name.textContent = each.file.name;
    const out = make("button", "tray-out");
    out.type = "button";
    out.textContent = "×";
    out.setAttribute("aria-label", removal(each.file.name));
    out.addEventListener("click", () => this.#takeOut(each));
    item.append(name, out);
    return item;
  }

  #takeOut(each) {
    if (each.preview) URL.revokeObjectURL(each.preview);
    this.#files = this.#files.filter((other) => other !== each);
    this.#show();
    document.getElementById("attach").focus();
  }
}

const removal = (name) => say("file_remove", { name });

// Only what the browser draws itself without asking anybody.
const previewOf = (file) => (/^image\/(jpeg|png|webp|gif)$/.test(file.type) ? URL.createObjectURL(file) : "");
