"""Writes fits for `replay.cpp`: what Python hands to the core, and what NumPy makes of it.

    python tools/recorded_fits.py fits.bin

The random fits of the tests are run with both engines. Each call of `train` is written down as one
image of memory: the structures of interface.h, all that they point to, and where the pointers are.
With it go theta and the losses as the NumPy engine computes them.
"""

from __future__ import annotations

import ctypes
import struct
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.append(str(ROOT / "tests"))

from native_cases import HIDDEN, SOLVERS, fit_with, random_fit, random_sparse_fit, theta  # noqa: E402

from sknn_edu import BackpropClassifier, BackpropRegressor  # noqa: E402
from sknn_edu.exceptions import DivergenceError  # noqa: E402
from sknn_edu.native import library  # noqa: E402
from sknn_edu.native.epochs import CompiledEpochs  # noqa: E402

MAGIC = 0x736B6E6E
SEEDS, SPARSE_SEEDS = range(80), range(16)
# Of the largest weight. Training amplifies the last digit; a fit that amplifies it to more than a
# tenth of this on this machine, too, is left out.
TOLERANCE = {np.dtype(np.float64): 1e-9, np.dtype(np.float32): 2e-3}
EPOCHS = 8


class Image:
    """Pieces of memory, one behind the other, and which numbers in them are addresses."""

    def __init__(self) -> None:
        self.bytes = bytearray()
        self.pointers: list[tuple[int, int]] = []
        self.places: list[int] = []
        self._placed: dict[tuple[int, int], int] = {}

    def put(self, address: int, n_bytes: int) -> int:
        """Copy a piece of this process's memory; returns its place in the image."""
        key = address, n_bytes
        if key not in self._placed:
            self.bytes += bytes(-len(self.bytes) % 64)
            self._placed[key] = len(self.bytes)
            self.bytes += ctypes.string_at(address, n_bytes)
        return self._placed[key]

    def point(self, where: int, address: int | None, n_bytes: int) -> int:
        """Let the pointer at a place in the image point to a copy of what it points to."""
        if not address:
            return 0
        place = self.put(address, n_bytes)
        self.pointers.append((where, place))
        return place

    def fields(self, structure: ctypes.Structure, sizes: dict[str, int]) -> int:
        """Put a structure and, for each of its pointers, as many bytes as are named."""
        kind = type(structure)
        place = self.put(ctypes.addressof(structure), ctypes.sizeof(structure))
        self.places.append(place)
        for name, n_bytes in sizes.items():
            self.point(place + getattr(kind, name).offset, getattr(structure, name), n_bytes)
        return place

    def table(self, structure: ctypes.Structure, name: str, sizes: list[int]) -> None:
        """Put an array of pointers, of which each points to so many bytes."""
        address = getattr(structure, name)
        if address:
            place = self.put(address, 8 * len(sizes))
            pointers = (ctypes.c_void_p * len(sizes)).from_address(address)
            for i, (pointer, n_bytes) in enumerate(zip(pointers, sizes, strict=True)):
                self.point(place + 8 * i, pointer, n_bytes)


def image_of(epochs: CompiledEpochs) -> Image:
    """All that the call of `train` reads and writes."""
    core, data, state, own = epochs.core, epochs._data, epochs._state, epochs._epochs
    network, size, image = core._struct, core.dtype.itemsize, Image()
    units, L, n = core.network.theta.sizes, network.n_layers, data.n
    image.fields(network, {
        "sizes": 8 * (L + 1), "activations": 8 * L, "settings": 8 * L, "W": 8 * L, "b": 8 * L,
        "losses": 8 * network.n_losses, "loss_factors": 8 * network.n_losses,
        "loss_settings": 8 * network.n_losses, "dropout": 8 * L,
        "masks": ctypes.sizeof(library.Masks),
    })  # fmt: skip
    parameters = core.n_parameters * size
    X = size * (data.n_nonzeros if data.X_begins else 1 + _last(data, "X", n, units[0]))
    image.fields(data, {
        "X": X, "X_begins": 8 * (n + 1), "X_columns": 4 * max(0, data.n_nonzeros),
        "Y": size * (1 + _last(data, "Y", n, units[-1])), "w": 8 * n, "rows": 8 * n,
    })  # fmt: skip
    image.fields(state, {
        "theta": parameters, "grad": parameters, "settings": 8 * len(epochs._settings),
        "vectors": 8 * state.n_vectors, "counters": 8 * len(epochs._counters),
        "layer_rates": 16 * L,
    })  # fmt: skip
    image.fields(own, {
        "rate_factors": 8 * own.n_epochs * epochs.batches.count, "losses": 8 * own.n_epochs,
        "best": parameters, "last": parameters, "last_but_one": parameters,
    })  # fmt: skip
    image.table(state, "vectors", [parameters] * state.n_vectors)
    _put_weights(image, network, state.theta, units, size)
    return image


def _last(data: library.Data, name: str, n: int, width: int) -> int:
    """The place of the last number of a matrix, if its steps are not negative."""
    return (n - 1) * getattr(data, f"{name}_row") + (width - 1) * getattr(data, f"{name}_column")


def _put_weights(image: Image, network, theta: int, units, size: int) -> None:
    """Let W and b point into the copy of theta."""
    start = image._placed[theta, network.n_parameters * size]
    for name in ("W", "b"):
        if address := getattr(network, name):
            place = image.put(address, 8 * network.n_layers)
            pointers = (ctypes.c_void_p * network.n_layers).from_address(address)
            for i, pointer in enumerate(pointers):
                image.pointers.append((place + 8 * i, start + pointer - theta))


@contextmanager
def images_of_calls() -> Iterator[list[tuple[Image, int]]]:
    """The images of the calls of `train` that are made meanwhile, each with its batch size."""
    images, train = [], CompiledEpochs._call

    def call(epochs: CompiledEpochs) -> None:
        images.append((image_of(epochs), epochs.batches.batch_size))
        train(epochs)

    with mock.patch.object(CompiledEpochs, "_call", call):
        yield images


def recorded(estimator, X, y, fit_params) -> bytes | None:
    """A fit as bytes; None if it takes several calls, diverges, or amplifies rounding errors."""
    estimator.set_params(max_iter=EPOCHS, tol=0, n_iter_no_change=np.inf, early_stopping=False)
    estimator.set_params(shuffle=False, validation_fraction=0.1)
    with images_of_calls() as images:
        try:
            native = fit_with(estimator, "native", X, y, fit_params)
            numpy = fit_with(estimator, "numpy", X, y, fit_params)
        except DivergenceError:
            return None
    if len(images) != 1 or native.n_iter_ != EPOCHS:
        return None
    image, batch_size = images[0]
    expected, losses = theta(numpy), np.array(numpy.loss_curve_)
    tolerance = TOLERANCE[expected.dtype]
    if np.abs(theta(native) - expected).max() > tolerance / 10 * np.abs(expected).max():
        return None
    image.bytes += bytes(-len(image.bytes) % 64)
    bits = 8 * expected.dtype.itemsize
    head = struct.pack(
        "<6qd", bits, batch_size, len(image.bytes), len(image.pointers), len(expected),
        len(losses), tolerance,
    )  # fmt: skip
    pointers = np.array([*np.ravel(image.pointers), *image.places], np.int64).tobytes()
    numbers = expected.astype(np.float64).tobytes() + losses.tobytes()
    return head + pointers + bytes(image.bytes) + numbers


def fits():
    """The fits to record: random ones, with dense and sparse X, and two of large networks."""
    for seed in SEEDS:
        yield random_fit(seed)
    for seed in SPARSE_SEEDS:
        yield random_sparse_fit(seed)
    r = np.random.RandomState(0)
    X, y = r.randn(300, 40), r.randn(300, 3)
    large: dict[str, Any] = {"batch_size": 150, "random_state": 0}
    yield BackpropRegressor([200, 90], **large), X, y, {}
    yield BackpropClassifier([150, 130], activation="tanh", **large), X, (y > 0).argmax(axis=1), {}


def main() -> None:
    """Write the fits to the file of the command line."""
    written: list[bytes] = []
    kinds: Counter[str] = Counter()
    for estimator, X, y, fit_params in fits():
        for dtype in (np.float64, np.float32):
            content = recorded(estimator, X.astype(dtype), y, fit_params)
            kinds[dtype.__name__ if content else "left out"] += 1
            if content:
                written.append(content)
                names = [*np.atleast_1d(estimator.activation), estimator.solver, estimator.loss]
                kinds.update(str(name) for name in names)
    if missing := [name for name in (*HIDDEN, *SOLVERS) if not kinds[name]]:
        raise SystemExit(f"No fit was written with {', '.join(missing)}.")
    Path(sys.argv[1]).write_bytes(struct.pack("<2q", MAGIC, len(written)) + b"".join(written))
    print(f"{len(written)} fits:", ", ".join(f"{k} {n}" for k, n in sorted(kinds.items())))


if __name__ == "__main__":
    main()
