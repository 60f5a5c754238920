"""The column encoder of a table as an ONNX graph."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from skl2onnx.common import data_types as types
from sklearn.pipeline import Pipeline

from ..tabular.reading import MISSING
from ..tabular.robust_smooth_clip import RobustSmoothClip
from .onnx_graph import Graph

INTEGERS = (types.Int64TensorType, types.Int32TensorType)
REALS = (types.FloatTensorType, types.DoubleTensorType)
TRUTH = {"False": 0, "True": 1}
UNKNOWN = "\0unknown"  # no category of a table


class Column(NamedTuple):
    """A column among the inputs: its name, the value of shape (n, 1), and its type."""

    name: str
    value: str
    type: Any


def encoded(graph: Graph, operator: Any) -> str:
    """What the step ``columns`` of an estimator for tables makes of the inputs."""
    encoder = operator.raw_operator.pipeline_["columns"]
    columns = _columns(graph, operator)
    parts = []
    for name, pipeline, numbers in encoder.transformers_:
        chosen = [columns[j] for j in numbers]
        if name == "dates":
            raise NotImplementedError(
                f"Column {chosen[0].name!r} holds dates, which are not converted to ONNX: make "
                "numbers of it before fit, such as days since some date."
            )
        if name == "numbers":
            parts.append(_numbers(graph, pipeline, chosen))
        elif name != "remainder":
            parts += [_category(graph, pipeline, j, column) for j, column in enumerate(chosen)]
    return _side_by_side(graph, parts)


def smooth_clip(graph: Graph, transformer: RobustSmoothClip, X: str) -> str:
    """What `RobustSmoothClip.transform` gives."""
    center, scale = transformer.center_, transformer.scale_
    largest = np.finfo(graph.dtype).max
    Z = graph.node("Sub", X, graph.numbers(center.reshape(1, -1)))
    Z = graph.node("Div", Z, graph.numbers(scale.reshape(1, -1)))
    if transformer.limit is None:
        return Z
    # With t = z / limit and m = max(1, |t|) no square is infinite: (z / m) / sqrt(1/m^2 + (t/m)^2).
    Z = graph.node("Max", graph.node("Min", Z, graph.numbers(largest)), graph.numbers(-largest))
    T = graph.node("Div", Z, graph.numbers(transformer.limit))
    m = graph.node("Max", graph.node("Abs", T), graph.numbers(1))
    one_m, T_m = graph.node("Reciprocal", m), graph.node("Div", T, m)
    squares = graph.node("Add", graph.node("Mul", one_m, one_m), graph.node("Mul", T_m, T_m))
    return graph.node("Div", graph.node("Div", Z, m), graph.node("Sqrt", squares))


def _columns(graph: Graph, operator: Any) -> list[Column]:
    """The columns of the table in the order of `fit`, from one input for each, or for several."""
    estimator = operator.raw_operator
    columns = []
    for given in operator.inputs:
        width = given.get_second_dimension()
        for j in range(width or 1):
            value = given.full_name
            if width != 1:
                value = graph.node("Gather", value, graph.integers([j]), axis=1)
            columns.append(Column(given.raw_name, value, given.type))
    if len(columns) != estimator.n_features_in_:
        raise ValueError(
            f"initial_types has {len(columns)} columns, but the estimator was fitted with "
            f"{estimator.n_features_in_}. Give each column an input of shape [None, 1]."
        )
    names = list(getattr(estimator, "feature_names_in_", []))
    by_name = {column.name: column for column in columns}
    return [by_name[name] for name in names] if set(names) == set(by_name) else columns


def _numbers(graph: Graph, pipeline: Pipeline, columns: list[Column]) -> str:
    """The branch of the numbers."""
    for column in columns:
        if not isinstance(column.type, (*INTEGERS, *REALS, types.BooleanTensorType)):
            raise TypeError(
                f"Column {column.name!r} held numbers in fit: declare it as FloatTensorType, "
                f"DoubleTensorType or Int64TensorType, not {type(column.type).__name__}."
            )
    X = _side_by_side(graph, [graph.real(column.value) for column in columns])
    Z = smooth_clip(graph, pipeline["scale"], X)
    # Not of X: in a column without a median, all is missing.
    missing = graph.node("IsNaN", Z)
    imputed = graph.node("Where", missing, graph.numbers(0), Z)
    indicated = pipeline["impute"].indicator_.features_
    if len(indicated) == 0:
        return imputed
    indicators = graph.node("Gather", graph.real(missing), graph.integers(indicated), axis=1)
    return _side_by_side(graph, [imputed, indicators])


def _side_by_side(graph: Graph, parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else graph.node("Concat", *parts, axis=1)


def _category(graph: Graph, pipeline: Pipeline, j: int, column: Column) -> str:
    """A column of categories: each has a row of numbers, and so has what is unknown."""
    known = pipeline["code"].categories_
    first_of_each = [categories[0] for categories in known]
    probes = np.array([first_of_each] * (len(known[j]) + 1), dtype=object)
    probes[:, j] = [*known[j], UNKNOWN]
    coded = Pipeline(pipeline.steps[1:]).transform(probes)
    rows = graph.numbers(coded[:, _place_of(pipeline["code"], j)])
    return graph.node("Gather", rows, _number_of(graph, column, list(known[j])), axis=0)


def _place_of(code: Any, j: int) -> np.ndarray:
    """Which columns of the code come from column j."""
    names = code.get_feature_names_out([f"{i}:" for i in range(code.n_features_in_)])
    return np.flatnonzero([name.startswith(f"{j}:") for name in names])


def _number_of(graph: Graph, column: Column, categories: list[str]) -> str:
    """The number of the category of each row, shape (n,); unknown ones come after the others."""
    numbers = {text: i for i, text in enumerate(categories)}
    keys: dict[Any, int] = numbers
    value, unknown = column.value, len(categories)
    if isinstance(column.type, types.StringTensorType):
        numbers.setdefault("", numbers.get(MISSING, unknown))
        kind = "keys_strings"
    else:
        value = graph.integer(value)
        kind, keys = "keys_int64s", _by_integer(column, numbers)
    known: dict[str, Any] = {kind: list(keys), "values_int64s": list(keys.values())}
    number = graph.node(
        "LabelEncoder",
        value,
        op_domain="ai.onnx.ml",
        op_version=2,
        default_int64=unknown,
        **known,
    )
    if isinstance(column.type, REALS):
        whole = graph.node("Equal", graph.node("Floor", column.value), column.value)
        number = graph.node("Where", whole, number, graph.integers(unknown))
        missing = graph.integers(numbers.get(MISSING, unknown))
        number = graph.node("Where", graph.node("IsNaN", column.value), missing, number)
    return graph.node("Reshape", number, graph.integers([-1]))


def _by_integer(column: Column, numbers: dict[str, int]) -> dict[int, int]:
    """The numbers of categories, by their values as integers."""
    is_truth = isinstance(column.type, types.BooleanTensorType)
    integer = TRUTH.get if is_truth else _integer
    by_integer: dict[Any, int] = {
        integer(text): number for text, number in numbers.items() if text != MISSING
    }
    if None in by_integer:
        raise TypeError(
            f"Column {column.name!r} held categories that are no "
            f"{'booleans' if is_truth else 'integers'}: declare it as StringTensorType, not "
            f"{type(column.type).__name__}."
        )
    # ONNX wants one key at least; all others are unknown, and so may this one be.
    return by_integer or {0: len(numbers)}


def _integer(text: str) -> int | None:
    """The integer that a text is, None if it is none."""
    return int(text) if text.removeprefix("-").isdecimal() and str(int(text)) == text else None
