"""Print how backpropagation compares with finite differences, for every weight and bias.

The partial derivative of J for one weight w is nearly (J(w + h) - J(w - h)) / (2 h): move that
weight a little up, a little down, and see how J changes. This costs two forward passes for each
weight, where backpropagation needs one backward pass for all of them; but it contains no formula
that could be wrong.
"""

from sknn_edu.teaching import check_gradient


def print_gradient_check(est, X, y):
    check = check_gradient(est, X, y)
    print(f"\n{check}")
    assert check.ok
