"""Train on a file that is larger than the allowed memory: `partial_fit`, chunk by chunk.

The digits of scikit-learn, shifted by a pixel and with added noise, fill a Parquet file of about
300 MB. A process that may use half of that in addition to its libraries trains on it, a row group
at a time; it cannot read the file at once. Then the same is done with all data in memory: the
chunks give the same network to the last bit, and `fit`, which shuffles all of the data, gives an
accuracy that is at most one digit in a hundred better.

Each runs in its own process, so that its peak memory can be measured: run it as a script, since
such processes cannot be started from a notebook. Needs pyarrow: pip install "sknn-edu[dask]".
"""

import os
import resource
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

os.environ["ARROW_DEFAULT_MEMORY_POOL"] = "system"  # the others reserve more than they use

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from threadpoolctl import threadpool_limits

from sknn_edu import BackpropClassifier

N_CHUNKS, CHUNK = 60, 20_000
MB = 2**20
ALLOWED = 150 * MB  # in addition to the libraries
BOUND = 0.01  # by which shuffling all of the data may be better


def digits():
    """Images between 0 and 1: those to train on, those held out."""
    X, y = load_digits(return_X_y=True)
    X = X.astype(np.float32) / 16
    return train_test_split(X, y, test_size=0.25, stratify=y, random_state=0)


def write(path):
    """Write the file, one row group for each chunk."""
    X, _, y, _ = digits()
    rng = np.random.default_rng(0)
    schema = pa.schema([("image", pa.list_(pa.float32(), 64)), ("digit", pa.int64())])
    # Noise cannot be compressed, and the file should be as large as its data.
    with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as file:
        for _ in range(N_CHUNKS):
            rows = rng.integers(len(X), size=CHUNK)
            images = shifted(X[rows].reshape(-1, 8, 8), rng).reshape(CHUNK, 64)
            images += 0.1 * rng.standard_normal(images.shape, dtype=np.float32)
            column = pa.FixedSizeListArray.from_arrays(images.ravel(), 64)
            file.write_table(pa.table([column, y[rows]], schema))
    return path.stat().st_size


def shifted(images, rng):
    """Each image moved by -1, 0 or 1 pixel along one side."""
    moved = np.empty_like(images)
    for step, part in zip((-1, 0, 1), np.array_split(rng.permutation(len(images)), 3)):
        moved[part] = np.roll(images[part], step, axis=rng.integers(1, 3))
    return moved


def arrays(table):
    """X and y of a piece of the file, without a copy of X."""
    X = table["image"].combine_chunks().flatten().to_numpy().reshape(-1, 64)
    return X, table["digit"].to_numpy()


def new_network():
    return BackpropClassifier(64, batch_size=500, max_iter=1, tol=0, random_state=0)


def from_the_file(path):
    """One pass over the file by row groups; then try to read it at once."""
    before, start = peak_memory(), perf_counter()
    with at_most(ALLOWED):
        net = new_network()
        file = pq.ParquetFile(path)
        for i in range(file.num_row_groups):
            X, y = arrays(file.read_row_group(i, use_threads=False))
            net.partial_fit(X, y, classes=np.arange(10))
        seconds, peak = perf_counter() - start, peak_memory() - before
        try:
            pq.ParquetFile(path).read(use_threads=False)
            at_once = "there is enough memory to read the file at once"
        except MemoryError as error:
            at_once = f"to read the file at once: {type(error).__name__}"
    return net, seconds, peak, at_once


def from_memory(path):
    """The same chunks with all of the data in memory; then `fit`, which shuffles all of it."""
    before, start = peak_memory(), perf_counter()
    X, y = arrays(pq.ParquetFile(path).read(use_threads=False))
    same_chunks = new_network()
    for start_of_chunk in range(0, len(X), CHUNK):
        rows = slice(start_of_chunk, start_of_chunk + CHUNK)
        same_chunks.partial_fit(X[rows], y[rows], classes=np.arange(10))
    seconds = perf_counter() - start
    return same_chunks, new_network().fit(X, y), seconds, peak_memory() - before


def in_its_own_process(function, path):
    """With one thread: batches of this size are too small to divide among threads."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=warm_up) as process:
        return process.submit(function, path).result()


def warm_up():
    """Train once, so that later measurements exclude the memory of the libraries."""
    threadpool_limits(1)
    X, _, y, _ = digits()
    new_network().partial_fit(X, y, classes=np.arange(10))


@contextmanager
def at_most(n_bytes):
    """Limit the memory of this process to its present size plus ``n_bytes``.

    macOS has no such limit: there the memory is only measured.
    """
    limits = soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if sys.platform == "linux":
        n_pages = int(Path("/proc/self/statm").read_text().split()[5])
        soft = n_pages * resource.getpagesize() + n_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, limits)


def peak_memory():
    """Peak memory of this process so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux, where getrusage starts from the peak of the parent process
        return 1024 * int(status.read_text().split("VmHWM:")[1].split()[0])
    unit = 1 if sys.platform == "darwin" else 1024
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def main():
    X_test, y_test = digits()[1::2]
    with TemporaryDirectory() as directory:
        path = Path(directory) / "digits.parquet"
        size = in_its_own_process(write, path)
        print(f"Parquet file: {size / MB:.0f} MB, {N_CHUNKS * CHUNK:,} images")
        chunks, seconds, peak, at_once = in_its_own_process(from_the_file, path)
        same_chunks, shuffled, seconds_in_memory, peak_in_memory = in_its_own_process(
            from_memory, path
        )

    score, score_shuffled = (net.score(X_test, y_test) for net in (chunks, shuffled))
    equal = all(map(np.array_equal, chunks.coefs_, same_chunks.coefs_))
    print("Peak memory without the libraries, and accuracy on held-out digits:")
    print(f"    chunks of the file  {peak / MB:7.0f} MB {seconds:6.1f} s    {score:.4f}")
    print(f"        of {ALLOWED / MB:.0f} MB that are allowed; {at_once}")
    print(f"    all in memory       {peak_in_memory / MB:7.0f} MB {seconds_in_memory:6.1f} s")
    print(f"        the same network to the last bit: {equal}")
    print(f"        with fit, which shuffles all of it     {score_shuffled:.4f}")
    print(f"What shuffling gains: {score_shuffled - score:+.4f} (at most {BOUND} is expected)")
    assert equal
    assert peak < ALLOWED < size < peak_in_memory
    assert score_shuffled - score <= BOUND


if __name__ == "__main__":
    main()
