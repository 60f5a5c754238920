"""The parts of the docstrings that the two estimators share, written once."""

import inspect
import textwrap
from collections.abc import Callable, Iterable
from string import Template

from ..activations import Activation
from ..initializers import Initializer
from ..losses import Loss
from ..optimizers import Optimizer
from ..schedules import Schedule

# Where the documentation site lives; the parameter tables in notebooks link there.
DOC_LINK = "https://sknn-edu.readthedocs.io/en/latest/api/generated/sknn_edu.{estimator_name}.html"

PARAMETERS = """\
    activation : str, Activation, or sequence of them, default='relu'
        Function of the hidden layers, or one for each, among$activations.
        See `sknn_edu.activations`.
    solver : str or Optimizer, default='adam'
        What finds the weights, one of$solvers.
        'gd' is plain gradient descent on all samples, ``W := W - learning_rate_init * dW``.
        An object brings its own settings. See `sknn_edu.optimizers`.
    alpha : float, default=0.0001
        Strength of the penalty on the weights. As in scikit-learn it is divided by the
        total weight of the batch.
    batch_size : int or 'auto', default='auto'
        Samples in a mini-batch; 'auto' is ``min(200, n_samples)``. The solvers 'gd',
        'lbfgs', 'newton-cg' and 'lm' always use all samples.
    learning_rate : str or Schedule, default='constant'
        Schedule of the learning rate. For every first-order solver$schedules change
        it step by step until ``max_iter`` epochs are over, and no stalled loss stops
        training before; a `Schedule` object has settings, see `sknn_edu.schedules`. For
        ``solver='sgd'`` there are scikit-learn's two: 'invscaling' divides
        ``learning_rate_init`` by ``(samples seen + 1) ** power_t`` after each epoch;
        'adaptive' divides the rate by 5 when training stalls. With another solver neither
        has an effect, and `UnusedScheduleWarning` says so.
    learning_rate_init : float, default=0.001
        Learning rate at the start, for the solvers that step along the gradient.
    power_t : float, default=0.5
        Exponent of 'invscaling'.
    max_iter : int, default=200
        Most epochs (iterations, for 'lbfgs', 'newton-cg' and 'lm').
    shuffle : bool, default=True
        Whether to shuffle the samples before each epoch.
    random_state : int, RandomState instance or None, default=None
        Draws the weights, the split for early stopping, one number for all masks of
        dropout, and the shuffles. The draws are scikit-learn's, in its order.
    tol : float, default=1e-4
        An epoch that is not better than the best one by ``tol`` is no improvement. 0 asks
        for ``max_iter`` epochs, and there is no warning when they are over.
    verbose : bool or int, default=False
        What to print: 1 (or True) the loss of the epochs 1 to 10, 20, ..., 100, 200, ..., of
        the last one, and why training stopped; 2 the same with every epoch.
    warm_start : bool, default=False
        Whether `fit` starts from the weights of the last fit. The optimizer starts
        afresh, and so does the count of epochs without improvement.
    momentum : float, default=0.9
        Momentum of 'sgd', in [0, 1].
    nesterovs_momentum : bool, default=True
        Whether 'sgd' looks ahead.
    early_stopping : bool or 'best', default=False
        Whether to hold out ``validation_fraction`` of the data, and restore the weights
        that had the best score there. True stops when the score no longer improves;
        'best' runs all ``max_iter`` epochs. Not for 'lbfgs', 'newton-cg' and 'lm', which
        have stopping rules of their own.
    validation_fraction : float, default=0.1
        Part of the training data that early stopping holds out, in [0, 1).
    beta_1 : float, default=0.9
        Decay of the first moment of 'adam', 'adamw', 'nadam', in [0, 1).
    beta_2 : float, default=0.999
        Decay of the second moment of 'adam', 'adamw', 'nadam', in [0, 1).
    epsilon : float, default=1e-8
        Keeps the adaptive solvers from dividing by zero.
    n_iter_no_change : int or np.inf, default=10
        Epochs without improvement after which training stops; np.inf asks for ``max_iter``
        epochs, and there is no warning when they are over.
    max_fun : int, default=15000
        Most evaluations of the objective by 'lbfgs'."""

NEW_PARAMETERS = """\
    output_activation : str or Activation, default='auto'
        Function of the output layer. 'auto' is the partner of the loss: $output
    fit_intercept : bool, default=True
        False builds the network without biases; ``intercepts_`` stay zero.
    weight_init : str, Initializer, or pair (coefs, intercepts), default='auto'
        First weights. 'auto' draws what scikit-learn draws; others are$initializers.
        See `sknn_edu.initializers`. Or give the arrays themselves, in two lists shaped
        like ``coefs_`` and ``intercepts_``.
    n_hidden_layers : int, default=None
        With an int ``hidden_layer_sizes``, how many layers of that size: depth and width
        as two numbers.
    dropout : float or sequence of float, default=0.0
        Probability that a hidden unit is left out of a training step, in [0, 1); one for
        all hidden layers, or one for each. Both engines draw the same masks; they differ
        from update to update, and from one `partial_fit` or warm start to the next.
    l1_ratio : float, default=0.0
        Mix of the penalty, in [0, 1]: 0 is L2, 1 is L1.
    clip_norm : float, default=None
        Longest gradient (Euclidean norm over all parameters); longer ones are shortened.
    scoring : str, callable or None, default=None
        What early stopping makes large: None is $score, 'loss' is minus the validation
        loss, else any scorer of scikit-learn.
    parametrization : {'standard', 'ntk'} or Parametrization, default='standard'
        Learning rates of the layers. With 'ntk' they are ``learning_rate_init /
        sqrt(fan_in)`` for weights and ``learning_rate_init / 10`` for biases, and
        ``weight_init='auto'`` draws W from N(0, 1 / fan_in) and b from N(0, 1). See
        `sknn_edu.parametrizations`.
    engine : {'auto', 'numpy', 'native'}, default='auto'
        Who does the arithmetic: the NumPy engine, or the compiled core, which computes the
        same, faster. 'auto' takes the core where it has all that is asked for, 'native'
        insists on it and raises an error that names what it does not have."""

ATTRIBUTES = """\
    coefs_ : list of ndarray of shape (n_in, n_out)
        Weights of each layer. They may be replaced, by assignment or in place.
    intercepts_ : list of ndarray of shape (n_out,)
        Biases of each layer.
    architecture_ : Architecture
        Layers, activations, loss and penalty of the network, as of the last fit.
    n_iter_ : int
        Epochs (or iterations) of the last fit.
    n_layers_ : int
        Layers, input and output included.
    n_outputs_ : int
        Output units.
    out_activation_ : str
        Name of the output activation.
    loss_ : float
        Objective of the last epoch, a mean over its batches.
    loss_curve_ : list of float
        Objective of each epoch, earlier warm-started fits included.
    best_loss_ : float or None
        Smallest of them; None under early stopping.
    best_iter_ : int
        Which epoch was the best, counted from 1 along ``loss_curve_``.
    validation_scores_ : list of float or None
        Score on the validation data after each epoch.
    validation_loss_curve_ : list of float or None
        Loss on the validation data after each epoch, without the penalty.
    best_validation_score_ : float or None
        Best score that early stopping has seen.
    stop_reason_ : str
        Why training stopped, in a sentence.
    t_ : int
        Training samples seen, repeats counted.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where X has names that are all strings."""


def with_shared_docs(**words: str) -> Callable[[type], type]:
    """Decorate an estimator: fill the shared parts and the names of components into its docstring.

    A word after a dollar stands for a part: ``$parameters``, ``$losses``.
    """

    def decorate(cls: type) -> type:
        if cls.__doc__ is not None:  # python -OO leaves docstrings out
            shared = {
                "parameters": PARAMETERS,
                "new_parameters": NEW_PARAMETERS,
                "attributes": ATTRIBUTES,
            }
            filled = {name: _filled(part, words).strip() for name, part in shared.items()}
            cls.__doc__ = _filled(as_written(cls.__doc__), {**words, **filled})
        return cls

    return decorate


def as_written(docstring: str) -> str:
    """The docstring of a class with its indentation, which Python 3.13 takes away."""
    return textwrap.indent(inspect.cleandoc(docstring), "    ").lstrip()


def _filled(text: str, words: dict[str, str]) -> str:
    names = {
        "activations": Activation.names(),
        "losses": Loss.names(),
        "solvers": Optimizer.names(),
        "schedules": Schedule.names(),
        "initializers": [name for name in Initializer.names() if name != "auto"],
    }
    listed = {word: _names(of_family) for word, of_family in names.items()}
    return Template(text).substitute({**listed, **words})


def _names(names: Iterable[str]) -> str:
    """'a', 'b', 'c', broken into lines that fit a docstring."""
    lines = textwrap.wrap(", ".join(map(repr, names)), 76)
    return "\n        " + "\n        ".join(lines)
