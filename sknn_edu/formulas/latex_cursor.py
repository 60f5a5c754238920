"""Where a reader of LaTeX is among the tokens, and how much it may read."""

from __future__ import annotations

from collections.abc import Collection
from typing import NoReturn, TypeVar

from .errors import ExpressionError
from .latex_raw import NotNumbers
from .latex_tokens import Token, tokenize
from .node import Expression
from .notation import Notation, depth_of
from .parser import ANSWER

Node = TypeVar("Node", bound=Expression)


class Cursor:
    """The tokens of a text, one after the other."""

    def __init__(
        self,
        text: str,
        names: Collection[str],
        functions: Collection[str],
        notation: Notation,
        target: str | None = None,
    ) -> None:
        self.text, self.names, self.functions = text, set(names), functions
        self.notation, self.target = notation, target
        self.n_layers = depth_of([*names, *([target] if target else [])])
        self.tokens: list[Token] = tokenize(text)
        self.i = self.n_nodes = self.depth = 0
        self.closers: list[str] = []

    @property
    def token(self) -> Token:
        """The token that comes next; alignment marks are passed over."""
        while self.tokens[self.i].text == "&":
            self.i += 1
        return self.tokens[self.i]

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.token.kind

    def next(self) -> Token:
        """The token, and go on."""
        token = self.token
        if token.kind != "end":
            self.i += 1
        return token

    def group(self) -> list[Token]:
        """What stands in the braces that begin here, and go on behind them."""
        opening, depth = self.next(), 1
        start = self.i
        while depth:
            if self.kind == "end":
                self.refuse("This brace is never closed.", opening.start)
            depth += {"{": 1, "}": -1}.get(self.next().text, 0)
        return self.tokens[start : self.i - 1]

    def made(self, node: Node) -> Node:
        """A new node, counted."""
        self.n_nodes += 1
        if self.n_nodes > ANSWER.nodes:
            self.refuse(f"A formula has at most {ANSWER.nodes} parts.", node.span[0])
        return node

    def deeper(self) -> None:
        """One level further down; whoever calls it comes up again."""
        self.depth += 1
        if self.depth > 2 * ANSWER.depth:
            self.refuse("This is nested too deeply to be read.")

    @staticmethod
    def around(first: Expression, last: Expression) -> tuple[int, int]:
        """From the first to the last."""
        return min(first.span[0], last.span[0]), max(first.span[1], last.span[1])

    def refuse(self, reason: str, position: int | None = None) -> NoReturn:
        """Raise, with a mark under the character."""
        raise ExpressionError(reason, self.text, self.token.start if position is None else position)

    def refuse_step(self, what: str, position: int) -> NoReturn:
        """Raise for what is a step of the chain rule and no formula of numbers."""
        reason = f"{what} is a step of the chain rule, not a formula of numbers."
        raise NotNumbers(reason, self.text, position)

    # -- what the rooms above read, for those below ---------------------------------------------

    def relation(self) -> Expression:
        """A formula, perhaps compared with another."""
        raise NotImplementedError

    def signed_factor(self) -> Expression:
        """A factor that may have a minus in front."""
        raise NotImplementedError

    def bracketed(self) -> Expression:
        """Something in brackets."""
        raise NotImplementedError

    def limits(self) -> tuple[list[Token], list[Token]]:
        """What stands below and above."""
        raise NotImplementedError

    def argument(self) -> list[Token]:
        """The tokens of an argument."""
        raise NotImplementedError

    def of_tokens(self, tokens: list[Token]) -> Expression:
        """A formula from some of the tokens."""
        raise NotImplementedError

    def power(self, base: Expression, exponent: list[Token]) -> Expression:
        """A base to the power of some tokens."""
        raise NotImplementedError

    def product(self) -> Expression:
        """Factors with or without signs between them."""
        raise NotImplementedError

    def refuse_token(self) -> NoReturn:
        """Raise for the token that comes next."""
        raise NotImplementedError
