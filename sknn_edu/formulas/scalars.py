"""Whether a formula stands for one number: such a factor needs no product entry by entry."""

from __future__ import annotations

from . import shapes, tree
from .node import Expression

SCALARS = {"m", "alpha", "l1_ratio", "learning_rate", "loss", "penalty"}
SCALARS |= {"momentum", "rho", "beta_1", "beta_2", "epsilon", "t", "clip", "clip_norm"}
SCALARS |= {"mu", "mu_next", "mu_product", "momentum_decay"}
RATES = ("rateW", "rateb")  # of a layer


def is_number(formula: Expression) -> bool:
    """Whether the value is one number, so that it need not multiply entry by entry."""
    match formula:
        case tree.Number() | shapes.Size():
            return True
        case tree.Name(id=name):
            return name in SCALARS or name.startswith(RATES)
        case tree.Reduction(axis=axis, keepdims=keepdims):
            return axis is None and not keepdims
        case shapes.Outer() | shapes.Reshaped():
            return False
    return all(map(is_number, formula.parts()))
