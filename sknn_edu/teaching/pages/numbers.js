"use strict";
// The numbers of the page, how they are written, and the tables that show them.

const NETWORK = DATA.network;
const MINUS = "\u2212";

/** The numbers in a text of base64. */
function unpack(text, type) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return new { f4: Float32Array, f8: Float64Array, u1: Uint8Array }[type](bytes.buffer);
}

/** Arrays by name: {name, html, shape: [rows, columns], axes, at}. */
const ARRAYS = new Map();
let perFrame = 0;
for (const array of DATA.arrays) {
  ARRAYS.set(array.name, { ...array, at: perFrame });
  perFrame += array.shape[0] * array.shape[1];
}
const NUMBERS = unpack(DATA.numbers, DATA.dtype);

/** A number of an array at an epoch; an axis of length 1 is as long as asked for. */
function valueAt(frame, name, i, j) {
  const { shape: [rows, columns], at } = ARRAYS.get(name);
  return NUMBERS[frame * perFrame + at + (rows === 1 ? 0 : i) * columns + (columns === 1 ? 0 : j)];
}

/** All numbers of an array at an epoch. */
function arrayAt(frame, name) {
  const { shape: [rows, columns], at } = ARRAYS.get(name);
  const start = frame * perFrame + at;
  return NUMBERS.subarray(start, start + rows * columns);
}

/** Writes numbers so that the largest of these has four digits, and all have as many decimals. */
function writerFor(numbers, digits = 4) {
  let largest = 0;
  let whole = true;
  for (const x of numbers) {
    if (!Number.isFinite(x)) continue;
    largest = Math.max(largest, Math.abs(x));
    whole = whole && Number.isInteger(x);
  }
  const magnitude = largest ? Math.floor(Math.log10(largest)) : 0;
  const isPlain = magnitude > -5 && magnitude < 7;
  const decimals = whole && largest < 1e6 ? 0 : Math.max(0, digits - 1 - magnitude);
  return (x) => {
    if (Number.isNaN(x)) return "nan";
    if (!Number.isFinite(x)) return x > 0 ? "∞" : `${MINUS}∞`;
    if (x === 0) return "0";
    let text = isPlain ? x.toFixed(decimals) : x.toExponential(digits - 1);
    if (Number(text) === 0) text = text.replace("-", "");
    return text.replace("-", MINUS).replace("e+", "e").replace("e-", `e${MINUS}`);
  };
}

const writers = new Map();
/** How the numbers of an array are written at an epoch. */
function writerOf(frame, name) {
  const key = `${frame} ${name}`;
  if (!writers.has(key)) writers.set(key, writerFor(arrayAt(frame, name)));
  return writers.get(key);
}

/** One number in text. */
const short = (x) => (x === null ? "–" : writerFor([x])(x));

/** What an index of an axis is: "sample 3", "unit 1", "x1". */
function indexName(axis, index) {
  if (axis === "") return "";
  const name = DATA.names[axis][index];
  if (axis === "samples") return `sample ${name}`;
  if (NETWORK.namesClasses && axis === String(NETWORK.sizes.length - 1)) return `class ${name}`;
  return name === String(index + 1) ? `unit ${name}` : name;
}

/** Where a number stands in its array, in words. */
function placeOf(name, i, j) {
  const { axes } = ARRAYS.get(name);
  if (!axes) return "";
  const [row, column] = [indexName(axes[0], i), indexName(axes[1], j)];
  const isWeight = axes[0] !== "samples" && axes[1] !== "samples" && row && column;
  if (!isWeight) return [row, column].filter(Boolean).join(", ");
  const [from, to] = DATA.layout === "rows" ? [row, column] : [column, row];
  return `from ${from} to ${to}`;
}

/** The name of an array as text: "W1". */
const nameOf = (name) => name.replace("delta", "δ").replace("_next", " next").replace("loss", "J");

/** What the corner of a table says about its axes. */
function cornerOf([rows, columns]) {
  const word = (axis) => (axis === "samples" ? "sample" : axis === "0" ? "input" : "unit");
  if (rows === "samples" || columns === "samples") return `${word(rows)} \\ ${word(columns)}`;
  return DATA.layout === "rows" ? "from \\ to" : "to \\ from";
}

/** A table of an array. `fill` writes the numbers of an epoch into it. */
class ArrayTable {
  constructor(name, choose) {
    this.name = name;
    this.heads = []; // of samples
    const { html, shape: [rows, columns], axes } = ARRAYS.get(name);
    const heads = axes ? axes.map((axis) => axis !== "") : [false, false];
    const table = make("table", { class: "array", role: "grid", "aria-label": `${nameOf(name)}, ${rows} by ${columns}` });
    table.append(make("caption", { html: `<span class="stays"><span class="formula">${html}</span> <span class="shape">${axes ? `${rows} × ${columns}` : ""}</span></span>` }));
    if (heads[1]) {
      const head = make("tr");
      if (heads[0]) head.append(make("td", { class: "corner", text: cornerOf(axes) }));
      for (let j = 0; j < columns; j++) head.append(this.head("col", axes[1], j));
      table.append(make("thead", {}, head));
    }
    const body = make("tbody");
    this.cells = [];
    for (let i = 0; i < rows; i++) {
      const line = make("tr");
      if (heads[0]) line.append(this.head("row", axes[0], i));
      for (let j = 0; j < columns; j++) {
        const cell = make("td", { class: "number", tabindex: i || j ? -1 : 0 });
        cell.dataset.at = `${name} ${i} ${j}`;
        line.append(cell);
        this.cells.push(cell);
      }
      body.append(line);
    }
    table.append(body);
    this.isArray = Boolean(axes);
    this.columns = columns;
    this.rows = rows;
    this.element = make("div", { class: "framed" }, table);
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("td.number");
      if (cell) this.choose(cell, choose);
    });
    table.addEventListener("keydown", (event) => this.key(event, choose));
  }

  head(scope, axis, index) {
    const th = make("th", { scope, text: DATA.names[axis][index] });
    const words = indexName(axis, index);
    if (words !== th.textContent) th.prepend(make("span", { class: "unseen", text: words.split(" ")[0] + " " }));
    if (axis === "samples") {
      th.dataset.sample = index;
      this.heads.push(th);
    }
    return th;
  }

  cellAt(i, j) {
    return this.cells[i * this.columns + j];
  }

  choose(cell, choose) {
    this.focusable(cell);
    const [name, i, j] = cell.dataset.at.split(" ");
    choose(name, Number(i), Number(j));
  }

  focusable(cell) {
    for (const other of this.cells) other.tabIndex = other === cell ? 0 : -1;
  }

  key(event, choose) {
    const now = this.cells.indexOf(event.target);
    if (now < 0) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.choose(event.target, choose);
      return;
    }
    let [i, j] = [Math.floor(now / this.columns), now % this.columns];
    if (event.key === "ArrowLeft") j -= 1;
    else if (event.key === "ArrowRight") j += 1;
    else if (event.key === "ArrowUp") i -= 1;
    else if (event.key === "ArrowDown") i += 1;
    else if (event.key === "Home") j = 0;
    else if (event.key === "End") j = this.columns - 1;
    else return;
    event.preventDefault();
    if (i < 0 || j < 0 || i >= this.rows || j >= this.columns) return;
    const cell = this.cellAt(i, j);
    this.focusable(cell);
    cell.focus();
  }

  fill(frame) {
    const numbers = arrayAt(frame, this.name);
    const write = writerOf(frame, this.name);
    let largest = 0;
    for (const x of numbers) if (Number.isFinite(x)) largest = Math.max(largest, Math.abs(x));
    this.cells.forEach((cell, k) => {
      const x = numbers[k];
      const text = write(x);
      const share = this.isArray && Number.isFinite(x) && largest ? Math.abs(x) / largest : 0;
      const shade = `${x > 0 ? "plus" : x < 0 ? "minus" : ""} ${share.toFixed(2)}`;
      // Most of the time of a step goes into changes of the document: only what differs is changed.
      if (cell.textContent !== text) cell.textContent = text;
      if (cell.shade === shade) return;
      cell.shade = shade;
      cell.classList.toggle("plus", x > 0);
      cell.classList.toggle("minus", x < 0);
      cell.style.setProperty("--share", share.toFixed(2));
    });
  }

  /** Mark the number that was chosen, those that it is made of, and the sample that is followed. */
  mark([name, i, j], sources, sample) {
    const marks = new Map();
    for (const source of sources) this.addMark(marks, source, "source");
    this.addMark(marks, `${name} ${i} ${j}`, "chosen");
    for (const [cell, kind] of this.marks || []) {
      if (marks.get(cell) === kind) continue;
      cell.classList.remove(kind);
      cell.removeAttribute("aria-selected");
    }
    for (const [cell, kind] of marks) {
      cell.classList.add(kind);
      if (kind === "chosen") cell.setAttribute("aria-selected", "true");
    }
    this.marks = marks;
    for (const head of this.heads) head.classList.toggle("followed", Number(head.dataset.sample) === sample);
  }

  addMark(marks, at, kind) {
    const [name, i, j] = at.split(" ");
    if (name === this.name) marks.set(this.cellAt(Number(i), Number(j)), kind);
  }
}
