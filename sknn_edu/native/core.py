"""A network of the engine, handed to the compiled core: for gradients, predictions, and epochs.

The core trusts what it is given. So every address that it gets comes from `address_of`, and every
count of layers and units from a `Network`, which checks them, however the arrays came to be there
(unpickled, loaded by skops, assigned to ``coefs_``).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from ctypes import addressof, byref, c_double, c_int64, c_void_p
from dataclasses import replace
from typing import Any

import numpy as np
from scipy.sparse import issparse

from ..activations import Activation
from ..engine.batches import Samples
from ..engine.curvature import HessianProduct
from ..engine.dropout import Masks
from ..engine.network import Network
from ..engine.objective import Objective
from ..losses import Loss
from . import library, limits
from .csr import sparse_rows
from .support import loss_number

ROWS_STEP = 512  # a call of several has a multiple of this, which are whole chunks
FLOPS_IN_A_CALL = 2e9  # far less than a second, after which Ctrl-C is handled
TO_PREDICT, TO_TRAIN, TO_MULTIPLY = range(3)  # purposes of a workspace; each does for those before


class Core:
    """The compiled engine for one network, and the objective it is trained for.

    It reads and writes the arrays of the network itself: theta and, with an objective, grad.
    """

    def __init__(self, network: Network, objective: Objective | None = None) -> None:
        self.network, self.objective = network, objective
        self.dtype = network.theta.dtype
        lib = library.load()
        assert lib is not None
        self.library = lib
        self._keep: list[Any] = []  # arrays that only the core uses
        self._data_of: tuple[Samples | None, library.Data | None] = (None, None)
        self._workspace: tuple[tuple, int, int, np.ndarray] = ((), TO_PREDICT, 0, np.empty(0))
        self._masks = library.Masks()
        sizes, W = network.theta.sizes, network.theta.W
        activations = network.architecture.activations
        self.n_parameters = sum(W_l.size for W_l in W) + sum(sizes[1:])
        self._struct = struct = library.Network(
            n_layers=len(activations),
            sizes=self._array(sizes, c_int64),
            activations=self._array(
                [lib.number("activation", f.name) for f in activations], c_int64
            ),
            settings=self._array([_setting_of(f) for f in activations], c_double),
            W=self._pointers("coefs_", W, network.architecture.shapes),
            b=self._pointers("intercepts_", network.theta.b, [(n,) for n in sizes[1:]]),
            n_parameters=self.n_parameters,
            n_threads=1,
        )
        if network.architecture.dropout:
            struct.dropout = self._array([*network.architecture.dropout, 0], c_double)
        if not network.architecture.has_biases:
            struct.b = None
        if objective is not None:
            factors, losses = zip(*objective.loss.terms(), strict=True)
            struct.n_losses = len(losses)
            struct.losses = self._array(
                [loss_number(loss, activations[-1]) for loss in losses], c_int64
            )
            struct.loss_factors = self._array(factors, c_double)
            struct.loss_settings = self._array([_setting_of(loss) for loss in losses], c_double)

    def set_penalty(self, data: library.Data) -> None:
        """The strength of the penalty, which a callback may change between epochs."""
        # J stays the same when the weights of samples and the penalty are scaled alike.
        assert self.objective is not None
        penalty = self.objective.penalty
        self._struct.l1, self._struct.l2 = penalty.l1 * data.scale, penalty.l2 * data.scale

    def set_clip_norm(self, clip_norm: float | None) -> None:
        """The longest gradient, which a callback may change between epochs."""
        limited = clip_norm is not None and clip_norm <= sys.float_info.max
        self._struct.clip_norm = clip_norm if limited else math.inf

    def set_masks(self, masks: Masks | None) -> None:
        """The dropout masks of the next batch; without any, every unit takes part."""
        if masks is None or not self._struct.dropout:
            self._struct.masks = None
            return
        ours = self._masks
        ours.key, ours.update, ours.first = masks.key, masks.update, -masks.first_row
        self._struct.masks = addressof(ours)

    def next_masks(self, masks: Masks | None) -> Masks | None:
        """Those after the batches that the core has run since `set_masks`."""
        return masks and replace(masks, update=self._masks.update)

    def get_threads(self, data: library.Data, n_rows: int) -> None:
        """Use as many threads as are allowed and as have work with n rows at a time."""
        most_threads = self.library.function("most_threads", self.dtype)
        most = most_threads(byref(self._struct), byref(data), n_rows)
        self._struct.n_threads = min(most, limits.allowed()) if most > 1 else 1

    def does_in_one_call(self, data: library.Data, n_rows: int) -> bool:
        """Whether an update with n rows takes far less than a second."""
        return n_rows * data.flops_of_a_row < 5 * FLOPS_IN_A_CALL

    # -- gradients and predictions ------------------------------------------------------

    def value_and_gradient(
        self, samples: Samples, *, with_penalty: bool = True, masks: Masks | None = None
    ) -> float:
        """J on the samples; its gradient is left in ``network.grad`` (see `Objective`)."""
        assert self.objective is not None
        data, total, grad = self.data(samples), samples.total_weight, self.network.grad
        to = address_of(grad.flat, (self.n_parameters,), self.dtype, "grad", writes=True)
        gradient = self.library.function("gradient", self.dtype)
        self.set_masks(masks)
        J = 0.0
        for first, n, workspace in self._calls(data, TO_TRAIN):
            rows = (byref(data), first, n, total * data.scale)
            J += gradient(byref(self._struct), *rows, first > 0, to, workspace)
        weights = self.network.theta.weights
        if with_penalty:
            self.objective.penalty.add_gradient(weights, 1 / total, out=grad.weights)
        J += self.objective.penalty.value(weights) / total
        if not (math.isfinite(J) and np.isfinite(grad.flat).all()):
            # Only the NumPy engine decides that J is not finite.
            return self.objective.value_and_gradient(
                samples, with_penalty=with_penalty, masks=masks
            )
        return J

    def hessian_product(self, samples: Samples, v: np.ndarray) -> np.ndarray:
        """H v at the present theta; v and the result are flat (see `HessianProduct`)."""
        assert self.objective is not None
        direction, product = self.network.theta.zeros_like(), self.network.theta.zeros_like()
        direction.flat[:] = v
        data, total = self.data(samples), samples.total_weight
        self.set_masks(None)
        multiply = self.library.function("hessian_product", self.dtype)
        vectors = direction.flat.ctypes.data, product.flat.ctypes.data
        for first, n, workspace in self._calls(data, TO_MULTIPLY):
            rows = (byref(data), first, n, total * data.scale)
            multiply(byref(self._struct), *rows, first > 0, *vectors, workspace)
        self.objective.penalty.add_hessian_product(direction.weights, 1 / total, product.weights)
        if not np.isfinite(product.flat).all():
            # As for the gradient: only the NumPy engine decides that.
            by_numpy = HessianProduct(self.objective, samples)
            by_numpy.linearize()
            return by_numpy(v)
        return product.flat

    def data_value(self, samples: Samples, out: np.ndarray) -> float:
        """J without the penalty; ``out``, shape (n, n_outputs), takes A of the output layer."""
        assert self.objective is not None
        data, total = self.data(samples), samples.total_weight
        self.set_masks(None)
        evaluate = self.library.function("evaluate", self.dtype)
        self.get_threads(data, min(_rows_of_a_call(data), samples.n))
        shape = (samples.n, self.network.theta.sizes[-1])
        to = address_of(out, shape, self.dtype, "A", writes=True)
        J = 0.0
        for first, n, workspace in self._calls(data, TO_TRAIN):
            rows = (byref(data), first, n, total * data.scale)
            J += evaluate(byref(self._struct), *rows, to, workspace)
        # As for the gradient: only the NumPy engine decides that J is not finite.
        return J if math.isfinite(J) else self.objective.data_value(samples, out=out)

    def outputs(self, X: Any) -> np.ndarray:
        """A of the output layer for all rows of X, an array or a CSR matrix."""
        A = np.empty((X.shape[0], self.network.theta.sizes[-1]), self.dtype)
        data = self._data_of_X(X)
        self.set_masks(None)
        predict = self.library.function("predict", self.dtype)
        self.get_threads(data, min(_rows_of_a_call(data), X.shape[0]))
        for first, n, workspace in self._calls(data, TO_PREDICT):
            predict(byref(self._struct), byref(data), first, n, A.ctypes.data, workspace)
        return A

    def _calls(self, data: library.Data, purpose: int) -> Iterator[tuple[int, int, int]]:
        """First row, number of rows and workspace of calls that together see all of the data."""
        size = _rows_of_a_call(data)
        for first in range(0, data.n, size):
            n = min(size, data.n - first)
            yield first, n, self.room_for(data, n, purpose)  # fewer rows may need more

    # -- what the core gets ---------------------------------------------------------------

    @property
    def address(self) -> int:
        """Of the structure of the network."""
        return addressof(self._struct)

    def data(self, samples: Samples) -> library.Data:
        """The samples for the core; keeps their arrays alive."""
        known, data = self._data_of
        if data is None or known is not samples:
            data = self._data_of_X(samples.X)
            shape = (samples.n, self.network.theta.sizes[-1])
            steps = _steps(samples.Y, shape, self.dtype, "Y")
            data.Y, data.Y_row, data.Y_column, data.keep_Y = steps
            if samples.w is not None:
                data.scale = _scale_of_weights(samples.w)
                data.keep_w = np.ascontiguousarray(samples.w, np.float64) * data.scale
                data.w = address_of(data.keep_w, (samples.n,), np.float64, "sample_weight")
            self._data_of = samples, data
        if self.objective is not None:
            self.set_penalty(data)
        return data

    def room_for(self, data: library.Data, n: int, purpose: int) -> int:
        """Address of a workspace for batches of n rows of the data."""
        if n < 1:
            raise ValueError(f"There must be at least one row in a batch, got {n}.")
        its_needs, its_purpose, address, _ = self._workspace
        needs = n, data.n_nonzeros, data.X_rows, data.X_most, self._struct.masks is None
        if its_needs != needs or its_purpose < purpose:
            bytes_of = self.library.function("workspace_bytes", self.dtype)
            room = np.empty(bytes_of(byref(self._struct), byref(data), n, purpose) + 64, np.uint8)
            address = -(-room.ctypes.data // 64) * 64
            self._workspace = (needs, purpose, address, room)
        return address

    def _data_of_X(self, X: Any) -> library.Data:
        """Data of X alone, whose columns are the units of the input."""
        sizes = self.network.theta.sizes
        shape, terms = (X.shape[0], sizes[0]), float(sizes[0])
        data = library.Data(n=X.shape[0])
        if issparse(X):
            data.keep_X = sparse = sparse_rows(X, shape, self.dtype)
            n = data.n_nonzeros = len(sparse.values)
            data.X_rows, data.X_most = data.n, sparse.most_in_a_row
            terms = n / max(1, data.n)
            data.X = address_of(sparse.values, (n,), self.dtype, "X.data")
            data.X_columns = address_of(sparse.columns, (n,), np.int32, "X.indices")
            data.X_begins = address_of(sparse.begins, (data.n + 1,), np.int64, "X.indptr")
        else:
            data.X, data.X_row, data.X_column, data.keep_X = _steps(X, shape, self.dtype, "X")
        n_weights = sum(W.size for W in self.network.theta.W[1:])
        data.flops_of_a_row = 6 * max(1, n_weights + terms * sizes[1])
        return data

    def _array(self, values: Sequence[Any], kind: Any) -> int:
        self._keep.append((kind * len(values))(*values))
        return addressof(self._keep[-1])

    def _pointers(
        self, name: str, arrays: Sequence[np.ndarray], shapes: Sequence[tuple[int, ...]]
    ) -> int:
        """Address of an array of the addresses of arrays, which are copied if they have to be."""
        arrays = [np.ascontiguousarray(array, self.dtype) for array in arrays]
        self._keep.append(arrays)
        pairs = enumerate(zip(arrays, shapes, strict=True))
        addresses = [address_of(M, shape, self.dtype, f"{name}[{i}]") for i, (M, shape) in pairs]
        return self._array(addresses, c_void_p)


def _rows_of_a_call(data: library.Data) -> int:
    return max(1, int(FLOPS_IN_A_CALL / data.flops_of_a_row / ROWS_STEP)) * ROWS_STEP


def address_of(
    array: Any, shape: tuple[int, ...], dtype: Any, name: str, *, writes: bool = False
) -> int:
    """Address of the first number of an array that is just as the core expects it.

    Raises ValueError, with the ``name`` of the array, if it is no array of that shape and dtype,
    aligned, contiguous, and writeable if the core writes to it.
    """
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{name} must be an array of shape {shape}, got {type(array).__name__}.")
    _check_shape_and_dtype(array, shape, dtype, name)
    flags = array.flags
    if not (flags.c_contiguous and flags.aligned and (flags.writeable or not writes)):
        must = f"contiguous and aligned{' and writeable' if writes else ''}"
        raise ValueError(f"{name} must be {must}. Use a copy of it.")
    return array.ctypes.data


def _setting_of(component: Activation | Loss) -> float:
    """The setting of an activation or a loss: the core knows one, the first."""
    return next(iter(component.settings().values()), 0.0)


def number_of(owner: object, name: str) -> float:
    """An attribute that is a number, as a float; ValueError if it is none."""
    value = getattr(owner, name)
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        what = f"{type(owner).__name__}.{name}"
        raise ValueError(f"{what} must be a number, got {value!r}.") from None


def _scale_of_weights(w: np.ndarray) -> float:
    """A power of two that makes sample weights normal numbers: the core takes denormals for 0."""
    tiny = np.finfo(np.float64).tiny
    if not ((w > 0) & (w < tiny)).any():
        return 1.0
    return 2.0**64 if w.sum() < 2.0**900 else 1.0  # beside such weights denormals do not count


def _check_shape_and_dtype(array: np.ndarray, shape: tuple, dtype: Any, name: str) -> None:
    """Raise ValueError if an array has another shape or dtype."""
    if array.shape != shape or array.dtype != dtype:
        wanted, got = f"{shape} and dtype {np.dtype(dtype)}", f"{array.shape} and {array.dtype}"
        raise ValueError(f"{name} must have shape {wanted}, got {got}.")


def _steps(
    M: np.ndarray, shape: tuple[int, ...], dtype: Any, name: str
) -> tuple[int, int, int, np.ndarray]:
    """Where a matrix is, its steps to the next row and column in numbers, and who holds it."""
    _check_shape_and_dtype(M, shape, dtype, name)
    size = M.dtype.itemsize
    if not M.flags.aligned or any(step % size for step in M.strides):
        M = M.copy()
    return M.ctypes.data, M.strides[0] // size, M.strides[1] // size, M
