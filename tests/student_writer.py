"""Formulas of any network in a student's spelling, right, or with one ingredient replaced."""

from __future__ import annotations

import re


class Writer:
    """Writes the formulas of a network as students do; every ingredient can be replaced."""

    def __init__(self, net, layout, mean_in, sign, spelling="numpy"):
        self.net, self.layout, self.mean_in, self.sign = net, layout, mean_in, sign
        self.rows, self.numpy = layout == "rows", spelling == "numpy"
        self.in_delta = " / m" if mean_in == "delta" else ""
        self.in_dW = " / m" if mean_in == "dW" else ""
        self.share = "" if mean_in == "nowhere" else " / m"
        self.minus = "-" if sign == "descent" else ""

    # -- spelling -----------------------------------------------------------------------------

    def dot(self, a, b):
        return f"np.dot({a}, {b})" if self.numpy else f"{wrap(a)} @ {wrap(b)}"

    def power(self, a, k):
        return f"np.power({a}, {k})" if self.numpy else f"{wrap(a)}**{k}"

    def call(self, name, *arguments):
        return f"{'np.' if self.numpy else ''}{name}({', '.join(arguments)})"

    def over_samples(self, D, function="sum"):
        axis = ("axis=0",) if self.rows else ("axis=1", "keepdims=True")
        return self.call(function, D, *axis)

    def over_units(self, P):
        return self.call("sum", P, f"axis={int(self.rows)}", "keepdims=True")

    @staticmethod
    def A(l):
        return f"A{l}" if l else "X"

    # -- right pieces -------------------------------------------------------------------------

    def derivative(self, l):
        """f'(Z_l) as it is typed, or None where nothing is multiplied on."""
        f = self.net.f[l - 1]
        return {
            "sigmoid": f"A{l} * (1 - A{l})",
            "tanh": f"(1 - {self.power(f'A{l}', 2)})",
            "relu": f"(Z{l} > 0)",
        }.get(f)

    def through(self, l, dA):
        """A slope at A_l taken to Z_l."""
        if self.net.f[l - 1] == "softmax":
            return f"A{l} * ({wrap(dA)} - {self.over_units(f'{wrap(dA)} * A{l}')})"
        slope = self.derivative(l)
        return f"{wrap(dA)} * {slope}" if slope else dA

    def back(self, l, D=None, W=None, turned=".T"):
        """dA_l from the layer above."""
        D, W = D or f"delta{l + 1}", W or f"W{l + 1}"
        return self.dot(D, W + turned) if self.rows else self.dot(W + turned, D)

    def slope_terms(self):
        """The terms of dL/dA of one sample, in the sign of the convention."""
        L = self.net.L
        difference = f"Y - A{L}" if self.minus else f"A{L} - Y"
        terms = {}
        for name, share_ in self.net.loss:
            if name == "squared_error":
                terms["squared"] = f"({difference})" if share_ == 1 else f"2 * ({difference})"
            elif self.net.f[-1] == "softmax":
                terms["log"] = f"{'' if self.minus else '-'}Y / A{L}"
            else:
                up, down = f"Y / A{L}", f"(1 - Y) / (1 - A{L})"
                terms["yes"] = up if self.minus else f"-{up}"
                terms["no"] = f"-{down}" if self.minus else down
        return terms

    def dA_output(self, terms=None, mean=None):
        terms = list((terms or self.slope_terms()).values())
        mean = self.in_delta if mean is None else mean
        return f"({' + '.join(terms)}){mean}" if len(terms) > 1 or mean else terms[0]

    def delta_output(self, dA=None):
        L = self.net.L
        if dA is None and self.net.canonical:
            difference = f"Y - A{L}" if self.minus else f"A{L} - Y"
            return f"({difference}){self.in_delta}" if self.in_delta else difference
        return self.through(L, dA or self.dA_output())

    def delta(self, l, **changed):
        if l == self.net.L:
            return self.delta_output()
        return self.through(l, self.back(l, **changed))

    def penalty(self, l, text=None):
        if not self.net.alpha:
            return ""
        text = f"alpha * W{l}{self.share}" if text is None else text
        return f" {self.minus or '+'} {text}" if text else ""

    def dW(self, l, A=None, D=None, penalty=None, mean=None):
        A, D = A or self.A(l - 1), D or f"delta{l}"
        product_ = self.dot(f"{A}.T", D) if self.rows else self.dot(D, f"{A}.T")
        mean = self.in_dW if mean is None else mean
        return f"{product_}{mean}{self.penalty(l, penalty)}"

    def db(self, l, D=None, mean=None):
        return self.over_samples(D or f"delta{l}") + (self.in_dW if mean is None else mean)

    def next(self, name, gradient=None, rate="learning_rate"):
        step = "+" if self.minus else "-"
        return f"{name} {step} {rate + ' * ' if rate else ''}{gradient or f'd{name}'}"

    def Z(self, l, A=None, W=None, b=None):
        A, W = A or self.A(l - 1), W or f"W{l}"
        return (self.dot(A, W) if self.rows else self.dot(W, A)) + (f" + {b or f'b{l}'}")

    def loss_terms(self):
        L = self.net.L
        terms = {}
        for name, share_ in self.net.loss:
            if name == "squared_error":
                square = self.power(f"A{L} - Y" if self.numpy else f"(A{L} - Y)", 2)
                terms["squared"] = square if share_ == 2 else f"0.5 * {square}"
            elif self.net.f[-1] == "softmax":
                terms["log"] = f"-Y * {self.call('log', f'A{L}')}"
            else:
                terms["yes"] = f"-Y * {self.call('log', f'A{L}')}"
                terms["no"] = f"-(1 - Y) * {self.call('log', f'1 - A{L}')}"
        return terms

    def loss(self, terms=None, penalty=None, mean=None):
        terms = " + ".join((terms or self.loss_terms()).values())
        mean = self.share if mean is None else mean
        text = f"{self.call('sum', terms)}{mean}"
        if self.net.alpha:
            squares = [self.call("sum", f"W{l}**2") for l in range(1, self.net.L + 1)]
            usual = f"alpha / 2 * ({' + '.join(squares)}){self.share}"
            text += f" + {usual}" if penalty is None else penalty
        return text


def wrap(text):
    """Brackets where an operand needs them."""
    return text if re.fullmatch(r"[\w.]+(\([^()]*\))?", text) else f"({text})"


_NOT_IN_LATEX = re.compile(r"np\.|sum\(|mean\(|maximum|abs\(|sqrt|exp\(|log\(|[<>%]|\bY\d")
_GREEK = {"alpha": r"\lambda", "learning_rate": r"\eta"}


def latex(text):
    """A formula in the operators' spelling as LaTeX of lecture notes; None where it has none."""
    if _NOT_IN_LATEX.search(text):
        return None
    text = re.sub(
        r"\b(delta|d?[AZWb])(\d)(\.T)?(\*\*2)?",
        lambda found: _symbol(*found.groups()),
        text,
    )
    text = text.replace("X.T", "X^T").replace(").T", ")^T")
    text = re.sub(r"\b(alpha|learning_rate) / (m|2) \* ", r"\\frac{\1}{\2} ", text)
    for name, symbol in _GREEK.items():
        text = re.sub(rf"\b{name}\b", lambda _, s=symbol: s, text)
    text = re.sub(r"(?<![\w^])(\d+|\\lambda|\\eta) \* ", r"\1 ", text)
    text = re.sub(r"\bsigmoid\(", lambda _: r"\sigma(", text)
    text = re.sub(r"\btanh\(", lambda _: r"\tanh(", text)
    return text.replace(" @ ", " ").replace(" * ", r" \odot ").replace("**", "^")


def _symbol(kind, layer, turned, squared):
    name = kind.replace("delta", r"\delta")
    symbol = f"{name}^{{[{layer}]{'T' if turned else ''}}}"
    return f"({symbol})^2" if squared else symbol
