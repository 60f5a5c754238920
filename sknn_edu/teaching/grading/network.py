"""The table [network]: an estimator, with every parameter that can be written in TOML."""

from __future__ import annotations

from typing import Any

from ...activations import Activation
from ...estimators import parameters
from ...estimators.advice import on_name
from ...estimators.classifier import BackpropClassifier
from ...estimators.components import component
from ...estimators.regressor import BackpropRegressor
from ...initializers import Initializer
from ...losses import Loss
from ...optimizers import Optimizer
from .table import Table, short

EXAMPLE = """[network]
    type = "classifier"
    hidden_layer_sizes = [3]
    activation = "tanh"
    alpha = 0"""
Estimators = type[BackpropClassifier] | type[BackpropRegressor]
TYPES: dict[str, Estimators] = {"classifier": BackpropClassifier, "regressor": BackpropRegressor}
MAX_LAYERS = 10

FAMILIES: dict[str, Any] = dict.fromkeys(("activation", "output_activation"), Activation)
FAMILIES |= {"loss": Loss, "weight_init": Initializer, "solver": Optimizer}


def build_network(table: Table) -> BackpropClassifier | BackpropRegressor:
    """The estimator that the table describes, not yet initialised."""
    table.require("type", 'type = "classifier" or type = "regressor".')
    cls = TYPES[table.one_of("type", TYPES)]
    known = ["type", *cls().get_params(deep=False)]
    for key in table:
        if key not in known and (hint := on_name(key, known)):
            table.refuse(f"there is no such key here.{hint}", short(key))
    table.check_keys(known)
    settings = {key: _setting(table, key, cls) for key in table if key != "type"}
    settings.setdefault("solver", "gd")  # an exercise that names no solver means plain descent
    est = cls(**settings)
    try:
        params = est.get_params(deep=False)
        n_hidden = len(parameters.hidden_sizes(params))
        parameters.hidden_activations(params, n_hidden)
        parameters.dropout_rates(params, n_hidden)
    except ValueError as error:
        table.refuse(error)
    return est


def name_labels(table: Table, est: Any, labels: Any) -> None:
    """Give class_weight its labels: the keys of a TOML table are text, labels may be numbers."""
    weights = getattr(est, "class_weight", None)
    if not isinstance(weights, dict):
        return
    by_name = {str(label): label for label in labels.tolist()}
    if unknown := [key for key in weights if key not in by_name]:
        known = ", ".join(by_name)
        table.refuse(f"there is no class {unknown[0]!r}. There are {known}.", "class_weight")
    est.class_weight = {by_name[key]: weight for key, weight in weights.items()}


def _setting(table: Table, key: str, cls: Estimators) -> Any:
    """One parameter, checked."""
    _check_plain(table, key)
    value: Any = table[key]
    if key == "activation" and isinstance(value, list):
        value = [_component(table, key, text) for text in value]
    elif key in FAMILIES:
        value = _component(table, key, value)
    try:
        parameters.validate(cls, {key: value})
    except ValueError as error:
        table.refuse(error, key)
    return value


def _check_plain(table: Table, key: str) -> None:
    """Refuse what no parameter can be, and too many layers."""
    value = table[key]
    items = value if isinstance(value, list) else [value]
    if key == "class_weight" and isinstance(value, dict):
        items = list(value.values())
    if any(not isinstance(item, str | int | float) for item in items):
        wanted = "text, a number, true or false, or an array of those"
        table.refuse(f"it must be {wanted}; got {short(value)}.", key)
    n_layers = value if key == "n_hidden_layers" and isinstance(value, int | float) else 0
    if max(len(items), n_layers) > MAX_LAYERS:
        table.refuse(f"at most {MAX_LAYERS} hidden layers can be marked.", key)


def _component(table: Table, key: str, text: Any) -> Any:
    """What a text names; a solver stays a name, as does "auto"."""
    if not isinstance(text, str):
        instead = " Numbers for the weights stand in [weights]." if key == "weight_init" else ""
        table.refuse(f"it must be a name in quotes, got {short(text)}.{instead}", key)
    if key == "solver":
        return table.one_of(key, Optimizer.names())
    if key == "output_activation" and text == "auto":
        return text
    try:
        return component(FAMILIES[key], text)
    except ValueError as error:
        table.refuse(error, key)
