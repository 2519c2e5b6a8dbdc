"use strict";
/* A press on a variable puts it into its field where the cursor is. */
(() => {
  document.addEventListener("click", (event) => {
    const press = event.target.closest("[data-puts]");
    const field = press && document.getElementById(press.dataset.into);
    if (!field) return;
    field.focus();
    field.setRangeText(press.dataset.puts, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
