"""The left sides of equations: which quantity an equation gives."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ...estimators.next_step import NextStep
from ...formulas import ExpressionError
from ...formulas.latex_raw import NotNumbers
from ...formulas.latex_reader import Reader, read_latex
from ...formulas.latex_tokens import Token, tokenize
from ...formulas.layout import Layout
from ...formulas.notation import Notation
from ...formulas.quantity import DERIVATIVE_BY, Quantity
from ...formulas.tree import Call, Name
from ..marking.update_names import Kept as Letters
from ..marking.update_patterns import KEPT

GIVEN = "is given, not computed"
STEP = re.compile(r"\\alpha|\\eta|\\epsilon|\\gamma|\\lambda|\\mu|learning|lr|rate")
MARK = re.compile(
    r"\^\s*\{?\s*(?:o|new|\(t\+1\)|t\+1|\+|\(new\))\s*\}?|_\s*\{?\s*(?:new|t\+1)\s*\}?"
)


class Updates(NamedTuple):
    """What is known about the updates of the weights.

    Attributes
    ----------
    step : NextStep
        The solver's.
    names : tuple of str
        What stands in updates alone: what the solver keeps, and its settings.
    v_is_first : bool
        Whether the document calls the first moment v, since it calls the second one s.
    """

    step: NextStep = NextStep()
    names: tuple[str, ...] = ()
    v_is_first: bool = False


@dataclass(frozen=True)
class Known:
    """What the network has, and how the document is written.

    Attributes
    ----------
    names : tuple of str
        All quantities.
    functions : set of str
        What formulas may call.
    activations : tuple of str
        The functions of the layers, as formulas call them.
    mixing : set of int
        Layers whose function mixes the units (softmax).
    layout : Layout
    notation : Notation
    updates : Updates
    parameter : str
        What an update is about that names no parameter.
    turns_weights : bool
        Whether W is the transpose of ours: Z = W^T A.
    """

    names: tuple[str, ...]
    functions: set[str]
    activations: tuple[str, ...]
    mixing: set[int]
    layout: Layout
    notation: Notation
    updates: Updates = field(default_factory=Updates)
    parameter: str = ""
    turns_weights: bool = False

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.activations)

    def at(self, **layers: int) -> Known:
        """The same with these letters for layers."""
        return replace(self, notation=self.notation.at(**layers))

    def with_names(self, **names: str) -> Known:
        """The same with meanings for these letters."""
        return replace(self, notation=self.notation.with_names(**names))


@dataclass(frozen=True)
class Left:
    """What stands on the left: a quantity, or a local derivative of one by another."""

    target: str
    factor_of: str | None = None
    source: str = ""


def left_side(text: str, right: str, known: Known, becomes: bool) -> Left:
    """The quantity on the left.

    Raises
    ------
    ExpressionError
        If it is none that can be marked.
    """
    kept, parameter = kept_side(text, known)
    if kept:
        return Left(f"{kept}{left_side(parameter, right, known, True).target}")
    tokens = tokenize(text)[:-1]
    reader = Reader("", known.names, known.functions, known.notation)
    loss = reader.is_loss(list(tokens))
    if loss or (tokens[0].kind == "word" and tokens[0].text.lower().startswith(("loss", "cost"))):
        return Left("loss")
    if local := local_derivative(tokens, text, known):
        return local
    plain = MARK.sub("", text)
    node = _name(plain, known)
    if node.startswith("d A"):
        layer = node.removeprefix("d A")
        return Left(f"delta{layer}", f"dA{layer}", f"dA{layer}/dZ{layer}")
    quantity = Quantity.of(node)
    if quantity.family in ("W", "b"):
        if not (becomes or plain != text or STEP.search(right) or _goes_on(text, right)):
            raise ExpressionError(f"{node} {GIVEN}.", text, 0)
        return Left(f"{node}_next")
    if node in ("X", "Y", "m", "alpha", "A0", "learning_rate", "l1_ratio", "w"):
        raise ExpressionError(f"{node} {GIVEN}.", text, 0)
    return Left(node)


def kept_side(text: str, known: Known) -> tuple[str, str]:
    r"""What a solver keeps, and the parameter it is kept for: ``v_{dW^{[1]}}``.

    The letter is the solver's own; without one, the text is something else.
    """
    match = KEPT.fullmatch(text)
    if match is None:
        return "", text
    letters = Letters.of(known.updates.step)
    return letters.own(match[1], known.updates.v_is_first) or "", match[4] or match[2] + match[3]


def _goes_on(left: str, right: str) -> bool:
    """Whether a formula begins with the parameter itself, plus or minus something."""
    left, right = left.replace(" ", ""), right.replace(" ", "")
    return right.startswith((f"{left}+", f"{left}-"))


def _name(text: str, known: Known) -> str:
    """The quantity that a symbol stands for; g(z_2) is A2, and g'(z_2) its derivative, "d A2"."""
    formula = read_latex(
        text, known.names, known.functions, layout=known.layout, notation=known.notation
    ).expression
    match formula:
        case Name(id=name):
            return name
        case Call(function, (Name(id=name),)) if Quantity.of(name).family == "Z":
            layer = Quantity.of(name).number
            f = known.activations[layer - 1]
            if function.removeprefix("d_") == f:
                return f"A{layer}" if function == f else f"d A{layer}"
    raise ExpressionError("On the left there is no quantity of the network.", text, 0)


def local_derivative(tokens: list[Token], text: str, known: Known) -> Left | None:
    r"""\frac{\partial a}{\partial z} as the factor of a derivative of J; None if it is none."""
    if not tokens or tokens[0].text != r"\frac":
        return None
    reader = Reader(text, known.names, known.functions, known.notation)
    reader.next()
    above, below = reader.argument(), reader.argument()
    if not reader.is_differential(above, below) or reader.is_loss(above[1:]):
        return None
    if not above[1:]:
        raise NotNumbers("This says what is differentiated.", text, 0)
    P, Q = (Quantity.of(_name(_source(part[1:], text), known)) for part in (above, below))
    if P.family == "A" and P.layer and known.activations[P.layer - 1] == "identity":
        P = replace(P, family="Z") if Q.family != "Z" else P
    follows = {("A", "Z"): 0, ("Z", "W"): 0, ("Z", "b"): 0, ("Z", "A"): 1}
    step = follows.get((P.family, Q.family))
    if step is None or P.number - Q.number != step:
        raise NotNumbers("A derivative over several steps is not marked.", text, 0)
    families = {by: family for family, by in DERIVATIVE_BY.items()}
    target, factor = (str(Quantity(families[q.family], q.layer)) for q in (Q, P))
    return Left(target, factor, f"d{P}/d{Q}")


def _source(tokens: list[Token], text: str) -> str:
    """The source of a symbol, without a bracket around it and without its shape."""
    tokens = tokens[1:-1] if tokens[0].text == "(" else tokens
    while len(tokens) > 3 and tokens[-2].text == r"\times":
        tokens = tokens[:-3]
    return text[tokens[0].start : tokens[-1].end]
