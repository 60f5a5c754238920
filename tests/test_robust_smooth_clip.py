"""`RobustSmoothClip`: what it computes, and that it does so for all numbers."""

import pickle

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from sknn_edu import RobustSmoothClip

rng = np.random.default_rng(0)
X = rng.standard_t(2, size=(101, 3)) * [1, 10, 1e4] + [0, 5, -1e5]
in_both_dtypes = pytest.mark.parametrize(
    "dtype", [np.float32, np.float64], ids=lambda dtype: dtype.__name__
)


@parametrize_with_checks(
    [RobustSmoothClip(), RobustSmoothClip(limit=None, quantile_range=(5.0, 95.0))]
)
def test_check_of_scikit_learn(estimator, check):
    check(estimator)


def test_it_computes_the_formula():
    # With 101 rows every percentile is one of the numbers.
    low, median, high = np.percentile(X, [25, 50, 75], axis=0)
    z = (X - median) / (high - low)
    np.testing.assert_allclose(
        RobustSmoothClip().fit_transform(X), z / np.sqrt(1 + (z / 3) ** 2), rtol=1e-12
    )


@pytest.mark.parametrize("limit", [0.5, 3, 100.0])
def test_nothing_passes_the_limit_and_small_numbers_stay(limit):
    clip = RobustSmoothClip(limit=limit).fit(X)
    far = clip.center_ + clip.scale_ * np.array([[1e3], [-1e3], [1e300], [-1e300]])
    np.testing.assert_allclose(np.abs(clip.transform(far)), limit, rtol=0.01 * limit)
    near = clip.center_ + clip.scale_ * limit * 1e-3
    np.testing.assert_allclose(clip.transform([near]), limit * 1e-3, rtol=1e-6)


def test_without_limit_it_only_scales():
    clip = RobustSmoothClip(limit=None).fit(X)
    np.testing.assert_allclose(clip.transform(X), (X - clip.center_) / clip.scale_, rtol=1e-12)


def test_half_the_range_where_the_quartiles_are_equal_and_zeros_where_all_is():
    X = np.array([[0.0, 7]] * 9 + [[10.0, 7]])
    clip = RobustSmoothClip(limit=None).fit(X)
    np.testing.assert_array_equal(clip.scale_, [5, 1])
    np.testing.assert_array_equal(clip.transform(X)[-1], [2, 0])
    np.testing.assert_array_equal(clip.transform(X)[0], [0, 0])


def test_missing_values_are_left_out_and_stay_missing():
    holes = X.copy()
    holes[::3, 0] = np.nan
    holes[:, 2] = np.nan
    clip = RobustSmoothClip().fit(holes)
    alone = RobustSmoothClip().fit(holes[~np.isnan(holes[:, 0]), :1])
    assert clip.center_[0] == alone.center_[0]
    assert clip.scale_[0] == alone.scale_[0]
    assert np.isnan(clip.center_[2])
    np.testing.assert_array_equal(np.isnan(clip.transform(holes)), np.isnan(holes))


def test_a_weight_of_two_is_two_rows_and_no_weight_is_none():
    weights = rng.integers(0, 4, len(X))
    weighted = RobustSmoothClip().fit(X, sample_weight=weights)
    repeated = RobustSmoothClip().fit(X.repeat(weights, axis=0))
    np.testing.assert_array_equal(weighted.center_, repeated.center_)
    np.testing.assert_allclose(weighted.scale_, repeated.scale_, rtol=1e-14)
    with pytest.raises(ValueError, match="at least one non-zero number"):
        RobustSmoothClip().fit(X, sample_weight=np.zeros(len(X)))


@in_both_dtypes
def test_the_largest_and_smallest_numbers_give_finite_results(dtype):
    largest, tiny = np.finfo(dtype).max, np.finfo(dtype).tiny
    signs = np.array([[1], [-1], [1], [-1], [0.5], [0]], dtype)
    X = np.hstack([signs * largest, signs * tiny, signs * tiny, signs]).astype(dtype)
    X[0, 2:] = largest
    clip = RobustSmoothClip().fit(X)
    Z = clip.transform(X)
    back = clip.inverse_transform(Z)
    assert Z.dtype == dtype
    assert np.isfinite(clip.scale_).all()
    assert np.isfinite(back).all()
    assert (np.abs(Z) <= 3).all()
    assert (np.sign(Z[:2, 0]) == [1, -1]).all()


@in_both_dtypes
def test_dtypes_stay(dtype):
    clip = RobustSmoothClip().fit(X.astype(dtype))
    assert clip.transform(X.astype(dtype)).dtype == dtype
    assert clip.inverse_transform(np.zeros((2, 3), dtype)).dtype == dtype
    assert clip.center_.dtype == clip.scale_.dtype == dtype


@pytest.mark.parametrize("limit", [3.0, None])
def test_the_inverse_gives_the_numbers_back(limit):
    clip = RobustSmoothClip(limit=limit).fit(X)
    holes = X.copy()
    holes[3, 1] = np.nan
    np.testing.assert_allclose(clip.inverse_transform(clip.transform(holes)), holes, rtol=1e-6)


def test_the_inverse_refuses_what_is_beyond_the_limit_and_changes_nothing():
    clip, given = RobustSmoothClip().fit(X), np.array([[0.0, 3.5, 0]])
    with pytest.raises(ValueError, match=r"between -3\.0 and 3\.0, but X has one beyond"):
        clip.inverse_transform(given)
    given = np.array([[0.0, 3.0, -3.0]])
    assert np.isfinite(clip.inverse_transform(given)).all()
    np.testing.assert_array_equal(given, [[0, 3, -3]])


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_frames_go_in_and_come_out(frame):
    table = frame({"a": X[:, 0], "b": X[:, 1]})
    clip = RobustSmoothClip().fit(table)
    np.testing.assert_array_equal(clip.feature_names_in_, ["a", "b"])
    np.testing.assert_array_equal(clip.get_feature_names_out(), ["a", "b"])
    name = frame.__module__.split(".")[0]
    out = clip.set_output(transform=name).transform(table)
    assert isinstance(out, frame)
    assert list(out.columns) == ["a", "b"]
    np.testing.assert_array_equal(out.to_numpy(), RobustSmoothClip().fit_transform(X[:, :2]))


def test_nullable_numbers_are_read():
    table = pd.DataFrame({"a": pd.array([1, None, 3, 4], dtype="Int64")})
    Z = RobustSmoothClip().fit_transform(table)
    np.testing.assert_array_equal(np.isnan(Z.ravel()), [False, True, False, False])


def test_infinite_and_sparse_input_is_refused():
    with pytest.raises(ValueError, match="infinity"):
        RobustSmoothClip().fit([[1.0], [np.inf]])
    with pytest.raises(ValueError, match="infinity"):
        RobustSmoothClip().fit([[1.0], [2.0]]).transform([[-np.inf]])
    with pytest.raises(TypeError, match=r"[Ss]parse"):
        RobustSmoothClip().fit(csr_matrix(np.eye(3)))


def test_columns_that_are_refused_are_named():
    for bad, says in ((np.inf, "infinity .* in column 'b'"), ("red", "Column 'b' of X holds red")):
        with pytest.raises(ValueError, match=says):
            RobustSmoothClip().fit(pd.DataFrame({"a": [1.0, np.nan], "b": [2.0, bad]}))


@pytest.mark.parametrize(
    "given", [(75, 25), (0, 101), (-1, 50), (50,), (10, 10), ("25", "75"), (None, 75)]
)
def test_percentiles_that_are_none_are_refused(given):
    with pytest.raises(ValueError, match="quantile_range must be two percentiles in order"):
        RobustSmoothClip(quantile_range=given).fit(X)


@pytest.mark.parametrize("limit", [0, -1, "3"])
def test_a_limit_that_is_none_is_refused(limit):
    with pytest.raises(ValueError, match="'limit' parameter"):
        RobustSmoothClip(limit=limit).fit(X)


def test_it_works_in_a_pipeline_and_pickles():
    pipeline = make_pipeline(RobustSmoothClip(limit=2), Ridge()).fit(X, X[:, 0])
    again = pickle.loads(pickle.dumps(pipeline))
    np.testing.assert_array_equal(again.predict(X), pipeline.predict(X))
    assert clone(pipeline)[0].limit == 2
