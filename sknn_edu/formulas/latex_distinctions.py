r"""Distinctions of cases, and derivatives of the loss that are no fraction: \nabla_W J, dJ/dW."""

from __future__ import annotations

import re

from . import tree
from .latex_names import Names
from .latex_raw import Indexed, SameOrNot
from .latex_tokens import Token
from .tree import Expression

# What stands in no derivative that is written with a slash.
STOP = {"+", "-", "*", "(", "=", r"\tanh", r"\exp", r"\log", r"\max", r"\min"}


class Distinctions(Names):
    """Reads distinctions of cases and derivatives."""

    # -- distinctions of cases ----------------------------------------------------------------

    def cases(self) -> Expression:
        """One thing where a condition holds, another elsewhere."""
        start = self.next().start
        kind = "".join(token.text for token in self.group())
        if kind not in ("cases", "dcases", "array", "aligned"):
            self.refuse(f"{kind!r} cannot stand in a formula: its entries are no matrices.", start)
        if kind == "array" and self.token.text == "{":
            self.group()
        rows = self._rows(start)
        end = self.tokens[self.i - 1].end
        if len(rows) < 2 or any(len(row) != 2 for row in rows):
            self.refuse("A distinction of cases has lines of a value and a condition.", start)
        conditions = ["".join(token.text for token in row[1]) for row in rows]
        unlike = [bool(re.search(r"\\neq|\\ne|\\not|!=", condition)) for condition in conditions]
        if any(unlike):
            values = {
                different: self.of_tokens(row[0])
                for different, row in zip(unlike, rows, strict=True)
            }
            if set(values) != {True, False} or len(rows) != 2:
                self.refuse("Write two cases, i = j and i \\neq j.", start)
            return self.made(SameOrNot(values[False], values[True], span=(start, end)))
        return self._where(rows, (start, end))

    def _rows(self, start: int) -> list[list[list[Token]]]:
        """The lines up to the end of the environment, cell by cell."""
        rows: list[list[list[Token]]] = [[[]]]
        depth = 0
        while depth or self.tokens[self.i].text != r"\end":
            token = self.tokens[self.i]
            if token.kind == "end":
                self.refuse(r"\end is missing.", start)
            depth += {"{": 1, "}": -1}.get(token.text, 0)
            if token.text == "&" and not depth:
                rows[-1].append([])
            elif token.text == "\\\\" and not depth:
                rows.append([[]])
            else:
                rows[-1][-1].append(token)
            self.i += 1
        self.i += 1
        if self.token.text == "{":
            self.group()
        while self.token.text in (".", r"\}") and not self.closers:
            self.i += 1
        return [row for row in rows if any(row)]

    def _where(self, rows: list[list[list[Token]]], span: tuple[int, int]) -> Expression:
        """Values times conditions, added; what is elsewhere comes last."""
        total: Expression | None = None
        so_far: Expression | None = None
        for value_tokens, words in rows:
            condition_tokens = [t for t in words if t.kind != "word"]
            letters = "".join(t.text for t in condition_tokens).lower()
            value = self.of_tokens([t for t in value_tokens if t.text != ","])
            if condition_tokens and not letters.startswith(("otherwise", "else")):
                condition = self.of_tokens([t for t in condition_tokens if t.text != ","])
                so_far = self._plus(so_far, condition, span)
            else:
                one = tree.Number(1.0, span=span)
                condition = (
                    one if so_far is None else self.made(tree.Sum(one, "-", so_far, span=span))
                )
            if value != tree.Number(0.0):
                term = condition
                if value != tree.Number(1.0):
                    term = self.made(tree.Product(condition, value, span=span))
                total = self._plus(total, term, span)
        return total or tree.Number(0.0, span=span)

    def _plus(
        self, total: Expression | None, term: Expression, span: tuple[int, int]
    ) -> Expression:
        return term if total is None else self.made(tree.Sum(total, "+", term, span=span))

    # -- derivatives of the loss ---------------------------------------------------------------

    def derivative(self) -> Expression:
        r"""dW^{[2]}, \nabla_W J, dJ/dW."""
        sign = self.next()
        if sign.text == r"\nabla" or (sign.text == r"\partial" and self.token.text == "_"):
            below, _ = self.limits()
            node = self._by(below, sign.start)
            if self.is_loss([self.token]):
                self.next()
                self.scripts()
                self._skip_argument_of_loss()
                return self.made(node)
            self.refuse("The gradient of what? Write J behind it.", sign.start)
        if slash := self._slash():
            above = self.tokens[self.i : slash]
            self.i = slash + 2
            if not self.is_loss(above):
                self.refuse_step("A derivative of something else than the loss", sign.start)
            token = self.next()
            names, self.names = self.names, self.names | self._derivatives()
            by = self.symbol(token, derivative=True)
            self.names = names
            return by
        token = self.next()
        if sign.text == "d" and self.is_symbol(token):
            return self.symbol(token, derivative=True)
        self.refuse_step("A differential", sign.start)

    def _skip_argument_of_loss(self) -> None:
        """J(W, b) is J; what is transposed, or to a power, is a factor behind it."""
        if self.token.text != "(":
            return
        depth = 0
        for i in range(self.i, len(self.tokens) - 1):
            depth += {"(": 1, ")": -1}.get(self.tokens[i].text, 0)
            if depth == 0:
                self.i = self.i if self.tokens[i + 1].text == "^" else i + 1
                return

    def _by(self, below: list[Token], start: int) -> Indexed:
        """By what stands below a nabla; a without a layer is the output."""
        if len(below) == 1 and self.notation.meaning(below[0].text, self.n_layers) == "A":
            return Indexed(f"dA{self.n_layers}", span=(start, below[0].end))
        return self.by(below, start)

    def _slash(self) -> int | None:
        """Where the / of dJ/dW stands, or None if it is no such derivative."""
        for i in range(self.i, min(self.i + 12, len(self.tokens) - 1)):
            if self.tokens[i].text == "/" and self.tokens[i + 1].text in ("d", r"\partial"):
                return i
            if self.tokens[i].text in STOP:
                return None
        return None
