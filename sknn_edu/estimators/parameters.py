"""From the estimators' parameters to the objects of the engine, with errors that teach."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
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
from ..engine.parameters import Parameters
from ..exceptions import BatchSizeWarning, warn
from ..initializers import Initializer
from ..losses import Loss
from ..optimizers import Optimizer

_positive_int = Interval(Integral, 1, None, closed="left")
_fraction = Interval(Real, 0, 1, closed="left")

# Names of components are looked up when they are needed, so that a class of the user's own
# can be asked for by its name too; the look-up says which names there are.
CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", _positive_int],
    "activation": [str, Activation, "array-like"],
    "solver": [str, Optimizer],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), _positive_int],
    "learning_rate": [StrOptions({"constant", "invscaling", "adaptive"})],
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
    "scoring": [StrOptions({"loss", *get_scorer_names()}), callable, None],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [Interval(Real, 0, None, closed="left")],
    "verbose": ["verbose"],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [_fraction],
    "beta_1": [_fraction],
    "beta_2": [_fraction],
    "epsilon": [Interval(Real, 0, None, closed="neither")],
    "n_iter_no_change": [_positive_int, Options(Real, {np.inf})],
    "max_fun": [_positive_int],
    "engine": [StrOptions({"auto", "numpy", "native"})],
}


def validate(estimator_class: type[BaseEstimator], params: dict[str, Any]) -> None:
    """Check parameters against the constraints; defaults were checked once for the class.

    Raises
    ------
    ValueError
        sklearn's InvalidParameterError, for the first parameter that is not as it should be.
    """
    sound = _sound_defaults(estimator_class)  # type: ignore[arg-type]
    changed = {n: value for n, value in params.items() if n not in sound or value is not sound[n]}
    constraints = estimator_class._parameter_constraints
    validate_parameter_constraints(constraints, changed, estimator_class.__name__)


@cache
def _sound_defaults(estimator_class: type[BaseEstimator]) -> dict[str, Any]:
    """The defaults that satisfy their constraints; those of a user's subclass may not."""
    sound = {}
    for name, parameter in inspect.signature(estimator_class).parameters.items():
        default = {name: parameter.default}
        try:
            validate_parameter_constraints(
                estimator_class._parameter_constraints, default, estimator_class.__name__
            )
        except InvalidParameterError:
            continue
        sound.update(default)
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
            raise ValueError(f"hidden_layer_sizes must be an int or integers, got {given!r}.")
        if size <= 0:
            raise ValueError(f"hidden_layer_sizes must be > 0, got {given!r}.")
    return [int(size) for size in sizes]


def room_for(params: dict[str, Any], sizes: Sequence[int], dtype: np.dtype) -> Parameters:
    """Parameters for layers of these sizes, if there is memory for them."""
    try:
        return Parameters(sizes, dtype)
    except (MemoryError, OverflowError, ValueError):
        n = sum((n_in + 1) * n_out for n_in, n_out in pairwise(sizes))
        raise ValueError(
            f"hidden_layer_sizes={params['hidden_layer_sizes']!r} with n_hidden_layers="
            f"{params['n_hidden_layers']!r} and {sizes[0]} features makes a network of {n} weights "
            "and biases, for which there is no memory. Use smaller layers."
        ) from None


def hidden_activations(params: dict[str, Any], n_hidden: int) -> list[Activation]:
    """The activation of each hidden layer."""
    given = params["activation"]
    specs = _one_for_each("activation", given, (str, Activation), n_hidden)
    return [get(Activation, "activation", spec) for spec in specs]


def dropout_rates(params: dict[str, Any], n_hidden: int) -> list[float]:
    """The dropout rate of each hidden layer; empty if there is no dropout."""
    rates = _one_for_each("dropout", params["dropout"], Real, n_hidden)
    for rate in rates:
        if not isinstance(rate, Real) or not 0 <= float(rate) < 1:
            raise ValueError(
                f"dropout must be rates in [0, 1), got {params['dropout']!r}. 0 keeps every unit."
            )
    return [float(rate) for rate in rates] if any(rates) else []


def output_activation(params: dict[str, Any], multiclass: bool) -> Activation:
    """The activation of the output layer; "auto" asks the loss."""
    spec = params["output_activation"]
    if isinstance(spec, str) and spec == "auto":
        spec = get(Loss, "loss", params["loss"]).canonical_output(multiclass)
    return get(Activation, "output_activation", spec)


def optimizer(params: dict[str, Any]) -> Optimizer:
    """A fresh optimizer: by name with the estimator's settings, or a copy of an object."""
    spec = params["solver"]
    if isinstance(spec, Optimizer):
        return type(spec)(**spec.settings())
    cls = type(get(Optimizer, "solver", spec))
    known = {**params, "schedule": params["learning_rate"]}
    return cls(**{name: known[name] for name in cls.setting_names if name in known})


def batch_size(params: dict[str, Any], n: int, optimizer: Optimizer) -> int:
    """Rows in a batch, of n rows in all."""
    given = params["batch_size"]
    if optimizer.full_batch:
        return n
    if given == "auto":
        return min(200, n)
    if given > n:
        warn(
            f"Got `batch_size`={given}, larger than the {n} training samples. "
            "It is going to be clipped.",
            BatchSizeWarning,
        )
    return min(int(given), n)


def initial_weights(
    params: dict[str, Any], sizes: Sequence[int], random_state: np.random.RandomState
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """W and b of each layer, drawn or taken from the user."""
    given = params["weight_init"]
    if not isinstance(given, (str, Initializer)):
        W, b = _given_weights(given, sizes)
        if not params["fit_intercept"] and any(v.any() for v in b):
            raise ValueError(
                "weight_init has intercepts that are not zero, but fit_intercept=False builds a "
                "network without any. Use zeros, or fit_intercept=True."
            )
        return W, b
    initializer = get(Initializer, "weight_init", given)
    hidden: list[Activation | None] = [*hidden_activations(params, len(sizes) - 2)]
    hidden.append(hidden[-1] if hidden else _activation_if_one(params))
    layers = [
        initializer.draw_layer(n_in, n_out, f, random_state)
        for (n_in, n_out), f in zip(pairwise(sizes), hidden, strict=True)
    ]
    W, b = [W for W, _ in layers], [b for _, b in layers]
    return W, b if params["fit_intercept"] else [np.zeros_like(v) for v in b]


def _given_weights(given: Any, sizes: Sequence[int]) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Check explicit ``(coefs, intercepts)``."""
    how = "weight_init must be a name, an Initializer, or a pair (coefs, intercepts) of lists"
    if not isinstance(given, (list, tuple)) or len(given) != 2:
        raise ValueError(f"{how} with an array for each layer; got {given!r}.")
    return (
        check_layers(f"{how}; coefs", given[0], list(pairwise(sizes))),
        check_layers(f"{how}; intercepts", given[1], [(n,) for n in sizes[1:]]),
    )


def check_layers(
    name: str, arrays: Sequence[Any], shapes: Sequence[tuple[int, ...]], finite: bool = True
) -> list[np.ndarray]:
    """The arrays of all layers as (finite) numbers of the right shapes."""
    if not isinstance(arrays, (list, tuple)):
        raise ValueError(f"{name}: expected a list of arrays, got {arrays!r}.")
    if len(arrays) != len(shapes):
        raise ValueError(
            f"{name}: expected {len(shapes)} arrays (one for each layer), got {len(arrays)}."
        )
    checked = []
    for l, (given, shape) in enumerate(zip(arrays, shapes, strict=True)):
        try:
            array = np.asarray(given)
        except ValueError:  # rows of different lengths
            raise ValueError(f"{name}[{l}] must have shape {shape}, got {given!r}.") from None
        if array.shape != shape:
            raise ValueError(f"{name}[{l}] must have shape {shape}, got {array.shape}.")
        if array.dtype.kind not in "fiub" or (finite and not np.isfinite(array).all()):
            raise ValueError(f"{name}[{l}] must hold finite real numbers.")
        checked.append(array)
    return checked


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


def _activation_if_one(params: dict[str, Any]) -> Activation | None:
    """The hidden activation of a network that has no hidden layer."""
    given = params["activation"]
    return Activation.get(given) if isinstance(given, (str, Activation)) else None


def get(family: Any, name: str, spec: Any) -> Any:
    """The component of a family that the parameter ``name`` asks for."""
    try:
        return family.get(spec)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
