"use strict";
// From the tree of a formula and an entry of the result to the sum that the entry is, in numbers.
// Only numbers of the engine are put in place. What is multiplied and added here is shown on the
// way; the result that is shown is the engine's.

const MOST_TERMS = 40;
const clampTo = ([rows, columns], i, j) => [rows === 1 ? 0 : i, columns === 1 ? 0 : j];

/** The shape of what a tree computes; a vector is one row (or one column). */
function shapeOf(tree) {
  const [kind, first, second] = tree;
  switch (kind) {
    case "number": return [1, 1];
    case "name": return ARRAYS.get(first).shape;
    case "call": return ARRAYS.get(tree[3]).shape;
    case "minus": case "power": return shapeOf(first);
    case "transpose": return [...shapeOf(first)].reverse();
    case "@": return [shapeOf(first)[0], shapeOf(second)[1]];
    case "sum": case "mean": {
      const [rows, columns] = shapeOf(first);
      if (second === null) return [1, 1];
      return second === 0 ? [1, columns] : [rows, 1];
    }
    default: {
      const [a, b] = tree.slice(-2).map(shapeOf);
      return [Math.max(a[0], b[0]), Math.max(a[1], b[1])];
    }
  }
}

/** The entries of the operand that a sum (or a mean) adds up for its entry (i, j). */
function entriesOf([, operand, axis], i, j) {
  const [rows, columns] = shapeOf(operand);
  const is = axis === 1 ? [i] : [...Array(rows).keys()];
  const js = axis === 0 ? [j] : [...Array(columns).keys()];
  return is.flatMap((k) => js.map((l) => [k, l]));
}

/** The value of an entry; functions have the values that Python computed. */
function evaluate(tree, i, j, frame) {
  const [kind, first, second] = tree;
  const of = (part, k = i, l = j) => evaluate(part, ...clampTo(shapeOf(part), k, l), frame);
  switch (kind) {
    case "number": return first;
    case "name": return valueAt(frame, first, i, j);
    case "call": return valueAt(frame, tree[3], i, j);
    case "minus": return -of(first);
    case "transpose": return of(first, j, i);
    case "power": return of(first) ** of(second);
    case "+": return of(first) + of(second);
    case "-": return of(first) - of(second);
    case "*": return of(first) * of(second);
    case "/": return divided(of(first), of(second), shapeOf(second));
    case "relation": return Number(compared(first, of(second), of(tree[3])));
    case "@": {
      let total = 0;
      for (let k = 0; k < shapeOf(first)[1]; k++) total += of(first, i, k) * of(second, k, j);
      return total;
    }
    default: {
      const entries = entriesOf(tree, i, j);
      const total = entries.reduce((sum, [k, l]) => sum + of(first, k, l), 0);
      return kind === "mean" ? total / entries.length : total;
    }
  }
}

/** As in the engine, a quotient of arrays is 0 where the divisor is. */
const divided = (P, Q, [rows, columns]) =>
  rows * columns > 1 && Math.abs(Q) <= 2 ** -52 ? 0 : P / Q;
const compared = (relation, P, Q) =>
  relation === "&gt;" ? P > Q : relation === "&lt;" ? P < Q : P <= Q;

// A piece of a formula: HTML, how tightly it holds together, whether it begins with a minus, if
// that is a minus in front of something, the something, and how it is written behind a plus.
const [SUM, PRODUCT, POWER, ATOM] = [0, 1, 2, 3];
const piece = (html, level = ATOM, negative = false, behind = null, later = null) =>
  ({ html, level, negative, behind, later });
const closed = (p, level, first = false) =>
  p.level < level || (p.negative && !first) ? `(${p.html})` : p.html;

/** Pieces added up. */
function added(pieces) {
  const shown = pieces.length > MOST_TERMS ? pieces.slice(0, MOST_TERMS / 2) : pieces;
  let html = "";
  shown.forEach((p, k) => {
    if (k === 0) html = p.html;
    else if (p.behind !== null) html += ` ${MINUS} ${p.behind}`;
    else html += ` + ${p.later ?? closed(p, SUM)}`;
  });
  if (shown.length < pieces.length) html += ` + … <span class="soft">(${pieces.length} terms)</span>`;
  return piece(html, pieces.length > 1 ? SUM : pieces[0].level, pieces[0].negative);
}

/** An entry with numbers in place. `write(name, i, j)` writes a number; with `filled`, functions have values. */
function numbersInPlace(tree, i, j, write, filled) {
  const [kind, first, second] = tree;
  const of = (part, k = i, l = j) =>
    numbersInPlace(part, ...clampTo(shapeOf(part), k, l), write, filled);
  const number = (name, k, l) => {
    const text = write(name, k, l);
    return piece(text, ATOM, text.startsWith(MINUS));
  };
  switch (kind) {
    case "number": return piece(short(first).replace(/\.?0+$/, (zeros) => (zeros.includes(".") ? "" : zeros)));
    case "name": return number(first, i, j);
    case "call": return filled ? number(tree[3], i, j) : called(tree, i, j, of);
    case "minus": {
      const behind = closed(of(first), PRODUCT);
      return piece(MINUS + behind, PRODUCT, true, behind);
    }
    case "transpose": return of(first, j, i);
    case "power": return piece(`${closed(of(first), ATOM)}<sup>${of(second).html}</sup>`, POWER);
    case "+": return added([of(first), of(second)]);
    case "-": {
      const left = of(first);
      return piece(`${left.html} ${MINUS} ${closed(of(second), PRODUCT)}`, SUM, left.negative);
    }
    case "*": return product(of(first), of(second));
    case "/": {
      const above = of(first);
      const behind = above.behind === null ? null : `${above.behind} / ${closed(of(second), POWER)}`;
      return piece(`${closed(above, PRODUCT, true)} / ${closed(of(second), POWER)}`, PRODUCT, above.negative && above.level >= PRODUCT, behind);
    }
    case "relation": return piece(`[${of(second).html} ${first} ${of(tree[3]).html}]`);
    case "@": {
      const inner = [...Array(shapeOf(first)[1]).keys()];
      return added(inner.map((k) => product(of(first, i, k), of(second, k, j))));
    }
    default: {
      const entries = entriesOf(tree, i, j);
      const total = added(entries.map(([k, l]) => of(first, k, l)));
      return kind === "mean" ? piece(`(${total.html}) / ${entries.length}`, PRODUCT) : total;
    }
  }
}

function product(left, right) {
  const times = ` · ${closed(right, PRODUCT)}`;
  const behind = left.behind === null ? null : left.behind + times;
  const negative = left.negative && left.level >= PRODUCT;
  const later = (left.later ?? closed(left, PRODUCT)) + times;
  return piece(closed(left, PRODUCT, true) + times, PRODUCT, negative, behind, later);
}

/** A function of the entry, or of all units of the sample. */
function called([, symbol, ofSample, , ...inside], i, j, of) {
  const whole = (part) => {
    const [rows, columns] = shapeOf(part);
    const entries = DATA.layout === "rows"
      ? [...Array(columns).keys()].map((l) => of(part, i, l))
      : [...Array(rows).keys()].map((k) => of(part, k, j));
    return entries.map((p) => p.html).join(", ");
  };
  const texts = inside.map((part) => (ofSample ? whole(part) : of(part).html));
  const unit = DATA.layout === "rows" ? j : i;
  const [rows, columns] = shapeOf(inside[0]);
  const mixes = ofSample && (DATA.layout === "rows" ? columns : rows) > 1;
  return piece(symbol.replace("#", texts.join(ofSample ? "; " : ", ")) + (mixes ? `<sub>${unit + 1}</sub>` : ""));
}

/** Whether a function stands in a formula that is more than this function. */
const hasCallInside = (tree) => tree[0] !== "call" && JSON.stringify(tree).includes('["call"');

/** The numbers that a sum adds up, and what the sum is divided by, if it is. */
function summands(tree, i, j, frame) {
  const [kind, first, second] = tree;
  const of = (part, k = i, l = j) => evaluate(part, ...clampTo(shapeOf(part), k, l), frame);
  const inside = (part) => summands(part, ...clampTo(shapeOf(part), i, j), frame);
  if (kind === "+" || kind === "-") {
    const right = inside(second);
    const rights = right.by === null ? right.terms : [of(second)];
    const left = inside(first);
    const lefts = left.by === null ? left.terms : [of(first)];
    return { terms: [...lefts, ...rights.map((x) => (kind === "+" ? x : -x))], by: null };
  }
  if (kind === "@") {
    return { terms: [...Array(shapeOf(first)[1]).keys()].map((k) => of(first, i, k) * of(second, k, j)), by: null };
  }
  if (kind === "sum") return { terms: entriesOf(tree, i, j).map(([k, l]) => of(first, k, l)), by: null };
  if (kind === "/" && shapeOf(second).join() === "1,1") {
    const above = inside(first);
    if (above.by === null && above.terms.length > 1) return { terms: above.terms, by: of(second) };
  }
  return { terms: [evaluate(tree, i, j, frame)], by: null };
}

/** A number as its array writes it, with more digits where these would be too few for a sum. */
function exactEnough(write, x) {
  const text = write(x);
  const shown = Number(text.replaceAll(MINUS, "-"));
  return Math.abs(shown - x) <= 5e-4 * Math.abs(x) || !Number.isFinite(x) ? text : short(x);
}

/** The lines that lead from the formula to the number: [{html, kind}], and the entries they use. */
function linesOf(operation, i, j, frame) {
  const { tree, name } = operation;
  const sources = new Set();
  const write = (array, k, l) => {
    const [row, column] = clampTo(ARRAYS.get(array).shape, k, l);
    sources.add(`${array} ${row} ${column}`);
    return exactEnough(writerOf(frame, array), valueAt(frame, array, row, column));
  };
  const result = valueAt(frame, name, i, j);
  const lines = [{ kind: "numbers", html: numbersInPlace(tree, i, j, write, false).html }];
  if (hasCallInside(tree)) {
    lines.push({ kind: "numbers", html: numbersInPlace(tree, i, j, write, true).html });
  }
  const { terms, by } = summands(tree, i, j, frame);
  if (terms.length > 1) {
    const writeTerm = writerFor([...terms, result]);
    const sum = added(terms.map((x) => {
      const text = exactEnough(writeTerm, x);
      const isNegative = x < 0 || Object.is(x, -0);
      return piece(text, ATOM, isNegative, isNegative ? text.replace(MINUS, "") : null);
    }));
    const html = by === null ? sum.html : `(${sum.html}) / ${short(by)}`;
    if (numbersIn(html) !== numbersIn(lines.at(-1).html)) lines.push({ kind: "terms", html });
  }
  lines.push({ kind: "result", html: exactEnough(writerOf(frame, name), result) });
  const written = operation.written.map(([call, formula]) => {
    const at = clampTo(shapeOf(call), i, j);
    const left = numbersInPlace(call, ...at, write, false).html;
    const right = numbersInPlace(formula, ...at, write, false).html;
    const value = exactEnough(writerOf(frame, call[3]), valueAt(frame, call[3], ...at));
    return { kind: "written", html: right === value ? `${left} = ${value}` : `${left} = ${right} = ${value}` };
  });
  // Values of functions are no arrays of the network.
  const isShown = (source) => ARRAYS.get(source.slice(0, source.lastIndexOf(" ", source.lastIndexOf(" ") - 1))).html;
  return { lines, written, result, sources: [...sources].filter(isShown) };
}

/** The numbers of a line, to see whether another line would say the same. */
const numbersIn = (html) => (html.replace(/<[^>]*>/g, "").match(/[\d.]+/g) || []).map(Number).join();
