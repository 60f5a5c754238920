"""Parametrizations: how the steps of each layer depend on its size. A new one is one class."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence

from .component import Component, check_not_negative
from .initializers import Auto, Initializer, NTKNormal

__all__ = ["NTK", "Parametrization", "Standard"]


class Parametrization(Component, ABC, family=True):
    """A learning rate for each layer, and the first weights that go with it.

    A new one needs `layer_rates` and `initializer`.
    """

    @abstractmethod
    def layer_rates(self, shapes: Sequence[tuple[int, int]]) -> list[float] | None:
        """Multiples of the learning rate, for W_1, ..., W_L, then b_1, ..., b_L.

        ``shapes`` has (fan_in, fan_out) of each layer. None: all are 1.
        """

    @abstractmethod
    def initializer(self) -> Initializer:
        """What ``weight_init="auto"`` stands for."""


class Standard(Parametrization):
    """All layers have the same learning rate; the first weights are scikit-learn's."""

    name = "standard"

    def layer_rates(self, shapes):
        """All are 1."""
        return None

    def initializer(self):
        """`sknn_edu.initializers.Auto`."""
        return Auto()


class NTK(Parametrization):
    """The neural tangent parametrization, as the learning rates that it amounts to under Adam.

    There a layer is ``Z = A_prev W / sqrt(fan_in) + b`` with W and b from N(0, 1). Its effective
    weights ``V = W / sqrt(fan_in)`` are from N(0, 1 / fan_in). An optimizer whose steps do not
    depend on the size of the gradient, such as Adam, moves each entry of W by about the learning
    rate, and so V by ``learning_rate / sqrt(fan_in)``. Here the network has V itself, and each
    layer that rate::

        W_l:  learning_rate / sqrt(fan_in of layer l)
        b_l:  learning_rate * bias_rate

    ``fan_in`` numbers of that size add up to steps of Z that are alike in layers of all widths,
    so that one learning rate (a larger one than usual: 0.04 rather than 0.001) fits all of them.

    Parameters
    ----------
    bias_rate : float, default=0.1
        Learning rate of the biases, as a multiple of the network's.

    References
    ----------
    Jacot, Gabriel and Hongler (2018), Neural tangent kernel: convergence and generalization in
    neural networks, NeurIPS. Holzmueller, Grinsztajn and Steinwart (2024), Better by default:
    strong pre-tuned MLPs and boosted trees on tabular data, NeurIPS.

    Examples
    --------
    >>> from sknn_edu.parametrizations import NTK
    >>> NTK().layer_rates([(4, 100), (100, 3)])
    [0.5, 0.1, 0.1, 0.1]
    """

    name = "ntk"

    def __init__(self, bias_rate: float = 0.1) -> None:
        check_not_negative("bias_rate", bias_rate)
        self.bias_rate = bias_rate

    def layer_rates(self, shapes):
        """1 / sqrt(fan_in) for W, ``bias_rate`` for b."""
        weights = [1 / math.sqrt(fan_in) for fan_in, _ in shapes]
        return weights + [float(self.bias_rate)] * len(weights)

    def initializer(self):
        """`sknn_edu.initializers.NTKNormal`."""
        return NTKNormal()
