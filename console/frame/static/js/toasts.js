"use strict";
/* What a page has to say once moves into the toasts, where it is read aloud, and goes after a while. */
(() => {
  const STAYS = 7000;

  function toast(text, tone) {
    const line = document.createElement("p");
    line.className = "toast";
    line.dataset.tone = tone;
    line.textContent = text;
    document.getElementById("toasts")?.append(line);
  }

  function collect() {
    for (const said of document.querySelectorAll("#main [data-toast]")) {
      toast(said.textContent, said.dataset.toast);
      said.remove();
    }
    for (const line of document.querySelectorAll("#toasts .toast:not([data-going])")) {
      line.dataset.going = "";
      setTimeout(() => line.remove(), STAYS);
    }
  }

  document.addEventListener("DOMContentLoaded", collect);
  document.addEventListener("htmx:after:swap", collect);
})();
