"""Neurons that are dicts or objects: ``network[i][j]["delta"]``, ``layer.neurons[j].output``."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from .values import InLoop

NETWORKS = ("network", "net", "layers", "nn")
KEYS = {"weights", "output", "delta"}
OF_OBJECTS = {"output", "delta", "value", "bias", "activation"}
LISTS = ("neurons", "nodes", "units", "perceptrons")
INPUTS = ("inputs", "last_inputs", "input_values")
FAMILIES = {
    **dict.fromkeys(("output", "activation", "out", "a", "value", "output_cache"), "A"),
    **dict.fromkeys(("delta", "error_term", "gradient"), "delta"),
    **dict.fromkeys(("bias", "b"), "b"),
    **dict.fromkeys(("z", "net", "sum", "net_input", "weighted_sum"), "Z"),
    "error": "dA",
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
    """Whether a file keeps its neurons as dicts, or as objects."""
    keys: set[str] = set()
    attributes: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Subscript(slice=ast.Constant(value=str(key))):
                keys.add(key)
            case ast.Attribute(value=owner, attr=attribute) if _is_neuron(owner):
                attributes.add(attribute)
            case ast.ClassDef(name="Neuron" | "Node" | "Perceptron"):
                attributes.add("output")
    return keys >= KEYS or ("weights" in attributes and not attributes.isdisjoint(OF_OBJECTS))


def _is_neuron(node: ast.AST) -> bool:
    """Whether it can only be one neuron: ``neuron``, ``layer.neurons[j]``."""
    match node:
        case ast.Name(id=word):
            return word.rpartition("_")[2] in ("neuron", "perceptron")
        case ast.Subscript(value=ast.Attribute(attr=word)):
            return word in LISTS
    return False


def layer_of_word(word: str, n_layers: int) -> int | None:
    """The layer that ``outputlayer`` or ``hiddenneurons`` names; None if it names none."""
    for end in ("layer", "neurons", "layerneurons"):
        if word == f"output{end}":
            return n_layers
        if word == f"hidden{end}" and n_layers == 2:
            return 1
        if word == f"input{end}":
            return 0
    return None


def part(neuron: Neuron, key: str) -> str | NeuronWeights | None:
    """What a neuron has under a key: the quantity whose entry it is, or its weights."""
    if key in ("weights", "w"):
        return NeuronWeights(neuron.layer, neuron.letter)
    family = FAMILIES.get(key)
    return f"{family}{neuron.layer}" if family else None
