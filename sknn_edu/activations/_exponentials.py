"""Activations of output layers: a plain number, a positive rate, a distribution."""

from __future__ import annotations

import numpy as np

from ._base import Activation, Elementwise

__all__ = ["Exp", "Identity", "Softmax"]


class Identity(Elementwise):
    """No activation, f(z) = z, with f' = 1.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import Identity
    >>> f, Z = Identity(), np.array([[-1.0, 0.0, 2.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[-1.,  0.,  2.]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # 1 everywhere
    array([[1., 1., 1.]])
    """

    name = "identity"
    also_called = ("linear", "none", "id")
    backward_reads_Z = False
    formula = "Z"
    derivative_formula = "1"

    def forward(self, Z, out):
        """A = Z."""
        if out is not Z:
            np.copyto(out, Z)
        return out

    def derivative(self, Z, A, out):
        """1."""
        out.fill(1)
        return out

    def second_derivative(self, Z, A):
        """0."""
        return np.zeros_like(A)


class Exp(Elementwise):
    """The exponential, f(z) = exp(z), which is its own derivative.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import Exp
    >>> f, Z = Exp(), np.array([[-1.0, 0.0, 1.0]])
    >>> A = f.forward(Z, out=np.empty_like(Z))
    >>> A.round(3)
    array([[0.368, 1.   , 2.718]])
    >>> f.derivative(Z, A, out=np.empty_like(Z)).round(3)  # a
    array([[0.368, 1.   , 2.718]])
    """

    name = "exp"
    range = (0.0, np.inf)
    backward_reads_Z = False
    formula = "exp(Z)"
    derivative_formula = "A"

    def forward(self, Z, out):
        """A = exp(Z)."""
        return np.exp(Z, out=out)

    def derivative(self, Z, A, out):
        """A."""
        np.copyto(out, A)
        return out

    def second_derivative(self, Z, A):
        """A."""
        return A.copy()


class Softmax(Activation):
    """The softmax of each row, a_i = exp(z_i) / sum_j exp(z_j).

    Every output depends on every sum of its row, so the derivative is a matrix for
    each row, the Jacobian ``J = diag(a) - a a^T`` (da_i/dz_j = a_i ([i = j] - a_j)).
    The backward pass multiplies by it without ever building it:
    ``delta = a * (dA - <a, dA>)``.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.activations import Softmax
    >>> Z = np.log([[1.0, 3.0]])
    >>> Softmax().forward(Z, out=np.empty_like(Z))
    array([[0.25, 0.75]])
    """

    name = "softmax"
    range = (0.0, 1.0)
    sums_to_one = True
    backward_reads_Z = False
    formula = "exp(Z) / sum(exp(Z), axis=1, keepdims=True)"
    backward_formula = "A * (dA - sum(A * dA, axis=1, keepdims=True))"
    jacobian_entry = "a_i ([i = j] - a_j)"

    def forward(self, Z, out):
        """A = exp(Z - max Z) / sum exp(Z - max Z), row by row."""
        scores = Z.T.copy()  # few long rows are reduced faster than many short ones
        scores -= np.maximum.reduce(scores)
        np.exp(scores, out=scores)
        np.divide(scores, np.add.reduce(scores), out=out.T)
        return out

    def backward(self, Z, A, dA, out):
        """delta = A * (dA - <A, dA>), row by row."""
        np.subtract(dA, _row_dot(A, dA), out=out)
        return np.multiply(out, A, out=out)

    def forward_jvp(self, Z, A, dZ):
        """J dZ; the Jacobian of softmax is symmetric, so this is `backward`."""
        return self.backward(Z, A, dZ, out=np.empty_like(A))

    def backward_jvp(self, Z, A, dA, dZ):
        """Change of A * (dA - <A, dA>) when A moves by J dZ."""
        moved = self.forward_jvp(Z, A, dZ)
        return moved * (dA - _row_dot(A, dA)) - A * _row_dot(moved, dA)


def _row_dot(P, Q):
    """<p, q> for each row, shape (n, 1)."""
    return np.einsum("ij,ij->i", P, Q)[:, np.newaxis]
