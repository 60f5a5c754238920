"""One dense layer on one batch: the formulas of a page of notes on backpropagation.

With n samples in rows, A_prev of shape (n, n_in) and the layer's activation f::

    forward     Z = A_prev W + b                (n, n_out)
                A = f(Z)                        (n, n_out)

    backward    delta = dJ/dZ = J_f(Z)^T dA     (n, n_out), row by row
                dW = A_prev^T delta             (n_in, n_out)
                db = 1^T delta                  (n_out,)
                dA_prev = delta W^T             (n, n_in)

The mean over the samples is in delta already (see `objective`), so that every d... is
the exact derivative of J.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..activations import Activation


class Layer:
    """The views and buffers of one layer for batches of n samples.

    Parameters
    ----------
    n : int
        Rows of a batch.
    W, b : ndarray of shape (n_in, n_out) and (n_out,)
        Views into theta. b is None in a network without biases.
    dW, db : ndarray
        Views into the gradient, of the shapes of W and b; None where there is none.
    activation : Activation
        f.
    keep_Z : bool
        Whether Z must survive the forward pass; otherwise A overwrites it.

    Attributes
    ----------
    Z, A, dA, delta : ndarray of shape (n, n_out)
        Buffers, filled by the forward and the backward pass. Where Z need not be kept,
        it is A.
    mask : ndarray of shape (n, n_out) or None
        Dropout of this batch: 0, or 1 / (1 - rate), for each unit; None for no dropout.
    """

    def __init__(
        self,
        n: int,
        W: np.ndarray,
        b: np.ndarray | None,
        dW: np.ndarray | None,
        db: np.ndarray | None,
        activation: Activation,
        keep_Z: bool,
    ) -> None:
        self.W, self.b, self.dW, self.db = W, b, dW, db
        self.activation = activation
        shape = (n, W.shape[1])
        self.A = np.empty(shape, W.dtype)
        self.Z = np.empty(shape, W.dtype) if keep_Z else self.A
        self.dA = np.empty(shape, W.dtype)
        self.delta = np.empty(shape, W.dtype)
        self.mask: np.ndarray | None = None
        self._ones = np.ones(n, W.dtype)

    def forward(self, A_prev: Any) -> np.ndarray:
        """Z = A_prev W + b, A = f(Z); returns what the next layer sees, A or dropped-out A."""
        self.A_prev = A_prev
        multiply(A_prev, self.W, out=self.Z)
        if self.b is not None:
            self.Z += self.b
        A = self.activation.forward(self.Z, out=self.A)
        return A if self.mask is None else A * self.mask

    def backward(self, dA: np.ndarray) -> None:
        """delta = J_f(Z)^T dA, then the gradients of W and b. dA is dJ/dA of this layer."""
        if self.mask is not None:
            dA *= self.mask
        self.activation.backward(self.Z, self.A, dA, out=self.delta)
        self.parameter_gradients()

    def parameter_gradients(self) -> None:
        """dW = A_prev^T delta, db = 1^T delta."""
        multiply(self.A_prev.T, self.delta, out=self.dW)
        if self.db is not None:
            np.dot(self._ones, self.delta, out=self.db)

    def input_gradient(self, out: np.ndarray) -> np.ndarray:
        """dA_prev = delta W^T."""
        return multiply(self.delta, self.W.T, out=out)


def multiply(P: Any, Q: np.ndarray, out: Any) -> np.ndarray:
    """P Q, where P may be sparse."""
    if isinstance(P, np.ndarray):
        return np.dot(P, Q, out=out)
    out[...] = P @ Q
    return out
