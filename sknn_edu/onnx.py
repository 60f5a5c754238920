"""Importing this module teaches skl2onnx to convert the estimators to ONNX.

Afterwards ``skl2onnx.to_onnx`` and ``convert_sklearn`` take them alone, in a pipeline, or
anywhere else where skl2onnx takes scikit-learn's. They compute in float64 if the model's
input is declared so, else in float32. The outputs are those that skl2onnx gives to all its
models, and classifiers have its usual options:

========================  ==============================================================
``zipmap``                True (the default): probabilities as a list of dicts; False: an
                          array; ``"columns"``: an output for each class
``nocl``                  class numbers instead of the labels
``output_class_labels``   the labels as one more output
``raw_scores``            `logits` instead of probabilities
========================  ==============================================================

A classifier without `predict_proba`, such as one with a hinge loss, gives the
`decision_function` in the place of probabilities. For two classes that is
``[-score, score]``, one number for each class, as in skl2onnx's linear models.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .optional import optional_import

optional_import("skl2onnx", needed_by="sknn_edu.onnx", extra="onnx")

from skl2onnx import update_registered_converter  # noqa: E402
from skl2onnx.common.data_types import (  # noqa: E402
    BooleanTensorType,
    DoubleTensorType,
    FloatTensorType,
    Int64TensorType,
    StringTensorType,
)
from skl2onnx.common.utils import (  # noqa: E402
    check_input_and_output_numbers,
    check_input_and_output_types,
)
from skl2onnx.common.utils_classifier import get_label_classes  # noqa: E402

from .estimators.classifier import BackpropClassifier  # noqa: E402
from .estimators.regressor import BackpropRegressor  # noqa: E402
from .estimators.transformer import HiddenLayerTransformer  # noqa: E402
from .export.onnx_graph import Graph  # noqa: E402

__all__: list[str] = []

NUMERIC_INPUT = [BooleanTensorType, DoubleTensorType, FloatTensorType, Int64TensorType]


# -- shapes --------------------------------------------------------------------------------


def _check_ends(operator: Any, n_outputs: int) -> Any:
    """A fitted estimator, one numeric input, so many outputs; returns the number of rows."""
    check_is_fitted(operator.raw_operator)
    check_input_and_output_numbers(operator, input_count_range=1, output_count_range=n_outputs)
    check_input_and_output_types(operator, good_input_types=NUMERIC_INPUT)
    return operator.inputs[0].get_first_dimension()


def _regressor_shapes(operator: Any) -> None:
    """Predictions, shape (n, n_outputs), also for a single output."""
    n = _check_ends(operator, 1)
    _set_real_output(operator, [n, operator.raw_operator.n_outputs_])


def _transformer_shapes(operator: Any) -> None:
    """A of the hidden layer, shape (n, n_units)."""
    n = _check_ends(operator, 1)
    _set_real_output(operator, [n, len(operator.raw_operator.get_feature_names_out())])


def _set_real_output(operator: Any, shape: list[Any]) -> None:
    """The output is an array of real numbers, in the precision of the input."""
    double = isinstance(operator.inputs[0].type, DoubleTensorType)
    operator.outputs[0].set_type((DoubleTensorType if double else FloatTensorType)(shape))


def _classifier_shapes(operator: Any) -> None:
    """Labels, shape (n,) or (n, n_labels), and probabilities, shape (n, n_classes)."""
    n, classifier = _check_ends(operator, 2), operator.raw_operator
    labels = get_label_classes(operator.scope_inst, classifier)
    shape = [n, len(labels)] if classifier._is_multilabel() else [n]
    kind = Int64TensorType if _are_numbers(labels) else StringTensorType
    operator.outputs[0].set_type(kind(shape))
    operator.outputs[1].type.shape = [n, len(labels)]


def _are_numbers(labels: np.ndarray) -> bool:
    return labels.dtype.kind in "iufb"


# -- graphs --------------------------------------------------------------------------------


def _convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    graph = Graph(scope, operator, container)
    _, A = _output_layer(graph, operator.raw_operator)
    graph.node("Identity", A, out=operator.outputs[0].full_name)


def _convert_transformer(scope: Any, operator: Any, container: Any) -> None:
    graph = Graph(scope, operator, container)
    transformer = operator.raw_operator
    network = getattr(transformer.estimator_, "estimator", transformer.estimator_)  # if frozen
    _, A = _output_layer(graph, network, transformer.layer_)
    graph.node("Identity", A, out=operator.outputs[0].full_name)


def _convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    graph = Graph(scope, operator, container)
    classifier = operator.raw_operator
    label, probabilities = (output.full_name for output in operator.outputs)
    Z, A = _output_layer(graph, classifier)
    _add_label(graph, classifier, get_label_classes(scope, classifier), A, out=label)
    raw = scope.get_options(classifier, {"raw_scores": False})["raw_scores"]
    if raw or not hasattr(classifier, "predict_proba"):
        result = _scores(graph, classifier, Z, A)
    else:
        result = _probabilities(graph, classifier, A)
    graph.node("Identity", result, out=probabilities)


def _output_layer(graph: Graph, estimator: Any, n_layers: int | None = None) -> tuple[str, str]:
    """Z and A of the output layer, or of the last one of the first ``n_layers``."""
    return graph.layers(estimator._forward_network(n_layers))


def _add_label(graph: Graph, classifier: Any, labels: np.ndarray, A: str, out: str) -> None:
    """What `predict` gives."""
    if classifier._is_multilabel():
        graph.integer(_decided(graph, classifier, A), out=out)
        return
    known = graph.integers(labels) if _are_numbers(labels) else graph.strings(labels)
    if len(labels) == 2 and classifier.n_outputs_ == 1:
        column = graph.integer(_decided(graph, classifier, A))
        number = graph.node("Reshape", column, graph.integers([-1]))
    else:
        number = graph.node("ArgMax", A, axis=1, keepdims=0)
    graph.node("Gather", known, number, out=out)


def _decided(graph: Graph, classifier: Any, A: str) -> str:
    """Whether each output says yes."""
    return graph.node("Greater", A, graph.numbers(classifier._threshold()))


def _probabilities(graph: Graph, classifier: Any, A: str) -> str:
    """What `predict_proba` gives, by the same steps."""
    if len(classifier.classes_) == 1:
        return graph.node("Pow", A, graph.numbers(0))
    if classifier._has_one_unit:
        return graph.node("Concat", graph.node("Sub", graph.numbers(1), A), A, axis=1)
    if classifier._output_activation.sums_to_one or classifier._is_multilabel():
        return A
    largest = graph.reduced("ReduceMax", A, 1, True)
    largest = graph.node("Min", largest, graph.numbers(np.finfo(graph.dtype).max))
    positive = graph.node("Greater", largest, graph.numbers(0))
    one = graph.numbers(1)
    P = graph.node("Where", positive, graph.node("Div", A, largest), one)
    P = graph.node("Min", P, one)
    return graph.node("Div", P, graph.reduced("ReduceSum", P, 1, True))


def _scores(graph: Graph, classifier: Any, Z: str, A: str) -> str:
    """Logits, or what `decision_function` gives; [-s, s] for two classes."""
    scores = Z
    if not hasattr(classifier, "predict_proba"):
        one_decides = classifier._is_multilabel() or classifier.n_outputs_ == 1
        threshold = classifier._threshold() if one_decides else 0.0
        scores = graph.node("Sub", A, graph.numbers(threshold))
    if classifier._is_multilabel() or len(classifier.classes_) != 2:
        return scores
    if classifier.n_outputs_ == 2:
        scores = graph.node("MatMul", scores, graph.numbers([[-1], [1]]))
    return graph.node("Concat", graph.node("Neg", scores), scores, axis=1)


# -- registration --------------------------------------------------------------------------

update_registered_converter(
    BackpropClassifier,
    "SknnEduBackpropClassifier",
    _classifier_shapes,
    _convert_classifier,
    options={
        "zipmap": [True, False, "columns"],
        "nocl": [True, False],
        "output_class_labels": [False, True],
        "raw_scores": [True, False],
    },
)
update_registered_converter(
    BackpropRegressor, "SknnEduBackpropRegressor", _regressor_shapes, _convert_regressor
)
update_registered_converter(
    HiddenLayerTransformer,
    "SknnEduHiddenLayerTransformer",
    _transformer_shapes,
    _convert_transformer,
)
