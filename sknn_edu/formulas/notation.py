r"""What letters mean on paper: ``\hat{y}`` is A of the last layer, W^2 the second weights."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from .aliases import y_as_output
from .layout import Layout
from .quantity import Quantity, Shape

FAMILIES = {
    **{"W": "W", "w": "W", r"\Theta": "W", r"\theta": "W", r"\omega": "W", "b": "b"},
    **{r"\beta": "b", "Z": "Z", "z": "Z", "A": "A", "a": "A", "h": "A", "H": "A"},
    r"\delta": "delta",
}
OUTPUTS = {r"\hat{y}", r"\hat{Y}", r"\tilde{y}", r"\hat{p}"}
SINGLE = {"x": "A0", "X": "A0", "y": "Y", "Y": "Y", "t": "Y", r"\eta": "learning_rate"}
SINGLE |= {"m": "m", "n": "m", "N": "m", "M": "m", r"\lambda": "alpha", r"\rho": "l1_ratio"}
SINGLE |= {r"\mathbf{w}": "w", r"\gamma": "learning_rate"}
LOSSES = {"J", "L", "E", "C", r"\ell", "Q", "l", "loss", "cost", "error", "mse", "ce", "bce"}

# A letter that numbers the samples when it stands alone in parentheses, as in x^{(i)}.
SAMPLES = {"i", "j", "n", "t", "s", "p"}

BY_BRACKETS = re.compile(r"\^\s*\{?\s*[\[(]")
INDICES = re.compile(r"[_^]\s*(?:\{[^{}]*\}|\\?[A-Za-z0-9]+)|\(t\)")
SYMBOL = re.compile(r"\\?[A-Za-z]+")
BY_SUBSCRIPT = re.compile(r"(?:[WwbzZaAhH]|\\delta|\\Theta|\\theta)\s*\}?\s*_\s*\{?\s*[0-9]")


@dataclass(frozen=True)
class Notation:
    r"""How a text is written: which letters mean what.

    Attributes
    ----------
    names : mapping of str to str
        Meanings of letters: ``{"s": "Z", "o": "A2", r"\alpha": "learning_rate"}``. A family
        (``W b Z A delta``) takes its layer from the indices; a name with a layer is meant where
        no layer is written.
    superscripts : {"auto", "layers", "powers"}
        What the 2 in W^2 is. ``"auto"``: a power if the text writes layers in brackets or
        below the line, else a layer.
    subscripts : {"layers", "units"}
        What the 1 in a_1 is, where no layer is written.
    activations : sequence of str
        Functions of the layers, so that g(Z^{[1]}) is known.
    layers : mapping of str to int
        Letters for layers, such as ``{"l": 1, "L": 3}``.
    input_layer : int
        The number that the text gives to the input: 1 where x is a^{(1)}.
    products : {"auto", "matrices", "single weights"}
        Whether 2(a - y) a_1 is a product of matrices, which must fit, or is meant for each
        weight, so that transposes and sums over the units are not written. ``"auto"``: for
        each weight if there are indices of units, or small letters only and no transpose.
    odot : {"entrywise", "by shape"}
        Whether a circle is the product entry by entry, or any product, as some texts have it.
    case : {"both", "same", "different"}
        Which cases of a distinction i = j, i != j are taken; both are added.
    """

    names: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    superscripts: str = "auto"
    subscripts: str = "layers"
    activations: tuple[str, ...] = ()
    layers: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    input_layer: int = 0
    products: str = "auto"
    odot: str = "entrywise"
    case: str = "both"

    def for_text(self, text: str) -> Notation:
        """The same with what a text says about its superscripts."""
        if self.superscripts != "auto":
            return self
        others = BY_BRACKETS.search(text) or BY_SUBSCRIPT.search(text)
        return replace(self, superscripts="powers" if others else "layers")

    def for_formula(self, text: str, names: Collection[str]) -> Notation:
        """The same with what a formula says, also of y if the targets stand beside it."""
        symbols = set(SYMBOL.findall(INDICES.sub(" ", text)))
        own = {} if self.names.keys() & symbols & {"y", "t"} else y_as_output(symbols, names)
        return self.for_text(text).with_names(**own)

    def at(self, **layers: int) -> Notation:
        """The same with these letters for layers."""
        return replace(self, layers={**self.layers, **layers})

    def with_names(self, **names: str) -> Notation:
        """The same with these letters."""
        return replace(self, names={**self.names, **names})

    def meaning(self, symbol: str, depth: int) -> str | None:
        """The family, or the name, of a letter; None if it means nothing known."""
        if symbol in self.names:
            return self.names[symbol]
        if symbol in OUTPUTS:
            return f"A{depth}"
        if symbol.startswith((r"\hat{", r"\bar{", r"\tilde{")):  # a vector, in some texts
            return FAMILIES.get(symbol.partition("{")[2].removesuffix("}"))
        if symbol in ("o", "p"):  # of the output; of another layer if that is written
            return f"A{depth}"
        return FAMILIES.get(symbol) or SINGLE.get(symbol)


def depth_of(names: Collection[str]) -> int:
    """The number of layers of the network with these names."""
    return max((Quantity.of(name).number for name in names), default=0)


def shape_names(names: Collection[str], layout: Layout) -> dict[str, Shape]:
    """The shapes of quantities, with a symbol for the units of each layer."""
    sizes = [f"n{l}" for l in range(depth_of(names) + 1)]
    return {name: Quantity.of(name).shape(sizes, layout) for name in names}
