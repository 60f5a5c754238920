"use strict";
// What the network makes of its inputs: regions, a surface or curves, on a canvas.

/** A colour of the theme as [red, green, blue]. */
const colour = (() => {
  const probe = make("span", { class: "unseen", "aria-hidden": "true" });
  document.body.append(probe);
  const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  return (name) => {
    probe.style.color = `var(${name})`;
    pixel.fillStyle = getComputedStyle(probe).color;
    pixel.fillRect(0, 0, 1, 1);
    return [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
})();
const rgb = ([r, g, b]) => `rgb(${r} ${g} ${b})`;
const mixed = (a, b, share) => a.map((x, k) => Math.round(x + (b[k] - x) * share));

const MARKERS = ["circle", "square", "triangle", "diamond", "cross"];

class Plot {
  constructor(figure, plot) {
    this.plot = plot;
    this.canvas = figure.querySelector("canvas");
    this.caption = figure.querySelector("figcaption");
    figure.hidden = false;
    const titles = { regions: "Regions of the classes", surface: "The prediction", curves: "The prediction" };
    figure.querySelector("h2").textContent = titles[plot.kind];
    this.x = unpack(plot.x, "f4");
    this.y = unpack(plot.y, "f4");
    this.frames = unpack(plot.frames, plot.kind === "curves" ? "f4" : "u1");
    this.classes = plot.classes;
    this.image = document.createElement("canvas");
    new ResizeObserver(() => this.redraw()).observe(this.canvas);
    this.legend();
  }

  legend() {
    const outputs = NETWORK.sizes.at(-1);
    if (this.plot.kind === "surface") {
      const which = outputs > 1 ? `The first of ${outputs} outputs. ` : "";
      this.caption.replaceChildren(make("span", { text: `${which}From ${short2(this.plot.from)} ` }), make("span", { class: "scale", "aria-hidden": "true" }), make("span", { text: ` to ${short2(this.plot.to)}. Points: the targets.` }));
      return;
    }
    if (!this.classes) {
      this.caption.textContent = `Lines: predictions${outputs > 3 ? ", the first three" : ""}. Points: the targets${outputs > 1 ? " of the first output" : ""}.`;
      return;
    }
    const keys = this.classes.map((name, k) => make("span", { class: "key", html: `<svg width="14" height="14" viewBox="-7 -7 14 14" aria-hidden="true"><path class="class${k % 10}" d="${markerPath(k)}"/></svg> ` }, document.createTextNode(name)));
    const what = this.plot.kind === "regions" ? "Colour: the predicted class, the fuller the surer. " : `Line: the probability of ${this.classes.length === 2 ? this.classes[1] : "each class"}. `;
    this.caption.replaceChildren(document.createTextNode(what), ...keys);
  }

  draw(frame, sample) {
    this.now = [frame, sample];
    this.redraw();
    const score = DATA.scores[frame];
    const what = this.plot.kind === "regions" ? `The plane of ${DATA.names[0].join(" and ")}, coloured by the predicted class` : `The prediction over ${DATA.names[0].join(" and ")}`;
    this.canvas.setAttribute("aria-label", `${what} at epoch ${DATA.epochs[frame]}; ${NETWORK.score} ${short(score)} on all ${DATA.samples.n} samples.`);
  }

  redraw() {
    if (!this.now || !this.canvas.clientWidth) return;
    const ratio = Math.max(2, devicePixelRatio || 1);
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    const context = this.canvas.getContext("2d");
    context.scale(ratio, ratio);
    context.clearRect(0, 0, width, height);
    this.box = { left: 42, top: 8, right: width - 10, bottom: height - 30 };
    this.theme = Object.fromEntries(["--card", "--text", "--soft", "--line", "--plus", "--minus", "--accent"].map((name) => [name, colour(name)]));
    this.palette = [...Array(10).keys()].map((k) => colour(`--class${k}`));
    if (this.plot.kind === "curves") this.drawCurves(context);
    else this.drawField(context);
    this.drawAxes(context);
    this.drawPoints(context);
  }

  vertical() {
    return this.plot.kind === "curves" ? [this.plot.from, this.plot.to] : [this.plot.low[1], this.plot.high[1]];
  }

  across(x) {
    const { left, right } = this.box;
    return left + ((right - left) * (x - this.plot.low[0])) / (this.plot.high[0] - this.plot.low[0]);
  }

  up(y) {
    const { top, bottom } = this.box;
    const [low, high] = this.vertical();
    return bottom - ((bottom - top) * (y - low)) / (high - low);
  }

  /** The colour of a value between `from` and `to`. */
  shade(share) {
    const { "--minus": low, "--plus": high, "--card": middle } = this.theme;
    return share < 0.5 ? mixed(middle, low, 1 - 2 * share) : mixed(middle, high, 2 * share - 1);
  }

  drawField(context) {
    const { side, levels, kind } = this.plot;
    const [frame] = this.now;
    this.image.width = this.image.height = side;
    const field = this.image.getContext("2d");
    const pixels = field.createImageData(side, side);
    for (let k = 0; k < side * side; k++) {
      const byte = this.frames[frame * side * side + k];
      const lead = kind === "regions" ? (byte % levels) / (levels - 1) : 0;
      const shown = kind === "regions"
        ? mixed(this.theme["--card"], this.palette[Math.floor(byte / levels) % 10], 0.1 + 0.5 * lead)
        : this.shade(byte / 255);
      pixels.data.set([...shown, 255], 4 * k);
    }
    field.putImageData(pixels, 0, 0);
    const { left, top, right, bottom } = this.box;
    // The grid's first and last points are on the frame: half a pixel of the image is beyond it.
    const [dx, dy] = [(right - left) / (side - 1) / 2, (bottom - top) / (side - 1) / 2];
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.image, left - dx, top - dy, right - left + 2 * dx, bottom - top + 2 * dy);
    context.restore();
  }

  drawCurves(context) {
    const { outputs, low, high } = this.plot;
    const n = this.frames.length / DATA.epochs.length / outputs;
    const [frame] = this.now;
    const { left, top, right, bottom } = this.box;
    context.save();
    context.beginPath();
    context.rect(left, top, right - left, bottom - top);
    context.clip();
    context.lineWidth = 2.5;
    for (let output = 0; output < outputs; output++) {
      const colours = this.classes && outputs > 1 ? this.palette[output] : this.theme["--accent"];
      context.strokeStyle = rgb(colours);
      context.setLineDash([[], [8, 5], [2, 4]][output % 3]);
      context.beginPath();
      for (let k = 0; k < n; k++) {
        const x = low[0] + ((high[0] - low[0]) * k) / (n - 1);
        context.lineTo(this.across(x), this.up(this.frames[(frame * outputs + output) * n + k]));
      }
      context.stroke();
    }
    context.restore();
  }

  drawAxes(context) {
    const { left, top, right, bottom } = this.box;
    context.strokeStyle = rgb(this.theme["--line"]);
    context.lineWidth = 1;
    context.strokeRect(left, top, right - left, bottom - top);
    context.fillStyle = rgb(this.theme["--soft"]);
    context.font = `11px ${getComputedStyle(document.body).fontFamily}`;
    const [low, high] = this.vertical();
    context.textAlign = "left";
    context.fillText(short2(this.plot.low[0]), left, bottom + 14);
    context.textAlign = "right";
    context.fillText(short2(this.plot.high[0]), right, bottom + 14);
    context.fillText(short2(high), left - 5, top + 9);
    context.fillText(short2(low), left - 5, bottom);
    context.textAlign = "center";
    context.fillText(DATA.names[0][0], (left + right) / 2, bottom + 16);
    context.translate(12, (top + bottom) / 2);
    context.rotate(-Math.PI / 2);
    const classes = this.classes && this.classes.length === 2 ? `probability of ${this.classes[1]}` : "probability";
    context.fillText(this.plot.kind === "curves" ? (this.classes ? classes : "prediction") : DATA.names[0][1], 0, 0);
    context.rotate(Math.PI / 2);
    context.translate(-12, -(top + bottom) / 2);
  }

  drawPoints(context) {
    const n = this.y.length;
    const columns = this.x.length / n;
    const followed = DATA.samples.rows[this.now[1]];
    let last = -1;
    for (let k = 0; k < n; k++) {
      if (this.plot.rows[k] === followed) last = k;
      this.point(context, k, columns, false);
    }
    if (last >= 0) this.point(context, last, columns, true);
  }

  point(context, k, columns, isFollowed) {
    const x = this.across(this.x[k * columns]);
    const target = this.y[k];
    const isCurve = this.plot.kind === "curves";
    const y = this.up(isCurve ? (this.classes && this.classes.length > 2 ? 0 : target) : this.x[k * columns + 1]);
    const filled = this.classes ? this.palette[target % 10]
      : isCurve ? this.theme["--text"]
      : this.shade(Math.min(1, Math.max(0, (target - this.plot.from) / (this.plot.to - this.plot.from))));
    context.save();
    context.translate(x, y);
    const scale = isFollowed ? 1.35 : this.y.length > 80 ? 0.75 : 1;
    context.scale(scale, scale);
    const path = new Path2D(markerPath(this.classes ? target : 0));
    context.fillStyle = rgb(filled);
    context.strokeStyle = rgb(this.classes || isCurve ? this.theme["--card"] : this.theme["--text"]);
    context.lineWidth = 1.2;
    context.fill(path);
    context.stroke(path);
    if (isFollowed) {
      context.strokeStyle = rgb(this.theme["--text"]);
      context.lineWidth = 2;
      context.beginPath();
      context.arc(0, 0, 9, 0, 7);
      context.stroke();
    }
    context.restore();
  }
}

/** Each class has a shape, so that colour is not all. */
function markerPath(k) {
  return {
    circle: "M5 0A5 5 0 1 1 -5 0A5 5 0 1 1 5 0Z",
    square: "M-4.4 -4.4H4.4V4.4H-4.4Z",
    triangle: "M0 -5.6L5.4 4.2H-5.4Z",
    diamond: "M0 -6L5.4 0L0 6L-5.4 0Z",
    cross: "M-2 -5H2V-2H5V2H2V5H-2V2H-5V-2H-2Z",
  }[MARKERS[k % MARKERS.length]];
}
