"use strict";
/* Lists come with a stub for each line the page has already: the line stays as it is, and goes where its stub stands. */
(() => {
  htmx.registerExtension("same", {
    htmx_before_morph_node: (element, { newNode }) => !newNode.matches?.("[data-same]"),
  });

  /* A line that went meanwhile: the list that follows brings it. */
  document.addEventListener("htmx:after:swap", () => {
    for (const stub of document.querySelectorAll("li[data-same]")) stub.remove();
  });
})();
