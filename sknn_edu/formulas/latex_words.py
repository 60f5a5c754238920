r"""What functions are called in LaTeX: \tanh, sigmoid without a backslash, g of whatever layer."""

from __future__ import annotations

COMMANDS = {
    r"\tanh": "tanh",
    r"\exp": "exp",
    r"\log": "log",
    r"\max": "maximum",
    r"\min": "minimum",
}
COMMANDS |= {r"\Phi": "Phi", r"\sech": "sech", r"\softmax": "softmax", r"\relu": "relu"}
COMMANDS |= {r"\ReLU": "relu", r"\sigmoid": "logistic", r"\sgn": "sign", r"\sign": "sign"}
WORDS = {"sigmoid": "logistic", "linear": "identity", "logit": "logistic", "lrelu": "leaky_relu"}
WORDS |= {"ln": "log", "max": "maximum", "min": "minimum", "sgn": "sign", "sig": "logistic"}
WORDS |= {"leakyrelu": "leaky_relu", "sm": "softmax", "id": "identity"}
GENERIC = {"g", "f", r"\phi", r"\psi", "s"}  # the function of a layer, whichever it is
OF_A_LAYER = {*GENERIC, r"\sigma"}
