"""What a page shows is what the engine computes; it needs nothing but itself."""

import base64
import html
import json
import re
import warnings
from itertools import pairwise

import numpy as np
import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_iris, make_moons, make_multilabel_classification
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.exceptions import ConvergenceWarning, RiskyOutputWarning
from sknn_edu.losses import LogLoss, SquaredError
from sknn_edu.optimizers import SGD
from sknn_edu.teaching import explore, trace
from sknn_edu.teaching.pages.page import Page, as_json, assemble
from sknn_edu.teaching.pages.recording import frames_of

IRIS, IRIS_Y = load_iris(return_X_y=True)
MOONS, MOONS_Y = make_moons(60, noise=0.2, random_state=0)
XOR, XOR_Y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
LABELS = make_multilabel_classification(60, n_features=2, n_classes=3, random_state=0)


def small(**options):
    return BackpropClassifier((3,), "tanh", random_state=0, **options)


def data_of(page):
    """What Python has written into a page."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page.html, re.S)
    return json.loads(found[1])


def unpacked(text, dtype):
    return np.frombuffer(base64.b64decode(text), np.dtype(dtype))


def passes_of(data):
    """The arrays of each shown epoch, by name."""
    numbers = unpacked(data["numbers"], data["dtype"]).reshape(len(data["epochs"]), -1)
    frames = []
    for row in numbers:
        arrays, start = {}, 0
        for array in data["arrays"]:
            size = np.prod(array["shape"])
            arrays[array["name"]] = row[start : start + size].reshape(array["shape"])
            start += size
        assert start == len(row)
        frames.append(arrays)
    return frames


def fitted_for(est, epochs, X, y, w=None):
    """A network after its own fit of so many epochs; the first weights for none."""
    est = clone(est)
    if not epochs:
        return est.initialize(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return est.set_params(max_iter=epochs).fit(X, y, w)


# -- every number is the engine's ----------------------------------------------------------------


@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize(
    "est",
    [
        small(),
        small(solver="sgd", batch_size=16, learning_rate_init=0.1, alpha=0.1),
        small(solver="lbfgs"),
        small(dropout=0.5, class_weight="balanced"),
        BackpropClassifier((4, 3), "relu", loss="hinge", random_state=1),
    ],
    ids=["adam", "batches", "lbfgs", "dropout", "hinge"],
)
def test_each_epoch_has_the_trace_of_a_fit_of_as_many_epochs(est, layout):
    w = np.linspace(0.5, 1.5, len(MOONS))
    page = explore(est, MOONS, MOONS_Y, w, epochs=4, layout=layout, learning_rate=0.1)
    data = data_of(page)
    rows = data["samples"]["rows"]
    assert data["epochs"] == [0, 1, 2, 3, 4]
    for epoch, arrays, J in zip(data["epochs"], passes_of(data), data["losses"], strict=True):
        fitted = fitted_for(est, epoch, MOONS, MOONS_Y, w)
        if epoch == 0:  # initialize knows of no sample weights, but has the first weights
            fitted = fitted_for(est, 1, MOONS, MOONS_Y, w).set_params(max_iter=1)
            first = clone(est).initialize(MOONS, MOONS_Y)
            fitted.coefs_, fitted.intercepts_ = first.coefs_, first.intercepts_
            del fitted._optimizer
        t = trace(fitted, MOONS[rows], MOONS_Y[rows], w[rows], layout, learning_rate=0.1)
        known = [name for name in arrays if "(" not in name]
        assert {"W1", "b1", "Z1", "A2", "loss", "dA0", "delta1", "dW2", "W2_next"} <= {*known}
        for name in known:
            assert np.array_equal(arrays[name], np.atleast_2d(t[name])), (epoch, name)
        assert J == fitted.objective(MOONS, MOONS_Y, w)


def test_arrays_follow_the_layout():
    of_rows = data_of(explore(small(), IRIS, IRIS_Y, epochs=2, max_samples=5))
    of_columns = data_of(explore(small(), IRIS, IRIS_Y, epochs=2, max_samples=5, layout="columns"))
    for rows, columns in zip(passes_of(of_rows), passes_of(of_columns), strict=True):
        assert rows["Z1"].shape == (5, 3)
        for name in ("W1", "b1", "Z1", "A2", "Y", "dA1", "delta2", "dW1", "db2"):
            np.testing.assert_allclose(rows[name], columns[name].T, rtol=1e-12)
    axes = {array["name"]: array.get("axes") for array in of_columns["arrays"]}
    assert axes["Z1"] == ["1", "samples"]
    assert axes["W1"] == ["1", "0"]
    formulas = {step["name"]: step["formula"] for step in of_columns["operations"]}
    assert formulas["Z1"].startswith("<i>W</i><sub>1</sub> <i>A</i><sub>0</sub>")


@pytest.mark.parametrize("mean_in", ["delta", "dW", "nowhere"])
@pytest.mark.parametrize("sign", ["gradient", "descent"])
def test_arrays_and_formulas_follow_the_conventions(mean_in, sign):
    clf = small(alpha=0.1).initialize(XOR, XOR_Y)
    page = explore(clf, XOR, XOR_Y, epochs=1, mean_in=mean_in, sign=sign)
    data = data_of(page)
    t = trace(clf, XOR, XOR_Y, mean_in=mean_in, sign=sign)
    first = passes_of(data)[0]
    for name in ("delta2", "dW2", "db1", "dA1", "loss", "penalty"):
        assert np.array_equal(first[name], np.atleast_2d(t[name])), name
    assert data["losses"][0] == pytest.approx(t.loss)
    delta = next(step["formula"] for step in data["operations"] if step["name"] == "delta2")
    assert ("/ <i>m</i>" in delta) == (mean_in == "delta")
    assert delta.startswith("<i>Y</i>" if sign == "descent" else "<i>A</i>", delta.index("<"))


def test_operations_are_in_the_order_of_the_computation():
    data = data_of(explore(small(), XOR, XOR_Y, epochs=1))
    names = [step["name"] for step in data["operations"]]
    assert names == [
        *("Z1", "A1", "Z2", "A2", "penalty", "loss"),
        *("dA2", "delta2", "dW2", "db2", "dA1", "delta1", "dW1", "db1", "dA0"),
    ]


@pytest.mark.parametrize("options", [{}, {"clip_norm": 0.1}, {"parametrization": "ntk"}], ids=str)
@pytest.mark.parametrize(
    "solver", ["gd", "sgd", "adagrad", "rmsprop", "adam", "adamw", "nadam", SGD(momentum=0.5)]
)
def test_the_step_of_a_full_batch_leads_to_the_next_epoch(solver, options):
    clf = small(solver=solver, learning_rate_init=0.001, alpha=0.1, **options)
    frames = passes_of(data_of(explore(clf, XOR, XOR_Y, epochs=5, learning_rate=0.001)))
    for now, following in pairwise(frames):
        for name in ("W1", "b1", "W2", "b2"):
            # Training may run on the compiled core, which adds up in another order.
            np.testing.assert_allclose(now[f"{name}_next"], following[name], rtol=1e-10)
            assert not np.array_equal(now[f"{name}_next"], now[name])


def test_what_the_solver_keeps_is_that_of_the_epoch():
    clf = small(solver="adam", learning_rate_init=0.01)
    frames = passes_of(data_of(explore(clf, XOR, XOR_Y, epochs=3, learning_rate=0.01)))
    assert [frame["t"].item() for frame in frames] == [1, 2, 3, 4]
    assert not frames[0]["mW1"].any()
    for now, following in pairwise(frames):
        for name in ("mW1", "vb2"):
            np.testing.assert_allclose(now[f"{name}_next"], following[name], rtol=1e-10, atol=1e-15)


def test_a_solver_without_a_rule_for_single_steps_ends_with_one_of_gradient_descent():
    data = data_of(explore(small(solver="lbfgs"), XOR, XOR_Y, epochs=2, learning_rate=0.5))
    words = {step["name"]: step["words"] for step in data["operations"]}
    why = "One step of gradient descent. (lbfgs has no rule for a single step.)"
    assert words["W1_next"] == why
    for frame in passes_of(data):
        step = frame["W2"] - 0.5 * frame["dW2"]
        np.testing.assert_allclose(frame["W2_next"], step, rtol=1e-12)


def test_regions_are_the_predictions():
    clf = small(max_iter=3)
    data = data_of(explore(clf, MOONS, MOONS_Y, epochs=3))
    plot, fitted = data["plot"], fitted_for(clf, 3, MOONS, MOONS_Y)
    side, levels = plot["side"], plot["levels"]
    x = np.linspace(plot["low"][0], plot["high"][0], side)
    y = np.linspace(plot["high"][1], plot["low"][1], side)
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    last = unpacked(plot["frames"], "u1").reshape(-1, side * side)[-1]
    assert np.array_equal(last // levels, fitted.predict(grid))
    assert np.ptp(last % levels) > 10


@pytest.mark.parametrize("n_features", [1, 2])
def test_pictures_of_regressors_are_the_predictions(n_features):
    reg, X, y = (
        BackpropRegressor(3, "tanh", random_state=0),
        IRIS[:, 2 : 2 + n_features],
        IRIS[:, 0],
    )
    plot = data_of(explore(reg, X, y, epochs=2))["plot"]
    fitted = fitted_for(reg, 2, X, y)
    if n_features == 1:
        x = np.linspace(plot["low"][0], plot["high"][0], 81)[:, np.newaxis]
        drawn = unpacked(plot["frames"], "f4").reshape(3, -1)[-1]
        expected = fitted.predict(x)
        np.testing.assert_allclose(drawn, expected, rtol=1e-5)
    else:
        corner = fitted.predict([[plot["low"][0], plot["high"][1]]])[0]
        byte = unpacked(plot["frames"], "u1").reshape(3, -1)[-1, 0]
        expected = (corner - plot["from"]) / (plot["to"] - plot["from"]) * 255
        assert abs(byte - np.clip(expected, 0, 255)) <= 0.5


def test_the_picture_reaches_to_where_predictions_begin_unless_that_is_far():
    X, y = np.array([[-1.0], [-0.5], [0.5], [1.0]]), np.array([1, 0.25, 0.25, 1])
    reg = BackpropRegressor((), solver="gd", learning_rate_init=0.01).initialize(X, y)
    reg.coefs_[0][:], reg.intercepts_[0][:] = 0.5, -0.2
    plot = data_of(explore(reg, X, y, epochs=2))["plot"]
    assert plot["from"] == pytest.approx(-0.2 + 0.5 * plot["low"][0])  # the curve's lower end
    assert plot["to"] == 1 + 0.25 * 0.75  # somewhat more than the largest target
    reg.intercepts_[0][:] = -100
    plot = data_of(explore(reg, X, y, epochs=1))["plot"]
    assert plot["from"] == 0.25 - 1.5 * 0.75
    drawn = unpacked(plot["frames"], "f4")
    assert drawn.max() < plot["from"]  # outside of the picture, and not along its border
    reg.intercepts_[0][:] = np.nextafter(np.inf, 0) / 2
    assert np.isfinite(
        unpacked(data_of(explore(reg, X, y, epochs=1))["plot"]["frames"], "f4")
    ).all()


def test_scores_and_predictions_are_those_of_the_epoch():
    data = data_of(explore(small(), IRIS, IRIS_Y, epochs=3))
    fitted = fitted_for(small(), 3, IRIS, IRIS_Y)
    assert data["scores"][-1] == fitted.score(IRIS, IRIS_Y)
    rows = data["samples"]["rows"]
    assert data["samples"]["predictions"][-1] == list(map(str, fitted.predict(IRIS[rows])))
    assert {IRIS_Y[row] for row in rows} == {0, 1, 2}


# -- the estimator -------------------------------------------------------------------------------


def test_a_network_without_weights_is_left_without():
    clf = small()
    before = dict(vars(clf))
    explore(clf, XOR, XOR_Y, epochs=2)
    assert vars(clf) == before


def test_a_fitted_network_is_not_changed_and_the_page_goes_on_from_it():
    clf = fitted_for(small(), 3, MOONS, MOONS_Y)
    W, curve = [W.copy() for W in clf.coefs_], list(clf.loss_curve_)
    data = data_of(explore(clf, MOONS, MOONS_Y, epochs=2))
    assert all(map(np.array_equal, clf.coefs_, W))
    assert clf.loss_curve_ == curve
    assert clf.get_params() == small(max_iter=3).get_params()
    first, *_, last = passes_of(data)
    assert np.array_equal(first["W1"], W[0])
    with pytest.warns(ConvergenceWarning):
        clf.set_params(warm_start=True, max_iter=2).fit(MOONS, MOONS_Y)
    assert np.array_equal(last["W1"], clf.coefs_[0])


def test_training_that_ends_early_ends_the_page():
    clf = small(early_stopping=True, n_iter_no_change=1, tol=10)
    data = data_of(explore(clf, MOONS, MOONS_Y, epochs=50))
    assert data["epochs"] == [0, 1, 2, 3]
    assert "Validation score" in data["network"]["stop"]


def test_a_divergence_is_shown_up_to_where_it_ends():
    reg = BackpropRegressor(3, "identity", solver="gd", learning_rate_init=1.0, random_state=0)
    data = data_of(explore(reg, IRIS * 100, IRIS[:, 0], epochs=20))
    assert 2 <= len(data["epochs"]) < 20
    assert "last finite weights were kept" in data["network"]["stop"]


def test_a_long_training_is_shown_in_few_epochs_more_at_the_start():
    data = data_of(explore(small(tol=0), XOR, XOR_Y, epochs=500))
    epochs = data["epochs"]
    assert (epochs[0], epochs[-1]) == (0, 500)
    assert len(epochs) <= 41
    assert epochs[1] - epochs[0] < epochs[-1] - epochs[-2]


CASES = {
    "labels": (small(), *LABELS),
    "texts": (small(), IRIS[:, 2:], np.array(["a<b", "c&d", "'e'"])[IRIS_Y]),
    "no biases": (BackpropRegressor(3, fit_intercept=False, random_state=0), IRIS, IRIS[:, 0]),
    "two outputs": (BackpropRegressor(3, "gelu", random_state=0), IRIS[:, :2], IRIS[:, 2:]),
    "sparse": (small(), sparse.csr_array(IRIS), IRIS_Y),
    "float32": (small(), IRIS.astype(np.float32), IRIS_Y),
    "no hidden layer": (BackpropClassifier((), random_state=0), IRIS, IRIS_Y),
    "one sample": (BackpropRegressor(2, random_state=0), [[1.0, 2.0]], [1.0]),
    "lists": (small(), XOR.tolist(), ["no", "yes", "yes", "no"]),
    "elastic net": (BackpropRegressor(2, alpha=0.1, l1_ratio=0.5, random_state=0), IRIS, IRIS_Y),
    "label smoothing": (small(loss=LogLoss(label_smoothing=0.1)), IRIS, IRIS_Y),
    "softmax by its Jacobian": (
        small(loss=SquaredError(), output_activation="softmax"),
        XOR,
        XOR_Y,
    ),
}


@pytest.mark.parametrize("layout", ["rows", "columns"])
@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_network_has_a_page(case, layout):
    est, X, y = CASES[case]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RiskyOutputWarning)
        data = data_of(explore(est, X, y, epochs=3, layout=layout))
    assert all(np.isfinite(array).all() for frame in passes_of(data) for array in frame.values())
    assert data["plot"] is None or data["plot"]["frames"]


def test_functions_have_the_values_of_the_engine():
    data = data_of(explore(small(), XOR, XOR_Y, epochs=1))
    for frame in passes_of(data):
        np.testing.assert_allclose(frame["d_tanh(Z1)"], 1 - frame["A1"] ** 2, rtol=1e-12)
        np.testing.assert_allclose(frame["log(A2)"], np.log(frame["A2"]), rtol=1e-12)


# -- the file ------------------------------------------------------------------------------------


def test_a_page_asks_for_nothing_outside_of_itself():
    page = explore(small(), MOONS, MOONS_Y)
    text = page.html.replace("http://www.w3.org/2000/svg", "")  # a name, never fetched
    assert not re.search(
        r"https?:|//[a-z]+\.[a-z]|@import|url\(|\bsrc=|<link|fetch\(|XMLHttp", text
    )
    assert set(re.findall(r'href="([^"]*)"', text)) == {"#pass"}
    policy = html.unescape(re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1])
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy


@pytest.mark.parametrize(
    ("est", "X", "y", "epochs"),
    [
        (BackpropClassifier((4, 3), "tanh", random_state=0), MOONS, MOONS_Y, 40),
        (BackpropClassifier((8,), random_state=0), IRIS, IRIS_Y, 40),
        (BackpropRegressor((8,), random_state=0), IRIS[:, :2], IRIS[:, 2], 40),
    ],
)
def test_pages_of_small_networks_are_small(est, X, y, epochs):
    assert len(explore(est, X, y, epochs=epochs).html.encode()) < 500_000


def test_text_of_the_user_cannot_become_markup():
    evil = "</script><script>alert(1)</script><!-- \u2028 <b>"
    pd = pytest.importorskip("pandas")
    X = pd.DataFrame(XOR, columns=[evil, "x"])
    page = explore(small(), X, np.array([evil, "b", "b", evil]), epochs=1)
    data = data_of(page)
    assert data["names"]["0"] == [evil, "x"]
    assert evil not in page.html
    assert page.html.count("<script") == page.html.count("</script>") == 7


def test_json_can_stand_in_a_script():
    text = as_json({"a": "</script><!-- & \u2028", "b": [0.1]})
    assert json.loads(text) == {"a": "</script><!-- & \u2028", "b": [0.1]}
    assert not set("<>&\u2028") & set(text)
    with pytest.raises(ValueError, match="Out of range float"):
        as_json(np.nan)


def test_assembled_titles_are_text():
    page = assemble("a < b & c", [], [], {}, "<main></main>")
    assert "<title>a &lt; b &amp; c</title>" in page.html
    assert page.title == "a < b & c"


def test_save_writes_utf8_and_returns_the_path(tmp_path):
    page = Page("<p>δ = ∂J/∂Z</p>\n", "δ")
    path = page.save(str(tmp_path / "page.html"))
    assert path == tmp_path / "page.html"
    assert path.read_bytes() == "<p>δ = ∂J/∂Z</p>\n".encode()


def test_save_makes_no_directory(tmp_path):
    with pytest.raises(
        FileNotFoundError, match=r"there is no directory .*nowhere.*save\('p.html'\)"
    ):
        Page("", "").save(tmp_path / "nowhere" / "p.html")
    assert not (tmp_path / "nowhere").exists()


def test_a_notebook_shows_the_page_in_a_frame_of_its_own():
    page = explore(small(), XOR, XOR_Y, epochs=1)
    frame = page._repr_html_()
    assert 'sandbox="allow-scripts"' in frame
    assert html.unescape(re.search(r'srcdoc="([^"]*)"', frame)[1]) == page.html
    assert repr(page).startswith("<Page 'How a network learns: 2 → 3 tanh → 1 logistic', ")


# -- errors --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, r"epochs must be a whole number from 1 to 1000, such as epochs=10, got 0"),
        ({"epochs": 1001}, "got 1001"),
        ({"epochs": True}, "epochs must be .* got True"),
        ({"epochs": 2.0}, "epochs must be .* got 2.0"),
        ({"max_samples": 21}, "max_samples must be a whole number from 1 to 20"),
        ({"learning_rate": -1}, "learning_rate must be a positive number"),
        ({"layout": "diagonal"}, "layout must be 'rows'"),
        ({"mean_in": "loss"}, "mean_in must be"),
        ({"sign": "plus"}, "sign must be"),
    ],
)
def test_wrong_options_are_refused_by_name(options, message):
    with pytest.raises(ValueError, match=message):
        explore(small(), XOR, XOR_Y, **options)


@pytest.mark.parametrize(
    ("est", "X", "message"),
    [
        (BackpropClassifier(31), IRIS, "Hidden layer 1 has 31 units, and a page shows at most 30"),
        (small(), np.ones((150, 31)), "The input layer has 31 units"),
        (BackpropClassifier([2] * 8), IRIS, "9 layers with weights, and a page shows at most 8"),
    ],
)
def test_what_is_too_large_is_named(est, X, message):
    with pytest.raises(ValueError, match=message):
        explore(est, X, IRIS_Y)


def test_too_many_numbers_for_a_page_are_refused():
    with pytest.raises(ValueError, match="max_samples: the numbers of one epoch take 600 kB"):
        frames_of(20, 600_000)
    assert len(frames_of(20, 200_000)) <= 10


def test_other_estimators_are_refused():
    with pytest.raises(TypeError, match="Pipeline has steps before"):
        explore(make_pipeline(StandardScaler(), small()), XOR, XOR_Y)
    with pytest.raises(
        TypeError, match="BackpropClassifier or a BackpropRegressor, got StandardScaler"
    ):
        explore(StandardScaler(), XOR, XOR_Y)
