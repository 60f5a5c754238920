"""The table [weights]: W1, b1, W2, ... in the layout of the file."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ...estimators.inspection import architecture_of
from ...formulas.layout import Layout
from .table import Table


def set_weights(table: Table, est: Any, layout: Layout) -> None:
    """Replace the weights of an initialised estimator by those of the table."""
    sizes = list(pairwise(architecture_of(est).sizes))
    numbered = list(enumerate(sizes, start=1))
    with_biases = est.fit_intercept
    names = [f"W{l}" for l, _ in numbered] + [f"b{l}" for l, _ in numbered if with_biases]
    table.check_keys(names, "" if with_biases else " (fit_intercept = false: no biases.)")
    for l, (n_in, n_out) in numbered:
        shape = (n_in, n_out) if layout is Layout.ROWS else (n_out, n_in)
        W = _shaped(table, f"W{l}", [shape], layout)
        est.coefs_[l - 1] = W if layout is Layout.ROWS else np.ascontiguousarray(W.T)
        if with_biases:
            matrix = (1, n_out) if layout is Layout.ROWS else (n_out, 1)
            est.intercepts_[l - 1] = _shaped(table, f"b{l}", [(n_out,), matrix], layout).ravel()


def _shaped(table: Table, key: str, shapes: list[tuple[int, ...]], layout: Layout) -> np.ndarray:
    """The numbers of a key, in one of the shapes."""
    example = _example(shapes[-1])
    table.require(key, f"{key} = {example}")
    array = table.numbers(key, [1, 2], example)
    if array.shape not in shapes:
        wanted = " or ".join(map(str, shapes))
        table.refuse(f"with layout {str(layout)!r} its shape is {wanted}, got {array.shape}.", key)
    return array


def _example(shape: tuple[int, ...]) -> str:
    """Zeros of that shape, as TOML writes them, if they are few."""
    return str(np.zeros(shape).tolist()) if np.prod(shape) <= 12 else f"numbers of shape {shape}"
