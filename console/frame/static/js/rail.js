"use strict";
/* The rail stays when a page is changed under it: mark where one is, close what was open, begin reading at the top. */
(() => {
  function mark() {
    const here = document.getElementById("main")?.dataset.room ?? window.location.pathname;
    for (const link of document.querySelectorAll("#rail a[data-key]")) {
      const paths = link.dataset.paths.split(" ");
      if (paths.some((path) => here === path || here.startsWith(`${path}/`))) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  document.addEventListener("htmx:after:swap", (event) => {
    if (event.detail.ctx?.target?.id !== "main" && event.target.id !== "main") return;
    mark();
    document.getElementById("own-menu")?.removeAttribute("open");
  });

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.removeAttribute("open");
      menu.querySelector("summary")?.focus();
    }
  });
})();
