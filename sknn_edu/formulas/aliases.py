"""Other names of the same thing: ``a_1`` for A1, ``y_hat`` for the output, ``lr``, ``expit``.

A name means something else only where there is no such name, so that ``n`` is m if nothing
is called n. Case and underscores do not count where that is unambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Collection

SYNONYMS = {
    **dict.fromkeys(
        ("n", "batch_size", "n_samples", "num_samples", "nb_samples", "n_examples"), "m"
    ),
    **dict.fromkeys(("num_examples", "m_samples", "batchsize", "N_samples"), "m"),
    **dict.fromkeys(("lr", "eta", "step_size", "learn_rate", "learningrate"), "learning_rate"),
    **dict.fromkeys(
        ("lam", "reg", "lambda_", "lambd", "lmbda", "lamda", "reg_lambda", "l2"), "alpha"
    ),
    **dict.fromkeys(("y_true", "target", "targets", "labels", "t"), "Y"),
    **dict.fromkeys(("x_train", "inputs", "input"), "X"),
    "y_train": "Y",
    "cost": "loss",
}
OUTPUT = {
    "yhat",
    "ypred",
    "yprob",
    "output",
    "outputs",
    "out",
    "predictions",
    "prediction",
    "probs",
}
# At the output of any network, and in the hidden layer of one that has a single one (CS231n).
AT_OUTPUT = {"scores": "Z", "logits": "Z", "dscores": "delta", "dlogits": "delta"}
OF_HIDDEN = {
    **dict.fromkeys(("h", "h1", "hidden", "hiddenlayer", "hiddenoutput"), "A1"),
    **dict.fromkeys(("dh", "dhidden", "dhiddenlayer"), "dA1"),
}
# dJ_dW2, dL/dW2 without the stroke, grad_W2, W2_grad, nabla_W2, and the bare d2 of delta2.
DERIVATIVE = re.compile(
    r"(?: d(?:j|l|c|e|loss|cost) d? (?=[wbza]) | (?:grad|gradient|nabla) d? (?=[wbza]) )"
    r"([wbza]) ([0-9]+)",
    re.VERBOSE,
)
LAST_LAYER = re.compile(r"(w|b|z|a|dw|db|dz|da|delta)l")
ALONE = {name: name for name in ("w", "b", "z", "a", "dw", "db", "dz", "da", "delta")}
ALONE |= {"theta": "w", "dtheta": "dw"}
FUNCTIONS = {
    **dict.fromkeys(("sigmoid", "sigma", "sigm", "expit"), "logistic"),
    **dict.fromkeys(("average", "reduce_mean"), "mean"),
    **dict.fromkeys(("absolute", "fabs", "absolute_value"), "abs"),
    **dict.fromkeys(("fmax",), "maximum"),
    **dict.fromkeys(("fmin",), "minimum"),
    **dict.fromkeys(("amax", "nanmax", "reduce_max"), "max"),
    **dict.fromkeys(("amin", "nanmin", "reduce_min"), "min"),
    **dict.fromkeys(("reduce_sum", "nansum"), "sum"),
    **dict.fromkeys(("lrelu", "leakyrelu"), "leaky_relu"),
    **dict.fromkeys(("swish",), "silu"),
    "ln": "log",
}
PRIME = re.compile(
    r"d_?(\w+?)(?:_?d[xz])?|(\w+?)_?2?_?(?:prime|derivative|deriv|grad|gradient|dx|dz|der)"
)


# Where the targets have one of these names beside y, y is the output, as in Bishop's book.
BESIDE_OUTPUT = {"t", "target", "targets", "labels", "y_true"}
OTHER_OUTPUTS = {"a", "o", "p", "al", "\\hat", "\\tilde"}


def y_as_output(symbols: Collection[str], names: Collection[str]) -> dict[str, str]:
    """The meaning of y in a text with these symbols, if it is the output; else nothing.

    Examples
    --------
    >>> y_as_output(["y", "t"], ["A1", "A2", "Y"]), y_as_output(["y", "t", "A2"], ["A1", "A2", "Y"])
    ({'y': 'A2'}, {})
    """
    output = f"A{_depth(names)}"
    targets = BESIDE_OUTPUT.difference(names).intersection(symbols)
    if "y" not in symbols or not targets or output not in names:
        return {}
    others = OTHER_OUTPUTS | OUTPUT | {bare(output)}
    return {} if others.intersection(map(bare, symbols)) else {"y": output}


def _depth(names: Collection[str]) -> int:
    """The number of the last A, or 0."""
    return max((int(n[1:]) for n in names if re.fullmatch("A[0-9]+", n)), default=0)


def bare(name: str) -> str:
    """Without case and underscores."""
    return name.replace("_", "").lower()


def name_of(name: str, names: Collection[str]) -> str | None:
    """The one of the names that is meant, or None."""
    if name in names:
        return name
    for candidate in _candidates(name, names):
        if candidate in names:
            return candidate
    return None


def name_in_formula(name: str, names: Collection[str]) -> str | None:
    """The same for a formula that stands alone: W of the only layer, h of the one hidden layer."""
    if (found := name_of(name, names)) is not None:
        return found
    plain, last = bare(name), _depth(names)
    meant = f"{AT_OUTPUT[plain]}{last}" if plain in AT_OUTPUT else ""
    if last == 1 and plain in ALONE:
        meant = f"{ALONE[plain]}1"
    elif last == 2 and plain in OF_HIDDEN:
        meant = OF_HIDDEN[plain]
    return next((known for known in names if known.lower() == meant.lower()), None)


def _candidates(name: str, names: Collection[str]) -> list[str]:
    """What a name may stand for, in the order of likelihood."""
    plain = bare(name)
    # W without its layer is not w, the weights of the samples.
    alike = [known for known in names if bare(known) == plain and known != "w"]
    if len(alike) == 1:
        return alike
    exact = name.replace("_", "")
    if exact in alike or alike:
        return [exact]
    found = [SYNONYMS.get(name.lower(), ""), SYNONYMS.get(name, "")]
    last = _depth(names)
    if last and plain in OUTPUT:
        found.append(f"A{last}")
    if last and (match := LAST_LAYER.fullmatch(plain)):
        found += [known for known in names if known.lower() == f"{match[1]}{last}"]
    if match := DERIVATIVE.fullmatch(plain):
        found += [known for known in names if known.lower() == f"d{match[1]}{match[2]}"]
    if match := re.fullmatch("d([0-9]+)", plain):
        found.append(f"delta{match[1]}")
    return found


def function_of(name: str, functions: Collection[str]) -> str:
    """The function that is meant; the name itself if there is none."""
    if name in functions:
        return name
    plain = FUNCTIONS.get(name.lower(), name)
    if plain in functions or plain in ("max", "min"):
        return plain
    lower = name.lower()
    if lower in functions:
        return lower
    if match := PRIME.fullmatch(lower):
        called = match[1] or match[2]
        derivative = f"d_{FUNCTIONS.get(called, called)}"
        if derivative in functions:
            return derivative
    return plain
