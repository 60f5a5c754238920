"""engine="auto" takes the faster engine, by a rule about the machine."""

import math

import numpy as np
import pytest
from scipy.sparse import csr_array

from sknn_edu import BackpropClassifier, backends
from sknn_edu.__main__ import main
from sknn_edu.native import library
from sknn_edu.native.worth import LARGE, Worth, worth_of

SSE = {"portable", "v2"}
AVX2, AVX512 = {*SSE, "v3"}, {*SSE, "v3", "v4"}
needs_core = pytest.mark.skipif(library.load() is None, reason="there is nothing to choose from")


@pytest.mark.parametrize(
    ("level", "processor", "matrix_units", "below"),
    [
        ("v4", AVX512, False, math.inf),
        ("v3", AVX512, False, math.inf),
        ("v3", AVX2, False, math.inf),
        ("portable", {"portable"}, False, math.inf),  # ARM, and others
        ("portable", {"portable"}, True, LARGE),
        ("v2", SSE, False, LARGE),
        ("portable", SSE, False, LARGE),
        ("v2", AVX2, False, 0),
        ("portable", AVX512, False, 0),
    ],
)
def test_the_core_is_left_where_blas_has_wider_instructions(level, processor, matrix_units, below):
    worth = worth_of(level, processor, matrix_units)
    assert worth.below == below
    assert bool(worth.why) == (below < math.inf)


def engine_that_trained(monkeypatch, below, hidden, X):
    """Whether a fit under engine="auto" is the core's."""
    monkeypatch.setattr(backends, "worth", lambda lib: Worth(below, "as this test has it"))
    native = []
    make = backends.NativeBackend
    monkeypatch.setattr(backends, "NativeBackend", lambda *a: native.append(1) or make(*a))
    BackpropClassifier(hidden, max_iter=1, tol=0).fit(X, np.arange(X.shape[0]) % 2)
    return "native" if native else "numpy"


@needs_core
@pytest.mark.filterwarnings("ignore:Maximum iterations")
@pytest.mark.parametrize(
    ("below", "hidden", "sparse", "engine"),
    [
        (math.inf, 20, False, "native"),
        (100, 20, False, "native"),  # 80 weights
        (80, 20, False, "numpy"),
        (0, 1, False, "numpy"),
        (0, 20, True, "native"),
    ],
)
def test_auto_takes_the_engine_that_the_rule_names(monkeypatch, below, hidden, sparse, engine):
    X = np.random.RandomState(0).randn(30, 3)
    X = csr_array(X) if sparse else X
    assert engine_that_trained(monkeypatch, below, hidden, X) == engine


@needs_core
@pytest.mark.parametrize(
    ("worth", "words"),
    [
        (Worth(math.inf), "engine='auto' takes it for all that it supports."),
        (Worth(0, "it is old"), "engine='auto' takes NumPy, except for sparse X: it is old."),
        (Worth(16_000, "it is a Mac"), "of less than 16,000 weights; NumPy for larger ones: it is"),
    ],
)
def test_the_command_line_says_which_engine_a_fit_will_use(monkeypatch, capsys, worth, words):
    monkeypatch.setattr("sknn_edu.native.worth.worth", lambda lib: worth)
    assert main([]) == 0
    assert words in capsys.readouterr().out
