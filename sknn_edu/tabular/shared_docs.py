"""The parts of the docstrings that both estimators for tables share."""

from __future__ import annotations

from collections.abc import Callable
from string import Template

from ..estimators.shared_docs import as_written

PARAMETERS = """\
    n_members : int, default=$n_members
        Networks that are trained, each from other weights and with other rows held out; their
        $average are averaged.
    solver : str or Optimizer, default='adam'
        What finds the weights; see `$network`.
    alpha : float, default=0.0
        Strength of the penalty on the weights.
    l1_ratio : float, default=0.0
        Mix of the penalty, in [0, 1]: 0 is L2, 1 is L1.
    dropout : float or sequence of float, default=0.0
        Probability that a hidden unit is left out of a training step, in [0, 1).
    batch_size : int or 'auto', default='auto'
        Rows in a mini-batch, all if there are fewer. 'auto' is an eighth of the rows, but 32 at
        least and 256 at most, so that small tables see enough steps.
    learning_rate : str or Schedule, default='coslog'
        How the learning rate changes over the epochs.
    learning_rate_init : float, default=$rate
        Learning rate, which the schedule scales.
    beta_1 : float, default=0.9
        Decay of the first moment of 'adam', in [0, 1).
    beta_2 : float, default=0.95
        Decay of the second moment of 'adam', in [0, 1).
    max_iter : int, default=128
        Epochs of each network.
    parametrization : {'standard', 'ntk'}, default='ntk'
        'ntk' divides the learning rate of a layer by the square root of its inputs.
    weight_init : str, Initializer, or pair (coefs, intercepts), default='auto'
        First weights.
    n_hidden_layers : int, default=None
        With an int ``hidden_layer_sizes``, how many layers of that size.
    clip_norm : float, default=None
        Longest gradient; longer ones are shortened."""

MORE_PARAMETERS = """\
    output_activation : str or Activation, default='auto'
        Function of the output layer; 'auto' is the partner of the loss.$class_weight
    early_stopping : bool or 'best', default='best'
        Whether each network holds out ``validation_fraction`` of the rows: 'best' trains all
        epochs and keeps the weights of the best one, True stops where the score no longer
        improves. Where fewer than 10 rows would be held out, none are.
    validation_fraction : float, default=0.2
        Part of the rows that are held out, in [0, 1).
    scoring : str, callable or None, default=None
        What makes an epoch the best: None is $score, 'loss' is minus the loss, else any
        scorer of scikit-learn.
    tol : float, default=1e-4
        An epoch that is not better by ``tol`` is no improvement, for ``early_stopping=True``
        and False.
    n_iter_no_change : int or np.inf, default=10
        Epochs without improvement after which training stops, for ``early_stopping=True`` and
        False.
    max_categories : int or None, default=50
        Most columns that one column of categories becomes; the rarest share the last one.
    min_frequency : int, float or None, default=None
        Categories with fewer rows (or a smaller part of them) share a column.
    random_state : int, RandomState instance or None, default=None
        Draws the seed of each network.
    n_jobs : int or None, default=None
        Networks that are trained at the same time, in threads; None is 1, -1 all cores. It
        never changes the result.
    verbose : bool or int, default=False
        What to print of each training; see `$network`.
    engine : {'auto', 'numpy', 'native'}, default='auto'
        Who does the arithmetic; see `$network`."""

ATTRIBUTES = """\
    pipeline_ : Pipeline
        What was fitted: the step ``columns`` encodes a table, the step ``networks`` predicts.
    members_ : list of $network
        The networks; they see the encoded table, ``pipeline_["columns"].transform(X)``.
    n_iter_ : int
        Most epochs that a network was trained.
    n_features_in_ : int
        Columns of X.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the columns, where X has names that are all strings."""


def with_table_docs(**words: str) -> Callable[[type], type]:
    """Decorate an estimator: fill the shared parts into its docstring."""

    def decorate(cls: type) -> type:
        if cls.__doc__ is not None:  # python -OO leaves docstrings out
            parts = {
                "parameters": PARAMETERS,
                "more_parameters": MORE_PARAMETERS,
                "attributes": ATTRIBUTES,
            }
            filled = {n: Template(part).substitute(words).strip() for n, part in parts.items()}
            cls.__doc__ = Template(as_written(cls.__doc__)).substitute(words, **filled)
        return cls

    return decorate
