"""What kind of mistake a local change is: the wrong node beside the right one."""

from __future__ import annotations

from ...formulas import Expression
from ...formulas.quantity import Quantity
from ...formulas.tree import (
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
from .context import Kind, bare, in_slope, is_bias, is_common, is_of_loss
from .missing_parts import factor, part_of
from .rewrites import Place, Words
from .update_kinds import kind_in_update


def kind_of(place: Place, right: Expression, words: Words) -> Kind | None:
    """The mistake of a node that should be ``right``; None if it has no name."""
    wrong = place.node
    if words.target.is_step and (kind := kind_in_update(place, right, words)) is not None:
        return kind
    if Transpose(wrong) == right or wrong == Transpose(right):
        return _transposed(right if isinstance(wrong, Transpose) else wrong)
    if Negative(wrong) == right or wrong == Negative(right):
        if isinstance(place.parent, Comparison):
            return Kind("wrong_derivative", f"{place.parent} is wrong in a derivative.")
        return _sign(place, bare(wrong), words)
    if right in wrong.parts() or bare(wrong) in right.parts():
        return part_of(place, right, words)
    if _factors(wrong) == _factors(right) and {type(wrong), type(right)} == {
        Product,
        MatrixProduct,
    }:
        return Kind(
            "shape",
            f"Parentheses are missing in {wrong}: * and @ bind equally, from the left on.",
        )
    match wrong, right:
        case (MatrixProduct(), Product(slope, MatrixProduct() as back)) if (
            words.target.family == "delta" and wrong.names() - {*slope.names(), *back.names()}
        ):
            return Kind(
                "wrong_layer",
                f"{wrong} has the derivative of the next layer in it. First the error is sent back "
                f"through the weights, {back}; then it is multiplied by the derivative of layer "
                f"{words.target.layer}.",
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
        case (Number(number), Number()) if not is_common(number):
            return None
        case (Number(), Number()):
            return in_slope(place, words) or _number(wrong, right, place)
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
        case (Sum(P, _, Q), Sum(R, _, S)) if Q == S and (P == R or bare(P) == bare(R)):
            return _sign_of_term(place, Q if P == R else P, words)
        case (Quotient(P, Q), Product(R, S)) | (Product(P, Q), Quotient(R, S)) if (P, Q) == (R, S):
            return in_slope(place, words) or factor(Q, place, words, missing=None)
        case (Quotient(P, Q), Quotient(R, S)) if (P, Q) == (S, R):
            return None
    return part_of(place, right, words)


def _factors(P: Expression) -> list[tuple[type, Expression]]:
    """The factors of a product in their order, each with the sign before it."""
    match P:
        case Product(Q, R) | MatrixProduct(Q, R):
            first, *others = _factors(R)
            return [*_factors(Q), (type(P), first[1]), *others]
    return [(Product, P)]


def _upright(P: Expression) -> Expression:
    return P.operand if isinstance(P, Transpose) else P


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
    if (wrong.family, right.family) == ("delta", "db") and wrong.layer == right.layer:
        why = "all samples share the same bias, so its gradient is the sum over the samples."
        return Kind("bias_not_summed", f"{name} has one entry for each sample, but {why}")
    if wrong.family == right.family:
        return Kind("wrong_layer", f"{what} It is of another layer.")
    return Kind("wrong_name", what)


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
    if isinstance(wrong, Power) and not is_common(_number_of(wrong.exponent)):
        return None
    if (inside := in_slope(place, words)) is not None:
        return inside
    if names == {"learning_rate"}:
        return Kind("learning_rate_squared", "The learning rate is squared: it belongs in once.")
    if any(isinstance(node, Call) for node in wrong.walk()) or words.target.is_derivative:
        return Kind("wrong_derivative", f"{wrong} is wrong in a derivative.")
    return None


def _number_of(exponent: Expression) -> float:
    return exponent.number if isinstance(exponent, Number) else 0.5


def _sign(place: Place, P: Expression, words: Words) -> Kind | None:
    """A sign too much or too few in front of P."""
    inside_sum = any(isinstance(node, Sum) for node in place.around)
    return _sign_of_term(place, P, words) if inside_sum else Kind("sign", SIGN)


SIGN = "The sign is wrong."


def _sign_of_term(place: Place, term: Expression, words: Words) -> Kind | None:
    names = term.names()
    if "alpha" in names:
        return Kind("penalty_factor", f"The penalty's part, {term}, has the wrong sign.")
    if words.target.is_step or (words.target.family == "Z" and is_bias(term)):
        return Kind("sign", f"{term} has the wrong sign.")
    if (inside := in_slope(place, words)) is not None:
        return inside
    if is_of_loss(place, words):
        return Kind("loss_term_sign", f"One term of the loss, {term}, has the wrong sign.")
    return Kind("sign", f"{term} has the wrong sign.")


def _number(wrong: Number, right: Number, place: Place) -> Kind:
    what = f"The number {wrong} is wrong."
    if any("alpha" in node.names() for node in place.around[-3:]):
        return Kind("penalty_factor", f"In the penalty's part: {what}")
    return Kind("factor", what)
