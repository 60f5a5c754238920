"""Displays show what the estimators hold, where they are told to, and look as they did."""

import subprocess
import sys
from itertools import pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from image_comparison import PICTURES, TOLERANCE, baseline, difference, figure, moved, pixels
from matplotlib import pyplot as plt
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from sknn_edu import (
    BackpropClassifier,
    BackpropRegressor,
    GradientFlowDisplay,
    LossCurveDisplay,
    NetworkDisplay,
)
from sknn_edu.estimators.inspection import rule_of
from sknn_edu.exceptions import DivergenceWarning
from sknn_edu.optimizers import Optimizer
from sknn_edu.teaching import trace

rng = np.random.default_rng(0)
X = rng.normal(size=(60, 3))
y = np.where(X[:, 0] + X[:, 1] ** 2 > 0.5, "yes", "no")
Y_THREE = np.array(["a", "b", "c"])[rng.integers(0, 3, 60)]
Y_LABELS = rng.integers(0, 2, (60, 4))
TARGET = X @ [1.0, -2.0, 0.5]
SHORT = {"max_iter": 6, "tol": 0, "random_state": 0, "learning_rate_init": 0.02}
EARLY = {"max_iter": 8, "early_stopping": True, "n_iter_no_change": np.inf, "random_state": 0}
SOLVERS = list(Optimizer.names())


def classifier(**params):
    return BackpropClassifier(4, **{**SHORT, **params})


def regressor(**params):
    shape = {"hidden_layer_sizes": 4, "activation": "tanh"}
    return BackpropRegressor(**{**shape, **SHORT, **params})


DRAW = {
    "LossCurveDisplay.from_estimator": lambda ax=None: LossCurveDisplay.from_estimator(
        classifier(early_stopping=True).fit(X, y), validation="both", ax=ax
    ),
    "LossCurveDisplay.from_estimators": lambda ax=None: LossCurveDisplay.from_estimators(
        [classifier().fit(X, y), classifier(solver="sgd").fit(X, y)], ax=ax
    ),
    "NetworkDisplay.from_estimator": lambda ax=None: NetworkDisplay.from_estimator(
        classifier().fit(X, y), X[0], ax=ax
    ),
    "GradientFlowDisplay.from_estimator": lambda ax=None: GradientFlowDisplay.from_estimator(
        classifier(), X, y, ax=ax
    ),
    "GradientFlowDisplay.from_estimator, heatmap": (
        lambda ax=None: GradientFlowDisplay.from_estimator(
            classifier(), X, y, kind="heatmap", colorbar=False, ax=ax
        )
    ),
}


@pytest.fixture(autouse=True)
def _figures(monkeypatch):
    """Draw without a screen, show nothing, leave no figure behind."""

    def show(*args, **kwargs):
        raise AssertionError("a display showed itself")

    plt.switch_backend("Agg")
    monkeypatch.setattr(plt, "show", show)
    yield
    plt.close("all")


def written(display):
    return [text.get_text() for text in display.text_]


# -- all displays ---------------------------------------------------------------------------


def test_importing_the_package_does_not_import_matplotlib():
    code = "import sys, sknn_edu; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], timeout=120).returncode == 0


@pytest.mark.parametrize("name", DRAW)
def test_without_matplotlib_one_line_says_what_to_install(name, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError) as caught:
        DRAW[name]()
    call = name.split(",")[0]
    assert str(caught.value) == f'{call} needs matplotlib: pip install "sknn-edu[plot]"'


@pytest.mark.parametrize("name", DRAW)
def test_without_axes_a_new_figure_is_made(name):
    before = plt.figure()
    display = DRAW[name]()
    assert display.figure_ is not before
    assert display.ax_.figure is display.figure_
    assert not before.axes


@pytest.mark.parametrize("name", DRAW)
def test_with_axes_nothing_else_is_touched(name):
    fig, axes = plt.subplots(1, 2)
    other = axes[0]
    state = [len(other.get_children()), other.get_position().bounds, other.get_xlim()]
    n_figures = len(plt.get_fignums())
    display = DRAW[name](axes[1])
    assert display.ax_ is axes[1]
    assert display.figure_ is fig
    assert [len(other.get_children()), other.get_position().bounds, other.get_xlim()] == state
    assert len(plt.get_fignums()) == n_figures


@pytest.mark.parametrize("name", DRAW)
def test_plot_returns_the_display_and_can_be_repeated(name):
    display = DRAW[name]()
    first = display.ax_
    assert display.plot() is display
    assert display.ax_ is not first


@pytest.mark.parametrize("name", DRAW)
def test_panels_of_a_layout_on_a_dark_background_draw_without_a_warning(name):
    with plt.style.context("dark_background"):
        fig, axes = plt.subplots(1, 3, layout="constrained")
        DRAW[name](axes[1])
        fig.canvas.draw()


UNFITTED = {
    "network": classifier(),
    "pipeline": make_pipeline(StandardScaler(), classifier()),
    "search": GridSearchCV(classifier(), {"alpha": [0, 1]}),
}


@pytest.mark.parametrize("from_estimator", [LossCurveDisplay, NetworkDisplay])
@pytest.mark.parametrize("kind", UNFITTED)
def test_an_estimator_that_is_not_fitted_is_refused(from_estimator, kind):
    with pytest.raises(NotFittedError):
        from_estimator.from_estimator(UNFITTED[kind])


def test_another_estimator_is_refused():
    other = LogisticRegression().fit(X, y)
    for draw in (
        lambda: LossCurveDisplay.from_estimator(other),
        lambda: NetworkDisplay.from_estimator(other),
        lambda: GradientFlowDisplay.from_estimator(other, X, y),
    ):
        with pytest.raises(TypeError, match=r"estimator must .*LogisticRegression"):
            draw()


# -- loss curves ----------------------------------------------------------------------------


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_line_is_the_loss_curve(solver):
    reg = regressor(solver=solver, alpha=0).fit(X, TARGET)
    display = LossCurveDisplay.from_estimator(reg)
    assert_array_equal(display.line_.get_ydata(), reg.loss_curve_)
    assert_array_equal(display.line_.get_xdata(), np.arange(1, len(reg.loss_curve_) + 1))
    counted = "Epoch" if rule_of(reg).incremental else "Iteration"
    assert display.ax_.get_xlabel() == counted
    assert display.validation_line_ is None
    assert display.score_ax_ is None


def test_validation_curves_are_those_of_the_estimator():
    clf = BackpropClassifier(4, **EARLY).fit(X, y)
    display = LossCurveDisplay.from_estimator(clf, validation="both")
    assert_array_equal(display.validation_line_.get_ydata(), clf.validation_loss_curve_)
    assert_array_equal(display.score_line_.get_ydata(), clf.validation_scores_)
    assert display.score_line_.axes is display.score_ax_
    assert display.validation_line_.axes is display.ax_
    assert display.score_ax_.get_ylabel() == "Validation accuracy"
    colors = {line.get_color() for line in display.ax_.lines if len(line.get_xdata()) > 1}
    assert len(colors | {display.score_line_.get_color()}) == 3


@pytest.mark.parametrize(
    ("scoring", "label"),
    [
        (None, "Validation $R^2$"),
        ("loss", "Validation -loss"),
        ("neg_mean_absolute_error", "Validation neg mean absolute error"),
        (lambda est, X, y: est.score(X, y), "Validation <lambda>"),
    ],
)
def test_the_scale_of_the_scores_says_what_they_are(scoring, label):
    reg = BackpropRegressor(4, scoring=scoring, **EARLY).fit(X, TARGET)
    display = LossCurveDisplay.from_estimator(reg, validation="score")
    assert display.score_ax_.get_ylabel() == label


@pytest.mark.parametrize("validation", ["loss", "score", None])
def test_the_chosen_validation_curve_is_drawn_and_the_best_epoch_marked_on_it(validation):
    clf = BackpropClassifier(4, **EARLY).fit(X, y)
    display = LossCurveDisplay.from_estimator(clf, validation=validation)
    assert (display.validation_line_ is not None) == (validation in ("loss", "both"))
    assert (display.score_line_ is not None) == (validation in ("score", "both"))
    curves = {
        "loss": clf.validation_loss_curve_,
        "score": clf.validation_scores_,
        None: clf.loss_curve_,
    }
    (x,), (height,) = display.best_.get_data()
    assert x == clf.best_iter_
    assert height == curves[validation][clf.best_iter_ - 1]
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    assert f"best epoch: {clf.best_iter_}" in legend


def test_without_early_stopping_the_best_epoch_is_marked_on_the_training_loss():
    clf = classifier(learning_rate_init=0.5).fit(X, y, X_val=X[:20], y_val=y[:20])
    display = LossCurveDisplay.from_estimator(clf)
    (x,), (height,) = display.best_.get_data()
    assert x == clf.best_iter_
    assert height == min(clf.loss_curve_)
    assert LossCurveDisplay.from_estimator(clf, mark_best=False).best_ is None


def test_the_marker_is_on_a_line_of_its_own_network():
    display = LossCurveDisplay(
        loss_curve=[[3.0, 2.0], [5.0, 4.0]],
        validation_loss_curve=[[3.5, 2.5], None],
        validation_scores=[[0.0, 1.0], [0.0, 1.0]],
        best_iter=[2, 2],
        name=["with", "without"],
    ).plot()
    assert [marker.get_ydata()[0] for marker in display.best_] == [2.5, 4.0]


def test_the_curve_of_partial_fit_and_warm_start_goes_on():
    clf = classifier(warm_start=True).fit(X, y).fit(X, y).partial_fit(X, y)
    display = LossCurveDisplay.from_estimator(clf)
    assert_array_equal(display.line_.get_xdata(), np.arange(1, 14))


def test_a_validation_curve_of_some_epochs_only_is_left_out():
    clf = classifier().fit(X, y, X_val=X, y_val=y).partial_fit(X, y)
    with pytest.warns(UserWarning, match="6 entries for 7 epochs") as caught:
        display = LossCurveDisplay.from_estimator(clf)
    assert display.validation_line_ is None
    assert "validation_loss_curve_" in str(caught[0].message)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda: make_pipeline(StandardScaler(), classifier()),
        lambda: GridSearchCV(classifier(), {"alpha": [0.1]}, cv=2),
        lambda: GridSearchCV(make_pipeline(classifier()), {"backpropclassifier__alpha": [1]}, cv=2),
        lambda: make_pipeline(StandardScaler(), GridSearchCV(classifier(), {"alpha": [1]}, cv=2)),
    ],
)
def test_the_network_is_found_in_pipelines_and_searches(wrap):
    outer = wrap().fit(X, y)
    inner = outer
    while not isinstance(inner, BackpropClassifier):
        inner = inner.best_estimator_ if isinstance(inner, GridSearchCV) else inner[-1]
    display = LossCurveDisplay.from_estimator(outer)
    assert_array_equal(display.line_.get_ydata(), inner.loss_curve_)
    edges = NetworkDisplay.from_estimator(outer, X[0]).edges_
    assert_allclose(
        sorted(edges.get_array()), sorted(np.concatenate([*map(np.ravel, inner.coefs_)]))
    )
    assert GradientFlowDisplay.from_estimator(outer, X, y).norms.shape == (7, 2)


def test_the_network_is_found_behind_a_transformed_target():
    outer = TransformedTargetRegressor(regressor(), transformer=StandardScaler()).fit(X, TARGET)
    display = LossCurveDisplay.from_estimator(outer)
    assert_array_equal(display.line_.get_ydata(), outer.regressor_.loss_curve_)


def test_several_networks_have_a_colour_each_and_names_of_what_differs():
    nets = [BackpropClassifier(4, f, **EARLY).fit(X, y) for f in ("tanh", "relu")]
    display = LossCurveDisplay.from_estimators(nets)
    assert [line.get_label() for line in display.line_] == ["activation=tanh", "activation=relu"]
    for net, line, dashed in zip(nets, display.line_, display.validation_line_, strict=True):
        assert_array_equal(line.get_ydata(), net.loss_curve_)
        assert_array_equal(dashed.get_ydata(), net.validation_loss_curve_)
        assert line.get_color() == dashed.get_color()
        assert line.get_linestyle() != dashed.get_linestyle()
    assert display.line_[0].get_color() != display.line_[1].get_color()
    assert [m.get_xdata()[0] for m in display.best_] == [net.best_iter_ for net in nets]
    legend = [text.get_text() for text in display.ax_.get_legend().get_texts()]
    named = ["activation=tanh", "activation=relu"]
    assert legend == [*named, "training", "validation", "best epoch"]


def test_the_keys_of_a_dict_are_the_names():
    nets = {"first": classifier().fit(X, y), "second": classifier(solver="lbfgs").fit(X, y)}
    display = LossCurveDisplay.from_estimators(nets, mark_best=False)
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == [*nets]
    assert display.ax_.get_xlabel() == "Epoch or iteration"


def test_networks_that_differ_in_nothing_are_numbered():
    display = LossCurveDisplay.from_estimators([classifier().fit(X, y) for _ in range(2)])
    assert display.name == ["BackpropClassifier 1", "BackpropClassifier 2"]


def test_scikit_learns_own_network_can_stand_beside_ours():
    params = {"hidden_layer_sizes": 4, **EARLY, "n_iter_no_change": 100, "tol": 0}
    target = (y == "yes").astype(int)  # MLPClassifier stumbled over names before 1.8
    theirs = MLPClassifier(**params)
    with pytest.warns(UserWarning, match="Maximum iterations"):
        theirs.fit(X, target)
    display = LossCurveDisplay.from_estimators(
        {"theirs": theirs, "ours": BackpropClassifier(**params).fit(X, target)}, validation="score"
    )
    assert_array_equal(display.line_[0].get_ydata(), theirs.loss_curve_)
    assert_array_equal(display.score_line_[0].get_ydata(), theirs.validation_scores_)
    assert display.line_[0].get_ydata() == pytest.approx(display.line_[1].get_ydata())


def test_networks_drawn_one_after_the_other_share_axes_and_legend():
    first = LossCurveDisplay.from_estimator(classifier().fit(X, y), name="adam")
    second = LossCurveDisplay.from_estimator(
        classifier(solver="sgd").fit(X, y), name="sgd", ax=first.ax_
    )
    assert second.line_.get_color() != first.line_.get_color()
    legend = [text.get_text() for text in second.ax_.get_legend().get_texts()]
    assert legend == ["adam", "training", "best epoch", "sgd"]


def test_keywords_reach_the_curves():
    nets = [BackpropClassifier(4, f, **EARLY).fit(X, y) for f in ("tanh", "relu")]
    display = LossCurveDisplay.from_estimators(
        nets,
        validation="both",
        log_scale=True,
        curve_kwargs=[{"c": "red"}, {"lw": 5}],
        validation_kw={"ls": "-."},
        score_kw={"alpha": 0.5},
        best_kw={"marker": "*"},
    )
    assert display.line_[0].get_color() == display.validation_line_[0].get_color() == "red"
    assert display.line_[1].get_linewidth() == 5
    assert display.validation_line_[0].get_linestyle() == "-."
    assert display.score_line_[1].get_alpha() == 0.5
    assert display.best_[0].get_marker() == "*"
    assert display.ax_.get_yscale() == "log"


@pytest.mark.parametrize(
    ("arguments", "plot_arguments", "message"),
    [
        ({}, {"validation": "accuracy"}, "validation must be one of .*got 'accuracy'"),
        ({}, {"validation": "score"}, "validation='score', but there are no"),
        ({}, {"curve_kwargs": [{}, {}]}, "curve_kwargs must be"),
        ({"loss_curve": [-1.0, -2.0]}, {"log_scale": True}, "log_scale=True"),
        ({"validation_loss_curve": [1.0]}, {}, "2 epochs in loss_curve, .* loss covers 1"),
        ({"loss_curve": [[1.0], [2.0]], "name": ["a"]}, {}, "name must have an entry for each"),
    ],
)
def test_loss_curves_that_do_not_fit_are_refused(arguments, plot_arguments, message):
    with pytest.raises(ValueError, match=message):
        LossCurveDisplay(**{"loss_curve": [2.0, 1.0], **arguments}).plot(**plot_arguments)
    assert not plt.get_fignums()


def test_a_network_without_any_loss_yet_is_refused():
    with pytest.raises(NotFittedError, match="call fit"):
        LossCurveDisplay.from_estimator(classifier().initialize(X, y))
    with pytest.raises(ValueError, match="estimators is empty"):
        LossCurveDisplay.from_estimators([])


# -- networks -------------------------------------------------------------------------------


def drawn_weights(display):
    """Weight by layer and units, read from the ends of the lines."""
    place = {
        tuple(np.round(position, 6)): (l, unit)
        for l, (units, positions) in enumerate(zip(display.units_, display.positions_, strict=True))
        for unit, position in zip(units, positions, strict=True)
    }
    ends = display.edges_.get_segments()
    pairs = [tuple(place[tuple(np.round(end, 6))] for end in segment) for segment in ends]
    return dict(zip(pairs, display.edges_.get_array(), strict=True))


@pytest.mark.parametrize(
    ("hidden", "target"), [((), y), ((4,), Y_THREE), ((4, 5, 3), Y_LABELS), ((30, 12), y)]
)
def test_each_line_has_the_weight_between_its_ends(hidden, target):
    clf = BackpropClassifier(hidden, random_state=0).initialize(X, target)
    display = NetworkDisplay.from_estimator(clf)
    weights = drawn_weights(display)
    n_shown = list(map(len, display.units_))
    assert len(weights) == sum(a * b for a, b in pairwise(n_shown))
    for ((l, i), (l_next, j)), w in weights.items():
        assert l_next == l + 1
        assert w == clf.coefs_[l][i, j]


def test_colour_follows_the_sign_and_width_the_size():
    clf = BackpropClassifier((4, 4), random_state=0).initialize(X, y)
    edges = NetworkDisplay.from_estimator(clf).edges_
    edges.update_scalarmappable()
    w, colors = edges.get_array(), edges.get_edgecolor()
    assert ((colors[:, 0] > colors[:, 2]) == (w > 0)).all()  # more red than blue
    order = np.argsort(np.abs(w))
    assert (np.diff(np.array(edges.get_linewidths())[order]) >= 0).all()
    assert (np.diff(colors[order, 3]) >= 0).all()
    assert (np.diff(np.abs(w)) >= 0).all()  # the largest ones are drawn last, on top


@pytest.mark.parametrize(
    ("n", "max_units"), [(1, 3), (4, 3), (4, 4), (10, 7), (10, 10), (11, 10), (100, 7)]
)
def test_large_layers_show_their_first_and_last_units(n, max_units):
    net = NetworkDisplay(coefs=[np.ones((2, n)), np.ones((n, 1))]).plot(max_units=max_units)
    units = net.units_[1]
    if n <= max_units:
        assert_array_equal(units, np.arange(n))
    else:
        k = (max_units - 1) // 2
        assert_array_equal(units, [*range(k), *range(n - k, n)])
        # the dots take the place between the two halves
        (dots,) = net.ax_.lines
        heights = net.positions_[1][:, 1]
        assert heights[k - 1] > dots.get_ydata().max() > dots.get_ydata().min() > heights[k]
    assert len(net.ax_.lines) == (n > max_units)


@pytest.mark.parametrize("sizes", [(2, 2, 2), (4, 5, 3), (64, 100, 10), (64, *[20] * 10, 10)])
def test_circles_do_not_touch_and_stay_inside(sizes):
    W = [np.ones(shape) for shape in pairwise(sizes)]
    display = NetworkDisplay(coefs=W).plot()
    size = np.array([display.ax_.get_xlim()[1], display.ax_.get_ylim()[1]])
    radius, positions = display.radius_, np.concatenate(display.positions_)
    assert (positions > radius).all()
    assert (positions < size - radius).all()
    distance = np.linalg.norm(positions[:, np.newaxis] - positions, axis=2)
    assert distance[distance > 0].min() > 2 * radius


def test_units_have_the_colour_of_their_bias():
    clf = BackpropClassifier(3, random_state=0).initialize(X, Y_THREE)
    nodes = NetworkDisplay.from_estimator(clf).nodes_
    values = nodes.get_array()
    assert values[:3].mask.all()  # the inputs have none
    assert_allclose(values[3:], np.concatenate(clf.intercepts_))


def test_without_biases_units_have_no_colour():
    clf = BackpropClassifier(3, fit_intercept=False, random_state=0).initialize(X, y)
    display = NetworkDisplay.from_estimator(clf)
    assert display.nodes_.get_array().mask.all()
    assert [bar.ax.get_xlabel() for bar in display.colorbars_] == ["weight"]


def test_a_sample_gives_units_the_colour_of_their_outputs():
    pipe = make_pipeline(StandardScaler(), classifier()).fit(X, Y_THREE)
    display = NetworkDisplay.from_estimator(pipe, X[7], values_format=".3f")
    scaled = pipe[0].transform(X[7:8])
    A = [scaled[0], pipe[1].hidden_activations(scaled)[0][0], pipe[1].predict_proba(scaled)[0]]
    for shown, of_layer in zip(display.layer_outputs, A, strict=True):
        assert_allclose(shown, of_layer)
    relative = np.concatenate([of_layer / np.abs(of_layer).max() for of_layer in A])
    assert_allclose(display.nodes_.get_array(), relative)
    assert {f"{value:.3f}" for value in np.concatenate(A)} <= set(written(display))


@pytest.mark.parametrize("make", [list, np.array, lambda x: np.array([x]), pd.Series])
def test_a_sample_may_come_in_any_form(make):
    frame = pd.DataFrame(X, columns=["a", "b", "c"])
    clf = classifier().fit(frame if make is pd.Series else X, y)
    x = frame.iloc[3] if make is pd.Series else make(X[3])
    A0 = NetworkDisplay.from_estimator(clf, x).layer_outputs[0]
    assert_allclose(A0, X[3])


@pytest.mark.parametrize(
    ("target", "params", "names"),
    [
        (y, {}, ["yes"]),
        (y, {"output_activation": "softmax"}, ["no", "yes"]),
        ((y == "yes").astype(int), {}, ["class 1"]),
        (Y_THREE, {}, ["a", "b", "c"]),
        (Y_LABELS, {}, ["label 0", "label 1", "label 2", "label 3"]),
    ],
)
def test_outputs_of_a_classifier_are_named_by_class(target, params, names):
    display = NetworkDisplay.from_estimator(classifier(**params).initialize(X, target))
    assert display.output_names == names
    assert set(names) <= set(written(display))


def test_without_names_inputs_and_outputs_are_written_as_on_paper():
    display = NetworkDisplay.from_estimator(regressor().initialize(X, TARGET))
    assert {"$x_{1}$", "$x_{2}$", "$x_{3}$", r"$\hat{y}$"} <= set(written(display))
    assert "A[0]\ninput\n3 units" in written(display)
    assert "A[1]\ntanh\n4 units" in written(display)
    assert "A[2]\nidentity\n1 unit" in written(display)


def test_feature_names_are_those_of_the_data_frame():
    frame = pd.DataFrame(X, columns=["a", "b$", "a name that is much too long to be written"])
    display = NetworkDisplay.from_estimator(classifier().fit(frame, y))
    assert {"a", r"b\$", "a name that is much too…"} <= set(written(display))
    behind = make_pipeline(StandardScaler(), classifier()).fit(frame, y)
    assert NetworkDisplay.from_estimator(behind).feature_names == list(frame.columns)
    nameless = make_pipeline(FunctionTransformer(np.asarray), classifier()).fit(frame, y)
    assert NetworkDisplay.from_estimator(nameless).feature_names is None


def test_weights_and_biases_can_be_written():
    clf = BackpropClassifier(2, random_state=0).initialize(X, y)
    display = NetworkDisplay.from_estimator(clf, include_weights=True, include_values=True)
    numbers = np.concatenate([*map(np.ravel, clf.coefs_), *clf.intercepts_])
    assert {f"{number:.2f}" for number in numbers} <= set(written(display))
    assert "1" not in written(display)  # a number of a unit


def test_a_network_of_zeros_can_be_drawn():
    clf = BackpropClassifier(3, weight_init="zeros").initialize(X, y)
    display = NetworkDisplay.from_estimator(clf, [0.0, 0.0, 0.0])
    display.figure_.canvas.draw()
    assert not display.edges_.get_array().any()


def test_keywords_reach_lines_circles_and_letters():
    clf = BackpropClassifier(3, random_state=0).initialize(X, y)
    display = NetworkDisplay.from_estimator(
        clf,
        colorbar=False,
        edge_kw={"cmap": "coolwarm", "lw": 2},
        node_kw={"ec": "red"},
        text_kw={"size": 7},
    )
    assert display.edges_.cmap.name == "coolwarm"
    assert set(display.edges_.get_linewidths()) == {2}
    assert_allclose(display.nodes_.get_edgecolor()[0][:3], to_rgb("red"))
    assert {text.get_fontsize() for text in display.text_} == {7}
    assert display.colorbars_ == []


W_2_3 = np.ones((2, 3))


@pytest.mark.parametrize(
    ("arguments", "plot_arguments", "message"),
    [
        ({"coefs": []}, {}, "coefs must hold a matrix"),
        ({"coefs": [W_2_3, W_2_3]}, {}, "coefs must fit together"),
        ({"intercepts": [[1.0]]}, {}, r"intercepts must hold arrays of lengths \[3\]; got \[1\]"),
        ({"layer_outputs": [[1.0, 2.0]]}, {}, r"layer_outputs must .* \[2, 3\]; got \[2\]"),
        ({"feature_names": ["a"]}, {}, "feature_names must hold 2 names; got 1"),
        ({"output_names": ["a"]}, {}, "output_names must hold 3 names; got 1"),
        ({"activations": ["tanh", "relu"]}, {}, "activations must hold 1 names"),
        ({}, {"max_units": 2}, "max_units must be at least 3"),
        ({}, {"include_values": "all"}, "include_values must be one of"),
    ],
)
def test_networks_that_do_not_fit_are_refused(arguments, plot_arguments, message):
    with pytest.raises(ValueError, match=message):
        NetworkDisplay(**{"coefs": [W_2_3], **arguments}).plot(**plot_arguments)
    assert not plt.get_fignums()


def test_more_than_one_sample_is_refused():
    with pytest.raises(ValueError, match=r"x must be one sample.*\(2, 3\)"):
        NetworkDisplay.from_estimator(classifier().fit(X, y), X[:2])


# -- gradient flow --------------------------------------------------------------------------


def same_weights(one, other):
    return all(map(np.array_equal, one.coefs_ + one.intercepts_, other.coefs_ + other.intercepts_))


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_recorded_fit_is_the_same_as_fit(solver):
    reg = regressor(solver=solver, alpha=0 if solver == "lm" else 0.1)
    display = GradientFlowDisplay.from_estimator(reg, X, TARGET)
    fitted = clone(reg).fit(X, TARGET)
    assert same_weights(display.estimator_, fitted)
    assert display.estimator_.loss_curve_ == fitted.loss_curve_
    assert len(display.norms) == fitted.n_iter_ + 1
    assert not hasattr(reg, "coefs_")


@pytest.mark.parametrize(
    "params",
    [EARLY, {**SHORT, "dropout": 0.5}, {**SHORT, "class_weight": "balanced", "batch_size": 7}],
    ids=["early_stopping", "dropout", "class_weight"],
)
def test_recording_draws_no_random_numbers(params):
    clf = BackpropClassifier(5, **params)
    display = GradientFlowDisplay.from_estimator(clf, X, y)
    assert same_weights(display.estimator_, clone(clf).fit(X, y))


def test_callbacks_are_not_called():
    clf = classifier()
    clf._skl_callbacks = ["whoever calls this gets an AttributeError"]
    assert GradientFlowDisplay.from_estimator(clf, X, y).norms.shape == (7, 2)


def gradient_norms(est, *data):
    _, dW, _ = est.objective_and_gradient(*data)
    return [np.linalg.norm(gradient) for gradient in dW]


@pytest.mark.parametrize("solver", ["gd", "adam", "adamw", "lbfgs"])
def test_norms_are_those_of_the_gradient_on_all_the_data(solver):
    reg = regressor(solver=solver, alpha=0.3, batch_size=10 if solver == "adam" else "auto")
    w = np.linspace(0, 1, len(X))
    display = GradientFlowDisplay.from_estimator(reg, X, TARGET, sample_weight=w)
    # Sums over pieces in another order: rounding, a few units in the last place.
    first = clone(reg).initialize(X, TARGET)
    assert_allclose(display.norms[0], gradient_norms(first, X, TARGET, w), rtol=1e-12)
    last = clone(reg).fit(X, TARGET, sample_weight=w)
    assert_allclose(display.norms[-1], gradient_norms(last, X, TARGET, w), rtol=1e-12)


def test_norms_of_delta_are_those_of_the_trace():
    many, target = np.tile(X, (20, 1)), np.tile(TARGET, 20)  # more than go through in one piece
    display = GradientFlowDisplay.from_estimator(regressor(), many, target, quantity="delta")
    delta = trace(clone(regressor()).fit(many, target), many, target).delta
    expected = [np.linalg.norm(delta[l]) for l in (1, 2)]
    assert_allclose(display.norms[-1], expected, rtol=1e-12)


def test_updates_are_relative_changes_of_the_weights():
    reg = regressor(solver="gd", max_iter=2)
    display = GradientFlowDisplay.from_estimator(reg, X, TARGET, quantity="update")
    W = [clone(reg).initialize(X, TARGET).coefs_]
    W += [clone(reg).set_params(max_iter=n).fit(X, TARGET).coefs_ for n in (1, 2)]
    expected = [
        [np.linalg.norm(b - a) / np.linalg.norm(a) for a, b in zip(*pair, strict=True)]
        for pair in (W[:2], W[1:])
    ]
    assert_allclose(display.norms, expected, rtol=1e-12)
    assert_array_equal(display.epochs, [1, 2])


def test_each_layer_has_a_line_and_a_row():
    clf = classifier(n_hidden_layers=5)
    display = GradientFlowDisplay.from_estimator(clf, X, y)
    for of_layer, line in zip(display.norms.T, display.lines_, strict=True):
        assert_array_equal(line.get_ydata(), of_layer)
        assert_array_equal(line.get_xdata(), np.arange(7))
    assert [line.get_label() for line in display.lines_] == [f"dW[{l}]" for l in range(1, 7)]
    assert display.ax_.get_yscale() == "log"
    assert len({tuple(line.get_color()) for line in display.lines_}) == 6
    display.plot(kind="heatmap")
    assert_array_equal(display.image_.get_array().reshape(6, 7), display.norms.T)
    assert isinstance(display.image_.norm, mpl.colors.LogNorm)
    assert display.lines_ is None


@pytest.mark.parametrize(("n_layers", "has_legend"), [(1, True), (4, True), (5, False)])
def test_many_layers_have_a_colour_bar_instead_of_a_legend(n_layers, has_legend):
    display = GradientFlowDisplay(norms=np.ones((3, n_layers))).plot()
    assert (display.ax_.get_legend() is not None) == has_legend
    assert (display.colorbar_ is None) == has_legend


@pytest.mark.parametrize("kind", ["line", "heatmap"])
@pytest.mark.parametrize("norms", [[[0.0, 1.0], [np.inf, 1.0]], [[0.0], [0.0]]])
def test_norms_that_a_logarithm_cannot_show_are_left_out(kind, norms):
    display = GradientFlowDisplay(norms=norms).plot(kind=kind)
    display.figure_.canvas.draw()
    drawn = display.image_.get_array() if kind == "heatmap" else display.lines_[0].get_ydata()
    assert np.ma.getmaskarray(drawn).any()


def test_a_fit_that_diverges_is_drawn_as_far_as_it_went():
    reg = regressor(activation="relu", solver="gd", learning_rate_init=10, max_iter=50)
    with pytest.warns(DivergenceWarning, match="norms end where training did"):
        display = GradientFlowDisplay.from_estimator(reg, X, TARGET)
    assert 1 <= len(display.norms) < 51
    assert len(display.lines_[0].get_xdata()) == len(display.norms)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "bar"}, "kind must be one of 'line', 'heatmap'; got 'bar'"),
        ({"quantity": "dW"}, "quantity must be one of .*got 'dW'"),
    ],
)
def test_unknown_options_are_refused_before_training(arguments, message, monkeypatch):
    monkeypatch.setattr(BackpropClassifier, "_fit", None)
    with pytest.raises(ValueError, match=message):
        GradientFlowDisplay.from_estimator(classifier(), X, y, **arguments)


def test_norms_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="norms must have the shape"):
        GradientFlowDisplay(norms=[1.0, 2.0]).plot()
    with pytest.raises(ValueError, match="epochs must have an entry for each of the 2 rows"):
        GradientFlowDisplay(norms=[[1.0], [2.0]], epochs=[1]).plot()


# -- how they look --------------------------------------------------------------------------


@pytest.mark.parametrize("name", PICTURES)
def test_pictures_look_as_they_did(name):
    draw, _ = PICTURES[name]
    assert difference(pixels(figure(draw)), baseline(name)) < TOLERANCE


@pytest.mark.parametrize("name", PICTURES)
def test_the_tolerance_catches_a_change_but_not_a_smoother_edge(name):
    draw, change = PICTURES[name]
    image = baseline(name)
    assert difference(pixels(figure(draw, **change)), image) > 1.5 * TOLERANCE
    assert 0 < difference(moved(image), image) < TOLERANCE
