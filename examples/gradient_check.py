"""Is the gradient right? Compare backpropagation with central finite differences.

The partial derivative of J for one weight w is nearly (J(w + h) - J(w - h)) / (2 h): move that
weight a little up, a little down, and see how J changes. This costs two forward passes for every
weight, where backpropagation needs one backward pass for all of them together; but there is no
formula in it that could be wrong.
"""

import numpy as np


def finite_differences(est, parameters, X, y, h=1e-5):
    """dJ/dw for each entry w of ``parameters``, which is one of the arrays of ``est``."""
    slopes = np.empty_like(parameters)
    for index in np.ndindex(parameters.shape):
        w = parameters[index]
        parameters[index] = w + h
        above = est.objective(X, y)
        parameters[index] = w - h
        below = est.objective(X, y)
        parameters[index] = w
        slopes[index] = (above - below) / (2 * h)
    return slopes


def relative_error(a, b):
    """||a - b|| / (||a|| + ||b||), and 0 where both are zero."""
    scale = np.linalg.norm(a) + np.linalg.norm(b)
    return np.linalg.norm(a - b) / scale if scale > 0 else 0.0


def named_parameters(est, dW, db):
    """(name, parameters, gradient) of each layer, numbered as on paper: W1, b1, W2, b2, ..."""
    for l, (W, b) in enumerate(zip(est.coefs_, est.intercepts_)):
        yield f"W{l + 1}", W, dW[l]
        if est.fit_intercept:
            yield f"b{l + 1}", b, db[l]


def print_gradient_check(est, X, y, title="Gradient check", every_entry=False):
    """Check every weight and bias of ``est``; print a line for each array, or for each entry."""
    _, dW, db = est.objective_and_gradient(X, y)
    arrays = list(named_parameters(est, dW, db))
    print(f"\n{title}: {sum(g.size for *_, g in arrays)} parameters, each moved up and down")
    print("    parameters   backpropagation      differences   relative error")
    errors = []
    for name, parameters, gradient in arrays:
        slopes = finite_differences(est, parameters, X, y)
        errors.append(relative_error(gradient, slopes))
        if every_entry:
            for index in np.ndindex(gradient.shape):
                entry = name + str([i + 1 for i in index])
                print(f"      {entry:10} {gradient[index]:+16.10f} {slopes[index]:+16.10f}")
        norms = [np.linalg.norm(gradient), np.linalg.norm(slopes)]
        label = f"all of {name}" if every_entry else name
        print(f"    {label:12} {norms[0]:15.10f}  {norms[1]:15.10f}   {errors[-1]:14.1e}")
    print(f"    largest relative error: {max(errors):.1e}")
