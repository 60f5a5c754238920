"""A trace as a notebook shows it: layer by layer, forward and backward side by side.

Plain HTML and CSS: no scripts, nothing is loaded. The colours are translucent, so that the
text is legible on light and on dark pages.
"""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from ...formulas.html import FormulaHtml, name_html
from ...formulas.layout import Layout
from .arrays import TraceArrays
from .numbers import as_matrix, is_large, number_format, shown
from .steps import Step, steps_of

PRECISION, MAX_ENTRIES, MAX_LENGTH, SHADES = 4, 60, 12, 8
BLUE, ORANGE = "30,110,230", "235,120,20"

CSS = """
.sknn-trace {font-size:13px; line-height:1.5; max-width:max-content; color:inherit}
.sknn-trace .t-head {margin:4px 0 10px}
.sknn-trace .t-flow {display:flex; flex-wrap:wrap; align-items:stretch; gap:4px; margin:0 0 12px}
.sknn-trace .t-box {border:1px solid rgba(128,128,128,.45); border-radius:8px; padding:4px 12px;
  text-align:center}
.sknn-trace .t-arrow {align-self:center; text-align:center; padding:0 4px; opacity:.85}
.sknn-trace .t-small {font-size:11px; opacity:.75; white-space:nowrap}
.sknn-trace .t-layer {border:1px solid rgba(128,128,128,.35); border-radius:8px; margin:0 0 8px;
  overflow-x:auto}
.sknn-trace .t-title {background:rgba(128,128,128,.12); padding:3px 12px; font-weight:600}
.sknn-trace .t-pair {display:grid; grid-template-columns:repeat(var(--t-columns),minmax(260px,1fr));
  gap:0 18px; padding:5px 12px}
.sknn-trace .t-pair > div {overflow-x:auto; min-width:0}
.sknn-trace .t-top {font-weight:600; opacity:.75; padding:0 13px 2px}
.sknn-trace .t-pair + .t-pair {border-top:1px solid rgba(128,128,128,.15)}
.sknn-trace .t-formula {margin:1px 0 3px}
.sknn-trace .t-formula i {font-family:Georgia,'Times New Roman',serif; font-size:1.08em}
.sknn-trace sub, .sknn-trace sup {font-size:.72em; line-height:0}
.sknn-trace table.t-m {border-collapse:separate; border-spacing:1px; margin:0 0 4px 8px;
  border:0 solid currentColor; border-width:0 1.5px; border-radius:9px; padding:1px 5px;
  font-size:12px; font-variant-numeric:tabular-nums}
.sknn-trace .t-m tbody tr:nth-child(n) {background:none}
.sknn-trace .t-m tbody tr:nth-child(n) td {border:0; padding:1px 7px; text-align:right;
  white-space:nowrap; border-radius:3px; color:inherit; line-height:1.45; max-width:none}
.sknn-trace summary {cursor:pointer; margin-left:8px}
"""


def trace_html(t: TraceArrays) -> str:
    """The trace as HTML."""
    return "".join(
        [
            f'<div class="sknn-trace"><style>{CSS}{_shades()}</style>',
            f'<div class="t-head"><b>{escape(t.headline).replace("-&gt;", "&rarr;")}</b></div>',
            _flow(t),
            *_sections(t),
            '<div class="t-small">Negative numbers are blue, positive ones orange: the larger the '
            "magnitude within its array, the stronger the colour.</div></div>",
        ]
    )


def _shades() -> str:
    """The classes n1, ..., n8 and p1, ..., p8."""
    return "".join(
        f".sknn-trace .t-m tbody tr:nth-child(n) td.{sign}{k} "
        f"{{background:rgba({rgb},{0.06 + 0.5 * k / SHADES:.2f})}}\n"
        for sign, rgb in (("n", BLUE), ("p", ORANGE))
        for k in range(1, SHADES + 1)
    )


def _flow(t: TraceArrays) -> str:
    """The network from X to J, with the shapes."""
    parts = [_box("input", f"<i>A</i><sub>0</sub> {_shape(t.A[0])}")]
    for l, f in enumerate(t.activations, start=1):
        what = "output" if l == t.n_layers else f"layer {l}"
        biases = f"<br>{name_html(f'b{l}')} {_shape(t.b[l])}" if t.has_biases else ""
        parts.append(_arrow(f"{name_html(f'W{l}')} {_shape(t.W[l])}{biases}"))
        dropout = f" with dropout {name_html(f'mask{l}')}" if l in t.mask else ""
        title = f"{what}: {escape(f.name)}{dropout}"
        parts.append(_box(title, f"{name_html(f'A{l}')} {_shape(t.A[l])}"))
    parts.append(_arrow(f"<i>Y</i> {_shape(t.Y)}"))
    parts.append(_box(escape(repr(t.loss_function)), f"<i>J</i> = {t.loss:.4g}"))
    return f'<div class="t-flow">{"".join(parts)}</div>'


def _box(title: str, below: str) -> str:
    return f'<div class="t-box"><b>{title}</b><br><span class="t-small">{below}</span></div>'


def _arrow(above: str) -> str:
    return f'<div class="t-arrow"><span class="t-small">{above}</span><br>&#10230;</div>'


def _sections(t: TraceArrays) -> list[str]:
    """The input, each layer, the loss: what stands beside what."""
    steps = {step.name: step for step in steps_of(t)}
    formula = FormulaHtml(Layout.of(t.layout))
    titles = ["forward &darr;", "backward &uarr;"]
    if t.shows_update:
        titles.append(_after_the_step(t))
    columns = len(titles)
    style = f'style="--t-columns:{columns}"'
    heads = "".join(f"<div>{title}</div>" for title in titles)
    sections = [f'<div class="t-pair t-top" {style}>{heads}</div>']

    def section(title: str, *rows: tuple[str, ...]) -> None:
        pairs = []
        for row in rows:
            known = [[name for name in names.split() if name in steps] for names in row]
            cells = ["".join(_cell(steps[name], formula) for name in names) for names in known]
            if any(cells):
                inside = "".join(f"<div>{cell}</div>" for cell in cells)
                pairs.append(f'<div class="t-pair">{inside}</div>')
        inside = f'<div class="t-title">{title}</div>{"".join(pairs)}'
        sections.append(f'<div class="t-layer" {style}>{inside}</div>')

    section("Input", ("A0", "dA0"))
    for l, f in enumerate(t.activations, start=1):
        title = "Output layer" if l == t.n_layers else f"Layer {l}"
        parameters = [(f"{p}{l}", f"d{p}{l}", f"{p}{l}_next") for p in ("W", "b")]
        if t.shows_update:
            kept = [f"{k}{p}{l}" for p in ("W", "b") for k in t.step.kept]
            parameters += [(name, "", f"{name}_next") for name in kept]
        rows = [*parameters, (f"Z{l}", f"delta{l}"), (f"mask{l}",), (f"A{l}", f"dA{l}")]
        section(f"{title}: {escape(f.name)}", *(row[:columns] for row in rows))
    section(f"Loss: {escape(repr(t.loss_function))}", ("Y w", "penalty loss"))
    return sections


def _after_the_step(t: Any) -> str:
    """The heading of what comes after the update."""
    solver = "" if t.step.is_descent else f" of {escape(t.step.solver)}"
    numbers = [f"{name_html(name)} = {number:g}" for name, number in t.step.numbers.items()]
    return f"after one step{solver}, {', '.join(numbers)}"


def _cell(step: Step, formula: FormulaHtml) -> str:
    """Name, formula and numbers."""
    equals = "" if step.formula is None else f" = {formula(step.formula)}"
    head = f"<b>{name_html(step.name)}</b>{equals}"
    if np.ndim(step.value) == 0:
        return f'<div class="t-formula">{head} = {_number(f"{step.value:.4g}")}</div>'
    shape = f'<span class="t-small">&nbsp; {_shape(step.value)}</span>'
    head = f'<div class="t-formula">{head} {shape}</div>'
    M = as_matrix(step.value)
    if not is_large(M, MAX_ENTRIES) and max(M.shape) <= MAX_LENGTH:
        return head + _matrix(M)
    return f"{head}<details><summary>{_summary(M)}</summary>{_matrix(M)}</details>"


def _summary(M: np.ndarray) -> str:
    """A large array in four numbers."""
    with np.errstate(all="ignore"):
        numbers = {"min": M.min(), "mean": M.mean(), "max": M.max(), "norm": np.linalg.norm(M)}
    return " &middot; ".join(f"{name} {_number(f'{x + 0.0:.3g}')}" for name, x in numbers.items())


def _matrix(M: np.ndarray) -> str:
    """A shaded table; of a large array the corners."""
    abridge = is_large(M, MAX_ENTRIES)
    write = number_format(M, PRECISION)
    scale = np.abs(M[np.isfinite(M)]).max(initial=0) or 1
    columns = shown(M.shape[1], abridge)
    lines = []
    for i in shown(M.shape[0], abridge):
        at = [None if i is None or j is None else M[i, j] for j in columns]
        shades = ["" if x is None else _shade(x / scale) for x in at]
        texts = ["&hellip;" if x is None else _number(write(x)) for x in at]
        cells = [f"<td{shade}>{text}</td>" for shade, text in zip(shades, texts, strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table class="t-m"><tbody>{"".join(lines)}</tbody></table>'


def _shade(share: float) -> str:
    """The class for a number between -1 and 1."""
    if not np.isfinite(share) or share == 0:
        return ""
    return f' class="{"p" if share > 0 else "n"}{max(1, round(SHADES * abs(share)))}"'


def _number(text: str) -> str:
    """With a minus sign in place of the hyphen."""
    return text.replace("-", "&minus;")


def _shape(array: Any) -> str:
    """``6 x 3`` with a cross."""
    return "&#8239;&times;&#8239;".join(map(str, array.shape))
