"""The numbers of one forward and one backward pass, by attribute and by name.

They are the buffers of a network that was made for this pass alone, and nobody else's: only the
data, which may be the caller's, and biases are copied.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np

from ...activations import Activation
from ...engine.objective import mean_factors
from ...formulas.conventions import Conventions
from ...formulas.layout import Layout
from ...formulas.quantity import ALIASES, Quantity
from ...losses import Loss
from ..opened import Opened, dense

FAMILIES = ("W", "b", "Z", "A", "mask", "dA", "delta", "dW", "db", "W_next", "b_next")
SINGLES = ("X", "Y", "w", "m", "loss", "penalty", "alpha", "l1_ratio", "learning_rate")


class TraceArrays:
    """The numbers of a `Trace`, and their names."""

    def __init__(
        self,
        opened: Opened,
        conventions: Conventions,
        loss: float,
        learning_rate: float,
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
        self.learning_rate = float(learning_rate)
        self.shows_update = shows_update
        self.loss = float(scaled("loss", loss))
        penalty = self.architecture.penalty
        self.penalty = scaled("penalty", penalty.value(network.theta.weights) / total)
        self.alpha, self.l1_ratio = penalty.alpha, penalty.l1_ratio

        self.X, self.Y = layout.matrix(dense(samples.X)), layout.matrix(samples.Y)
        w = np.ones(samples.n, network.theta.dtype) if samples.w is None else samples.w
        self.w = layout.weights_of_samples(w)
        numbered = list(enumerate(layers, start=1))
        self.W = {l: put(layer.W) for l, layer in numbered}
        self.Z = {l: put(layer.Z) for l, layer in numbered}
        self.A = {0: self.X, **{l: put(seen_by_next(layer)) for l, layer in numbered}}
        self.mask = {l: put(layer.mask) for l, layer in numbered if layer.mask is not None}
        self.delta = {l: put(scaled("delta", layer.delta)) for l, layer in numbered}
        exact_dA = enumerate(output_gradients(opened, layout))
        self.dA = {l: scaled("dA", dA) for l, dA in exact_dA}
        self.dW = {l: put(scaled("dW", dW)) for l, dW in enumerate(grad.W, start=1)}
        self.b, self.db = {}, {}
        if self.has_biases:
            self.b = {l: layout.bias(b) for l, b in enumerate(network.theta.b, start=1)}
            self.db = {l: layout.bias(scaled("db", db)) for l, db in enumerate(grad.b, start=1)}

    @property
    def W_next(self) -> dict[int, np.ndarray]:
        """W - learning_rate dW; where derivatives have the opposite sign, W + learning_rate dW."""
        return {l: W + self._step * self.dW[l] for l, W in self.W.items()}

    @property
    def b_next(self) -> dict[int, np.ndarray]:
        """b - learning_rate db, or b + learning_rate db."""
        return {l: b + self._step * self.db[l] for l, b in self.b.items()}

    @property
    def _step(self) -> float:
        """What a derivative is multiplied by, to be added to its parameter."""
        return self.learning_rate if self.conventions.is_descent else -self.learning_rate

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
        return [*numbered, *SINGLES]

    def by_name(self) -> dict[str, Any]:
        """Everything that ``t[name]`` knows, aliases included."""
        values: dict[str, Any] = {name: getattr(self, name) for name in SINGLES}
        for family in FAMILIES:
            for l, array in getattr(self, family).items():
                values[str(Quantity(family, l))] = array
        for alias, family in ALIASES.items():
            values |= {f"{alias}{l}": array for l, array in getattr(self, family).items()}
        return values

    def quantity(self, name: str) -> Quantity:
        """The quantity of that name or alias; KeyError if the network has none."""
        quantity = Quantity.of(str(name))
        if quantity.layer is None and quantity.family in SINGLES:
            return quantity
        if quantity.family in FAMILIES and quantity.layer in getattr(self, quantity.family):
            return quantity
        known = f"{', '.join(self.names())}; for delta and mask one may also write dZ and D"
        raise UnknownNameError(f"This network has no {name!r}. It has {known}.")

    def __getitem__(self, name: str) -> Any:
        quantity = self.quantity(name)
        value = getattr(self, quantity.family)
        return value if quantity.layer is None else value[quantity.layer]


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
