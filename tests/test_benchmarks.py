"""The benchmarks' arithmetic: ratios, tables, shapes; and that equal work ends in an equal loss."""

import math
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

import avx2  # noqa: E402
import compare  # noqa: E402
import kernels  # noqa: E402
import options  # noqa: E402
import products  # noqa: E402
import redraw  # noqa: E402
import table_data  # noqa: E402
import table_models  # noqa: E402
import table_report  # noqa: E402
import tables  # noqa: E402
import threads  # noqa: E402
from measure import Candidate, Times, in_turns, machine, rest  # noqa: E402
from peers import MODULES, load  # noqa: E402
from peers.gemm import gemms  # noqa: E402
from peers.ours import VARIANTS  # noqa: E402
from peers.scikit_learn import ScikitLearn  # noqa: E402
from report import draw_ratios, write  # noqa: E402
from workloads import WORKLOADS  # noqa: E402

from sknn_edu import activations, losses  # noqa: E402
from sknn_edu.native import library as native_library  # noqa: E402

PAGE = ROOT / "docs" / "benchmarks.md"
SLOW_SCRIPTS = ("compare", "kernels", "grids", "growth", "memory", "overhead")
DTYPES = ["float64", "float32"]
# A fit of so many epochs is what is wanted; that they do not suffice is no news.
epochs_are_counted = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def plain_peers():
    """Those that need nothing but what the package needs."""
    peers, left_out = load(["sknn_edu", "scikit-learn", "gemm"], 1)
    assert left_out == []
    return peers


def times(**rounds):
    """Times of peers; "torch_2" are those of torch with two threads."""
    keys = {name: (name.rsplit("_", 1)[0], int(name[-1])) for name in rounds}
    return Times(
        first={keys[name]: values[0] + 1.0 for name, values in rounds.items()},
        rounds={keys[name]: values for name, values in rounds.items()},
    )


def row(workload="S", updates=1, **rounds):
    return compare.Row(WORKLOADS[workload], "float64", updates, times(**rounds))


# -- in turns ---------------------------------------------------------------------------------


def test_a_rest_is_as_long_as_a_thread_is_busy():
    is_over = threading.Event()

    def spin():
        end = time.thread_time() + 0.1
        while time.thread_time() < end:
            pass
        is_over.set()

    threading.Thread(target=spin).start()
    rest()
    assert is_over.is_set()


def test_candidates_run_in_turns_within_their_settings_after_a_round_to_warm_up():
    log = []

    @contextmanager
    def setting(name):
        log.append(f"{name} begins")
        yield
        log.append(f"{name} ends")

    def candidate(name):
        return Candidate(lambda: log.append(name) or name, lambda: setting(name))

    made = in_turns({name: candidate(name) for name in "AB"}, rounds=2)
    assert log == [f"{n}{what}" for n in "ABABAB" for what in (" begins", "", " ends")]
    assert made.result == {"A": "A", "B": "B"}
    assert {name: len(values) for name, values in made.rounds.items()} == {"A": 2, "B": 2}
    assert made.first.keys() == {"A", "B"}


def test_a_ratio_is_the_median_of_the_ratios_within_the_rounds():
    made = times(torch_1=[2.0, 30.0, 8.0], sknn_edu_1=[1.0, 10.0, 2.0])
    assert made.ratio(("torch", 1), ("sknn_edu", 1)) == 3.0  # the medians' ratio is 4
    assert made.median(("torch", 1)) == 8.0
    assert made.best(made.rounds) == ("sknn_edu", 1)


def test_the_machine_is_described_with_the_kernels_of_the_blas_and_of_our_core(monkeypatch):
    assert "numpy" in machine()
    assert machine(["torch 2"]).count("torch 2") == 1
    assert "BLAS: " in machine()
    for library, text in [
        (None, "none, it is not compiled here"),
        (SimpleNamespace(level="v4"), "v4 (AVX-512)"),
        (SimpleNamespace(level="portable"), "portable"),
    ]:
        monkeypatch.setattr(native_library, "load", lambda library=library: library)
        assert f"kernels of our core: {text};" in machine()


# -- ratios and tables ------------------------------------------------------------------------


def test_each_side_of_a_ratio_has_its_best_number_of_threads():
    made = row(torch_1=[9.0], torch_2=[6.0], sknn_edu_1=[2.0], sknn_edu_2=[3.0])
    assert made.ratio("torch", "sknn_edu") == 3.0
    assert made.best("torch") == 6e6


def test_on_lbfgs_scikit_learn_has_one_thread():
    measured = {"scikit-learn_2": [1.0], "scikit-learn_1": [4.0], "sknn_edu_1": [1.0]}
    assert row("B", **measured).ratio("scikit-learn", "sknn_edu") == 4.0
    assert row("S", **measured).ratio("scikit-learn", "sknn_edu") == 1.0


def test_a_peer_that_was_not_measured_has_an_empty_cell():
    rows = [row(torch_1=[3.0], sknn_edu_1=[1.0]), row("B", sknn_edu_1=[1.0])]
    assert math.isnan(rows[1].ratio("torch", "sknn_edu"))
    lines = compare.ratios_table(rows, "sknn_edu").splitlines()
    assert lines[2:] == ["| S | float64 | **3.00** (2.5) |", "| B | float64 |  |"]


def test_times_are_microseconds_for_an_update_and_compilation_stands_apart():
    lines = compare.times_table([row(updates=2, sknn_edu_1=[1e-4], jax_2=[2e-5])]).splitlines()
    assert lines[0].split(" | ")[-3:] == ["sknn_edu 1", "jax 2", "jax compiles, s |"]
    assert lines[2].split(" | ")[-3:] == ["50", "10", "1.00 |"]


@pytest.mark.parametrize(
    "name",
    [
        *("speed", "speed-avx2", "kernels", "threads", "products", "products-v3"),
        *("latency", "options", "grids", "growth", "memory", "overhead"),
    ],
)
def test_the_page_has_a_place_for_each_result(name, tmp_path):
    page = tmp_path / "benchmarks.md"
    before = PAGE.read_text(encoding="utf-8")
    page.write_text(before, encoding="utf-8")
    panels = {
        "float64": (["S", "D"], {"torch": [(1.0, 2.0), (2.0, 2.0)], "gemm": [(1.0, None)] * 2})
    }
    write(page, {name: "| new |"}, {name: partial(draw_ratios, panels, "ratio")})
    after = page.read_text(encoding="utf-8")
    assert f"| new |\n\n![The numbers above as a plot](images/{name}.png)\n" in after
    assert (tmp_path / "images" / f"{name}.png").stat().st_size > 1000
    begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
    assert after.split(begin)[0] == before.split(begin)[0]
    assert after.split(end)[1] == before.split(end)[1]


def test_a_page_without_a_place_gets_one_at_its_end_which_the_next_run_uses(tmp_path):
    page = tmp_path / "out.md"
    write(page, {"threads": "| old |"}, {})
    write(page, {"options": "| other |"}, {})
    write(page, {"threads": "| new |"}, {})
    lines = page.read_text(encoding="utf-8").split()
    expected = "<!-- begin threads --> | new | <!-- end threads -->"
    expected += " <!-- begin options --> | other | <!-- end options -->"
    assert " ".join(lines) == expected


def test_goals_are_those_of_the_workload_and_a_part_of_them_is_known_for_scikit_learn_only():
    measured = {"torch_1": [9.0], "scikit-learn_1": [9.0], "sknn_edu_1": [1.0]}
    peers = ("scikit-learn", "torch", "jax", "skorch")
    assert [row("X", **measured).goal(peer) for peer in peers] == [1, 1.1, None, None]
    assert [row("S", **measured).goal(peer) for peer in peers] == [30, 2.5, 1.2, None]
    of_half = replace(row("S", **measured), part_of_goals=0.5)
    assert [of_half.goal(peer) for peer in peers] == [15, None, None, None]
    none = replace(of_half, workload=replace(WORKLOADS["S"], goals={}))
    assert [none.goal(peer) for peer in peers] == [None] * 4


# -- the matrix products ----------------------------------------------------------------------


@pytest.mark.parametrize("sizes", [[2, 2, 1], [64, 100, 10], [8, 64, 64, 1], [3, 2]])
def test_the_products_of_a_step_are_three_for_a_layer_but_two_for_the_first(sizes):
    layers = [2 * 50 * n_in * n_out for n_in, n_out in pairwise(sizes)]
    assert sum(gemm.flops for gemm in gemms(sizes, 50)) == 3 * sum(layers) - layers[0]


@pytest.mark.parametrize("name", products.NAMES)
def test_the_products_of_the_layers_are_those_of_a_step(name):
    made = list(products.products(name, "float32", smoke=True))
    problem = WORKLOADS[name].toy().problem("float32")
    of_step = gemms(problem.sizes, problem.batch_size)
    assert sum(product.flops for product in made) == sum(gemm.flops for gemm in of_step)


def test_products_are_compared_with_the_core_where_it_has_them(monkeypatch):
    product = products.Product("D", "forward", 64, 100, 200, "float32")
    monkeypatch.setattr(products, "blas_product", lambda *_: 1e-6)
    monkeypatch.setattr(products, "core_has_products", lambda: False)
    alone = products.measure(product, rounds=2)
    assert list(alone.rounds) == ["BLAS"]
    assert math.isnan(products.ratio(alone))
    assert products.summary({product: products.ratio(alone)}) == ""
    monkeypatch.setattr(products, "core_has_products", lambda: True)
    monkeypatch.setattr(products, "core_product", lambda *_: 2e-6)
    both = products.measure(product, rounds=2)
    assert products.cells(product, both)[4:] == ["2", "1", "0.50", "1280", "2560"]
    text = products.summary({product: products.ratio(both)})
    assert "0.50 in the worst case (D, 64 x 100, forward)" in text


def test_a_script_starts_again_unless_its_instruction_set_is_limited_already(monkeypatch):
    started = []
    monkeypatch.setattr(avx2.os, "execve", lambda *call: started.append(call))
    avx2.restart_with("v2")
    ((_, command, environment),) = started
    assert command[1:] == sys.argv
    assert environment["OPENBLAS_CORETYPE"] == "Nehalem"
    for name, value in avx2.LIMITS["v2"].items():
        monkeypatch.setenv(name, value)
    avx2.restart_with("v2")
    assert len(started) == 1


def test_a_plot_is_drawn_again_from_the_tables_with_all_its_series(monkeypatch):
    ours = {"sknn_edu_1": [3.0], "sknn_edu_2": [2.0], "sknn_edu numpy_1": [8.0]}
    rows = [row(name, torch_2=[5.0], **ours) for name in "SD"]
    drawn = []
    for module in (compare, redraw):
        monkeypatch.setattr(module, "draw_ratios", lambda *arguments: drawn.append(arguments))
    compare.draw(rows, "file")
    page = f"<!-- begin speed -->\n\n{compare.report(rows, '')}\n\n<!-- end speed -->"
    redraw.ratios(page, "speed", "file")
    first, again = drawn
    assert again == first
    assert first[0]["float64"][1]["sknn_edu numpy"] == [(4.0, None)] * 2


# -- equal work -------------------------------------------------------------------------------


@epochs_are_counted
@pytest.mark.parametrize("name", WORKLOADS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_ours_and_scikit_learn_reach_the_same_loss(name, dtype, plain_peers):
    workload = WORKLOADS[name].toy()
    made = compare.measure(workload, dtype, plain_peers, [1], rounds=1)  # asserts it
    problem = workload.problem(dtype)
    names = (next(iter(VARIANTS)), "scikit-learn")
    ours, theirs = (problem.loss(*made.times.result[name, 1]) for name in names)
    assert ours == pytest.approx(theirs, rel=1e-12 if dtype == "float64" else 1e-6)
    assert ours != problem.loss(*problem.parameters)  # both have learned something
    assert made.keys("gemm") == [("gemm", 1)]


@epochs_are_counted
def test_a_peer_that_does_other_work_is_found_out(plain_peers):
    class Lazy(ScikitLearn):
        name = "lazy"

        def prepare(self, problem):
            return super().prepare(replace(problem, params=problem.params | {"max_iter": 1}))

    with pytest.raises(AssertionError, match=r"lazy with 1 thread\(s\) reached the loss"):
        compare.measure(WORKLOADS["S"].toy(), "float64", [*plain_peers, Lazy()], [1], rounds=1)


def test_a_problem_counts_its_updates_and_starts_from_our_weights():
    problem = WORKLOADS["S"].toy().problem("float32")
    assert problem.updates == 2 * 4  # batches of 32, 32, 32 and 4
    assert problem.sizes == [30, 32, 1]
    assert problem.output == "logistic"
    assert {p.dtype for group in problem.parameters for p in group} == {np.dtype("float32")}
    assert WORKLOADS["B"].toy().problem("float64").updates == 2
    orders = list(problem.epoch_orders())
    assert [sorted(order) for order in orders] == [list(range(100))] * 2
    assert not np.array_equal(*orders)
    assert all(map(np.array_equal, orders, problem.epoch_orders()))


@pytest.mark.parametrize("name", [name for name in MODULES if name != "sknn_edu"])
def test_a_peer_that_is_not_installed_is_left_out_with_a_line(name, monkeypatch):
    monkeypatch.setitem(MODULES, name, "no_such_module")
    peers, left_out = load(["sknn_edu", name], 1)
    assert [peer.name for peer in peers] == list(VARIANTS)
    assert left_out == [f"left out: {name} (peers.no_such_module is not installed)"]


# -- what is in the time of a fit -------------------------------------------------------------


def test_the_cost_of_updates_is_told_from_the_fixed_one():
    key = ("torch", 2)
    made = Times(rounds={(key, False): [5.0, 5.0, 6.0], (key, True): [9.0, 9.0, 10.0]})
    update, fixed = kernels.update_and_fixed(made, key, updates=4)
    assert (update, fixed) == (1.0, 1.0)


@epochs_are_counted
def test_the_longer_fit_has_twice_the_epochs(plain_peers):
    problem = WORKLOADS["S"].toy().problem("float64")
    made = kernels.measure(problem, plain_peers, [1, 2], rounds=1)
    assert set(made.rounds) == {
        ((p.name, n), long) for p in plain_peers for n in (1, 2) for long in (0, 1)
    }
    for name in (*VARIANTS, "scikit-learn"):
        short, long = (made.result[(name, 1), is_longer][0][0] for is_longer in (False, True))
        assert not np.array_equal(short, long)


@pytest.mark.parametrize(
    ("cores", "expected"), [(1, [1]), (2, [1, 2]), (12, [1, 2, 4, 8, 12]), (16, [1, 2, 4, 8, 16])]
)
def test_the_numbers_of_threads_are_powers_of_two_and_all_cores(cores, expected):
    assert threads.counts(cores) == expected


def test_every_component_is_among_the_options():
    names = {option.name for group in options.OPTIONS.values() for option in group}
    for parameter, family in (("activation", activations), ("loss", losses)):
        for cls in (getattr(family, name) for name in family.__all__):
            if cls.__module__.rsplit(".", 1)[-1] != "_base":
                assert f"{parameter}={cls.name!r}" in names
    assert {"solver='gd'", "solver='sgd'", "solver='adam'"} <= names


def test_an_option_says_which_engine_runs_it():
    problem = WORKLOADS["D"].toy().problem("float64")
    core = "core" if native_library.load() else "**NumPy**"
    assert options.Option("", {"activation": "tanh"}).engine(problem) == core
    assert options.Option("", {}, options.sparse).engine(problem) == core
    on_numpy = {"solver": "lm", "loss": "squared_error"}
    assert options.Option("", on_numpy).engine(problem) == "**NumPy**"
    with pytest.raises(ValueError, match="alpha"):
        options.Option("", {"alpha": -1}).engine(problem)


# -- tables -----------------------------------------------------------------------------------


@pytest.fixture
def numbered(monkeypatch):
    """A table whose targets are the numbers of its rows."""

    def use(n):
        y = np.arange(float(n))
        monkeypatch.setattr(table_data, "whole", lambda name: (pd.DataFrame({"x": -y}), y))
        return "diabetes"

    return use


@pytest.mark.parametrize(
    ("n", "n_train", "n_test"), [(100, 80, 20), (2600, 2000, 600), (5000, 2000, 3000)]
)
def test_a_split_is_a_part_to_train_on_and_another_to_test_on(numbered, n, n_train, n_test):
    part, again, other = (table_data.load(numbered(n), split) for split in (0, 0, 1))
    assert (len(part.y_train), len(part.y_test)) == (n_train, n_test)
    assert not set(part.y_train) & set(part.y_test)
    assert np.array_equal(part.X_train["x"], -part.y_train)
    assert np.array_equal(part.X_test["x"], -part.y_test)
    assert np.array_equal(part.y_train, again.y_train)
    assert not np.array_equal(part.y_test, other.y_test)


def test_more_training_rows_are_tested_on_the_same_rows(numbered):
    small, large = (table_data.load(numbered(20_000), 3, max_train=m) for m in (2000, 50_000))
    assert (len(large.y_train), len(large.y_test)) == (14_000, 6000)
    assert np.array_equal(small.y_test, large.y_test)
    assert np.array_equal(small.y_train, large.y_train[:2000])


def test_a_class_that_no_training_row_has_is_not_tested(monkeypatch):
    y = np.array(["a"] * 49 + ["b"])
    monkeypatch.setattr(table_data, "whole", lambda name: (pd.DataFrame({"x": range(50)}), y))
    for split in range(10):
        part = table_data.load("digits", split, max_train=20)
        assert set(part.y_test) <= set(part.y_train)


def test_tuning_and_held_out_tables_are_all_tables_and_none_is_both():
    assert (*table_data.TUNING, *table_data.HELD_OUT) == table_data.NAMES
    assert set(table_data.LARGE) <= set(table_data.NAMES)
    for tables_of in (table_data.TUNING, table_data.HELD_OUT):
        tasks = [table_data.SOURCES[name].task for name in tables_of]
        assert min(tasks.count("class"), tasks.count("reg")) >= 7


def test_columns_become_floats_bools_categories_and_strings_and_keep_what_is_missing():
    n = table_data.MANY_LEVELS + 1
    column = {
        "float": pd.Series([1, 2, None]),
        "bool": pd.Series([0, 1, 1]),
        "category": pd.Series([" a", "b", None], dtype=object),
        "string": pd.Series([None, *(f"v{i}" for i in range(n))], dtype=object),
    }
    made = {kind: table_data.prepared(values, False) for kind, values in column.items()}
    assert {kind: table_data.kind(values) for kind, values in made.items()} == dict(
        zip(column, column, strict=True)
    )
    missing = {kind: int(values.isna().sum()) for kind, values in made.items()}
    assert missing == {"float": 1, "bool": 0, "category": 1, "string": 1}
    assert list(made["category"].cat.categories) == ["a", "b"]
    assert table_data.kind(table_data.prepared(column["float"], True)) == "category"


def test_models_get_text_and_missing_values_in_their_own_way():
    train = pd.DataFrame(
        {
            "word": pd.Series(["a", "a", "b", "b", "c", None]).astype("category"),
            "is": [True, False, True, True, False, True],
            "size": [1.0, 2.0, np.nan, 4.0, 5.0, 6.0],
        }
    )
    test = train.assign(word=pd.Series(["c", "d", "a", "b", None, "a"], dtype=object))
    _, categories = table_models.with_categories((train, test), most=2)
    assert list(categories["word"].cat.categories) == ["a", "b"]
    assert categories["word"].isna().tolist() == [True, True, False, False, True, False]
    _, words = table_models.with_words((train, test))
    assert words["word"].tolist() == ["c", "d", "a", "b", "missing", "a"]
    assert words["is"].tolist() == list(map(str, train["is"]))
    made = table_models.columns_as_numbers().fit(train)
    numbers = pd.DataFrame(made.transform(test), columns=made.get_feature_names_out())
    assert numbers.shape[1] == 1 + 1 + 1 + 4  # size, is, where size is missing, a b c and missing
    assert np.isfinite(numbers).all(axis=None)


def test_scores_are_of_the_classes_in_training_and_a_certain_mistake_is_finite():
    y_train, y_test = np.array(["no", "yes", "no"]), np.array(["yes", "no"])
    part = table_data.Table(None, y_train, None, y_test, "class")
    made = tables.scores(part, np.array([[0.2, 0.8], [0.0, 1.0]]))
    assert made["error"] == 0.5
    assert made["log loss"] == pytest.approx(-(math.log(0.8) + math.log(1e-7)) / 2)
    part = table_data.Table(None, None, None, np.array([1.0, 3.0]), "reg")
    assert tables.scores(part, np.array([2.0, 2.0])) == {"1-R2": 1.0}


def line(table, split, model, n_train=100, n_test=50, **scores):
    scores = {name.replace("_", " "): value for name, value in scores.items()}
    return {
        "table": table, "split": split, "model": model, "n_train": n_train, "n_test": n_test,
        "cpu_seconds": 1.0, "versions": {model: "1"}, "processor": "one",
    } | scores  # fmt: skip


def test_a_ratio_is_the_geometric_mean_over_splits_and_then_over_tables():
    made = table_report.Results(
        [
            *(line("german", split, "realmlp", error=0.1) for split in (0, 1, 2)),
            line("german", 0, "plain", error=0.1),
            line("german", 1, "plain", error=0.4),
            line("letter", 0, "realmlp", error=0.1),
            line("letter", 0, "plain", error=0.8),
        ]
    )
    assert made.reference() == "realmlp"
    cases = made.usual()
    assert cases == [("german", 100), ("letter", 100)]
    german = made.log_ratio(cases[0], "plain", "realmlp", "error")
    assert (math.exp(german.mean), german.n) == (pytest.approx(2.0), 2)
    assert german.error == pytest.approx(math.log(2))  # of 0 and log 4, sd / sqrt(2)
    both = made.ratio(cases, "plain", "realmlp", "error")
    assert (math.exp(both.mean), both.n) == (pytest.approx(4.0), 2)
    assert both.error == pytest.approx(math.log(2))  # of log 2 and log 8
    assert both.as_ratio() == f"4.00{table_report.PLUS_MINUS}{4 * math.log(2):.2f}"
    assert made.ratio(cases, "plain", "realmlp", "1-R2") is None
    assert "4.00" in table_report.ratios(made, "realmlp")


def test_no_error_counts_as_half_a_wrong_row_and_the_later_of_two_lines_counts():
    first = line("german", 0, "hgb", error=0.3)
    lines = [first, line("german", 0, "plain", error=0.0), first | {"error": 0.01}]
    made = table_report.Results(lines)
    ratio = made.ratio(made.usual(), "plain", "hgb", "error")
    assert math.exp(ratio.mean) == pytest.approx(1.0)
    assert (ratio.as_ratio(), len(made.lines)) == ("1.00", 2)


def test_larger_training_parts_are_reported_apart():
    made = table_report.Results(
        [line("magic", 0, "hgb", n_train=n, error=0.1, log_loss=0.2) for n in (100, 2000, 9000)]
    )
    assert made.usual() == [("magic", 2000)]
    assert made.large() == [("magic", 9000)]
    assert "| magic | 9000 | log loss | 0.2 |" in table_report.texts(made, "hgb")["table-large"]


def test_what_is_measured_is_not_measured_again(tmp_path, monkeypatch):
    file, fits = tmp_path / "results.jsonl", []

    def fit(name, split, model, max_train):
        fits.append((name, split))
        return line(name, split, model, n_train=max_train, error=0.1, log_loss=0.2)

    monkeypatch.setattr(tables, "fit", fit)
    arguments = ["tables", "--tables", "digits", "--models", "hgb", "--max-train", "50"]
    for more in (["--splits", "1"], ["--splits", "2"], ["--splits", "1", "--again"]):
        monkeypatch.setattr(sys, "argv", [*arguments, "--results", str(file), *more])
        tables.main()
    assert fits == [("digits", 0), ("digits", 1), ("digits", 0)]
    assert len(file.read_text(encoding="utf-8").splitlines()) == 3


def test_tables_run_at_toy_size_and_their_results_are_written_and_drawn(tmp_path, monkeypatch):
    page, picture = tmp_path / "out.md", tmp_path / "out.png"
    paths = ["--markdown", str(page), "--picture", str(picture)]
    monkeypatch.setattr(sys, "argv", ["tables", "--smoke", *paths])
    tables.main()
    assert "| HistGradientBoosting | 1.00 " in page.read_text(encoding="utf-8")
    assert picture.stat().st_size > 0


# -- the scripts --------------------------------------------------------------------------------


@epochs_are_counted
@pytest.mark.parametrize(
    "name",
    [
        *("threads", "products", "latency", "options"),
        *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW_SCRIPTS),
    ],
)
def test_a_script_runs_at_toy_size_and_writes_its_table(name, tmp_path, monkeypatch):
    page = tmp_path / "out.md"
    arguments = ["--smoke", "--peers", "scikit-learn", "--threads", "1", "--markdown", str(page)]
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    import_module(name).main()
    assert "| --- |" in page.read_text(encoding="utf-8")
