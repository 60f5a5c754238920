"""Small networks that learners' answers are about, and the conventions of these answers.

A network is a dict of what its TOML description needs: units, activation, kind of targets, loss and
activation of the output; numbers of inputs and of samples; "more" settings, such as a solver. The
answers are rebuilt after public questions, bug reports, course notes, homework and blogs: what is
computed is theirs, the words and the code are ours. What is expected of an answer is "" if it is
right, else the codes that name the mistake; alternatives are parted by |.
"""

import json
from dataclasses import dataclass, field
from textwrap import dedent

import numpy as np

LOGIT1 = {"n": [4], "act": "logistic", "kind": "bin"}
TANH1 = {"n": [4], "act": "tanh", "kind": "bin"}
SOFT = {"n": [4], "act": "relu", "kind": "multi"}
SOFT_SIG = {"n": [4], "act": "logistic", "kind": "multi"}
SOFT_TANH = {"n": [4], "act": "tanh", "kind": "multi"}
SQ = {"n": [4], "act": "logistic", "kind": "bin", "loss": "squared_error", "out": "logistic"}
SQ_NOB = dict(SQ, bias=False)
SQ3 = {"n": [5, 4], "act": "logistic", "kind": "reg3", "loss": "squared_error", "out": "logistic"}
SQK = {"n": [4], "act": "logistic", "kind": "reg3", "loss": "squared_error", "out": "logistic"}
SQK_NOB = dict(SQK, bias=False)
REG = {"n": [4], "act": "relu", "kind": "reg1", "loss": "2 * squared_error"}
BIN3 = {"n": [5, 4], "act": "logistic", "kind": "bin"}
RELU3 = {"n": [5, 4], "act": "relu", "kind": "bin"}
MULTI_SIG = {"n": [4], "act": "logistic", "kind": "multi", "out": "logistic"}
NG = {"layout": "columns", "mean_in": "dW"}
CS = {"layout": "rows"}
COLSUM = {"layout": "columns", "mean_in": "nowhere"}
ROWSUM = {"layout": "rows", "mean_in": "nowhere"}
ROWUP = {"layout": "rows", "mean_in": "nowhere", "sign": "descent"}
COLUP = {"layout": "columns", "mean_in": "nowhere", "sign": "descent"}
OK = ""


@dataclass(frozen=True)
class Case:
    """What one person wrote about one network, and what is right of it."""

    source: str
    network: dict
    conventions: dict
    text: object
    expected: dict
    notation: dict = field(default_factory=dict)


def code(text):
    """Code without the indentation that it has in the file of cases."""
    return dedent(text)


_rng = np.random.default_rng(3)
X = np.round(_rng.normal(size=(7, 3)), 2).tolist()
Y = {
    "bin": [0, 1, 1, 0, 1, 0, 1],
    "multi": [0, 1, 2, 0, 1, 2, 1],
    "reg1": np.round(_rng.normal(size=7), 2).tolist(),
    "reg3": np.round(_rng.uniform(0.1, 0.9, size=(7, 3)), 2).tolist(),
}


def description(case, answers=()):
    """The TOML file for a case; ``answers`` are formulas by question."""
    net, kind = case.network, case.network["kind"]
    settings = {
        "type": "regressor" if kind.startswith("reg") else "classifier",
        "hidden_layer_sizes": net["n"],
        "activation": net["act"],
        "alpha": net.get("alpha", 0),
        "random_state": 0,
        "learning_rate_init": 0.1,
        "fit_intercept": net.get("bias", True),
    }
    settings |= {"loss": net["loss"]} if "loss" in net else {}
    settings |= {"output_activation": net["out"]} if "out" in net else {}
    settings |= net.get("more", {})
    samples = slice(net.get("m"))
    inputs = [row[: net.get("inputs")] for row in X[samples]]
    tables = {"network": settings, "data": {"X": inputs, "y": Y[kind][samples]}}
    tables |= {"notation": case.notation} if case.notation else {}
    tables |= {"answers": dict(answers)} if answers else {}
    lines = [f"{name} = {json.dumps(value)}" for name, value in case.conventions.items()]
    for title, table in tables.items():
        lines.append(f"[{title}]")
        lines += [f"{json.dumps(name)} = {json.dumps(value)}" for name, value in table.items()]
    return "\n".join(lines)
