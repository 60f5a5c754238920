"""Formulas of every shape, drawn for the tests, and an independent oracle for their values."""

import warnings

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from sknn_edu.activations import Softmax, Tanh
from sknn_edu.formulas import Functions, Scope, parse
from sknn_edu.formulas.layout import Layout
from sknn_edu.formulas.shapes import Outer, Reshaped, Size
from sknn_edu.formulas.tree import (
    Call,
    Comparison,
    MatrixProduct,
    Name,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Reduction,
    Sum,
    Transpose,
)
from sknn_edu.losses import SquaredError

EPS = np.finfo(float).eps
ROWS, COLUMNS = Layout.ROWS, Layout.COLUMNS
same_examples = settings(derandomize=True, deadline=None, database=None, max_examples=60)

# Arrays of every shape that 4 samples and 3 units can have; b1 and b2 are vectors as biases are.
RNG = np.random.default_rng(0)
SHAPES = {
    **{"A1": (4, 3), "Y": (4, 3), "dA1": (3, 4), "W2": (3, 3), "Z1": (4, 4), "w": (4, 1)},
    **{"D1": (1, 4), "W3": (3, 1), "dW3": (1, 3), "A9": (1, 1), "b1": (3,), "b2": (4,), "b9": (1,)},
}
VALUES = {name: RNG.normal(size=shape) for name, shape in SHAPES.items()}
VALUES["Y"][0] = 0.0  # to be divided by
VALUES |= {"m": 4, "alpha": 0.25}
FUNCTIONS = {layout: Functions([Tanh(), Softmax()], layout, SquaredError()) for layout in Layout}
CALLABLE = FUNCTIONS[ROWS].for_answers()


def read(text, printed=False):
    functions = {*FUNCTIONS[ROWS], "sum", "mean"} if printed else CALLABLE
    return parse(text, list(VALUES), functions, printed=printed)


def value(formula, values=VALUES, layout=ROWS):
    with np.errstate(all="ignore"):
        return np.asarray(formula.value(Scope(values, FUNCTIONS[layout])))


# -- an independent oracle: Python and NumPy, with the engine's two rules ---------------------


class Array(np.ndarray):
    """Divided by, it gives 0 where it is not above eps."""

    def __truediv__(self, other):
        if np.ndim(other) == 0:
            return np.true_divide(self, other)
        return np.where(np.abs(other) <= EPS, 0.0, np.true_divide(self, other)).view(Array)

    # Comparisons are numbers here, as in formulas.
    def __gt__(self, other):
        return np.greater(self, other).astype(float).view(Array)

    def __lt__(self, other):
        return np.less(self, other).astype(float).view(Array)

    def __ge__(self, other):
        return np.greater_equal(self, other).astype(float).view(Array)

    def __le__(self, other):
        return np.less_equal(self, other).astype(float).view(Array)

    def __rtruediv__(self, other):
        return np.where(np.abs(self) <= EPS, 0.0, np.true_divide(other, self)).view(Array)


def softmax(P):
    e = np.exp(P - np.max(P, axis=1, keepdims=True))
    return np.true_divide(e, np.sum(e, axis=1, keepdims=True))


NUMPY = {
    "where": lambda *P: np.where(*P).view(Array),
    "outer": lambda P, Q: np.outer(P, Q).view(Array),
    "reshape": lambda P, *shape: np.reshape(P, shape),
    "ravel": np.ravel,
    "squeeze": np.squeeze,
    "max": np.max,
    "min": np.min,
    "abs": np.abs,
    "sum": np.sum,
    "mean": np.mean,
    "exp": np.exp,
    "log": lambda P: np.log(np.maximum(P, EPS)),
    "sqrt": np.sqrt,
    "maximum": np.maximum,
    "sech": lambda P: np.exp(-np.log(np.cosh(P))),
    "tanh": np.tanh,
    "d_tanh": lambda P: 1.0 - np.tanh(P) ** 2,
    "logistic": lambda P: np.reciprocal(1.0 + np.exp(-P)),
    "relu": lambda P: np.maximum(P, 0.0),
    "d_relu": lambda P: np.where(np.greater(P, 0), 1.0, 0.0),
    "softmax": softmax,
}


def by_numpy(text, values=VALUES):
    """What NumPy makes of the text."""
    names = {n: np.float64(v) if np.ndim(v) == 0 else v.view(Array) for n, v in values.items()}
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(eval(f"({text})", {"__builtins__": {}, **NUMPY}, names))


def assert_equal_values(actual, expected, rtol=1e-9):
    """Apart from rounding, measured by the largest number in it, as sums cancel."""
    actual, expected = np.asarray(actual, float), np.asarray(expected, float)
    assert actual.shape == expected.shape
    finite = np.isfinite(expected)
    np.testing.assert_array_equal(actual[~finite], expected[~finite])
    largest = np.max(np.abs(expected[finite]), initial=0)
    np.testing.assert_allclose(actual[finite], expected[finite], rtol=rtol, atol=rtol * largest)


# -- formulas of every shape, drawn ----------------------------------------------------------

NUMBERS = st.one_of(
    st.sampled_from([0.5, 2.0, 1.0, 0.1, 1e-7, 1e20, 123456789.0]),
    st.floats(0, 1e6, allow_subnormal=False),
)
EXPONENTS = st.sampled_from(
    [Number(2.0), Number(3.0), Number(0.5), Negative(Number(1.0)), Quotient(Number(1), Number(2))]
)
ENTRYWISE = ("exp", "log", "sqrt", "sech", "tanh", "d_tanh", "logistic", "relu", "d_relu")


@st.composite
def formulas(draw, shape=None, depth=3):
    """A formula that can be computed: a matrix, a vector (as biases are) or a number."""
    if shape is None:
        shape = draw(st.sampled_from([*SHAPES.values(), ()]))
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(leaves(shape))
    kinds = [entry_by_entry, entry_by_entry, calls, powers, reductions]
    if shape == ():
        kinds.append(sizes)
    else:
        kinds += [comparisons, choices]
    if len(shape) == 2:
        kinds += [matrix_products, transposes, outer_products]
    if np.prod(shape) == max(shape, default=0):
        kinds.append(other_shapes)
    return draw(draw(st.sampled_from(kinds))(shape, depth - 1))


@st.composite
def leaves(draw, shape):
    if shape == ():
        return draw(st.one_of(NUMBERS.map(Number), st.sampled_from([Name("m"), Name("alpha")])))
    return Name(draw(st.sampled_from([name for name, other in SHAPES.items() if other == shape])))


@st.composite
def entry_by_entry(draw, shape, depth):
    """The shape itself on one side, something that is broadcast to it on the other."""
    thinner = [()]
    if shape:
        thinner += [shape, (shape[-1],)]
    if len(shape) == 2:
        thinner += [(shape[0], 1), (1, shape[1]), (1, 1)]
    one = draw(formulas(shape, depth))
    other = draw(formulas(draw(st.sampled_from(thinner)), depth))
    left, right = draw(st.sampled_from([(one, other), (other, one)]))
    make = draw(st.sampled_from([plus, minus, Product, Quotient, maximum, negative]))
    return make(left, right)


def plus(P, Q):
    return Sum(P, "+", Q)


def minus(P, Q):
    return Sum(P, "-", Q)


def maximum(P, Q):
    return Call("maximum", (P, Q))


def negative(P, Q):
    return Product(Negative(P), Negative(Negative(Q)))


@st.composite
def calls(draw, shape, depth):
    name = draw(st.sampled_from([*ENTRYWISE, "softmax"] if len(shape) == 2 else ENTRYWISE))
    return Call(name, (draw(formulas(shape, depth)),))


@st.composite
def powers(draw, shape, depth):
    return Power(draw(formulas(shape, depth)), draw(EXPONENTS))


@st.composite
def matrix_products(draw, shape, depth):
    inner = draw(st.sampled_from([1, 3, 4]))
    left, right = draw(formulas((shape[0], inner), depth)), draw(formulas((inner, shape[1]), depth))
    return MatrixProduct(left, right)


@st.composite
def comparisons(draw, shape, depth):
    relation = draw(st.sampled_from([">", "<", ">=", "<="]))
    return Comparison(draw(leaves(shape)), relation, draw(formulas((), depth)))


@st.composite
def choices(draw, shape, depth):
    condition = draw(comparisons(shape, depth))
    return Call("where", (condition, draw(formulas(shape, depth)), draw(formulas((), depth))))


@st.composite
def sizes(draw, shape, depth):
    return Size(draw(formulas((4, 3), depth)), draw(st.sampled_from([None, 0, 1, -1])))


@st.composite
def outer_products(draw, shape, depth):
    return Outer(*(draw(formulas(draw(st.sampled_from([(n,), (n, 1)])), depth)) for n in shape))


@st.composite
def other_shapes(draw, shape, depth):
    """A vector, a column or a row, from one of the other two."""
    n = max(shape)
    form = "ravel" if len(shape) == 1 else "column" if shape[1] == 1 else "row"
    inside = draw(st.sampled_from([(n,), (n, 1), (1, n)]))
    return Reshaped(form, draw(formulas(inside, depth)))


@st.composite
def transposes(draw, shape, depth):
    return Transpose(draw(formulas(shape[::-1], depth)))


@st.composite
def reductions(draw, shape, depth):
    """A sum or a mean of that shape; only matrices are summed along an axis."""
    function = draw(st.sampled_from(["sum", "mean", "max"]))
    n = draw(st.sampled_from([1, 3, 4]))
    choices = {0: [(None, False, (4, 3))], 1: [], 2: []}[len(shape)]
    if len(shape) == 1:
        choices += [(0, False, (n, *shape)), (1, False, (*shape, n))]
    if len(shape) == 2 and shape[0] == 1:
        choices += [(0, True, (n, shape[1])), (-2, True, (n, shape[1]))]
    if len(shape) == 2 and shape[1] == 1:
        choices += [(1, True, (shape[0], n)), (-1, True, (shape[0], n))]
    if not choices:
        return draw(leaves(shape))
    axis, keepdims, inside = draw(st.sampled_from(choices))
    return Reduction(function, draw(formulas(inside, depth)), axis, keepdims)
