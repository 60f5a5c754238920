"""Everything global that a fit might change by accident, and a known state to start from."""

import random
import warnings
from contextlib import contextmanager

import joblib
import numpy as np
import sklearn
from threadpoolctl import ThreadpoolController, threadpool_limits

libraries = ThreadpoolController()


def global_state():
    """All of it, to be compared before and after."""
    return {
        "errstate": np.geterr(),
        "warnings": list(warnings.filters),
        "numpy random": joblib.hash(np.random.get_state()),  # noqa: NPY002
        "random": random.getstate(),
        "threads": [library.num_threads for library in libraries.lib_controllers],
        "config": sklearn.get_config(),
        "print options": np.get_printoptions(),
    }


@contextmanager
def known_global_state():
    """Threads that differ from those of the solvers, and numpy's default for overflow, set anew."""
    with (
        threadpool_limits(2),
        np.errstate(divide="warn", over="warn", under="ignore", invalid="warn"),
    ):
        yield
