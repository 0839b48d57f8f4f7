// The plots of a load run. Each draws the figures that the page holds as JSON; its table says the same in rows.
"use strict";
(() => {
  const figures = [...document.querySelectorAll("[data-plot]")];
  const read = new Map();
  const data = (id) => {
    if (!read.has(id)) read.set(id, JSON.parse(document.getElementById(id).textContent));
    return read.get(id);
  };
  const paper = { "--p1": "#0a3d7a", "--p2": "#6b4200", "--p3": "#9b1c15", "--p4": "#43257f", "--p5": "#0b4d28", "--p6": "#444", "--grid": "#ccc", "--shade": "rgba(0,0,0,.08)", "--stall": "rgba(155,28,21,.15)", "--fg": "#000", "--quiet": "#444" };
  let printing = false;
  const colour = (name) => printing ? paper[name] : getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const dashes = [[], [7, 3], [2, 3], [10, 3, 2, 3], [4, 4], [1, 2]];

  // How numbers are written.
  const digits = (v) => v >= 100 ? v.toFixed(0) : v >= 10 ? v.toFixed(1) : v >= 1 ? v.toFixed(2) : v.toPrecision(2);
  const time = (s) => s == null ? "–" : s >= 10 ? `${digits(s)} s` : s >= 1 ? `${s.toFixed(2)} s` : s >= 0.001 ? `${digits(s * 1e3)} ms` : `${(s * 1e6).toFixed(0)} µs`;
  const round = (s) => s >= 1 ? `${+s.toPrecision(3)} s` : s >= 0.001 ? `${+(s * 1e3).toPrecision(3)} ms` : `${+(s * 1e6).toPrecision(3)} µs`;
  const number = (v) => v == null ? "–" : v >= 1e4 ? Math.round(v).toLocaleString("en").replaceAll(",", "\u202f") : `${+v.toFixed(v < 10 ? 2 : 1)}`;
  const share = (beyond) => beyond == null ? "–" : `${+(100 - 100 / beyond).toPrecision(Math.max(3, Math.ceil(Math.log10(beyond)) + 3))} %`;

  const line = (label, at, more = {}) => ({
    label, stroke: colour(`--p${at % 6 + 1}`), width: 1.5, dash: dashes[(at + 2 * Math.floor(at / 6)) % 6], points: { show: false }, ...more,
  });
  const axis = (label, more = {}) => ({
    label, labelSize: 18, labelFont: "12px system-ui, sans-serif", font: "12px system-ui, sans-serif", stroke: colour("--quiet"),
    grid: { stroke: colour("--grid"), width: 1 }, ticks: { stroke: colour("--grid"), width: 1 }, ...more,
  });
  // A scale of times keeps to whole powers of ten where the figures leave it free; nought has no place on it.
  const logarithmic = { distr: 3, range: (u, low, high) => low == null ? [0.001, 1] : [10 ** Math.floor(Math.log10(Math.max(low, 1e-6))), 10 ** Math.ceil(Math.log10(high) + 1e-9)] };
  const tens = (u, ticks) => ticks.map((v) => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-6 ? v : null);
  const rule = (more) => ({ stroke: colour("--grid"), width: 1, ...more });
  const timeAxis = (label) => axis(label, { size: 66, grid: rule({ filter: tens }), ticks: rule({ filter: tens }), values: (u, ticks) => ticks.map((v) => v == null ? "" : round(v)), filter: tens });
  const countAxis = (label, more = {}) => axis(label, { size: 62, values: (u, ticks) => ticks.map((v) => v == null ? "" : number(v)), ...more });
  const positive = (values) => values.map((v) => v > 0 ? v : null);

  // What lies behind the lines of a plot over time: warm-up, stalls, and where each level begins.
  const behind = (d) => ({
    drawClear: (u) => {
      const { ctx, bbox } = u;
      const x = (second) => u.valToPos(second, "x", true);
      const fill = (from, below, name) => {
        const left = Math.max(x(from), bbox.left), right = Math.min(x(below), bbox.left + bbox.width);
        if (right <= left) return;
        ctx.fillStyle = colour(name);
        ctx.fillRect(left, bbox.top, right - left, bbox.height);
      };
      ctx.save();
      const line = d.timeline;
      if (line.warmup > 0) fill(line.second[0], line.second[Math.min(line.warmup, line.second.length - 1)], "--shade");
      for (const stall of d.stalls) fill(stall.second, stall.second + Math.max(stall.seconds, line.step), "--stall");
      ctx.restore();
    },
    draw: (u) => {
      const { ctx, bbox } = u;
      ctx.save();
      ctx.strokeStyle = ctx.fillStyle = colour("--quiet");
      ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
      ctx.setLineDash([2, 3]);
      ctx.textAlign = "left";
      let free = -Infinity;
      for (const mark of d.timeline.marks) {
        const x = u.valToPos(mark.second, "x", true);
        if (x < bbox.left || x > bbox.left + bbox.width) continue;
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        if (x < free) continue;
        ctx.fillText(mark.level, x + 3, bbox.top + 11 * devicePixelRatio);
        free = x + ctx.measureText(mark.level).width + 8;
      }
      ctx.restore();
    },
  });
  const overTime = (d, series, axes, scales) => ({
    scales: { x: { time: false }, ...scales },
    series: [{ label: "second", value: (u, v) => v == null ? "–" : v }, ...series],
    axes: [axis("second"), ...axes],
    hooks: { drawClear: [behind(d).drawClear], draw: [behind(d).draw] },
  });
  const each = (d, counts) => counts.map((n) => n / d.timeline.step);
  const seconds = (u, v) => time(v), counts = (u, v) => number(v);

  const plots = {
    latency: (d) => ({
      data: [d.timeline.second, positive(d.timeline.p50), positive(d.timeline.p90), positive(d.timeline.p99), positive(d.timeline.max)],
      ...overTime(d, ["p50", "p90", "p99", "max"].map((name, i) => line(name, i, { value: seconds })), [timeAxis("response time")], { y: logarithmic }),
    }),
    rate: (d) => ({
      data: [d.timeline.second, each(d, d.timeline.due), each(d, d.timeline.sent), each(d, d.timeline.answered), d.timeline.inFlight],
      ...overTime(d, [
        line("due", 5, { value: counts, width: 4, dash: [] }), line("sent", 0, { value: counts }), line("answered", 4, { value: counts }), line("in flight", 1, { value: counts, scale: "flight" }),
      ], [countAxis("a second"), countAxis("in flight", { scale: "flight", side: 1, grid: { show: false } })], { y: { range: (u, low, high) => [0, high * 1.05 || 1] }, flight: { range: (u, low, high) => [0, Math.max(high * 1.05, 1)] } }),
    }),
    errors: (d) => ({
      data: [d.timeline.second, each(d, d.timeline.errors), each(d, d.timeline.throttled), each(d, d.timeline.violations)],
      ...overTime(d, [line("errors", 2, { value: counts, dash: [] }), line("throttled", 1, { value: counts }), line("violations", 3, { value: counts })], [countAxis("a second")], { y: { range: (u, low, high) => [0, high * 1.05 || 1] } }),
    }),
    operations: (d) => ({
      data: [d.timeline.second, ...d.operations.map((o) => positive(o.p99))],
      ...overTime(d, d.operations.map((o, i) => line(o.operation, i, { value: seconds })), [timeAxis("p99")], { y: logarithmic }),
    }),
    distribution: (d) => {
      const at = d.distribution.share.map((s, i, all) => s < 1 ? 1 / (1 - s) : 10 ** 0.125 / (1 - all[i - 1] || 1));
      const several = d.operations.length > 1 && d.operations.length <= 4 ? d.operations : []; // more are a tangle; the table has them
      return {
        data: [at, positive(d.distribution.response), positive(d.distribution.service), ...several.map((o) => positive(o.percentile))],
        scales: { x: { time: false, distr: 3, range: (u, low, high) => [1, 10 ** Math.ceil(Math.log10(high))] }, y: logarithmic },
        series: [{ label: "within", value: (u, v) => share(v) }, line("response time", 0, { value: seconds, width: 2 }), line("service time", 4, { value: seconds }),
          ...several.map((o, i) => line(o.operation, i + (i > 0 ? 4 : 1), { value: seconds, width: 1 }))],
        axes: [axis("share of the requests", { values: (u, ticks) => ticks.map((v) => v == null ? "" : share(v)), filter: tens, grid: rule({ filter: tens }), ticks: rule({ filter: tens }) }), timeAxis("time")],
      };
    },
    sizes: (d) => {
      const at = [...new Set(d.sizes.map((s) => s.size))].sort((a, b) => a - b);
      const operations = [...new Set(d.sizes.map((s) => s.operation))];
      const of = (operation, name) => at.map((size) => d.sizes.find((s) => s.size === size && s.operation === operation)?.responseTime[name] || null);
      const series = [], values = [];
      operations.forEach((operation, i) => ["p50", "p99"].forEach((name, j) => {
        series.push(line(operations.length > 1 ? `${operation} ${name}` : name, i, { value: seconds, dash: j ? [6, 3] : [], points: { show: true, size: 6 }, spanGaps: true }));
        values.push(of(operation, name));
      }));
      return {
        data: [at, ...values],
        scales: { x: { time: false, range: (u, low, high) => [0, high * 1.05] }, y: logarithmic },
        series: [{ label: "size", value: (u, v) => v ?? "–" }, ...series],
        axes: [axis("asked for"), timeAxis("response time")],
      };
    },
    breakpoint: (d) => {
      const levels = d.search.levels.filter((l) => l.sent > 0).sort((a, b) => a.rate - b.rate);
      const point = (at) => ({ value: seconds, dash: [], points: { show: true, size: 8, fill: colour(`--p${at + 1}`) } });
      return {
        data: [levels.map((l) => l.rate), positive(levels.map((l) => l.p50)), positive(levels.map((l) => l.p99)), levels.map((l) => l.held && l.p99 > 0 ? l.p99 : null), levels.map((l) => !l.held && l.p99 > 0 ? l.p99 : null)],
        scales: { x: { time: false, range: (u, low, high) => [0, high * 1.05] }, y: logarithmic },
        series: [{ label: "rate", value: (u, v) => v == null ? "–" : `${number(v)}/s` }, line("p50", 0, { value: seconds }), line("p99", 5, { value: seconds }), line("held, p99", 4, { ...point(4), paths: () => null }), line("did not hold, p99", 2, { ...point(2), paths: () => null })],
        axes: [axis("requests a second"), timeAxis("response time")],
        hooks: { draw: [(u) => {
          if (!d.search.holds) return;
          const { ctx, bbox } = u, x = u.valToPos(d.search.holds, "x", true);
          ctx.save();
          ctx.strokeStyle = ctx.fillStyle = colour("--p5");
          ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
          ctx.textAlign = "left";
          ctx.beginPath();
          ctx.moveTo(x, bbox.top);
          ctx.lineTo(x, bbox.top + bbox.height);
          ctx.stroke();
          const text = `${number(d.search.holds)}/s`;
          ctx.fillText(text, x - ctx.measureText(text).width - 4, bbox.top + 11 * devicePixelRatio);
          ctx.restore();
        }] },
      };
    },
  };

  const drawn = new Map();
  const width = (place) => printing ? 330 : Math.max(place.clientWidth, 200);
  const draw = (figure) => {
    const place = figure.querySelector(".canvas");
    if (drawn.has(figure)) drawn.get(figure).destroy();
    const { data: columns, ...options } = plots[figure.dataset.plot](data(figure.dataset.of));
    drawn.set(figure, new uPlot({ width: width(place), height: 270, padding: [null, 26, null, null], cursor: { points: { size: 6 } }, legend: { live: !printing }, ...options }, columns, place));
  };
  const drawAll = () => figures.forEach(draw);
  drawAll();

  for (const figure of figures) {
    const place = figure.querySelector(".canvas");
    new ResizeObserver(() => {
      const plot = drawn.get(figure);
      if (!printing && plot && Math.abs(plot.width - width(place)) > 1) plot.setSize({ width: width(place), height: 270 });
    }).observe(place);
  }
  new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);

  // Paper is white, and has the tables beside the plots.
  const opened = [];
  addEventListener("beforeprint", () => {
    printing = true;
    drawAll();
    for (const details of document.querySelectorAll(".plot details:not([open])")) { details.open = true; opened.push(details); }
  });
  addEventListener("afterprint", () => {
    printing = false;
    while (opened.length) opened.pop().open = false;
    drawAll();
  });
})();
