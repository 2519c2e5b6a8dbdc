"use strict";
/* The socket: tells the server which parts this page shows, and the reader whether what they see is current. */
(() => {
  const SESSION_ENDED = new Set([4401, 4403]);
  let socket = null;
  let told = "";

  const pageStamp = () => document.getElementById("main")?.dataset.stamp ?? "";
  const shown = () => [...new Set([...document.querySelectorAll("[data-live]")].map((part) => part.dataset.live))];

  function say(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function watch(stamp) {
    const message = { watch: shown(), stamp };
    if (JSON.stringify(message) === told) return;
    told = JSON.stringify(message);
    say(message);
  }

  function health(state) {
    const light = document.getElementById("health");
    if (!light || light.dataset.state === state) return;
    light.dataset.state = state;
    light.querySelector(".health-text").textContent = state === "live" ? light.dataset.liveText : light.dataset.staleText;
  }

  document.addEventListener("htmx:ws:after:connection", (event) => {
    socket = event.detail.connection.socket;
    told = "";
    health("live");
    watch(pageStamp());
  });

  document.addEventListener("htmx:ws:close", (event) => {
    health("stale");
    if (SESSION_ENDED.has(event.detail.code)) window.location.reload();
  });

  /* An answer knows of newer signals than the page it lands in. After a gap only what the page knew counts. */
  document.addEventListener("htmx:after:swap", (event) => {
    watch(event.detail.ctx?.response?.headers?.get("x-stamp") ?? pageStamp());
  });

  window.careloop = Object.freeze({ say });
})();
