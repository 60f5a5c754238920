"""What a mistake is: a way to rewrite the formulas of a network wrongly."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from ....formulas import Expression
from ....formulas.tree import Backward, Name, Product
from ...network_formulas import Formulas


@dataclass(frozen=True)
class Edit:
    """Formulas that a mistake puts in place of the right ones.

    Attributes
    ----------
    code : str
        The mistake.
    changes : dict of str to Expression
        Wrong formulas, by the name of what they give.
    message : str
        What is wrong and how to see it, for a student.
    variant : str
        Edits of one mistake with the same variant can be made in several layers at once.
    is_rare : bool
        Whether it is tried in pairs last, and is not looked for in pages.
    """

    code: str
    changes: Mapping[str, Expression]
    message: str
    variant: str = ""
    is_rare: bool = False


class FormulaMistake(ABC):
    """A mistake that changes one or several formulas.

    Attributes
    ----------
    code : str
        How the marking calls it.
    is_rare : bool
        Whether all its edits are rare.
    """

    code: ClassVar[str]
    is_rare: ClassVar[bool] = False
    known: ClassVar[list[FormulaMistake]] = []

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" in vars(cls):
            FormulaMistake.known.append(cls())

    @abstractmethod
    def edits(self, wanted: Mapping[str, Expression], formulas: Formulas) -> Iterator[Edit]:
        """All ways to make the mistake in the formulas ``wanted``, those of the answer."""

    def edit(self, name: str, wrong: Expression, message: str, variant: str = "") -> Edit:
        """The mistake in the formula of ``name``."""
        return Edit(self.code, {name: wrong}, message, variant)


def carried_back(formula: Expression) -> Iterator[Backward]:
    """The places of a formula at which a gradient goes back through an activation."""
    return (node for node in formula.walk() if isinstance(node, Backward))


def arriving(place: Backward, formulas: Formulas) -> Expression:
    """dA as it reaches f'(Z): through the mask of dropout, where there is one."""
    mask = formulas.mask_of(place.layer)
    return place.dA if mask is None else Product(mask, place.dA)


def in_place(formula: Expression, old: Expression, new: Expression) -> Expression:
    """The formula with one part, wherever it is, put in place of another."""
    if formula == old:
        return new
    return formula.rebuilt(lambda part: in_place(part, old, new))


def renamed(formula: Expression, old: str, new: str) -> Expression:
    """The formula with another name in place of one."""
    return formula.substituted({old: Name(new)})
