"use strict";
// The state of the page, and what follows when it changes.

const byId = (id) => document.getElementById(id);
const OPERATIONS = DATA.operations;
const LAST = DATA.epochs.length - 1;
const state = { frame: 0, operation: 0, sample: 0, cell: null, playing: 0, docked: false };

// -- what the page is about ------------------------------------------------------------------------

const shownAll = DATA.samples.rows.length === DATA.samples.n;
byId("about").textContent =
  `Loss ${NETWORK.loss}, solver ${NETWORK.solver}, trained on ${DATA.samples.n} sample${DATA.samples.n === 1 ? "" : "s"}; `
  + `each pass below is run on ${shownAll ? (DATA.samples.n === 1 ? "it" : "all of them") : `${DATA.samples.rows.length} of them`}. Samples are ${DATA.layout}.`;
byId("foot").textContent = `How training ended: ${NETWORK.stop} Every number was computed in Python by the engine that trains; this page shows them, rounded to four digits.`;

// -- choices -----------------------------------------------------------------------------------------

/** Whether an axis of an array goes over the samples, and which. */
const sampleAxis = (name) => (ARRAYS.get(name).axes || []).indexOf("samples");

/** The entry of an operation's result to begin with: of the sample that is followed. */
function firstCell(operation) {
  const at = [0, 0];
  const axis = sampleAxis(operation.name);
  if (axis >= 0) at[axis] = state.sample;
  return [operation.name, ...at];
}

function goTo(frame) {
  state.frame = Math.max(0, Math.min(LAST, frame));
  update();
  if (!state.playing) say(epochInWords());
}

function choose(name, i, j) {
  const made = OPERATIONS.findIndex((operation) => operation.name === name);
  const axis = sampleAxis(name);
  if (axis >= 0) state.sample = [i, j][axis];
  state.cell = [name, i, j];
  if (made >= 0) state.operation = made;
  update();
  const { top } = byId("sum").getBoundingClientRect();
  dock(top < byId("play").getBoundingClientRect().bottom || top > innerHeight - 80);
  say(sumInWords());
}

/** Show the sum at the bottom of the window, when its place is out of sight. */
function dock(on) {
  state.docked = on;
  byId("dock").hidden = !on;
  if (on) byId("dock").querySelector(".sum").replaceChildren(...[...byId("sum").children].map((child) => child.cloneNode(true)));
}

const sumInWords = () => [...byId("sum").children].map((child) => (child.matches(".line") ? "= " : "") + child.textContent).join(" ");

function step(to) {
  dock(false);
  state.operation = Math.max(0, Math.min(OPERATIONS.length - 1, to));
  state.cell = firstCell(OPERATIONS[state.operation]);
  update();
  say(`${byId("operation").textContent}. ${byId("words").textContent}`);
}

function follow(sample) {
  state.sample = sample;
  const axis = sampleAxis(state.cell[0]);
  if (axis >= 0) state.cell[axis + 1] = sample;
  update();
}

// -- playing -----------------------------------------------------------------------------------------

function play(on) {
  clearInterval(state.playing);
  state.playing = 0;
  if (on) {
    if (state.frame === LAST) goTo(0);
    const pace = prefersStillness() ? 1200 : Math.max(120, Math.min(450, 9000 / (LAST + 1)));
    state.playing = setInterval(() => {
      goTo(state.frame + 1);
      if (state.frame === LAST) play(false);
    }, pace);
  } else {
    say(epochInWords());
  }
  byId("play").textContent = on ? "Pause" : "Play";
}

const epochInWords = () =>
  `Epoch ${DATA.epochs[state.frame]} of ${DATA.epochs[LAST]}, loss ${short(DATA.losses[state.frame])}, ${NETWORK.score} ${short(DATA.scores[state.frame])}`;

// -- parts of the page -------------------------------------------------------------------------------

const network = new NetworkDrawing(byId("network").querySelector(".drawing"), choose);
const curve = new LossCurve(byId("curve").querySelector(".drawing"), byId("curve").querySelector(".scroll"), (frame) => {
  play(false);
  goTo(frame);
});
const plot = DATA.plot ? new Plot(byId("plot"), DATA.plot) : null;
if (!plot) byId("pictures").classList.add("two");

const tables = new Map(); // of "Every array"
function tabulate() {
  const last = NETWORK.sizes.length - 1;
  const ofLayer = (families, l) => families.map((family) => `${family}${l}`);
  const given = [...ARRAYS.values()].filter(({ html, axes }) => html && !axes).map(({ name }) => name);
  const groups = [["Input", { Forward: ["A0"], Backward: ["dA0"] }]];
  for (let l = 1; l <= last; l++) {
    const title = `${l === last ? "Output layer" : `Layer ${l}`}: ${NETWORK.activations[l]}`;
    const ofStep = [...ARRAYS.keys()].filter((name) => new RegExp(`^([^d][Wb]${l}|.?[Wb]${l}_next)$`).test(name));
    groups.push([title, { Forward: ofLayer(["W", "b", "Z", "mask", "A"], l), Backward: ofLayer(["dA", "delta", "dW", "db"], l), "The step": ofStep }]);
  }
  groups.push([`Loss: ${NETWORK.loss}`, { Forward: ["Y", "w", "penalty", "loss"] }]);
  groups.push(["Numbers", { Given: given.filter((name) => !["penalty", "loss"].includes(name)) }]);
  for (const [title, parts] of groups) {
    const sides = Object.entries(parts).map(([side, names]) => {
      const known = names.filter((name) => ARRAYS.has(name));
      const here = make("div", { class: "tables" });
      for (const name of known) {
        const table = new ArrayTable(name, choose);
        tables.set(name, table);
        here.append(table.element);
      }
      return known.length ? make("div", { class: "side" }, make("h4", { text: side }), here) : "";
    });
    if (sides.some((side) => side)) {
      byId("all").append(make("section", { class: "card layer" }, make("h3", { text: title }), make("div", { class: "sides" }, ...sides)));
    }
  }
}

function listOperations() {
  const titles = { forward: "Forward", loss: "The loss", backward: "Backward", update: "The step" };
  const sections = [...new Set(OPERATIONS.map((operation) => operation.section))];
  for (const section of sections) {
    const id = `section-${section}`;
    const list = make("ol", { "aria-labelledby": id });
    OPERATIONS.forEach((operation, k) => {
      if (operation.section !== section) return;
      const { html } = ARRAYS.get(operation.name);
      const button = make("button", { type: "button", class: "formula", html: `${html} = ${operation.formula}` });
      button.addEventListener("click", () => step(k));
      operation.button = button;
      list.append(make("li", {}, button));
    });
    byId("operations").append(make("h3", { id, text: titles[section] }), list);
  }
}

function listSamples() {
  DATA.samples.rows.forEach((row, k) => {
    const input = make("input", { type: "radio", name: "sample", value: k, checked: k === 0 });
    input.addEventListener("change", () => follow(k));
    byId("samples").append(make("label", {}, input, make("span", { text: DATA.names.samples[k] })));
  });
}

/** The tables of an operation: what goes in, and what comes out. */
let operandTables = [];
let shownOperation = -1;
function layOutOperation() {
  if (shownOperation === state.operation) return;
  const focused = byId("operands").contains(document.activeElement);
  shownOperation = state.operation;
  const operation = OPERATIONS[state.operation];
  byId("operation").innerHTML = `${ARRAYS.get(operation.name).html} = ${operation.formula}`;
  byId("words").textContent = operation.words;
  const found = JSON.stringify(operation.tree).matchAll(/\["name","([^"]+)"\]/g);
  const names = [...new Set([...found].map(([, name]) => name))].filter((name) => name !== operation.name);
  operandTables = [...names, operation.name].map((name) => new ArrayTable(name, choose));
  const result = operandTables.at(-1);
  result.element.classList.add("result");
  const before = operandTables.slice(0, -1).map((table) => table.element);
  byId("operands").replaceChildren(...before, make("span", { class: "gives", text: "→", "aria-hidden": "true" }), result.element);
  if (focused && state.cell) result.cellAt(state.cell[1], state.cell[2])?.focus();
  OPERATIONS.forEach(({ button }, k) => {
    if (k === state.operation) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  byId("previous").disabled = state.operation === 0;
  byId("next").disabled = state.operation === OPERATIONS.length - 1;
  scrollInList(operation.button);
}

/** Bring the numbers of a sum into view, in tables that are larger than their frames. */
function scrollInFrames() {
  for (const { element } of operandTables) {
    const cell = element.querySelector(".chosen, .source");
    if (!cell) continue;
    const [top, left] = [cell.offsetTop, cell.offsetLeft];
    if (top < element.scrollTop || top + 24 > element.scrollTop + element.clientHeight) element.scrollTop = top - 60;
    if (left < element.scrollLeft || left + 40 > element.scrollLeft + element.clientWidth) element.scrollLeft = left - 90;
  }
}

/** Bring a formula of the list into view, without scrolling the page. */
function scrollInList(button) {
  const list = byId("operations");
  const above = button.offsetTop - list.offsetTop;
  if (above < list.scrollTop || above + button.offsetHeight > list.scrollTop + list.clientHeight) {
    list.scrollTop = above - list.clientHeight / 2;
  }
}

/** The sum that the chosen number is; returns the entries that it is made of. */
function showSum() {
  const [name, i, j] = state.cell;
  const operation = OPERATIONS.find((candidate) => candidate.name === name);
  const place = placeOf(name, i, j);
  const head = make("h3", { html: `<span class="formula">${ARRAYS.get(name).html}</span>` });
  if (place) head.append(make("span", { class: "place", text: place }));
  const value = valueAt(state.frame, name, i, j);
  const exact = make("p", { class: "soft exact", text: Number.isFinite(value) ? `The engine's number: ${String(value).replace("-", MINUS)}` : "" });
  if (!operation) {
    byId("sum").replaceChildren(head, make("p", { class: "line result", text: short(value) }), make("p", { class: "soft", text: givenInWords(name, i, j) }), exact);
    return [];
  }
  const { lines, written, sources } = linesOf(operation, i, j, state.frame);
  const shown = lines.map(({ kind, html }) => make("p", { class: `line ${kind}`, html }));
  const beside = written.map(({ html }) => make("p", { class: "written", html: `with ${html}` }));
  byId("sum").replaceChildren(head, ...shown, ...beside, exact);
  return sources;
}

/** Where a number comes from that is not computed in the pass. */
function givenInWords(name, i, j) {
  if (/^[Wb]\d+$/.test(name)) {
    const start = short(valueAt(0, name, i, j));
    return state.frame === 0 ? "Training starts with this number." : `Training has brought it here; it started at ${start}.`;
  }
  if (name.startsWith("mask")) return "Drawn at random: dropout.";
  if (/^[a-z][Wb]\d+$/.test(name)) return "What the solver has kept of the steps so far.";
  return { m: "The number of samples.", t: "Which step of the solver this is.", Y: "The target.", w: "The weight of the sample.", A0: "An input." }[name] || "Given.";
}

function update() {
  const { frame, sample } = state;
  layOutOperation();
  byId("epoch").value = frame;
  byId("epoch").setAttribute("aria-valuetext", epochInWords());
  const facts = [["Epoch", `${DATA.epochs[frame]} of ${DATA.epochs[LAST]}`], [shownAll ? "J" : "J of all samples", short(DATA.losses[frame])], [NETWORK.score, short(DATA.scores[frame])]];
  byId("state").replaceChildren(...facts.map(([what, value]) => make("span", {}, `${what} `, make("b", { text: value }))));
  const sources = new Set(showSum());
  for (const table of [...tables.values(), ...operandTables]) {
    table.fill(frame);
    table.mark(state.cell, sources, sample);
  }
  scrollInFrames();
  dock(state.docked);
  const done = new Set(OPERATIONS.slice(0, state.operation + 1).map((operation) => operation.name));
  network.draw({ frame, sample, operation: OPERATIONS[state.operation], done, sources: new Set([...sources, state.cell.join(" ")]) });
  byId("legend").textContent = network.legend;
  curve.draw(frame);
  if (plot) plot.draw(frame, sample);
  byId("samples").querySelectorAll("input")[sample].checked = true;
  const { targets, predictions } = DATA.samples;
  byId("sample").textContent = `Sample ${DATA.names.samples[sample]}: target ${targets[sample]}, prediction at this epoch ${predictions[frame][sample]}.`;
}

// -- events ------------------------------------------------------------------------------------------

tabulate();
listOperations();
listSamples();
byId("epoch").max = LAST;
byId("epoch").addEventListener("input", (event) => {
  play(false);
  goTo(Number(event.target.value));
});
byId("play").addEventListener("click", () => play(!state.playing));
byId("previous").addEventListener("click", () => step(state.operation - 1));
byId("next").addEventListener("click", () => step(state.operation + 1));
byId("operations").addEventListener("keydown", (event) => {
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (!(event.key in moves)) return;
  event.preventDefault();
  step(state.operation + moves[event.key]);
  OPERATIONS[state.operation].button.focus();
});
byId("undock").addEventListener("click", () => dock(false));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") dock(false);
});
if (matchMedia("(max-width: 55rem)").matches) byId("formulas").open = false;
if (LAST === 0) byId("play").disabled = true;
const redraw = () => plot && plot.redraw();
document.addEventListener("theme", redraw);
matchMedia("print").addEventListener("change", redraw);
addEventListener("beforeprint", redraw);
addEventListener("afterprint", redraw);
step(0);
