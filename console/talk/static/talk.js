"use strict";
/* The conversation: stays at the end when at the end, keeps drafts, sends by Ctrl+Enter, takes back, tells who writes. */
(() => {
  const NEAR = 80;
  const STILL_HERE = 15_000;
  const TYPES_AGAIN = 3_000;
  let wasAtEnd = true;
  let lastTyped = -Infinity;

  const id = (name) => document.getElementById(name);
  const number = () => id("composer")?.dataset.conversation;
  const key = (field) => `talk.${number()}.${field.dataset.draft}`;
  const fields = () => [...document.querySelectorAll("#composer textarea[data-draft]")];

  function atEnd() {
    const pane = id("talk-scroll");
    return !pane || pane.scrollHeight - pane.scrollTop - pane.clientHeight < NEAR;
  }
  function toEnd() {
    const pane = id("talk-scroll");
    if (pane) pane.scrollTop = pane.scrollHeight;
  }

  /* Drafts outlive a reload of this tab, and nothing else. */
  function keep(field) {
    if (field.value) sessionStorage.setItem(key(field), field.value);
    else sessionStorage.removeItem(key(field));
  }
  function recall() {
    for (const field of fields()) if (!field.value) field.value = sessionStorage.getItem(key(field)) ?? "";
  }
  function fill(field, text) {
    field.value = text;
    keep(field);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
  }

  function mode(to) {
    const composer = id("composer");
    composer.dataset.mode = to;
    for (const tab of composer.querySelectorAll("[data-mode-to]")) {
      const chosen = String(tab.dataset.modeTo === to);
      tab.setAttribute("aria-selected", chosen);
    }
    id(`${to}-text`).focus();
  }

  function side(tab) {
    for (const other of document.querySelectorAll("[data-side]")) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", String(chosen));
      id(other.dataset.side).hidden = !chosen;
    }
  }

  /* What the server said became of it. */
  function outcome() {
    const told = id("talk-outcome");
    if (!told) return;
    if (told.dataset.done) {
      const field = id(`${told.dataset.done}-text`);
      if (field) fill(field, "");
      id("later")?.removeAttribute("open");
      wasAtEnd = true;
      toEnd();
    }
    if (told.dataset.back) {
      const field = id("reply-text");
      mode("reply");
      fill(field, field.value ? `${told.dataset.back}\n${field.value}` : told.dataset.back);
    }
    delete told.dataset.done;
    delete told.dataset.back;
  }

  /* The forms say which state of the conversation they were written for. */
  function sync() {
    const head = id("talk-head");
    if (!head) return;
    for (const field of document.querySelectorAll("input[data-version]")) field.value = head.dataset.version;
    const reply = id("reply-text");
    if (reply && !reply.value) document.querySelector("input[data-seen]").value = id("talk-thread")?.dataset.last ?? "0";
  }

  function undos() {
    const now = Date.now() / 1000;
    for (const button of document.querySelectorAll("button[data-undo]")) {
      const left = Math.ceil(Number(button.dataset.undo) - now);
      if (left <= 0) button.remove();
      else button.querySelector(".undo-left").textContent = String(left);
    }
  }

  const menu = () => id("canned");
  const replies = () => [...document.querySelectorAll("[data-canned]")].filter((one) => !one.hidden);
  function canned(field) {
    const typed = /^\/(\S*)$/.exec(field.value);
    const list = menu();
    if (!list) return;
    if (!typed) {
      if (list.dataset.typed) list.removeAttribute("open");
      delete list.dataset.typed;
      for (const one of list.querySelectorAll("[data-canned]")) one.hidden = false;
      return;
    }
    list.dataset.typed = "yes";
    list.setAttribute("open", "");
    for (const one of list.querySelectorAll("[data-canned]")) {
      one.hidden = !one.dataset.shortcut.startsWith(typed[1]);
      delete one.dataset.chosen;
    }
    if (replies()[0]) replies()[0].dataset.chosen = "";
  }
  function useCanned(one) {
    menu().removeAttribute("open");
    const field = id("reply-text");
    const before = /^\/\S*$/.test(field.value) ? "" : field.value;
    fill(field, before ? `${before}\n${one.dataset.canned}` : one.dataset.canned);
  }

  const say = (message) => window.careloop?.say(message);
  function stillHere() {
    if (number() && document.visibilityState === "visible") say({ looking: Number(number()) });
  }

  document.addEventListener("click", (event) => {
    const found = (selector) => event.target.closest?.(selector);
    if (found("[data-mode-to]")) mode(found("[data-mode-to]").dataset.modeTo);
    if (found("[data-side]")) side(found("[data-side]"));
    if (found("details.menu [data-opens]")) found("details.menu").removeAttribute("open");
    if (found("[data-canned]")) useCanned(found("[data-canned]"));
  });
  document.addEventListener("submit", (event) => {
    const dialog = event.target.closest?.("dialog");
    if (dialog && event.target.querySelector("[data-closes-after]")) dialog.close();
  });
  document.addEventListener("input", (event) => {
    if (!event.target.matches?.("#composer textarea")) return;
    keep(event.target);
    if (event.target.id !== "reply-text") return;
    canned(event.target);
    if (event.timeStamp - lastTyped > TYPES_AGAIN && event.target.value) {
      lastTyped = event.timeStamp;
      say({ typing: Number(number()) });
    }
  });
  document.addEventListener("keydown", (event) => {
    if (!event.target.matches?.("#composer textarea")) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.target.form.requestSubmit();
    } else if (event.key === "Enter" && menu()?.dataset.typed && replies()[0]) {
      event.preventDefault();
      useCanned(replies()[0]);
    }
  });
  document.addEventListener("scroll", (event) => {
    if (event.target.id === "talk-scroll") wasAtEnd = atEnd();
  }, true);
  document.addEventListener("DOMContentLoaded", () => {
    recall();
    sync();
    toEnd();
  });
  document.addEventListener("htmx:after:swap", (event) => {
    const whole = event.target.id === "main" || event.detail.ctx?.target?.id === "main";
    if (!id("composer")) return;
    if (whole) {
      recall();
      wasAtEnd = true;
      stillHere();
    }
    outcome();
    sync();
    undos();
    if (wasAtEnd) toEnd();
  });
  document.addEventListener("htmx:ws:after:connection", () => setTimeout(stillHere, 300));
  setInterval(stillHere, STILL_HERE);
  setInterval(undos, 500);
})();
