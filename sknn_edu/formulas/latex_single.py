"""Products for each single weight, 2 (a - y) a_k w_jk, as products of matrices."""

from __future__ import annotations

from collections.abc import Mapping

from .latex_shapes import shape_of
from .node import Expression
from .quantity import Shape
from .tree import MatrixProduct, Product, Transpose

Factor = tuple[Expression, tuple[int | str, ...]]  # with its shape


def contracted(
    factors: list[Expression], shapes: Mapping[str, Shape], target: Shape, keep_samples: bool
) -> Expression | None:
    """The product summed over each dimension that the target does not have.

    ``keep_samples`` keeps the samples even if the target has none: then it shows that a sum is
    missing. None if no product of matrices is that sum.
    """
    known = [(factor, shape_of(factor, shapes)) for factor in factors]
    scalars = [factor for factor, shape in known if shape == ()]
    arrays: list[Factor] = [
        (factor, shape) for factor, shape in known if shape is not None and len(shape) == 2
    ]
    if len(scalars) + len(arrays) < len(factors) or not arrays:
        return None
    wanted = [d for d in target if d != 1]
    if keep_samples and "m" not in wanted and any("m" in shape for _, shape in arrays):
        first = arrays[0][1]
        rows = next((shape for _, shape in arrays if "m" in shape), first)[0] == "m"
        wanted = ["m", *wanted] if rows else [*wanted, "m"]
    samples_at = next((shape.index("m") for _, shape in arrays if "m" in shape), 0)
    arrays = _merged(arrays)
    while pair := _next_pair(arrays, wanted):
        P, Q, dimension = pair
        arrays = [factor for factor in arrays if factor is not P and factor is not Q]
        arrays = _merged([_product(P, Q, dimension, wanted, samples_at), *arrays])
    if len(arrays) > 1:
        return None
    result, shape = arrays[0]
    if [d for d in shape if d != 1] == wanted[::-1] and len(wanted) == 2:
        result = turned((result, shape))[0]
    elif [d for d in shape if d != 1] != wanted:
        return None
    for scalar in reversed(scalars):
        result = Product(scalar, result, span=_around(scalar, result))
    return result


def _merged(arrays: list[Factor]) -> list[Factor]:
    """Those with the same dimensions multiplied entry by entry; a row or column into a matrix."""
    found: list[Factor] = []
    for factor in sorted(arrays, key=lambda factor: factor[1].count(1)):
        dimensions = set(factor[1]) - {1}
        for i, other in enumerate(found):
            if dimensions <= set(other[1]) and (dimensions == set(other[1]) - {1}):
                if factor[1] != other[1]:
                    factor = turned(factor)
                both = Product(other[0], factor[0], span=_around(other[0], factor[0]))
                found[i] = both, other[1]
                break
            if dimensions and dimensions < set(other[1]) and 1 in factor[1]:
                where = factor[1].index(next(iter(dimensions)))
                if other[1][where] not in dimensions:
                    factor = turned(factor)
                both = Product(other[0], factor[0], span=_around(other[0], factor[0]))
                found[i] = both, other[1]
                break
        else:
            found.append(factor)
    return found


def _next_pair(
    arrays: list[Factor], wanted: list[int | str]
) -> tuple[Factor, Factor, int | str] | None:
    """Two factors that share a dimension over which is summed: units first, then samples."""
    dimensions = dict.fromkeys(d for _, shape in arrays for d in shape if d not in (1, "m"))
    for dimension in [*dimensions, "m"]:
        having = [factor for factor in arrays if dimension in factor[1]]
        if dimension not in wanted and len(having) == 2:
            return having[0], having[1], dimension
    return None


def _product(
    P: Factor, Q: Factor, dimension: int | str, wanted: list[int | str], samples_at: int
) -> Factor:
    """The matrix product that sums over a dimension, the samples where they are elsewhere."""
    first, last = _other(P, dimension), _other(Q, dimension)
    samples_first = "m" in (first, last) and (first == "m") == (samples_at == 1)
    if samples_first or [last, first] == wanted:
        P, Q = Q, P
    P = P if P[1][1] == dimension else turned(P)
    Q = Q if Q[1][0] == dimension else turned(Q)
    return MatrixProduct(P[0], Q[0], span=_around(P[0], Q[0])), (P[1][0], Q[1][1])


def _other(factor: Factor, dimension: int | str) -> int | str:
    """The dimension beside that one."""
    return factor[1][1 - factor[1].index(dimension)]


def turned(factor: Factor) -> Factor:
    """The transpose."""
    formula, shape = factor
    if isinstance(formula, Transpose):
        return formula.operand, shape[::-1]
    return Transpose(formula, span=formula.span), shape[::-1]


def _around(P: Expression, Q: Expression) -> tuple[int, int]:
    return min(P.span[0], Q.span[0]), max(P.span[1], Q.span[1])
