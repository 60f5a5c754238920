"""The formulas on paper and their readings: the data of the audit."""

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sknn_edu.exceptions import RiskyOutputWarning
from sknn_edu.teaching import trace


@dataclass(frozen=True)
class Network:
    """An estimator with its weights drawn, and data to mark formulas on."""

    est: Any
    X: np.ndarray
    y: np.ndarray

    def first(self, m: int | None) -> tuple[np.ndarray, np.ndarray]:
        """The first m samples; all of them for None."""
        return self.X[:m], self.y[:m]

    def trace(self, m=None):
        return trace(self.est, *self.first(m), layout="columns")


@dataclass(frozen=True)
class Compared:
    """Numbers that cannot be one answer of the marking: those of the formula, and the true ones."""

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
        An additional trial that does not count for the verdict: with an earlier mistake substituted
        into the formula, or for another loss.
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
    networks: Callable[[], dict[str, Network]]  # "" is the author's own
    formulas: tuple[Formula, ...]


def formulas(number, text, *compared):
    """The formulas of derivation ``number``, from text.

    A formula as it stands on paper begins a line. Below it, indented, are its readings::

        dL/dz2 = A2 - Y
            -- L with its 1/m
            delta2 = A2 - Y
            & dA2 = A2 - Y
            [one sample] delta2 = A2 - Y

    ``--`` begins an explanation of the symbols, for the next reading. ``&`` adds an answer to the
    reading above. Brackets contain ``one sample``, ``aside`` and the name of the network if it is
    not the author's. With ``for l = 1, 2`` at the end of a line, ``[l]``, ``[l-1]`` and ``[l+1]``
    are layers. ``= text`` is the one of ``compared`` whose ``shown`` is this text.
    """
    by_text = {numbers.shown: numbers for numbers in compared}
    papers: list[str] = []
    readings: list[list] = []
    how = ""
    for line in filter(str.strip, text.splitlines()):
        said = line.strip()
        if line == said:
            papers.append(said)
            readings.append([])
        elif said.startswith("-- "):
            how = said.removeprefix("-- ")
        elif said.startswith("& "):
            readings[-1][-1].says.update(_answers(said.removeprefix("& ")))
        else:
            flags, said = re.findall(r"^(?:\[(.*?)\] )?(.*)", said)[0]
            compares = said.startswith("= ")
            says = by_text[said.removeprefix("= ")] if compares else _answers(said)
            readings[-1].append(Reading(says, how, **_options(flags)))
            how = ""
    return tuple(
        Formula(f"{number}.{i}", paper, tuple(of_it))
        for i, (paper, of_it) in enumerate(zip(papers, readings), start=1)
    )


def _options(flags):
    """Arguments of `Reading` from the words in brackets."""
    known: dict[str, dict[str, Any]] = {"one sample": {"m": 1}, "aside": {"aside": True}}
    options: dict[str, Any] = {}
    for flag in flags.split(", ") if flags else ():
        options |= known.get(flag, {"of": flag})
    return options


def _answers(said):
    """Answers by name, one for each layer."""
    said, *layers = said.split("  for l = ")
    if not layers:
        return dict([said.split(" = ", 1)])
    return dict(_in_layer(int(l), said).split(" = ", 1) for l in layers[0].split(", "))


def _in_layer(l, said):
    """A formula with the numbers of the layers in place of ``[l-1]``, ``[l]`` and ``[l+1]``."""
    return said.replace("[l-1]", str(l - 1)).replace("[l]", str(l)).replace("[l+1]", str(l + 1))


def ready(est, X, y, **parameters):
    """The network with weights and no training step. The package warns of some of these losses."""
    est.set_params(learning_rate_init=0.1, random_state=0, **parameters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RiskyOutputWarning)
        return Network(est.initialize(X, y), X, y)


def with_the_same_weights(networks):
    """All of them with the weights of the first."""
    first, *others = networks.values()
    for other in others:
        other.est.coefs_, other.est.intercepts_ = first.est.coefs_, first.est.intercepts_
    return networks


def line(name, numbers, width=22, form="+.4f"):
    """A name and numbers, aligned with other such lines."""
    return f"{name:{width}}" + "".join(f"{format(n, form):>10}" for n in np.ravel(numbers))
