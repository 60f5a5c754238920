"""How skl2onnx is to convert the estimators: the shapes of their outputs, and their graphs.

`sknn_edu.onnx` registers these functions.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from skl2onnx.common import data_types as types
from skl2onnx.common.utils import check_input_and_output_numbers, check_input_and_output_types
from skl2onnx.common.utils_classifier import get_label_classes
from sklearn.utils.validation import check_is_fitted

from ..engine.network import Network
from ..estimators.inspection import network_of, targets_of
from ..estimators.targets import ClassTargets
from .onnx_graph import Graph

REAL_INPUT = [types.DoubleTensorType, types.FloatTensorType]
NUMERIC_INPUT = [types.BooleanTensorType, types.Int64TensorType, *REAL_INPUT]


# -- shapes --------------------------------------------------------------------------------


def check_ends(operator: Any, n_outputs: int) -> Any:
    """A fitted estimator, one numeric input, so many outputs; returns the number of rows."""
    check_is_fitted(operator.raw_operator)
    check_input_and_output_numbers(operator, input_count_range=1, output_count_range=n_outputs)
    check_input_and_output_types(operator, good_input_types=NUMERIC_INPUT)
    return operator.inputs[0].get_first_dimension()


def regressor_shapes(operator: Any) -> None:
    """Predictions, shape (n, n_outputs), also for a single output."""
    n = check_ends(operator, 1)
    set_real_output(operator, [n, operator.raw_operator.n_outputs_])


def transformer_shapes(operator: Any) -> None:
    """A of the hidden layer, shape (n, n_units)."""
    n = check_ends(operator, 1)
    set_real_output(operator, [n, len(operator.raw_operator.get_feature_names_out())])


def set_real_output(operator: Any, shape: list[Any]) -> None:
    """The output is an array of real numbers, in the precision of the input."""
    double = isinstance(operator.inputs[0].type, types.DoubleTensorType)
    operator.outputs[0].set_type(
        (types.DoubleTensorType if double else types.FloatTensorType)(shape)
    )


def classifier_shapes(operator: Any) -> None:
    """Labels, shape (n,) or (n, n_labels), and probabilities, shape (n, n_classes)."""
    n, classifier = check_ends(operator, 2), operator.raw_operator
    labels = get_label_classes(operator.scope_inst, classifier)
    shape = [n, len(labels)] if _targets(classifier).is_multilabel else [n]
    kind = types.Int64TensorType if are_numbers(labels) else types.StringTensorType
    operator.outputs[0].set_type(kind(shape))
    operator.outputs[1].type.shape = [n, len(labels)]


def _targets(classifier: Any) -> ClassTargets:
    """How the classes are coded."""
    return cast(ClassTargets, targets_of(classifier))


def are_numbers(labels: np.ndarray) -> bool:
    """Whether labels are numbers, not text."""
    return labels.dtype.kind in "iufb"


# -- graphs --------------------------------------------------------------------------------


def convert_regressor(scope: Any, operator: Any, container: Any) -> None:
    """What `predict` gives."""
    graph = Graph(scope, operator, container)
    _, A = graph.layers(network_of(operator.raw_operator))
    graph.node("Identity", A, out=operator.outputs[0].full_name)


def convert_transformer(scope: Any, operator: Any, container: Any) -> None:
    """What `transform` gives."""
    graph = Graph(scope, operator, container)
    transformer = operator.raw_operator
    est = getattr(transformer.estimator_, "estimator", transformer.estimator_)  # if frozen
    _, A = graph.layers(network_of(est, transformer.layer_))
    graph.node("Identity", A, out=operator.outputs[0].full_name)


def convert_classifier(scope: Any, operator: Any, container: Any) -> None:
    """What `predict` gives, and `predict_proba`, or scores in its place."""
    graph = Graph(scope, operator, container)
    classifier = operator.raw_operator
    network, targets = network_of(classifier), _targets(classifier)
    label, scores = (output.full_name for output in operator.outputs)
    Z, A = graph.layers(network)
    _add_label(graph, targets, get_label_classes(scope, classifier), A, out=label)
    if scope.get_options(classifier, {"logits": False})["logits"]:
        result = by_class(graph, targets, Z)
    elif hasattr(classifier, "predict_proba"):
        result = probabilities(graph, targets, network, A)
    else:
        result = by_class(graph, targets, decision(graph, targets, A))
    graph.node("Identity", result, out=scores)


def _add_label(graph: Graph, targets: ClassTargets, labels: np.ndarray, A: str, out: str) -> None:
    """What `predict` gives."""
    if targets.is_multilabel:
        graph.integer(_decided(graph, targets, A), out=out)
        return
    known = graph.integers(labels) if are_numbers(labels) else graph.strings(labels)
    if targets.has_one_unit and len(labels) == 2:
        column = graph.integer(_decided(graph, targets, A))
        number = graph.node("Reshape", column, graph.integers([-1]))
    else:
        number = graph.node("ArgMax", A, axis=1, keepdims=0)
    graph.node("Gather", known, number, out=out)


def _decided(graph: Graph, targets: ClassTargets, A: str) -> str:
    """Whether each output says yes."""
    return graph.node("Greater", A, graph.numbers(targets.threshold))


def probabilities(graph: Graph, targets: ClassTargets, network: Network, A: str) -> str:
    """What `predict_proba` gives, by the same steps."""
    if len(targets.classes) == 1:
        return graph.node("Pow", A, graph.numbers(0))
    if targets.has_one_unit:
        return graph.node("Concat", graph.node("Sub", graph.numbers(1), A), A, axis=1)
    if network.architecture.output.sums_to_one or targets.is_multilabel:
        return A
    largest = graph.reduced("ReduceMax", A, 1, True)
    largest = graph.node("Min", largest, graph.numbers(np.finfo(graph.dtype).max))
    positive = graph.node("Greater", largest, graph.numbers(0))
    one = graph.numbers(1)
    P = graph.node("Where", positive, graph.node("Div", A, largest), one)
    P = graph.node("Min", P, one)
    return graph.node("Div", P, graph.reduced("ReduceSum", P, 1, True))


def decision(graph: Graph, targets: ClassTargets, A: str) -> str:
    """What `decision_function` gives: how far each output is from the threshold."""
    decides_alone = targets.is_multilabel or targets.has_one_unit
    return graph.node("Sub", A, graph.numbers(targets.threshold if decides_alone else 0.0))


def by_class(graph: Graph, targets: ClassTargets, scores: str) -> str:
    """The scores, a column for each class: [-s, s] for two."""
    if targets.is_multilabel or len(targets.classes) != 2:
        return scores
    if targets.n_outputs == 2:
        scores = graph.node("MatMul", scores, graph.numbers([[-1], [1]]))
    return graph.node("Concat", graph.node("Neg", scores), scores, axis=1)
