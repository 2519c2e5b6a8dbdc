// The page's language: its sentences, its days and its times.

import { texts } from "./texts.js";
import { read, write } from "./storage.js";

const TAGS = { en: "en", zh: "zh-Hans" };
const SLOTS = { text: "textContent", label: "aria-label", placeholder: "placeholder" };
const root = document.documentElement;

let language = read("language");
if (!(language in TAGS)) language = root.lang.startsWith("zh") ? "zh" : "en";

/** How the shopper's own region writes days and numbers in the page's language. */
const region = () => navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? TAGS[language];

export const currentLanguage = () => language;

/** The sentence under a key, with its {holes} filled. */
export function say(key, holes = {}) {
  const sentence = texts[key][language];
  return sentence.replace(/\{(\w+)\}/g, (hole, name) => (name in holes ? String(holes[name]) : hole));
}

/** Puts the page into a language and remembers the shopper's choice. */
export function chooseLanguage(chosen) {
  language = chosen;
  write("language", chosen);
  translate();
}

/** Fills every element that names its sentence: data-text, data-label, data-placeholder. */
export function translate(within = document) {
  root.lang = TAGS[language];
  for (const [slot, target] of Object.entries(SLOTS)) {
    for (const element of within.querySelectorAll(`[data-${slot}]`)) {
      const sentence = say(element.dataset[slot]);
      if (target === "textContent") element.textContent = sentence;
      else element.setAttribute(target, sentence);
    }
  }
}

/** The hour and minute in the shopper's own zone. */
export function clockTime(moment) {
  return new Intl.DateTimeFormat(region(), { timeStyle: "short" }).format(moment);
}

/** A count as the language writes it, e.g. 3,812. */
export const count = (number) => new Intl.NumberFormat(region()).format(number);

/** The calendar day in the shopper's zone as a comparable key. */
export const dayKey = (moment) => `${moment.getFullYear()}-${moment.getMonth() + 1}-${moment.getDate()}`;

/** “Today”, “Yesterday”, or the date; the year only when it is another one. */
export function dayName(moment, now = new Date()) {
  const midnight = (day) => Date.UTC(day.getFullYear(), day.getMonth(), day.getDate());
  const daysAgo = Math.round((midnight(now) - midnight(moment)) / 86_400_000);
  if (daysAgo === 0 || daysAgo === 1) {
    const words = new Intl.RelativeTimeFormat(region(), { numeric: "auto" }).format(-daysAgo, "day");
    return words.charAt(0).toUpperCase() + words.slice(1);
  }
  const parts = { weekday: "long", day: "numeric", month: "long" };
  if (moment.getFullYear() !== now.getFullYear()) parts.year = "numeric";
  return new Intl.DateTimeFormat(region(), parts).format(moment);
}
