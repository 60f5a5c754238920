"""A trace: its numbers, and how they are printed: text, data frame, LaTeX, in a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from ...formulas import Latex
from ...formulas.layout import Layout
from .arrays import TraceArrays
from .html import trace_html
from .numbers import aligned, as_matrix, check_print_options, latex_matrix, right_aligned
from .steps import Step, steps_of

FORMULA_WIDTH = 48
TITLES = {section: section.capitalize() for section in ("given", "forward", "loss", "backward")}
SHOWN_SHAPES = ("W", "b", "Z", "mask", "A", "dA", "delta", "dW", "db")


class Trace(TraceArrays):
    """All numbers of one forward and one backward pass; made by `trace`.

    Layers are numbered as on paper: ``A[0]`` is the input, ``W[1], b[1], Z[1], A[1]`` the
    first layer, and ``A[L]`` the output. Each attribute below that is a dict has the layer
    as its key; ``t["dW2"]`` is ``t.dW[2]``. With n_l units in layer l and m samples, the
    shapes in the layouts ``"rows"`` and ``"columns"`` are

    =======================  =========================  =========================
    attribute                rows                       columns
    =======================  =========================  =========================
    ``W, dW, W_next``        (n_(l-1), n_l)             (n_l, n_(l-1))
    ``b, db, b_next``        (n_l,)                     (n_l, 1)
    ``Z, A, dA, delta``      (m, n_l)                   (n_l, m)
    ``mask``                 (m, n_l)                   (n_l, m)
    ``X``, ``Y``             (m, n_0), (m, n_L)         (n_0, m), (n_L, m)
    ``w``                    (m, 1)                     (1, m)
    =======================  =========================  =========================

    Attributes
    ----------
    W, b : dict of ndarray
        Weights and biases. A network without biases has empty ``b`` and ``db``.
    Z, A : dict of ndarray
        Sums and outputs of each layer; ``A[0]`` is X. Under dropout A is what the next
        layer sees, ``mask * f(Z)``.
    mask : dict of ndarray
        Dropout of each hidden layer that has it: 0, or 1 / (1 - rate). ``t["D1"]`` too.
    dA, delta, dW, db : dict of ndarray
        Exact derivatives of J: the 1/m of the mean is in all of them. ``delta`` is dJ/dZ,
        also called ``t["dZ2"]``; ``dA[0]`` is dJ/dX. ``dW`` has the penalty's part in it.
        With other conventions (``mean_in``, ``sign``) they are what is called so there.
    W_next, b_next : dict of ndarray
        After the next step of the solver.
    updated : dict of str to ndarray or float
        Everything that belongs to that step, by name: ``"W1_next"``; settings of the solver such as
        ``"momentum"``; what it keeps, such as the velocity ``"vW1"``, and what that becomes,
        ``"vW1_next"``; which step it is, ``"t"``, from 1 on. ``t["vW1"]`` too.
    X, Y : ndarray
        Input and target, coded as the network sees them (one-hot where it is).
    w : ndarray
        Weights of the samples, class weights included; ones where there are none.
    m : int
        Number of samples.
    loss : float
        J, penalty included.
    penalty : float
        The penalty's part of J.
    alpha, l1_ratio, learning_rate : float
        Strength and mix of the penalty; the present step length of the solver.
    layout : {"rows", "columns"}
    mean_in : {"delta", "dW", "nowhere"}
        Where the 1/m of the mean stands.
    sign : {"gradient", "descent"}
        Whether derivatives have the opposite sign.
    conventions : Conventions
        The three together.
    architecture : Architecture
        What the network is made of.
    step : NextStep
        How the weights will be updated, as the solver states it.
    n_layers : int
        L, the number of layers with weights.
    activations : list of Activation
        f_1, ..., f_L.
    loss_function : Loss
        The loss of one sample, in the form that it takes with this output activation.
    has_biases, is_weighted : bool
        Whether the network has biases, and whether samples have weights.
    shows_update : bool
        Whether the update is shown, as it is when `trace` was given a learning rate.
    """

    def __repr__(self) -> str:
        families = [family for family in SHOWN_SHAPES if getattr(self, family)]
        rows = [["layer", *families]]
        for l in range(self.n_layers + 1):
            arrays = [getattr(self, family).get(l) for family in families]
            rows.append([str(l), *("" if a is None else str(a.shape) for a in arrays)])
        return f"{self.headline}\n{aligned(rows)}"

    @property
    def text(self) -> str:
        """What `to_text` gives by default."""
        return self.to_text()

    def to_text(
        self, names: Sequence[str] | None = None, precision: int = 4, max_entries: int | None = 100
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
            title = title_of_update(self) if section == "update" else TITLES[section]
            of_section = [step for step in steps if step.section == section]
            rows = [row for step in of_section for row in _rows_of(step, precision, max_entries)]
            blocks.append(f"{title}\n{textwrap.indent(aligned(rows), '  ')}")
        return "\n\n".join(blocks)

    def to_frame(self) -> Any:
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
            import pandas as pd
        except ImportError:
            raise ImportError("Trace.to_frame needs pandas: pip install pandas") from None
        frames = []
        for step in steps_of(self):
            M = as_matrix(step.value)
            row, column = np.indices(M.shape)
            is_number = np.ndim(step.value) == 0
            columns = {
                "name": step.name,
                "quantity": step.quantity.family,
                "layer": pd.array([step.quantity.layer] * M.size, dtype="Int64"),
                "row": pd.array([None] if is_number else row.ravel(), dtype="Int64"),
                "column": pd.array([None] if is_number else column.ravel(), dtype="Int64"),
                "value": M.ravel().astype(float),
            }
            frames.append(pd.DataFrame(columns))
        return pd.concat(frames, ignore_index=True)

    def to_latex(
        self, names: Sequence[str] | None = None, precision: int = 4, max_entries: int | None = 100
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

    def _repr_html_(self) -> str:
        """What a notebook shows."""
        return trace_html(self)


def _rows_of(step: Step, precision: int, max_entries: int | None) -> list[list[str]]:
    """Name, shape, formula and numbers side by side, on as many lines as it takes."""
    shape = str(step.value.shape) if np.ndim(step.value) else ""
    formula = "" if step.formula is None else str(step.formula)
    formulas = textwrap.wrap(formula, FORMULA_WIDTH, break_long_words=False)
    numbers = right_aligned(step.value, precision, max_entries)
    lines = zip_longest([step.name], [shape], formulas, numbers, fillvalue="")
    return [list(cells) for cells in lines]


def title_of_update(t: TraceArrays) -> str:
    """The solver, its settings, and why the step may not be its own."""
    solver = "gradient descent" if t.step.is_descent else t.step.solver
    numbers = ", ".join(f"{name} = {number:g}" for name, number in t.step.numbers.items())
    title = f"One step of {solver}, {numbers}"
    return f"{title}\n{t.step.unstated}" if t.step.unstated else title


def latex_name(latex: Latex, step: Step) -> str:
    """The name of a quantity, after the update too."""
    name = latex.name(step.name)
    is_parameter = step.quantity.is_step and not step.quantity.kept_as
    return rf"{name}_{{\mathrm{{next}}}}" if is_parameter else name
