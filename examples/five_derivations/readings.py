"""What a formula on paper says: the data that the audit is made of."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sknn_edu.exceptions import RiskyOutputWarning
from sknn_edu.teaching import trace


@dataclass(frozen=True)
class Network:
    """An estimator with its weights drawn, and data to mark formulas on."""

    est: object
    X: np.ndarray
    y: np.ndarray

    def first(self, m):
        """The first m samples; all of them for None."""
        return self.X[:m], self.y[:m]

    def trace(self, m=None):
        return trace(self.est, *self.first(m), layout="columns")


@dataclass(frozen=True)
class Compared:
    """Numbers that no single answer to the marking can express: said, and true."""

    about: str  # the quantity
    said: Callable  # of the networks
    true: Callable
    shown: str
    mistake: str = ""  # in words, if they differ
    right: str = ""


@dataclass(frozen=True)
class Reading:
    """What a formula says, on which data.

    Attributes
    ----------
    says : dict of str to str, or Compared
        Answers for `check_derivation`, by the name of the quantity.
    how : str
        What the symbols are taken to mean, if that needs to be said.
    m : int or None
        The number of samples: 1, or None for all.
    of : str
        Which of the networks of the derivation; ``""`` is the one that it is about.
    aside : bool
        Something else tried with the formula, which says nothing of the formula itself: with an
        earlier slip carried into it, or for another loss.
    """

    says: dict | Compared
    how: str = ""
    m: int | None = None
    of: str = ""
    aside: bool = False


@dataclass(frozen=True)
class Formula:
    """A formula as it stands on paper, and its readings."""

    number: str
    paper: str
    readings: tuple[Reading, ...]


@dataclass(frozen=True, eq=False)
class Derivation:
    """All formulas of one author, and the networks that they are marked on."""

    title: str
    notation: str  # what its letters mean here
    networks: Callable  # gives a dict of Network, "" being the author's own
    formulas: tuple[Formula, ...]


def numbered(prefix, *formulas):
    """Formulas in the order of the paper, from (paper, reading, reading, ...)."""
    return tuple(
        Formula(f"{prefix}.{i}", paper, tuple(map(as_reading, readings)))
        for i, (paper, *readings) in enumerate(formulas, start=1)
    )


def as_reading(given):
    return given if isinstance(given, Reading) else Reading(given)


def every_layer(family, formula, layers=(1, 2, 3)):
    """One formula for several layers: l, p and n in it are the layer, the one before, the next."""
    return {family.format(l=l): formula.format(l=l, p=l - 1, n=l + 1) for l in layers}


def settings(**more):
    """Plain gradient descent without a penalty, as on paper."""
    return {"solver": "gd", "learning_rate_init": 0.1, "alpha": 0, "random_state": 0, **more}


def ready(est, X, y):
    """The network with weights, no step taken. Some of these losses the package warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RiskyOutputWarning)
        return Network(est.initialize(X, y), X, y)


def with_the_same_weights(networks):
    """All of them with the weights of the first."""
    first, *others = networks.values()
    for other in others:
        other.est.coefs_, other.est.intercepts_ = first.est.coefs_, first.est.intercepts_
    return networks
