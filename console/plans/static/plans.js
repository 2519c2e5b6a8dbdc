"use strict";
/* A press on a variable puts it where somebody last wrote; a dialog that came back with a problem opens again. */
(() => {
  let last = null;

  document.addEventListener("focusin", (event) => {
    if (event.target.matches?.("[data-words]")) last = event.target;
  });

  document.addEventListener("click", (event) => {
    const press = event.target.closest("[data-variable]");
    if (!press) return;
    const field = last?.isConnected ? last : document.querySelector("textarea[data-words]");
    if (!field) return;
    field.focus();
    field.setRangeText(press.dataset.variable, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });

  document.addEventListener("htmx:after:swap", () => {
    const dialog = document.querySelector("dialog[data-opened]:not([open])");
    dialog?.showModal();
    dialog?.querySelector("[aria-invalid]")?.focus();
  });
})();
