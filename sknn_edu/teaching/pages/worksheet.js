"use strict";
// The worksheet. Every number in it was computed in Python: here they are compared, and shown.

const byId = (id) => document.getElementById(id);

/** What Python has encoded, so that it is not seen at a glance. */
function decoded(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes));
}

const KEY = decoded(DATA.key);

/** Mistakes that were made at once, each with its name and a sentence. */
function described(why) {
  return why.flatMap((n, k) => {
    const { code, html } = KEY.mistakes[n];
    const name = make("span", { class: "code", text: `${code}: ` });
    return [k ? " And " : "", name, make("span", { html })];
  });
}

/** Whether two numbers agree; the last bit of arithmetic does not count. */
const near = (a, b, tolerance) => Math.abs(a - b) <= tolerance * (1 + 1e-9) + 1e-12;

const MARKS = { right: "✓", wrong: "✗", unread: "?", coarse: "≈" };
const STATES = { right: "✓ right", wrong: "not yet right", shown: "numbers shown" };
const plural = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;

class Question {
  constructor(card, name, key) {
    this.card = card;
    this.name = name;
    this.key = key;
    this.inputs = [...card.querySelectorAll("input")];
    this.rows = this.key.right.length;
    this.columns = this.key.right[0].length;
    this.helped = 0; // 0 nothing, 1 the hint, 2 the numbers
    this.state = "";
    card.querySelector(".check").addEventListener("click", () => this.check(true));
    card.querySelector(".hint").addEventListener("click", () => this.help(1, true));
    card.querySelector(".reveal").addEventListener("click", () => this.help(2, true));
    for (const input of this.inputs) {
      input.addEventListener("input", () => this.edited(input));
      input.addEventListener("change", () => this.left(input));
      input.addEventListener("keydown", (event) => this.pressed(event, input));
      input.addEventListener("paste", (event) => this.pasted(event));
    }
  }

  at(i, j) {
    return this.inputs[i * this.columns + j];
  }

  right(input) {
    return this.key.right[input.dataset.row][input.dataset.column];
  }

  // -- one number ---------------------------------------------------------------------------

  /** The mark of one entry: "", right, wrong, coarse (rounded too far) or unread. */
  markOf(input) {
    const entry = readNumber(input.value);
    if (entry === null) return "";
    if (entry.problem) return "unread";
    const right = this.right(input);
    if (near(entry.value, right, this.key.tolerance)) return "right";
    const few = !this.key.exact && entry.decimals >= 1 && entry.decimals < this.key.decimals;
    return few && near(entry.value, right, 0.5 * 10 ** -entry.decimals) ? "coarse" : "wrong";
  }

  show(input, mark) {
    if (mark) input.dataset.mark = mark;
    else delete input.dataset.mark;
    input.toggleAttribute("aria-invalid", false);
    if (mark && mark !== "right") input.setAttribute("aria-invalid", "true");
    input.nextElementSibling.textContent = MARKS[mark] || "";
  }

  edited(input) {
    this.show(input, "");
    if (this.state !== "shown") this.become("");
    this.say("", "");
    remember();
  }

  left(input) {
    this.show(input, this.markOf(input));
    if (this.inputs.every((other) => other.value.trim())) this.check(false);
    else if (input.value.trim()) {
      const entry = readNumber(input.value);
      if (entry.problem) this.say("wrong", entry.problem);
      else say(`${input.getAttribute("aria-label")}: ${this.markOf(input) === "coarse" ? "rounded too far" : this.markOf(input)}`);
    }
  }

  pressed(event, input) {
    if (event.key === "Enter") {
      event.preventDefault();
      this.check(true);
      return;
    }
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
    const atEnd = input.selectionStart === input.value.length;
    if ((step[1] < 0 && !atStart && input.value) || (step[1] > 0 && !atEnd)) return;
    const i = Number(input.dataset.row) + step[0];
    const j = Number(input.dataset.column) + step[1];
    event.preventDefault();
    if (i < 0 || i >= this.rows || j < 0 || j >= this.columns) return;
    this.at(i, j).focus();
    this.at(i, j).select();
  }

  /** A table into the boxes, if it has their shape. */
  pasted(event) {
    const table = readTable(event.clipboardData.getData("text"));
    if (!table) return;
    event.preventDefault();
    const has = (n, m) => table.length === n && table.every((row) => row.length === m);
    if (has(this.rows, this.columns)) {
      this.inputs.forEach((input) => {
        input.value = table[input.dataset.row][input.dataset.column];
        this.show(input, this.markOf(input));
      });
      this.check(true);
    } else {
      const width = Math.max(...table.map((row) => row.length));
      const turned = has(this.columns, this.rows) ? " It is the transpose that has the right shape: rows and columns are swapped." : "";
      this.say("wrong", `The pasted table is ${table.length} × ${width}, but ${this.name} is ${this.rows} × ${this.columns}.${turned}`);
    }
  }

  // -- the whole answer -----------------------------------------------------------------------

  /** Mark all numbers, and say what is wrong with them. */
  check(asked) {
    const marks = this.inputs.map((input) => this.markOf(input));
    this.inputs.forEach((input, k) => this.show(input, marks[k]));
    const count = (mark) => marks.filter((m) => m === mark).length;
    const unread = this.inputs.find((_, k) => marks[k] === "unread");
    const empty = count("");
    if (empty === marks.length) {
      if (asked) this.say("hint", `Enter ${marks.length === 1 ? "the number" : "the numbers"} first.`);
    } else if (unread) {
      this.become("wrong");
      this.say("wrong", `${unread.value}: ${readNumber(unread.value).problem}`);
    } else if (count("right") === marks.length) {
      this.become("right");
      this.say("right", marks.length === 1 ? "Right." : "All numbers are right.");
    } else if (count("wrong") === 0) {
      this.become("");
      const what = [];
      if (empty) what.push(`Right so far: ${plural(empty, "box")}`.replace("boxs", "boxes") + ` still empty.`);
      if (count("coarse")) what.push(`Right as far as it goes: give ${plural(this.key.decimals, "decimal")} (≈).`);
      this.say("hint", what.join(" "));
    } else {
      this.become("wrong");
      this.explain(marks, empty);
    }
    remember();
  }

  /** Name the mistakes that give these numbers. */
  explain(marks, empty) {
    const known = this.knownMistakes();
    if (known.length) {
      this.say("wrong", known.map((why, n) => make("p", {}, n ? "Or: " : "", ...described(why))));
      return;
    }
    const wrong = marks.filter((mark) => mark === "wrong").length;
    const signs = this.inputs.filter((input, k) => marks[k] === "wrong" && this.onlySign(input)).length;
    let text = `${plural(wrong, "number")} of ${marks.length} ${wrong === 1 ? "is" : "are"} wrong (✗).`;
    if (marks.length === 1) text = "This is not right, and no known mistake gives it.";
    if (signs === wrong && marks.length > 1) text += wrong === 1 ? " Only its sign is wrong." : " Only their signs are wrong.";
    else if (!empty && wrong === 1 && marks.length > 2) text += " All others are right, so look for a slip in the arithmetic.";
    else if (!empty && marks.length > 1) text += " No known mistake gives all of these numbers. Compute one of them again, product by product.";
    if (empty) text += ` ${empty} ${empty === 1 ? "box is" : "boxes are"} still empty.`;
    this.say("wrong", text);
  }

  onlySign(input) {
    return near(readNumber(input.value).value, -this.right(input), this.key.tolerance);
  }

  /** The explanations with the fewest mistakes; none for an answer that is not complete. */
  knownMistakes() {
    const entries = this.inputs.map((input) => readNumber(input.value));
    if (entries.some((entry) => entry === null)) return [];
    const agrees = ({ value }) => value.flat().every((x, k) => near(entries[k].value, x, this.key.tolerance));
    const found = this.key.wrong.filter(agrees).flatMap((wrong) => wrong.why);
    const fewest = Math.min(...found.map((why) => why.length));
    const different = new Map();
    for (const why of found.filter((other) => other.length === fewest)) {
      const codes = why.map((n) => KEY.mistakes[n].code).sort().join();
      if (!different.has(codes)) different.set(codes, why);
    }
    return [...different.values()];
  }

  // -- what the page says ---------------------------------------------------------------------

  /** A text, or paragraphs, below the buttons; nothing takes away what stands there. */
  say(kind, text) {
    const place = this.card.querySelector(".says");
    const paragraphs = typeof text === "string" ? [make("p", { text })] : text;
    place.replaceChildren(...(text ? [make("div", { class: `note ${kind}` }, ...paragraphs)] : []));
  }

  become(state) {
    if (this.helped === 2) state = "shown";
    if (state === this.state) return;
    this.state = state;
    if (state) this.card.dataset.state = state;
    else delete this.card.dataset.state;
    this.card.querySelector(".state").textContent = STATES[state] || "";
    showScore();
  }

  /** The hint, and then the numbers. */
  help(level, asked) {
    this.helped = Math.max(this.helped, level);
    const place = this.card.querySelector(".help");
    place.replaceChildren();
    const [hint, reveal] = ["hint", "reveal"].map((name) => this.card.querySelector(`.${name}`));
    hint.disabled = this.helped > 0;
    reveal.hidden = this.helped !== 1;
    if (this.helped > 0) {
      place.append(make("div", { class: "note hint" }, make("p", { html: this.key.hint }), make("div", { html: this.key.formula })));
      if (asked && level === 1) reveal.focus();
    }
    if (this.helped > 1) {
      const note = make("div", { class: "note shown", tabindex: "-1" }, make("p", { text: "The right numbers, to go on with:" }), this.solution());
      place.append(note);
      this.become("shown");
      if (asked) note.focus();
    }
    if (asked) {
      say(level === 1 ? place.textContent : `${this.name}: the right numbers are shown`);
      remember();
    }
  }

  solution() {
    const rows = this.key.shown.map((row) => make("tr", {}, ...row.map((text) => make("td", { class: "number", text }))));
    return make("table", { class: "solution" }, make("caption", { class: "unseen", text: this.name }), make("tbody", {}, ...rows));
  }

  // -- remembered -----------------------------------------------------------------------------

  get memory() {
    return { typed: this.inputs.map((input) => input.value), helped: this.helped };
  }

  restore({ typed = [], helped = 0 }) {
    this.helped = 0;
    this.state = null; // so that it is shown anew
    this.say("", "");
    this.inputs.forEach((input, k) => {
      input.value = typed[k] || "";
      this.show(input, this.markOf(input));
    });
    this.help(helped, false);
    this.become("");
    if (this.inputs.every((input) => input.value.trim())) this.check(false);
  }
}

// -- the page -----------------------------------------------------------------------------------

const cards = [...document.querySelectorAll(".question")];
const questions = cards.map((card, i) => new Question(card, DATA.names[i], KEY.questions[i]));

function showScore() {
  const count = (state) => questions.filter((question) => question.state === state).length;
  const shown = count("shown") ? `, ${count("shown")} shown` : "";
  const all = count("right") === questions.length ? " — well done" : "";
  byId("score").textContent = `${count("right")} of ${questions.length} right${shown}${all}`;
  byId("bar").style.width = `${(100 * count("right")) / questions.length}%`;
}

// A page in a frame, or opened from a file, may have no storage.
const place = `sknn-worksheet-${DATA.id}`;
function remember() {
  try {
    localStorage.setItem(place, JSON.stringify(questions.map((question) => question.memory)));
  } catch {}
}
function restore() {
  try {
    const memory = JSON.parse(localStorage.getItem(place));
    questions.forEach((question, i) => memory && memory[i] && question.restore(memory[i]));
  } catch {}
}

let sure = 0;
byId("reset").addEventListener("click", (event) => {
  const button = event.currentTarget;
  clearTimeout(sure);
  if (!button.dataset.sure) {
    button.dataset.sure = "yes";
    button.textContent = "Clear all answers?";
    sure = setTimeout(() => {
      delete button.dataset.sure;
      button.textContent = "Start again";
    }, 5000);
    return;
  }
  delete button.dataset.sure;
  button.textContent = "Start again";
  questions.forEach((question) => question.restore({}));
  showScore();
  remember();
  say("All answers are cleared.");
  questions[0].inputs[0].focus();
});

/** The sheet of solutions, written when it is printed and taken away again. */
function writeSolutions() {
  const answers = questions.map((question, i) => {
    const head = question.card.querySelector("h3 > .formula").innerHTML;
    const title = make("h3", {}, `${i + 1} `, make("span", { class: "formula", html: head }));
    return make("div", { class: "answer" }, title, make("div", { html: question.key.formula }), question.solution());
  });
  byId("solutions").append(make("h2", { text: `Solutions: ${document.title}` }), ...answers);
  byId("solutions").hidden = false;
}
function clearSolutions() {
  byId("solutions").hidden = true;
  byId("solutions").replaceChildren();
}
byId("print-exercise").addEventListener("click", () => print());
byId("print-solutions").addEventListener("click", () => {
  writeSolutions();
  print();
});
addEventListener("afterprint", clearSolutions);
addEventListener("beforeprint", () => (byId("given").open = true));

restore();
showScore();
