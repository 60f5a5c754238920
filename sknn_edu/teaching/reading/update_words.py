"""What a file calls the parts of an update: ``VdW1``, ``v1``, ``W1_new``, ``mu``, ``self.t``."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

from ...formulas.aliases import bare
from ...formulas.quantity import NEXT, Quantity
from ..marking.update_names import DECAYS

KEPT = re.compile(r"([mvs])(d?)([wb]?)([0-9]+)(next|new)?")
IN_FULL = re.compile(r"(?:velocity|velocities|vel|momentum)(?=$|d?[wb][0-9])")
CONTAINER = re.compile(r"([mvs])(hat|corrected|corr)?")
NEW = re.compile(r"(?:new|updated)([wb])([0-9]+)|([wb])([0-9]+)(?:new|next|updated)")
EPSILONS = {"eps", "epsilon"}


class UpdateWords:
    """The words for what a solver keeps, and for its numbers.

    Parameters
    ----------
    known : collection of str
        The quantities and numbers of the network and its solver.
    tree : ast.AST
        The file.
    """

    def __init__(self, known: Collection[str], tree: ast.AST) -> None:
        self.known = known
        of_solver = [k for name in known if (k := Quantity.of(name).kept_as) and len(k) == 1]
        self.letters = sorted(set(of_solver))
        counters = set(_exponents(tree)) if "t" in known else set()
        self.counters = {word.rpartition(".")[2] for word in counters} - {"T"}
        matches = [m for word in _words(tree) if (m := KEPT.fullmatch(_plain(word)))]
        used = {match[1] for match in matches if match[2] or match[3] or match[1] != "s"}
        self.containers = {*_containers(tree)}
        used |= {match[1] for word in self.containers if (match := CONTAINER.fullmatch(word))}
        self.is_of_ng = "s" in used and "m" not in used

    def quantity(self, word: str) -> str | None:
        """What a word stands for, or None."""
        if word in self.counters:
            return "t"
        plain = _plain(word)
        if plain in EPSILONS and "epsilon" in self.known:
            return "epsilon"
        if plain in map(bare, DECAYS) and plain not in map(bare, self.known):
            decays = [name for name in ("momentum", "rho") if name in self.known]
            return decays[0] if decays else None
        if match := NEW.fullmatch(plain):
            letter, number = (match[1] or match[3]).upper(), match[2] or match[4]
            name = f"{letter.replace('B', 'b')}{number}{NEXT}"
            return name if name in self.known else None
        return self._kept(plain)

    def is_container(self, word: str, key: str) -> bool:
        """Whether what the solver keeps stands in it, or what is made of that: ``v["dW1"]``."""
        match = CONTAINER.fullmatch(_plain(word))
        if not self.letters or match is None:
            return False
        # m["W1"] may be of a model.
        return key.startswith("d") or match[1] == "v" or {"m", "v"} <= self.containers

    def entry(self, container: str, key: str) -> str | None:
        """What stands in such a container; None for what is made of it, ``v_corrected``."""
        match = CONTAINER.fullmatch(_plain(container))
        return (
            None
            if match is None or match[2]
            else self._kept(f"{match[1]}d{bare(key).removeprefix('d')}")
        )

    def _kept(self, plain: str) -> str | None:
        """What the solver keeps: ``vW1``, ``VdW1`` and, for W, ``v1``."""
        match = KEPT.fullmatch(plain)
        if match is None or not self.letters:
            return None
        letter, is_plain_s = match[1], match[1] == "s" and not (match[2] or match[3])
        if is_plain_s:  # in some books the input of a unit
            return None
        if self.letters == ["m", "v"]:
            letter = {"v": "m", "s": "v"}.get(letter, letter) if self.is_of_ng else letter
        elif letter not in self.letters and len(self.letters) == 1:
            letter = self.letters[0]
        parameter = match[3].upper().replace("B", "b") or "W"
        name = f"{letter}{parameter}{match[4]}"
        name += NEXT * bool(match[5])
        return name if name in self.known else None


def _plain(word: str) -> str:
    """Without case and underscores, with a letter for velocity."""
    return IN_FULL.sub("v", bare(word)) if bare(word) != "momentum" else "momentum"


def _containers(tree: ast.AST) -> Iterator[str]:
    """Names of what has texts for keys: ``v["dW" + str(l)]``."""
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(value=ast.Name(id=word) | ast.Attribute(attr=word), slice=key) if (
                "'" in ast.unparse(key)
            ):
                yield _plain(word)


def _exponents(tree: ast.AST) -> Iterator[str]:
    """Names that stand as exponents: ``beta1 ** t``."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(op=ast.Pow(), right=(ast.Name() | ast.Attribute()) as power):
                yield ast.unparse(power)
            case ast.Call(
                func=ast.Attribute(attr="power"), args=[_, (ast.Name() | ast.Attribute()) as power]
            ):
                yield ast.unparse(power)


def _words(tree: ast.AST) -> Iterator[str]:
    """All names and attributes of a file."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.arg(arg=word):
                yield word
