"use strict";
/* A press on a variable puts it where somebody last wrote; a dialog that came back with a problem opens again; an offer
   that was made is a change of the plan. */
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

  document.addEventListener("htmx:after:swap", (event) => {
    const swapped = event.detail.ctx?.target?.id ?? event.target.id;
    const chosen = document.getElementById("coupon_offer_id");
    if (swapped === "plan-offer") chosen?.dispatchEvent(new Event("change", { bubbles: true }));
    const dialog = document.querySelector("dialog[data-opened]:not([open])");
    dialog?.showModal();
    dialog?.querySelector("[aria-invalid]")?.focus();
  });
})();
