"""Answer files with typos, and answers of extreme size: errors that teach, and the next file."""

import json
import random

import pytest

from sknn_edu.__main__ import main
from sknn_edu.teaching.grading import AnswerFileError, check_file, command

VALID = """\
layout = "rows"
rtol = 1e-3
[network]
type = "classifier"
hidden_layer_sizes = 2
n_hidden_layers = 1
activation = ["tanh"]
output_activation = "auto"
loss = "log_loss"
alpha = 0.1
dropout = 0.0
class_weight = { 0 = 1.0, 1 = 2.0 }
weight_init = "glorot_uniform"
solver = "adam"
learning_rate_init = 0.1
fit_intercept = true
random_state = 0
[data]
X = [[1.0, 2.0], [0.0, 1.0], [1.0, 0.0]]
y = [0, 1, 1]
sample_weight = [1.0, 2.0, 1.0]
classes = [0, 1]
[weights]
W1 = [[0.1, 0.2], [0.3, -0.4]]
b1 = [0.1, 0.0]
W2 = [[0.5], [-0.6]]
b2 = [0.0]
[answers]
delta2 = "w * (A2 - Y) / sum(w)"
dW2 = "A1.T @ delta2 + 0.1 * W2 / sum(w)"
db1 = [0.1, 0.2]
loss = 0.7
"""
LONG = "0x" + 6000 * "f"
VALUES = [
    *('"2"', '""', '"tanh"', '"huber(0.5)"', '"2 * squared_error"', '"auto"', '"\\u0000"'),
    *("[]", "[[]]", "{}", "[true]", "[1, 2]", '["2"]', "[-1]", "[[1.0], [2.0, 3.0]]", "[[[1.0]]]"),
    *("0", "-1", "3", "1.5", "true", "inf", "-inf", "nan", "1e308", "-1e308", "1e-320"),
    *(LONG, f"[{LONG}]", 400 * "9", "9223372036854775808", "10000000000", "[inf, 1.0]"),
    *("1979-05-27", "07:32:00", "[1979-05-27]", "{a = 1}", "{0 = 1e308, 1 = 1e308}"),
]
PIECES = ["", '"', "[", "]", "=", ".", "1", "-", "\n", "#", "e", "\x00", "{", ",", 50 * "9"]


def with_random_edits(rng):
    """The valid file with one to three edits: another value, lines moved, characters replaced."""
    lines = VALID.splitlines()
    for _ in range(rng.choice([1, 1, 2, 3])):
        i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
        kind = rng.choice(["value", "value", "value", "delete", "swap", "repeat", "characters"])
        if kind == "value" and "=" in lines[i]:
            lines[i] = f"{lines[i].split('=')[0]}= {rng.choice(VALUES)}"
        elif kind == "delete":
            del lines[i]
        elif kind == "swap":
            lines[i], lines[j] = lines[j], lines[i]
        elif kind == "repeat":
            lines.insert(i, lines[j])
        elif kind == "characters":
            text = "\n".join(lines)
            at = rng.randrange(len(text))
            text = text[:at] + rng.choice(PIECES) + text[at + rng.choice([0, 1, 5]) :]
            lines = text.splitlines() or [""]
    return "\n".join(lines)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "answers.toml"


def test_the_file_that_is_edited_is_valid(path):
    path.write_text(VALID)
    assert check_file(path).score == 0.5


@pytest.mark.parametrize("seed", range(8))
def test_nothing_but_an_answer_file_error_comes_out(path, seed):
    rng = random.Random(seed)
    errors = []
    for _ in range(50):
        path.write_text(with_random_edits(rng), encoding="utf-8")
        try:
            check_file(path)
        except AnswerFileError as error:
            errors.append(str(error))
    assert 0 < len(errors) < 50
    assert all(error.startswith(str(path)) for error in errors)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("n_hidden_layers = 1", 'n_hidden_layers = "2"', "[network] n_hidden_layers"),
        ("n_hidden_layers = 1", "n_hidden_layers = []", "[network] n_hidden_layers"),
        ("n_hidden_layers = 1", "n_hidden_layers = 11", "[network] n_hidden_layers"),
        ("alpha = 0.1", f"alpha = {LONG}", "64 bits"),
        ("alpha = 0.1", f"alpha = [{LONG}]", "64 bits"),
    ],
)
def test_a_typo_is_refused_with_its_place(path, old, new, place):
    path.write_text(VALID.replace(old, new))
    with pytest.raises(AnswerFileError) as caught:
        check_file(path)
    assert place in str(caught.value)


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("loss", "1e308"),
        ("loss", "1e-320"),
        ("dW2", "1e307 * A1.T @ delta2"),
        ("db1", "-1e307 * sum(delta1, axis=0)"),
        ("dW1", "1e300 * 1e300 * X.T @ delta1"),
    ],
)
def test_answers_of_extreme_size_are_wrong(path, name, answer):
    path.write_text(f'{VALID.split("[answers]")[0]}[answers]\n{name} = "{answer}"\n')
    assert not check_file(path)[name].correct


@pytest.mark.parametrize("error", [OverflowError("too large"), RecursionError(), MemoryError()])
def test_an_error_in_one_file_does_not_stop_the_next(path, tmp_path, monkeypatch, capsys, error):
    def fail_on_bad(file, **options):
        if file == "bad.toml":
            raise error
        return check_file(file, **options)

    monkeypatch.setattr(command, "check_file", fail_on_bad)
    path.write_text(VALID)
    assert main(["check", "--json", "bad.toml", str(path)]) == command.UNUSABLE
    printed = capsys.readouterr()
    bad, good = map(json.loads, printed.out.splitlines())
    assert type(error).__name__ in bad["error"]
    assert bad["error"] in printed.err
    assert good["score"] == 0.5
