"""Targets: what y may be, and how it is coded as the array Y of the engine, and back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

import numpy as np

from ..activations import Activation
from ..losses import Loss


class Targets(ABC):
    """The targets that a network was made for, learned from y once and never changed.

    Attributes
    ----------
    n_outputs : int
        Output units.
    is_multiclass : bool
        Whether one of more than two classes is to be chosen.
    is_multilabel : bool
        Whether y has a column of yes or no for each label.
    one_hot : bool
        Whether each row of Y is a single 1 among zeros.
    """

    numeric: ClassVar[bool]
    is_multiclass: bool = False
    is_multilabel: bool = False
    one_hot: bool = False

    @property
    @abstractmethod
    def n_outputs(self) -> int:
        """Output units."""

    @staticmethod
    @abstractmethod
    def tidy(y: Any) -> Any:
        """y as scikit-learn has validated it, in the form that the other methods take."""

    @classmethod
    @abstractmethod
    def learn(cls, y: Any, classes: Any = None) -> Self:
        """Targets like these, where ``classes`` are all classes that will ever occur."""

    def coded_for(self, loss: Loss, output: Activation) -> Self:
        """The same, coded for a loss behind an output activation."""
        return self

    def weighted(
        self, class_weight: Any, y: Any, sample_weight: np.ndarray | None, incremental: bool
    ) -> Self:
        """The same, with the weights of the classes."""
        return self

    @abstractmethod
    def check(self, y: Any) -> None:
        """Raise ValueError if y holds something that the network has no output for."""

    def check_again(self, y: Any, classes: Any, incremental: bool) -> None:
        """Raise ValueError if y cannot follow what `learn` has seen."""
        self.check(y)

    @abstractmethod
    def encode(self, y: Any, dtype: np.dtype) -> np.ndarray:
        """Y of shape (n, n_outputs): what the outputs should be."""

    @abstractmethod
    def decode(self, A: np.ndarray) -> Any:
        """Predictions from the outputs A of shape (n, n_outputs)."""

    @abstractmethod
    def score(self, y: Any, A: np.ndarray, w: np.ndarray | None) -> float:
        """Accuracy or R2 of the outputs A."""

    def weights(self, y: Any, sample_weight: np.ndarray | None) -> np.ndarray | None:
        """Weights of the samples, class weights included."""
        return sample_weight

    def strata(self, y: Any, n_held_out: int) -> np.ndarray | None:
        """Groups whose proportions the split for early stopping keeps; None for no groups."""
        return None

    def attributes(self) -> dict[str, Any]:
        """The fitted attributes made from this."""
        return {}
