"""From a file to a marking."""

from __future__ import annotations

import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ...estimators.inspection import overflow_is_expected
from ...estimators.parameters import hidden_sizes
from ...formulas.layout import Layout
from ..marking.check import UNKNOWN, MarkedAnswer, Marking, check_derivation
from .data import EXAMPLE as DATA_EXAMPLE
from .data import Data, labels_of, read_data
from .network import EXAMPLE as NETWORK_EXAMPLE
from .network import build_network, name_labels
from .table import Table, read_toml, short
from .weights import set_weights

KEYS = ["layout", "rtol", "network", "data", "weights", "answers"]
MAX_NUMBERS = 10**7  # weights, or outputs of all units for all samples
DEFAULT_RTOL = 1e-3


class Task(NamedTuple):
    """What there is to be answered."""

    est: Any
    data: Data
    layout: Layout
    rtol: float


def check_file(
    path: str | Path,
    *,
    task: str | Path | None = None,
    rtol: float | None = None,
    reveal: bool = False,
) -> Marking:
    """Mark the answers in a TOML file.

    Parameters
    ----------
    path : str or Path
        The file: the tables [network], [data], [answers] and perhaps [weights]; ``layout``
        and ``rtol`` above them. What is in them is described in ``docs/grading.md``.
    task : str or Path, default=None
        Another file of that kind. Network, data, weights, layout and rtol are taken from it,
        and its [answers] say which answers are asked for; of the file at ``path`` only the
        [answers] are read. A missing answer is wrong.
    rtol : float, default=None
        In place of the one in the file; see `check_derivation`.
    reveal : bool, default=False
        Whether messages end with the right formula.

    Returns
    -------
    Marking
        A formula that cannot be read is a wrong answer.

    Raises
    ------
    AnswerFileError
        If a file cannot be used. The message names file, table and key, and says what to
        write instead.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sknn_edu.teaching.grading import check_file
    >>> text = '''
    ... [network]
    ... type = "regressor"
    ... hidden_layer_sizes = [2]
    ... activation = "tanh"
    ... alpha = 0
    ... random_state = 0
    ... [data]
    ... X = [[1.0, 2.0], [0.0, 1.0], [1.0, 0.0]]
    ... y = [1.0, 0.0, 2.0]
    ... [answers]
    ... delta2 = "(A2 - Y) / m"
    ... dW2 = "A1.T @ (A2 - Y)"
    ... '''
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "answers.toml")
    ...     _ = path.write_text(text)
    ...     marking = check_file(path)
    >>> marking.score, marking["dW2"].mistakes
    (0.5, ('missing_mean',))
    """
    if rtol is not None and not 0 < rtol < 1:
        raise ValueError(f"rtol must lie between 0 and 1, got {rtol!r}; 1e-3 is 4 digits.")
    submitted = read_toml(path)
    submitted.check_keys(KEYS, " Answers stand below a line [answers].")
    asked = submitted
    if task is not None:
        asked = read_toml(task)
        asked.check_keys(KEYS, " Answers stand below a line [answers].")
    questions, answers = _answers(asked), _answers(submitted)
    if not questions:
        questions.refuse('there is no answer in it. Write, for instance, dW2 = "A1.T @ delta2".')
    answers.check_keys(list(questions))
    with overflow_is_expected(), warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # they are about how training would go
        known = _task(asked, Path(task or path).parent, rtol)
    marked = dict(_marked(known, answers, reveal)) if answers else {}
    for name in questions.keys() - marked.keys():
        marked[name] = MarkedAnswer(name, False, (UNKNOWN,), (), "There is no answer.", np.inf)
    return Marking([marked[name] for name in questions])


def _task(document: Table, folder: Path, rtol: float | None) -> Task:
    """Everything but the answers."""
    try:
        layout = Layout.of(document.get("layout", "rows"))
    except ValueError as error:
        document.refuse(error, "layout")
    if rtol is None:
        rtol = document.get("rtol", DEFAULT_RTOL)
        if not isinstance(rtol, float) or not 0 < rtol < 1:
            reason = f"it must lie between 0 and 1, got {short(rtol)}; rtol = 1e-3 is 4 digits."
            document.refuse(reason, "rtol")
    network = document.table("network", NETWORK_EXAMPLE)
    est = build_network(network)
    labels = network["type"] == "classifier"
    data = read_data(document.table("data", DATA_EXAMPLE), folder, labels)
    _check_size(document, est, data, labels)
    if labels:
        name_labels(network, est, labels_of(data))
    if "weights" not in document and est.random_state is None:
        network.refuse(
            "it is missing. Write, for instance, random_state = 0, so that the weights are the "
            "same each time; or write the weights themselves in a table [weights].",
            "random_state",
        )
    try:
        est.initialize(data.X, data.y, data.classes)
    except ValueError as error:
        document.refuse(f"[network] with [data]: {error}")
    if "weights" in document:
        set_weights(document.table("weights", ""), est, layout)
    _check_finite(document, est, data)
    return Task(est, data, layout, rtol)


def _check_size(document: Table, est: Any, data: Data, labels: bool) -> None:
    """Refuse a network that would take all memory."""
    n_outputs = len(labels_of(data)) if labels else 1
    if data.y.ndim == 2:
        n_outputs = data.y.shape[1]
    sizes = [data.X.shape[1], *hidden_sizes(est.get_params(deep=False)), n_outputs]
    weights = sum(n_in * n_out for n_in, n_out in pairwise(sizes))
    if max(weights, len(data.X) * sum(sizes)) > MAX_NUMBERS:
        document.refuse(
            f"layers of {', '.join(map(str, sizes))} units on {len(data.X)} samples are too many "
            f"to be marked: at most {MAX_NUMBERS} weights, and as many outputs of units.",
            "[network] hidden_layer_sizes",
        )


def _check_finite(document: Table, est: Any, data: Data) -> None:
    """Refuse numbers that overflow: nothing could be compared with them."""
    try:
        J, dW, db = est.objective_and_gradient(data.X, data.y, data.sample_weight)
    except ValueError as error:
        document.refuse(f"[network] with [data]: {error}")
    if not all(np.isfinite(value).all() for value in (J, *dW, *db)):
        reason = "the loss or its gradient is infinite or not a number. Use smaller numbers."
        document.refuse(f"[network] with [data]: {reason}")


def _answers(document: Table) -> Table:
    return document.table("answers", '[answers]\n    dW2 = "A1.T @ delta2"')


def _marked(task: Task, answers: Table, reveal: bool) -> Marking:
    """The answers that were given, marked."""
    est, (X, y, sample_weight, _), layout, rtol = task
    options: dict[str, Any] = {"sample_weight": sample_weight, "rtol": rtol, "reveal": reveal}
    try:
        return check_derivation(est, X, y, dict(answers), layout, on_error="mark", **options)
    except ValueError as error:
        answers.refuse(error)
