// Makes choosing a file pleasant: shows where to drop it, refuses what is too large before it is sent, and says
// that work is going on. Without it the form does the same, only more plainly.
"use strict";
(() => {
  const form = document.querySelector(".c-compare");
  const field = form.querySelector("input[type=file]");
  const drop = form.querySelector(".drop");
  const error = form.querySelector(".error");
  const button = form.querySelector("button");
  const limit = Number(form.dataset.limit);

  const complain = (text) => {
    error.hidden = !text;
    error.querySelector("span").textContent = text;
    field.toggleAttribute("aria-invalid", Boolean(text));
  };

  const check = () => {
    const file = field.files[0];
    const isTooLarge = Boolean(file) && file.size > limit;
    complain(isTooLarge ? `文件超过 ${limit / 1048576} MB，不会是这份副本。请看看是不是选错了` : "");
    button.disabled = isTooLarge;
  };

  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("is-over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
  field.addEventListener("change", check);
  form.addEventListener("submit", () => {
    form.action = window.location.pathname; // the place of the answer is found below, not by a fragment
    button.disabled = true;
    button.textContent = "正在比对…";
  });
  // Coming back with the browser's own button finds the form usable again.
  window.addEventListener("pageshow", () => {
    button.textContent = "比对";
    check();
  });

  const result = document.getElementById("result");
  if (result && result.getBoundingClientRect().bottom > window.innerHeight) result.scrollIntoView({ block: "center" });
})();
