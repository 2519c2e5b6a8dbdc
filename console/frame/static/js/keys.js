"use strict";
/* Keys: `/` searches, `?` shows all keys, `g` and a letter goes to a room. Never while somebody types. */
(() => {
  const PATIENCE = 1200;
  let going = 0;

  const types = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  function go(key) {
    const link = document.querySelector(`#rail a[data-key="${CSS.escape(key)}"]`);
    if (link) link.click();
    return link !== null;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || types(event.target)) return;
    const soon = event.timeStamp - going < PATIENCE && going > 0;
    going = 0;
    if (soon && go(event.key)) event.preventDefault();
    else if (event.key === "g") going = event.timeStamp;
    else if (event.key === "?") document.getElementById("shortcuts")?.showModal();
    else if (event.key === "/") {
      event.preventDefault();
      document.getElementById("search")?.focus();
    }
  });
})();
