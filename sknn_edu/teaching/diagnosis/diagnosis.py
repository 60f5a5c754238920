"""`diagnose`: all checks, one after the other, and what they found."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, replace
from itertools import groupby
from typing import Any

from ...estimators.inspection import overflow_is_expected
from .case import Case
from .check import NOTE, SEVERITIES, Check, Finding

WIDTH = 88


class Diagnosis:
    """What `diagnose` found; iterate over it for the findings.

    Attributes
    ----------
    findings : tuple of Finding
        The worst first; causes before what follows from them.
    codes : tuple of str
        The codes of the findings, each once.
    healthy : bool
        Whether no finding is a problem or a warning.
    text : str
        The report.
    table : list of dict
        A row for each finding: code, severity, layer, message, remedy, and the evidence.
    """

    def __init__(self, findings: tuple[Finding, ...], network: str) -> None:
        self.findings = findings
        self._network = network

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, code: str) -> Finding:
        """The first finding with that code."""
        for finding in self:
            if finding.code == code:
                return finding
        raise KeyError(f"No finding {code!r}. There are: {', '.join(self.codes) or 'none'}.")

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings, each once."""
        return tuple(dict.fromkeys(finding.code for finding in self))

    @property
    def healthy(self) -> bool:
        """Whether no finding is a problem or a warning."""
        return all(finding.severity == NOTE for finding in self)

    @property
    def table(self) -> list[dict[str, Any]]:
        """A row for each finding."""
        return [asdict(finding) for finding in self]

    def to_dict(self) -> dict[str, Any]:
        """All of it in plain types, as JSON has them (infinity and NaN become None)."""
        findings = [_plain(row) for row in self.table]
        found = {"codes": list(self.codes), "findings": findings}
        return {"network": self._network, "healthy": self.healthy, **found}

    @property
    def summary(self) -> str:
        """One line: how many findings of which severity."""
        counts = {s: sum(f.severity == s for f in self) for s in SEVERITIES}
        if self.healthy:
            return "No problems found."
        return ", ".join(f"{n} {s}{'s' * (n > 1)}" for s, n in counts.items() if n) + "."

    @property
    def text(self) -> str:
        """The report."""
        lines = [self._network, self.summary]
        for finding in self:
            lines += ["", _heading(finding), *_indented(finding.message)]
            if finding.remedy:
                lines += _indented(finding.remedy, "-> ")
            if finding.explains:
                lines += _indented(f"This explains as well: {', '.join(finding.explains)}.")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        """A table for notebooks."""
        head = "".join(f"<th>{name}</th>" for name in ("", "finding", "what", "what to do"))
        rows = "".join(
            f"<tr><td>{f.severity}</td><td><code>{html.escape(_where(f))}</code></td>"
            f'<td style="text-align:left">{html.escape(f.message)}</td>'
            f'<td style="text-align:left">{html.escape(f.remedy)}</td></tr>'
            for f in self
        )
        title = f"<p><code>{html.escape(self._network)}</code><br><b>{self.summary}</b></p>"
        return f"{title}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def diagnose(
    est: Any, X: Any, y: Any, sample_weight: Any = None, *, X_val: Any = None, y_val: Any = None
) -> Diagnosis:
    """Examine a network for faults, before, during or after training.

    One forward and one backward pass over the data given, and the course of training that
    the estimator has recorded. Memory is needed for Z, A and their gradients on all rows of X
    at once; a sample of some thousand rows does for large data.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        Fitted or initialised; it stays as it is.
    X : {array-like, sparse matrix} of shape (n_samples, n_features)
        The data that the network is trained on, as it sees them (scaled, if they are).
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
    sample_weight : array-like of shape (n_samples,), default=None
    X_val, y_val : array-like, default=None
        Data that it is not trained on, both or neither: they show overfitting.

    Returns
    -------
    Diagnosis
        Findings, each with a code, a sentence, its numbers and a remedy. Where one fault
        follows from another, the cause is reported, and names the other.

    Raises
    ------
    NotFittedError
        If ``est`` has neither been fitted nor initialised.
    ValueError
        If the data do not fit the network.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.preprocessing import scale
    >>> from sknn_edu import BackpropClassifier
    >>> from sknn_edu.teaching.diagnosis import diagnose
    >>> X, y = load_iris(return_X_y=True)
    >>> X = scale(X)
    >>> est = BackpropClassifier(8, "tanh", solver="lbfgs", alpha=0.1, random_state=0).fit(X, y)
    >>> diagnose(est, X, y).healthy
    True
    >>> est = BackpropClassifier(8, weight_init="zeros").initialize(X, y)
    >>> diagnosis = diagnose(est, X, y)
    >>> diagnosis.codes
    ('zero_weights', 'stopped')
    >>> print(diagnosis["zero_weights"].message)
    The weights of layer 1 are all zero. Whatever the input is, its units give the same, and
    no gradient passes through to the layers below.
    """
    if (X_val is None) != (y_val is None):
        given, missing = ("X_val", "y_val") if y_val is None else ("y_val", "X_val")
        raise ValueError(f"{given} is given without {missing}: pass both, or neither.")
    with overflow_is_expected():
        case = Case(est, X, y, sample_weight, X_val, y_val)
        checks = [check for check in Check.all() if case.is_finite or not check.reads_numbers]
        findings = [found for check in checks for found in _one_for_all_layers(check.look(case))]
    return Diagnosis(_causes_first(findings), _described(case))


def _one_for_all_layers(findings: Iterator[Finding]) -> list[Finding]:
    """Findings of one check: those of one severity are told by the first layer that has it."""
    told: dict[str, Finding] = {}
    for finding in findings:
        first = told.setdefault(finding.severity, finding)
        if first is not finding:
            told[finding.severity] = replace(first, layers=first.layers + finding.layers)
    return [_with_other_layers(finding) for finding in told.values()]


def _with_other_layers(finding: Finding) -> Finding:
    """The finding, whose message mentions its other layers."""
    others = finding.layers[1:]
    if not others:
        return finding
    also = f"The same goes for layer{'s' * (len(others) > 1)} {', '.join(map(str, others))}."
    return replace(finding, message=f"{finding.message} {also}")


def _causes_first(findings: list[Finding]) -> tuple[Finding, ...]:
    """The worst first; what follows from another finding only named there."""
    grave = {finding.code for finding in findings if finding.severity != NOTE}
    checks = [check for check in Check.all() if check.code in grave]
    follows = {check.code: grave & set(check.explains) for check in checks}
    explained = set().union(*follows.values())
    kept = [finding for finding in findings if finding.code not in explained]
    kept = [replace(f, explains=tuple(sorted(follows.get(f.code, ())))) for f in kept]
    return tuple(sorted(kept, key=lambda finding: SEVERITIES.index(finding.severity)))


def _described(case: Case) -> str:
    """The network in a line: 4-8-8-3 (2 tanh, softmax; LogLoss()) on 150 samples."""
    sizes = "-".join(map(str, case.objective.network.theta.sizes))
    groups = groupby(f.name for f in case.objective.network.architecture.activations)
    counted = ((name, len(list(layers))) for name, layers in groups)
    names = ", ".join(name if n == 1 else f"{n} {name}" for name, n in counted)
    return f"Network {sizes} ({names}; {case.objective.loss!r}) on {case.samples.n} samples"


def _where(finding: Finding) -> str:
    """The code, and the layer if there is one."""
    return finding.code if finding.layer is None else f"{finding.code}, layer {finding.layer}"


def _heading(finding: Finding) -> str:
    return f"[{finding.severity}] {_where(finding)}"


def _indented(text: str, mark: str = "") -> list[str]:
    """Lines of a paragraph below a heading."""
    first, other = "    " + mark, "    " + " " * len(mark)
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=other)


def _plain(value: Any) -> Any:
    """Tuples as lists, and numbers that JSON does not know as None."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not abs(value) < float("inf") else value
