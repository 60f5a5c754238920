"""Every mistake of the list, made in the networks of `reference_derivations` wherever it can be.

The codes and what they mean are those of the public contract; each is written here as a
student would write it, one ingredient of one line at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from reference_derivations import (
    DERIVATIVE_BY_A,
    SAME,
    Network,
    Slip,
    backward,
    through_softmax,
)


@dataclass(frozen=True)
class Mistake:
    """A code of the list, and the slips that make it: one, or the same one in every layer.

    ``also`` holds codes that would be as good a name for it.
    """

    code: str
    slips: tuple[Slip, ...]
    note: str = ""
    also: frozenset[str] = frozenset()
    everywhere: bool = False

    @property
    def names(self) -> set[str]:
        return {self.code, *self.also}

    def __str__(self):
        lines = ", ".join(dict.fromkeys(slip.line for slip in self.slips))
        return f"{self.code} in {lines}" + (f" ({self.note})" if self.note else "")


# -- the list of mistakes ----------------------------------------------------------------------


def slip(code, line, ingredient, change, note="", also=()):
    """A mistake of one slip; ``change`` may be a plain value or a function of the pass."""
    if not callable(change):
        value = change
        change = lambda p, old: value  # noqa: E731
    return Mistake(code, (Slip(line, ingredient, change),), note, frozenset(also))


def times(constant):
    return lambda p, old: constant * old


def mistakes_of(net: Network) -> list[Mistake]:
    """Every mistake of the list, in every line of this network where it can be made."""
    found: list[Mistake] = [
        *_in_the_loss(net),
        *_in_the_slope_of_the_loss(net),
        *(mistake for l in net.f for mistake in _in_delta(net, l)),
        *(mistake for l in net.f for mistake in _in_dW(net, l)),
        *(mistake for l in net.f if net.setting.biases for mistake in _in_db(net, l)),
        *(mistake for l in net.f for mistake in _in_dA(net, l)),
        *_turned(net),
    ]
    return [*found, *_in_every_layer(net, found)]


def _factors(net, line, ingredient="factor"):
    """Constants that go wrong anywhere."""
    S, k = net.S, net.setting.sizes[-1]
    yield slip("sign", line, ingredient, times(-1))
    yield slip("missing_mean", line, ingredient, times(S))
    yield slip("double_mean", line, ingredient, times(1 / S))
    if net.setting.weighted:
        yield slip("double_mean", line, ingredient, times(1 / net.m), "by m", ["factor"])
    for constant in (2, 0.5, 3, 0.25):
        yield slip("factor", line, ingredient, times(constant), f"{constant}")
    if k > 1 and k not in (2, 10):
        yield slip("factor", line, ingredient, times(1 / k), "mean over the outputs")


def _in_the_loss(net):
    L, s = net.L, net.setting
    yield from _factors(net, "loss")
    if s.alpha:
        yield slip("missing_mean", "loss", "all", times(net.S), "penalty too")
        yield slip("penalty_missing", "loss", "penalty", 0.0)
        yield slip("penalty_factor", "loss", "penalty", times(2), "without the half")
        yield slip("penalty_factor", "loss", "penalty", times(net.S), "not divided")
        if s.biases:
            everything = net.penalty([*net.W.values(), *net.b.values()])
            yield slip("bias_penalised", "loss", "penalty", everything)
    if {name for _, name in s.terms} <= {"squared_error", "huber", "hinge"}:
        if net.f[L] != "identity":
            yield slip("Z_for_A", "loss", "outputs", net.Z[L])
        for k in range(L):
            if s.sizes[k] == s.sizes[L]:
                yield slip("wrong_layer", "loss", "outputs", net.A[k], f"A{k}")


def _in_the_slope_of_the_loss(net):
    L, s = net.L, net.setting
    line = f"dA{L}"
    yield from _factors(net, line)
    if net.f[L] != "identity":
        yield slip("Z_for_A", line, "outputs", net.Z[L])
    for k in range(L):
        if s.sizes[k] == s.sizes[L]:
            yield slip("wrong_layer", line, "outputs", net.A[k], f"A{k}")
    if s.terms[-1][1] != "squared_error":
        yield slip("canonical_shortcut", line, "short", net.omega * (net.A[L] - net.Y))
    if len(s.terms) == 2:
        yield slip("factor", line, "factors", [2.0, 1.0], "2 in the first term")
        yield slip("factor", line, "factors", [1.0, 2.0], "2 in the second term")


def _in_delta(net, l):
    f, Z, A, L, n = net.f[l], net.Z[l], net.A[l], net.L, net.setting.sizes
    line = f"delta{l}"
    is_output = l == L
    yield from _factors(net, line)

    def back(code, function, note="", also=()):
        return slip(code, line, "back", lambda p, old: function, note, also)

    if f != "identity":
        missing = "output_derivative_missing" if is_output else "activation_derivative_missing"
        yield back(missing, lambda dA: dA)
        yield back("derivative_at_A", lambda dA: backward(f, A, dA))
        yield back("activation_for_derivative", lambda dA: dA * A)
    if f == "softmax":
        yield back("softmax_elementwise", lambda dA: dA * A * (1 - A))
        yield back("Z_for_A", lambda dA: through_softmax(Z, dA), "in the Jacobian")
    if f in DERIVATIVE_BY_A:
        yield back("Z_for_A", lambda dA: dA * DERIVATIVE_BY_A[f](Z), "in the derivative")
    if f == "relu":
        yield back("relu_on_gradient", lambda dA: np.maximum(dA, 0))
    if is_output:
        yield from _in_output_delta(net, back)
    for k in net.f:
        if k != l and n[k] == n[l]:
            yield back("wrong_layer", lambda dA, k=k: backward(f, net.Z[k], dA), f"Z{k}")
            if f in DERIVATIVE_BY_A:
                by_A = DERIVATIVE_BY_A[f](net.A[k])
                yield back("wrong_layer", lambda dA, by_A=by_A: dA * by_A, f"A{k}")
            if f == "softmax":
                yield back("wrong_layer", lambda dA, k=k: through_softmax(net.A[k], dA), f"A{k}")
            yield slip("wrong_layer", line, "dA", lambda p, old, k=k: p[f"dA{k}"], f"dA{k}")


def _in_output_delta(net, back):
    L, f, s = net.L, net.f[net.L], net.setting
    line = f"delta{L}"
    Z, A = net.Z[L], net.A[L]
    if f != "identity":
        yield back(
            "output_derivative_twice", lambda dA: backward(f, Z, backward(f, Z, dA)), "chain rule"
        )
    if f == "softmax":
        yield back(
            "output_derivative_twice",
            lambda dA: backward(f, Z, dA) * A * (1 - A),
            "the second time elementwise",
        )
    if net.are_partners:
        c = s.terms[0][0]
        if f != "identity":
            yield slip("Z_for_A", line, "short", c * net.omega * (Z - net.Y), "Z - Y")
        for k in range(L):
            if s.sizes[k] == s.sizes[L]:
                short = c * net.omega * (net.A[k] - net.Y)
                yield slip("wrong_layer", line, "short", short, f"A{k} - Y")
    else:
        yield slip("canonical_shortcut", line, "short", net.omega * (A - net.Y))


def _in_dW(net, l):
    n, L, s = net.setting.sizes, net.L, net.setting
    line = f"dW{l}"
    yield from _factors(net, line)
    if s.alpha:
        yield slip("sign", line, "all", times(-1), "penalty too")
        yield slip("missing_mean", line, "all", times(net.S), "penalty too")
        yield slip("double_mean", line, "all", times(1 / net.S), "penalty too")
        yield slip("factor", line, "all", times(2), "2, penalty too")
    if l > 1 and net.f[l - 1] != "identity":
        yield slip("Z_for_A", line, "A", net.Z[l - 1])
    for k in range(L + 1):
        if k != l - 1 and n[k] == n[l - 1]:
            yield slip("wrong_layer", line, "A", net.A[k], f"A{k}")
        if k and k != l and n[k] == n[l]:
            yield slip(
                "wrong_layer", line, "delta", lambda p, old, k=k: p[f"delta{k}"], f"delta{k}"
            )
    if s.alpha:
        W = net.W[l]
        yield slip("penalty_missing", line, "penalty", 0.0)
        yield slip("penalty_factor", line, "penalty", times(2), "2")
        yield slip("penalty_factor", line, "penalty", times(0.5), "1/2")
        yield slip("penalty_factor", line, "penalty", times(net.S), "not divided")
        yield slip("penalty_factor", line, "penalty", times(-1), "minus", ["sign"])
        if s.l1_ratio:
            l2_alone = s.alpha * (1 - s.l1_ratio) * W / net.S
            l1_alone = s.alpha * s.l1_ratio * np.sign(W) / net.S
            other = ["penalty_factor"]
            yield slip("penalty_missing", line, "penalty", l2_alone, "that of l1", other)
            yield slip("penalty_missing", line, "penalty", l1_alone, "that of l2", other)
        for k in net.f:
            if k != l and net.W[k].shape == W.shape:
                other = net.slope_of_penalty(net.W[k])
                yield slip("wrong_layer", line, "penalty", other, f"W{k} in the penalty")


def _in_db(net, l):
    n, s = net.setting.sizes, net.setting
    line = f"db{l}"
    yield from _factors(net, line)
    yield slip("bias_not_summed", line, "reduce", lambda p, old: lambda D: D)
    yield slip("bias_mean", line, "reduce", lambda p, old: lambda D: D.mean(axis=0))
    for k in net.f:
        if k != l and n[k] == n[l]:
            yield slip(
                "wrong_layer", line, "delta", lambda p, old, k=k: p[f"delta{k}"], f"delta{k}"
            )
    if s.alpha:
        yield slip("bias_penalised", line, "penalty", net.slope_of_penalty(net.b[l]))


def _in_dA(net, l):
    """In the line of dA_(l-1) = delta_l W_l^T."""
    n = net.setting.sizes
    line = f"dA{l - 1}"
    W = net.W[l]
    yield from _factors(net, line)
    if W.shape[0] == W.shape[1]:
        yield slip("weights_not_transposed", line, "W", W.T)
    rate = net.setting.learning_rate
    yield slip("weights_updated_first", line, "W", lambda p, old: old - rate * p[f"dW{l}"])
    for k in net.f:
        if k != l and net.W[k].shape == W.shape:
            yield slip("wrong_layer", line, "W", net.W[k], f"W{k}")
        if k != l and n[k] == n[l]:
            yield slip(
                "wrong_layer", line, "delta", lambda p, old, k=k: p[f"delta{k}"], f"delta{k}"
            )


def _turned(net):
    for name, truth in net.truth.items():
        if np.size(truth) > 1:
            yield slip("transposed", f"answer {name}", "turn", True)


IN_A_LOOP = (
    "activation_derivative_missing",
    "derivative_at_A",
    "activation_for_derivative",
    "relu_on_gradient",
    "softmax_elementwise",
    "weights_not_transposed",
    "weights_updated_first",
    "Z_for_A",
)


def _in_every_layer(net, found):
    """The same slip in each turn of the loop over the layers, where there is more than one."""
    for code in IN_A_LOOP:
        for kind in ("delta", "dA"):
            slips = {
                m.slips[0].line: m.slips[0]
                for m in found
                if m.code == code
                and m.slips[0].line.startswith(kind)
                and m.slips[0].ingredient in ("back", "W")
                and m.slips[0].line != f"delta{net.L}"
            }
            if len(slips) > 1:
                yield Mistake(code, tuple(slips.values()), "in every layer", everywhere=True)


# -- answers with mistakes in them -----------------------------------------------------------


def is_same(P, Q, tolerance=SAME):
    """Whether two answers are the same numbers."""
    if np.shape(P) != np.shape(Q):
        return False
    largest = max(np.abs(Q).max(), np.abs(P).max())
    return bool(np.abs(P - Q).max() <= tolerance * largest)


@dataclass
class Planted:
    """An answer in which something is wrong, and what."""

    net: Network
    quantity: str
    mistakes: tuple[Mistake, ...]
    answer: np.ndarray  # in rows
    same_numbers: set[str] = field(default_factory=set)

    @property
    def is_upstream(self) -> bool:
        lines = {s.line.removeprefix("answer ") for m in self.mistakes for s in m.slips}
        return self.quantity not in lines

    def is_named_by(self, codes) -> bool:
        return all(mistake.names & set(codes) for mistake in self.mistakes)

    def __str__(self):
        what = " and ".join(map(str, self.mistakes))
        return f"{self.quantity}: {what} [{self.net.setting}]"


def planted_alone(net: Network) -> list[Planted]:
    """Each mistake in each quantity that it changes; the same numbers for the same code once."""
    by_quantity: dict[str, list[Planted]] = {name: [] for name in net.truth}
    for mistake in mistakes_of(net):
        wrong = net.derive(*mistake.slips)
        for name, truth in net.truth.items():
            if not np.isfinite(wrong[name]).all() or is_same(wrong[name], truth, 1e-7):
                continue
            others = by_quantity[name]
            same = [p for p in others if is_same(p.answer, wrong[name])]
            if not any(p.mistakes[0].code == mistake.code for p in same):
                others.append(Planted(net, name, (mistake,), wrong[name]))
    for others in by_quantity.values():
        for p in others:
            p.same_numbers = {
                code for q in others if is_same(p.answer, q.answer) for code in q.mistakes[0].names
            }
    return [p for others in by_quantity.values() for p in others]


def planted_in_pairs(net: Network, rng, n: int) -> list[Planted]:
    """Random pairs of different mistakes, each of which changes the numbers of a quantity.

    Left out: pairs that cancel, and those that are the same as a single mistake.
    """
    alone = planted_alone(net)
    singles: dict[str, list[np.ndarray]] = {}
    for p in alone:
        singles.setdefault(p.quantity, []).append(p.answer)
    found: list[Planted] = []
    for _ in range(50 * n):
        if len(found) == n:
            break
        a, b = (alone[i] for i in rng.choice(len(alone), 2, replace=False))
        if a.quantity != b.quantity or a.mistakes[0].names & b.mistakes[0].names:
            continue
        slots = [(s.line, s.ingredient) for p in (a, b) for s in p.mistakes[0].slips]
        if len(set(slots)) < len(slots):
            continue
        pair = (a.mistakes[0], b.mistakes[0])
        try:
            wrong = net.derive(*pair[0].slips, *pair[1].slips)[a.quantity]
        except ValueError:  # one of the two hands an array of another shape on
            continue
        known = [net.truth[a.quantity], *singles[a.quantity]]
        if np.isfinite(wrong).all() and not any(is_same(wrong, P, 1e-7) for P in known):
            both = a.mistakes[0].names | b.mistakes[0].names
            found.append(Planted(net, a.quantity, pair, wrong, both))
    return found
