"use strict";
/* <time class="countdown" datetime="…" data-from="…">: the time left, and how near it is. `data-paused` stands still, `data-warned` is near. */
(() => {
  const EVERY = 10_000;
  const MINUTE = 60_000;

  function words(left) {
    const minutes = Math.floor(Math.abs(left) / MINUTE);
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    const [d, h, m] = (document.body.dataset.units ?? "d h m").split(" ");
    const text = days ? `${days}${d} ${hours}${h}` : hours ? `${hours}${h} ${rest}${m}` : `${rest}${m}`;
    return left < 0 ? `−${text}` : text;
  }

  function state(left, whole) {
    if (left < 0) return "late";
    return whole > 0 && left / whole <= 0.25 ? "soon" : "calm";
  }

  function tick() {
    const now = Date.now();
    for (const clock of document.querySelectorAll("time.countdown:not([data-paused])")) {
      const due = Date.parse(clock.dateTime);
      const from = Date.parse(clock.dataset.from ?? "");
      const text = words(due - now);
      const told = "warned" in clock.dataset && due > now;
      const near = told ? "soon" : state(due - now, Number.isNaN(from) ? 0 : due - from);
      if (clock.textContent !== text) clock.textContent = text;
      if (clock.dataset.state !== near) clock.dataset.state = near;
    }
  }

  setInterval(tick, EVERY);
  document.addEventListener("DOMContentLoaded", tick);
  document.addEventListener("htmx:after:swap", tick);
})();
