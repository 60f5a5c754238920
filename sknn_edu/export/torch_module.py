"""A fitted network as a module of PyTorch. Only `to_torch` imports this file."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from ..engine.network import Network
from .formula import Expression, evaluated, exported_formula


class Formula(nn.Module):
    """An activation, computed as its formula says.

    Parameters
    ----------
    name : str
        The activation's.
    formula : Expression
        Its formula, of Z.
    """

    def __init__(self, name: str, formula: Expression) -> None:
        super().__init__()
        self.name = name
        self.formula = formula

    def forward(self, Z: Tensor) -> Tensor:
        """A = f(Z), of the shape of Z."""
        number = partial(torch.full, (), dtype=Z.dtype, device=Z.device)
        return evaluated(self.formula, Z, {**OPERATIONS, "number": number}).expand_as(Z)

    def extra_repr(self) -> str:
        """What is printed of it: its name and the formula."""
        return f"{self.name}: {self.formula}"


def to_module(network: Network) -> nn.Sequential:
    """The network as layers, activations and dropout in a chain."""
    theta, architecture = network.theta, network.architecture
    rates = dict(enumerate(architecture.dropout, start=1))
    parts: OrderedDict[str, nn.Module] = OrderedDict()
    for l, (W, b, f) in enumerate(zip(theta.W, theta.b, architecture.activations, strict=True), 1):
        parts[f"layer{l}"] = _linear(W, b if architecture.has_biases else None)
        parts[f"activation{l}"] = Formula(f.name, exported_formula(f))
        if rates.get(l):
            parts[f"dropout{l}"] = nn.Dropout(rates[l])
    return nn.Sequential(parts).eval()


def _linear(W: np.ndarray, b: np.ndarray | None) -> nn.Linear:
    """Z = A_prev W + b; PyTorch keeps W transposed."""
    # Not drawn first: that would move PyTorch's global random state.
    layer = nn.utils.skip_init(nn.Linear, *W.shape, bias=b is not None)
    layer.weight = nn.Parameter(torch.from_numpy(W.T.copy()))
    if b is not None:
        layer.bias = nn.Parameter(torch.from_numpy(b.copy()))
    return layer


def _larger(P: Tensor, Q: Tensor) -> Tensor:
    """max(P, Q), with the derivative of Q where they are equal: relu'(0) = 0, as here."""
    return torch.where(P <= Q, Q, P)


def _smaller(P: Tensor, Q: Tensor) -> Tensor:
    """min(P, Q), with the derivative of P where they are equal."""
    return torch.where(P > Q, Q, P)


def _reduction(reduce: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def reduced(P: Tensor, axis: int | None, keepdims: bool) -> Tensor:
        return reduce(P) if axis is None else reduce(P, dim=axis, keepdim=keepdims)

    return reduced


def _as_number(relation: Callable[[Tensor, Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda P, Q: relation(P, Q).to(P.dtype)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "negative": torch.neg,
    "+": torch.add,
    "-": torch.sub,
    "*": torch.mul,
    "/": torch.div,
    "**": torch.pow,
    ">": _as_number(torch.gt),
    "<": _as_number(torch.lt),
    "<=": _as_number(torch.le),
    "exp": torch.exp,
    "log": torch.log,
    "sqrt": torch.sqrt,
    "abs": torch.abs,
    "sign": torch.sign,
    "maximum": _larger,
    "minimum": _smaller,
    "tanh": torch.tanh,
    "logistic": torch.sigmoid,
    "softplus": lambda P: torch.logaddexp(P, torch.zeros_like(P)),
    "Phi": torch.special.ndtr,
    "softmax": partial(torch.softmax, dim=1),
    "sum": _reduction(torch.sum),
    "mean": _reduction(torch.mean),
}
