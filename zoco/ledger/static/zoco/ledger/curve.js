/* Curves: uPlot takes the place of the server's SVG on the screen. The texts come written from the server,
   so that this file knows no language. Arrow keys walk over the points and their values are read aloud. */
(() => {
  "use strict";
  const EDGE = 2; // pixels between a label and the edge of the canvas

  /** The colour that a custom property means right now, light or dark. */
  function colour(name, near) {
    const probe = document.createElement("span");
    probe.style.color = `var(${name})`;
    near.append(probe);
    const found = getComputedStyle(probe).color;
    probe.remove();
    return found;
  }

  function series(points) {
    const last = points.values.length - 1;
    const imported = points.values.map((_, index) => points.imported?.[index] ?? null);
    const whole = points.ours.map((value, index) => (points.isOpen && index === last ? null : value));
    const open = points.values.map((value, index) => (points.isOpen && index >= last - 1 ? value : null));
    const before = points.values.map((_, index) => points.before[index] ?? null);
    return [points.values.map((_, index) => index), before, whole, open, imported];
  }

  /** Which points get a label on the axis: the first, then as many as fit, never two that touch. */
  function labelled(count, width) {
    const every = Math.max(1, Math.ceil(count / Math.max(2, Math.floor(width / 90))));
    const found = [];
    for (let index = 0; index < count; index += every) found.push(index);
    return found;
  }

  /** How wide the widest of some texts is: languages differ, and so do the fonts of readers. */
  function wide(texts, font) {
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    return Math.ceil(Math.max(0, ...texts.map((text) => pen.measureText(text).width)));
  }

  /** Room at the right for what of the last label lies beyond the last point; it need not be that point's. */
  function overhang(points, font, width, start) {
    const last = points.values.length - 1;
    const at = labelled(last + 1, width).at(-1);
    if (!at) return 16;
    const beside = (last - at) / last; // the part of the plot that lies right of the label's point
    const half = EDGE + wide([points.labels[at]], font) / 2;
    return Math.max(16, Math.ceil((half - beside * (width - start)) / (1 - beside)));
  }

  /** Upright lines for what is marked, with the numbers that the list below gives them. */
  function mark(plot, points, ink, font) {
    const numbers = new Map();
    points.marks.forEach((at, index) => numbers.set(at, [...(numbers.get(at) ?? []), index + 1]));
    const { ctx: pen, bbox: box } = plot;
    pen.save();
    pen.strokeStyle = pen.fillStyle = ink;
    pen.font = font.replace("12px", `${11 * devicePixelRatio}px`);
    pen.textAlign = "center";
    pen.setLineDash([devicePixelRatio, 3 * devicePixelRatio]);
    for (const [at, each] of numbers) {
      const x = Math.round(plot.valToPos(at, "x", true));
      pen.beginPath();
      pen.moveTo(x, box.top);
      pen.lineTo(x, box.top + box.height);
      pen.stroke();
      pen.fillText(each.join("·"), x, box.top - 2 * devicePixelRatio);
    }
    pen.restore();
  }

  function options(points, holder, onMove) {
    const ink = colour("--z-axis", holder);
    const grid = colour("--z-grid", holder);
    const line = colour("--z-c1", holder);
    const font = `12px ${getComputedStyle(holder).fontFamily}`;
    const few = points.values.length < 2;
    // A value between two gaps is no line; only a dot shows it.
    const dot = { show: few || points.values.includes(null), size: 7, width: 2 };
    const top = points.steps[points.steps.length - 1];
    const start = Math.max(18 + wide(points.stepTexts, font), EDGE + Math.ceil(wide(points.labels.slice(0, 1), font) / 2));
    return {
      width: holder.clientWidth,
      height: holder.clientHeight,
      padding: [points.marks.length ? 16 : null, () => overhang(points, font, holder.clientWidth, start), null, null],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
      scales: { x: { time: false, range: (_, low, high) => (few ? [low - 1, high + 1] : [low, high]) }, y: { range: [0, top] } },
      axes: [
        {
          stroke: ink, font, size: 32, gap: 10, grid: { show: false }, ticks: { show: false },
          splits: (plot) => labelled(points.values.length, plot.width),
          values: (_, splits) => splits.map((index) => points.labels[index]),
        },
        {
          stroke: ink, font, size: start, gap: 8, grid: { stroke: grid, width: 1 }, ticks: { show: false },
          splits: () => points.steps,
          values: () => points.stepTexts,
        },
      ],
      series: [
        {},
        { stroke: ink, width: 1.25, dash: [3, 3], points: dot },
        { stroke: line, width: 2, points: dot },
        { stroke: line, width: 2, dash: [2, 4], points: dot },
        { stroke: line, width: 2, dash: [9, 4], points: dot },
      ],
      hooks: { setCursor: [onMove], draw: [(plot) => mark(plot, points, colour("--z-meta", holder), font)] },
    };
  }

  function describe(points, index) {
    const texts = [`${points.names[index]}: ${points.texts[index]}`];
    if (points.beforeTexts[index]) texts.push(`${points.beforeLabel}: ${points.beforeTexts[index]}`);
    return texts;
  }

  const read = (holder) => JSON.parse(document.getElementById(holder.dataset.zCurve).textContent);

  function draw(holder) {
    holder.dataset.svg = holder.innerHTML;
    let points = read(holder);
    const tip = document.createElement("div");
    tip.className = "z-tip";
    tip.hidden = true;

    const move = (plot) => {
      const index = plot.cursor.idx;
      tip.hidden = index === null || index === undefined;
      if (tip.hidden) return;
      tip.replaceChildren(
        ...describe(points, index).map((text, row) => {
          const line = document.createElement(row ? "div" : "b");
          line.textContent = text;
          return line;
        }),
      );
      const left = plot.valToPos(index, "x") + plot.over.offsetLeft;
      const flips = left + tip.offsetWidth + 16 > holder.clientWidth;
      tip.style.left = `${Math.max(0, flips ? left - tip.offsetWidth - 10 : left + 10)}px`;
    };

    let plot;
    const again = () => {
      plot?.destroy();
      holder.replaceChildren();
      plot = new uPlot(options(points, holder, move), series(points), holder);
      holder.append(tip);
      tip.hidden = true;
    };
    again();
    const walked = walk(holder, points, () => plot);
    holder.addEventListener("z:points", () => {
      points = read(holder);
      again();
      walked(points);
    });
    new ResizeObserver(() => {
      if (plot && holder.clientWidth && holder.clientWidth !== plot.width) {
        plot.setSize({ width: holder.clientWidth, height: holder.clientHeight });
      }
    }).observe(holder);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
    // On paper the server's drawing is sharper than a canvas.
    addEventListener("beforeprint", () => { holder.innerHTML = holder.dataset.svg; });
    addEventListener("afterprint", again);
  }

  function walk(holder, points, current) {
    let last = points.values.length - 1;
    let at = last;
    holder.tabIndex = 0;
    holder.setAttribute("role", "slider");
    holder.setAttribute("aria-label", holder.dataset.label);
    holder.setAttribute("aria-valuemin", "1");
    const tell = () => {
      holder.setAttribute("aria-valuemax", String(last + 1));
      holder.setAttribute("aria-valuenow", String(at + 1));
      holder.setAttribute("aria-valuetext", describe(points, at).join("; "));
    };
    const show = () => {
      const plot = current();
      tell();
      plot.setCursor({ left: plot.valToPos(at, "x"), top: 10 });
    };
    holder.addEventListener("keydown", (event) => {
      const steps = { ArrowLeft: -1, ArrowRight: 1, Home: -last, End: last };
      if (!(event.key in steps)) return;
      event.preventDefault();
      event.stopPropagation();
      at = Math.min(last, Math.max(0, at + steps[event.key]));
      show();
    });
    holder.addEventListener("focus", () => { if (holder.matches(":focus-visible")) show(); });
    holder.addEventListener("blur", () => current().setCursor({ left: -10, top: -10 }));
    tell();
    /* Newer points: whoever was at the end stays there, whoever was elsewhere stays where he was. */
    return (newer) => {
      const wasLast = at === last;
      points = newer;
      last = points.values.length - 1;
      at = wasLast ? last : Math.min(at, last);
      if (holder.matches(":focus-visible")) show();
      else tell();
    };
  }

  const all = () => { for (const holder of document.querySelectorAll("[data-z-curve]")) draw(holder); };
  document.addEventListener("z:body", all);
  all();
})();
