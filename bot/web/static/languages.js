// The language switch: two buttons, the chosen one pressed.

import { chooseLanguage, currentLanguage, translate } from "./words.js";

const buttons = [...document.querySelectorAll("[data-language]")];

/** Puts the page into its language and into another one when asked; `retold` is called each time. */
export function offerLanguages(retold) {
  for (const button of buttons) {
    button.addEventListener("click", () => {
      chooseLanguage(button.dataset.language);
      show(retold);
    });
  }
  translate();
  show(retold);
}

function show(retold) {
  for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.language === currentLanguage()));
  retold();
}
