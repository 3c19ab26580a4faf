// The counter by keyboard and mouse: choosing pages, keys for acts and materials, dragging, looking closely.
"use strict";
(() => {
  const work = () => document.getElementById("work");
  const boxes = () => [...document.querySelectorAll("#work input[name=page]")];
  const look = document.getElementById("look");
  let anchor = null;

  // htmx asks which button was clicked, so an order without a button of its own gets one; the answer replaces the form.
  const press = (name, value) => {
    const button = document.createElement("button");
    button.name = name;
    button.value = value;
    button.hidden = true;
    work().append(button);
    button.click();
  };
  const alone = (box) => boxes().forEach((each) => { each.checked = each === box; });
  const span = (from, to) => {
    const all = boxes();
    const [first, last] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
    all.forEach((each, at) => { each.checked = at >= first && at <= last; });
  };
  const columns = () => {
    const cells = [...document.querySelectorAll(".sheet-cell")];
    return cells.findIndex((cell) => cell.offsetTop > cells[0].offsetTop) || 1;
  };
  const show = (box) => {
    const link = box && box.closest(".sheet-cell").querySelector(".look");
    if (!link || !look) return;
    document.getElementById("look-image").src = link.href;
    look.showModal();
  };

  // A click chooses one page, with Ctrl one more, with Shift all between.
  document.addEventListener("click", (event) => {
    const thumb = event.target.closest(".thumb");
    const link = event.target.closest(".look");
    if (link) { event.preventDefault(); show(link.closest(".sheet-cell").querySelector("input")); return; }
    if (!thumb) return;
    event.preventDefault();
    const box = document.getElementById(thumb.htmlFor);
    if (event.shiftKey && anchor && anchor.isConnected) span(anchor, box);
    else if (event.ctrlKey || event.metaKey) { box.checked = !box.checked; anchor = box; }
    else { alone(box); anchor = box; }
    box.focus({ preventScroll: true });
  });
  document.addEventListener("dblclick", (event) => {
    const thumb = event.target.closest(".thumb");
    if (thumb) show(document.getElementById(thumb.htmlFor));
  });

  document.addEventListener("keydown", (event) => {
    const form = work();
    if (!form || event.ctrlKey || event.metaKey || event.altKey || (look && look.open)) return;
    if (event.target.closest("input:not([name=page]), textarea, select")) return;
    const all = boxes();
    const at = all.indexOf(document.activeElement);
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns() }[event.key];
    if (steps && at >= 0) {
      event.preventDefault();
      event.stopImmediatePropagation();
      const box = all[Math.max(0, Math.min(all.length - 1, at + steps))];
      if (event.shiftKey) { anchor = anchor && anchor.isConnected ? anchor : all[at]; span(anchor, box); }
      else { alone(box); anchor = box; }
      box.focus();
    } else if (event.key === " " && at >= 0) {
      event.preventDefault();
      show(all[at]);
    } else if (event.key !== "Enter") {
      const key = event.key === "Delete" ? "d" : event.key.toLowerCase();
      const button = form.querySelector(`button[data-key="${CSS.escape(key)}"]`);
      if (button && !button.matches(":disabled") && (key === "a" || form.querySelector("input[name=page]:checked"))) {
        event.preventDefault();
        button.click();
      }
    }
  }, true);

  // What the answer marks is where to go on: bring it into view and let the keys work there.
  document.addEventListener("htmx:afterSwap", () => {
    const box = document.querySelector("#work input[name=page]:checked");
    if (!box) return;
    anchor = box;
    box.focus({ preventScroll: true });
    box.closest(".sheet-cell").scrollIntoView({ block: "nearest" });
  });

  // Dragging chosen pages before another one.
  let dragged = false;
  document.addEventListener("dragstart", (event) => {
    const cell = event.target.closest && event.target.closest(".sheet-cell");
    if (!cell) return;
    const box = cell.querySelector("input");
    if (!box.checked) alone(box);
    dragged = true;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", box.value);
  });
  const target = (event) => dragged && event.target.closest && event.target.closest(".sheet-cell");
  const unmark = () => document.querySelectorAll(".is-target").forEach((cell) => cell.classList.remove("is-target"));
  document.addEventListener("dragover", (event) => {
    const cell = target(event);
    if (!cell) return;
    event.preventDefault();
    unmark();
    cell.classList.add("is-target");
  });
  document.addEventListener("drop", (event) => {
    const cell = target(event);
    unmark();
    if (!cell) return;
    event.preventDefault();
    press("act", `move:${cell.dataset.page}`);
  });
  document.addEventListener("dragend", () => { dragged = false; unmark(); });

  // Forms that cannot be undone ask first.
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset && event.target.dataset.ask;
    if (question && !window.confirm(question)) event.preventDefault();
  });
})();
