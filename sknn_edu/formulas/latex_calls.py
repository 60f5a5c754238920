r"""Functions in LaTeX: \tanh(z), \sigma'(z), g^{[2]'}(Z), e^{-z}, \text{np.sum}(...)."""

from __future__ import annotations

import re

from . import tree
from .latex_distinctions import Distinctions
from .latex_raw import Indexed, Ones, Summed
from .latex_symbols import Scripts, layer_number, read_scripts
from .latex_tokens import ONES, Token
from .latex_words import COMMANDS, OF_A_LAYER, WORDS
from .primitives import PRIMITIVES, REDUCTIONS
from .quantity import Quantity
from .tree import Expression

FIELD = {"axis": r"axis=(-?[0-9]|None)", "keepdims": r"keepdims=(True|False)"}


class Calls(Distinctions):
    """Reads functions and their arguments."""

    def symbol_or_call(self) -> Expression:
        """A letter with indices, or a function of something."""
        token = self.next()
        if token.text in COMMANDS:
            return self.function(COMMANDS[token.text], token)
        if token.kind == "word":
            return self.word(token)
        if token.text == r"\pi":
            return self.made(tree.Number(3.141592653589793, span=(token.start, token.end)))
        if not self.is_symbol(token):
            self.i -= token.kind != "end"
            self.refuse(
                "The formula ends too early: something is missing."
                if token.kind == "end"
                else f"{token.text} cannot stand here.",
                token.start,
            )
        if token.text == "e" and self.token.text == "^" and "e" not in self.notation.names:
            self.next()
            return self.call("exp", (self.of_tokens(self.argument()),), token.start)
        if token.text == "h" and self.token.text in ("'", "("):
            return self.function_of_layer(token)
        if token.text in OF_A_LAYER and token.text not in self.notation.names:
            return self.function_of_layer(token)
        if self.base(token) in self.notation.names:
            meaning = self.notation.names[self.base(token)]
            if meaning in self.functions:
                return self.function(meaning, token)
        return self.symbol(token)

    def number(self) -> Expression:
        """A number; one with a condition below it is an indicator."""
        token = self.next()
        value = float(token.text)
        if token.accent == ONES and not self._has_condition_below():
            return self._ones(token)
        if self.token.text == "_" and value == 1:
            self.next()
            return self.of_tokens(self.argument())
        return self.made(tree.Number(value, span=(token.start, token.end)))

    def indicator(self) -> Expression:
        r"""\mathbb{1}[Z > 0], with the condition in brackets or below."""
        sign = self.next()
        self.argument()
        if self._has_condition_below():
            self.next()
            return self.of_tokens(self.argument())
        if self.token.text not in ("[", "(", r"\{", "{"):
            return self._ones(sign)
        return self.bracketed()

    def _has_condition_below(self) -> bool:
        """Whether a condition stands below what was just read, and no number of entries."""
        if self.token.text != "_":
            return False
        here = self.i
        self.next()
        below = {token.text for token in self.argument()}
        self.i = here
        return not below.isdisjoint((">", "<", r"\leq", r"\geq", "=", r"\neq", r"\in"))

    def _ones(self, sign: Token) -> Expression:
        """A vector of ones, of whatever size."""
        if self.token.text == "_":
            self.next()
            self.argument()
        return self.made(Ones(span=(sign.start, self.tokens[self.i - 1].end)))

    # -- functions ------------------------------------------------------------------------

    def word(self, token: Token) -> Expression:
        """A function by its name, NumPy's sum, or one of our own names."""
        bare = re.sub(r"^(np|numpy|torch)\.", "", token.text)
        plain = bare.lower().replace("-", "").replace(" ", "")
        if plain in REDUCTIONS:
            return self.reduction(plain, token)
        for name in (bare, bare.lower(), plain, WORDS.get(plain, "")):
            if name in self.functions or name in PRIMITIVES:
                return self.function(name, token)
        if bare in ("dot", "multiply", "matmul"):
            self.refuse(f"Write the product with a sign, not with {bare}.", token.start)
        if str(Quantity.of(bare)) in self.names:
            return self.named(str(Quantity.of(bare)), Scripts(), token, (token.start, token.end))
        match = re.fullmatch(r"(d?)([A-Za-z])", bare)
        if match and self.notation.meaning(match[2], self.n_layers):
            letter = token._replace(kind="letter", text=match[2])
            return self.symbol(letter, derivative=bool(match[1]))
        self.refuse(f"There is no function {token.text!r} here.", token.start)

    def function(self, name: str, token: Token) -> Expression:
        """A function with what stands above it, and its argument."""
        scripts, odd = self._function_scripts(token)
        if odd:
            self.refuse("Only a number can stand above a function.", odd[0].start)
        return self.applied(name, scripts, token)

    def _function_scripts(self, token: Token) -> tuple[Scripts, list[Token]]:
        above, below = self.scripts()
        read = read_scripts(above, below)
        if read is None:
            return Scripts(), above[0]
        return read, []

    def applied(self, name: str, scripts: Scripts, token: Token) -> Expression:
        """The call, with primes in its name and a power behind it."""
        if scripts.primes > 1:
            self.refuse("Only the first derivative of a function can be read.", token.start)
        called = f"d_{name}" if scripts.primes else name
        if called not in self.functions:
            known = ", ".join(sorted(f for f in self.functions if not f.startswith("d_")))
            self.refuse(f"There is no function {called!r} here. There are {known}.", token.start)
        node = self.call(called, self.arguments(token), token.start)
        if exponent := scripts.power or scripts.number:
            self.check_exponent(float(exponent), token.start)
            number = tree.Number(float(exponent), span=node.span)
            node = self.made(tree.Power(node, number, span=node.span))
        return node

    def function_of_layer(self, token: Token) -> Expression:
        r"""g(Z^{[l]}), or \sigma: the function of the layer, whichever it is."""
        here = self.i
        scripts, odd = self._function_scripts(token)
        if odd or self.token.text not in ("(", "[", "{", r"\{"):
            if self.notation.meaning(token.text, self.n_layers) and not scripts.primes:
                self.i = here
                return self.symbol(token)
            reason = "Write the argument of this function in parentheses behind it."
            self.refuse(reason, token.start)
        argument = self.tokens, self.i
        arguments = self.arguments(token)
        self.tokens, self.i = argument
        name = self.function_name(token, scripts, arguments[0])
        scripts.number = "" if scripts.layer else scripts.number
        return self.applied(name, scripts, token)

    def function_name(self, token: Token, scripts: Scripts, argument: Expression) -> str:
        """The name of the function of the layer that it is applied to."""
        functions = self.notation.activations
        plain = scripts.below.lower()
        named = self.notation.names.get(f"{token.text}_{scripts.below}", WORDS.get(plain, plain))
        if named in self.functions:
            scripts.below = ""
            return named
        of_other = scripts.below.isalpha() and len(set(functions)) > 1  # sigma_h, sigma_o
        if not of_other and token.text == r"\sigma" and (not functions or "logistic" in functions):
            return "logistic"
        if not functions:
            reason = f"It is not known which function {token.text} is: write its name."
            self.refuse(reason, token.start)
        if len(set(functions)) == 1:
            return functions[0]
        written = scripts.layer or ("" if scripts.below in ("h", "o") else scripts.below)
        if not written and scripts.number and self.notation.superscripts == "layers":
            written, scripts.number = scripts.number, ""
        if written:
            layer = layer_number(written, self.notation, self.text, token.start)
        else:
            layer = self.layer_of(argument)
        if not 1 <= layer <= len(functions):
            self.refuse(f"Of which layer is {token.text}? Write its function by name.", token.start)
        return functions[layer - 1]

    def layer_of(self, argument: Expression) -> int:
        """The layer whose Z it is: the highest number in it."""
        found = [Quantity.of(node.id) for node in argument.walk() if isinstance(node, Indexed)]
        numbers = [q.number for q in found if q.family in ("Z", "W", "A")]
        own = Quantity.of(self.target).number if self.target else 0
        return max(numbers, default=own)

    def arguments(self, token: Token) -> tuple[Expression, ...]:
        """In brackets, separated by commas; or the one factor that follows."""
        closer = {"(": ")", "[": "]", "{": "}", r"\{": r"\}"}.get(self.token.text)
        if closer is None:
            if self.kind == "end":
                self.refuse("The argument of this function is missing.", token.start)
            return (self.signed_factor(),)
        opening = self.next()
        self.closers.append(closer)
        found = [self.relation()]
        while self.token.text == ",":
            self.next()
            found.append(self.relation())
        self.closers.pop()
        if self.token.text != closer:
            self.refuse(
                f"{closer} is missing before this."
                if self.kind != "end"
                else "This bracket is never closed.",
                opening.start if self.kind == "end" else None,
            )
        self.next()
        return tuple(found)

    def call(self, name: str, arguments: tuple[Expression, ...], start: int) -> Expression:
        """A call, with as many arguments as the function takes."""
        primitive = PRIMITIVES.get(name)
        wanted = primitive.n_arguments if primitive else 1
        if name.startswith("backward_"):
            wanted = 2
        if len(arguments) != wanted:
            self.refuse(
                f"{name} takes {wanted} argument{'s' * (wanted > 1)}, got {len(arguments)}.", start
            )
        if name not in self.functions:
            self.refuse(f"There is no function {name!r} here.", start)
        end = self.tokens[max(self.i - 1, 0)].end
        return self.made(tree.Call(name, arguments, span=(start, end)))

    def reduction(self, name: str, token: Token) -> Expression:
        """NumPy's sum or mean, or a mean with its axis below it."""
        _, below = self.scripts()
        over = "".join(t.text for group in below for t in group)
        opening = self.next()
        if opening.text not in ("(", "[", "{"):
            self.refuse(f"Write what is summed in parentheses, {name}(...).", token.start)
        operand = self.relation()
        options: list[str] = []
        closer = {"(": ")", "[": "]", "{": "}"}[opening.text]
        while self.token.text != closer:
            if self.kind == "end":
                self.refuse("This bracket is never closed.", opening.start)
            options.append(self.next().text)
        end = self.next().end
        given = "".join(options).replace(" ", "")
        axis = re.search(FIELD["axis"], given)
        keepdims = re.search(FIELD["keepdims"], given)
        rest = re.sub("|".join(FIELD.values()), "", given).strip(",")
        if rest:
            self.refuse(f"{name} takes axis= and keepdims=, got {rest!r}.", opening.start)
        number = None if axis is None or axis[1] == "None" else int(axis[1])
        keep = keepdims is not None and keepdims[1] == "True"
        span = (token.start, end)
        if over in ("samples", "units"):
            return self.made(Summed(operand, over, "", name, span=span))
        return self.made(tree.Reduction(name, operand, number, keep, span=span))

    # -- scripts of what is no symbol

    def with_scripts(self, node: Expression, token: Token) -> Expression:
        """A factor that is no symbol, transposed or to a power."""
        while self.token.text in ("^", "'", "_"):
            above, below = self.scripts()
            for group in above:
                node = self.power(node, group)
            for group in below:  # an index of all that is in the brackets, or its shape
                if any(t.text in (">", "<", r"\leq", r"\geq", "=") for t in group):
                    self.refuse("This cannot stand below.", group[0].start)
        return node

    def power(self, base: Expression, exponent: list[Token]) -> Expression:
        """A base to the power of some tokens, or its transpose."""
        scripts = read_scripts([exponent], [])
        start, end = base.span[0], self.tokens[self.i - 1].end
        span = (start, max(end, base.span[1]))
        if scripts and (scripts.is_transposed or scripts.primes == 1):
            return self.made(tree.Transpose(base, span=span))
        if scripts and (number := scripts.power or scripts.number):
            self.check_exponent(float(number), exponent[0].start)
            power = tree.Number(float(number), span=span)
            return self.made(tree.Power(base, power, span=span))
        if scripts and scripts.indices and not scripts.layer:
            return base
        read = self.of_tokens(exponent)
        if isinstance(read, tree.Negative) and isinstance(read.operand, tree.Number):
            self.check_exponent(read.operand.number, exponent[0].start)
            return self.made(tree.Power(base, read, span=span))
        if isinstance(read, tree.Number):
            self.check_exponent(read.number, exponent[0].start)
            return self.made(tree.Power(base, read, span=span))
        self.refuse("An exponent must be a number.", exponent[0].start)
