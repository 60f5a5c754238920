"""A check looks for one fault; a finding is what it says about it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from .case import Case

PROBLEM, WARNING, NOTE = "problem", "warning", "note"
SEVERITIES = (PROBLEM, WARNING, NOTE)  # the worst first

# Codes of faults that often follow together from another one.
BAD_UNITS = ("dead_units", "saturated_units")
BAD_GRADIENTS = ("vanishing_gradients", "exploding_gradients")
BAD_RATES = ("learning_rate_too_large", "learning_rate_too_small")
NOT_LEARNED = ("constant_output", "not_converged")
ANY_BAD_RESULT = (*BAD_UNITS, *BAD_GRADIENTS, *BAD_RATES, *NOT_LEARNED)


@dataclass(frozen=True)
class Finding:
    """One thing that was found.

    Attributes
    ----------
    code : str
        Which it is: ``"dead_units"``.
    severity : {"problem", "warning", "note"}
        A problem keeps the network from learning or makes its results useless, a warning
        costs speed or quality, a note is worth knowing.
    message : str
        What it is, with its numbers, and what it means.
    remedy : str
        What to write instead.
    layer : int or None
        Where, counted as on paper: layer 1 has the first weights, layer 0 is the input. If
        it is in several layers, the first of them.
    evidence : dict
        The numbers, by name.
    layers : tuple of int
        All layers that have it.
    explains : tuple of str
        Codes of other faults that were found too, but that follow from this one.
    """

    code: str
    severity: str
    message: str
    remedy: str
    layer: int | None
    evidence: dict[str, Any]
    layers: tuple[int, ...] = ()
    explains: tuple[str, ...] = ()


class Check(ABC):
    """Looks for one fault. A new check is one class: set ``code`` and write `look`.

    Attributes
    ----------
    code : str
        The name of the fault.
    explains : tuple of str
        Codes of faults that follow from this one. They are not reported on their own
        beside it, unless they are mere notes.
    reads_numbers : bool
        Whether it looks at the forward and the backward pass; such a check is left out
        where the pass runs into infinity or NaN.
    """

    code: ClassVar[str]
    explains: ClassVar[tuple[str, ...]] = ()
    reads_numbers: ClassVar[bool] = True

    @abstractmethod
    def look(self, case: Case) -> Iterator[Finding]:
        """The findings, none on a healthy network; those of several layers become one."""

    def found(
        self, severity: str, message: str, remedy: str, layer: int | None = None, **evidence: Any
    ) -> Finding:
        """A finding of this check."""
        layers = () if layer is None else (layer,)
        return Finding(self.code, severity, message, remedy, layer, evidence, layers)

    @classmethod
    def all(cls) -> list[Check]:
        """An object of every check there is, in the order in which they were written."""
        return [check() for check in cls.__subclasses__()]
