r"""An update may be written as what is done to the parameter: ``-=``, ``:=``, ``\leftarrow``."""

import numpy as np
import pytest

from sknn_edu import BackpropClassifier
from sknn_edu.formulas import ExpressionError
from sknn_edu.teaching import check_derivation

X = np.array([[1.0, 2.0], [0.0, 1.0], [-1.0, 0.5], [2.0, -1.0]])
Y = [1, 0, 1, 0]


def marked(text, target="W1_next", **options):
    options = {"solver": "gd", "alpha": 0} | options
    net = BackpropClassifier(3, "tanh", random_state=0, **options).initialize(X, Y)
    return check_derivation(net, X, Y, {target: text})[target]


@pytest.mark.parametrize(
    "text",
    [
        "W1 -= learning_rate*dW1",
        "W1 -= lr*dW1",
        "w1 += -lr*dW1",
        "W1 := W1 - lr*dW1",
        "W1 <- W1 - lr*dW1",
        "W1 ← W1 - lr*dW1",
        r"W_1 \leftarrow W_1 - \eta dW_1",
        r"W^{[1]} \gets W^{[1]} - \eta \, dW^{[1]}",
        r"W^{[1]} := W^{[1]} - \alpha \, dW^{[1]}",
    ],
)
def test_a_step_is_read_as_what_it_gives(text):
    assert marked(text).correct


def test_a_change_keeps_its_sum_together():
    assert marked("W1 -= lr*dW1 + 0*W1").correct
    assert marked("W1 -= lr*W1 - lr*dW1").mistakes


def test_a_wrong_step_is_wrong_for_its_own_reason():
    assert marked("W1 += lr*dW1").mistakes == ("sign",)


def test_a_step_of_another_parameter_is_refused():
    with pytest.raises(ExpressionError):
        marked("W2 -= lr*dW2")


def test_a_velocity_is_assigned_too():
    sgd = {"solver": "sgd", "nesterovs_momentum": False}
    assert marked("vW1 := momentum*vW1 - lr*dW1", "vW1_next", **sgd).correct
    assert marked(r"v_{dW^{[1]}} := \beta v_{dW^{[1]}} - \eta dW^{[1]}", "vW1_next", **sgd).correct


@pytest.mark.parametrize("alpha", [0, 0.4])
def test_a_greek_alpha_is_the_rate_of_a_step_as_in_latex(alpha):
    assert marked("W1 - \N{GREEK SMALL LETTER ALPHA}*dW1", alpha=alpha).correct
    assert marked(r"W^{[1]} - \alpha \, dW^{[1]}", alpha=alpha).correct
    assert marked("W1 - alpha*dW1", alpha=alpha).mistakes == ("wrong_name",)
