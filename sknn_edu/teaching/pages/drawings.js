"use strict";
// The network with its weights, and the course of the loss, as SVG.

/** An element of SVG. */
function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** W of layer l by input and output unit, in either layout. */
const weightName = (family, l) => `${family}${l}`;
const atUnits = (from, to) => (DATA.layout === "rows" ? [from, to] : [to, from]);
const atSample = (sample, unit) => (DATA.layout === "rows" ? [sample, unit] : [unit, sample]);

class NetworkDrawing {
  constructor(holder, choose) {
    const { sizes } = NETWORK;
    this.hasBiases = ARRAYS.has("b1");
    const most = Math.max(...sizes.map((n, l) => n + (this.hasBiases && l < sizes.length - 1)));
    const gap = most > 12 ? Math.max(16, 460 / most) : Math.min(58, 460 / most);
    this.radius = Math.min(21, gap * 0.4);
    this.thickest = Math.min(5.3, 0.1 * gap);
    const labelled = this.radius >= 14;
    const left = 16 + 7 * Math.min(14, Math.max(...DATA.names[0].map((n) => n.length)));
    const right = 16 + 7 * Math.min(14, Math.max(...DATA.names[sizes.length - 1].map((n) => n.length)));
    const across = Math.min(190, Math.max(110, 620 / sizes.length));
    const height = most * gap + 48;
    const width = left + right + 2 * this.radius + across * (sizes.length - 1);
    const x = (l) => left + this.radius + across * l;
    const y = (l, k) => {
      const n = sizes[l] + (this.hasBiases && l < sizes.length - 1);
      return 40 + (most * gap) / 2 + (k - (n - 1) / 2) * gap;
    };
    this.svg = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "net" });
    this.svg.style.maxWidth = `${width * 1.25}px`;
    this.largest = 0;
    for (let l = 1; l < sizes.length; l++) {
      for (let frame = 0; frame < DATA.epochs.length; frame++) {
        for (const w of arrayAt(frame, `W${l}`)) this.largest = Math.max(this.largest, Math.abs(w));
      }
    }
    this.edges = [];
    this.nodes = [];
    for (let l = 1; l < sizes.length; l++) {
      for (let from = 0; from < sizes[l - 1] + this.hasBiases; from++) {
        for (let to = 0; to < sizes[l]; to++) {
          const isBias = from === sizes[l - 1];
          const line = svg("line", { class: "edge", x1: x(l - 1), y1: y(l - 1, from), x2: x(l), y2: y(l, to) });
          const at = isBias ? (DATA.layout === "rows" ? [0, to] : [to, 0]) : atUnits(from, to);
          line.addEventListener("click", () => choose(weightName(isBias ? "b" : "W", l), ...at));
          this.edges.push({ line, l, from, to, isBias, at });
          this.svg.append(line);
        }
      }
    }
    sizes.forEach((n, l) => {
      const name = l === 0 ? "input" : NETWORK.activations[l];
      this.svg.append(svg("text", { x: x(l), y: 16, class: "layer", "text-anchor": "middle" }, name));
      for (let k = 0; k < n; k++) this.addUnit(l, k, x(l), y(l, k), labelled, choose);
      if (this.hasBiases && l < sizes.length - 1) {
        const r = this.radius * 0.62;
        const box = { x: x(l) - r, y: y(l, n) - r, width: 2 * r, height: 2 * r, rx: 3, class: "one" };
        this.svg.append(svg("rect", box));
        if (labelled) this.svg.append(svg("text", { x: x(l), y: y(l, n) + 4, class: "in", "text-anchor": "middle" }, "1"));
      }
    });
    holder.append(this.svg);
  }

  addUnit(l, k, cx, cy, labelled, choose) {
    const circle = svg("circle", { cx, cy, r: this.radius, class: "unit" });
    const text = svg("text", { x: cx, y: cy + 4, class: "in", "text-anchor": "middle" });
    const last = NETWORK.sizes.length - 1;
    const node = { circle, text, l, k, labelled };
    for (const element of [circle, text]) {
      element.addEventListener("click", () => choose(node.name, ...atSample(state.sample, k)));
    }
    this.nodes.push(node);
    this.svg.append(circle, text);
    if (this.radius < 6 || (l !== 0 && l !== last)) return;
    const given = DATA.names[l][k];
    const name = given.length > 14 ? `${given.slice(0, 13)}…` : given;
    const anchor = l === 0 ? { x: cx - this.radius - 7, "text-anchor": "end" } : { x: cx + this.radius + 7 };
    if (l === 0 || given !== String(k + 1)) this.svg.append(svg("text", { ...anchor, y: cy + 4, class: "name" }, name));
  }

  /** Which array a unit shows after so many operations, and whether it is already computed. */
  shownIn(l, done) {
    if (l === 0) return ["A0", true];
    for (const family of ["delta", "dA", "A", "Z"]) {
      if (done.has(`${family}${l}`)) return [`${family}${l}`, true];
    }
    return [`A${l}`, false];
  }

  draw({ frame, sample, operation, done, sources }) {
    const [family, layer] = [operation.name.replace(/\d+/, ""), Number((/\d+/.exec(operation.name) || [0])[0])];
    const gradients = family === "dW" || family === "db";
    const sent = family === "dA" && layer < NETWORK.sizes.length - 1;
    const active = family === "Z" || gradients || family.endsWith("next") ? layer : sent ? layer + 1 : 0;
    const edgeArray = (edge) => {
      const base = edge.isBias ? "b" : "W";
      return gradients && edge.l === layer && ARRAYS.has(`d${base}${layer}`) ? `d${base}${layer}` : `${base}${edge.l}`;
    };
    let largestHere = 0;
    if (gradients) {
      for (const name of [`dW${layer}`, `db${layer}`]) {
        if (ARRAYS.has(name)) for (const x of arrayAt(frame, name)) largestHere = Math.max(largestHere, Math.abs(x));
      }
    }
    for (const edge of this.edges) {
      const name = edgeArray(edge);
      const w = valueAt(frame, name, ...edge.at);
      const share = Math.min(1, Math.abs(w) / ((name[0] === "d" ? largestHere : this.largest) || 1)) || 0;
      const isPicked = sources.has(`${edge.isBias ? "b" : "W"}${edge.l} ${edge.at.join(" ")}`) || sources.has(`${name} ${edge.at.join(" ")}`);
      edge.line.setAttribute("stroke-width", ((isPicked ? 1.5 : 0) + 0.12 * this.thickest + this.thickest * share).toFixed(2));
      edge.line.setAttribute("class", `edge ${w < 0 ? "minus" : "plus"} ${active && edge.l !== active ? "faint" : ""} ${isPicked ? "picked" : ""}`);
      edge.line.setAttribute("stroke-dasharray", w < 0 ? "7 5" : "none");
    }
    const shown = new Set();
    for (const node of this.nodes) {
      const [name, isDone] = this.shownIn(node.l, done);
      const at = atSample(sample, node.k);
      const value = valueAt(frame, name, ...at);
      const largest = arrayAt(frame, name).reduce((most, x) => Math.max(most, Math.abs(x)), 0) || 1;
      node.name = name;
      if (isDone && node.l) shown.add(name.replace(/\d+/, ""));
      node.text.textContent = node.labelled ? compact(value) : "";
      node.text.classList.toggle("long", node.text.textContent.length > 5);
      const isPicked = sources.has(`${name} ${at.join(" ")}`);
      const isNow = operation.name === name;
      for (const element of [node.circle, node.text]) element.classList.toggle("waiting", !isDone);
      node.circle.classList.toggle("now", isNow);
      node.circle.classList.toggle("picked", isPicked);
      node.circle.classList.toggle("plus", value > 0);
      node.circle.classList.toggle("minus", value < 0);
      node.circle.style.setProperty("--share", (Math.min(1, Math.abs(value) / largest) || 0).toFixed(3));
    }
    const units = [...shown].map(nameOf).join(", ") || "A";
    this.legend = `Units: ${units} of sample ${DATA.names.samples[sample]}. Lines: ${gradients ? `d${family[1]}, and weights` : "weights"}, the thicker the larger:`;
    this.svg.setAttribute("aria-label", `The network ${NETWORK.chain} after epoch ${DATA.epochs[frame]}, with its weights; the tables below have all numbers.`);
  }
}

/** A number that fits into a circle. */
function compact(x) {
  if (!Number.isFinite(x)) return short(x);
  const size = Math.abs(x);
  if (size === 0) return "0";
  if (size < 0.001 || size >= 1e4) return x.toExponential(0).replace("-", size < x ? "" : MINUS).replace("e+", "e");
  return x.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size < 0.1 ? 3 : 2).replace("-", MINUS);
}

class LossCurve {
  constructor(holder, tableHolder, goTo) {
    this.size = [360, 256];
    const [width, height] = this.size;
    this.edges = { left: 56, right: width - 14, top: 12, bottom: height - 32 };
    const losses = DATA.losses.filter((J) => J !== null);
    const [low, high] = [Math.min(...losses), Math.max(...losses)];
    this.isLog = low > 0 && high / low > 30;
    this.low = this.isLog ? low : Math.min(0, low);
    this.high = high > this.low ? high : this.low + 1;
    const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "lines" });
    const { left, right, top, bottom } = this.edges;
    for (const J of this.ticks()) {
      root.append(svg("line", { class: "grid", x1: left, x2: right, y1: this.y(J), y2: this.y(J) }));
      root.append(svg("text", { x: left - 6, y: this.y(J) + 4, "text-anchor": "end", class: "tick" }, short2(J)));
    }
    const last = DATA.epochs.at(-1);
    for (const epoch of new Set([0, Math.round(last / 2), last])) {
      root.append(svg("text", { x: this.x(epoch), y: bottom + 16, "text-anchor": "middle", class: "tick" }, epoch));
    }
    root.append(svg("text", { x: (left + right) / 2, y: height - 3, "text-anchor": "middle", class: "tick" }, `epoch${this.isLog ? "; J on a logarithmic scale" : ""}`));
    const points = DATA.epochs.map((epoch, k) => [epoch, DATA.losses[k]]).filter(([, J]) => J !== null);
    root.append(svg("polyline", { class: "course", points: points.map(([e, J]) => `${this.x(e)},${this.y(J)}`).join(" ") }));
    this.line = svg("line", { class: "cursor", y1: top, y2: bottom });
    this.dot = svg("circle", { class: "cursor", r: 5.5 });
    root.append(this.line, this.dot);
    const move = (event) => {
      const box = root.getBoundingClientRect();
      const at = ((event.clientX - box.left) / box.width) * width;
      const distances = DATA.epochs.map((epoch) => Math.abs(this.x(epoch) - at));
      goTo(distances.indexOf(Math.min(...distances)));
    };
    root.addEventListener("pointerdown", move);
    root.addEventListener("pointermove", (event) => event.buttons && move(event));
    holder.append(root);
    this.svg = root;
    this.tabulate(tableHolder);
  }

  x(epoch) {
    const { left, right } = this.edges;
    return left + ((right - left) * epoch) / Math.max(1, DATA.epochs.at(-1));
  }

  y(J) {
    const { top, bottom } = this.edges;
    const scale = this.isLog ? Math.log : (v) => v;
    return bottom - ((bottom - top) * (scale(J) - scale(this.low))) / (scale(this.high) - scale(this.low) || 1);
  }

  ticks() {
    const shares = [0, 0.5, 1];
    if (this.isLog) return shares.map((s) => Math.exp(Math.log(this.low) + s * Math.log(this.high / this.low)));
    return shares.map((s) => this.low + s * (this.high - this.low));
  }

  tabulate(holder) {
    const table = make("table", { class: "plain" });
    table.append(make("caption", { class: "unseen", text: "Loss and score on all samples, by epoch" }));
    const head = ["epoch", "J", NETWORK.score].map((text) => make("th", { scope: "col", text }));
    table.append(make("thead", {}, make("tr", {}, ...head)));
    const rows = DATA.epochs.map((epoch, k) => {
      const numbers = [DATA.losses[k], DATA.scores[k]].map((x) => make("td", { class: "number", text: short(x) }));
      return make("tr", {}, make("th", { scope: "row", text: epoch }), ...numbers);
    });
    table.append(make("tbody", {}, ...rows));
    holder.append(table);
  }

  draw(frame) {
    const J = DATA.losses[frame];
    const x = this.x(DATA.epochs[frame]);
    this.line.setAttribute("x1", x);
    this.line.setAttribute("x2", x);
    this.dot.setAttribute("cx", x);
    this.dot.setAttribute("cy", J === null ? this.edges.top : this.y(J));
    const first = short(DATA.losses[0]);
    this.svg.setAttribute("aria-label", `The loss J on all samples, from ${first} at the start to ${short(DATA.losses.at(-1))} after epoch ${DATA.epochs.at(-1)}; at epoch ${DATA.epochs[frame]} it is ${short(J)}.`);
  }
}

/** Two digits, for ticks. */
const short2 = (x) => writerFor([x], 2)(x);
