// A signature by hand: every point with place, time and pressure. Drawn again whenever the field changes its size.
"use strict";
(() => {
  const screenField = document.querySelector("input[name=screen]");
  if (screenField) {
    screenField.value = `${window.screen.width}x${window.screen.height}`;
    document.querySelector("input[name=pixel_ratio]").value = String(window.devicePixelRatio);
  }
  const canvas = document.getElementById("sign");
  if (!canvas) return;

  const WIDTH = 10000;
  const frame = canvas.parentElement;
  const form = document.getElementById("sign-form");
  const strokes = [];
  let current = null;
  let started = 0;
  let last = 0;

  const height = () => Math.max(1, Math.round((canvas.clientHeight / canvas.clientWidth) * WIDTH));
  // The field keeps the shape it had at the first point: what was written is never stretched.
  let shape = 0;

  const width = (a, b) => 0.0055 + (0.0095 * ((a[3] + b[3]) / 2 || 500)) / 1000;
  const draw = (context, a, b) => {
    const scale = canvas.width / WIDTH;
    context.lineWidth = width(a, b) * canvas.width;
    context.beginPath();
    context.moveTo(a[0] * scale, a[1] * scale);
    context.lineTo(b[0] * scale, b[1] * scale);
    context.stroke();
  };
  const pen = () => {
    const context = canvas.getContext("2d");
    context.lineCap = "round";
    context.strokeStyle = "#0b1730";
    return context;
  };
  const redraw = () => {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(canvas.clientWidth * ratio);
    canvas.height = Math.round(canvas.clientHeight * ratio);
    const context = pen();
    for (const stroke of strokes) {
      stroke.points.forEach((point, at) => draw(context, stroke.points[Math.max(0, at - 1)], point));
    }
    frame.classList.toggle("is-written", strokes.length > 0);
    for (const button of document.querySelectorAll("[data-sign]")) button.disabled = strokes.length === 0;
  };
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const clamp = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    if (!started) { started = event.timeStamp; shape = height(); }
    last = Math.max(last, clamp(event.timeStamp - started, 600000));
    const pressure = event.pointerType === "mouse" ? 0 : clamp(event.pressure * 1000, 1000);
    return [
      clamp(((event.clientX - box.left) / box.width) * WIDTH, WIDTH),
      clamp(((event.clientY - box.top) / box.width) * WIDTH, shape),
      last,
      pressure,
    ];
  };
  const add = (event) => {
    const next = point(event);
    const points = current.points;
    const before = points[points.length - 1];
    if (before && before[0] === next[0] && before[1] === next[1]) return;
    points.push(next);
    draw(pen(), before || next, next);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (current || event.button > 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    const kinds = { pen: "pen", touch: "touch" };
    current = { pointer: kinds[event.pointerType] || "mouse", id: event.pointerId, points: [] };
    strokes.push(current);
    add(event);
    frame.classList.add("is-written");
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!current || event.pointerId !== current.id) return;
    const all = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    (all.length ? all : [event]).forEach(add);
  });
  const lift = (event) => {
    if (!current || event.pointerId !== current.id) return;
    current = null;
    redraw();
  };
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);

  document.getElementById("sign-undo").addEventListener("click", () => { strokes.pop(); if (!strokes.length) started = last = 0; redraw(); });
  document.getElementById("sign-clear").addEventListener("click", () => { strokes.length = 0; started = last = 0; redraw(); });
  form.addEventListener("submit", () => {
    const written = strokes.map((stroke) => ({ pointer: stroke.pointer, points: stroke.points }));
    form.elements.strokes.value = JSON.stringify({ height: shape || height(), strokes: written });
  });
  window.addEventListener("resize", redraw);
  redraw();
})();
