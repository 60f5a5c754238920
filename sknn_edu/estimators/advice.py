"""What a user probably meant by a parameter that is not accepted: its value, or its name."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeVar

from sklearn.utils._param_validation import StrOptions

from ..component import Component
from ..suggestions import closest

Init = TypeVar("Init", bound=Callable[..., None])
Method = TypeVar("Method", bound=Callable[..., Any])

LONG = 200  # characters; nobody means a longer text as a number

# Parameters of other libraries, of older versions of scikit-learn and of courses.
NAMES = {
    **dict.fromkeys(("lr", "eta", "eta0", "step_size", "alpha_init"), "learning_rate_init"),
    **dict.fromkeys(
        ("epochs", "n_epochs", "num_epochs", "max_epochs", "nb_epoch", "n_iter", "iterations"),
        "max_iter",
    ),
    **dict.fromkeys(("optimizer", "optim", "algorithm"), "solver"),
    **dict.fromkeys(
        ("hidden_layers", "hidden_units", "n_hidden", "hidden_sizes", "layers", "units"),
        "hidden_layer_sizes",
    ),
    **dict.fromkeys(("n_layers", "num_layers", "depth"), "n_hidden_layers"),
    **dict.fromkeys(("loss_function", "loss_fn", "criterion", "objective", "cost"), "loss"),
    **dict.fromkeys(("l2", "weight_decay", "lambda_", "reg_lambda", "penalty"), "alpha"),
    **dict.fromkeys(("seed", "random_seed"), "random_state"),
    "patience": "n_iter_no_change",
    **dict.fromkeys(("bias", "use_bias", "intercept"), "fit_intercept"),
    **dict.fromkeys(("dropout_rate", "drop_rate"), "dropout"),
    **dict.fromkeys(("initializer", "kernel_initializer", "init", "weights"), "weight_init"),
    **dict.fromkeys(("max_norm", "clipnorm", "gradient_clipping", "max_grad_norm"), "clip_norm"),
    **dict.fromkeys(("metric", "metrics"), "scoring"),
    **dict.fromkeys(("out_activation", "activation_out", "last_activation"), "output_activation"),
    **dict.fromkeys(("activation_function", "transfer_function", "nonlinearity"), "activation"),
    "validation_split": "validation_fraction",
    **dict.fromkeys(("schedule", "scheduler", "lr_scheduler"), "learning_rate"),
    "eps": "epsilon",
    "backend": "engine",
    **dict.fromkeys(("n_estimators", "n_ens", "n_models", "ensemble_size"), "n_members"),
    **dict.fromkeys(("n_threads", "num_threads", "n_workers", "nthread"), "n_jobs"),
    **dict.fromkeys(("smoothing", "ls_eps"), "label_smoothing"),
    **dict.fromkeys(("val_fraction", "val_size"), "validation_fraction"),
}

CATEGORIES = (
    "TabularClassifier and TabularRegressor take a column as categories if its dtype says so: "
    "X.astype({'shop': 'category'})."
)
# What there is no parameter for, and no need.
INSTEAD = {
    **dict.fromkeys(("categorical_features", "categorical_feature", "cat_features"), CATEGORIES),
    **dict.fromkeys(("categorical_features_indices", "cat_col_names", "cat_idxs"), CATEGORIES),
    **dict.fromkeys(("device", "gpu", "cuda", "use_gpu"), "All runs on the CPU."),
}
VALIDATION = (
    *("X_val", "y_val", "X_valid", "y_valid", "X_test", "y_test"),
    *("eval_set", "validation_data", "val_data", "eval_data"),
)

SCORES = {
    **{"acc": "accuracy", "f1_score": "f1", "r2_score": "r2", "rsquared": "r2", "val_loss": "loss"},
    **dict.fromkeys(("auc", "auroc", "roc"), "roc_auc"),
    **dict.fromkeys(("logloss", "log_loss", "cross_entropy", "nll"), "neg_log_loss"),
    **dict.fromkeys(("mse", "mean_squared_error"), "neg_mean_squared_error"),
    **dict.fromkeys(("rmse", "root_mean_squared_error"), "neg_root_mean_squared_error"),
    **dict.fromkeys(("mae", "mean_absolute_error"), "neg_mean_absolute_error"),
    "mape": "neg_mean_absolute_percentage_error",
}

VALUES = {
    "learning_rate": "The length of a step is learning_rate_init; learning_rate is its schedule.",
    "random_state": "Pass an int, or numpy.random.RandomState(0).",
}


def on_value(name: str, value: Any, constraints: list[Any], accepts: Callable[[Any], bool]) -> str:
    """A sentence about a value that is not accepted, with a blank in front; perhaps "".

    ``accepts`` says whether another value would be.
    """
    if isinstance(value, type) and issubclass(value, Component):
        return f" {value.__name__} is a class: write {value.__name__}(), with parentheses."
    for meant in _readings(value, constraints):
        if accepts(meant):
            return f" Did you mean {name}={meant!r}?"
    return f" {VALUES[name]}" if name in VALUES else ""


def _readings(value: Any, constraints: list[Any]) -> Iterator[Any]:
    """What else a value might stand for."""
    names = {name for each in constraints if isinstance(each, StrOptions) for name in each.options}
    if value is None and "auto" in names:
        yield "auto"
    elif isinstance(value, float) and value.is_integer():
        yield int(value)
    elif isinstance(value, str) and len(value) < LONG:
        for options in (each.options for each in constraints if isinstance(each, StrOptions)):
            scores = {other: here for other, here in SCORES.items() if here in options}
            yield closest(value, scores | {option: option for option in options})
        with suppress(ValueError, SyntaxError):  # it is no number, tuple, True or False
            yield ast.literal_eval(value.strip().capitalize() if value.islower() else value)


def on_name(name: str, known: list[str]) -> str:
    """What a parameter that there is not is called here: a sentence, with a blank in front."""
    if name in INSTEAD:
        return f" {INSTEAD[name]}"
    here = {other: here for other, here in NAMES.items() if here in known}
    meant = closest(name, here | {own: own for own in known})
    return f" Did you mean {meant!r}?" if meant else ""


def names_explained(init: Init) -> Init:
    """A constructor whose error about an unknown keyword says what was probably meant."""

    @functools.wraps(init)
    def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            init(self, *args, **kwargs)
        except TypeError as error:
            known = self._get_param_names()
            unknown = [name for name in kwargs if name not in known]
            if not unknown:
                raise
            hint = on_name(unknown[0], known)
            raise TypeError(
                f"{type(self).__name__} has no parameter {unknown[0]!r}.{hint} Use any of "
                f"{', '.join(known)}."
            ) from error

    return checked  # type: ignore[return-value]


def arguments_explained(method: Method) -> Method:
    """A method whose error about an unknown argument says where what was meant goes."""
    arguments = list(inspect.signature(method).parameters)[1:]

    @functools.wraps(method)
    def checked(self: Any, *args: Any, **kwargs: Any) -> Any:
        unknown = [name for name in kwargs if name not in arguments]
        if unknown:
            called = f"{type(self).__name__}.{method.__name__}"
            raise TypeError(
                f"{called} has no argument {unknown[0]!r}."
                f"{_on_argument(unknown[0], arguments, type(self))} Its arguments are "
                f"{', '.join(arguments)}."
            )
        return method(self, *args, **kwargs)

    return checked  # type: ignore[return-value]


def _on_argument(name: str, arguments: list[str], cls: Any) -> str:
    """A sentence about an argument that there is not, with a blank in front; perhaps ""."""
    if name in VALIDATION:
        if "X_val" in arguments:
            return " Validation data are X_val and y_val."
        return " Rows are held out from X: see early_stopping and validation_fraction."
    parameter = NAMES.get(name, name)
    if parameter in cls._get_param_names():
        return f" It is a parameter: {cls.__name__}({parameter}=...)."
    if name in INSTEAD:
        return f" {INSTEAD[name]}"
    meant = closest(name, {own: own for own in arguments})
    return f" Did you mean {meant!r}?" if meant else ""
