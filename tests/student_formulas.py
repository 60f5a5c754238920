"""The same derivations as text, right and with a mistake, in the layout of the network.

Python evaluates a formula with NumPy's own functions (`Writer.numbers`), to tell whether
the mistake changes anything; the library reads it with a parser of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from reference_derivations import DERIVATIVE, FORWARD, Network, softmax
from student_mistakes import is_same

MOST_CHARACTERS = 1500  # the language has a limit; so has patience

SLOPES = {
    "squared_error": "(A - Y)",
    "yes_or_no": "(A - Y) / (A * (1 - A))",
    "log_loss": "(-Y / A)",
    "poisson": "(1 - Y / A)",
}


class Writer:
    """Writes the formulas of a network; names in them mean the right values."""

    def __init__(self, net: Network) -> None:
        self.net = net
        self.rows = net.setting.layout == "rows"
        weighted = net.setting.weighted
        self.mean = " * w / sum(w)" if weighted else " / m"
        self.unmeant = " * w" if weighted else ""  # the mean forgotten
        self.total = "sum(w)" if weighted else "m"

    # -- the pieces that depend on the layout -------------------------------------------------

    def A(self, l):
        return f"A{l}" if l else "X"

    def dW(self, A, D):
        return f"{A}.T @ {D}" if self.rows else f"{D} @ {A}.T"

    def dA(self, D, W, turned=".T"):
        return f"{D} @ {W}{turned}" if self.rows else f"{W}{turned} @ {D}"

    def over_samples(self, D, function="sum"):
        return (
            f"{function}({D}, axis=0)" if self.rows else f"{function}({D}, axis=1, keepdims=True)"
        )

    def over_units(self, P):
        return f"sum({P}, axis={int(self.rows)}, keepdims=True)"

    def back(self, l, dA, A=None):
        """A slope at A_l, taken to Z_l."""
        f, A = self.net.f[l], A or f"A{l}"
        if f == "softmax":
            return f"{A} * ({dA} - {self.over_units(f'{dA} * {A}')})"
        return f"{dA} * d_{f}(Z{l})"

    # -- whole formulas -------------------------------------------------------------------------

    def after(self, quantity: str, line: str, wrong: str) -> str | None:
        """A quantity as it comes out if ``line`` is ``wrong``; None if it takes no part in it."""
        if quantity == line:
            return wrong
        kind, l = quantity.rstrip("0123456789"), int(quantity.lstrip("abdeltWA"))
        if kind in ("dW", "db", "dA"):
            source = f"delta{l + (kind == 'dA')}"
        else:
            source = f"dA{l}"
        if line.startswith(("dW", "db")) or int(source.lstrip("abdeltWA")) > self.net.L:
            return None
        inner = self.after(source, line, wrong)
        if inner is None:
            return None
        inner = f"({inner})"
        if kind == "dW":
            return self.dW(self.A(l - 1), inner) + self.penalty(l)
        if kind == "db":
            return self.over_samples(inner)
        if kind == "dA":
            return self.dA(inner, f"W{l + 1}")
        return self.back(l, inner)

    def penalty(self, l):
        s = self.net.setting
        share = "alpha" if not s.l1_ratio else "(1 - l1_ratio) * alpha"
        return f" + {share} * W{l} / {self.total}" if s.alpha else ""

    def numbers(self, text: str) -> np.ndarray:
        """What Python and NumPy make of a formula, in the layout."""
        net = self.net
        put = net.in_layout
        on_rows = (lambda f: f) if self.rows else (lambda f: lambda P: f(P.T).T)
        names = {"m": net.m, "w": put(net.w[:, None]), "X": put(net.X), "Y": put(net.Y)}
        names |= {"alpha": net.setting.alpha, "l1_ratio": net.setting.l1_ratio}
        names |= {"learning_rate": net.setting.learning_rate}
        names |= {f"{kind}{l}": put(P) for kind in "ZAWb" for l, P in getattr(net, kind).items()}
        names |= {name: put(P) for name, P in net.truth.items()}
        names |= {f"d_{name}": on_rows(f) for name, f in DERIVATIVE.items()}
        names |= {name: on_rows(f) for name, f in FORWARD.items()}
        names |= {
            "d_softmax": on_rows(lambda Z: softmax(Z) * (1 - softmax(Z))),
            "exp": np.exp,
            "log": np.log,
            "maximum": np.maximum,
            "mean": np.mean,
            "sum": np.sum,
        }
        with np.errstate(all="ignore"):
            return np.asarray(eval(text, {"__builtins__": {}}, names))  # formulas of this file


def wrong_lines(net: Network) -> Iterator[tuple[str, str, str]]:
    """(code, line, formula with that mistake) wherever this language has the words for it."""
    writer = Writer(net)
    yield from _of_the_output(net, writer)
    for l in net.f:
        if l < net.L:
            yield from _of_hidden_delta(net, writer, l)
        yield from _of_dW(net, writer, l)
        yield from _of_db(net, writer, l)
        yield from _of_dA(net, writer, l)
    if not net.setting.weighted and not net.setting.alpha:
        yield from _of_the_loss(net)


def _of_the_output(net, writer):
    L, s = net.L, net.setting
    A, f, mean = f"A{L}", net.f[L], writer.mean
    slopes = [(c, SLOPES.get(name)) for c, name in s.terms]
    if all(slope for _, slope in slopes) and (net.A[L] > 0).all() | (f in ("identity", "tanh")):
        slope = " + ".join(f"{c:g} * {text}" for c, text in slopes).replace("A", A)
        yield "sign", f"dA{L}", f"-({slope}){mean}"
        yield "missing_mean", f"dA{L}", f"({slope}){writer.unmeant}"
        yield "double_mean", f"dA{L}", f"({slope}){mean} / {writer.total}"
        yield "factor", f"dA{L}", f"2 * ({slope}){mean}"
        yield "factor", f"dA{L}", f"({slope}){mean} / 2"
    delta = f"delta{L}"
    if net.are_partners:
        c = s.terms[0][0]
        yield "sign", delta, f"{c:g} * (Y - {A}){mean}"
        yield "missing_mean", delta, f"{c:g} * ({A} - Y){writer.unmeant}"
        yield "double_mean", delta, f"{c:g} * ({A} - Y){mean} / {writer.total}"
        yield "factor", delta, f"{3 * c:g} * ({A} - Y){mean}"
        if f != "identity":
            yield "Z_for_A", delta, f"{c:g} * (Z{L} - Y){mean}"
            yield (
                "output_derivative_twice",
                delta,
                f"({A} - Y){mean} * d_{f}(Z{L})"
                if (f != "softmax")
                else f"({A} - Y){mean} * {A} * (1 - {A})",
            )
    else:
        yield "canonical_shortcut", delta, f"({A} - Y){mean}"
    if f != "identity":
        yield "output_derivative_missing", delta, f"dA{L}"
        yield "activation_for_derivative", delta, f"dA{L} * {f}(Z{L})"
    if f == "softmax":
        yield "softmax_elementwise", delta, f"dA{L} * {A} * (1 - {A})"
        yield "softmax_elementwise", delta, f"dA{L} * d_softmax(Z{L})"
    elif f != "identity":
        yield "derivative_at_A", delta, f"dA{L} * d_{f}({A})"


def _of_hidden_delta(net, writer, l):
    f, delta = net.f[l], f"delta{l}"
    right = writer.back(l, f"dA{l}")
    yield "sign", delta, f"-({right})"
    if f == "identity":
        return
    yield "activation_derivative_missing", delta, f"dA{l}"
    yield "activation_for_derivative", delta, f"dA{l} * A{l}"
    if f == "softmax":
        yield "softmax_elementwise", delta, f"dA{l} * A{l} * (1 - A{l})"
        yield "derivative_at_A", delta, writer.back(l, f"dA{l}", f"softmax(A{l})")
    else:
        yield "derivative_at_A", delta, f"dA{l} * d_{f}(A{l})"
    if f == "relu":
        yield "relu_on_gradient", delta, f"relu(dA{l})"
        yield "relu_on_gradient", delta, f"maximum(dA{l}, 0)"
    if f in ("tanh", "logistic"):
        derivative = f"(1 - Z{l}**2)" if f == "tanh" else f"Z{l} * (1 - Z{l})"
        yield "Z_for_A", delta, f"dA{l} * {derivative}"
    for k in range(1, net.L):
        if k != l and net.setting.sizes[k] == net.setting.sizes[l]:
            if f != "softmax":
                yield "wrong_layer", delta, f"dA{l} * d_{f}(Z{k})"
            yield "wrong_layer", delta, writer.back(l, f"dA{k}")


def _of_dW(net, writer, l):
    s, dW, delta = net.setting, f"dW{l}", f"delta{l}"
    A, penalty, total = writer.A(l - 1), writer.penalty(l), writer.total
    right = writer.dW(A, delta)
    if has_no_words(net):
        return
    yield "sign", dW, f"-({right}){penalty}"
    yield "missing_mean", dW, f"{total} * ({right}){penalty}"
    yield "double_mean", dW, f"{right} / {total}{penalty}"
    yield "factor", dW, f"2 * ({right}){penalty}"
    yield "transposed", dW, f"({right}{penalty}).T" if s.alpha else f"({right}).T"
    if l > 1:
        yield "Z_for_A", dW, writer.dW(f"Z{l - 1}", delta) + penalty
    for k in range(net.L + 1):
        if k != l - 1 and s.sizes[k] == s.sizes[l - 1]:
            yield "wrong_layer", dW, writer.dW(writer.A(k), delta) + penalty
        if k and k != l and s.sizes[k] == s.sizes[l]:
            yield "wrong_layer", dW, writer.dW(A, f"delta{k}") + penalty
    if s.alpha:
        yield "penalty_missing", dW, right
        yield "penalty_factor", dW, f"{right} + alpha * W{l}"
        yield "penalty_factor", dW, f"{right} + 2 * alpha * W{l} / {total}"


def _of_db(net, writer, l):
    if not net.setting.biases:
        return
    db, delta = f"db{l}", f"delta{l}"
    yield "bias_not_summed", db, delta
    yield "bias_mean", db, writer.over_samples(delta, "mean")
    yield "sign", db, "-" + writer.over_samples(delta)
    yield "missing_mean", db, f"{writer.total} * {writer.over_samples(delta)}"
    yield "factor", db, f"{writer.over_samples(delta)} / 2"
    if net.setting.alpha and not net.setting.l1_ratio:
        yield "bias_penalised", db, f"{writer.over_samples(delta)} + alpha * b{l} / {writer.total}"
    for k in net.f:
        if k != l and net.setting.sizes[k] == net.setting.sizes[l]:
            yield "wrong_layer", db, writer.over_samples(f"delta{k}")


def _of_dA(net, writer, l):
    line, delta = f"dA{l - 1}", f"delta{l}"
    yield "weights_not_transposed", line, writer.dA(delta, f"W{l}", "")
    updated = f"(W{l} - learning_rate * dW{l})"
    yield "weights_updated_first", line, writer.dA(delta, updated)
    yield "sign", line, writer.dA(f"(-{delta})", f"W{l}")
    yield "factor", line, f"2 * ({writer.dA(delta, f'W{l}')})"
    for k in net.f:
        if k != l and net.W[k].shape == net.W[l].shape:
            yield "wrong_layer", line, writer.dA(delta, f"W{k}")


def _of_the_loss(net):
    A, c = f"A{net.L}", net.setting.terms[0][0]
    names = [name for _, name in net.setting.terms]
    if names == ["squared_error"]:
        each = f"{c:g} * ({A} - Y)**2 / 2"
        if net.f[net.L] != "identity":
            yield "Z_for_A", "loss", f"sum({c:g} * (Z{net.L} - Y)**2 / 2) / m"
    elif names == ["yes_or_no"]:
        each = f"-(Y * log({A}) + (1 - Y) * log(1 - {A}))"
    elif names == ["log_loss"] and (net.A[net.L] > 0).all():
        each = f"-Y * log({A})"
    else:
        return
    yield "sign", "loss", f"-sum({each}) / m"
    yield "missing_mean", "loss", f"sum({each})"
    yield "double_mean", "loss", f"sum({each}) / m**2"
    yield "factor", "loss", f"2 * sum({each}) / m"
    if net.setting.sizes[-1] > 1:
        yield "factor", "loss", f"mean({each})"  # over the outputs too


def planted_in_text(net: Network, rng, upstream: float) -> Iterator[tuple[str, str, str]]:
    """(code, quantity, formula): each mistake in its own line, and in a part of what follows.

    A formula whose numbers are right in spite of the mistake is left out; one whose shapes
    do not fit is not.
    """
    writer = Writer(net)
    for code, line, wrong in wrong_lines(net):
        for quantity, truth in net.truth.items():
            if quantity != line and rng.random() > upstream:
                continue
            if quantity == "loss" or line == "loss":
                text = wrong if quantity == line else None
            elif quantity.startswith("dW") and quantity != line and has_no_words(net):
                text = None
            else:
                text = writer.after(quantity, line, wrong)
            if text and len(text) < MOST_CHARACTERS and _is_wrong(writer, text, truth):
                yield code, quantity, text


def has_no_words(net):
    """Whether the slope of the penalty cannot be written: the language has no sign()."""
    return net.setting.alpha and net.setting.l1_ratio


def _is_wrong(writer, text, truth):
    try:
        value = writer.numbers(text)
    except ValueError:  # the shapes do not fit
        return True
    if not np.isfinite(value).all():
        return False
    truth = writer.net.in_layout(truth)
    if value.size == truth.size == 1:
        value = value.reshape(truth.shape)
    return not is_same(value, truth, 1e-7)
