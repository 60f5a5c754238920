"""The kind of a change that adds or takes away a part: a factor, a term, weights, a sum."""

from __future__ import annotations

from ...activations import Identity
from ...formulas import Expression
from ...formulas.quantity import Quantity
from ...formulas.tree import (
    Backward,
    Call,
    MatrixProduct,
    Name,
    Number,
    Product,
    Quotient,
    Reduction,
    Sum,
)
from .context import Kind, bare, in_slope, is_bias, is_common, is_of_loss, is_told
from .rewrites import Place, Words, is_scalar


def part_of(place: Place, right: Expression, words: Words) -> Kind | None:
    """A node that is a part of the right one, or has the right one as a part."""
    wrong = place.node
    if (F := _beside(bare(wrong), right)) is not None:
        return _missing(F, right, place, words)
    match right:
        case Reduction(_, P) if P == wrong:
            return _not_summed(place, words)
        case Backward(dA=P, layer=l) if P == wrong:
            return _slope_missing(l, words)
        case Call(_, (P,)) if P == wrong:
            return in_slope(place, words)
    if (F := _beside(bare(right), wrong)) is not None:
        return _surplus(F, right, place, words)
    match wrong:
        case Reduction(_, P) if P == right:
            return Kind("wrong_axis", f"{wrong} adds up what must stay apart.")
        case Call(f, (P,)) if P == right and f in words.formulas.functions.activation_names:
            if any(Quantity.of(name).is_derivative for name in P.names()):
                return Kind("relu_on_gradient", f"{f} is applied to the gradient {P}.")
            return Kind("wrong_name", f"{wrong} does not belong here.")
    return in_slope(place, words)


def _beside(part: Expression, whole: Expression) -> Expression | None:
    """What a sum or a product has beside one of its two parts; of a quotient, 1 / Q."""
    match whole:
        case Quotient(Product(P, W), Q) if P == part:
            return Quotient(W, Q)
        case Quotient(P, Q):
            return Quotient(Number(1.0), Q) if part == P else None
        case Product(P, Q) | MatrixProduct(P, Q) | Sum(P, _, Q):
            return Q if part == P else P if part == Q else None
    return None


def _missing(F: Expression, right: Expression, place: Place, words: Words) -> Kind | None:
    """A factor, weights or a term that is missing."""
    match right:
        case Sum():
            return _term(F, place, words, missing=True)
        case MatrixProduct():
            return _weights_missing(F)
    return factor(F, place, words, missing=True)


def _surplus(F: Expression, right: Expression, place: Place, words: Words) -> Kind | None:
    """A factor, weights or a term too much."""
    match place.node:
        case Sum():
            return _term(F, place, words, missing=False)
        case MatrixProduct():
            names = F.names()
            if names and all(Quantity.of(name).symbol == "W" for name in names):
                return Kind("wrong_name", f"{F} does not belong here.")
            return None
    return factor(F, place, words, missing=False)


def _weights_missing(F: Expression) -> Kind | None:
    if all(Quantity.of(name).symbol == "W" for name in F.names()):
        return Kind(
            "weights_missing",
            f"The error is not sent back through the weights: the factor {F} is missing.",
        )
    return None


def _not_summed(place: Place, words: Words) -> Kind:
    target = words.target
    if target.family == "db" or (target.is_step and target.parameter.family == "b"):
        return Kind(
            "bias_not_summed",
            "All samples share the same bias, so its gradient is the sum over the samples.",
        )
    return Kind("wrong_axis", f"A sum over an axis of {place.node} is missing.")


def _slope_missing(l: int, words: Words) -> Kind:
    f = words.formulas.architecture.activations[l - 1]
    at_output = l == words.formulas.L
    code = "output_derivative_missing" if at_output else "activation_derivative_missing"
    return Kind(code, f"The derivative of {f.name} in layer {l} is missing.")


def factor(F: Expression, place: Place, words: Words, *, missing: bool | None) -> Kind | None:
    """A factor that is missing, or too much (missing=False), or on the wrong side of a bar."""
    names = F.names()
    how = "is missing" if missing else "does not belong here"
    what = f"The factor {F} {how}."
    if missing and not is_told(F):
        what = "A factor is missing."
    in_penalty = "alpha" in place.node.names() or any(
        isinstance(node, Product | Quotient) and "alpha" in node.names() for node in place.around
    )
    match F:
        case Call(function, (Name(name),)) if function.startswith("d_"):
            l = Quantity.of(name).number
            if missing:
                return _slope_missing(l, words)
            if l == words.formulas.L:
                return Kind("output_derivative_twice", f"The derivative {F} is taken twice.")
            return Kind("wrong_derivative", f"The derivative {F} is one too many.")
    if names == {"learning_rate"}:
        too_few = missing is not isinstance(F, Quotient)
        code = "learning_rate_missing" if too_few else "learning_rate_squared"
        how = "is missing" if too_few else "is there once too often"
        return Kind(code, f"The learning rate {how}.")
    if names and all(Quantity.of(name).family == "mask" for name in names):
        return Kind("mask_missing" if missing else "mask_scale", what)
    if in_penalty and not names and isinstance(F, Number) and not is_common(F.number):
        return None
    if in_penalty and names != {"learning_rate"}:
        if names and any(Quantity.of(name).symbol == "W" for name in names) and missing:
            return Kind(
                "penalty_without_weights",
                "The penalty's part has the strength alone: its derivative has the weights, too.",
            )
        return Kind("penalty_factor", f"In the penalty's part: {what}")
    if names == words.formulas.total.names():
        is_mean = isinstance(F, Quotient)
        mean_missing = missing if is_mean else not missing
        if missing is None:
            return Kind("double_mean" if isinstance(place.node, Quotient) else "missing_mean", what)
        return Kind("missing_mean" if mean_missing else "double_mean", what)
    if any(Quantity.of(name).is_derivative for name in names):
        if not missing:
            return None
        if any(Quantity.of(name).layer == words.formulas.L for name in names):
            shown = f", {F}," if is_told(F) else ""
            return Kind(
                "loss_term_missing", f"A factor of the loss's derivative{shown} is missing."
            )
        shown = f": {F}" if is_told(F) else ""
        return Kind("weights_missing", f"What comes back from the next layer is missing{shown}.")
    if not missing and names and all(Quantity.of(name).family == "W" for name in names):
        return Kind("wrong_name", f"The factor {F} does not belong here.")
    if (inside := in_slope(place, words)) is not None:
        return inside
    if not names:
        number = F.right if isinstance(F, Quotient) else F
        is_plain = not isinstance(number, Number) or is_common(number.number)
        return Kind("factor", what) if is_plain else None
    families = {Quantity.of(name).family for name in names}
    layers = {Quantity.of(name).number for name in names}
    if families <= {"A", "Z"} and len(layers) == 1:
        l = layers.pop()
        if not missing:
            has_slope = not isinstance(words.formulas.architecture.activations[l - 1], Identity)
            is_twice = l == words.formulas.L and has_slope
            code = "output_derivative_twice" if is_twice else "wrong_derivative"
            if not (words.target.is_derivative or words.target.is_step):
                code = "wrong_name"
            return Kind(code, f"The factor {F} is one too many.")
        return Kind("wrong_derivative", what)
    return None


def _one(place: Place, words: Words, *, missing: bool) -> Kind | None:
    """A 1 that is missing before a difference, or added to a number such as m."""
    wrong = place.node
    if (inside := in_slope(place, words)) is not None:
        return inside
    if missing:
        is_output = wrong.names() == {f"A{words.formulas.L}"} and words.target.family == "loss"
        what = f"{wrong} stands where 1 - {wrong} belongs."
        return Kind("loss_term_missing", what) if is_output and isinstance(wrong, Name) else None
    if isinstance(wrong, Sum) and len(wrong.names()) == 1 and is_scalar(wrong.left):
        return Kind("factor", f"{wrong} stands where {wrong.left} belongs.")
    return None


def _term(T: Expression, place: Place, words: Words, *, missing: bool) -> Kind | None:
    """A term that is missing, or too much."""
    names = T.names()
    if T == Number(1.0):
        return _one(place, words, missing=missing)
    if "alpha" in names:
        if words.target.family == "db" and not missing:
            return Kind("bias_penalised", "The penalty depends on the weights alone.")
        code = "penalty_missing" if missing else "penalty_factor"
        shown = f", {T}," if is_told(T) or not missing else ""
        return Kind(code, f"The penalty's part{shown} {'is missing' if missing else 'is wrong'}.")
    if not missing:
        return in_slope(place, words)
    if words.target.is_step and names == {str(words.target.parameter)}:
        return Kind(
            "step_without_weights",
            f"This is the step alone: the new {T} is the old {T} plus the step.",
        )
    if is_bias(T):
        return Kind("bias_missing", f"The bias {T} is missing.")
    if "Y" not in names and (inside := in_slope(place, words)) is not None:
        return inside
    if is_of_loss(place, words):
        shown = f": {T}" if is_told(T) else ""
        return Kind("loss_term_missing", f"One term of the loss is missing{shown}.")
    return None
