"use strict";
/* The socket: tells the server which parts this page shows, and the reader whether what they see is current. */
(() => {
  const SESSION_ENDED = new Set([4401, 4403, 1008]);
  let socket = null;

  const shown = () => [...document.querySelectorAll("[data-live]")].map((element) => element.dataset.live);
  const stamp = () => document.getElementById("main")?.dataset.stamp ?? "";

  function say(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function watch() {
    say({ watch: [...new Set(shown())], stamp: stamp() });
  }

  function health(state) {
    const light = document.getElementById("health");
    if (!light || light.dataset.state === state) return;
    light.dataset.state = state;
    light.querySelector(".health-text").textContent = state === "live" ? light.dataset.liveText : light.dataset.staleText;
  }

  document.addEventListener("htmx:ws:after:connection", (event) => {
    socket = event.detail.connection.socket;
    health("live");
    watch();
  });

  document.addEventListener("htmx:ws:close", (event) => {
    health("stale");
    if (SESSION_ENDED.has(event.detail.code)) window.location.reload();
  });

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.target.id !== "live") watch();
  });

  window.careloop = Object.freeze({ say });
})();
