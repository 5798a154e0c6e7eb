// Shows the buttons that copy and print recovery codes.
"use strict";

const copy = document.querySelector("[data-copy]");
const print = document.querySelector("[data-print]");
const copied = document.querySelector("[data-copied]");
const codes = () => Array.from(document.querySelectorAll(".codes code"), (code) => code.textContent).join("\n");

if (navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(codes());
    copied.hidden = false;
  });
}
print.hidden = false;
print.addEventListener("click", () => globalThis.print());
