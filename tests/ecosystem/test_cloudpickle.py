"""Estimators with components that were defined in a notebook travel to other processes."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import cloudpickle
import numpy as np
import pytest
from fitted_estimators import NAMES, TARGETS, X, answers, fitted, unfitted

from sknn_edu.activations import Elementwise
from sknn_edu.losses import Loss

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize("name", NAMES)
def test_a_loaded_estimator_gives_the_same_bits(name):
    est = fitted(name)
    again = cloudpickle.loads(cloudpickle.dumps(est))
    assert vars(again).keys() == vars(est).keys()
    for a, b in zip(answers(again), answers(est), strict=True):
        np.testing.assert_array_equal(a, b)


def test_classes_of_a_notebook_reach_a_process_that_never_saw_them(tmp_path):
    class Sine(Elementwise):
        def forward(self, Z, out):
            return np.sin(Z, out=out)

        def derivative(self, Z, A, out):
            return np.cos(Z, out=out)

    class Quartic(Loss):
        def value(self, A, Y):
            return ((A - Y) ** 4).sum(axis=1)

        def gradient(self, A, Y, out):
            return np.multiply(4, (A - Y) ** 3, out=out)

    y = TARGETS["number"]
    est = unfitted("number", activation=Sine(), loss=Quartic(), tol=0).fit(X, y)
    file = tmp_path / "est.pickle"
    file.write_bytes(cloudpickle.dumps((est, X, y)))
    code = (
        "import pickle, sys, pathlib\n"
        "file = pathlib.Path(sys.argv[1])\n"
        "est, X, y = pickle.loads(file.read_bytes())\n"
        "file.write_bytes(pickle.dumps((est.predict(X), est.partial_fit(X, y).predict(X))))\n"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(file)],
        check=True,
        env={**os.environ, "PYTHONPATH": str(TESTS.parent)},
        timeout=120,
    )
    before, after = pickle.loads(file.read_bytes())
    np.testing.assert_array_equal(before, est.predict(X))
    np.testing.assert_array_equal(after, est.partial_fit(X, y).predict(X))
