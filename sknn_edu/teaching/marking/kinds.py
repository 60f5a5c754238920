"""What kind of mistake a local change is: the wrong node beside the right one."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from ...formulas import Expression
from ...formulas.quantity import Quantity
from ...formulas.tree import (
    Backward,
    Call,
    Comparison,
    MatrixProduct,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
)
from .rewrites import Place, Words


class Kind(NamedTuple):
    """A code, and a sentence for a student."""

    code: str
    sentence: str


def kind_of(place: Place, right: Expression, words: Words) -> Kind | None:
    """The mistake of a node that should be ``right``; None if it has no name."""
    wrong = place.node
    if Transpose(wrong) == right or wrong == Transpose(right):
        return _transposed(right if isinstance(wrong, Transpose) else wrong)
    if Negative(wrong) == right or wrong == Negative(right):
        return _sign(place, _bare(wrong), words)
    if right in wrong.parts() or _bare(wrong) in right.parts():
        return _part_of(place, right, words)
    match wrong, right:
        case (Product(MatrixProduct(P, Q), R), MatrixProduct(S, Product(T, U))) if (P, Q, R) == (
            S,
            T,
            U,
        ):
            return Kind(
                "shape",
                f"Parentheses are missing in {wrong}: * and @ bind equally, from the left on.",
            )
        case (Product(), MatrixProduct()):
            return Kind(
                "elementwise_for_matrix",
                f"{wrong} multiplies entry by entry; here rows meet columns: it must be a "
                "product of matrices. Write down the shapes of both factors.",
            )
        case (MatrixProduct(), Product()):
            return Kind(
                "matrix_for_elementwise",
                f"{wrong} is a product of matrices; here each entry meets the one at the same "
                "place: it must be a product entry by entry.",
            )
        case (MatrixProduct(P, Q), MatrixProduct(R, S)):
            return _other_product(wrong, right, {P, Q}, {R, S})
        case (Product(P, Q), Product(R, S)) if (_upright(P), _upright(Q)) == (
            _upright(R),
            _upright(S),
        ):
            return Kind("transposed", f"In {wrong} a transpose is wrong: write down the shapes.")
        case (Name(name), (Name() | Transpose(Name())) as other):
            return _other_name(place, name, other)
        case (Reduction(), Reduction()):
            return _other_reduction(wrong, right, words)
        case (Number(number), Number()) if not _is_common(number):
            return None
        case (Number(), Number()):
            return _in_slope(place, words) or _number(wrong, right, place)
        case (Call(f, (P, Q)), Call(g, (R, S))) if (f, P, Q) == (g, S, R):
            return Kind("transposed", f"In {wrong} the order of the two is wrong.")
        case (Call(f, (P,)), Call(g, (Q,))) if P == Q:
            return _other_function(f, g, words)
        case (Comparison(), Comparison()):
            return Kind("wrong_derivative", f"{wrong} is wrong in a derivative.")
        case (Power(P), Q) | (Q, Power(P)) if P == Q or isinstance(Q, Power):
            return _other_power(place, wrong, right, words)
        case (Sum(P, "-", Q), Sum(R, "-", S)) if (P, Q) == (S, R):
            return Kind("sign", f"The difference {wrong} is the wrong way round.")
        case (Sum(P, _, Q), Sum(R, _, S)) if Q == S and (P == R or _bare(P) == _bare(R)):
            return _sign_of_term(place, Q if P == R else P, words)
        case (Quotient(P, Q), Product(R, S)) | (Product(P, Q), Quotient(R, S)) if (P, Q) == (R, S):
            return _in_slope(place, words) or _factor(Q, place, words, missing=None)
        case (Quotient(P, Q), Quotient(R, S)) if (P, Q) == (S, R):
            return None
    return _part_of(place, right, words)


def _upright(P: Expression) -> Expression:
    return P.operand if isinstance(P, Transpose) else P


def _bare(P: Expression) -> Expression:
    return P.operand if isinstance(P, Negative) else P


# -- transposes and products ----------------------------------------------------------------


def _transposed(P: Expression) -> Kind:
    if isinstance(P, Name) and Quantity.of(P.id).symbol == "W":
        return Kind(
            "weights_not_transposed",
            f"{P} is transposed where it should not be, or the other way round: the forward pass "
            f"multiplies by {P}, the backward pass by its transpose.",
        )
    return Kind("transposed", f"{P} is transposed where it should not be, or the other way round.")


def _other_product(
    wrong: Expression, right: Expression, before: set[Expression], after: set[Expression]
) -> Kind:
    """Two factors in another order, or transposed."""
    moved = before ^ after
    names = {name for part in moved for name in part.names()}
    code = "transposed"
    if moved and all(Quantity.of(name).symbol == "W" for name in names):
        code = "weights_not_transposed"
    why = "the order of the factors" if not moved else "a transpose"
    return Kind(code, f"In {wrong} {why} is wrong: write down the shapes.")


# -- names ------------------------------------------------------------------------------------


def _other_name(place: Place, name: str, other: Expression) -> Kind:
    right = Quantity.of(next(iter(other.names())))
    wrong = Quantity.of(name)
    what = f"{name} stands where {other} belongs."
    if {wrong.family, right.family} == {"A", "Z"} and wrong.layer == right.layer:
        within = place.parent
        if (
            wrong.family == "Z"
            and isinstance(within, Call)
            and not within.function.startswith("d_")
        ):
            return Kind("wrong_derivative", what)
        if wrong.family == "Z":
            return Kind("Z_for_A", f"{what} That is before the activation, this after it.")
        if isinstance(place.parent, Call):
            return Kind("derivative_at_A", f"{what} The derivative is taken at Z.")
        return Kind("wrong_name", what)
    if wrong.symbol == right.symbol == "W" and wrong.layer == right.layer:
        if wrong.is_step:
            return Kind(
                "weights_updated_first",
                f"{what} All gradients of a step are taken at the same weights: compute all, then "
                "update.",
            )
        return Kind("wrong_name", what)
    if wrong.family == right.family:
        return Kind("wrong_layer", f"{what} It is of another layer.")
    return Kind("wrong_name", what)


# -- sums over an axis ------------------------------------------------------------------------


def _other_reduction(wrong: Reduction, right: Reduction, words: Words) -> Kind:
    axes = (wrong.axis, wrong.keepdims) != (right.axis, right.keepdims)
    if axes:
        return Kind(
            "wrong_axis",
            f"{wrong} goes over the wrong axis, over everything, or drops an axis that is needed.",
        )
    if wrong.function == "mean":
        code = "bias_mean" if words.target.family == "db" else "double_mean"
        return Kind(code, f"{wrong} takes a mean; the 1/m is there already: take the sum.")
    return Kind("missing_mean", f"{wrong} is a sum; it must be the mean over the samples.")


# -- slopes -------------------------------------------------------------------------------------


def _in_slope(place: Place, words: Words) -> Kind | None:
    """The code of any change inside an attempt at f'(Z)."""
    l = slope_layer(place, words)
    if l is None:
        return None
    f = words.formulas.architecture.activations[l - 1]
    return Kind("wrong_derivative", f"This is not the derivative of {f.name} in layer {l}.")


def slope_layer(place: Place, words: Words) -> int | None:
    """The layer whose f' this part seems to be: an expression of A or Z of one layer alone."""
    if words.target.family in ("loss", "A", "Z"):
        return None
    inside = place.node
    for node in reversed(place.around):
        if isinstance(node, MatrixProduct | Transpose):
            return None
        others = node.names() - inside.names()
        if isinstance(node, Product | Quotient) and any(map(_is_gradient, others)):
            break
        inside = node
    else:
        return None
    quantities = {Quantity.of(name) for name in inside.names()}
    layers = {quantity.layer for quantity in quantities}
    if {quantity.family for quantity in quantities} <= {"A", "Z"} and len(layers) == 1:
        return next(iter(layers)) or None
    return None


def _is_gradient(name: str) -> bool:
    return name == "Y" or Quantity.of(name).is_derivative


def _other_function(f: str, g: str, words: Words) -> Kind | None:
    if f == g.removeprefix("d_"):
        return Kind(
            "activation_for_derivative",
            f"{f}(...) itself stands where its derivative belongs.",
        )
    if g.startswith("d_"):
        return Kind("wrong_derivative", f"{f}(...) is not the derivative that belongs here.")
    return Kind("wrong_name", f"{f}(...) stands where {g}(...) belongs.")


def _other_power(place: Place, wrong: Expression, right: Expression, words: Words) -> Kind | None:
    names = wrong.names()
    if isinstance(wrong, Power) and not _is_common(_number_of(wrong.exponent)):
        return None
    if (inside := _in_slope(place, words)) is not None:
        return inside
    if names == {"learning_rate"}:
        return Kind("learning_rate_squared", "The learning rate is squared: it belongs in once.")
    if any(isinstance(node, Call) for node in wrong.walk()) or words.target.is_derivative:
        return Kind("wrong_derivative", f"{wrong} is wrong in a derivative.")
    return None


def _number_of(exponent: Expression) -> float:
    return exponent.number if isinstance(exponent, Number) else 0.5


def _is_common(number: float) -> bool:
    """Whether a number is one that slips into a formula, such as 2, 1/3 or 0.1."""
    near = Fraction(number).limit_denominator(10)
    return 0 < near <= 12 and abs(float(near) - number) < 1e-3 * number


# -- signs ----------------------------------------------------------------------------------------


def _sign(place: Place, P: Expression, words: Words) -> Kind | None:
    """A sign too much or too few in front of P."""
    inside_sum = any(isinstance(node, Sum) for node in place.around)
    return _sign_of_term(place, P, words) if inside_sum else Kind("sign", SIGN)


SIGN = "The sign is wrong."


def _sign_of_term(place: Place, term: Expression, words: Words) -> Kind | None:
    names = term.names()
    if "alpha" in names:
        return Kind("penalty_factor", f"The penalty's part, {term}, has the wrong sign.")
    if words.target.is_step or (words.target.family == "Z" and _is_bias(term)):
        return Kind("sign", f"{term} has the wrong sign.")
    if (inside := _in_slope(place, words)) is not None:
        return inside
    if _is_of_loss(place, words):
        return Kind("loss_term_sign", f"One term of the loss, {term}, has the wrong sign.")
    return Kind("sign", f"{term} has the wrong sign.")


def _is_bias(term: Expression) -> bool:
    return isinstance(term, Name) and Quantity.of(term.id).family == "b"


def _is_of_loss(place: Place, words: Words) -> bool:
    """Whether this belongs to the loss or its derivative."""
    output = {f"A{words.formulas.L}", f"Z{words.formulas.L}"}
    return words.target.family == "loss" or any(
        "Y" in node.names() or (node.names() and node.names() <= output)
        for node in (place.node, *place.around[-2:])
    )


# -- factors and terms that are missing, or too many ---------------------------------------------


def _part_of(place: Place, right: Expression, words: Words) -> Kind | None:
    """A node that is a part of the right one, or has the right one as a part."""
    wrong = place.node
    if (F := _beside(_bare(wrong), right)) is not None:
        return _missing(F, right, place, words)
    match right:
        case Reduction(_, P) if P == wrong:
            return _not_summed(place, words)
        case Backward(dA=P, layer=l) if P == wrong:
            return _slope_missing(l, words)
        case Call(_, (P,)) if P == wrong:
            return _in_slope(place, words)
    if (F := _beside(_bare(right), wrong)) is not None:
        return _surplus(F, right, place, words)
    match wrong:
        case Reduction(_, P) if P == right:
            return Kind("wrong_axis", f"{wrong} adds up what must stay apart.")
        case Call(f, (P,)) if P == right and f in words.formulas.functions.activation_names:
            if any(Quantity.of(name).is_derivative for name in P.names()):
                return Kind("relu_on_gradient", f"{f} is applied to the gradient {P}.")
            return Kind("wrong_name", f"{wrong} does not belong here.")
    return _in_slope(place, words)


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
    return _factor(F, place, words, missing=True)


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
    return _factor(F, place, words, missing=False)


def _weights_missing(F: Expression) -> Kind | None:
    if all(Quantity.of(name).symbol == "W" for name in F.names()):
        return Kind(
            "weights_missing",
            f"The error is not sent back through the weights: the factor {F} is missing.",
        )
    return None


def _not_summed(place: Place, words: Words) -> Kind:
    if words.target.family == "db":
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


def _factor(F: Expression, place: Place, words: Words, *, missing: bool | None) -> Kind | None:
    """A factor that is missing, or too much (missing=False), or on the wrong side of a bar."""
    names = F.names()
    how = "is missing" if missing else "does not belong here"
    what = f"The factor {F} {how}."
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
    if in_penalty and not names and isinstance(F, Number) and not _is_common(F.number):
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
            return Kind("loss_term_missing", f"A factor of the loss's derivative, {F}, is missing.")
        return Kind("weights_missing", f"What comes back from the next layer is missing: {F}.")
    if not missing and names and all(Quantity.of(name).family == "W" for name in names):
        return Kind("wrong_name", f"The factor {F} does not belong here.")
    if (inside := _in_slope(place, words)) is not None:
        return inside
    if not names:
        number = F.right if isinstance(F, Quotient) else F
        is_common = not isinstance(number, Number) or _is_common(number.number)
        return Kind("factor", what) if is_common else None
    families = {Quantity.of(name).family for name in names}
    layers = {Quantity.of(name).number for name in names}
    if families <= {"A", "Z"} and len(layers) == 1:
        l = layers.pop()
        if not missing:
            code = "output_derivative_twice" if l == words.formulas.L else "wrong_derivative"
            return Kind(code, f"The factor {F} is one too many.")
        return Kind("wrong_derivative", what)
    return None


def _term(T: Expression, place: Place, words: Words, *, missing: bool) -> Kind | None:
    """A term that is missing, or too much."""
    names = T.names()
    if "alpha" in names:
        if words.target.family == "db" and not missing:
            return Kind("bias_penalised", "The penalty depends on the weights alone.")
        code = "penalty_missing" if missing else "penalty_factor"
        return Kind(code, f"The penalty's part, {T}, {'is missing' if missing else 'is wrong'}.")
    if not missing:
        return _in_slope(place, words)
    if words.target.is_step and names == {str(words.target.parameter)}:
        return Kind(
            "step_without_weights",
            f"This is the step alone: the new {T} is the old {T} plus the step.",
        )
    if _is_bias(T):
        return Kind("bias_missing", f"The bias {T} is missing.")
    if (inside := _in_slope(place, words)) is not None:
        return inside
    if _is_of_loss(place, words):
        return Kind("loss_term_missing", f"One term of the loss is missing: {T}.")
    return None


def _number(wrong: Number, right: Number, place: Place) -> Kind:
    what = f"The number {wrong} is wrong."
    if any("alpha" in node.names() for node in place.around[-3:]):
        return Kind("penalty_factor", f"In the penalty's part: {what}")
    return Kind("factor", what)
