// Where the shopper writes: Enter sends, Shift+Enter breaks the line, and an input method's own Enter does neither.

import { read, remove, write } from "./storage.js";
import { count, say } from "./words.js";

const LIMIT = 4_000;
const NEAR = 3_600;
const TALLEST = 160;

export class Composer {
  #form = document.getElementById("composer");
  #field = document.getElementById("message");
  #counter = document.getElementById("counter");
  #send;
  #hasFiles;

  /** `send(text)` is called with words, or without any when `hasFiles()`. */
  constructor(send, hasFiles) {
    this.#send = send;
    this.#hasFiles = hasFiles;
    this.#field.value = read("draft") ?? "";
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#field.addEventListener("keydown", (event) => this.#key(event));
    this.#field.addEventListener("input", () => this.#changed());
    this.translate();
  }

  focus() {
    this.#field.focus({ preventScroll: true });
  }

  clear() {
    this.#field.value = "";
    this.#changed();
  }

  translate() {
    this.#measure();
  }

  /** Files came or went. */
  look() {
    this.#measure();
  }

  // 229 is what Safari reports for the Enter that ends a composition.
  #key(event) {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  }

  #submit() {
    const text = this.#field.value.trim();
    if ((text !== "" || this.#hasFiles()) && lengthOf(text) <= LIMIT) {
      this.#send(text);
      this.clear();
    }
    this.focus();
  }

  #changed() {
    if (this.#field.value) write("draft", this.#field.value);
    else remove("draft");
    this.#measure();
  }

  #measure() {
    const length = lengthOf(this.#field.value.trim());
    const over = length - LIMIT;
    this.#counter.hidden = length < NEAR;
    this.#counter.classList.toggle("over", over > 0);
    this.#counter.textContent =
      over > 0 ? say("counter_over", { count: count(over) }) : say("counter", { count: count(length), limit: count(LIMIT) });
    this.#field.setAttribute("aria-invalid", String(over > 0));
    this.#form.classList.toggle("ready", (length > 0 || this.#hasFiles()) && over <= 0);
    this.#field.style.setProperty("height", "auto");
    this.#field.style.setProperty("height", `${Math.min(TALLEST, this.#field.scrollHeight)}px`);
  }
}

// Characters as the server counts them: an emoji is one, not two.
const lengthOf = (text) => [...text].length;
