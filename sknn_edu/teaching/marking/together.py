"""Which mistakes may be made together, so that they explain an answer only as a pair."""

from __future__ import annotations

from collections.abc import Iterable

# Code that adds its updates and sums over the samples has these beside its real mistakes.
THROUGHOUT = {"sign", "missing_mean"}
FEW_NUMBERS = 3
# Mistakes that cancel each other, or that cannot both be made.
APART = (
    {"missing_mean", "double_mean"},
    {"bias_mean", "bias_not_summed"},
    {"output_derivative_missing", "output_derivative_twice"},
    {"penalty_missing", "penalty_factor"},
    {"penalty_missing", "penalty_without_weights"},
    {"wrong_derivative", "wrong_name"},  # each says little; two of them explain anything
)


def exclude_each_other(codes: Iterable[str]) -> bool:
    """Whether mistakes cannot be made together."""
    together = list(codes)
    different = set(together)
    return len(different) < len(together) or any(pair <= different for pair in APART)


def are_few(codes: tuple[str, ...], size: int) -> bool:
    """Whether these are at most two mistakes, apart from those that go through all of a code.

    Few numbers are explained by many things: by one mistake at most, and a common constant.
    """
    if size < FEW_NUMBERS:
        return len(codes) <= 2 and (len(codes) == 1 or "factor" not in codes)
    return len(set(codes) - THROUGHOUT) <= 2 and len(codes) <= 4
