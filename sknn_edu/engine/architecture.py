"""What a network is made of, apart from its weights: stated once, and passed around whole."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from ..activations import Activation
from ..losses import Loss
from .penalty import ElasticNet


@dataclass(frozen=True)
class Architecture:
    """Layers, loss and penalty of a network.

    Attributes
    ----------
    sizes : tuple of int
        Units of each layer: n_0 (the input), n_1, ..., n_L (the output).
    activations : tuple of Activation
        f_1, ..., f_L.
    loss : Loss
        Loss of one sample, bound to the output activation (see `Loss.bind`).
    penalty : ElasticNet
        Cost of the weights.
    has_biases : bool
        Without biases b and db stay 0.
    dropout : tuple of float
        Rate of each hidden layer; empty for no dropout.

    Raises
    ------
    ValueError
        If the parts do not fit together: it names the one that does not.
    """

    sizes: tuple[int, ...]
    activations: tuple[Activation, ...]
    loss: Loss
    penalty: ElasticNet
    has_biases: bool = True
    dropout: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        self.check()

    def check(self) -> None:
        """Raise ValueError unless the parts fit together, also those of a loaded object."""
        sizes, activations, n_hidden = self.sizes, self.activations, len(self.sizes) - 2
        if n_hidden < 0 or len(activations) != n_hidden + 1:
            raise ValueError(
                f"sizes={sizes!r} are those of {n_hidden + 1} layers and the input, but there are "
                f"{len(activations)} activations."
            )
        if not all(type(size) is int and size > 0 for size in sizes):
            raise ValueError(f"sizes={sizes!r} must be integers of at least 1.")
        if not all(isinstance(f, Activation) for f in activations):
            raise ValueError(f"activations={activations!r} must be objects of class Activation.")
        if len(self.dropout) not in (0, n_hidden):
            raise ValueError(
                f"dropout={self.dropout!r} must be empty, or have a rate for each of the "
                f"{n_hidden} hidden layers."
            )

    @property
    def n_layers(self) -> int:
        """L, the number of layers with weights."""
        return len(self.activations)

    @property
    def output(self) -> Activation:
        """f_L, the output activation."""
        return self.activations[-1]

    @property
    def shapes(self) -> list[tuple[int, int]]:
        """Shape of each W: (n_(l-1), n_l)."""
        return list(pairwise(self.sizes))

    def without_dropout(self) -> Architecture:
        """The same with every unit taking part."""
        return replace(self, dropout=()) if self.dropout else self

    def first(self, n_layers: int) -> Architecture:
        """The first layers alone, to be run forward."""
        return replace(
            self,
            sizes=self.sizes[: n_layers + 1],
            activations=self.activations[:n_layers],
            dropout=(),
        )
