r"""The factors of a formula in LaTeX: fractions, brackets, functions, sums and symbols."""

from __future__ import annotations

from . import tree
from .latex_calls import Calls
from .latex_raw import Chain, Diagonal, Ones, Summed
from .latex_tokens import Token
from .tree import Expression

SIGNS = {r"\odot": "o", r"\circ": "o", r"\otimes": "o", r"\cdot": ".", r"\times": ".", "*": "."}
SIGNS |= {r"\bullet": ".", "@": "@", "/": "/", r"\div": "/"}
BRACKETS = {"(": ")", "[": "]", r"\{": r"\}", "{": "}", r"\|": r"\|", "|": "|"}
BRACKETS |= {r"\lfloor": r"\rfloor"}
BEGIN = {r"\frac", r"\sum", r"\sqrt", r"\nabla", r"\partial", r"\begin", r"\mathbb", r"\cancel"}
BEGIN |= {r"\mathbf", r"\max", r"\min", r"\pi", r"\bcancel", r"\xcancel", r"\big", r"\underbrace"}
CANCELS = {r"\cancel", r"\bcancel", r"\xcancel", r"\sout"}
SAMPLES, UNITS = {"m", "n", "N", "M", "samples", "B"}, {"units", "K", "C", "c", "k", "D"}


class Factors(Calls):
    """Reads one factor."""

    def sign_of_product(self) -> str | None:
        """The sign in front of the next factor, if there is one."""
        sign = SIGNS.get(self.token.text)
        if sign:
            self.i += 1
        return "." if sign == "o" and self.notation.odot == "by shape" else sign

    def begins_factor(self) -> bool:
        """Whether a factor follows without a sign."""
        token = self.token
        if token.text in (r"\|", "|"):
            return not self.closers or self.closers[-1] != token.text
        if token.kind in ("number", "letter", "word"):
            return True
        return token.text in BRACKETS or token.text in BEGIN or self.is_symbol(token)

    def signed_factor(self) -> Expression:
        """A factor that may have a minus in front."""
        if self.token.text == "-":
            start = self.token.start
            self.i += 1
            operand = self.factor()
            return self.made(tree.Negative(operand, span=(start, operand.span[1])))
        return self.factor()

    def chain(self, factors: list[Expression], signs: list[str]) -> Expression:
        """Several factors as one node; one of ones at an end is a sum of the others."""
        if len(factors) == 1:
            return factors[0]
        if isinstance(factors[-1], Ones) and signs[-1] != "o":
            return self._summed(self.chain(factors[:-1], signs[:-1]), factors[-1], 1)
        for i, factor in enumerate(factors[:-1]):
            if isinstance(factor, tree.Transpose) and isinstance(factor.operand, Ones):
                total = self._summed(self.chain(factors[i + 1 :], signs[i + 1 :]), factor, 0)
                return self.chain([*factors[:i], total], signs[:i])
        span = self.around(factors[0], factors[-1])
        return self.made(Chain(tuple(factors), "".join(sign or " " for sign in signs), span=span))

    def _summed(self, operand: Expression, ones: Expression, axis: int) -> Expression:
        """The sum that a product with ones is."""
        return self.made(Summed(operand, f"axis {axis}", span=self.around(operand, ones)))

    def factor(self) -> Expression:
        """One factor, with what stands above and below it."""
        self.deeper()
        token = self.token
        node: Expression
        if token.kind == "number":
            node = self.number()
        elif token.text == r"\frac":
            node = self.fraction()
        elif token.text == r"\sum":
            node = self.sum_sign()
        elif token.text == r"\sqrt":
            self.i += 1
            inside = self.in_braces()
            node = self.call("sqrt", (inside,), token.start)
        elif token.text in (r"\|", "|"):
            node = self.norm()
        elif token.text in BRACKETS:
            node = self.bracketed()
        elif token.text in CANCELS or token.text == r"\underbrace":
            self.i += 1
            node = self.in_braces()
        elif token.text == r"\begin":
            node = self.cases()
        elif token.kind == "word" and token.text.lower() == "diag":
            node = self.diagonal()
        elif token.text == r"\mathbb":
            node = self.indicator()
        elif token.text in (r"\partial", r"\nabla") or (
            token.text == "d" and "d" not in self.notation.names
        ):
            node = self.derivative()
        else:
            node = self.symbol_or_call()
        self.depth -= 1
        return self.with_scripts(node, token)

    def bracketed(self) -> Expression:
        """Something in brackets of any kind."""
        opening = self.token
        closer = BRACKETS[opening.text]
        self.i += 1
        self.closers.append(closer)
        inside = self.relation()
        self.closers.pop()
        if self.token.text not in (closer, *(r"\right",)):
            if self.kind == "end":
                self.refuse("This bracket is never closed.", opening.start)
            self.refuse(f"{closer} is missing before this.")
        self.i += 1
        return inside

    def diagonal(self) -> Expression:
        """diag(P), the Jacobian of a function that is applied entry by entry."""
        sign = self.next()
        operand = self.arguments(sign)[0]
        return self.made(Diagonal(operand, span=(sign.start, self.tokens[self.i - 1].end)))

    def in_braces(self) -> Expression:
        """The argument of a command: in braces, or one token."""
        if self.token.text == "{":
            return self.bracketed()
        return self.of_tokens([self.next()])

    def of_tokens(self, tokens: list[Token]) -> Expression:
        """A formula from some of the tokens, read apart."""
        if not tokens:
            self.refuse("Something is missing here.")
        outer = self.tokens, self.i, self.closers
        end = Token("end", "", tokens[-1].end, tokens[-1].end)
        self.tokens, self.i, self.closers = [*tokens, end], 0, []
        inside = self.relation()
        if self.kind != "end":
            self.refuse_token()
        self.tokens, self.i, self.closers = outer
        return inside

    # -- fractions ------------------------------------------------------------------------

    def fraction(self) -> Expression:
        r"""\frac{P}{Q}, or a derivative of the loss."""
        start = self.next().start
        above, below = self.argument(), self.argument()
        end = self.tokens[self.i - 1].end
        if self.is_differential(above, below):
            return self.derivative_of(above, below, start, end)
        P, Q = self.of_tokens(above), self.of_tokens(below)
        return self.made(tree.Quotient(P, Q, span=(start, end)))

    def argument(self) -> list[Token]:
        r"""The tokens of an argument; \frac12 has two of one digit."""
        if self.token.text == "{":
            return _unwrapped(self.group())
        token = self.next()
        if token.kind == "end":
            self.refuse("Something is missing here.")
        if token.kind == "number" and len(token.text) > 1:
            self.i -= 1
            rest = token._replace(text=token.text[1:], start=token.start + 1)
            token = token._replace(text=token.text[0], end=token.start + 1)
            self.tokens = [*self.tokens[: self.i], rest, *self.tokens[self.i + 1 :]]
        return [token]

    # -- sums -----------------------------------------------------------------------------

    def sum_sign(self) -> Expression:
        """A sum over an index, of the product that follows."""
        start = self.next().start
        below, above = self.limits()
        text = "".join(token.text for token in below)
        if r"\neq" in text or r"\ne" in text or "!" in text:
            self.refuse_step("A sum that leaves out one index", start)
        upper = "".join(token.text for token in above).rpartition("=")[2]
        index = text.partition("=")[0].partition(r"\in")[0].strip("()")
        over = "samples" if upper in SAMPLES or index in SAMPLES else ""
        if index in UNITS or upper in UNITS or (upper and not over):
            over = "units"
        operand = self.product()
        over = over or ("" if index else "all")
        return self.made(Summed(operand, over, index, span=(start, operand.span[1])))

    def limits(self) -> tuple[list[Token], list[Token]]:
        """What stands below and above a sum sign."""
        found: dict[str, list[Token]] = {"_": [], "^": []}
        while self.token.text in found:
            sign = self.next().text
            found[sign] = self.argument()
        return found["_"], found["^"]

    def norm(self) -> Expression:
        """||P||^2 is a sum of squares; |P| is entry by entry."""
        opening = self.token
        inside = self.bracketed()
        end = self.tokens[self.i - 1].end
        below, above = self.limits()
        power = "".join(token.text for token in above)
        kind = "".join(token.text for token in below)
        if opening.text == "|" and power not in ("2",):
            node = self.call("abs", (inside,), opening.start)
            return node if not above else self.power(node, above)
        if kind not in ("", "2", "F") or power not in ("", "2"):
            self.refuse("Only the Euclidean norm and its square can be read.", opening.start)
        span = (opening.start, end)
        square = self.made(tree.Power(inside, tree.Number(2.0, span=span), span=span))
        if opening.text == "|":
            return square
        total = self.made(Summed(square, "entries", span=span))
        return total if power else self.call("sqrt", (total,), opening.start)

    def skip_cancelled_term(self) -> bool:
        """Go past a term that is struck out as a whole."""
        if self.token.text not in CANCELS or self.tokens[self.i + 1].text != "{":
            return False
        here = self.i
        self.i += 1
        self.group()
        if self.kind == "end" or self.token.text in ("+", "-", ")", "]", "}"):
            return True
        self.i = here
        return False


def _unwrapped(tokens: list[Token]) -> list[Token]:
    """What stands in braces that are around everything."""
    depth = 0
    for i, token in enumerate(tokens):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if depth == 0 and i < len(tokens) - 1:
            return tokens
    return tokens[1:-1] if len(tokens) > 2 else tokens
