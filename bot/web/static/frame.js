// Inside the widget: the shop's page and the chat tell each other open, close and the number of unread messages. Nothing else,
// and only with the origins the care desk allows.

const root = document.documentElement;
const HOSTS = new Set([location.origin, ...(root.dataset.hosts ?? "").split(" ").filter(Boolean)]);

export const isEmbedded = root.dataset.embed === "true" && window.parent !== window;

/** `heard` takes {open, closed}. */
export class Frame {
  #host = null;
  #unread = 0;
  #isOpen = !isEmbedded;

  constructor(heard) {
    if (!isEmbedded) return;
    window.addEventListener("message", ({ source, origin, data }) => {
      if (source !== window.parent || !HOSTS.has(origin)) return;
      if (data?.careloop !== "open" && data?.careloop !== "closed") return;
      this.#host = origin;
      this.#isOpen = data.careloop === "open";
      heard[data.careloop]();
      this.unread(this.#unread);
    });
  }

  get isOpen() {
    return this.#isOpen;
  }

  close() {
    this.#tell({ careloop: "close" });
  }

  unread(number) {
    this.#unread = number;
    this.#tell({ careloop: "unread", count: number });
  }

  #tell(message) {
    if (this.#host) window.parent.postMessage(message, this.#host);
  }
}
