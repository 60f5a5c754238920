r"""Symbols of LaTeX to names: W^{[2]T} is W2.T, \frac{\partial L}{\partial b_1} is db1."""

from __future__ import annotations

import re

from . import tree
from .latex_cursor import Cursor
from .latex_raw import Indexed
from .latex_symbols import Scripts, layer_number, named_layer, read_scripts
from .latex_tokens import Token
from .notation import LOSSES, OUTPUTS, SINGLE
from .quantity import DERIVATIVE_BY, Quantity
from .tree import Expression

IN_BRACKETS = re.compile(r"\[(?:[0-9]|[lL]|\\ell)(?:[-+][0-9])?\]")
LAYER_AND_UNITS = re.compile("([0-9]),([a-z]+)")  # of w_{2,jk}
ARGUMENT = re.compile(r"\(x(?:\^\{?\([a-z]\)\}?|_\{?[a-z]\}?)?\)")
LAYERED = {"W", "b", "Z", "A", "delta", "mask"}
DERIVATIVES = {by: family for family, by in DERIVATIVE_BY.items()}


class Names(Cursor):
    """Reads symbols with their indices."""

    def scripts(self) -> tuple[list[list[Token]], list[list[Token]]]:
        """What stands above and below the symbol that was just read."""
        above: list[list[Token]] = []
        below: list[list[Token]] = []
        while self.token.text in ("^", "_", "'"):
            sign = self.next()
            if sign.text == "'":
                above.append([sign])
            elif self.token.text == "{":
                (above if sign.text == "^" else below).append(self.group())
            elif self.kind == "end":
                self.refuse("Something is missing here.")
            elif self.token.text == "[":
                (above if sign.text == "^" else below).append(self._until("]"))
            elif self.token.text == "(":
                (above if sign.text == "^" else below).append(self._until(")"))
            else:
                (above if sign.text == "^" else below).append([self.next()])
        return above, below

    def _until(self, closer: str) -> list[Token]:
        """``^[2]``, as it is often typed."""
        tokens = [self.next()]
        while tokens[-1].text != closer and self.kind != "end":
            tokens.append(self.next())
        return tokens

    def symbol(self, token: Token, *, derivative: bool = False) -> Expression:
        """The name of a letter and its indices, transposed or to a power."""
        start = token.start
        symbol = self.base(token)
        digits = self._digits_behind(token)
        in_brackets = self._brackets_behind(token)
        above, below = self.scripts()
        above = [*in_brackets, *above]
        plain = [group for group in above if read_scripts([group], []) is not None]
        odd = [group for group in above if read_scripts([group], []) is None]
        scripts = read_scripts(plain, below) or Scripts()
        if digits and not scripts.layer and not scripts.below:
            scripts.below = digits
        name = self.name_of(symbol, scripts, token, derivative)
        if name.rstrip("0123456789") in ("Y", "A"):
            self._skip_argument()
        end = self.tokens[self.i - 1].end
        node = self.named(name, scripts, token, (start, end))
        for group in odd:
            node = self.power(node, group)
        return node

    def _skip_argument(self) -> None:
        """y(x) is y."""
        following = self.tokens[self.i : self.i + 9]
        closing = next((k for k, t in enumerate(following) if t.text == ")" and k > 1), 0)
        inside = "".join(t.text for t in following[: closing + 1])
        longer = "".join(t.text for t in following[:9])
        if ARGUMENT.fullmatch(inside):
            self.i += closing + 1
        elif ARGUMENT.fullmatch(longer):
            self.i += 9

    def base(self, token: Token) -> str:
        r"""The letter as notations have it: ``\hat{y}``."""
        return rf"\{token.accent}{{{token.text}}}" if token.accent else token.text

    def _digits_behind(self, token: Token) -> str:
        """The 2 of W2, if it follows at once."""
        following = self.tokens[self.i]
        if following.kind != "number" or following.start != token.end or "." in following.text:
            return ""
        meaning = self.notation.meaning(self.base(token), self.n_layers) or ""
        if Quantity.of(meaning).family not in LAYERED or meaning in SINGLE.values():
            return ""
        self.i += 1
        return following.text

    def _brackets_behind(self, token: Token) -> list[list[Token]]:
        """The [2] of W[2], if it follows at once."""
        following = self.tokens[self.i : self.i + 5]
        text = "".join(part.text for part in following)
        match = IN_BRACKETS.match(text)
        meaning = self.notation.meaning(self.base(token), self.n_layers) or ""
        is_layered = Quantity.of(meaning).family in LAYERED
        if match is None or following[0].start != token.end or not is_layered:
            return []
        return [self._until("]")]

    def name_of(self, symbol: str, scripts: Scripts, token: Token, derivative: bool) -> str:
        """Our name of a symbol with these indices."""
        for key in (f"{symbol}_{scripts.below}", f"{symbol}^{scripts.number}"):
            if key in self.notation.names and key[-1] not in "_^":
                return self._checked(self.notation.names[key], token, derivative)
        if symbol == "w" and "w" in self.names and scripts == Scripts(at=scripts.at):
            return "w"  # the weights of the samples
        if symbol == "D":
            meaning: str | None = "mask"
        elif symbol == "B" and "B" not in self.notation.names:
            meaning = "m" if scripts == Scripts(at=scripts.at) else "b"
        else:
            meaning = self.notation.meaning(symbol, self.n_layers)
        if symbol == r"\alpha" and meaning is None:
            is_step = self.target is not None and Quantity.of(self.target).is_step
            meaning = "learning_rate" if is_step else "alpha"
        if meaning is None:
            self.refuse(f"It is not known what {symbol} means here.", token.start)
        quantity = Quantity.of(meaning)
        default = quantity.layer
        layered = quantity.family in LAYERED and symbol not in OUTPUTS and symbol not in SINGLE
        if layered or (symbol in self.notation.names and default is not None):
            layer = self._layer(quantity.family, scripts, default, token)
            meaning = str(quantity.at(layer))
        return self._checked(meaning, token, derivative)

    def _layer(self, family: str, scripts: Scripts, default: int | None, token: Token) -> int:
        """The number of the layer, from above or below; the rest of ``below`` are indices."""
        shift = self.notation.input_layer if family in ("A", "Z", "delta", "mask") else 0
        notation = self.notation

        def number(written: str) -> int:
            at = scripts.at or token.start
            return layer_number(written, notation, self.text, at, shifted=shift > 0) - shift

        if scripts.layer:
            return number(scripts.layer)
        if scripts.number and notation.superscripts == "layers":
            layer = number(scripts.number)
            if layer <= self.n_layers:
                scripts.number = ""
                return layer
        if (pair := LAYER_AND_UNITS.fullmatch(scripts.below)) and notation.subscripts == "layers":
            scripts.below = pair[2]
            return number(pair[1])
        below = scripts.below
        letters = {"l", "L", *notation.layers}
        is_number = below.isdigit() and notation.subscripts == "layers"
        is_named = named_layer(below, notation) is not None and family != "A"
        if below and (is_number or is_named or below.split("+")[0].split("-")[0] in letters):
            scripts.below = ""
            return number(below)
        if default is not None:
            return default
        if self.n_layers == 1:
            return 0 if family == "A" and token.text in ("x", "X") else 1
        if len(below) == 1 and below.isalpha():
            scripts.below = ""
            return number(below)
        if token.text in ("h", "H") and self.n_layers == 2:
            return 1  # the one hidden layer
        self.refuse(
            f"Of which layer is {token.text}? Write its number, as in {token.text}^{{[2]}}.",
            token.start,
        )

    def _checked(self, name: str, token: Token, derivative: bool) -> str:
        """The name, or that of the derivative by it, if the network has it."""
        quantity = Quantity.of(name)
        if derivative:
            if quantity.family not in DERIVATIVES:
                self.refuse(f"There is no derivative by {name} here.", token.start)
            return str(Quantity(DERIVATIVES[quantity.family], quantity.layer))
        return name

    def named(self, name: str, scripts: Scripts, token: Token, span: tuple[int, int]) -> Expression:
        """The node of a name, with what its indices do to it."""
        if name not in self.names:
            known = ", ".join(sorted(self.names))
            self.refuse(f"There is no {name} here. There are {known}.", token.start)
        below = scripts.below.replace(",", "")
        indices = below + "".join(scripts.indices)
        is_small = (
            token.text.islower() and not token.text.startswith("\\")
        ) or token.text == r"\delta"
        node: Expression = self.made(Indexed(name, indices, is_small, span=span))
        if scripts.mark:
            self.refuse(f"{scripts.mark} cannot stand above {token.text} here.", token.start)
        for exponent in filter(None, (scripts.power, scripts.number)):
            number = tree.Number(float(exponent), span=span)
            node = self.made(tree.Power(node, number, span=span))
            self.check_exponent(float(exponent), scripts.at or span[0])
        if scripts.is_transposed or scripts.primes == 1:
            node = self.made(tree.Transpose(node, span=span))
        if scripts.primes > 1:
            self.refuse("Two primes have no meaning here.", span[0])
        return node

    def check_exponent(self, number: float, position: int) -> None:
        """Exponents are of a moderate size."""
        if not abs(number) <= 16:
            self.refuse("An exponent must lie between -16 and 16.", position)

    # -- derivatives of the loss ------------------------------------------------------------

    def is_loss(self, tokens: list[Token]) -> bool:
        """Whether tokens are a name of the loss, with indices or arguments."""
        if tokens and tokens[0].text == "{":
            tokens = [token for token in tokens if token.text not in "{}"]
        if not tokens:
            return False
        first = tokens[0]
        word = first.text.lower().split(" ")[0] if first.kind == "word" else first.text
        meaning = self.notation.names.get(self.base(first), "loss" if word in LOSSES else "")
        if meaning != "loss":
            return False
        rest = "".join(token.text for token in tokens[1:])
        return not rest or rest[0] in "_^("

    def is_differential(self, above: list[Token], below: list[Token]) -> bool:
        """Whether a fraction is a derivative: d or partial above and below."""
        signs = ("d", r"\partial")
        both = above[:1] and below[:1] and above[0].text in signs and below[0].text in signs
        if not both:
            return False
        if below[0].text == "d" and len(below) == 1:
            return False
        return above[0].text == r"\partial" or len(above) == 1 or below[0].text == "d"

    def derivative_of(
        self, above: list[Token], below: list[Token], start: int, end: int
    ) -> Expression:
        """The derivative of the loss by a quantity; others are steps of the chain rule."""
        if not self.is_loss(above[1:]):
            self.refuse_step("A derivative of something else than the loss", start)
        node = self.by(below[1:], start)
        return self.made(Indexed(node.id, node.indices, node.is_small, span=(start, end)))

    def by(self, tokens: list[Token], start: int) -> Indexed:
        """The derivative by a symbol."""
        if tokens and tokens[0].text == "(" and tokens[-1].text == ")":
            tokens = tokens[1:-1]
        outer = self.tokens, self.i
        last = tokens[-1].end if tokens else start
        self.tokens, self.i = [*tokens, Token("end", "", last, last)], 0
        self.names, names = self.names | self._derivatives(), self.names
        token = self.next()
        if token.kind == "end" or not self.is_symbol(token):
            self.refuse("By what? Write a symbol here.", start)
        node = self.symbol(token, derivative=True)
        rest = self.token
        self.tokens, self.i = outer
        self.names = names
        if rest.kind not in ("end", "number") or not isinstance(node, Indexed):
            self.refuse("By what? Write one symbol here.", rest.start)
        if node.id not in self.names and node.id != self.target:
            self.refuse(f"There is no {node.id} here.", start)
        return node

    def _derivatives(self) -> set[str]:
        """All names of derivatives: the target's own is not among those of a formula."""
        layers = range(self.n_layers + 1)
        return {str(Quantity(f, l)) for f in DERIVATIVE_BY for l in layers} | {"dA0"}

    def is_symbol(self, token: Token) -> bool:
        """Whether it is a letter, Latin or Greek."""
        if token.kind == "letter" or token.text == r"\ell":
            return True
        return token.kind == "command" and token.text[1:].isalpha() and token.text not in NO_SYMBOLS


NO_SYMBOLS = {
    *(r"\frac", r"\sum", r"\cdot", r"\times", r"\odot", r"\circ", r"\otimes", r"\div", r"\leq"),
    *(r"\geq", r"\neq", r"\begin", r"\end", r"\left", r"\right", r"\rightarrow", r"\Rightarrow"),
    *(r"\to", r"\implies", r"\therefore", r"\because", r"\in", r"\prod", r"\int", r"\infty"),
    *(
        r"\longrightarrow",
        r"\leftarrow",
        r"\gets",
        r"\Leftrightarrow",
        r"\iff",
        r"\equiv",
        r"\approx",
    ),
    *(r"\ldots", r"\cdots", r"\dots", r"\vdots", r"\ddots", r"\top", r"\rfloor", r"\lfloor"),
}
