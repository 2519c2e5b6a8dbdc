// Staying at the newest message, unless the shopper is reading further up.

const NEAR_PX = 120;

export class Scroll {
  #pane = document.getElementById("pane");
  #jump = document.getElementById("to-newest");
  #wasNear = true;

  constructor() {
    this.#pane.addEventListener("scroll", () => this.#look(), { passive: true });
    this.#jump.addEventListener("click", () => this.toNewest());
    // A keyboard that opens, a longer draft and a rotated phone all change the pane's height; a picture that has come, the log's.
    const watch = new ResizeObserver(() => this.#wasNear && this.toNewest());
    watch.observe(this.#pane);
    watch.observe(document.getElementById("log"));
  }

  /** Called after something was added. */
  follow() {
    if (this.#wasNear) this.toNewest();
    else this.#jump.hidden = false;
  }

  toNewest() {
    this.#pane.scrollTop = this.#pane.scrollHeight;
    this.#wasNear = true;
    this.#jump.hidden = true;
  }

  #look() {
    const below = this.#pane.scrollHeight - this.#pane.scrollTop - this.#pane.clientHeight;
    this.#wasNear = below < NEAR_PX;
    if (this.#wasNear) this.#jump.hidden = true;
  }
}
