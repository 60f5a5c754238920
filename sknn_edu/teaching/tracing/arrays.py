"""The numbers of one forward and one backward pass, by attribute and by name.

They are the buffers of a network that was made for this pass alone, and nobody else's: only the
data, which may be the caller's, and biases are copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np

from ...activations import Activation
from ...engine.objective import mean_factors
from ...engine.outputs import overflow_is_expected
from ...formulas.answer_names import hint_at
from ...formulas.conventions import Conventions
from ...formulas.layout import Layout
from ...formulas.quantity import ALIASES, Quantity
from ...losses import Loss
from ..network_formulas import Formulas
from ..opened import Opened, dense
from ..update_numbers import Given, computed, needed_for

FAMILIES = ("W", "b", "Z", "A", "mask", "dA", "delta", "dW", "db")
SINGLES = ("X", "Y", "w", "m", "loss", "penalty", "alpha", "l1_ratio")


class TraceArrays:
    """The numbers of a `Trace`, and their names."""

    def __init__(
        self,
        opened: Opened,
        conventions: Conventions,
        loss: float,
        shows_update: bool,
    ) -> None:
        network, samples = opened.network, opened.samples
        layers, grad = network.layers(samples.n), network.grad
        layout, total = conventions.layout, samples.total_weight
        put = layout.orient

        def scaled(family: str, exact: Any) -> Any:
            """A derivative, or a part of J, in these conventions."""
            scale = conventions.scale(family, total)
            return exact if scale == 1 else exact * np.asarray(scale, np.result_type(exact))

        self.conventions = conventions
        self.architecture = opened.architecture
        self.layout = str(layout)
        self.mean_in, self.sign = str(conventions.mean_in), str(conventions.sign)
        self.is_weighted = samples.w is not None
        self.m = samples.n
        self.step = opened.step
        self.learning_rate = opened.step.learning_rate
        self.shows_update = shows_update
        self.loss = float(scaled("loss", loss))
        penalty = self.architecture.penalty
        self.penalty = scaled("penalty", penalty.value(network.theta.weights) / total)
        self.alpha, self.l1_ratio = penalty.alpha, penalty.l1_ratio

        self.X, self.Y = layout.matrix(dense(samples.X)), layout.matrix(samples.Y)
        w = np.ones(samples.n, network.theta.dtype) if samples.w is None else samples.w
        self.w = layout.weights_of_samples(w)
        numbered = list(enumerate(layers, start=1))
        self.W = ByLayer({l: put(layer.W) for l, layer in numbered})
        self.Z = ByLayer({l: put(layer.Z) for l, layer in numbered})
        self.A = ByLayer({0: self.X, **{l: put(seen_by_next(layer)) for l, layer in numbered}})
        self.mask = ByLayer({l: put(layer.mask) for l, layer in numbered if layer.mask is not None})
        self.delta = ByLayer({l: put(scaled("delta", layer.delta)) for l, layer in numbered})
        exact_dA = enumerate(output_gradients(opened, layout))
        self.dA = ByLayer({l: scaled("dA", dA) for l, dA in exact_dA})
        self.dW = ByLayer({l: put(scaled("dW", dW)) for l, dW in enumerate(grad.W, start=1)})
        self.b, self.db = ByLayer(), ByLayer()
        if self.has_biases:
            self.b.update({l: layout.bias(b) for l, b in enumerate(network.theta.b, start=1)})
            self.db.update(
                {l: layout.bias(scaled("db", db)) for l, db in enumerate(grad.b, start=1)}
            )

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
        return {name: self._oriented(name, value) for name, value in values.items()}

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


class ByLayer(dict[int, np.ndarray]):
    """Arrays by the number of their layer, as on paper."""

    def __missing__(self, layer: Any) -> np.ndarray:
        """Layers may have been counted as a list is."""
        given = ", ".join(map(str, self)) or "none"
        raise UnknownNameError(
            f"There is no layer {layer!r} here, only {given}. Layers are numbered as on paper: "
            "1 is the first that has weights, 0 the input."
        )


class UnknownNameError(KeyError):
    """A name that the network does not have; its message is printed as it is."""

    def __str__(self) -> str:
        return str(self.args[0])


def seen_by_next(layer: Any) -> np.ndarray:
    """A of a layer, dropped out where it is."""
    return layer.A if layer.mask is None else layer.A * layer.mask


def output_gradients(opened: Opened, layout: Layout) -> Iterator[np.ndarray]:
    """dJ/dA of each layer in the layout, the input first."""
    layers = opened.network.layers(opened.samples.n)
    dX = np.empty(opened.samples.X.shape, layers[0].W.dtype)
    yield layout.orient(layers[0].input_gradient(out=dX))
    for layer, following in pairwise(layers):
        # Under dropout the engine has multiplied its dA by the mask.
        if layer.mask is None:
            yield layout.orient(layer.dA)
        else:
            yield layout.orient(following.input_gradient(out=np.empty_like(layer.dA)))
    A, Y = layers[-1].A, opened.samples.Y
    dA = opened.architecture.loss.gradient(A, Y, out=np.empty_like(A))
    dA *= mean_factors(opened.samples, opened.samples.total_weight)
    yield layout.orient(dA)
