"""What is known about an expression: a syntax tree with everything put in, or a container."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any

MAX_SIZE = 600
NO_FORMULA = "gives no formula"


class Unreadable(Exception):
    """Something in the code that cannot be read as a formula; its text says why."""


@dataclass
class Items:
    """A tuple or a list.

    Attributes
    ----------
    values : list
    made_in : int
        How many loops with unknown rounds were around where it was made.
    is_whole : bool
        Whether all that is in it is known, and not only what one round of a loop appends.
    """

    values: list[Any]
    made_in: int = 0
    is_whole: bool = True

    @property
    def has_objects(self) -> bool:
        """Whether objects of the file's classes are in it."""
        return any(isinstance(one, Instance) for one in self.values)


@dataclass
class Entries:
    """A dict; ``layer`` is the one whose weights it has."""

    values: dict[str, Any] = field(default_factory=dict)
    layer: int | None = None


@dataclass
class Joined:
    """An array with a column of something else in front, None if that is not known."""

    first: Any
    rest: Any


@dataclass
class Cache:
    """What the forward pass has kept of a layer; which array it is, the name says that it gets."""

    layer: int


@dataclass
class Helper:
    """A function of the file, or a lambda."""

    name: str
    parameters: list[str]
    defaults: dict[str, ast.expr]
    body: list[ast.stmt]
    rest: str | None = None  # of *layers
    around: dict[str, Any] = field(default_factory=dict)  # names of the function that it is made in


@dataclass
class Class:
    """A class of the file: its functions by name, those of the classes above it too."""

    name: str
    methods: dict[str, Helper]
    above: Class | None = None
    fields: tuple[str, ...] = ()


@dataclass
class Instance:
    """An object of a class of the file; ``layer`` is the one whose weights it has."""

    of: Class
    fields: dict[str, Any] = field(default_factory=dict)
    layer: int | None = None
    family: str | None = None  # of an object for one parameter

    @property
    def has_layers(self) -> bool:
        """Whether other objects are in it, one by one, or a list of them or of layers' dicts."""
        fields = self.fields.values()
        lists = [part.values for part in fields if isinstance(part, Items)]
        of_layers = [one for part in lists for one in part if isinstance(one, Entries)]
        return any(
            isinstance(part, Instance) or (isinstance(part, Items) and part.has_objects)
            for part in fields
        ) or any(one.layer is not None for one in of_layers)


class InLoop:
    """Something that is one number, or a row of them, in each round of a loop over units."""


@dataclass
class Broken:
    """A value that could not be read; whoever uses it cannot be read either."""

    reason: str


CONTAINERS = (Items, Entries, Cache, Helper, Class, Instance, Joined, InLoop)


def size(node: Any) -> int:
    """How many nodes there are, found once for each node; a container is none."""
    known = getattr(node, "size_", None)
    if known is None:
        known = 1
        for _, inside in ast.iter_fields(node):
            for part in inside if isinstance(inside, list) else [inside]:
                if isinstance(part, (*CONTAINERS, Broken)):
                    raise Unreadable("a part of it is no array")
                known += size(part) if isinstance(part, ast.AST) else 0
        node.size_ = known
    return int(known)


def checked(node: Any) -> Any:
    """The node, if it is not too large."""
    if size(node) > MAX_SIZE:
        raise Unreadable("with everything put in, the formula becomes too long")
    return node


def constant(value: Any) -> ast.Constant:
    """A number or a text."""
    return ast.Constant(value)


def quantity(name: str) -> ast.Name:
    """A quantity of the network, by its own name."""
    return ast.Name(name, ast.Load())


def marked(value: Any, *like: Any) -> Any:
    """The value as an ``np.matrix``, whose ``*`` is a product of matrices, if one of these is."""
    if isinstance(value, ast.expr | Joined) and any(is_matrix(part) for part in like):
        vars(value)["matrix_"] = True
    return value


def is_matrix(value: Any) -> bool:
    """Whether it is an ``np.matrix``."""
    return getattr(value, "matrix_", False)


def of_one_sample(value: Any) -> Any:
    """The targets, in a loop that takes one sample at a time."""
    if not isinstance(value, ast.Name) or value.id != "Y":
        return value
    one = quantity("Y")
    vars(one)["one_sample_"] = True
    return one


def is_of_one_sample(value: Any) -> bool:
    """Whether it is the targets of one sample."""
    return getattr(value, "one_sample_", False)


def is_constant(value: Any, *kinds: type) -> bool:
    """Whether it is a number or a text of that kind, known beforehand."""
    return isinstance(value, ast.Constant) and isinstance(value.value, kinds)


def contains(value: Any, *names: str) -> bool:
    """Whether one of the names is in an expression."""
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(value))


def is_labels(value: Any) -> bool:
    """Whether it is made of the targets alone, and so may be the numbers of the classes."""
    if not isinstance(value, ast.expr):
        return False
    names = {node.id for node in ast.walk(value) if isinstance(node, ast.Name)}
    return "Y" in names and names <= {"Y", "np", "m"}


def text_of(value: Any) -> str:
    """As it would be typed."""
    return ast.unparse(ast.fix_missing_locations(value))
