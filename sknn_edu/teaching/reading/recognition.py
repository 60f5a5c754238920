"""What a value is, from its numbers: whatever it is called, ``X @ W1 + b1`` is Z1."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...formulas.quantity import Quantity
from .values import contains, size, text_of

MAX_NODES, MAX_QUESTIONS = 250, 400
FORWARD, BACKWARD = ("Z", "A"), ("delta", "dA")
Shape = tuple[int, ...]


class Seen(NamedTuple):
    """What the numbers of a formula say: the quantities that it gives, and its shape.

    ``across`` are quantities whose transposes it gives; ``single`` those of one number, which
    other formulas may give too.
    """

    names: Sequence[str] = ()
    shape: Shape | None = None
    across: Sequence[str] = ()
    single: Sequence[str] = ()


NOTHING = Seen()
WEIGHTS = re.compile(r"\b(d?W[0-9]+(?:_next)?)\b")
SAMPLES = re.compile(r"\b(X|Y|(?:A|Z|dA|delta|b)[0-9]+(?:_next)?)\b")
See = Callable[[str], Seen]


@dataclass
class Recognition:
    """Recognises quantities, and remembers what is recognised.

    Attributes
    ----------
    see : callable or None
        Computes a formula on a network of this kind; None if there is none to compute on.
    shape_of : callable or None
        The shape of a quantity there.
    quantities : sequence of str
        What can be recognised.
    learned : dict of str to str or None
        What a name in the file turned out to be; None if it is more than one thing.
    lists : dict of str to str
        The families of lists in the file that have an entry for each layer.
    is_turned : bool
        Whether the weights of the file are the transposes of those here (in columns: the samples).
    is_summed : bool
        Whether the loss of the answers is a sum over the samples, as that of one sample is.
    weights_alone : bool
        Whether only the weights are turned where samples are columns: W.T @ X.
    one_by_one : bool
        Whether the file is about one sample at a time: its arrays are vectors.
    half_turned : set of str
        Which of the two signs of turned weights the way back has shown.
    """

    see: See | None = None
    shape_of: Callable[[str], Shape | None] | None = None
    quantities: Sequence[str] = ()
    learned: dict[str, str | None] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    is_turned: bool = False
    weights_alone: bool = False
    is_summed: bool = False
    one_by_one: bool = False
    half_turned: set[str] = field(default_factory=set)
    answers: dict[str, Seen] = field(default_factory=dict)
    latest: tuple[Any, str, Seen] = (None, "", NOTHING)

    @property
    def in_rows(self) -> bool:
        """Whether samples are rows."""
        X, Y = (self.shape_of(name) if self.shape_of else None for name in ("X", "Y"))
        return X is None or Y is None or X[0] == Y[0]

    def seen(self, value: Any) -> Seen:
        """What the numbers of a value say."""
        if self.see is None or size(value) > MAX_NODES:
            return NOTHING
        mode = f"{self.is_turned} {self.weights_alone}"
        if value is self.latest[0] and mode == self.latest[1]:
            return self.latest[2]
        text = self.turned(text_of(value))
        key = f"{text} {mode}"
        if key not in self.answers:
            enough = len(self.answers) >= MAX_QUESTIONS
            self.answers[key] = NOTHING if enough else self._seen(self.see, text)
        self.latest = value, mode, self.answers[key]
        return self.answers[key]

    def _seen(self, see: See, text: str) -> Seen:
        seen = see(text)
        if seen.shape is None:
            return NOTHING
        turned = see(f"({text}).T")
        if not self.is_turned:
            return seen._replace(across=[] if seen.names else _of_samples(turned.names))
        if self.in_rows or self.weights_alone:
            of_weights = [name for name in turned.names if name.startswith("dW")]
            return seen._replace(names=[*seen.names, *of_weights])
        others = [name for name in seen.names if name not in _of_samples(seen.names)]
        names = [*_of_samples(turned.names), *others]
        return Seen(names, turned.shape, _of_samples(seen.names), seen.single)

    def turned(self, text: str, name: str = "") -> str:
        """A formula, for a quantity, as it is in a file where weights, or samples, are turned."""
        if not self.is_turned:
            return text
        pattern = WEIGHTS if self.in_rows or self.weights_alone else SAMPLES
        text = pattern.sub(r"\1.T", text)
        is_matrix = pattern.fullmatch(name) is not None and not name.startswith("b")
        return f"({text}).T" if is_matrix else text

    def gives(self, value: Any, name: str) -> bool:
        """Whether a value is a quantity."""
        seen = self.seen(value)
        return name in seen.names or name in seen.single

    def state(self) -> dict[str, str | None]:
        """All that has been learned, to see whether there is more after another reading."""
        modes = f"{self.is_turned} {self.weights_alone} {self.one_by_one}"
        return {**self.learned, **self.lists, "": modes}

    def is_of_samples(self, value: Any) -> bool:
        """Whether a value is a matrix with a row, or a column, for each sample."""
        shape = self.seen(value).shape
        m = self.shape_of("X") if self.shape_of else None
        axis = 0 if self.in_rows else 1
        return bool(shape and m) and len(shape or ()) == 2 and shape[axis] == m[axis]  # type: ignore[index]

    def notice_turned(self, value: Any) -> None:
        """See whether a file has the samples as the layout says, but not the weights: X @ W.T."""
        names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
        if self.see is None or self.is_turned:
            return
        if not any(map(WEIGHTS.fullmatch, names)):
            self._notice_half(value, "gradient", ("dW",))
            return
        if self.seen(value).shape is not None:
            return
        self.is_turned = True
        seen = self.seen(value)
        found = {Quantity.of(name).family for name in (*seen.names, *seen.across)}
        self.is_turned = not found.isdisjoint(FORWARD)
        if not self.is_turned and not self.in_rows:
            self._notice_weights_alone(value)
        if not found.isdisjoint(BACKWARD):
            self._notice_half(value, "way back", BACKWARD)

    def _notice_weights_alone(self, value: Any) -> None:
        """See whether a value of the way forward is right if only the weights are turned."""
        self.is_turned = self.weights_alone = True
        found = {Quantity.of(name).family for name in self.seen(value).names}
        self.is_turned = self.weights_alone = not found.isdisjoint(FORWARD)

    def _notice_half(self, value: Any, sign: str, families: Sequence[str]) -> None:
        """On the way back a transpose may be forgotten; W and dW that are both turned are meant."""
        if not self.in_rows or self.shape_of is None:
            return
        if sign == "gradient":
            turned = self.seen(ast.Attribute(value, "T", ast.Load())).names
            shapes = [self.shape_of(n) for n in turned if Quantity.of(n).family in families]
            if not any(shape and len(shape) == 2 and min(shape) > 1 for shape in shapes):
                return
        self.half_turned.add(sign)
        self.is_turned = len(self.half_turned) == 2

    def meant(self, name: str | None, value: Any) -> str | None:
        """The quantity that is given a value, by its name and by its numbers."""
        seen = self.seen(value)
        if name is None:
            sums = [n for n in seen.single if n[:2] == "db" and contains(value, f"delta{n[2:]}")]
            return next(iter([*seen.names, *sums]), None)
        if name in seen.names:
            return name
        family, layer = Quantity.of(name).family, Quantity.of(name).layer
        is_made_of_it = family == "dA" and not seen.names and contains(value, name)
        if is_made_of_it and self.shape_of is not None and seen.shape == self.shape_of(name):
            return f"delta{layer}" if layer else name  # an attempt at delta
        if family in (*FORWARD, *BACKWARD) and not seen.names:
            return name if self._may_be(name, seen.shape) else None
        for other in seen.names:
            found = Quantity.of(other)
            if family in FORWARD and found.family in (*FORWARD, *BACKWARD):
                return other
            if family == "dA" and found.family in BACKWARD:
                return other
            if family == "delta" and found.family in BACKWARD and found.layer != layer:
                return other
            if family in BACKWARD and found.family in ("dW", "db"):
                return other
        return name

    def attempt(self, family: str, shape: Shape | None) -> str | None:
        """The one quantity of a family that has this shape: of ``delta`` the shape tells which."""
        alike = [name for name in self.quantities if Quantity.of(name).family == family]
        alike = [name for name in alike if self.shape_of and self.shape_of(name) == shape]
        return alike[0] if shape and len(alike) == 1 else None

    def learn(self, word: str, name: str) -> None:
        """Remember what a name in the file stands for, or a list of one for each layer."""
        if word.endswith("[]"):
            self.lists[word] = Quantity.of(name).family
            return
        self.learned[word] = name if self.learned.get(word, name) == name else None

    def _may_be(self, name: str, shape: Shape | None) -> bool:
        """Whether a value of this shape may be an attempt at the quantity, or is one for W or b."""
        if shape is None or self.shape_of is None or shape == self.shape_of(name):
            return True
        L = 1
        while (of_weights := self.shape_of(f"W{L}")) is not None:
            if shape in (of_weights, of_weights[::-1]):
                return False
            L += 1
        return True


def _of_samples(names: Sequence[str]) -> list[str]:
    """Those that have a row, or a column, for each sample."""
    return [name for name in names if Quantity.of(name).is_of_samples]
