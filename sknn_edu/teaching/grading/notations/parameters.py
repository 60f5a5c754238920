r"""Letters that a text explains: h = \sigma(W x + b), \hat{y} = \sigma(V h + c); z = h(a)."""

from __future__ import annotations

import re

MATRIX = r"(?<![A-Za-z\\])([A-Z])(?:\s*\^\s*\{?\s*(?:T|\\top|\\intercal)\s*\}?)?"
BIAS = r"(?:\s*\+\s*([a-z])(?![A-Za-z]|\s*[_^]))?"
AFFINE = [
    re.compile(
        rf"(?:{MATRIX}\s*(?:\\cdot\s*)?{of}|(?<![A-Za-z\\]){of}\s*{MATRIX})(?![A-Za-z]){BIAS}"
    )
    for of in ("x", "h")
]
SCRIPTS = r"(?:\s*[_^]\s*(?:\{[^{}]*\}|[A-Za-z0-9]))*"
BOLD = r"\\(?:mathbf|boldsymbol|bm|vec)\s*\{"
ACTIVATION = re.compile(
    rf"(?<![A-Za-z\\])(?:{BOLD}\s*)?([zoh])\s*\}}?{SCRIPTS}\s*&?=\s*"
    rf"(?:[fgh]|\\sigma|\\tanh|\\varphi|\\phi)\s*\(\s*(?:{BOLD}\s*)?a\s*\}}?{SCRIPTS}\s*\)"
)


def parameters_of(text: str) -> dict[str, str]:
    r"""What the letters of the two layers' parameters mean; empty if they have no own letters.

    Examples
    --------
    >>> parameters_of(r"$h = \sigma(W x + b)$ and $\hat{y} = \sigma(V h + c)$")
    {'W': 'W1', 'V': 'W2', 'b': 'b1', 'c': 'b2'}
    >>> parameters_of("$h = W_1 x + b_1$, $y = W_2 h + b_2$")
    {}
    """
    first, second = (pattern.search(text) for pattern in AFFINE)
    if first is None or second is None:
        return {}
    matrices = [match[1] or match[2] for match in (first, second)]
    if matrices[0] == matrices[1]:
        return {}
    biases = [match[3] for match in (first, second)]
    names = dict(zip(matrices, ("W1", "W2"), strict=True))
    if None not in biases and biases[0] != biases[1]:
        names |= dict(zip(biases, ("b1", "b2"), strict=True))
    return names


def activations_of(text: str) -> dict[str, str]:
    r"""The letters of z = h(a), where a is what a function is applied to; empty if they are others.

    Examples
    --------
    >>> activations_of("$z_j = h(a_j)$"), activations_of("$a = g(z)$")
    ({'a': 'Z', 'z': 'A'}, {})
    """
    match = ACTIVATION.search(text)
    return {"a": "Z", match[1]: "A"} if match else {}
