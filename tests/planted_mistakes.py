"""Every kind of mistake, planted in random networks as formulas in a student's spelling.

Networks have two to four layers, all losses and activations, one to six samples, and any of the
twelve conventions. The array of a mistake is what NumPy makes of its formula. Pairs join two
slips; fuzz is wrong in a way that has no name and must stay `unknown`. `measure_planted.py`
counts how many are named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from examiner_network import LAYOUTS, MEANS, SIGNS, Net, evaluate_in, namespace
from learners_answers import LOG, SE, SE2, Answer
from student_writer import Writer, latex, wrap

BOTH = (("squared_error", 1.0), ("log_loss", 1.0))
CONVENTIONS = list(product(LAYOUTS, MEANS, SIGNS))
LOSSES = {
    "sigmoid": [SE, LOG, SE2, LOG, BOTH],
    "softmax": [LOG, SE, BOTH, LOG, SE2],
    "identity": [SE, SE2],
    "tanh": [SE, SE2],
    "relu": [SE, SE2],
}
OUTPUTS = ["sigmoid", "softmax", "identity", "softmax", "sigmoid", "tanh", "identity", "relu"]
HIDDEN = ["sigmoid", "tanh", "relu", "tanh", "sigmoid", "relu", "softmax", "identity"]


def networks(n, seed=0):
    """n networks with their conventions, all drawn from one seed."""
    rng = np.random.default_rng([seed, 4117])
    for i in range(n):
        L = int(rng.integers(2, 5))
        out = OUTPUTS[i % len(OUTPUTS)]
        hidden = tuple(HIDDEN[int(j)] for j in rng.integers(len(HIDDEN), size=L - 1))
        widths = [int(w) for w in rng.integers(2, 5, size=L + 1)]
        if rng.random() < 0.35:
            widths = [widths[0]] * (L + 1)
        elif out in ("sigmoid", "identity") and rng.random() < 0.3:
            widths[-1] = 1
        losses = LOSSES[out]
        net = Net(
            tuple(widths),
            (*hidden, out),
            losses[int(rng.integers(len(losses)))],
            m=1 + i % 6,
            alpha=float(rng.choice([0.0, 0.3])),
            seed=1000 * seed + i,
        )
        yield net, CONVENTIONS[int(rng.integers(len(CONVENTIONS)))]


@dataclass(frozen=True)
class Planted:
    """A wrong formula for a quantity, and the sets of codes that name it."""

    quantity: str
    text: str
    accepted: tuple[frozenset, ...]
    forms: tuple[str, ...] = ("formula", "array")


def planted(quantity, text, *alternatives, forms=("formula", "array")):
    sets = tuple(frozenset([a] if isinstance(a, str) else a) for a in alternatives)
    return Planted(quantity, text, sets, forms)


# -- the mistakes, layer by layer ---------------------------------------------------------------

WRONG_SLOPES = {
    "sigmoid": ["(1 - A{l})", "A{l} * (1 + A{l})", "(A{l} * (1 - A{l}))**2", "(1 - A{l}**2)"],
    "tanh": ["(1 - A{l})", "(1 + A{l}**2)", "A{l}**2", "A{l} * (1 - A{l})", "(1 - A{l})**2"],
    "relu": ["(Z{l} < 0)"],
}
AT_A = {
    "sigmoid": "sigmoid(A{l}) * (1 - sigmoid(A{l}))",
    "tanh": "(1 - tanh(A{l})**2)",
}


def mistakes(w: Writer):
    """All single mistakes of this network, as formulas."""
    net = w.net
    yield from in_the_loss(w)
    yield from in_the_output(w)
    for l in range(1, net.L + 1):
        yield from in_forward(w, l)
        if l < net.L:
            yield from in_hidden_delta(w, l)
        yield from in_dW(w, l)
        yield from in_db(w, l)
        yield from in_the_update(w, l)
    double, third = (4 if net.m == 2 else 2), (2 if net.m == 3 else 3)  # never m itself
    for l in range(1, net.L + 1):
        for q, text in [(f"delta{l}", w.delta(l)), (f"dW{l}", w.dW(l)), (f"db{l}", w.db(l))]:
            yield planted(q, f"-({text})", "sign")
            yield planted(q, f"{double} * ({text})", "factor")
            yield planted(q, f"({text}) / {third}", "factor")


def in_the_loss(w):
    terms = w.loss_terms()
    yield planted("loss", f"-({w.loss()})", "sign")
    if w.share:
        yield planted("loss", w.loss(mean=""), "missing_mean")
    for name in terms:
        if len(terms) > 1:
            rest = {k: v for k, v in terms.items() if k != name}
            yield planted("loss", w.loss(rest), "loss_term_missing")
            flipped = terms | {name: f"-({terms[name]})"}
            yield planted("loss", w.loss(flipped), "loss_term_sign")
    if w.net.alpha:
        yield planted("loss", w.loss(penalty=""), "penalty_missing")


def in_the_output(w):
    L, net = w.net.L, w.net
    terms = w.slope_terms()
    difference = f"Y - A{L}" if w.minus else f"A{L} - Y"
    delta = f"delta{L}"
    logs = [name for name in terms if name in ("yes", "no", "log")]
    for name in terms if len(terms) > 1 else ():
        rest = {k: v for k, v in terms.items() if k != name}
        yield planted(f"dA{L}", w.dA_output(rest), "loss_term_missing")
        flipped = terms | {name: f"-({terms[name]})"}
        yield planted(f"dA{L}", w.dA_output(flipped), "loss_term_sign")
        yield planted(delta, w.delta_output(w.dA_output(flipped)), "loss_term_sign")
    if w.in_delta:
        yield planted(f"dA{L}", w.dA_output(mean=""), "missing_mean")
        yield planted(f"dA{L}", w.dA_output(mean=" / m**2"), "double_mean")
    else:
        yield planted(f"dA{L}", w.dA_output(mean=" / m"), "double_mean", "factor")
    if net.f[-1] == "softmax" and net.canonical:
        labels = f"np.argmax(Y, axis={int(w.rows)}, keepdims=True)"
        wrong = w.delta_output().replace("Y", labels)
        yield planted(delta, wrong, "labels_not_one_hot", forms=("array",))
    if net.f[-1] == "softmax":
        slope = f"A{L} * (1 - A{L})"
        codes = ["softmax_elementwise"]
        yield planted(delta, f"{wrap(w.dA_output())} * {slope}", *codes)
    elif w.derivative(L) and not net.canonical:
        only = [] if logs else ["canonical_shortcut"]
        yield planted(delta, w.dA_output(), "output_derivative_missing", *only)
        if net.loss == LOG or net.loss == SE:
            yield planted(f"dW{L}", w.dW(L, D=wrap(w.dA_output())), "output_derivative_missing",
                          "canonical_shortcut")  # fmt: skip
    if net.canonical and net.f[-1] != "identity":
        slope = f"A{L} * (1 - A{L})"
        twice = f"{wrap(w.delta_output())} * {slope}"
        also = ["softmax_elementwise"] if net.f[-1] == "softmax" else []
        yield planted(delta, twice, "output_derivative_twice", *also)
        yield planted(f"dW{L}", w.dW(L, D=f"({twice})"), "output_derivative_twice", *also)
        yield planted(delta, w.dA_output(), "output_derivative_missing")
    if not net.canonical and net.f[-1] in ("softmax", "sigmoid", "tanh", "relu"):
        mean = w.in_delta
        yield planted(delta, f"({difference}){mean}", "canonical_shortcut",
                      "output_derivative_missing", "loss_term_missing")  # fmt: skip
    if net.f[-1] in AT_A and not net.canonical:
        yield planted(delta, f"{wrap(w.dA_output())} * {AT_A[net.f[-1]].format(l=L)}",
                      "derivative_at_A")  # fmt: skip
    if net.f[-1] in WRONG_SLOPES and not net.canonical:
        text = WRONG_SLOPES[net.f[-1]][0].format(l=L)
        yield planted(delta, f"{wrap(w.dA_output())} * {text}", "wrong_derivative")


def in_forward(w, l):
    net, f = w.net, w.net.f[l - 1]
    Z = f"Z{l}"
    yield planted(Z, re.sub(r" \+ b\d$", "", w.Z(l)), "bias_missing")
    if l > 1:
        yield planted(Z, w.Z(l, A=f"Z{l - 1}"), "Z_for_A")
    for k in range(1, net.L + 1):
        if k != l and net.sizes[k - 1 : k + 1] == net.sizes[l - 1 : l + 1]:
            yield planted(Z, w.Z(l, W=f"W{k}"), "wrong_layer")
            yield planted(Z, w.Z(l, b=f"b{k}"), "wrong_layer")
    if l > 2 and net.sizes[l - 1] == net.sizes[l - 2]:
        yield planted(Z, w.Z(l, A=w.A(l - 2)), "wrong_layer")
    if net.m == net.sizes[l - 1] == net.sizes[l] and net.m > 1:
        yield planted(Z, f"{w.A(l - 1)} * W{l} + b{l}", "elementwise_for_matrix")
    if net.sizes[l - 1] == net.sizes[l]:
        turned = w.dot(w.A(l - 1), f"W{l}.T") if w.rows else w.dot(f"W{l}.T", w.A(l - 1))
        yield planted(Z, f"{turned} + b{l}", "transposed", "other_layout",
                      "weights_not_transposed")  # fmt: skip
    if f == "softmax":
        e = w.call("exp", Z)
        yield planted(f"A{l}", f"{e} / {w.call('sum', e)}", "wrong_axis")
        axis = f"axis={int(not w.rows)}"
        yield planted(f"A{l}", f"{e} / {w.call('sum', e, axis, 'keepdims=True')}", "wrong_axis")


def in_hidden_delta(w, l):
    net, f, D = w.net, w.net.f[l - 1], f"delta{l}"
    back, slope = w.back(l), w.derivative(l)
    equal = net.sizes[l] == net.sizes[l + 1]
    yield planted(f"dA{l}", w.back(l, turned=""), "weights_not_transposed",
                  *([] if equal else ["shape"]))  # fmt: skip
    if equal:
        yield planted(D, w.delta(l, turned=""), "weights_not_transposed")
        yield planted(f"dW{l}", w.dW(l, D=f"({w.delta(l, turned='')})"), "weights_not_transposed")
        also = ["wrong_layer"] if slope is None and f == "identity" else []  # a bare name
        yield planted(D, w.through(l, f"delta{l + 1}"), "weights_missing", *also)
        if net.m == net.sizes[l]:
            star = f"delta{l + 1} * W{l + 1}.T"
            yield planted(D, w.through(l, star), "elementwise_for_matrix")
    for k in range(1, net.L + 1):
        if k != l + 1 and net.sizes[k - 1 : k + 1] == net.sizes[l : l + 2]:
            yield planted(D, w.delta(l, W=f"W{k}"), "wrong_layer")
    step = "+" if w.minus else "-"
    new = f"(W{l + 1} {step} learning_rate * dW{l + 1})"
    yield planted(D, w.delta(l, W=new), "weights_updated_first")
    yield planted(D, w.delta(l, W=f"dW{l + 1}"), "wrong_name")
    if w.in_delta:
        yield planted(D, f"{wrap(w.delta(l))} / m", "double_mean")
    else:
        yield planted(D, f"{wrap(w.delta(l))} / m", "double_mean", "factor")
    if f == "softmax":
        yield planted(D, f"{wrap(back)} * A{l} * (1 - A{l})", "softmax_elementwise")
        yield planted(D, back, "activation_derivative_missing")
    if slope is None:
        return
    yield planted(D, back, "activation_derivative_missing")
    yield planted(f"dW{l}", w.dW(l, D=wrap(back)), "activation_derivative_missing")
    yield planted(f"db{l}", w.db(l, D=back), "activation_derivative_missing")
    yield planted(D, f"{wrap(back)} * A{l}", "activation_for_derivative")
    for wrong in WRONG_SLOPES[f]:
        yield planted(D, f"{wrap(back)} * {wrong.format(l=l)}", "wrong_derivative")
    if f in AT_A:
        yield planted(D, f"{wrap(back)} * {AT_A[f].format(l=l)}", "derivative_at_A")
        at_z = slope.replace(f"A{l}", f"Z{l}")
        yield planted(D, f"{wrap(back)} * {at_z}", "Z_for_A", "wrong_derivative")
    else:
        yield planted(D, w.call("maximum", "0", back), "relu_on_gradient")
    for k in range(1, net.L + 1):
        if k != l and net.sizes[k] == net.sizes[l] and net.f[k - 1] == f:
            other = slope.replace(f"A{l}", f"A{k}").replace(f"Z{l}", f"Z{k}")
            yield planted(D, f"{wrap(back)} * {other}", "wrong_layer")
    if net.m == net.sizes[l] and net.m > 1:
        yield planted(D, w.dot(back, slope), "matrix_for_elementwise")


def in_dW(w, l):
    net, q = w.net, f"dW{l}"
    A, D = w.A(l - 1), f"delta{l}"
    if l > 1:
        yield planted(q, w.dW(l, A=f"Z{l - 1}"), "Z_for_A")
    for k in range(net.L + 1):
        if k != l - 1 and net.sizes[k] == net.sizes[l - 1]:
            yield planted(q, w.dW(l, A=w.A(k)), "wrong_layer")
        if k not in (0, l) and net.sizes[k] == net.sizes[l]:
            yield planted(q, w.dW(l, D=f"delta{k}"), "wrong_layer")
    turned = w.dot(f"{D}.T", A) if w.rows else w.dot(A, f"{D}.T")
    if not net.alpha:
        yield planted(q, f"{turned}{w.in_dW}", "transposed")
        other = w.dot(D, f"{A}.T") if w.rows else w.dot(f"{A}.T", D)
        if net.m == net.sizes[l] == net.sizes[l - 1]:
            yield planted(q, f"{other}{w.in_dW}", "other_layout", "transposed")
            yield planted(q, f"{w.dot(A, D) if w.rows else w.dot(D, A)}{w.in_dW}", "transposed")
            yield planted(q, f"{A}.T * {D}{w.in_dW}", "elementwise_for_matrix")
        else:
            star = f"{A}.T * {D}" if w.rows else f"{D} * {A}.T"
            yield planted(q, f"({star}){w.in_dW}", "elementwise_for_matrix", "shape",
                          forms=("formula",))  # fmt: skip
    if w.in_dW:
        yield planted(q, w.dW(l, mean=""), "missing_mean")
        yield planted(q, w.dW(l, D=f"({D} / m)"), "double_mean")
    else:
        yield planted(q, w.dW(l, mean=" / m"), "double_mean", *([] if w.in_delta else ["factor"]))
    if net.sizes[l - 1] == net.sizes[l] and net.m == net.sizes[l]:
        yield planted(q, w.dW(l, A=f"W{l}"), "wrong_name")
    yield planted(q, w.dW(l, D=f"dA{l}"), "activation_derivative_missing",
                  "output_derivative_missing", "wrong_name")  # fmt: skip
    yield planted(q, w.db(l), "shape", forms=("array",))
    if net.alpha:
        yield planted(q, w.dW(l, penalty=""), "penalty_missing")
        yield planted(q, w.dW(l, penalty=f"2 * alpha * W{l}{w.share}"), "penalty_factor")
        yield planted(q, w.dW(l, penalty=f"alpha / 2 * W{l}{w.share}"), "penalty_factor")
        yield planted(q, w.dW(l, penalty=f"alpha{w.share}"), "penalty_without_weights")
        if w.share:
            yield planted(q, w.dW(l, penalty=f"alpha * W{l}"), "penalty_factor")


def in_db(w, l):
    q, D = f"db{l}", f"delta{l}"
    mean = w.in_dW
    yield planted(q, f"{D}{mean}", "bias_not_summed")
    if not mean:
        yield planted(q, w.over_samples(D, "mean"), "bias_mean", "double_mean")
    else:
        yield planted(q, w.over_samples(D), "missing_mean")
    yield planted(q, f"{w.call('sum', D)}{mean}", "wrong_axis")
    axis = f"axis={int(w.rows)}"
    yield planted(q, f"{w.call('sum', D, axis)}{mean}", "wrong_axis")
    for k in range(1, w.net.L + 1):
        if k != l and w.net.sizes[k] == w.net.sizes[l]:
            yield planted(q, w.db(l, D=f"delta{k}"), "wrong_layer")
    if w.net.alpha:
        sign = w.minus or "+"
        yield planted(q, f"{w.db(l)} {sign} alpha * b{l}{w.share}", "bias_penalised")
    yield planted(q, w.over_samples(f"dW{l}"), "wrong_name",
                  forms=("formula", "array") if w.net.sizes[l] > 1 else ("formula",))  # fmt: skip


def in_the_update(w, l):
    for name in (f"W{l}", f"b{l}"):
        q = f"{name}_next"
        step = "+" if w.minus else "-"
        back = "-" if w.minus else "+"
        yield planted(q, f"{name} {back} learning_rate * d{name}", "sign")
        yield planted(q, f"{name} {step} d{name}", "learning_rate_missing")
        yield planted(q, f"{name} {step} learning_rate**2 * d{name}", "learning_rate_squared")
        yield planted(q, f"{'' if w.minus else '-'}learning_rate * d{name}",
                      "step_without_weights")  # fmt: skip
        yield planted(q, f"{name} {step} learning_rate * {name}", "wrong_name")
        if w.share:
            yield planted(q, f"{name} {step} learning_rate / m * d{name}", "double_mean", "factor")


# -- pairs and fuzz ------------------------------------------------------------------------------


def pairs(w, rng, most=40):
    """Two slips at once: a wrong delta in a wrong dW or db, or a sign or a two on top."""
    deltas = [p for p in mistakes(w) if p.quantity.startswith("delta")]
    plain = {"sign", "factor", "double_mean", "missing_mean"}
    names = namespace(w.net, w.layout, w.mean_in, w.sign)
    deltas = [p for p in deltas if not plain & set().union(*p.accepted) and seen(p, names)]
    found = [pair for p in deltas for pair in _with_a_second(p, int(p.quantity[5:]), w)]
    order = rng.permutation(len(found))[:most]
    return [found[i] for i in order]


def _with_a_second(p, l, w):
    """The wrong delta of layer l with each slip that shows beside it."""
    inner, many = f"({p.text})", w.net.m > 1
    yield _both(p, p.quantity, f"-({p.text})", "sign")
    yield _both(p, p.quantity, f"{4 if w.net.m == 2 else 2} * ({p.text})", "factor")
    if w.in_dW and many:
        yield _both(p, f"dW{l}", w.dW(l, D=inner, mean=""), "missing_mean")
    if l > 1 and w.net.f[l - 2] != "identity":
        yield _both(p, f"dW{l}", w.dW(l, D=inner, A=f"Z{l - 1}"), "Z_for_A")
    if w.net.alpha:
        yield _both(p, f"dW{l}", w.dW(l, D=inner, penalty=""), "penalty_missing")
        without = w.dW(l, D=inner, penalty=f"alpha{w.share}")
        yield _both(p, f"dW{l}", without, "penalty_without_weights")
    if many:
        yield _both(p, f"db{l}", f"{inner}{w.in_dW}", "bias_not_summed")
    if many and not w.in_dW:
        mean = w.over_samples(inner, "mean")
        yield _both(p, f"db{l}", mean, "bias_mean", "double_mean")


def seen(p, names):
    """Whether a mistake changes the numbers of this network."""
    value = evaluate_in(names, p.text)
    return value is not None and not same(value, names[p.quantity])


def _both(p, quantity, text, *second):
    sets = [one | {code} for one in p.accepted for code in second]
    return planted(quantity, text, *sets, forms=p.forms)


def fuzz(w, rng, most=12):
    """Wrong formulas without a name: odd constants, exponents, functions and sums."""
    odd = lambda: f"{rng.uniform(2.1, 150):.3f}"  # noqa: E731
    found = []
    for l in range(1, w.net.L + 1):
        exponent = f"{rng.uniform(1.2, 2.8):.2f}"
        A, D = w.A(l - 1), f"delta{l}"
        odd_A, odd_D = f"(abs({A})**{exponent})", f"({D} + 0.37 * abs({D})**0.5)"
        rows = w.rows
        found += [
            (f"dW{l}", f"{odd()} * ({w.dW(l)})"),
            (f"db{l}", f"{odd()} * {wrap(w.db(l))}"),
            (f"dW{l}", w.dot(f"{odd_A}.T", D) if rows else w.dot(D, f"{odd_A}.T")),
            (f"dW{l}", w.dot(f"{A}.T", odd_D) if rows else w.dot(odd_D, f"{A}.T")),
            (f"db{l}", w.over_samples(odd_D)),
            (f"delta{l}", f"({w.delta(l)}) + {odd()} * Z{l}"),
            (f"Z{l}", f"{w.Z(l)} + 0.73 * exp(-abs(Z{l}))"),
            (f"W{l}_next", f"W{l} - 0.0317 * dW{l}"),
            (f"delta{l}", f"({w.delta(l)}) + 0.3 * sqrt(abs({w.delta(l)}))"),
            (f"dW{l}", f"({w.dW(l)}) + 0.19 * exp(W{l})"),
        ]
    order = rng.permutation(len(found))[:most]
    return [planted(*found[i], "unknown") for i in order]


# -- what shows ------------------------------------------------------------------------------


def same(a, b):
    """Equal but for rounding; far quicker than np.allclose on small arrays."""
    if a is None or b is None or np.shape(a) != np.shape(b):
        return False
    return bool(np.abs(a - b).max() <= 1e-10 + 1e-7 * np.abs(b).max())


def visible(items, net, convention):
    """The mistakes that change the numbers, each with the names of all that give the same ones.

    An array cannot tell two mistakes apart that agree on this network; a formula can, unless
    they agree on redrawn weights and another number of samples as well.
    """
    redrawn = replace(net, seed=net.seed + 77, m=net.m + 2)
    truth = net.numbers(*convention)
    here, there = namespace(net, *convention), namespace(redrawn, *convention)
    values = [evaluate_in(here, p.text) for p in items]
    again = [evaluate_in(there, p.text) for p in items]
    for i, p in enumerate(items):
        right = np.asarray(truth[p.quantity], float)
        wrong = values[i]
        if wrong is not None and wrong.size == right.size and np.allclose(
            wrong.ravel(), right.ravel(), rtol=2e-3, atol=1e-9
        ):  # fmt: skip
            continue
        twins = [j for j, q in enumerate(items) if q.quantity == p.quantity and j != i]
        by_array = {s for j in twins if same(values[j], wrong) for s in items[j].accepted}
        by_formula = {
            s for j in twins if same(values[j], wrong) and same(again[j], again[i])
            for s in items[j].accepted
        }  # fmt: skip
        if "formula" in p.forms:
            yield Answer(p.quantity, p.text, (*p.accepted, *by_formula)), "formula", p.text
            notes = latex(p.text)
            if notes is not None and wrong is not None:
                yield Answer(p.quantity, notes, (*p.accepted, *by_formula)), "latex", notes
        if "array" in p.forms and wrong is not None:
            yield Answer(p.quantity, wrong, (*p.accepted, *by_array)), "array", p.text


def rights(w):
    """Right formulas of every quantity, in this spelling: none may be called wrong."""
    for l in range(1, w.net.L + 1):
        yield f"delta{l}", w.delta(l)
        yield f"dW{l}", w.dW(l)
        yield f"db{l}", w.db(l)
        yield f"Z{l}", w.Z(l)
        yield f"W{l}_next", w.next(f"W{l}")
    yield "loss", w.loss()
    yield f"dA{w.net.L}", w.dA_output()
