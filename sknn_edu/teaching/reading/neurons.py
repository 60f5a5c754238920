"""Networks as lists of lists of neurons that are dicts: ``network[i][j]["delta"]``."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from .values import InLoop

NETWORKS = ("network", "net", "layers", "nn")
KEYS = {"weights", "output", "delta"}
FAMILIES = {
    **dict.fromkeys(("output", "activation", "out", "a"), "A"),
    **dict.fromkeys(("delta", "error_term"), "delta"),
    **dict.fromkeys(("bias", "b"), "b"),
    **dict.fromkeys(("z", "net", "sum"), "Z"),
}


@dataclass
class Neurons(InLoop):
    """All neurons of a layer."""

    layer: int


@dataclass
class Neuron(InLoop):
    """One of them, in a loop over them."""

    layer: int
    letter: str


@dataclass
class NeuronWeights(InLoop):
    """The weights into one neuron, with its bias as the last."""

    layer: int
    letter: str


def has_neurons(tree: ast.AST) -> bool:
    """Whether a file keeps its neurons as dicts."""
    keys = {
        node.slice.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    }
    return keys >= KEYS


def part(neuron: Neuron, key: str) -> str | NeuronWeights | None:
    """What a neuron has under a key: the quantity whose entry it is, or its weights."""
    if key in ("weights", "w"):
        return NeuronWeights(neuron.layer, neuron.letter)
    family = FAMILIES.get(key)
    return f"{family}{neuron.layer}" if family else None
