// Waiting before trying again: longer each time, never in step with everybody else, and cut short when there is news.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Milliseconds before try number `attempt` (0 is the first repetition); half of it is chance. */
export function delayOf(attempt, leastMs = 0) {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
  return Math.max(leastMs, full * (0.5 + Math.random() / 2));
}

/** A sleep that `wake` ends early. */
export class Nap {
  #end = () => {};

  sleep(ms) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  wake() {
    this.#end();
  }
}
