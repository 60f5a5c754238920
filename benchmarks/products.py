"""The matrix products of a layer: the core's compared with those of numpy's BLAS, one thread.

    python benchmarks/products.py
    ... products.py --kernels v3          both with AVX2 and nothing newer (v2: SSE4.2)

The shapes are those of the layers and batches of the suite, the arrays lie in memory as in the
core, where samples are columns: A and delta of shapes (n_in, n) and (n_out, n), and

    forward   Z  = W^T A       (the core adds the bias, too)
    backward  dA = W delta     (none for the first layer, whose dA nobody needs)
    gradient  dW = A delta^T

Both sides compute each product many times on the same arrays, in turns. numpy's times contain its
call, about a microsecond, which matters for the smallest products only.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import geometric_mean
from typing import Any

import avx2
import command
import numpy as np
from measure import Times
from report import known, ratio_and_goal, table, write
from threadpoolctl import threadpool_limits
from workloads import WORKLOADS

from sknn_edu.native import library

NAMES = ["D", "R", "M", "W", "L", "X"]
FLOPS_OF_A_CALL = 4e8  # some milliseconds
MOST_REPEATS = 2000


@dataclass(frozen=True)
class Product:
    """A product of a layer, in a workload."""

    workload: str
    which: str
    n_in: int
    n_out: int
    n: int
    dtype: str

    @property
    def flops(self) -> int:
        """Multiplications and additions."""
        return 2 * self.n_in * self.n_out * self.n

    @property
    def repeats(self) -> int:
        """How many of them are timed together."""
        return math.ceil(min(MOST_REPEATS, FLOPS_OF_A_CALL / self.flops))

    def arrays(self) -> list[np.ndarray]:
        """W, A and delta."""
        rng = np.random.default_rng(0)
        shapes = (self.n_in, self.n_out), (self.n_in, self.n), (self.n_out, self.n)
        return [rng.standard_normal(shape).astype(self.dtype) for shape in shapes]


def core_product(
    which: str, W: np.ndarray, A: np.ndarray, delta: np.ndarray, repeats: int
) -> float:
    """Seconds of a product in the compiled core."""
    core = library.load()
    assert core is not None
    products = core.function("products", W.dtype)
    n_in, n_out = W.shape
    sizes = ("forward", "backward", "gradient").index(which), n_in, n_out, A.shape[1]
    room = aligned(products(*sizes, *(0,) * 6), np.uint8)
    out = aligned((n_in + n_out + 64) * (max(sizes[1:]) + 64), W.dtype)
    arrays = [aligned(M.size + 64 * len(M), W.dtype) for M in (W, A, delta)]
    for M, whole_vectors in zip((W, A, delta), arrays, strict=True):
        whole_vectors[: M.size] = M.ravel()
    touch(out, room)
    addresses = [M.ctypes.data for M in (*arrays, out, room)]
    start = time.perf_counter()
    products(*sizes, repeats, *addresses)
    return (time.perf_counter() - start) / repeats


def aligned(n: int, dtype: Any) -> np.ndarray:
    """n zeros; the first one stands where a vector may begin."""
    raw = np.zeros(n * np.dtype(dtype).itemsize + 64, np.uint8)
    first = -raw.ctypes.data % 64
    return raw[first : first + n * np.dtype(dtype).itemsize].view(dtype)


def touch(*arrays: np.ndarray) -> None:
    """Write to all of some new arrays, as memory costs most where it is written for the first time.

    Training does that once, not in every product.
    """
    for array in arrays:
        array.fill(0)


def core_has_products() -> bool:
    """Whether there is a core, and `core_product` can be called."""
    return library.load() is not None


def blas_product(
    which: str, W: np.ndarray, A: np.ndarray, delta: np.ndarray, repeats: int
) -> float:
    """Seconds of a product in numpy's BLAS."""
    left, right = {"forward": (W.T, A), "backward": (W, delta), "gradient": (A, delta.T)}[which]
    out = np.empty((len(left), right.shape[1]), W.dtype)
    touch(out)
    start = time.perf_counter()
    for _ in range(repeats):
        np.dot(left, right, out=out)
    return (time.perf_counter() - start) / repeats


def products(name: str, dtype: str, smoke: bool) -> Iterator[Product]:
    """Those of all layers of a workload."""
    workload = WORKLOADS[name].toy() if smoke else replace(WORKLOADS[name], samples=1000)
    n = workload.params["batch_size"]
    for layer, (n_in, n_out) in enumerate(pairwise(workload.problem(dtype).sizes)):
        for which in ("forward", "backward", "gradient"):
            if layer > 0 or which != "backward":
                yield Product(name, which, n_in, n_out, n, dtype)


def measure(product: Product, rounds: int) -> Times[str]:
    """Seconds of a product, of the core (if it can) and of BLAS, in turns."""
    sides: dict[str, Callable[..., float]] = {"core": core_product} if core_has_products() else {}
    sides["BLAS"] = blas_product
    arrays = product.arrays()
    times: Times[str] = Times(rounds={side: [] for side in sides})
    for i in range(1 + rounds):
        for side, seconds_of in sides.items():
            seconds = seconds_of(product.which, *arrays, product.repeats)
            if i > 0:  # the first round is a warm-up
                times.rounds[side].append(seconds)
    return times


def cells(product: Product, times: Times[str]) -> list[str]:
    """A row of the table."""
    seconds = [times.median(s) if s in times.rounds else math.nan for s in ("core", "BLAS")]
    layer = f"{product.n_in} x {product.n_out}, {product.n} samples"
    return [
        product.workload, layer, product.which, product.dtype, *(known(1e6 * s) for s in seconds),
        ratio_and_goal(ratio(times), None), *(known(product.flops / s / 1e9) for s in seconds),
    ]  # fmt: skip


def ratio(times: Times[str]) -> float:
    """Time of BLAS / time of the core, or NaN."""
    return times.ratio("BLAS", "core") if "core" in times.rounds else math.nan


def summary(ratios: dict[Product, float]) -> str:
    """The geometric mean and the worst ratio of each dtype; nothing without the core."""
    lines = []
    for dtype in dict.fromkeys(product.dtype for product in ratios):
        of_dtype = {p: r for p, r in ratios.items() if p.dtype == dtype and not math.isnan(r)}
        if of_dtype:
            worst = min(of_dtype, key=of_dtype.__getitem__)
            lines.append(
                f"{dtype}: BLAS / core is {geometric_mean(of_dtype.values()):.2f} in the geometric "
                f"mean, {of_dtype[worst]:.2f} in the worst case ({worst.workload}, {worst.n_in} x "
                f"{worst.n_out}, {worst.which})."
            )
    return "\n".join(lines)


def main() -> None:
    parser = command.parser(__doc__, only=NAMES, rounds=11)
    parser.set_defaults(threads=[1], peers=[])
    parser.add_argument("--dtypes", nargs="+", default=["float32", "float64"])
    parser.add_argument("--kernels", choices=avx2.LIMITS, help="the same instruction set for both")
    arguments = parser.parse_args()
    if arguments.kernels:
        avx2.restart_with(arguments.kernels)
    _, about = command.begin(arguments)
    if not core_has_products():
        print("left out: the core (there is none)")
    rows, ratios = [], {}
    with threadpool_limits(1, user_api="blas"):
        for name in arguments.only:
            for dtype in arguments.dtypes:
                for product in products(name, dtype, arguments.smoke):
                    times = measure(product, arguments.rounds)
                    ratios[product] = ratio(times)
                    rows.append(cells(product, times))
                    print(*rows[-1], flush=True)
    head = ["", "layer", "product", "dtype", "core, us", "BLAS, us", "BLAS / core"]
    head += ["core, GFLOP/s", "BLAS, GFLOP/s"]
    parts = [f"Measured on: {about}; one thread.", summary(ratios), table(head, rows)]
    marker = f"products-{arguments.kernels}" if arguments.kernels else "products"
    write(arguments.markdown, {marker: "\n\n".join(filter(None, parts))}, {})


if __name__ == "__main__":
    main()
