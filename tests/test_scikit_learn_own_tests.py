"""scikit-learn's own tests of its MLPs, run on ours with the names swapped.

The file comes with scikit-learn's wheel and is read from there, so each supported version
brings its own.
"""

import importlib.util

import pytest

_names = "from sklearn.neural_network import MLPClassifier, MLPRegressor"
_swapped = (
    "from sknn_edu import BackpropClassifier as MLPClassifier, BackpropRegressor as MLPRegressor"
)

_left_out = {
    "test_gradient": "calls the private method _loss_grad_lbfgs; test_gradients.py checks ours",
    "test_mlp_warm_start_no_convergence": (
        "wants a ConvergenceWarning from n_iter_no_change=np.inf, which here asks for a fixed "
        "number of epochs; test_warnings.py has the rest of it"
    ),
}

_spec = importlib.util.find_spec("sklearn.neural_network.tests.test_mlp")
_path = _spec.origin
with open(_path, encoding="utf-8") as file:
    _source = file.read()
assert _source.count(_names) == 1, f"{_path} imports its estimators in a new way"
exec(compile(_source.replace(_names, _swapped), _path, "exec"), globals())

for _test in _left_out:
    del globals()[_test]

pytestmark = pytest.mark.filterwarnings("default")  # as scikit-learn runs them


@pytest.fixture
def global_random_seed():
    """scikit-learn's conftest runs the tests that ask for it with this seed."""
    return 42
