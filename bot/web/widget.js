// The care desk on any page of the shop, by one line:
//   <script src="https://care.example/widget.js" data-language="zh" defer></script>
// A button opens the chat in a frame of the care desk's own origin. The page and the frame tell each other open, close and the
// number of unread messages, each side checking the other's origin. No cookies, no globals; the look lives in a shadow tree.
(() => {
  "use strict";

  const TAG = "care-desk";
  const script = document.currentScript;
  if (!script || document.querySelector(TAG)) return;

  // Filled in by the server: {language: {key: sentence}}.
  const TEXTS = "@texts@";
  const CARE = new URL(script.src).origin;
  const asked = script.dataset.language ?? document.documentElement.lang ?? navigator.language;
  const language = asked.toLowerCase().startsWith("zh") ? "zh" : "en";
  const USED = "careloop.used";

  const STYLE = `
    :host { all: initial; position: fixed; z-index: 2147483000; inset: auto max(20px, env(safe-area-inset-right))
      max(20px, env(safe-area-inset-bottom)) auto; color-scheme: light dark; font: 16px/1 system-ui, sans-serif; }
    * { box-sizing: border-box; }
    [hidden] { display: none !important; }
    .launcher { position: relative; display: grid; place-items: center; width: 60px; height: 60px; margin: 0 0 0 auto; padding: 0;
      border: 1px solid rgb(251 246 234 / 25%); border-radius: 50%; background: #2b4a3d; color: #fbf6ea; cursor: pointer;
      box-shadow: 0 2px 6px rgb(20 26 22 / 20%), 0 10px 28px rgb(20 26 22 / 18%); touch-action: manipulation; }
    .launcher:hover { background: #1f3a2f; }
    .launcher:focus-visible { outline: 3px solid #1d6b50; outline-offset: 3px; box-shadow: 0 0 0 3px #fff; }
    svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round;
      stroke-linejoin: round; }
    .badge { position: absolute; inset: -4px -4px auto auto; min-width: 24px; padding: 5px 6px; border: 2px solid #fff;
      border-radius: 999px; background: #9c2f22; color: #fff; font: 600 12px/1 system-ui, sans-serif; text-align: center; }
    .panel { position: absolute; inset: auto 0 76px auto; width: min(408px, calc(100vw - 40px));
      height: min(660px, calc(100dvh - 116px)); overflow: hidden; border: 1px solid rgb(120 110 90 / 35%); border-radius: 18px;
      background: Canvas; box-shadow: 0 4px 12px rgb(20 26 22 / 12%), 0 24px 64px rgb(20 26 22 / 24%); }
    .panel.closed { visibility: hidden; pointer-events: none; opacity: 0; }
    iframe { display: block; width: 100%; height: 100%; border: 0; }
    @media (max-width: 480px), (max-height: 480px) {
      .panel { position: fixed; inset: 0; width: 100%; height: 100dvh; border: 0; border-radius: 0; }
      .panel:not(.closed) + .launcher { visibility: hidden; }
    }
    @media (prefers-reduced-motion: no-preference) {
      .panel { transition: opacity 160ms ease-out, transform 160ms ease-out, visibility 160ms; }
      .panel.closed { transform: translateY(10px); }
    }`;
  const BUBBLE = "M5 5.5h14A1.5 1.5 0 0 1 20.5 7v8.5A1.5 1.5 0 0 1 19 17h-6.5L8 20.5V17H5A1.5 1.5 0 0 1 3.5 15.5V7A1.5 1.5 0 0 1 5 5.5ZM8 9.5h8M8 12.7h5";
  const CROSS = "m6 6 12 12M18 6 6 18";

  const host = document.createElement(TAG);
  const launcher = element("button", { class: "launcher", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" });
  const drawing = svg("path", { d: BUBBLE });
  const picture = svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" });
  const badge = element("span", { class: "badge", "aria-hidden": "true" });
  const panel = element("div", { class: "panel closed", role: "dialog", "aria-label": say("widget_frame") });
  let frame = null;
  let isLoaded = false;
  let isOpen = false;
  let unread = 0;

  build();

  function build() {
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    picture.append(drawing);
    badge.hidden = true;
    launcher.append(picture, badge);
    shadow.append(panel, launcher);
    launcher.addEventListener("click", () => (isOpen ? close() : open()));
    host.addEventListener("keydown", (event) => event.key === "Escape" && isOpen && close());
    window.addEventListener("message", hear);
    show();
    document.body.append(host);
    if (wasUsed()) load();
  }

  function load() {
    const address = `${CARE}/chat?embed=1&language=${language}`;
    const sandbox = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-downloads";
    frame = element("iframe", { src: address, title: say("widget_frame"), sandbox, referrerpolicy: "no-referrer" });
    frame.addEventListener("load", () => {
      isLoaded = true;
      tell();
    });
    panel.append(frame);
  }

  function open() {
    if (!frame) load();
    isOpen = true;
    unread = 0;
    remember();
    show();
    frame.focus();
    tell();
  }

  function close() {
    isOpen = false;
    show();
    launcher.focus();
    tell();
  }

  function show() {
    panel.classList.toggle("closed", !isOpen);
    panel.inert = !isOpen;
    drawing.setAttribute("d", isOpen ? CROSS : BUBBLE);
    badge.hidden = unread === 0 || isOpen;
    badge.textContent = unread > 99 ? "99+" : String(unread);
    launcher.setAttribute("aria-expanded", String(isOpen));
    const name = isOpen ? "widget_close" : unread > 0 ? "widget_open_unread" : "widget_open";
    launcher.setAttribute("aria-label", say(name).replace("{count}", String(unread)));
  }

  function tell() {
    if (isLoaded) frame.contentWindow.postMessage({ careloop: isOpen ? "open" : "closed" }, CARE);
  }

  function hear({ origin, source, data }) {
    if (origin !== CARE || !frame || source !== frame.contentWindow) return;
    if (data?.careloop === "close" && isOpen) close();
    if (data?.careloop === "unread" && Number.isSafeInteger(data.count) && data.count >= 0) {
      unread = data.count;
      show();
    }
  }

  // Shoppers who never opened the chat load nothing but this file; the others see their unread messages on every page.
  function wasUsed() {
    try {
      return localStorage.getItem(USED) === "1";
    } catch {
      return false;
    }
  }

  function remember() {
    try {
      localStorage.setItem(USED, "1");
    } catch {
      // A page that may not store anything simply loads the chat at the first press.
    }
  }

  function say(key) {
    return TEXTS[language][key];
  }

  function element(tag, attributes) {
    return dressed(document.createElement(tag), attributes);
  }

  function svg(tag, attributes) {
    return dressed(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);
  }

  function dressed(node, attributes) {
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    return node;
  }
})();
