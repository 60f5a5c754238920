"""From the estimators' parameters to the objects of the engine, with errors that teach."""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.metrics import get_scorer_names
from sklearn.utils._param_validation import (
    Interval,
    InvalidParameterError,
    Options,
    StrOptions,
    validate_parameter_constraints,
)

from ..activations import Activation
from ..component import Component, as_float
from ..engine.architecture import Architecture
from ..engine.penalty import ElasticNet
from ..exceptions import RiskyOutputWarning, warn
from ..initializers import Initializer
from ..losses import Loss
from ..optimizers import Optimizer
from ..parametrizations import Parametrization
from ..schedules import Schedule
from . import advice
from .target_coding import Targets

_positive_int = Interval(Integral, 1, None, closed="left")
_fraction = Interval(Real, 0, 1, closed="left")


class _NamesOfScorers(StrOptions):
    """As many as do not belong into a message."""

    def __str__(self) -> str:
        return "'loss' or one of sklearn.metrics.get_scorer_names()"


# Names of components are looked up when they are needed, so that a class of the user's own
# can be asked for by its name too; the look-up says which names there are.
CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", _positive_int],
    "activation": [str, Activation, "array-like"],
    "solver": [str, Optimizer],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), _positive_int],
    "learning_rate": [str, Schedule],
    "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
    "power_t": [Interval(Real, 0, None, closed="left")],
    "max_iter": [_positive_int],
    "loss": [str, Loss],
    "output_activation": [str, Activation],
    "fit_intercept": ["boolean"],
    "weight_init": [str, Initializer, "array-like"],
    "n_hidden_layers": [Interval(Integral, 0, None, closed="left"), None],
    "dropout": [_fraction, "array-like"],
    "l1_ratio": [Interval(Real, 0, 1, closed="both")],
    "clip_norm": [Interval(Real, 0, None, closed="neither"), None],
    "scoring": [_NamesOfScorers({"loss", *get_scorer_names()}), callable, None],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [Interval(Real, 0, None, closed="left")],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean", StrOptions({"best"})],
    "validation_fraction": [_fraction],
    "beta_1": [_fraction],
    "beta_2": [_fraction],
    "epsilon": [Interval(Real, 0, None, closed="neither")],
    "n_iter_no_change": [_positive_int, Options(Real, {np.inf})],
    "max_fun": [_positive_int],
    "parametrization": [str, Parametrization],
    "engine": [StrOptions({"auto", "numpy", "native"})],
}
READ_AS_FORMULAS = (Loss, Activation, Initializer)  # others have settings among the parameters
OF_FORMULAS = frozenset("()+*/")  # one of them makes a text more than a name
PLAIN = (bool, int, float, str)  # values of these types never change
REAL = frozenset(
    name
    for name, kinds in CONSTRAINTS.items()
    if any(isinstance(kind, (Interval, Options)) and kind.type is Real for kind in kinds)
)


PRIVATE_MODULE = re.compile(r"(?<=instance of 'sknn_edu\.)(\w+)\._\w+\.")


def validate(estimator_class: type[BaseEstimator], params: dict[str, Any]) -> None:
    """Check parameters against the constraints; defaults were checked once for the class.

    Raises
    ------
    ValueError
        sklearn's InvalidParameterError, for the first parameter that is not as it should be.
    """
    sound = _sound_defaults(estimator_class)  # type: ignore[arg-type]
    changed = {n: value for n, value in params.items() if n not in sound or value is not sound[n]}
    for name, value in changed.items():
        items = value if type(value) is tuple else (value,)
        check = _check_once if all(type(item) in PLAIN for item in items) else _check
        check(estimator_class, name, value)  # type: ignore[arg-type]
    _check_size({name: value for name, value in changed.items() if name in REAL})


def _check(estimator_class: type[BaseEstimator], name: str, value: Any) -> None:
    constraints = estimator_class._parameter_constraints
    try:
        validate_parameter_constraints(constraints, {name: value}, estimator_class.__name__)
    except InvalidParameterError as error:
        accepts = partial(_accepts, estimator_class, name)
        hint = advice.on_value(name, value, constraints[name], accepts)
        message = PRIVATE_MODULE.sub(r"\1.", str(error))  # where a class is defined is not its name
        raise InvalidParameterError(f"{message}{hint}") from None


def _accepts(estimator_class: type[BaseEstimator], name: str, value: Any) -> bool:
    constraints = estimator_class._parameter_constraints
    try:
        validate_parameter_constraints(constraints, {name: value}, estimator_class.__name__)
    except InvalidParameterError:
        return False
    return value is not None


# scikit-learn makes its constraints anew for each check, which takes 5 microseconds a parameter.
# 1, 1.0 and True are different values here, but not inside a tuple, of which only the type counts.
_check_once = lru_cache(maxsize=1024, typed=True)(_check)


@cache
def _sound_defaults(estimator_class: type[BaseEstimator]) -> dict[str, Any]:
    """The defaults that satisfy their constraints; those of a user's subclass may not."""
    sound = {}
    for name, parameter in inspect.signature(estimator_class).parameters.items():
        try:
            _check(estimator_class, name, parameter.default)
        except InvalidParameterError:
            continue
        sound[name] = parameter.default
    return sound


def hidden_sizes(params: dict[str, Any]) -> list[int]:
    """Units of each hidden layer."""
    given, depth = params["hidden_layer_sizes"], params["n_hidden_layers"]
    if isinstance(depth, bool):
        raise ValueError(f"n_hidden_layers must be an int or None, got {depth!r}.")
    if isinstance(given, Integral) and not isinstance(given, bool):
        try:
            return [int(given)] * (1 if depth is None else int(depth))
        except (MemoryError, OverflowError):
            raise ValueError(f"n_hidden_layers={depth!r} is more than memory can hold.") from None
    if depth is not None:
        raise ValueError(
            f"n_hidden_layers={depth!r} repeats an int, but hidden_layer_sizes={given!r}. Pass "
            "hidden_layer_sizes as an int, or n_hidden_layers=None."
        )
    sizes = [given] if isinstance(given, bool) else _listed("hidden_layer_sizes", given)
    for size in sizes:
        if isinstance(size, (bool, np.bool_)) or not isinstance(size, (Integral, np.integer)):
            raise ValueError(
                f"hidden_layer_sizes must be an int or integers, got {given!r}. {_meant(sizes)}"
            )
        if size <= 0:
            raise ValueError(f"hidden_layer_sizes must be > 0, got {given!r}.")
    return [int(size) for size in sizes]


def _meant(sizes: list[Any]) -> str:
    """What to write for layers whose sizes are not all int: tuners draw 64.0 and "64"."""
    try:
        whole = tuple(int(size) for size in sizes if int(size) == float(size) > 1)
    except (OverflowError, TypeError, ValueError):
        whole = ()
    if sizes and len(whole) == len(sizes):
        return f"Did you mean hidden_layer_sizes={whole!r}?"
    return "Write (100, 50) for two hidden layers, of 100 and of 50 units."


def architecture(
    params: dict[str, Any], n_features: int, targets: Targets
) -> tuple[Architecture, Targets]:
    """What the network is made of, and the targets as its output codes them.

    Raises
    ------
    ValueError
        If the loss cannot work behind the output.
    """
    loss, output = loss_and_output(params, targets.is_multiclass)
    if refusal := loss.refusal(output):
        raise ValueError(f"{_pair(loss, output)} cannot work: {refusal}.")
    if risk := loss.risk(output):
        warn(f"{_pair(loss, output)}: {risk}.", RiskyOutputWarning)
    targets = targets.coded_for(loss, output)
    hidden = hidden_sizes(params)
    network = Architecture(
        sizes=(n_features, *hidden, targets.n_outputs),
        activations=(*hidden_activations(params, len(hidden)), output),
        loss=loss.bind(output, targets.one_hot),
        penalty=ElasticNet(params["alpha"], params["l1_ratio"]),
        has_biases=params["fit_intercept"],
        dropout=tuple(dropout_rates(params, len(hidden))),
    )
    return network, targets


def _pair(loss: Loss, output: Activation) -> str:
    return f"loss={loss!r} with output_activation={output.name!r}"


def hidden_activations(params: dict[str, Any], n_hidden: int) -> list[Activation]:
    """The activation of each hidden layer."""
    given = params["activation"]
    specs = _one_for_each("activation", given, (str, Activation), n_hidden)
    return [get(Activation, "activation", spec) for spec in specs]


def dropout_rates(params: dict[str, Any], n_hidden: int) -> list[float]:
    """The dropout rate of each hidden layer; empty if there is no dropout."""
    rates = _one_for_each("dropout", params["dropout"], Real, n_hidden)
    for rate in rates:
        if not isinstance(rate, Real) or not 0 <= as_float("dropout", rate) < 1:
            raise ValueError(
                f"dropout must be rates in [0, 1), got {params['dropout']!r}. 0 keeps every unit."
            )
    return [float(rate) for rate in rates] if any(rates) else []


def loss_and_output(params: dict[str, Any], multiclass: bool) -> tuple[Loss, Activation]:
    """The loss, and the activation of the output layer; "auto" asks the loss."""
    loss, spec = get(Loss, "loss", params["loss"]), params["output_activation"]
    if isinstance(spec, str) and spec == "auto":
        spec = loss.canonical_output(multiclass)
    return loss, get(Activation, "output_activation", spec)


def _listed(name: str, given: Any) -> list[Any]:
    """The items of a sequence, which has an order."""
    is_scalar = isinstance(given, np.ndarray) and given.ndim == 0
    if is_scalar or not isinstance(given, (Sequence, np.ndarray)):
        raise ValueError(f"{name} must be one value or a sequence, got {given!r}.")
    return list(given)


def _one_for_each(name: str, given: Any, scalar: Any, n_hidden: int) -> list[Any]:
    """A value for each hidden layer."""
    if isinstance(given, scalar):
        return [given] * n_hidden
    values = _listed(name, given)
    if len(values) != n_hidden:
        raise ValueError(
            f"{name} must be one value, or one for each of the {n_hidden} hidden layers; "
            f"got {len(values)}: {given!r}."
        )
    return values


def get(family: Any, name: str, spec: Any) -> Any:
    """The component of a family that the parameter ``name`` asks for.

    A text is a name, or a formula such as ``"2 * squared_error"``. Of an object it is a copy:
    `set_params` changes the object, but not what was fitted with it.
    """
    try:
        if not isinstance(spec, family):
            return _read(family, spec) if _is_formula(family, spec) else family.find(spec)()
        component = copy.copy(spec)
        _check_size(component.get_params())
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    return component


def _is_formula(family: type[Component], spec: Any) -> bool:
    """Whether a text is more than a name."""
    return (
        family in READ_AS_FORMULAS
        and isinstance(spec, str)
        and not OF_FORMULAS.isdisjoint(spec)
        and spec not in family.names()
    )


def _read(family: type[Component], text: str) -> Component:
    """The component that a formula describes."""
    from .components import component  # which imports the parser of formulas; few need it

    return component(family, text)


def _check_size(params: dict[str, Any]) -> None:
    """Raise ValueError if an int is too large for a float."""
    for name, value in params.items():
        if isinstance(value, int):
            as_float(name, value)
