"""Answers in files: marked right, refused with the key that is wrong, and never a traceback.

The page `docs/grading.md` is run here too, block by block.
"""

import ast
import contextlib
import io
import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.__main__ import main
from sknn_edu.activations import Activation
from sknn_edu.estimators.components import component
from sknn_edu.losses import Huber, LogLoss, Loss, SquaredError
from sknn_edu.teaching import check_derivation, trace
from sknn_edu.teaching.grading import AnswerFileError, check_file

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "answers.toml"
PAGE = ROOT / "docs" / "grading.md"

CLASSIFIER = """
layout = "rows"
[network]
type = "classifier"
hidden_layer_sizes = [3, 2]
activation = ["tanh", "leaky_relu(0.2)"]
alpha = 0.5
l1_ratio = 0.25
random_state = 3
[data]
X = [[0.5, -1.0], [1.5, 2.0], [-0.5, 0.3], [1.0, -0.2]]
y = ["b", "a", "c", "a"]
sample_weight = [1.0, 2.0, 0.5, 1.0]
[answers]
delta3 = "w * (A3 - Y) / sum(w)"
dW3 = "A2.T @ delta3 + alpha / sum(w) * (0.25 * W3 / sqrt(W3**2) + 0.75 * W3)"
db3 = "sum(delta3, axis=0)"
"""
REGRESSOR = EXAMPLE.read_text(encoding="utf-8")


@pytest.fixture
def write(tmp_path):
    """Write a file of that text, and return its path."""

    def written(text, name="answers.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return written


def changed(text, old, new):
    """The text with one thing changed, which must be there."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)


def answered(text, **answers):
    """The text with other answers."""
    lines = [f"{name} = {json.dumps(answer)}" for name, answer in answers.items()]
    return text.partition("[answers]")[0] + "\n".join(["[answers]", *lines])


# -- what it marks ---------------------------------------------------------------------


def test_the_example_is_marked_as_its_first_lines_say(capsys):
    assert main(["check", str(EXAMPLE)]) == 1
    printed = capsys.readouterr().out
    assert printed.startswith(f"{EXAMPLE}: 3 of 5 correct\n")
    marking = check_file(EXAMPLE)
    wrong = {name: answer.mistakes for name, answer in marking.items() if not answer.correct}
    assert wrong.keys() == {"delta1", "db1"}
    assert wrong["delta1"] == ("derivative_at_A",)


X_EXAMPLE, Y_EXAMPLE = [[1.0, 2.0], [0.0, 1.0], [1.0, 0.0]], [1.0, 0.0, 2.0]


def example_network():
    """The network of the example, built in Python."""
    est = BackpropRegressor(2, "tanh", loss=2 * SquaredError(), alpha=0)
    est.initialize(X_EXAMPLE, Y_EXAMPLE)
    est.coefs_ = [np.array([[0.5, -0.3], [0.1, 0.4]]), np.array([[0.7], [-0.6]])]
    est.intercepts_ = [np.array([0.0, 0.2]), np.array([0.1])]
    return est


def test_the_example_is_the_network_that_it_describes():
    answers = {
        "delta2": "2 * (A2 - Y) / m",
        "dW2": "A1.T @ delta2",
        "db2": [-1.672],
        "delta1": "delta2 @ W2.T * d_tanh(A1)",
        "db1": "mean(delta1, axis=0)",
    }
    marking = check_derivation(example_network(), X_EXAMPLE, Y_EXAMPLE, answers)
    assert check_file(EXAMPLE).to_dict() == marking.to_dict()


X_CLASSES, W_CLASSES = [[0.5, -1.0], [1.5, 2.0], [-0.5, 0.3], [1.0, -0.2]], [1.0, 2.0, 0.5, 1.0]


def classifier_of_the_file(**params):
    """The network of CLASSIFIER, built in Python."""
    activations = ["tanh", component(Activation, "leaky_relu(0.2)")]
    given = {"alpha": 0.5, "l1_ratio": 0.25, "random_state": 3}
    return BackpropClassifier((3, 2), activations, **given, **params)


def test_a_classifier_with_a_penalty_and_weights_of_samples(write):
    X, y, w = X_CLASSES, ["b", "a", "c", "a"], W_CLASSES
    est = classifier_of_the_file().initialize(X, y)
    marking = check_file(write(CLASSIFIER))
    assert marking.correct, marking.text
    _, dW, db = est.objective_and_gradient(X, y, w)
    numbers = {f"dW{l}": dW[l - 1].tolist() for l in (1, 2, 3)}
    numbers |= {f"db{l}": db[l - 1].tolist() for l in (1, 2, 3)}
    assert check_file(write(answered(CLASSIFIER, **numbers))).correct
    unweighted = changed(CLASSIFIER, "sample_weight = [1.0, 2.0, 0.5, 1.0]\n", "")
    assert not check_file(write(answered(unweighted, db3=numbers["db3"]))).correct


def test_columns_layout_turns_weights_and_answers_but_not_the_data(write):
    turned = changed(REGRESSOR, 'layout = "rows"', 'layout = "columns"')
    for old, new in {
        "W1 = [[0.5, -0.3], [0.1, 0.4]]": "W1 = [[0.5, 0.1], [-0.3, 0.4]]",
        "W2 = [[0.7], [-0.6]]": "W2 = [[0.7, -0.6]]",
        "b1 = [0.0, 0.2]": "b1 = [[0.0], [0.2]]",
    }.items():
        turned = changed(turned, old, new)
    right = {"delta2": "2 * (A2 - Y) / m", "dW2": "delta2 @ A1.T", "db2": [[-1.672]]}
    marking = check_file(write(answered(turned, **right)))
    assert marking.correct, marking.text
    as_matrix = changed(REGRESSOR, "b1 = [0.0, 0.2]", "b1 = [[0.0, 0.2]]")
    assert check_file(write(as_matrix)).to_dict() == check_file(EXAMPLE).to_dict()
    t = trace(example_network(), X_EXAMPLE, Y_EXAMPLE, layout="columns")
    exact = {name: t[name].tolist() for name in ("dW1", "db1", "dW2", "db2")} | {"loss": t.loss}
    assert check_file(write(answered(turned, **exact)), rtol=1e-12).correct
    assert not check_file(write(answered(REGRESSOR, dW1=exact["dW1"]))).correct


def test_weights_that_are_drawn_are_those_of_random_state(write):
    drawn = re.sub(r"\[weights\][^\[]*(.*\n)+?(?=\[answers\])", "", REGRESSOR)
    drawn = changed(
        drawn, "alpha = 0.0", 'alpha = 0.0\nweight_init = "he_normal"\nrandom_state = 5'
    )
    est = BackpropRegressor(
        2, "tanh", loss=2 * SquaredError(), alpha=0, weight_init="he_normal", random_state=5
    ).initialize(X_EXAMPLE, Y_EXAMPLE)
    _, dW, _ = est.objective_and_gradient(X_EXAMPLE, Y_EXAMPLE)
    assert check_file(write(answered(drawn, dW1=dW[0].tolist()))).correct


def test_a_network_without_biases(write):
    bare = changed(REGRESSOR, "alpha = 0.0", "alpha = 0.0\nfit_intercept = false")
    bare = changed(changed(bare, "b1 = [0.0, 0.2]\n", ""), "b2 = [0.1]\n", "")
    assert check_file(write(answered(bare, dW1="X.T @ delta1", Z1="X @ W1"))).correct


def test_classes_and_class_weights_by_label(write):
    numbered = changed(
        CLASSIFIER, 'y = ["b", "a", "c", "a"]', "y = [1, 0, 3, 0]\nclasses = [0, 1, 2, 3]"
    )
    weighted = changed(numbered, "alpha = 0.5", "alpha = 0.5\nclass_weight = {0 = 2.0, 3 = 0.5}")
    assert check_file(write(numbered)).correct
    assert check_file(write(weighted)).correct  # w has the class weights
    est = classifier_of_the_file(class_weight={0: 2.0, 3: 0.5})
    est.initialize(X_CLASSES, [1, 0, 3, 0], [0, 1, 2, 3])
    J = est.objective(X_CLASSES, [1, 0, 3, 0], W_CLASSES)
    assert check_file(write(answered(weighted, loss=J))).correct
    assert not check_file(write(answered(numbered, loss=J))).correct


def test_several_labels_and_truth_values(write):
    labels = changed(CLASSIFIER, 'y = ["b", "a", "c", "a"]', "y = [[1, 0], [0, 1], [1, 1], [0, 0]]")
    assert check_file(write(labels)).correct
    truth = changed(CLASSIFIER, 'y = ["b", "a", "c", "a"]', "y = [true, false, true, true]")
    assert check_file(write(truth)).correct


def test_risky_outputs_are_marked_without_a_warning(write):
    risky = changed(
        CLASSIFIER, "alpha = 0.5", 'loss = "squared_error"\noutput_activation = "softmax"'
    )
    assert not check_file(write(changed(risky, "l1_ratio = 0.25\n", ""))).correct


def test_csv_gives_the_same_as_numbers_in_the_file(write, tmp_path):
    data = "w,x2,kind,x1\n1.0,0.5,b,-1.0\n2.0,1.5,a,2.0\n0.5,-0.5,c,0.3\n1.0,1.0,a,-0.2\n"
    (tmp_path / "data.csv").write_text(data, encoding="utf-8-sig")
    from_csv = re.sub(
        r"X = .*\ny = .*\nsample_weight = .*\n",
        'file = "data.csv"\ntarget = "kind"\nsample_weight = "w"\n',
        CLASSIFIER,
    )
    assert check_file(write(from_csv)).to_dict() == check_file(write(CLASSIFIER)).to_dict()
    whole = answered(CLASSIFIER, X=[[0.0]])
    assert check_file(write(whole))["X"].mistakes == ("unreadable",)


def test_csv_with_several_targets(write):
    write("a,b,y1,y2\n1,2,0.5,1\n\n0,1,1.5,0\n", "data.csv")
    text = """
    [network]
    type = "regressor"
    hidden_layer_sizes = []
    random_state = 0
    alpha = 0
    [data]
    file = "data.csv"
    target = ["y2", "y1"]
    [answers]
    delta1 = "(X @ W1 + b1 - Y) / m"
    loss = %r
    """
    X, Y = [[1.0, 2.0], [0.0, 1.0]], [[1.0, 0.5], [0.0, 1.5]]
    est = BackpropRegressor((), alpha=0, random_state=0).initialize(X, Y)
    assert check_file(write(text % est.objective(X, Y))).correct


@pytest.mark.parametrize(
    ("text", "loss"),
    [
        ("squared_error", SquaredError()),
        ("2 * squared_error", 2 * SquaredError()),
        ("squared_error / 4", SquaredError() / 4),
        ("squared_error + log_loss", SquaredError() + LogLoss()),
        ("2 * log_loss(0.1)", 2 * LogLoss(label_smoothing=0.1)),
        ("3 / 2 * (squared_error + 2 * huber(1 + 1))", 1.5 * (SquaredError() + 2 * Huber(2.0))),
    ],
)
def test_losses_are_read_as_they_are_written(text, loss):
    assert repr(component(Loss, text)) == repr(loss)


# -- the command -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('loss = "2 * squared_error"', 'loss = "mse"', "Did you mean 'squared_error'?"),
        ('loss = "2 * squared_error"', 'loss = "cross_entropy"', "Did you mean 'log_loss'?"),
        ("alpha =", "lr =", "Did you mean 'learning_rate_init'?"),
        ("[data]", '[data]\nlayout = "rows"', "[data] layout: it stands above all tables"),
    ],
)
def test_names_of_other_libraries_and_places_are_told_ours(old, new, told, write, capsys):
    assert main(["check", write(changed(REGRESSOR, old, new))]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize(("needed", "status"), [("0.6", 0), ("0", 0), ("0.61", 1), ("1", 1)])
def test_min_score(needed, status, capsys):
    assert main(["check", str(EXAMPLE), "--min-score", needed]) == status


def test_json_is_the_marking_and_the_name_of_the_file(capsys):
    main(["check", str(EXAMPLE), "--json"])
    printed = json.loads(capsys.readouterr().out)
    assert printed == {"file": str(EXAMPLE), **check_file(EXAMPLE).to_dict()}


def test_json_has_a_line_for_each_file_also_for_one_that_cannot_be_used(write, capsys):
    good, bad = write(CLASSIFIER), write("x = ", "bad.toml")
    assert main(["check", "--json", bad, str(EXAMPLE), good]) == 2
    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    assert [line["file"] for line in lines] == [bad, str(EXAMPLE), good]
    assert [line.get("score") for line in lines] == [None, 0.6, 1.0]
    assert lines[0]["error"] == printed.err.strip()


def test_the_status_is_0_if_all_is_correct_and_that_of_the_worst_file(write, capsys):
    good = write(CLASSIFIER)
    assert main(["check", good]) == 0
    assert "3 of 3 correct" in capsys.readouterr().out
    assert main(["check", good, str(EXAMPLE)]) == main(["check", str(EXAMPLE), good]) == 1
    assert f"\n\n{EXAMPLE}: 3 of 5" in capsys.readouterr().out


def test_reveal_tells_the_formula_and_only_then(capsys):
    main(["check", str(EXAMPLE)])
    assert "d_tanh(Z1)" not in capsys.readouterr().out
    main(["check", str(EXAMPLE), "--reveal"])
    assert "The right formula is delta1 = dA1 * d_tanh(Z1)." in capsys.readouterr().out


def test_rtol_of_the_file_and_of_the_command_line(write, capsys):
    rough = write(answered(REGRESSOR, db2=[-1.7]))  # off by 1.7%
    loose = write("rtol = 0.05\n" + Path(rough).read_text(encoding="utf-8"), "loose.toml")
    assert main(["check", rough]) == 1
    assert main(["check", loose]) == 0
    assert main(["check", rough, "--rtol", "0.05"]) == 0
    assert main(["check", loose, "--rtol", "1e-3"]) == 1
    with pytest.raises(ValueError, match="rtol"):
        check_file(rough, rtol=2.0)


@pytest.mark.parametrize(
    "option", [["--rtol", "0"], ["--rtol", "x"], ["--min-score", "2"], ["--jso"]]
)
def test_options_that_are_wrong_are_refused(option, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["check", str(EXAMPLE), *option] if option != ["--jso"] else ["mark", "x"])
    assert ended.value.code == 2
    assert "error:" in capsys.readouterr().err


def test_it_runs_as_a_module_and_a_terminal_of_ascii_shows_any_letter(write):
    path = write(answered(REGRESSOR, dW2="\u03c3(Z1) @ \u0394", delta2="2 * (A2 - Y) / m"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "sknn_edu", "check", path],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "1 of 2 correct" in done.stdout
    assert "\\u03c3(Z1)" in done.stdout


def test_help_shows_a_file_that_works(capsys, write):
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    assert "check" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    shown = capsys.readouterr().out
    assert "exit status: 0" in shown
    start, end = shown.index("    [network]"), shown.index("exit status: 0")
    assert check_file(write(shown[start:end])).correct


# -- answers that students give ------------------------------------------------------------


def test_a_malformed_answer_is_wrong_and_the_others_are_marked(write):
    answers = {
        "dW2": "A1.T @@ delta2",
        "db2": "__import__('os').system('true')",
        "dW1": [[0.5, -0.3], [0.1]],
        "A1": "",
        "dA1": True,
        "delta2": "2 * (A2 - Y) / m",
    }
    marking = check_file(write(answered(REGRESSOR, **answers)))
    assert [name for name, answer in marking.items() if answer.correct] == ["delta2"]
    assert "^" in marking["dW2"].message
    assert "__import__" in marking["db2"].message


def test_dates_and_tables_are_wrong_answers(write):
    text = answered(REGRESSOR, delta2="2 * (A2 - Y) / m")
    marking = check_file(write(text + "\ndW2 = 1979-05-27\ndb2 = {a = 1}\ndW1.x = 3\n"))
    assert marking.score == 0.25


def test_control_characters_do_not_reach_the_terminal(write, capsys):
    write("x\u001b[2J,y\u202e\n1,2\n", "data.csv")
    from_csv = changed(changed(REGRESSOR, X_LINE, 'file = "data.csv"'), Y_LINE, 'target = "z"')
    assert main(["check", write(from_csv)]) == 2
    assert main(["check", write(answered(REGRESSOR, dW2="A1 \u001b[2J\u202e"))]) == 1
    printed = capsys.readouterr()
    assert not {"\u001b", "\u202e"} & set(printed.out + printed.err)
    assert "x\\x1b[2J, y\\u202e" in printed.err


# -- a task of the grader's own ------------------------------------------------------------


def test_with_a_task_only_the_answers_are_read(write):
    task = write(CLASSIFIER, "task.toml")
    generous = answered(
        "rtol = 0.9\n" + REGRESSOR, delta3="w * (A3 - Y)", db3="sum(delta3, axis=0)"
    )
    marking = check_file(write(generous), task=task)
    assert list(marking) == ["delta3", "dW3", "db3"]
    assert [answer.correct for answer in marking.answers] == [False, False, True]
    assert marking["delta3"].mistakes == ("missing_mean",)
    assert marking["dW3"].message == "There is no answer."
    assert marking.score == 1 / 3


def test_an_answer_that_the_task_does_not_ask_for(write, capsys):
    task = write(CLASSIFIER, "task.toml")
    path = write('[answers]\ndb9 = "1"\nZ1 = "X @ W1 + b1"\n')
    assert main(["check", "--task", task, path]) == 1
    assert "There is no answer. Not asked for: 'db9'. Did you mean" in capsys.readouterr().out


def test_a_name_that_is_unknown_costs_its_own_answer_only(write):
    text = '[answers]\ndw2 = "A1.T @ delta2"\nfoo = 1\ndz2 = "2 * (A2 - Y) / m"\n'
    task = write(REGRESSOR, "task.toml")
    marking = check_file(write(text), task=task)
    assert marking["dW2"].correct
    assert marking["delta2"].correct
    assert marking["db2"].mistakes == ("missing",)
    alone = check_file(write(changed(REGRESSOR, "db2 =", "foo =")))
    assert {name: answer.mistakes for name, answer in alone.items() if name in ("dW2", "foo")} == {
        "dW2": (),
        "foo": ("unreadable",),
    }


def test_an_answer_keeps_its_place_before_another_spelling_of_its_name(write):
    text = '[answers]\ndw2 = "A1.T"\ndW2 = "A1.T @ delta2"\n'
    assert check_file(write(text), task=write(REGRESSOR, "task.toml"))["dW2"].correct


def test_a_task_that_asks_for_what_the_network_lacks_is_refused(write):
    task = write(changed(REGRESSOR, "dW2 =", "dW9 ="), "task.toml")
    with pytest.raises(AnswerFileError, match="'dW9': the network has no such quantity"):
        check_file(write("[answers]\n"), task=task)


def test_an_answer_above_the_table_of_answers_is_sent_there(write):
    with pytest.raises(AnswerFileError, match=r"'delta2': answers stand below a line \[answers\]"):
        check_file(write('delta2 = "A2 - Y"\n' + REGRESSOR))


def test_no_answers_at_all(write):
    assert check_file(write("[answers]\n"), task=write(CLASSIFIER, "task.toml")).score == 0
    with pytest.raises(AnswerFileError, match=r"\[answers\]: there is no answer"):
        check_file(write(answered(CLASSIFIER)))


def test_a_task_that_cannot_be_used_is_named(write, capsys):
    task = write(changed(CLASSIFIER, '"classifier"', '"clasifier"'), "task.toml")
    assert main(["check", "--task", task, write("[answers]\ndb3 = 1")]) == 2
    assert f"{task}: [network] type" in capsys.readouterr().err


# -- files that cannot be used -----------------------------------------------------------

X_LINE, Y_LINE = "X = [[1.0, 2.0], [0.0, 1.0], [1.0, 0.0]]", "y = [1.0, 0.0, 2.0]"
LOSS = '"2 * squared_error"'
UNUSABLE = [  # what is changed, into what, what the error must say
    ('layout = "rows"', 'layout = "row"', ["layout", "'columns'", "'row'"]),
    ('layout = "rows"', "layot = 3", ["'layot'", "'layout'"]),
    ('layout = "rows"', 'dW2 = "X"', ["'dW2'", "[answers]"]),
    ('layout = "rows"', "rtol = 0.0", ["rtol", "0.0"]),
    ('layout = "rows"', "rtol = nan", ["rtol"]),
    ("[network]", "[netwrk]", ["'netwrk'", "'network'"]),
    ("[network]", "[network", ["not TOML", "line"]),
    ("[data]", "", ["[network] 'X'"]),
    ("[answers]", "[[answers]]", ["answers", "table"]),
    ('type = "regressor"', "", ["[network] type", '"classifier"']),
    ("type = ", "tpye = ", ["[network] type", "'tpye'"]),
    ('"regressor"', '"regresor"', ["[network] type", "'regressor'"]),
    ("hidden_layer_sizes", "hidden_layers", ["'hidden_layers'", "'hidden_layer_sizes'"]),
    ("sizes = [2]", 'sizes = "2"', ["[network] hidden_layer_sizes", "'2'"]),
    ("sizes = [2]", "sizes = [2, 0]", ["[network]", "hidden_layer_sizes", "[2, 0]"]),
    ("sizes = [2]", "sizes = [200000000]", ["[network] hidden_layer_sizes", "too many"]),
    ("sizes = [2]", f"sizes = {[1] * 11}", ["[network] hidden_layer_sizes", "10"]),
    ("sizes = [2]", "sizes = 2\nn_hidden_layers = 1000000000000", ["[network] n_hidden_layers"]),
    ('"tanh"', '"tahn"', ["[network] activation", "tanh"]),
    ('"tanh"', '["tanh", "relu"]', ["[network]", "activation", "1 hidden"]),
    ('"tanh"', '"tanh + relu"', ["[network] activation", "^"]),
    (LOSS, '"2 * squared_eror"', ["[network] loss", "squared_error", "^"]),
    (LOSS, '"__import__(1)"', ["[network] loss", "__import__"]),
    (LOSS, '"huber(-1)"', ["[network] loss", "delta"]),
    (LOSS, '"huber(width=1)"', ["[network] loss", "huber"]),
    (LOSS, '"squared_error(1)"', ["[network] loss", "squared_error"]),
    (LOSS, '"2 + squared_error"', ["[network] loss", "added"]),
    (LOSS, '"squared_error - huber"', ["[network] loss", "+, * and /"]),
    (LOSS, '"squared_error / 0"', ["[network] loss", "zero"]),
    (LOSS, '"0 * squared_error"', ["[network] loss", "positive"]),
    (LOSS, '"log_loss"', ["[network]", "[data]", "log_loss"]),
    ("alpha = 0.0", "alpha = -1", ["[network] alpha", "-1"]),
    ("alpha = 0.0", "alpha = 1979-05-27", ["[network] alpha"]),
    ("alpha = 0.0", "weight_init = 3", ["[network] weight_init", "[weights]"]),
    ("alpha = 0.0", 'weight_init = "he"', ["[network] weight_init", "he_normal"]),
    ("alpha = 0.0", 'solver = "addam"', ["[network] solver", "'adam'"]),
    ("alpha = 0.0", "random_state = -1", ["[network] random_state", "-1"]),
    ("alpha = 0.0", 'class_weight = "balanced"', ["'class_weight'"]),
    (X_LINE, "", ["[data] X", "missing"]),
    (Y_LINE, "", ["[data] y", "missing"]),
    (X_LINE, "X = [[1.0, 2.0], [0.0], [1.0, 0.0]]", ["[data] X", "equally long"]),
    (X_LINE, "X = [1, 2, 3]", ["[data] X", "[1, 2, 3]"]),
    (X_LINE, f"X = [[1{'0' * 40}], [1], [2]]", ["[data] X"]),
    (X_LINE, "X = [[inf, 1.0], [0.0, 1.0], [1.0, 0.0]]", ["[data] X", "inf"]),
    (X_LINE, "X = [[1.0, 2.0]]", ["[data] X", "1 rows", "3 values"]),
    (Y_LINE, 'y = ["a", "b", "c"]', ["[data] y", "'a'"]),
    (Y_LINE, f"{Y_LINE}\nsample_weight = [1, 2]", ["[data] sample_weight", "3 numbers"]),
    (Y_LINE, f"{Y_LINE}\nsample_weight = [0, 0, 0]", ["[data] sample_weight", "not all 0"]),
    (Y_LINE, f"{Y_LINE}\nsample_weight = [1, -1, 1]", ["[data] sample_weight", "negative"]),
    (Y_LINE, f"{Y_LINE}\nclasses = [1]", ["[data] classes", "classifier"]),
    (Y_LINE, f'{Y_LINE}\ntarget = "y"', ["[data] target", "file"]),
    (Y_LINE, f"{Y_LINE}\nweigth = 1", ["[data] 'weigth'"]),
    (X_LINE, 'file = "data.csv"', ["[data] y", "CSV"]),
    ("b2 = [0.1]", "", ["[weights] b2", "b2 = [[0.0]]"]),
    ("b2 = [0.1]", "b2 = [0.1, 0.2]", ["[weights] b2", "(1,)", "(2,)"]),
    ("b2 = [0.1]", "b2 = [0.1]\nW3 = [1]", ["[weights] 'W3'", "'W"]),
    ("[[0.7], [-0.6]]", "[[0.7, -0.6]]", ["[weights] W2", "'rows'", "(2, 1)", "(1, 2)"]),
    ("[[0.7], [-0.6]]", "[[1e200], [1e200]]", ["[network]", "[data]", "infinite"]),
    ("alpha = 0.0", "fit_intercept = false", ["[weights] 'b1'", "fit_intercept"]),
    ('"A1.T @ delta2"', "A1.T @ delta2", ["not TOML", "quotes"]),
    ("sizes = [2]", f"sizes{'.a' * 30000} = 1", ["nested too deeply"]),
    (X_LINE, f"X = {{'a b'{'.a' * 30000} = 1}}", ["nested too deeply"]),
    ("[answers]", f"[answers]\nloss = {'[' * 2000}{']' * 2000}", ["nested too deeply"]),
]


def assert_named(path, told, capsys):
    assert main(["check", path]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"{path}: ")
    assert [part for part in told if part not in printed.err] == [], printed.err


@pytest.mark.parametrize(("old", "new", "told"), UNUSABLE, ids=lambda value: str(value)[:40])
def test_what_is_wrong_in_a_file_is_named(old, new, told, write, capsys):
    assert_named(write(changed(REGRESSOR, old, new)), told, capsys)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("random_state = 3", "", ["[network] random_state", "[weights]"]),
        ('["b", "a", "c", "a"]', '["b", "a", "c", 1]', ["[data] y"]),
        ('["b", "a", "c", "a"]', "[0.5, 1.25, 2.0, 1.0]", ["[data]"]),
        ('["b", "a", "c", "a"]', '["b", "a", "c", "a"]\nclasses = ["a", "b"]', ["[data]"]),
        ("alpha = 0.5", "alpha = 0.5\nclass_weight = {d = 1.0}", ["[network] class_weight", "'d'"]),
        ("alpha = 0.5", "alpha = 0.5\nclass_weight = {a = {b = 1}}", ["[network] class_weight"]),
        ("alpha = 0.5", 'output_activation = "tanh"', ["[network]", "LogLoss", "tanh"]),
    ],
)
def test_what_is_wrong_with_a_classifier_is_named(old, new, told, write, capsys):
    assert_named(write(changed(CLASSIFIER, old, new)), told, capsys)


@pytest.mark.parametrize(
    ("content", "target", "told"),
    [
        ("x,y\n1,2\n", '"z"', ["[data] target", "'z'", "x, y"]),
        ("x,y\n1,2\n", '["x", "y"]', ["[data] file", "X would be empty"]),
        ("x,y\n1,a\n", '"y"', ["[data] file", "sample 1", "'a'", "'y'"]),
        ("x,y\n1,2\n,2\n", '"y"', ["[data] file", "sample 2", "'x'"]),
        ("x,y\n1,2\n3\n", '"y"', ["[data] file", "sample 2", "1 cells"]),
        ("x,x\n1,2\n", '"x"', ["[data] file", "same name"]),
        ("x,y\n", '"y"', ["[data] file", "line of names"]),
        ('x,y\n1,"2\n', '"y"', ["[data] file", "not CSV"]),
        ("x,y\n1,2\n", '"y"\nsample_weight = "v"', ["[data] sample_weight", "'v'"]),
    ],
)
def test_what_is_wrong_with_csv_is_named(content, target, told, write, capsys):
    write(content, "data.csv")
    text = changed(REGRESSOR, X_LINE, 'file = "data.csv"')
    assert_named(write(changed(text, Y_LINE, f"target = {target}")), told, capsys)


@pytest.mark.parametrize(
    "name", ["../data.csv", "/etc/passwd", "none.csv", ".", "a\\u0000b", "link.csv"]
)
def test_csv_stays_in_the_folder_of_the_file(name, write, tmp_path, capsys):
    (tmp_path / "sub").mkdir()
    write("x,y\n1,2\n", "data.csv")
    (tmp_path / "sub" / "link.csv").symlink_to(tmp_path / "data.csv")
    text = changed(REGRESSOR, X_LINE, f'file = "{name}"')
    path = write(changed(text, Y_LINE, 'target = "y"'), "sub/answers.toml")
    assert main(["check", path]) == 2
    assert f"{path}: [data] file: " in capsys.readouterr().err


def test_files_that_are_none(write, tmp_path, capsys):
    (tmp_path / "bytes.toml").write_bytes(bytes(range(256)))
    (tmp_path / "large.toml").write_bytes(b"#" * 5_000_001)
    os.mkfifo(tmp_path / "pipe.toml")
    for name, told in {
        "none.toml": "no such file",
        "pipe.toml": "not a regular file",
        "bytes.toml": "not text",
        "large.toml": "5000001",
    }.items():
        path = str(tmp_path / name)
        assert_named(path, [told], capsys)


# -- the page --------------------------------------------------------------------------

BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S)


def as_notebook(source, variables):
    """Run a cell; returns what it shows: what it prints, its last value, its error."""
    *body, last = ast.parse(source).body
    cell = ast.Module([*body, *([] if isinstance(last, ast.Expr) else [last])], [])
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            exec(compile(cell, "cell", "exec"), variables)
            if isinstance(last, ast.Expr):
                sys.displayhook(
                    eval(compile(ast.Expression(last.value), "cell", "eval"), variables)
                )
        except AssertionError as error:
            print(f"AssertionError: {error}")
    return printed.getvalue()


def in_shell(block):
    """Run the commands of a console block; returns the block with what they print now."""
    shown, status = "", None
    for line in block.splitlines():
        if not line.startswith("$ "):
            continue
        shown += f"{line}\n"
        if line == "$ echo $?":
            shown += f"{status}\n"
            continue
        command, _, target = line.removeprefix("$ python -m sknn_edu ").partition(" > ")
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            status = main(shlex.split(command))
        if target:
            Path(target).write_text(printed.getvalue(), encoding="utf-8")
        else:
            shown += printed.getvalue()
    return shown


class FakeOtter(types.ModuleType):
    """What a test file imports from Otter; the cases are kept."""

    def __init__(self):
        super().__init__("otter.test_files")
        self.cases = {}

    def test_case(self, name=None, points=None, hidden=False):
        def keep(function):
            self.cases[name] = (function, points, hidden)
            return function

        return keep


def test_the_page_shows_what_is_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("examples").mkdir()
    shutil.copy(EXAMPLE, "examples")
    otter = FakeOtter()
    monkeypatch.setitem(sys.modules, "otter", types.ModuleType("otter"))
    monkeypatch.setitem(sys.modules, "otter.test_files", otter)
    variables = {}
    for (kind, block), (next_kind, shown) in itertools.pairwise([*BLOCKS, ("", "")]):
        if kind == "python" and (name := re.match(r"# (\w+\.py)\n", block)):
            Path(name[1]).write_text(block)
        elif kind == "python":
            test_file = "otter" in block
            printed = as_notebook(block, {} if test_file else variables)
            if test_file:
                printed = run_cases(otter, variables["answers"])
            assert printed == (shown if next_kind == "text" else "")
        elif kind == "console":
            assert in_shell(block) == block
        elif kind in ("toml", "csv") and (name := re.match(r"# (\w+\.\w+)\n", block)):
            Path(name[1]).write_text(block.removeprefix(name[0] if kind == "csv" else ""))
        elif kind == "toml":
            assert block == REGRESSOR, "the page shows another examples/answers.toml"
    assert {kind for kind, _ in BLOCKS} == {"python", "text", "toml", "csv", "console"}


def run_cases(otter, answers):
    """Run the cases as Otter does; returns what the failing ones say."""
    failed = {}
    for name, (function, points, _) in otter.cases.items():
        assert points == 2
        try:
            function(answers=answers)
        except AssertionError as error:
            failed[name] = str(error)
        with pytest.raises(AssertionError):
            function(answers=None)
    assert list(failed) == ["dW2"]
    return f"{failed['dW2']}\n"
