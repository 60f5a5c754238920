"""`ClassTargets` and `NumberTargets`: what the two estimators differ in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, issparse
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.multiclass import type_of_target

from .class_weight import weights_of_classes
from .refused_data import numbers_fit, refuse_gaps
from .shortcuts import accuracy, checked_labels, labels_in, r_squared
from .target_checks import (
    check_indicator,
    check_labels_are_among,
    is_complex,
    not_numbers,
    numbers_in,
)
from .target_coding import Targets


@dataclass(frozen=True)
class ClassTargets(Targets):
    """One of several classes for each sample, or several labels.

    Attributes
    ----------
    classes : ndarray of shape (n_classes,)
        In order; for several labels the numbers of the columns.
    is_multilabel : bool
        Whether y has a column of yes or no for each label.
    has_one_unit : bool
        Whether one output unit decides between two classes.
    threshold : float
        Where a single output turns from no to yes.
    class_weight : ndarray of shape (n_classes,) or None
        The weight of each class.
    sparse_labels : bool
        Whether several labels came, and are predicted, as a sparse matrix.
    """

    classes: np.ndarray
    is_multilabel: bool = False
    has_one_unit: bool = False
    threshold: float = 0.5
    class_weight: np.ndarray | None = None
    sparse_labels: bool = False

    numeric = False

    @property
    def n_outputs(self) -> int:
        """One unit, or one for each class or label."""
        return 1 if self.has_one_unit else len(self.classes)

    @property
    def is_multiclass(self) -> bool:  # type: ignore[override]
        """Whether one of more than two classes is to be chosen."""
        return len(self.classes) > 2 and not self.is_multilabel

    @property
    def one_hot(self) -> bool:  # type: ignore[override]
        """Whether each row of Y is a single 1 among zeros."""
        return not self.has_one_unit and not self.is_multilabel

    @staticmethod
    def tidy(y):
        """A vector for a single column, with scikit-learn's warning; objects that are numbers."""
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if y.dtype.kind in "mM" and np.isnat(y).any():
            raise ValueError("Input y contains NaT: every sample needs a label.")
        if y.dtype.kind == "O":
            refuse_gaps(y)
        return numbers_in(y)

    @classmethod
    def learn(cls, y, classes=None):
        """The classes of y, or those that are given."""
        kind = _kind(y)
        if kind == "multiclass-multioutput":
            raise ValueError(
                "Multioutput target data is not supported: y has several columns of classes. Use "
                "sklearn.multioutput.MultiOutputClassifier, with a network for each column."
            )
        if kind.startswith("multilabel"):
            check_indicator(y)
        labels = checked_labels(y)
        if issparse(classes):
            raise TypeError("classes is sparse: pass a list or an array of the labels instead.")
        if classes is not None:
            check_labels_are_among(labels_in(classes), labels)
        if kind.startswith("multilabel"):
            return cls(labels, is_multilabel=True, sparse_labels=issparse(y))
        return cls(labels if classes is None else labels_in(classes))

    def coded_for(self, loss, output):
        """One unit decides between two classes if it is a probability, or a signed score."""
        decides = output.is_probability or (loss.margin and output.range[0] < 0)
        return replace(
            self,
            has_one_unit=decides and len(self.classes) <= 2 and not self.is_multilabel,
            threshold=0.0 if loss.margin else 0.5,
        )

    def weighted(self, class_weight, y, sample_weight, incremental):
        """With ``class_weight``, worked out for y where it is "balanced"."""
        if class_weight is None:
            return self if self.class_weight is None else replace(self, class_weight=None)
        if self.is_multilabel:
            raise ValueError(
                f"class_weight={class_weight!r} is for one class per sample; y has several "
                "labels. Use sample_weight instead."
            )
        if incremental and isinstance(class_weight, str):
            raise ValueError(
                "class_weight='balanced' needs all data at once, which partial_fit does not "
                "see. Pass a dict of weights."
            )
        weights = weights_of_classes(class_weight, self.classes, y, sample_weight)
        return replace(self, class_weight=weights)

    def check(self, y):
        """Every label must be one of the classes."""
        self._check_kind(y)
        # Objects may hold what cannot be compared.
        labels = checked_labels(y) if y.dtype == object else labels_in(y)
        check_labels_are_among(self.classes, labels)

    def _check_kind(self, y):
        """Classes may not be followed by columns of labels, nor these by others."""
        if _kind(y).startswith("multilabel") != self.is_multilabel:
            trained = "several labels" if self.is_multilabel else "one class"
            raise ValueError(
                f"The network was made for {trained} per sample, but y is not that."
                + " Of one-hot rows, pass y.argmax(axis=1)." * (not self.is_multilabel)
            )
        if self.is_multilabel and y.shape[1] != len(self.classes):
            raise ValueError(
                f"y has {y.shape[1]} labels, but the network was made for {len(self.classes)}: its "
                f"classes are the columns {self.classes}."
            )
        if self.is_multilabel:
            check_indicator(y)

    def check_again(self, y, classes, incremental):
        """In `partial_fit` some of the classes may be missing, in a warm start none."""
        if incremental:
            if classes is not None and not np.array_equal(self.classes, labels_in(classes)):
                raise ValueError(
                    f"`classes={classes!r}` is not the same as on last call to partial_fit, was: "
                    f"{self.classes!r}"
                )
            self._check_kind(y)
            check_labels_are_among(self.classes, checked_labels(y))
        elif not np.array_equal(seen := checked_labels(y), self.classes):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous "
                f"call to fit. Previously got {self.classes}, `y` has {seen}"
            )

    def encode(self, y, dtype):
        """0 or 1 for one unit, one-hot for several, the indicator matrix for labels."""
        if self.is_multilabel:
            return np.asarray((y.toarray() if issparse(y) else y) != 0, dtype)
        codes = np.searchsorted(self.classes, y)
        if self.has_one_unit:
            return codes.astype(dtype).reshape(-1, 1)
        return np.eye(len(self.classes), dtype=dtype)[codes]

    def decode(self, A):
        """The class with the largest output; for single outputs, whether it says yes."""
        if self.is_multilabel:
            labels = (A > self.threshold).astype(int)
            return csr_matrix(labels) if self.sparse_labels else labels
        return self.classes[self._numbers(A)]

    def _numbers(self, A):
        """The number of the class that is decided for, in each row of A."""
        if len(self.classes) == 1:
            return np.zeros(len(A), int)
        if self.has_one_unit:
            return (A[:, 0] > self.threshold).astype(int)
        return A.argmax(axis=1)

    def score(self, y, A, w):
        """Accuracy."""
        if self.is_multilabel:
            return accuracy(y, self.decode(A), w)
        # Numbers are compared faster than labels: training does it after each epoch.
        return accuracy(np.searchsorted(self.classes, y), self._numbers(A), w)

    def weights(self, y, sample_weight):
        """The sample weights times the class weights."""
        if self.class_weight is None:
            return sample_weight
        weights = self.class_weight[np.searchsorted(self.classes, y)]
        return weights if sample_weight is None else weights * sample_weight

    def strata(self, y, n_held_out):
        """The classes, unless one has a single member or a part of the split too few rows.

        scikit-learn stratifies two classes by their codes, and refuses them where it cannot.
        """
        if self.is_multilabel:
            return None
        if len(self.classes) <= 2:
            return np.asarray(y == self.classes[-1]).astype(str)
        _, counts = np.unique(y, return_counts=True)
        room = min(n_held_out, len(y) - n_held_out)
        return y if counts.min() >= 2 and len(counts) <= room else None

    def attributes(self):
        """``classes_`` and ``class_weight_``."""
        return {"classes_": self.classes, "class_weight_": self.class_weight}


@dataclass(frozen=True)
class NumberTargets(Targets):
    """Real numbers, one for each output.

    Attributes
    ----------
    n_columns : int
    """

    n_columns: int

    numeric = True

    @property
    def n_outputs(self) -> int:
        """One unit for each column of y."""
        return self.n_columns

    @staticmethod
    def tidy(y):
        """Numbers; text is taken if it says one. A vector for a single column."""
        if issparse(y):
            raise TypeError("y is sparse, but targets are dense: pass y.toarray() instead.")
        if y.dtype.kind in "mM":
            raise TypeError(not_numbers(f"its dtype is {y.dtype}"))
        if y.dtype == object and any(is_complex(number) for number in np.asarray(y).flat):
            raise ValueError("y holds complex numbers; targets must be real.")
        if y.dtype.kind not in "fiub":
            if y.dtype.kind == "O":
                refuse_gaps(y)
            with numbers_fit("y"):
                y = _converted(y)
            assert_all_finite(y, input_name="y")
        return column_or_1d(y, warn=True) if y.ndim == 2 and y.shape[1] == 1 else y

    @classmethod
    def learn(cls, y, classes=None):
        """The number of columns."""
        return cls(1 if y.ndim == 1 else y.shape[1])

    def check(self, y):
        """As many columns as outputs."""
        n_targets = 1 if y.ndim == 1 else y.shape[1]
        if n_targets != self.n_columns:
            raise ValueError(
                f"y has {n_targets} target(s), but the network has {self.n_columns} output(s)."
            )

    def encode(self, y, dtype):
        """A column for each target."""
        return y.reshape(len(y), -1).astype(dtype, copy=False)

    def decode(self, A):
        """The outputs; a vector for a single one."""
        return A.ravel() if A.shape[1] == 1 else A

    def score(self, y, A, w):
        """R2, NaN where outputs are not finite."""
        return r_squared(y, self.decode(A), w) if np.isfinite(A).all() else np.nan


def _converted(y: Any) -> Any:
    """y as numbers."""
    try:
        return y.astype(np.float64)
    except TypeError as error:
        raise TypeError(not_numbers(error)) from error
    except ValueError as error:
        raise ValueError(
            f"y must hold numbers, but its dtype is {y.dtype}: {error}. For classes, use a "
            "classifier."
        ) from error


def _kind(y: Any) -> str:
    """The type of target of validated y, where a vector is always "multiclass"."""
    return "multiclass" if y.ndim == 1 else type_of_target(y, input_name="y")
