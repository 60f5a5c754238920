"""Strategies for what people pass by mistake: odd numbers, dtypes, shapes, containers, parameters.

Each is drawn by name, so that a failing example can be read; the value is made anew for each
call, because generators and the like can be used once only.
"""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from sknn_edu import BackpropClassifier

same_examples = settings(derandomize=True, deadline=None, database=None, max_examples=150)

N, N_FEATURES = 24, 3
nan, inf = np.nan, np.inf

rng = np.random.RandomState(0)
X = rng.normal(size=(N, N_FEATURES))
y = np.tanh(X @ [1.0, -2.0, 0.5]) + 0.1 * rng.normal(size=N)
c = (y > 0).astype(int)
c3 = np.digitize(y, [-0.4, 0.4])
labels = np.c_[c, c3 > 0, c3 > 1].astype(int)


def as_matrix(A):
    """An np.matrix, which numpy itself warns of."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.asmatrix(A)


@dataclass(frozen=True)
class Odd:
    """Something to pass, made when it is needed."""

    name: str
    make: Callable[[], Any]

    def __repr__(self):
        return f"<{self.name}>"


def named(values):
    """A strategy: one of the values of a dict of functions."""
    return st.sampled_from([Odd(name, make) for name, make in values.items()])


def given(values):
    """The same for values that can be used again."""
    return named({name: partial(_same, value) for name, value in values.items()})


def _same(value):
    return value


# -- numbers, dtypes, shapes -----------------------------------------------------------------

NUMBERS = {
    "ordinary": lambda A: A,
    "a NaN": lambda A: put(A, nan),
    "an infinity": lambda A: put(A, -inf),
    "huge": lambda A: A * 1e300,
    "too large for float32": lambda A: A * 1e39,
    "one that is huge": lambda A: put(A, 1e308),
    "subnormal": lambda A: np.sign(A) * 5e-324,
    "all the same": lambda A: np.full_like(A, 7.0),
    "zeros": lambda A: A * 0,
    "integers": lambda A: np.round(3 * A),
    "far from zero": lambda A: A + 1e15,
}

DTYPES = [
    *("float16", "float32", "float64", "longdouble", ">f8", ">f4", "int8", "uint8", "int64", ">i2"),
    *("uint64", "bool", "complex64", "complex128", "object", "str", "bytes", "datetime64[s]"),
    *("timedelta64[D]", "S3", "U2"),
]

SHAPES = {
    "as it is": lambda A: A,
    "0-d": lambda A: A.flat[0] if A.size else A,
    "1-d": lambda A: A[:, 0] if A.ndim == 2 else A,
    "3-d": lambda A: A[..., np.newaxis] if A.ndim == 2 else A[:, np.newaxis, np.newaxis],
    "no rows": lambda A: A[:0],
    "no columns": lambda A: as_2d(A)[:, :0],
    "one row": lambda A: A[:1],
    "a row too few": lambda A: A[:-1],
    "twice as many rows": lambda A: np.concatenate([A, A]),
    "transposed": lambda A: A.T,
    "40 columns": lambda A: np.repeat(as_2d(A), 40, axis=1)[:, :40],
}


def put(A, value):
    A = np.array(A, dtype=float)
    A.flat[A.size // 2] = value
    return A


# -- containers ------------------------------------------------------------------------------


class Subclass(np.ndarray):
    """An array with a name of its own."""


class ArrayLike:
    """Has ``__array__``, and it may not do what one expects."""

    def __init__(self, answer):
        self.answer = answer

    def __array__(self, dtype=None, copy=None):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def __len__(self):
        return N


class OnlyALength:
    """An object that looks like data from afar."""

    shape = (N, N_FEATURES)

    def __len__(self):
        return N


def strided(A):
    wide = np.repeat(np.repeat(A, 2, axis=0), 2, axis=-1) if A.ndim == 2 else np.repeat(A, 2)
    return wide[::2, ::2] if A.ndim == 2 else wide[::2]


def read_only(A):
    A = A.copy()
    A.flags.writeable = False
    return A


def long_indices(make, A):
    M = make(A)
    M.indices, M.indptr = M.indices.astype(np.int64), M.indptr.astype(np.int64)
    return M


def unsorted_with_duplicates(A):
    M = sparse.csr_array(A)
    indices = np.tile(M.indices[::-1], 1)
    data = np.concatenate([M.data, M.data])
    rows = np.concatenate([np.arange(len(A)).repeat(np.diff(M.indptr))] * 2)
    return sparse.coo_array((data, (rows, np.concatenate([M.indices, indices]))), A.shape).tocsr()


def explicit_zeros(A):
    M = sparse.csr_array(A)
    M.data[::2] = 0
    return M


def frame(A, **kwargs):
    return pd.DataFrame(A, **kwargs)


def as_2d(A):
    if A.ndim < 2:
        return A.reshape(-1, 1)
    return A.reshape(len(A), int(np.prod(A.shape[1:])))


ARRAYS = {
    "array": lambda A: A,
    "Fortran": np.asfortranarray,
    "negative strides": lambda A: A[::-1, ::-1] if A.ndim == 2 else A[::-1],
    "every other number": strided,
    "read-only": read_only,
    "list of lists": lambda A: A.tolist(),
    "tuple": lambda A: tuple(A.tolist()),
    "ragged": lambda A: [*A.tolist(), [1.0]],
    "masked": lambda A: np.ma.masked_array(A, mask=np.arange(A.size).reshape(A.shape) % 7 == 0),
    "matrix": lambda A: as_matrix(A) if A.ndim < 3 else A,
    "subclass": lambda A: A.view(Subclass),
    "record array": lambda A: np.rec.fromarrays([A.ravel(), A.ravel()], names="a,b"),
    "a memory view": lambda A: memoryview(np.ascontiguousarray(A)),
    "an object with __array__": ArrayLike,
}
SPARSE = {
    "csr": sparse.csr_array,
    "csr, long indices": partial(long_indices, sparse.csr_matrix),
    "csc": sparse.csc_array,
    "coo": sparse.coo_array,
    "dok": sparse.dok_array,
    "bsr": sparse.bsr_array,
    "dia": sparse.dia_matrix,
    "csr, unsorted and with duplicates": unsorted_with_duplicates,
    "csr, zeros that are stored": explicit_zeros,
}
FRAMES = {
    "pandas, names": lambda A: frame(A, columns=[f"x{j}" for j in range(A.shape[1])]),
    "pandas, every name the same": lambda A: frame(A, columns=["x"] * A.shape[1]),
    "pandas, names in two levels": lambda A: frame(
        A, columns=pd.MultiIndex.from_product([["x"], range(A.shape[1])])
    ),
    "pandas, nullable": lambda A: frame(A).convert_dtypes(),
    "pandas, a missing value": lambda A: frame(A).astype("Float64").mask(frame(A) == A[0, 0]),
    "pandas, categories": lambda A: frame(A).astype("category"),
    "pandas, one column of text": lambda A: frame(A).assign(text="a"),
    "pandas, sparse": lambda A: frame(A).astype(pd.SparseDtype("float", 0.0)),
    "polars": lambda A: pl.DataFrame(A),
    "polars, lazy": lambda A: pl.DataFrame(A).lazy(),
    "polars, nulls": lambda A: pl.DataFrame(A).with_columns(pl.lit(None).alias("nothing")),
    "polars, text": lambda A: pl.DataFrame(A).with_columns(pl.lit("a").alias("text")),
}
ANYTHING = {
    "None": lambda: None,
    "a number": lambda: 3.5,
    "a string": lambda: "data.csv",
    "an empty list": lambda: [],
    "a dict of columns": lambda: {"x0": list(X[:, 0]), "x1": list(X[:, 1])},
    "a generator": lambda: (row for row in X),
    "an estimator": BackpropClassifier,
    "an object": object,
    "an object with a length": OnlyALength,
    "__array__ gives None": lambda: ArrayLike(None),
    "__array__ raises ValueError": lambda: ArrayLike(ValueError("no array today")),
    "None among numbers": lambda: [[1.0, None, 2.0]] * N,
    "text among numbers": lambda: [[1.0, "a", 2.0]] * N,
    "numbers as text": lambda: [["1", "2", "3"]] * N,
    "pd.NA among numbers": lambda: [[1.0, pd.NA, 2.0]] * N,
    "Fractions": lambda: [[Fraction(1, 3)] * 3] * N,
    "large ints": lambda: [[10**30, 1, 2]] * N,
    "a sparse vector": lambda: sparse.coo_array(X[:, 0]),
    "series": lambda: pd.Series(y),
    "series, nullable": lambda: pd.Series(c, dtype="Int64"),
    "series, a missing value": lambda: pd.Series([*c[:-1], pd.NA], dtype="Int64"),
    "series, categories": lambda: pd.Series(c).astype("category"),
    "series of text": lambda: pd.Series(np.array(["no", "yes"])[c]),
    "series of dates": lambda: pd.Series(pd.date_range("2020-01-01", periods=N)),
    "pandas categorical": lambda: pd.Categorical(c),
    "polars series": lambda: pl.Series("y", c),
    "polars series with null": lambda: pl.Series("y", [*c[:-1].tolist(), None]),
    "polars categories": lambda: pl.Series("y", np.array(["no", "yes"])[c], dtype=pl.Categorical),
}


def converted(A, number, dtype, shape, container):
    """An array with these oddities; those that do not go together are left out."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for change in (NUMBERS[number], lambda A: A.astype(dtype), SHAPES[shape]):
            try:
                A = change(np.asarray(A))
            except (ValueError, TypeError, OverflowError):
                continue
        A = np.asarray(A)
        for family, shaped in ((ARRAYS, A), (SPARSE, as_2d(A)), (FRAMES, as_2d(A))):
            if container in family:
                try:
                    return family[container](shaped)
                except Exception:  # a library that cannot hold these has nothing to pass on
                    return A
    raise KeyError(container)


@st.composite
def variations(draw, A):
    """The array A with up to three things that are odd about it."""
    plain = {"number": "ordinary", "dtype": "float64", "shape": "as it is", "container": "array"}
    if A.dtype.kind != "f":
        plain["dtype"] = A.dtype.str
    choices = {
        "number": sorted(NUMBERS),
        "dtype": DTYPES,
        "shape": sorted(SHAPES),
        "container": [*ARRAYS, *SPARSE, *FRAMES],
    }
    odd = draw(st.lists(st.sampled_from(sorted(choices)), min_size=1, max_size=3, unique=True))
    chosen = {**plain, **{what: draw(st.sampled_from(choices[what])) for what in odd}}
    return Odd(
        ", ".join(f"{what}: {chosen[what]}" for what in odd), partial(converted, A, **chosen)
    )


@st.composite
def any_array(draw):
    """An array of any dtype and shape, filled with anything that the dtype can hold."""
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    if draw(st.booleans()) and len(shape) == 2:
        shape = (N, N_FEATURES)
    A = draw(hnp.arrays(draw(hnp.scalar_dtypes()), shape))
    return Odd(f"{A!r}", A.copy)


def matrices():
    """What may be passed for X."""
    return st.one_of(variations(X), variations(X), named(ANYTHING), any_array())


# -- targets and weights -------------------------------------------------------------------------

TARGETS = {
    "one class": np.zeros(N, int),
    "a class for each row": np.arange(N),
    "a rare class": np.eye(N, dtype=int)[0],
    "text": np.array(["no", "yes"])[c],
    "text and numbers": np.array([0, "yes"], object)[c],
    "None among text": np.array([None, "yes"], object)[c],
    "None among numbers": np.array([None, 1], object)[c],
    "tuples of different lengths": [(0,)] * 12 + [(1, 0)] * 12,
    "dicts": [{}] * N,
    "bytes": np.array([b"no", b"yes"])[c],
    "large ints": [2**63 + int(i) for i in c],
    "floats that are whole": c * 1.0,
    "floats that are not": c + 0.5,
    "NaN": put(c, nan),
    "complex": c * 1j,
    "dates": np.array(["2020-01-01", "2021-01-01"], "datetime64[D]")[c],
    "records": np.array([(1, 2.0)] * N, dtype=[("a", int), ("b", float)]),
    "column": c.reshape(-1, 1),
    "row": c.reshape(1, -1),
    "labels": labels,
    "labels as floats": labels * 1.0,
    "labels as text": labels.astype(str),
    "labels, none ever": labels * 0,
    "one label": labels[:, :1],
    "no labels": labels[:, :0],
    "labels with -1": 2 * labels - 1,
    "labels with a NaN": put(labels, nan),
    "labels, sparse": sparse.csr_array(labels),
    "sparse column": sparse.csr_matrix(c.reshape(-1, 1)),
    "classes in two columns": np.c_[c3, c3],
    "labels in a masked array": np.ma.masked_array(labels, mask=labels > 0),
    "3-d": labels[:, :, np.newaxis],
    "too few": c[:-1],
    "none": c[:0],
    "numbers in two columns": np.c_[y, -y],
    "Fractions": [Fraction(int(i), 3) for i in c3],
    "three classes": c3,
}

WEIGHTS = {
    "ones": np.ones(N),
    "zeros": np.zeros(N),
    "one": np.eye(N)[0],
    "negative": -np.ones(N),
    "NaN": put(np.ones(N), nan),
    "infinity": put(np.ones(N), inf),
    "sum overflows": np.full(N, 1e308),
    "huge": np.full(N, 1e300),
    "one is huge": put(np.ones(N), 1e300),
    "text": ["a"] * N,
    "objects": np.array([Fraction(1, 3)] * N, object),
    "None among numbers": [None, *np.ones(N - 1)],
    "complex": np.ones(N) * 1j,
    "column": np.ones((N, 1)),
    "one for each number": np.ones((N, N_FEATURES)),
    "too few": np.ones(N - 1),
    "a number": 2.0,
    "a dict": {0: 1.0, 1: 2.0},
    "series": pd.Series(np.ones(N)),
    "nullable series": pd.Series([None, *np.ones(N - 1)], dtype="Float64"),
    "masked": np.ma.masked_array(np.ones(N), mask=c > 0),
    "ragged": [[1.0]] * (N - 1) + [[1.0, 2.0]],
}


def targets():
    """What may be passed for y, or for classes."""
    return st.one_of(
        *(given(TARGETS), given(TARGETS), named(ANYTHING)),
        *(variations(y), variations(c), variations(labels), any_array()),
    )


def weights():
    """What may be passed for sample weights."""
    nothing = given({"no weights": None})
    return st.one_of(nothing, given(WEIGHTS), given(WEIGHTS), variations(c), named(ANYTHING))


# -- parameters ----------------------------------------------------------------------------

SCALARS = {
    repr(value): value
    for value in (
        *(None, True, False, 0, 1, -1, 2, 0.0, 0.5, -0.5, 1.5, 1.0, 2.0, nan, inf, -inf, 1e308),
        *(5e-324, 1e-300, 10**15, 10**30, -(10**30), 1j, "", "auto", "relu", "adam"),
        *("balanced", "loss", "nonsense", "é\n", b"adam", np.float32(0.5), np.float64(nan)),
        *(np.float16(0.25), np.int8(3), np.uint64(4), np.bool_(True), np.str_("tanh")),
        *(np.longdouble(0.5), np.complex64(1), Fraction(1, 2), Decimal("0.5"), pd.NA, pd.NaT),
        *(np.datetime64("2020-01-01"), np.timedelta64(3, "D"), np.ma.masked, slice(3), ...),
    )
}
SEQUENCES = {
    repr(value): value
    for value in (
        *((), [], {}, set(), frozenset({3}), (3,), [3, 2], (3, "a"), ("relu",), ("relu", "tanh")),
        *([None], ((3,),), [[3, 2]], (0.5,), (nan,), (10**30,), (10**15,), (-1,), (True,), (2.0,)),
        *(range(3), range(1, 3), {3: 2}, {0: 1.0, 1: 2.0}, {0: nan}, {"a": 1}, {0: -1, 1: 1}),
        *(np.array(0.5), np.array(3), np.array([3]), np.array([[3, 2]]), np.array(["relu"])),
        *(np.array([], int), np.array([0.5]), np.array([3, 2], "int8"), np.array([3], object)),
        *(np.array([nan]), np.array([1j]), np.ones((3, 4)), "a" * 300, ([], []), (None, None)),
        *(([np.ones((3, 4))], [np.ones(4)]), ([np.ones((3, 4)), np.ones((4, 1))], [1, 2])),
        *([["a"]], [{}], [1, [2, 3]], bytearray(b"ab")),
    )
}
OBJECTS = {
    "a lambda": lambda: lambda *args, **kwargs: 0.5,
    "a function that fails": lambda: len,
    "an estimator": BackpropClassifier,
    "an object": object,
    "a generator": lambda: iter([3, 2]),
    "a frame": lambda: pd.DataFrame(X),
    "a Generator": lambda: np.random.default_rng(0),
    "a module": lambda: np.random,
    "an array-like that fails": lambda: ArrayLike(ValueError("no array today")),
}


def parameter_values():
    """What may be passed for any parameter."""
    return st.one_of(given(SCALARS), given(SCALARS), given(SEQUENCES), named(OBJECTS))
