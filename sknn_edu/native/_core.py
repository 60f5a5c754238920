"""A network of the engine, handed to the compiled core: an epoch or a gradient in one call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from ctypes import byref
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _library
from ._support import loss_name, rule_name

if TYPE_CHECKING:
    from ..engine.batches import Batches, Samples
    from ..engine.network import Network
    from ..engine.objective import Objective
    from ..engine.training import Training
    from ..optimizers import FirstOrder

SECONDS = 0.25  # after which a call returns, so that Ctrl-C is heard
BLAS_FROM = 60_000  # weights of a layer that is faster with BLAS
CHUNK_BYTES = 2**19  # of a chunk's buffers, which should stay in a core's own cache
FLOPS_IN_A_CALL = 2e9  # of gradients and predictions: far less than a second


class Core:
    """The compiled engine for one network, and the objective it is trained for.

    It reads and writes the very arrays of the network: theta and, with an objective, grad.
    """

    def __init__(self, network: Network, objective: Objective | None = None) -> None:
        self.network, self.objective = network, objective
        self.dtype = network.theta.dtype
        library = _library.library()
        assert library is not None
        self._library = library
        self._keep: list[Any] = []  # arrays that only the core knows of
        self._workspace: tuple[int, int, np.ndarray] = (-1, 0, np.empty(0))
        sizes, activations = network.theta.sizes, network.activations
        n_weights = sum(W.size for W in network.theta.W)
        self._flops_of_a_row = 6 * n_weights
        self._struct = struct = _library.Network(
            n_layers=len(activations),
            sizes=self._array(sizes, np.int64),
            activations=self._array(
                [library.number("activation", f.name) for f in activations], np.int64
            ),
            settings=self._array(
                [next(iter(f.settings().values()), 0.0) for f in activations], np.float64
            ),
            W=self._pointers(network.theta.W),
            b=self._pointers(network.theta.b) if network.fit_intercept else None,
            n_weights=n_weights,
            blas_from=BLAS_FROM,
            gemm=_library.gemm(self.dtype),
        )
        is_large = any(W.size >= BLAS_FROM for W in network.theta.W)
        bytes_per_row = 2 * sum(sizes) * self.dtype.itemsize
        struct.chunk = 256 if is_large else min(max(CHUNK_BYTES // bytes_per_row, 128), 512)
        if objective is not None:
            grad = network.grad
            struct.dW = self._pointers(grad.W)
            struct.db = self._pointers(grad.b) if network.fit_intercept else None
            ((struct.loss_factor, _),) = objective.loss.terms()
            struct.loss = library.number("loss", loss_name(objective))
            struct.l1, struct.l2 = objective.penalty.l1, objective.penalty.l2

    # -- what it does -----------------------------------------------------------------

    def run_epoch(self, training: Training, optimizer: FirstOrder, batches: Batches) -> float:
        """One pass over the data; returns the mean of J over the batches."""
        from ..engine.training import run_batch

        order = batches.new_order()
        data = self._data(training.samples, order)
        if order is None:
            data.n = batches.n
        state, progress = self._state(optimizer), _library.Progress()
        train = self._library.function("train", self.dtype)
        workspace = self._room_for(batches.batch_size)
        done = False
        while not done:
            done = train(
                byref(self._struct),
                byref(data),
                byref(state),
                batches.batch_size,
                SECONDS,
                workspace,
                byref(progress),
            )
            optimizer.learning_rate = state.rate
            if hasattr(optimizer, "t"):
                optimizer.t = state.t
            if progress.not_finite:
                # The NumPy engine has the last word, and words the error.
                first = progress.batch * batches.batch_size
                rows: Any = slice(first, min(first + batches.batch_size, data.n))
                batch = training.samples.take(rows if order is None else order[rows])
                progress.sum_J += run_batch(training, optimizer, batch) * batch.n
                progress.n_seen += batch.n
                progress.batch, progress.not_finite = progress.batch + 1, 0
                done = first + batches.batch_size >= data.n
                state = self._state(optimizer)
        return progress.sum_J / progress.n_seen

    def value_and_gradient(self, samples: Samples) -> float:
        """J on the samples; its gradient is left in ``network.grad``."""
        assert self.objective is not None
        data, total = self._data(samples, None), samples.total_weight
        gradient = self._library.function("gradient", self.dtype)
        size = self._rows_of_a_call()
        workspace = self._room_for(min(size, samples.n))
        J = 0.0
        for first in range(0, samples.n, size):
            n = min(size, samples.n - first)
            J += gradient(byref(self._struct), byref(data), first, n, total, first > 0, workspace)
        weights, grad = self.network.theta.weights, self.network.grad
        self.objective.penalty.add_gradient(weights, 1 / total, out=grad.weights)
        J += self.objective.penalty.value(weights) / total
        if not (math.isfinite(J) and np.isfinite(grad.flat).all()):
            return self.objective.value_and_gradient(samples)  # which has the last word
        return J

    def outputs(self, X: np.ndarray) -> np.ndarray:
        """A of the output layer for all rows of X."""
        A = np.empty((X.shape[0], self.network.theta.sizes[-1]), self.dtype)
        data = self._data_of_X(X)
        predict = self._library.function("predict", self.dtype)
        size = self._rows_of_a_call()
        workspace = self._room_for(min(size, X.shape[0]))
        for first in range(0, X.shape[0], size):
            n = min(size, X.shape[0] - first)
            predict(byref(self._struct), byref(data), first, n, A.ctypes.data, workspace)
        return A

    # -- what it hands over -------------------------------------------------------------

    def _array(self, values: Sequence[Any], dtype: Any) -> int:
        self._keep.append(np.array(values, dtype))
        return self._keep[-1].ctypes.data

    def _pointers(self, arrays: Sequence[np.ndarray]) -> int:
        arrays = [np.ascontiguousarray(array, self.dtype) for array in arrays]
        self._keep.append(arrays)
        return self._array([array.ctypes.data for array in arrays], np.uintp)

    def _data_of_X(self, X: np.ndarray) -> _library.Data:
        data = _library.Data(n=X.shape[0])
        data.X, data.X_row, data.X_column, data.keep_X = _steps(X)
        return data

    def _data(self, samples: Samples, rows: np.ndarray | None) -> _library.Data:
        """The samples, or some rows of them, for the core; holds on to the arrays."""
        data = self._data_of_X(samples.X)
        data.Y, data.Y_row, data.Y_column, data.keep_Y = _steps(samples.Y)
        if samples.w is not None:
            data.keep_w = np.ascontiguousarray(samples.w, np.float64)
            data.w = data.keep_w.ctypes.data
        if rows is not None:
            data.keep_rows = np.ascontiguousarray(rows, np.int64)
            data.rows, data.n = data.keep_rows.ctypes.data, len(rows)
        return data

    def _state(self, optimizer: FirstOrder) -> _library.Optimizer:
        """The optimizer as the core sees it: its numbers, and its very arrays."""
        network, given = self.network, vars(optimizer)
        return _library.Optimizer(
            rule=self._library.number("optimizer", rule_name(optimizer)),
            n=network.theta.flat.size,
            theta=network.theta.flat.ctypes.data,
            grad=network.grad.flat.ctypes.data,
            first=_address(given.get("m", given.get("v"))),
            second=_address(given.get("v")),
            t=given.get("t", 0),
            rate_init=optimizer.learning_rate_init,
            rate=optimizer.learning_rate,
            momentum=given.get("momentum", 0),
            beta_1=given.get("beta_1", 0),
            beta_2=given.get("beta_2", given.get("rho", 0)),
            epsilon=given.get("epsilon", 0),
            nesterov=given.get("nesterovs_momentum", False),
        )

    def _rows_of_a_call(self) -> int:
        chunk = self._struct.chunk
        return max(1, int(FLOPS_IN_A_CALL / self._flops_of_a_row / chunk)) * chunk

    def _room_for(self, n: int) -> int:
        """Address of a workspace for batches of n rows."""
        known, address, _ = self._workspace
        if known != n:
            size = self._library.function("workspace_bytes", self.dtype)(byref(self._struct), n)
            room = np.empty(size + 64, np.uint8)
            address = -(-room.ctypes.data // 64) * 64
            self._workspace = (n, address, room)
        return address


def _address(array: np.ndarray | None) -> int | None:
    return None if array is None else array.ctypes.data


def _steps(M: np.ndarray) -> tuple[int, int, int, np.ndarray]:
    """Where a matrix is, its steps to the next row and column in numbers, and who holds it."""
    size = M.dtype.itemsize
    if not M.flags.aligned or any(step % size for step in M.strides):
        M = M.copy()
    return M.ctypes.data, M.strides[0] // size, M.strides[1] // size, M
