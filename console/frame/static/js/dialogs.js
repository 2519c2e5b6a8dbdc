"use strict";
/* <button data-opens="id"> opens that dialog; [data-closes] and a press beside it close it. */
(() => {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) document.getElementById(opener.dataset.opens)?.showModal();
    else if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
    else if (event.target instanceof HTMLDialogElement) event.target.close();
  });
})();
