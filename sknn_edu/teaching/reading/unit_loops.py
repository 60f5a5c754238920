"""The loops over single units that are open: which letters they have, and what entries are."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

from .by_unit import ALL, NO_AXIS, SAMPLES, Axes, Factor, Single, array, combined, number
from .neurons import Neuron, Neurons, NeuronWeights
from .recognition import Recognition
from .values import InLoop, Unreadable, is_constant, quantity

UNIT_BY_UNIT = {
    *("exp", "tanh", "log", "sqrt", "abs", "fabs", "maximum", "max", "minimum", "square"),
    *("power", "pow", "where", "sigmoid", "relu", "expit"),
}


@dataclass
class Row(InLoop):
    """One row of weights, ``W[j]``, in a loop over j."""

    matrix: Any
    letter: str


@dataclass
class Listed(InLoop):
    """A list with an entry for each unit, from a comprehension; ``order`` are its letters."""

    entry: Single
    order: tuple[str, ...]


@dataclass
class UnitLoops:
    """What is known about the loops over units.

    Attributes
    ----------
    recognition : Recognition
        Knows the shapes of arrays.
    open : list of str
        The letters of the loops around a statement, from the outermost.
    samples : set of str
        Counters that have turned out to count samples.
    partly : set of str
        Counters of only some of the units.
    of_neurons : dict
        What neurons that are dicts have been given, by the quantity.
    made_in : dict
        In which loops a variable was begun: only later ones are summed over.
    """

    recognition: Recognition
    open: list[str] = field(default_factory=list)
    samples: set[str] = field(default_factory=set)
    made_in: dict[str, tuple[frozenset[str], bool]] = field(default_factory=dict)
    partly: set[str] = field(default_factory=set)
    of_neurons: dict[str, Any] = field(default_factory=dict)
    made: int = 0

    def new_letter(self) -> str:
        """A letter for a loop without a counter."""
        self.made += 1
        return f"unit {self.made}"

    def counts_some(self, letter: str, bounds: list[Any]) -> None:
        """Notice a range that leaves out the first units, or the last: ``range(1, n)``."""
        is_from_0 = len(bounds) == 1 or (len(bounds) == 2 and is_constant(bounds[0], int))
        is_from_0 = is_from_0 and (len(bounds) == 1 or bounds[0].value == 0)
        end: Any = bounds[-1] if bounds else None
        is_short = isinstance(end, ast.BinOp) and isinstance(end.op, ast.Sub | ast.FloorDiv)
        if is_from_0 and not is_short:
            self.partly.discard(letter)
        else:
            self.partly.add(letter)

    def entry(self, value: Any, letters: list[str]) -> Single | Row | Neuron:
        """The entry of an array at these letters, or a row of it."""
        if not self.partly.isdisjoint(letters):
            raise Unreadable("a loop over some of the units only")
        if isinstance(value, Neurons) and len(letters) == 1:
            return Neuron(value.layer, letters[0])
        if isinstance(value, NeuronWeights) and len(letters) == 1:
            in_rows = self.recognition.in_rows
            into: Axes = (letters[0], value.letter) if in_rows else (value.letter, letters[0])
            return Single(((Factor(quantity(f"W{value.layer}"), into),),))
        if isinstance(value, Row) and len(letters) == 1:
            return Single(((Factor(value.matrix, (value.letter, letters[0])),),))
        if isinstance(value, Listed) and len(letters) == len(value.order):
            return value.entry.renamed(dict(zip(value.order, letters, strict=True)))
        if isinstance(value, InLoop) or not isinstance(value, ast.expr):
            raise Unreadable("an entry of what is no array")
        shape = self.recognition.seen(value).shape
        if shape is None or not shape:
            raise Unreadable(f"an entry of {ast.unparse(value)[:40]}, whose shape is not known")
        if self.recognition.is_of_samples(value):
            if len(letters) == 2:
                place = 0 if self.recognition.in_rows else 1
                self.samples |= {letters[place]} - {ALL}
                letters = [letters[1 - place]]
            in_rows = self.recognition.in_rows
            axes: Axes = (SAMPLES, letters[0]) if in_rows else (letters[0], SAMPLES)
            return Single(((Factor(value, axes),),))
        if len(shape) == 2 and len(letters) == 2:
            return Single(((Factor(value, (letters[0], letters[1])),),))
        if len(letters) == 1 and len(shape) == 2 and 1 not in shape:
            return Row(value, letters[0])
        if len(letters) == 1:
            is_column = len(shape) == 2 and shape[1] == 1
            axes = (letters[0], NO_AXIS) if is_column else (NO_AXIS, letters[0])
            return Single(((Factor(value, axes),),))
        raise Unreadable("an entry with too many indices")

    def row(self, value: Row) -> Single:
        """A row of a matrix as an entry, with a letter for all of the row."""
        return Single(((Factor(value.matrix, (value.letter, ALL)),),))

    def single(self, value: Any) -> Single:
        """A value beside single entries: one of them, a number, or a number for each sample."""
        if isinstance(value, Single):
            return value
        if isinstance(value, Row):
            return self.row(value)
        if not isinstance(value, ast.expr):
            raise Unreadable("a list beside a single entry")
        shape = self.recognition.seen(value).shape
        if is_constant(value, int, float) or shape == () or shape in ((1,), (1, 1)):
            return number(value)
        if shape is None and not _has_arrays(value, self.recognition):
            return number(value)
        if self.recognition.is_of_samples(value) and shape is not None and 1 in shape:
            axes = (SAMPLES, NO_AXIS) if self.recognition.in_rows else (NO_AXIS, SAMPLES)
            return Single(((Factor(value, axes),),))
        if self.recognition.is_of_samples(value):
            axes = (SAMPLES, ALL) if self.recognition.in_rows else (ALL, SAMPLES)
            return Single(((Factor(value, axes),),))
        raise Unreadable(f"{ast.unparse(value)[:40]}, a whole array, beside a single entry")

    def binary(self, left: Any, op: ast.operator, right: Any) -> Single:
        """An operation one of whose sides is a single entry."""
        if isinstance(op, ast.MatMult):
            return self.product(left, right)
        return combined(self.single(left), op, self.single(right))

    def product(self, P: Any, Q: Any) -> Single:
        """``A.T @ delta[:, k]``: the sum over the samples, or that of two vectors."""
        single, array_ = (Q, P) if isinstance(Q, Single) else (P, Q)
        if not isinstance(array_, ast.expr) or SAMPLES not in single.letters:
            return self.dot(P, Q)
        one = single.one()
        letter = next(iter(one.letters - {SAMPLES}), NO_AXIS)
        if single is Q:
            made = ast.BinOp(array_, ast.MatMult(), one.along((SAMPLES, letter)))
            axes = (ALL, letter)
        else:
            made = ast.BinOp(one.along((letter, SAMPLES)), ast.MatMult(), array_)
            axes = (letter, ALL)
        if self.recognition.seen(made).shape is None:
            return self.dot(P, Q)
        return Single(((Factor(made, axes),),))

    def along_all(self, value: Any, letter: str) -> Any:
        """The entry at a letter of what is written as a whole, ``W[:, j]``."""
        if isinstance(value, Single) and ALL in value.letters:
            return value.renamed({ALL: letter})
        return self.entry(value, [letter])

    def dot(self, P: Any, Q: Any) -> Single:
        """The product of two vectors, one of which is a row of weights or a list."""
        letter = self.new_letter()
        p, q = self.along_all(P, letter), self.along_all(Q, letter)
        if not (isinstance(p, Single) and isinstance(q, Single)):
            raise Unreadable("a product of a row with a matrix")
        return combined(p, ast.Mult(), q).summed({letter})

    def whole(self, value: Single, order: tuple[str, ...], family: str | None) -> Any:
        """The array with this entry at these letters."""
        if family in ("W", "dW", "b", "db"):
            value = value.summed({SAMPLES})
        made = array(value, order, self.recognition.in_rows)
        if len(order) == 1 and SAMPLES not in value.letters and self.recognition.in_rows:
            turned = ast.Attribute(made, "T", ast.Load())
            seen = self.recognition.seen(turned).names if family is None else ()
            if family in ("W", "dW") or any(name.startswith("dW") for name in seen):
                made = turned
        if self.recognition.seen(made).shape is None:
            raise Unreadable("the loops over units do not give an array")
        return made


def _has_arrays(value: Any, recognition: Recognition) -> bool:
    """Whether a quantity of the network is in a value."""
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    return not names.isdisjoint(recognition.quantities) or not names.isdisjoint({"X", "Y"})
