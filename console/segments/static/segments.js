"use strict";
/* A segment that was built anew is counted anew. */
(() => {
  document.addEventListener("htmx:after:swap", (event) => {
    const swapped = event.detail.ctx?.target?.id ?? event.target.id;
    if (swapped === "segment-builder") document.body.dispatchEvent(new CustomEvent("segment-built"));
  });
})();
