"use strict";
// What a learner types, as a number: {value, decimals}, or {problem} with what to write instead.

const FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅐⅛⅜⅝⅞⅑⅒";
const PLAIN = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The text with plain signs: no unicode minus, no thin blanks, ½ as 1/2. */
function plainText(text) {
  return text
    .replace(new RegExp(`(\\d)([${FRACTIONS}])`, "g"), "$1 $2")
    .normalize("NFKC")
    .replace(/[\u2010-\u2015\u2212\uFE63]/g, "-")
    .replace(/\u2044|\u2215/g, "/")
    .trim()
    .replace(/\s+/g, " ");
}

/** A decimal number: its value, and how many decimals it was written with. */
function readDecimal(text) {
  const tidy = text.replace(/^([+-]) /, "$1");
  if (!PLAIN.test(tidy)) return null;
  const [digits, exponent] = tidy.toLowerCase().split("e");
  const written = (digits.split(".")[1] || "").length - Number(exponent || 0);
  return { value: Number(tidy), decimals: Math.max(0, written) };
}

/** Read an entry; an empty one is null. */
function readNumber(typed) {
  const text = plainText(typed);
  if (!text) return null;
  if (/,/.test(text) && (/\./.test(text) || text.split(",").length > 2))
    return { problem: "Write one number, without separators for thousands: 1234.5 or 1234,5." };
  const dotted = text.replace(",", ".");
  const number = readDecimal(dotted);
  if (number) return Number.isFinite(number.value) ? number : { problem: "This number is too large." };
  const mixed = /^([+-]?) ?(?:(\d+) )?(\d+) ?\/ ?(\d+)$/.exec(dotted);
  const [above, below] = dotted.split("/").map((part) => readDecimal(part.trim()));
  if (dotted.split("/").length === 2 && (mixed || (above && below))) {
    const divisor = mixed ? Number(mixed[4]) : below.value;
    if (divisor === 0) return { problem: "Nothing can be divided by 0." };
    if (!mixed) return { value: above.value / divisor, decimals: Infinity };
    const size = Number(mixed[2] || 0) + Number(mixed[3]) / divisor;
    return { value: mixed[1] === "-" ? -size : size, decimals: Infinity };
  }
  return { problem: adviceOn(dotted) };
}

/** What to write instead. */
function adviceOn(text) {
  if (/%/.test(text)) return "Write 0.5 for 50 %.";
  if (/10|\^|[x*×·]/.test(text) && /\^|\*\*/.test(text)) return "Write a power of ten as 2.5e-3.";
  if (/^[-+]?(nan|inf|infinity|∞)$/i.test(text)) return "Every right answer is a finite number.";
  if (/[a-z√(]/i.test(text)) return "Write the number itself, such as -0.25, not a formula.";
  if (/ /.test(text)) return "Write one number in each box. (A table can be pasted.)";
  return "Write a number such as -0.25, 0,25, 1/4 or 2.5e-1.";
}

/** A pasted table as rows of texts, or null if it is a single entry. */
function readTable(text) {
  const plain = text.replace(/\]\s*,?\s*\[/g, "\n").replace(/array\(|[[\](){}]/g, " ");
  const rows = plain.split(/[\n;]+/).map((row) => row.replace(/,\s*$/, "").trim()).filter(Boolean);
  const separator = /\t/.test(plain) ? /\t/ : /,\s|,.*\..*,|\.\d*\s*,/.test(plain) ? /\s*,\s*/ : /\s+/;
  const cells = rows.map((row) => row.split(separator).map((cell) => cell.trim()).filter(Boolean));
  const one = cells.length === 1 && cells[0].length === 1;
  return cells.length === 0 || one ? null : cells;
}
