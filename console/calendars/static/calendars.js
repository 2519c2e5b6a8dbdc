"use strict";
/* While hours are typed, the bar beside them follows. What cannot be read is left out; the server says what is wrong. */
(() => {
  const SVG = "http://www.w3.org/2000/svg";

  function clock(text) {
    const found = /^(\d{1,2})(?:[:.](\d{2}))?$/.exec(text.trim());
    const hours = found ? Number(found[1]) + Number(found[2] ?? 0) / 60 : NaN;
    return hours <= 24 ? hours : NaN;
  }

  function spans(text) {
    const parts = text.normalize("NFKC").split(/[,、;\n]+/);
    return parts.map((part) => part.split(/-|–|—|~|至|to/).map(clock)).filter(([start, end]) => start < end);
  }

  document.addEventListener("input", (event) => {
    const bar = document.querySelector(`[data-day-bar="${CSS.escape(event.target.name ?? "")}"] g`);
    if (!bar) return;
    bar.replaceChildren(...spans(event.target.value).map(([start, end]) => {
      const rect = document.createElementNS(SVG, "rect");
      const place = { class: "open", x: start * 4, y: 0, width: (end - start) * 4, height: 6 };
      for (const [name, value] of Object.entries(place)) rect.setAttribute(name, value);
      return rect;
    }));
  });
})();
