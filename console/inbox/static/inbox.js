"use strict";
/* The inbox by keyboard: j and k move, Enter opens, x chooses, a takes. What was chosen stays chosen when lines change. */
(() => {
  const picked = new Set();
  const lines = () => [...document.querySelectorAll("li.line[data-way]")];
  const boxes = () => [...document.querySelectorAll("li.line input[name=pick]")];
  const bar = () => document.getElementById("deeds");
  const types = (element) => element.closest("input:not([type=checkbox]), textarea, select, [contenteditable], dialog") !== null;

  function show() {
    const form = bar();
    if (!form) return;
    form.hidden = picked.size === 0;
    const words = form.querySelector(".deeds-count");
    words.textContent = picked.size === 1 ? words.dataset.one : words.dataset.many.replace("#", String(picked.size));
  }

  /* Lines come and go by themselves: one that has gone is no longer chosen. */
  function restore() {
    const there = new Set(boxes().map((box) => box.value));
    for (const value of [...picked]) if (!there.has(value)) picked.delete(value);
    for (const box of boxes()) box.checked = picked.has(box.value);
    for (const line of document.querySelectorAll(".beside a.line-way")) {
      if (new URL(line.href).pathname === window.location.pathname) line.setAttribute("aria-current", "page");
      else line.removeAttribute("aria-current");
    }
    show();
  }

  function choose(box, chosen) {
    if (chosen) picked.add(box.value);
    else picked.delete(box.value);
    box.checked = chosen;
    show();
  }

  const current = () => document.activeElement?.closest?.("li.line") ?? null;

  function move(step) {
    const all = lines();
    if (all.length === 0) return;
    const at = all.indexOf(current() ?? document.querySelector("li.line:has([aria-current])"));
    const next = all[Math.min(all.length - 1, Math.max(0, at + step))];
    next.querySelector("a.line-way").focus();
    next.scrollIntoView({ block: "nearest" });
  }

  function take(line) {
    const box = line?.querySelector("input[name=pick]");
    if (!box) return;
    for (const other of boxes()) choose(other, other === box);
    bar().querySelector("button[value=mine]").click();
  }

  document.addEventListener("change", (event) => {
    if (event.target.matches?.("li.line input[name=pick]")) choose(event.target, event.target.checked);
    if (event.target.closest?.("#narrowing")) event.target.form.requestSubmit();
  });

  document.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-unpick]")) return;
    for (const box of boxes()) choose(box, false);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || types(event.target) || lines().length === 0) return;
    const box = current()?.querySelector("input[name=pick]");
    if (event.key === "j") move(1);
    else if (event.key === "k") move(-1);
    else if (event.key === "x" && box) choose(box, !box.checked);
    else if (event.key === "a" && current()) take(current());
    else if (event.key === "Enter" && event.target.matches("input[name=pick]")) current().querySelector("a.line-way").click();
    else return;
    event.preventDefault();
  });

  document.addEventListener("DOMContentLoaded", restore);
  document.addEventListener("htmx:after:swap", restore);
})();
