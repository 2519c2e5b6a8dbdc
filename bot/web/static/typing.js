// "The care desk is writing": shown, never read aloud again and again, and gone by itself if the end of it is not told.

const LONGEST_MS = 20_000;

export class TypingSign {
  #element = document.getElementById("typing");
  #shown;
  #timer = 0;

  constructor(shown) {
    this.#shown = shown;
  }

  show(isOn) {
    clearTimeout(this.#timer);
    this.#element.hidden = !isOn;
    if (!isOn) return;
    this.#timer = setTimeout(() => this.show(false), LONGEST_MS);
    this.#shown();
  }
}
