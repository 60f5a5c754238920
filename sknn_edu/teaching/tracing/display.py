"""A trace to look at: in one line, as text, as a data frame, as LaTeX, in a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from ...formulas import Latex
from ...formulas.layout import Layout
from .html import trace_html
from .numbers import as_matrix, check_print_options, written
from .steps import Step, steps_of

FORMULA_WIDTH = 48
TITLES = {
    "given": "Given",
    "forward": "Forward",
    "loss": "Loss",
    "backward": "Backward",
    "update": "One step of gradient descent, learning_rate = {learning_rate:g}",
}
SHOWN_SHAPES = ("W", "b", "Z", "mask", "A", "dA", "delta", "dW", "db")


class TraceDisplay:
    """What a `Trace` looks like; the arrays are those of the trace."""

    def __repr__(self: Any) -> str:
        families = [family for family in SHOWN_SHAPES if getattr(self, family)]
        rows = [["layer", *families]]
        for l in range(self.n_layers + 1):
            arrays = [getattr(self, family).get(l) for family in families]
            rows.append([str(l), *("" if a is None else str(a.shape) for a in arrays)])
        return f"{self.headline}\n{aligned(rows)}"

    @property
    def headline(self: Any) -> str:
        """The network, the samples, J and the loss in one line.

        Examples
        --------
        >>> from sknn_edu import BackpropRegressor
        >>> from sknn_edu.teaching import trace
        >>> est = BackpropRegressor(3, weight_init="zeros").initialize([[0], [1]], [0, 1])
        >>> trace(est, [[0], [1]], [0, 1]).headline
        'Trace of 1 -> 3 relu -> 1 identity, 2 samples in rows, J = 0.25, loss SquaredError()'
        """
        samples = "1 sample" if self.m == 1 else f"{self.m} samples"
        return (
            f"Trace of {' -> '.join(self._layers_in_words())}, {samples} in {self.layout}, "
            f"J = {self.loss:.4g}, loss {self.loss_function!r}"
        )

    @property
    def text(self: Any) -> str:
        """What `to_text` gives by default."""
        return self.to_text()

    def to_text(
        self: Any,
        names: Sequence[str] | None = None,
        precision: int = 4,
        max_entries: int | None = 100,
    ) -> str:
        """Every number of the pass in a table, with formulas, in the order of the computation.

        Parameters
        ----------
        names : sequence of str, default=None
            What to show, such as ``["Z1", "dW1"]``; by default all, with the update if a
            learning rate was given to `trace`.
        precision : int, default=4
            Digits of the largest number of each array. The others have as many decimals, so
            that they align.
        max_entries : int or None, default=100
            Of an array with more numbers than that, only the first and the last three
            rows and columns are printed. None prints all.

        Returns
        -------
        text : str

        Examples
        --------
        >>> from sknn_edu import BackpropRegressor
        >>> from sknn_edu.teaching import trace
        >>> X, y = [[1, 2], [0, 1]], [1, 0]
        >>> est = BackpropRegressor((), alpha=0).initialize(X, y)
        >>> est.coefs_[0][:], est.intercepts_[0][:] = [[0.5], [-1]], 0.25
        >>> print(trace(est, X, y).to_text(["Z1", "A1", "delta1", "dW1"]))
        Trace of 2 -> 1 identity, 2 samples in rows, J = 1.406, loss SquaredError()
        <BLANKLINE>
        Forward
          Z1  (2, 1)  A0 @ W1 + b1  -1.250
                                    -0.750
          A1  (2, 1)  identity(Z1)  -1.250
                                    -0.750
        <BLANKLINE>
        Backward
          delta1  (2, 1)  (A1 - Y) / m   -1.125
                                         -0.375
          dW1     (2, 1)  A0.T @ delta1  -1.125
                                         -2.625
        """
        check_print_options(precision, max_entries)
        steps = steps_of(self, names)
        blocks = [self.headline]
        for section in dict.fromkeys(step.section for step in steps):
            title = TITLES[section].format(learning_rate=self.learning_rate)
            rows = [
                row
                for step in steps
                if step.section == section
                for row in _rows_of(step, precision, max_entries)
            ]
            blocks.append(f"{title}\n{textwrap.indent(aligned(rows), '  ')}")
        return "\n\n".join(blocks)

    def to_frame(self: Any) -> Any:
        """All numbers of the pass as a pandas DataFrame, one row for each.

        Returns
        -------
        frame : DataFrame
            With the columns ``name`` (``"dW1"``), ``quantity`` (``"dW"``), ``layer`` (1),
            ``row``, ``column``, ``value``, in the order of the computation. ``row`` and
            ``column`` are indices of the array, from 0; a vector is one row, a number such as
            the loss has neither row, column nor layer.

        Raises
        ------
        ImportError
            If pandas is not installed.

        Examples
        --------
        >>> from sknn_edu import BackpropRegressor
        >>> from sknn_edu.teaching import trace
        >>> est = BackpropRegressor(3, weight_init="zeros").initialize([[0], [1]], [0, 1])
        >>> frame = trace(est, [[0], [1]], [0, 1]).to_frame()
        >>> frame.query("name == 'dW2'").pivot(index="row", columns="column", values="value")
        column    0
        row
        0       0.0
        1       0.0
        2       0.0
        """
        try:
            import pandas as pd  # type: ignore[import-untyped]
        except ImportError:
            raise ImportError("Trace.to_frame needs pandas: pip install pandas") from None
        frames = []
        for step in steps_of(self):
            M = as_matrix(step.value)
            row, column = np.indices(M.shape)
            is_number = np.ndim(step.value) == 0
            columns = {
                "name": step.name,
                "quantity": step.quantity,
                "layer": pd.array([step.layer] * M.size, dtype="Int64"),
                "row": pd.array([None] if is_number else row.ravel(), dtype="Int64"),
                "column": pd.array([None] if is_number else column.ravel(), dtype="Int64"),
                "value": M.ravel().astype(float),
            }
            frames.append(pd.DataFrame(columns))
        return pd.concat(frames, ignore_index=True)

    def to_latex(
        self: Any,
        names: Sequence[str] | None = None,
        precision: int = 4,
        max_entries: int | None = 100,
    ) -> str:
        r"""The matrices and their formulas as aligned equations.

        Parameters
        ----------
        names, precision, max_entries
            As in `to_text`.

        Returns
        -------
        latex : str
            An ``aligned`` environment, to be put between dollars; needs amsmath. KaTeX and
            MathJax understand it too.

        Examples
        --------
        >>> from sknn_edu import BackpropRegressor
        >>> from sknn_edu.teaching import trace
        >>> est = BackpropRegressor(3, weight_init="zeros").initialize([[0], [1]], [0, 1])
        >>> print(trace(est, [[0], [1]], [0, 1]).to_latex(["A2", "delta2"]))
        \begin{aligned}
        A^{[2]} &= \mathrm{identity}\left(Z^{[2]}\right) = \begin{pmatrix} 0 \\ 0 \end{pmatrix} \\
        \delta^{[2]} &= \frac{A^{[2]} - Y}{m} = \begin{pmatrix} 0 \\ -0.5000 \end{pmatrix}
        \end{aligned}
        """
        check_print_options(precision, max_entries)
        latex = Latex(Layout.of(self.layout))
        equations = []
        for step in steps_of(self, names):
            formula = [] if step.formula is None else [latex(step.formula)]
            value = latex_matrix(step.value, precision, max_entries)
            equations.append(f"{latex_name(latex, step)} &= {' = '.join([*formula, value])}")
        return "\\begin{aligned}\n" + " \\\\\n".join(equations) + "\n\\end{aligned}"

    def _repr_html_(self: Any) -> str:
        """What a notebook shows."""
        return trace_html(self)

    def _layers_in_words(self: Any) -> list[str]:
        """``["3", "4 tanh", "2 softmax"]``."""
        units = 1 if self.layout == Layout.ROWS else 0
        layers = enumerate(self.activations, start=1)
        return [
            str(self.X.shape[units]),
            *(f"{self.Z[l].shape[units]} {f.name}" for l, f in layers),
        ]


def aligned(rows: list[list[str]]) -> str:
    """A table, each column as wide as it must be."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _rows_of(step: Step, precision: int, max_entries: int | None) -> list[list[str]]:
    """Name, shape, formula and numbers side by side, on as many lines as it takes."""
    shape = str(step.value.shape) if np.ndim(step.value) else ""
    formula = "" if step.formula is None else str(step.formula)
    lines = zip_longest(
        [step.name],
        [shape],
        textwrap.wrap(formula, FORMULA_WIDTH, break_long_words=False),
        _grid(step.value, precision, max_entries),
        fillvalue="",
    )
    return [list(cells) for cells in lines]


def _grid(value: Any, precision: int, max_entries: int | None) -> list[str]:
    """The lines of a matrix, numbers right-aligned."""
    rows = [
        ["..." if cell is None else cell for cell in row]
        for row in written(value, precision, max_entries)
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    ]


def latex_matrix(value: Any, precision: int, max_entries: int | None) -> str:
    """A pmatrix, or the number alone."""
    rows = written(value, precision, max_entries, _latex_number)
    if np.ndim(value) == 0:
        return str(rows[0][0])
    gaps = [j for j, cells in enumerate(zip(*rows, strict=True)) if set(cells) == {None}]
    lines = []
    for row in rows:
        is_gap = all(cell is None for cell in row)
        gap_in_row = r"\vdots" if is_gap else r"\cdots"
        cells = [
            (r"\ddots" if is_gap and j in gaps else gap_in_row) if cell is None else cell
            for j, cell in enumerate(row)
        ]
        lines.append(" & ".join(cells))
    return r"\begin{pmatrix} " + r" \\ ".join(lines) + r" \end{pmatrix}"


def latex_name(latex: Latex, step: Step) -> str:
    """The name of a quantity, after the update too."""
    name = latex.name(step.name)
    return rf"{name}_{{\mathrm{{next}}}}" if step.quantity.endswith("_next") else name


def _latex_number(text: str) -> str:
    """A number as LaTeX writes it."""
    if "e" in text:
        digits, exponent = text.split("e")
        return rf"{digits} \cdot 10^{{{int(exponent)}}}"
    return text.replace("inf", r"\infty").replace("nan", r"\mathrm{nan}")
