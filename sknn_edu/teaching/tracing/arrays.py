"""The numbers of one forward and one backward pass, by attribute and by name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np

from ...activations import Activation
from ...engine.outputs import overflow_is_expected
from ...formulas.answer_names import hint_at
from ...formulas.conventions import Conventions
from ...formulas.layout import Layout
from ...formulas.quantity import ALIASES, Quantity
from ...losses import Loss
from ..network_formulas import Formulas
from ..opened import Opened
from ..update_numbers import Given, computed, needed_for
from .by_layer import ByLayer, UnknownNameError
from .recorded import Arrays

FAMILIES = ("W", "b", "Z", "A", "mask", "dA", "delta", "dW", "db")
SINGLES = ("X", "Y", "w", "m", "loss", "penalty", "alpha", "l1_ratio")


class TraceArrays:
    """The numbers of a `Trace`, and their names."""

    def __init__(
        self,
        opened: Opened,
        arrays: Arrays,
        conventions: Conventions,
        loss: float,
        shows_update: bool,
    ) -> None:
        layout, total = conventions.layout, opened.samples.total_weight
        self.conventions = conventions
        self.architecture = opened.architecture
        self.layout = str(layout)
        self.mean_in, self.sign = str(conventions.mean_in), str(conventions.sign)
        self.is_weighted = opened.samples.w is not None
        self.m = opened.samples.n
        self.step = opened.step
        self.learning_rate = opened.step.learning_rate
        self.shows_update = shows_update
        self.loss = loss
        penalty = self.architecture.penalty
        cost = penalty.value(opened.network.theta.weights) / total
        self.penalty = cost * conventions.scale("penalty", total)
        self.alpha, self.l1_ratio = penalty.alpha, penalty.l1_ratio
        self.W, self.b, self.Z, self.A, self.mask = arrays[:5]
        self.dA, self.delta, self.dW, self.db, self.Y, self.w = arrays[5:]

    @property
    def X(self) -> np.ndarray:
        """The input, which is ``A[0]``."""
        return self.A[0]

    @cached_property
    def updated(self) -> dict[str, Any]:
        """Everything that belongs to the update, by name: ``"W1_next"``, ``"vW1"``, ``"t"``."""
        formulas = Formulas(
            self.architecture,
            is_weighted=self.is_weighted,
            conventions=self.conventions,
            step=self.step,
        )
        in_rows = {name: self._in_rows(name) for name in needed_for(formulas)}
        total = float(self.w.sum()) if self.is_weighted else float(self.m)
        given = Given(self.step, self.conventions, total).by_name(self.architecture)
        dtype = np.result_type(*self.W.values())
        values = in_rows | {"w": self.w, "m": self.m} | given
        with overflow_is_expected():
            values = computed(formulas, values, dtype)
        found = {name: self._oriented(name, value) for name, value in values.items()}
        if not self.W[1].flags.writeable:  # a trace that is read-only
            for value in found.values():
                np.asarray(value).flags.writeable = False
        return found

    def _in_rows(self, name: str) -> Any:
        """A number, or a parameter or its gradient as rows have it."""
        quantity = Quantity.of(name)
        if quantity.layer is None:
            return getattr(self, quantity.family)
        array = getattr(self, quantity.family)[quantity.layer]
        if self.conventions.layout is Layout.ROWS:
            return array
        return array.ravel() if quantity.parameter.family == "b" else array.T

    def _oriented(self, name: str, value: Any) -> Any:
        """What `updated` has, in the layout."""
        if np.ndim(value) == 0:
            return value
        layout = self.conventions.layout
        return layout.bias(value) if np.ndim(value) == 1 else layout.orient(value)

    def family_of_update(self, family: str) -> ByLayer:
        """``W_next``, ``vW``: arrays of the update by layer."""
        found = ((Quantity.of(name), array) for name, array in self.updated.items())
        return ByLayer({q.number: array for q, array in found if q.layer and q.family == family})

    @property
    def W_next(self) -> dict[int, np.ndarray]:
        """The weights after the update."""
        return self.family_of_update("W_next")

    @property
    def b_next(self) -> dict[int, np.ndarray]:
        """The biases after the update."""
        return self.family_of_update("b_next")

    # -- what the network is made of ------------------------------------------------------

    @property
    def n_layers(self) -> int:
        """L, the number of layers with weights."""
        return self.architecture.n_layers

    @property
    def activations(self) -> list[Activation]:
        """f_1, ..., f_L."""
        return list(self.architecture.activations)

    @property
    def loss_function(self) -> Loss:
        """The loss of one sample."""
        return self.architecture.loss

    @property
    def has_biases(self) -> bool:
        """Whether the network has biases."""
        return self.architecture.has_biases

    @property
    def headline(self) -> str:
        """The network, the samples, J and the loss in one line.

        Examples
        --------
        >>> from sknn_edu import BackpropRegressor
        >>> from sknn_edu.teaching import trace
        >>> est = BackpropRegressor(3, weight_init="zeros").initialize([[0], [1]], [0, 1])
        >>> trace(est, [[0], [1]], [0, 1]).headline
        'Trace of 1 -> 3 relu -> 1 identity, 2 samples in rows, J = 0.25, loss SquaredError()'
        """
        n_inputs, *widths = self.architecture.sizes
        layers = [f"{n} {f.name}" for n, f in zip(widths, self.activations, strict=True)]
        samples = "1 sample" if self.m == 1 else f"{self.m} samples"
        network = f"{' -> '.join([str(n_inputs), *layers])}, {samples} in {self.layout}"
        return f"Trace of {network}, J = {self.loss:.4g}, loss {self.loss_function!r}"

    # -- by name ------------------------------------------------------------------------

    def names(self) -> list[str]:
        """All names that ``t[name]`` knows, without aliases: ``"W1"``, ``"dA0"``, ``"m"``."""
        numbered = [str(Quantity(family, l)) for family in FAMILIES for l in getattr(self, family)]
        return [*numbered, *SINGLES, *self.updated]

    def by_name(self) -> dict[str, Any]:
        """Everything that ``t[name]`` knows, aliases included."""
        values: dict[str, Any] = {name: getattr(self, name) for name in SINGLES}
        for family in FAMILIES:
            for l, array in getattr(self, family).items():
                values[str(Quantity(family, l))] = array
        for alias, family in ALIASES.items():
            values |= {f"{alias}{l}": array for l, array in getattr(self, family).items()}
        return values | self.updated

    def quantity(self, name: str) -> Quantity:
        """The quantity of that name or alias; KeyError if the network has none."""
        quantity = Quantity.of(str(name))
        if quantity.layer is None and quantity.family in SINGLES:
            return quantity
        if quantity.family in FAMILIES and quantity.layer in getattr(self, quantity.family):
            return quantity
        if str(quantity) in self.updated:
            return quantity
        known = f"{', '.join(self.names())}; for delta and mask one may also write dZ and D"
        hint = hint_at(str(name), self.names())
        raise UnknownNameError(f"This network has no {name!r}. It has {known}.{hint}")

    def __getitem__(self, name: str) -> Any:
        quantity = self.quantity(name)
        if str(quantity) in self.updated:
            return self.updated[str(quantity)]
        value = getattr(self, quantity.family)
        return value if quantity.layer is None else value[quantity.layer]

    def __contains__(self, name: object) -> bool:
        try:
            self.quantity(str(name))
        except UnknownNameError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __len__(self) -> int:
        return len(self.names())
