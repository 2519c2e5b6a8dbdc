// Somebody's words as nodes: always text, never markup. Characters that change what the eye reads are shown by their code.

import { say } from "./words.js";

// Bidirectional marks, embeddings, overrides and isolates; other format characters nobody types; C0 and C1 controls.
const HIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/u;
// Only ASCII addresses become links: look-alike letters in a host name stay plain text.
const ADDRESS = /https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+/u;
// A case or order number is quoted as a whole and stays on one line.
const NUMBER = /\b[A-Z]{1,5}(?:-[A-Z0-9]{1,10}){1,3}\b/u;
const TRAILING = /[.,:;!?'")\]]+$/u;
const HAN = /\p{Script=Han}/u;

/** Fills `element` with the words. Links are made only where `withLinks`, and only to https or to where this page is from. */
export function putWords(element, words, withLinks) {
  const text = words.replace(/\r\n?|[\u2028\u2029]/gu, "\n");
  element.dir = "auto";
  if (HAN.test(text)) element.lang = "zh-Hans";
  element.replaceChildren(...(withLinks ? linked(text) : visible(text)));
}

/** One line without hidden characters, for labels. */
export const oneLine = (words) => words.replace(new RegExp(HIDDEN.source, "gu"), "").replace(/\s+/gu, " ").trim();

function linked(text) {
  return cut(text, ADDRESS).flatMap(({ piece, matches }) => (matches ? link(piece) : visible(piece)));
}

function visible(text) {
  return cut(text, HIDDEN).flatMap(({ piece, matches }) => (matches ? hiddenMark(piece) : whole(piece)));
}

function whole(text) {
  return cut(text, NUMBER).map(({ piece, matches }) => (matches ? span("whole", piece) : piece));
}

function cut(text, pattern) {
  const pieces = text.split(new RegExp(`(${pattern.source})`, "gu"));
  return pieces.map((piece, index) => ({ piece, matches: index % 2 === 1 })).filter(({ piece }) => piece !== "");
}

function hiddenMark(character) {
  const code = `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  const mark = span("hidden-mark", code);
  mark.title = say("hidden_mark", { code });
  return mark;
}

function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

function link(found) {
  const tail = TRAILING.exec(found)?.[0] ?? "";
  const address = found.slice(0, found.length - tail.length);
  const url = URL.canParse(address) ? new URL(address) : null;
  const isSafe = url && (url.protocol === "https:" || url.origin === location.origin);
  if (!isSafe || url.username || url.password) return visible(found);
  const anchor = document.createElement("a");
  anchor.href = url.href;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer nofollow";
  anchor.append(...address.split(/(?<=[/?&=._-])(?=\w)/u).flatMap((part) => [document.createElement("wbr"), part]));
  return [anchor, tail].filter((part) => part !== "");
}
