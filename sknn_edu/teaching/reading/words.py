"""Names that say in words what they are: ``grad_w_out``, ``weights_0_1``, ``Dw_layer3``.

A name is read only if every part of it is understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z]|[0-9_]|$)|[A-Z]?[a-z]+|[A-Z]|[0-9]+")
DERIVATIVES = {
    *("d", "del", "der", "deriv", "derivative", "grad", "grads", "gradient", "gradients", "nabla"),
    *("dj", "dl", "dc", "de", "dloss", "dcost", "j", "g", "jacobian"),
}
WHOLE = {
    **dict.fromkeys(("w", "weight", "weights", "theta", "thetas", "kernel", "wt", "wts"), "W"),
    **dict.fromkeys(("syn", "synapse", "synapses", "coef", "coefs", "param", "params"), "W"),
    **dict.fromkeys(("b", "bias", "biases", "intercept"), "b"),
    **dict.fromkeys(("z", "net", "preact", "preactivation"), "Z"),
    **dict.fromkeys(("a", "act", "activation", "activations"), "A"),
    **dict.fromkeys(("dw", "gw", "dweight", "dweights", "dtheta"), "dW"),
    **dict.fromkeys(("db", "gb", "dbias", "dbiases"), "db"),
    **dict.fromkeys(("delta", "deltas", "dz", "sigma", "errorterm", "errterm"), "delta"),
    **dict.fromkeys(("da",), "dA"),
}
OF_UNITS = {"layer", "l", "h", "fc", "dense", "unit", "units", "neuron", "neurons"}
HIDDEN, OUTPUT = {"h", "hid", "hidden", "hiddenlayer"}, {"o", "out", "output", "final", "last"}
INPUT = {"i", "in", "inp", "input", "inputs", "x"}
FILLERS = {
    "synaptic",
    "of",
    "to",
    "wrt",
    "all",
    "total",
    "sum",
    "batch",
    "mean",
    "avg",
    "the",
    "self",
    "loss",
    "cost",
    "error",
}
TRANSLATED = {
    **dict.fromkeys(("pesos", "peso", "gewicht", "gewichte", "poids", "pesi", "vesa"), "weights"),
    **dict.fromkeys(("sesgo", "sesgos", "vies", "vieses", "biais", "umbral"), "bias"),
    **dict.fromkeys(("capa", "camada", "schicht", "couche", "strato"), "layer"),
    **dict.fromkeys(("oculta", "oculto", "ocultas", "escondida", "intermedia"), "hidden"),
    **dict.fromkeys(("versteckt", "verborgen", "verborgene", "cachee", "nascosto"), "hidden"),
    **dict.fromkeys(("salida", "saida", "ausgabe", "sortie", "uscita"), "output"),
    **dict.fromkeys(("entrada", "entradas", "eingabe", "eingang", "entree", "ingresso"), "input"),
    **dict.fromkeys(("activaciones", "ativacoes", "aktivierungen", "activacion"), "activations"),
    **dict.fromkeys(("gradiente", "gradientes", "derivada", "ableitung"), "gradient"),
}
DERIVED = {"W": "dW", "b": "db", "Z": "delta", "A": "dA"}


def read_name(name: str, n_layers: int) -> tuple[str, int | None] | None:
    """The family that a name tells and, if it tells one, the number of the layer.

    The number is as it stands there; of words for places it is that of the layer.
    """
    parts = [part for part in _parts(name) if part not in FILLERS]
    family, derivative, places = None, False, list[str]()
    for i, part in enumerate(parts):
        if part in DERIVATIVES and (part != "d" or i == 0) and (i == 0 or len(part) > 1):
            derivative = True
        elif part in WHOLE and family is None and not (part in HIDDEN and i):
            family = WHOLE[part]
        elif part in WHOLE and family == "delta" and WHOLE[part] in ("W", "b"):
            family, derivative = WHOLE[part], True  # delta_w: what is added to W
        elif part.isdigit() or part in OF_UNITS | HIDDEN | OUTPUT | INPUT:
            places.append(part)
        else:
            return None
    if family is None:
        return None
    if derivative:
        family = DERIVED.get(family, family)
    return _placed(family, places, n_layers)


def family_of_word(name: str) -> str | None:
    """W, b, dW or db, for the attribute of an object that is one layer."""
    match read_name(name, 1):
        case "W" | "b" | "dW" | "db" as family, None:
            return str(family)
    return None


def _placed(family: str, places: list[str], n_layers: int) -> tuple[str, int | None] | None:
    """The family with its layer: ``0, 1`` and ``input, hidden`` lie between two."""
    numbers = [int(part) for part in places if part.isdigit()]
    words = [part for part in places if not part.isdigit() and part not in OF_UNITS - HIDDEN]
    if len(numbers) == 2 and numbers[1] == numbers[0] + 1 and family in ("W", "dW", "b", "db"):
        return family, -numbers[1]
    if len(numbers) == 1 and all(word in OF_UNITS for word in words):
        return family, numbers[0]
    if numbers or n_layers > 2:
        return None
    if not words:
        return (family, None) if n_layers == 1 and family != "A" else None
    if n_layers == 2 and words[-1] in OUTPUT and set(words[:-1]) <= HIDDEN:
        return family, -2
    if n_layers == 2 and words[-1] in HIDDEN and set(words[:-1]) <= INPUT:
        return family, -1
    return None


def _parts(name: str) -> Iterator[str]:
    """The words and numbers in a name, in small letters."""
    for part in PARTS.findall(name):
        lower = part.lower()
        if lower in ("ih", "ho"):
            yield from lower
        elif len(lower) > 1 and lower.isdigit() and lower[0] == "0":
            yield lower.lstrip("0") or "0"
        else:
            yield TRANSLATED.get(lower, lower)
