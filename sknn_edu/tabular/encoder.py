"""`column_encoder`: what makes numbers of the columns of a table, out of scikit-learn's parts."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder
from sklearn.utils._param_validation import Interval

from .columns import checked_table, columns_of
from .kinds import Kind, kind_of
from .readers import CategoryReader, DateReader, NumberReader
from .reading import text_of
from .robust_smooth_clip import RobustSmoothClip

ENCODER_CONSTRAINTS: dict[str, list[Any]] = {
    "max_categories": [Interval(Integral, 1, None, closed="left"), None],
    "min_frequency": [
        Interval(Integral, 1, None, closed="left"),
        Interval(Real, 0, 1, closed="neither"),
        None,
    ],
}


def column_encoder(
    X: Any, *, max_categories: int | None = None, min_frequency: float | None = None
) -> ColumnTransformer:
    """What makes numbers of the columns of a table: one branch for each kind of column.

    ==============  ==========================================================================
    ``numbers``     `sknn_edu.RobustSmoothClip`; what is missing becomes the median, that is 0,
                    and if any was missing in fit, a column says so
    ``dates``       days since the first one, year, week and day as circles, then as numbers
    ``two``         two categories: -1 and +1, 0 for any other
    ``categories``  one-hot; rare ones share a column, unknown ones are zeros, or in that column
    ==============  ==========================================================================

    What is missing in a column of categories is a category of its own.

    Parameters
    ----------
    X : data frame or array-like of shape (n_samples, n_features)
        The table to be fitted; only the kinds of its columns are read here.
    max_categories : int or None, default=None
        Most columns that one column of categories becomes; the rarest share the last one.
    min_frequency : int, float or None, default=None
        Categories with fewer rows (or a smaller part of them) share a column.

    Returns
    -------
    encoder : ColumnTransformer
        Not fitted.

    Raises
    ------
    TypeError
        If a column holds what cannot be read; the message names it.

    Examples
    --------
    >>> import numpy as np
    >>> from sknn_edu.tabular import column_encoder
    >>> X = np.array([[1.0, "red"], [None, "blue"], [3.0, "red"]], dtype=object)
    >>> column_encoder(X).fit_transform(X).round(2)
    array([[-0.49,  0.  ,  1.  ],
           [ 0.  ,  1.  , -1.  ],
           [ 0.49,  0.  ,  1.  ]])
    """
    branches: dict[str, list[int]] = {"numbers": [], "dates": [], "two": [], "categories": []}
    for j, column in enumerate(columns_of(checked_table(X))):
        kind = kind_of(column)
        if kind is Kind.CATEGORY:
            branch = "two" if len(set(text_of(column))) == 2 else "categories"
        else:
            branch = "numbers" if kind is Kind.NUMBER else "dates"
        branches[branch].append(j)
    one_hot = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=max_categories,
        min_frequency=min_frequency,
        sparse_output=False,
        dtype=np.float32,
    )
    codes = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=np.nan, dtype=np.float32
    )
    plus_minus = FunctionTransformer(plus_minus_one, feature_names_out="one-to-one")
    steps = {
        "numbers": Pipeline([("read", NumberReader()), *_scaled()]),
        "dates": Pipeline([("read", DateReader()), *_scaled()]),
        "two": Pipeline([("read", CategoryReader()), ("code", codes), ("sign", plus_minus)]),
        "categories": Pipeline([("read", CategoryReader()), ("code", one_hot)]),
    }
    transformers = [(name, steps[name], columns) for name, columns in branches.items() if columns]
    encoder = ColumnTransformer(transformers, sparse_threshold=0)
    return encoder.set_output(transform="default")


class WeightedRobustSmoothClip(RobustSmoothClip):
    """`RobustSmoothClip` that asks for the sample weights, where scikit-learn routes them.

    As `set_fit_request` would have it; but a request of one object leads back to the object, and
    skops saves no such rings.
    """

    __metadata_request__fit = {"sample_weight": True}  # noqa: RUF012


def plus_minus_one(codes: np.ndarray) -> np.ndarray:
    """The codes 0 and 1 as -1 and +1, NaN as 0."""
    return np.nan_to_num(2 * codes - 1, nan=0.0)


def _scaled() -> list[tuple[str, Any]]:
    """Scaled numbers; 0, the median, and a column that says so, where one is missing."""
    impute = SimpleImputer(
        strategy="constant", fill_value=0.0, add_indicator=True, keep_empty_features=True
    )
    return [("scale", WeightedRobustSmoothClip()), ("impute", impute)]
