"""A network of the engine, handed to the compiled core: for gradients, predictions, and epochs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from ctypes import addressof, byref
from typing import Any

import numpy as np

from ..engine.batches import Samples
from ..engine.network import Network
from ..engine.objective import Objective
from . import library, limits
from .support import loss_name

# Weights of a layer that is faster with BLAS: with AVX-512 the core's own products are as fast.
BLAS_FROM = {"v4": 1_000_000}
BLAS_FROM_ELSEWHERE = 60_000
# A chunk of samples, the unit that threads share out: so many floating-point operations (about 20
# microseconds), within these limits. It depends on the network only: so do all sums.
FLOPS_OF_A_CHUNK = 2e6
ROWS_OF_A_CHUNK = (128, 512)
BYTES_OF_A_CHUNK = 2**19  # of buffers, which should stay in a core's own cache
FLOPS_IN_A_CALL = 2e9  # far less than a second, after which Ctrl-C is heard


class Core:
    """The compiled engine for one network, and the objective it is trained for.

    It reads and writes the very arrays of the network: theta and, with an objective, grad.
    """

    def __init__(self, network: Network, objective: Objective | None = None) -> None:
        self.network, self.objective = network, objective
        self.dtype = network.theta.dtype
        lib = library.load()
        assert lib is not None
        self.library = lib
        self._keep: list[Any] = []  # arrays that only the core knows of
        self._data_of: tuple[Samples | None, library.Data | None] = (None, None)
        self._workspace: tuple[tuple[int, bool], int, np.ndarray] = ((-1, False), 0, np.empty(0))
        sizes, W = network.theta.sizes, network.theta.W
        activations = network.architecture.activations
        n_weights = sum(W_l.size for W_l in W)
        self._flops_of_a_row = 6 * n_weights
        blas_from = BLAS_FROM.get(lib.level, BLAS_FROM_ELSEWHERE)
        self.has_large_layers = any(W_l.size >= blas_from for W_l in W)
        self._struct = struct = library.Network(
            n_layers=len(activations),
            sizes=self._array(sizes, np.int64),
            activations=self._array(
                [lib.number("activation", f.name) for f in activations], np.int64
            ),
            settings=self._array(
                [next(iter(f.settings().values()), 0.0) for f in activations], np.float64
            ),
            W=self._pointers(W),
            b=self._pointers(network.theta.b) if network.architecture.has_biases else None,
            n_parameters=n_weights + sum(sizes[1:]),
            chunk=self._rows_of_a_chunk(),
            n_threads=1,
            blas_from=blas_from,
            gemm=library.gemm(self.dtype) if self.has_large_layers else None,
        )
        if objective is not None:
            ((struct.loss_factor, _),) = objective.loss.terms()
            struct.loss = lib.number("loss", loss_name(objective))
            self.set_penalty(objective.penalty.l1, objective.penalty.l2)

    def _rows_of_a_chunk(self) -> int:
        fewest, most = ROWS_OF_A_CHUNK
        if self.has_large_layers:
            return fewest
        bytes_of_a_row = 2 * sum(self.network.theta.sizes) * self.dtype.itemsize
        most = min(most, BYTES_OF_A_CHUNK // bytes_of_a_row)
        return max(fewest, min(most, int(FLOPS_OF_A_CHUNK / self._flops_of_a_row)))

    def set_penalty(self, l1: float, l2: float) -> None:
        """The strength of the penalty, which a callback may change between epochs."""
        self._struct.l1, self._struct.l2 = l1, l2

    def get_threads(self, n_rows: int) -> None:
        """As many threads as are allowed, and as n rows at a time give work to."""
        n_chunks = -(-n_rows // self._struct.chunk)
        self._struct.n_threads = min(n_chunks, limits.allowed()) if n_chunks > 1 else 1

    def alone_with_blas(self) -> AbstractContextManager:
        """The BLAS of large layers runs in the core's own threads, and has none."""
        return limits.one_scipy_blas_thread() if self.has_large_layers else nullcontext()

    def does_in_one_call(self, n_rows: int) -> bool:
        """Whether an update with n rows takes far less than a second."""
        return n_rows * self._flops_of_a_row < 5 * FLOPS_IN_A_CALL

    # -- what it does -----------------------------------------------------------------

    def value_and_gradient(
        self, samples: Samples, *, with_penalty: bool = True, random_state: object = None
    ) -> float:
        """J on the samples; its gradient is left in ``network.grad`` (see `Objective`)."""
        assert self.objective is not None
        data, total, grad = self.data(samples), samples.total_weight, self.network.grad
        gradient = self.library.function("gradient", self.dtype)
        size = self._rows_of_a_call()
        workspace = self.room_for(min(size, samples.n), trains=True)
        J = 0.0
        with self.alone_with_blas():
            for first in range(0, samples.n, size):
                n = min(size, samples.n - first)
                J += gradient(
                    *(byref(self._struct), byref(data), first, n, total),
                    *(first > 0, grad.flat.ctypes.data, workspace),
                )
        weights = self.network.theta.weights
        if with_penalty:
            self.objective.penalty.add_gradient(weights, 1 / total, out=grad.weights)
        J += self.objective.penalty.value(weights) / total
        if not (math.isfinite(J) and np.isfinite(grad.flat).all()):
            # The NumPy engine has the last word.
            return self.objective.value_and_gradient(samples, with_penalty=with_penalty)
        return J

    def outputs(self, X: np.ndarray) -> np.ndarray:
        """A of the output layer for all rows of X."""
        A = np.empty((X.shape[0], self.network.theta.sizes[-1]), self.dtype)
        data = _data_of_X(X)
        predict = self.library.function("predict", self.dtype)
        size = self._rows_of_a_call()
        self.get_threads(min(size, X.shape[0]))
        workspace = self.room_for(min(size, X.shape[0]), trains=False)
        with self.alone_with_blas():
            for first in range(0, X.shape[0], size):
                n = min(size, X.shape[0] - first)
                predict(byref(self._struct), byref(data), first, n, A.ctypes.data, workspace)
        return A

    # -- what it hands over -------------------------------------------------------------

    @property
    def address(self) -> int:
        """Of the structure that the core knows the network by."""
        return addressof(self._struct)

    def data(self, samples: Samples) -> library.Data:
        """The samples for the core; holds on to the arrays."""
        known, data = self._data_of
        if data is None or known is not samples:
            data = _data_of_X(samples.X)
            data.Y, data.Y_row, data.Y_column, data.keep_Y = _steps(samples.Y)
            if samples.w is not None:
                data.keep_w = np.ascontiguousarray(samples.w, np.float64)
                data.w = data.keep_w.ctypes.data
            self._data_of = samples, data
        return data

    def room_for(self, n: int, *, trains: bool) -> int:
        """Address of a workspace for batches of n rows."""
        known, address, _ = self._workspace
        if known != (n, trains):
            bytes_of = self.library.function("workspace_bytes", self.dtype)
            room = np.empty(bytes_of(byref(self._struct), n, trains) + 64, np.uint8)
            address = -(-room.ctypes.data // 64) * 64
            self._workspace = ((n, trains), address, room)
        return address

    def _array(self, values: Sequence[Any], dtype: Any) -> int:
        self._keep.append(np.array(values, dtype))
        return self._keep[-1].ctypes.data

    def _pointers(self, arrays: Sequence[np.ndarray]) -> int:
        arrays = [np.ascontiguousarray(array, self.dtype) for array in arrays]
        self._keep.append(arrays)
        return self._array([array.ctypes.data for array in arrays], np.uintp)

    def _rows_of_a_call(self) -> int:
        chunk = self._struct.chunk
        return max(1, int(FLOPS_IN_A_CALL / self._flops_of_a_row / chunk)) * chunk


def _data_of_X(X: np.ndarray) -> library.Data:
    data = library.Data(n=X.shape[0])
    data.X, data.X_row, data.X_column, data.keep_X = _steps(X)
    return data


def _steps(M: np.ndarray) -> tuple[int, int, int, np.ndarray]:
    """Where a matrix is, its steps to the next row and column in numbers, and who holds it."""
    size = M.dtype.itemsize
    if not M.flags.aligned or any(step % size for step in M.strides):
        M = M.copy()
    return M.ctypes.data, M.strides[0] // size, M.strides[1] // size, M
