"""The text of a worksheet: what is given, the questions with their boxes, the hints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from ...activations import Identity
from ...formulas.conventions import MeanIn
from ...formulas.html import FormulaHtml, name_html
from ...formulas.layout import Layout
from ...formulas.quantity import Quantity
from .labels import Labels
from .network_picture import network_picture
from .page import asset
from .questions import Exercise, Question

NAMES = re.compile(r"\b(?:dA|dZ|delta|[a-z]?[Wb]|Z|A)\d+(?:_next)?\b")

WHAT = {
    "Z": "the sums of layer {l}, before its activation",
    "A": "the outputs of layer {l}",
    "loss": "the {mean} of the losses of all samples",
    "dA": "{minus}the derivative of {J} by {of}",
    "delta": "{minus}the derivative of {J} by {of}",
    "dW": "{minus}the derivative of <i>J</i> by the weights {of}",
    "db": "{minus}the derivative of <i>J</i> by the biases {of}",
    "W_next": "the weights {of} after one step of {solver}",
    "b_next": "the biases {of} after one step of {solver}",
}
KEPT = "what {solver} keeps for {of}, after this step"
OF_UPDATES = "a number that the update needs"
ZERO = "This is the first step: what {solver} keeps of earlier ones is 0."
MEANS = {
    MeanIn.DELTA: (
        "Every derivative is the exact derivative of <i>J</i>: the 1/<i>m</i> of the mean is in "
        "<i>&delta;</i> already."
    ),
    MeanIn.GRADIENT: (
        "d<i>A</i> and <i>&delta;</i> are derivatives of the sum over the samples; the 1/<i>m</i> "
        "of the mean is in d<i>W</i> and d<i>b</i> alone."
    ),
    MeanIn.NOWHERE: "<i>J</i> is a sum over the samples: there is no 1/<i>m</i> anywhere.",
}
WEIGHTED = "In place of 1/<i>m</i> stands 1 over the sum of the weights of the samples."
DESCENT = "Every derivative has the opposite sign, so that updates are added."
HINTS = {
    "Z": (
        "Each number is a sum of products: the outputs of the layer before, for one sample, times "
        "the weights that lead to one unit."
    ),
    "b": " Then its bias is added.",
    "A": "{f} of each number of {Z}, one at a time.",
    "softmax": "{f} of the numbers of one sample together: they add up to 1.",
    "next": "A step against the gradient: the old numbers minus the learning rate times gradient.",
}


def pretty(text: str) -> str:
    """Plain text as HTML, with the names of quantities as they are written on paper."""
    return NAMES.sub(lambda match: name_html(str(Quantity.of(match[0]))), escape(text))


class Sheet:
    """Writes the body of a worksheet.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        For the names of features and classes.
    exercise : Exercise
    questions : list of Question
    title : str or None
    """

    def __init__(
        self, est: Any, exercise: Exercise, questions: list[Question], title: str | None
    ) -> None:
        self.exercise, self.questions, self.layout = exercise, questions, exercise.layout
        self.architecture = exercise.opened.architecture
        self.labels = Labels.of(est, exercise.opened.architecture.sizes, exercise.layout)
        self.title = self._made_title() if title is None else title
        self.formula_html = FormulaHtml(exercise.layout)

    def _made_title(self) -> str:
        n_inputs, *widths = self.architecture.sizes
        names = [f.name for f in self.architecture.activations]
        layers = [f"{n} {name}" for n, name in zip(widths, names, strict=True)]
        return f"Backpropagation by hand: {' → '.join([str(n_inputs), *layers])}"

    def body(self) -> str:
        """Everything between the tags of the body."""
        return asset("worksheet.html").format(
            title=escape(self.title),
            n_questions=len(self.questions),
            about=self._about(),
            picture=network_picture(self.architecture.sizes, self.labels),
            given="".join(map(self._given, self._given_names())),
            questions="".join(self._question(i, q) for i, q in enumerate(self.questions)),
        )

    # -- what is given ------------------------------------------------------------------------

    def _given_names(self) -> list[str]:
        """The data, and the parameters layer by layer."""
        biases = self.architecture.has_biases
        weights = ["w"] if self.exercise.is_weighted else []
        parameters = [n for l in self.exercise.formulas.layers for n in (f"W{l}", f"b{l}")]
        kept = [] if self._starts_at_zero() else sorted(self._kept_names())
        return ["X", "Y", *weights, *(n for n in parameters if biases or n[0] == "W"), *kept]

    def _kept_names(self) -> set[str]:
        """What the solver keeps for the parameters whose update is asked for."""
        asked = {q.quantity.parameter for q in self.questions if q.quantity.is_step}
        return {f"{k}{p}" for k in self.exercise.opened.step.kept for p in asked}

    def _starts_at_zero(self) -> bool:
        return not any(np.any(self.exercise.true[name]) for name in self._kept_names())

    def _about(self) -> str:
        """How the network computes, and what its loss is."""
        f = self.exercise.formulas
        rows = self.layout is Layout.ROWS
        written = "<i>A</i><sub>prev</sub> <i>W</i>" if rows else "<i>W</i> <i>A</i><sub>prev</sub>"
        bias = " + <i>b</i>" if f.architecture.has_biases else ""
        A0 = f"{name_html('A0')} = <i>X</i>"
        loss = self.formula_html(self.exercise.by_name["loss"].formula)
        lines = [
            f"Samples are {'rows' if rows else 'columns'}: "
            f"<span class='formula'><i>Z</i> = {written}{bias}</span>, and "
            f"<span class='formula'>{A0}</span>.",
            *map(self._activation, f.layers),
            f"The loss is <span class='formula'><i>J</i> = {loss}</span>.",
            MEANS[f.conventions.mean_in],
            *[WEIGHTED] * (f.is_weighted and not f.conventions.is_sum),
            *[DESCENT] * f.conventions.is_descent,
        ]
        numbers = [f"<i>m</i> = {self.exercise.in_rows.m}"]
        t = self.exercise.in_rows
        numbers += [f"{name_html('alpha')} = {number(t.alpha)}"] * bool(t.alpha)
        numbers += [f"l1_ratio = {number(t.l1_ratio)}"] * bool(t.alpha and t.l1_ratio)
        if any(q.quantity.is_step for q in self.questions):
            numbers += [f"{name_html(n)} = {number(x)}" for n, x in t.step.numbers.items()]
        lines.append(f"<span class='formula'>{', '.join(numbers)}</span>.")
        if self._kept_names() and self._starts_at_zero():
            lines.append(ZERO.format(solver=escape(t.step.solver)))
        return "".join(f"<li>{line}</li>" for line in lines)

    def _activation(self, l: int) -> str:
        f, steps = self.architecture.activations[l - 1], self.exercise.by_name
        called = f"{self.exercise.formulas.functions.of_layer(l)}(Z)"
        name = f"{name_html(f'A{l}')} = {escape(f.name)}({name_html(f'Z{l}')})"
        formula = ""
        if called in steps and not isinstance(f, Identity):
            formula = f", {escape(f.name)}(<i>Z</i>) = {self.formula_html(steps[called].formula)}"
        return f"Layer {l}: <span class='formula'>{name}{formula}</span>."

    def _given(self, name: str) -> str:
        """A table of numbers."""
        value = np.asarray(self.exercise.true[name])
        matrix = self.exercise.oriented(name, value)
        cells = [[f"<td class='number'>{number(x)}</td>" for x in row] for row in matrix]
        what = {"X": "inputs", "Y": "targets", "w": "weights of the samples"}.get(name, "")
        caption = f"<span class='formula'>{name_html(name)}</span> <span class='soft'>{what}</span>"
        return f"<figure class='given'>{self._table(name, cells, caption)}</figure>"

    # -- questions ----------------------------------------------------------------------------

    def _question(self, i: int, question: Question) -> str:
        """A card: what is asked, the boxes, the buttons, and room for what the page says."""
        name = question.name
        cells = [
            [self._box(name, i, j, place) for j, place in enumerate(row)]
            for i, row in enumerate(self.labels.places(question.quantity, question.value.shape))
        ]
        return asset("question.html").format(
            i=i,
            number=i + 1,
            name=name_html(name),
            spoken=escape(name),
            what=self._what(question),
            rounding=_rounding(question),
            grid=self._table(name, cells, f"<span class='unseen'>{escape(name)}</span>"),
        )

    def _what(self, question: Question) -> str:
        quantity, conventions = question.quantity, self.exercise.conventions
        of = quantity.differentiated_by if quantity.is_derivative else quantity.parameter
        step = self.exercise.opened.step
        text = KEPT if quantity.kept_as else WHAT.get(quantity.family, OF_UPDATES)
        what = text.format(
            l=quantity.layer,
            solver="gradient descent" if step.is_descent else escape(step.solver),
            of=name_html(str(of)),
            minus="minus " if conventions.is_descent else "",
            mean="sum" if conventions.is_sum else "mean",
            J="the summed loss" if conventions.mean_in is MeanIn.GRADIENT else "<i>J</i>",
        )
        if question.name == "loss" and self.exercise.formulas.penalty_loss is not None:
            what += ", and the penalty"
        return what

    def _box(self, name: str, i: int, j: int, place: str) -> str:
        label = escape(f"{name}{place}", quote=True)
        return (
            f"<td><span class='box'><input type='text' autocomplete='off' autocapitalize='off' "
            f"spellcheck='false' size='8' maxlength='40' data-row='{i}' data-column='{j}' "
            f"aria-label='{label}'><span class='mark' aria-hidden='true'></span></span></td>"
        )

    def _table(self, name: str, cells: Sequence[Sequence[str]], caption: str) -> str:
        """A grid with the names of its rows and columns."""
        rows, columns = self.labels.heads(Quantity.of(name), (len(cells), len(cells[0])))
        head = ""
        if any(columns):
            corner = "<td></td>" if any(rows) else ""
            names = "".join(f"<th scope='col'>{escape(column)}</th>" for column in columns)
            head = f"<thead><tr>{corner}{names}</tr></thead>"
        lines = []
        for row, line in zip(rows, cells, strict=True):
            first = f"<th scope='row'>{escape(row)}</th>" if any(rows) else ""
            lines.append(f"<tr>{first}{''.join(line)}</tr>")
        return (
            f"<table class='grid'><caption>{caption}</caption>{head}"
            f"<tbody>{''.join(lines)}</tbody></table>"
        )

    # -- help ----------------------------------------------------------------------------------

    def hint(self, question: Question) -> str:
        """What to think of, in a sentence or two."""
        quantity = question.quantity
        if quantity.family == "Z":
            return HINTS["Z"] + HINTS["b"] * self.architecture.has_biases
        if quantity.family == "A":
            f = self.architecture.activations[quantity.number - 1]
            text = HINTS["A" if f.elementwise else "softmax"]
            return text.format(f=escape(f.name), Z=name_html(f"Z{quantity.layer}"))
        return pretty(question.steps[-1].why or HINTS["next"])

    def formula(self, question: Question) -> str:
        """The formulas that lead to a quantity, one below the other."""
        equations = [
            f"{self._left(step.name)} = {self.formula_html(step.formula)}"
            for step in question.steps
        ]
        return "".join(f"<div class='formula'>{equation}</div>" for equation in equations)

    def _left(self, name: str) -> str:
        """A quantity, or a function with its argument."""
        if not name.endswith("(Z)"):
            return name_html(name)
        function = name.removesuffix("(Z)")
        prime = "&prime;" if function.startswith("d_") else ""
        return f"{escape(function.removeprefix('d_'))}{prime}(<i>Z</i>)"

    def shown(self, question: Question) -> list[list[str]]:
        """The right numbers as they are printed."""
        return [[number(x, question.decimals) for x in row] for row in question.value]


def _rounding(question: Question) -> str:
    """How exact the answer should be."""
    if question.decimals == 0:
        digits = "Round to whole numbers"
    else:
        digits = f"Round to {question.decimals} decimal{'s' * (question.decimals > 1)}"
    if question.is_exact:
        digits = "Nothing needs to be rounded"
    allowed = f"&plusmn;{number(question.tolerance)} counts as right"
    return f"{digits}<span class='unprinted'>; {allowed}</span>."


def number(x: float, decimals: int | None = None) -> str:
    """A number for the page, with a real minus sign.

    Without zeros at its end if it has no more decimals than these; by default up to 6 digits.
    """
    text = f"{x:.6g}"
    if 1e-9 < abs(x) < 1e-4:
        text = np.format_float_positional(float(text), trim="-")
    if decimals is not None and abs(float(text) - round(x, decimals)) > 1e-12:
        text = f"{x:.{decimals}f}"
    return "0" if float(text) == 0 else text.replace("-", "\N{MINUS SIGN}")
