"""Many submissions at once: folders, Python files, the summary, and that nothing stops the run."""

import csv
import io
import json
import os
import time

import pytest
from student_code import CODES

from sknn_edu.__main__ import main
from sknn_edu.teaching.grading import AnswerFileError, check_file, command, submissions
from sknn_edu.teaching.grading.time_limit import OutOfTime, time_limit

TASK = """
layout = "columns"
mean_in = "dW"

[network]
type = "classifier"
hidden_layer_sizes = [3]
activation = "tanh"
alpha = 0
random_state = 1

[data]
X = [[0.5, -1.0], [1.5, 2.0], [0.0, 1.0], [-1.0, 0.3]]
y = [0, 1, 1, 0]

[answers]
dZ2 = "A2 - Y"
dW2 = "dZ2 @ A1.T / m"
db2 = "sum(dZ2, axis=1, keepdims=True) / m"
dW1 = "dZ1 @ X.T / m"
"""
COURSE = CODES["course with caches"].text


@pytest.fixture
def task(tmp_path):
    path = tmp_path / "task.toml"
    path.write_text(TASK)
    return str(path)


@pytest.fixture
def hand_in(tmp_path):
    def write(name, text):
        path = tmp_path / "class" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    return write


def test_the_conventions_of_the_course_stand_in_the_task(task):
    assert check_file(task).correct


def test_a_convention_that_there_is_not(task, hand_in):
    path = hand_in("task.toml", TASK.replace('mean_in = "dW"', 'mean_in = "both"'))
    with pytest.raises(AnswerFileError, match="mean_in: mean_in must be 'delta'"):
        check_file(path)


def test_the_code_of_the_course_is_right_there(task, hand_in):
    marking = check_file(hand_in("ada.py", COURSE), task=task)
    assert marking.correct, marking


@pytest.mark.parametrize(
    ("right", "wrong", "question", "code"),
    [
        ("np.dot(dZ2, A1.T)", "np.dot(dZ2, A1)", "dW2", "transposed"),
        ("1 / m * np.dot(dZ2", "np.dot(dZ2", "dW2", "missing_mean"),
        ("dZ2 = A2 - Y", "dZ2 = Y - A2", "dZ2", "sign"),
        ("np.dot(dZ1, X.T)", "np.dot(dZ1, A1.T)", "dW1", "wrong_layer"),
    ],
)
def test_a_mistake_in_code_is_named_with_its_line(task, hand_in, right, wrong, question, code):
    text = COURSE.replace(right, wrong)
    assert text != COURSE
    marking = check_file(hand_in("ben.py", text), task=task)
    assert [a.name for a in marking.answers if not a.correct] == [question]
    line = 1 + text[: text.index(wrong)].count("\n")
    assert marking[question].message.startswith(f"Line {line}, read as {question} = ")
    if code != "wrong_layer":
        assert code in marking[question].mistakes


def test_what_cannot_be_read_and_what_is_missing_are_told_apart_from_wrong(task, hand_in):
    text = COURSE.replace("dZ2 = A2 - Y", "dZ2 = magic(A2)[0]").replace("dW1 =", "other = 3 *")
    marking = check_file(hand_in("cleo.py", text.replace('"dW1": dW1, ', "")), task=task)
    assert marking["dW1"].mistakes == ("missing",)
    assert marking["dW2"].correct
    assert not marking["dZ2"].correct


def test_a_python_file_needs_a_task(hand_in, capsys):
    path = hand_in("dan.py", COURSE)
    assert main(["check", path]) == 2
    assert "--task task.toml" in capsys.readouterr().err


def test_answers_may_be_code_in_toml(task, hand_in):
    code = COURSE.replace('"""1 / (1 + e^-z)"""', "pass")
    path = hand_in("eve.toml", f'[answers]\ndZ2 = "A2 - Y"\ncode = """{code}"""\n')
    assert check_file(path, task=task).correct


def test_a_question_may_go_by_another_name(task, hand_in):
    path = hand_in("fay.toml", '[answers]\ndelta2 = "A2 - Y"')
    marking = check_file(path, task=task)
    assert marking["dZ2"].correct
    assert marking["dW2"].mistakes == ("missing",)


# -- folders and summaries ---------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path, hand_in):
    hand_in("ada.py", COURSE)
    hand_in("ben.py", COURSE.replace("1 / m * np.dot(dZ2", "np.dot(dZ2"))
    hand_in("cleo/part1.toml", '[answers]\ndZ2 = "A2 - Y"\ndW2 = "dZ2 @ A1.T"')
    hand_in("cleo/more/part2.toml", '[answers]\ndW1 = "dZ1 @ X.T / m"')
    hand_in("dan.toml", "[answers\n")
    hand_in(".hidden.py", "1 / 0")
    hand_in("notes.pdf", "no submission")
    return str(tmp_path / "class")


def test_a_folder_has_a_submission_for_each_file_and_each_folder(folder, task, capsys):
    assert main(["check", "--task", task, folder]) == 2
    printed = capsys.readouterr()
    marked = [line for line in printed.out.splitlines() if line.startswith("/")]
    heads = [line.split(":")[0] for line in marked]
    names = ["ada.py", "ben.py", "cleo/more/part2.toml", "cleo/part1.toml"]
    assert heads == [os.path.join(folder, name) for name in names]
    assert "dan.toml: this is not TOML" in printed.err


def test_the_summary_counts_by_question_and_mistake(folder, task, capsys):
    main(["check", "--task", task, "--summary", "--format", "json", folder])
    summary = json.loads(capsys.readouterr().out)
    assert (summary["submissions"], summary["unusable"]) == (5, 2)
    by_name = {question["name"]: question for question in summary["questions"]}
    assert by_name["dW2"]["right"] == 1
    assert by_name["dW2"]["wrong"] == 2
    assert by_name["dW2"]["mistakes"] == {"missing_mean": 2}
    assert (by_name["db2"]["right"], by_name["db2"]["missing"]) == (2, 1)
    assert summary["most_wrong_first"] == ["dW2"]
    cleo = next(s for s in summary["students"] if s["name"].endswith("cleo"))
    assert cleo["answers"] == {
        "dZ2": "right",
        "dW2": "missing_mean",
        "db2": "missing",
        "dW1": "right",
    }
    assert cleo["score"] == 0.5


def test_the_summary_as_csv_has_a_line_for_each_student(folder, task, capsys):
    main(["check", "--task", task, "--summary", "--format", "csv", folder])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [os.path.basename(row["submission"]) for row in rows] == [
        "ada.py",
        "ben.py",
        "cleo",
        "dan.toml",
        "notes.pdf",
    ]
    assert [row["dW2"] for row in rows] == ["right", "missing_mean", "missing_mean", "", ""]
    assert [row["score"] for row in rows] == ["1", "0.75", "0.5", "0", "0"]
    assert "not TOML" in rows[-2]["error"]
    assert "not notes.pdf" in rows[-1]["error"]


def test_the_summary_as_text_says_what_most_got_wrong(folder, task, capsys):
    assert main(["check", "--task", task, "--summary", folder]) == 2
    printed = capsys.readouterr().out
    assert "5 submissions, 2 of them could not be marked" in printed
    assert "dW2: missing_mean 2" in printed


def test_no_cell_of_the_table_is_a_formula_of_a_spreadsheet(
    tmp_path, task, hand_in, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    hand_in("x.toml", "")
    os.replace(tmp_path / "class" / "x.toml", tmp_path / "=cmd.toml")
    main(["check", "--task", task, "--summary", "--format", "csv", "=cmd.toml"])
    assert "'=cmd.toml" in capsys.readouterr().out


def test_an_empty_folder_does_not_stop_the_run(tmp_path, task, hand_in, capsys):
    (tmp_path / "empty").mkdir()
    path = hand_in("ada.py", COURSE)
    assert main(["check", "--task", task, str(tmp_path / "empty"), path]) == 2
    printed = capsys.readouterr()
    assert "there is no .toml" in printed.err
    assert "4 of 4 correct" in printed.out


# -- nobody stops the run ------------------------------------------------------------------------

NESTED_LOOPS = "".join(f"{'    ' * i}for i{i} in range(25):\n" for i in range(15))
NESTED_LOOPS += "    " * 15 + "dW2 = A1" + "".join(f"*i{i}" for i in range(15))
NASTY = {
    "deep": "x = " + "(" * 150 + "1" + ")" * 150,
    "minus": "dW2 = " + "-" * 5000 + "1",
    "chain": "dW2 = " + "+".join(["A1"] * 5000),
    "itself": "def f(x):\n    return f(x)\ndW2 = f(A1)",
    "each other": "def f(x):\n    return g(x)\ndef g(x):\n    return f(x)\ndW2 = f(A1)",
    "doubling": "x = A1\n" + "x = x + x\n" * 200 + "dW2 = x",
    "loops": "for l in range(10**9):\n    for k in range(10**9):\n        dW2 = A1 * l * k",
    "nested loops": NESTED_LOOPS,
    "powers": "dW2 = 9**9**9**9 * A1",
    "large": "n = 10\n" + "n = n * n\n" * 60 + "dW2 = A1 * n",
    "shift": "n = 1 << 10**9\ndW2 = A1 * n",
    "texts": "t = 'a'\n" + "t = t + t\n" * 60 + "dW2 = A1",
    "modulo": "n = 1 % 0\ndW2 = A1 * n",
    "lists": "t = []\nt.append(t)\ndW2 = t",
    "no quantity": "import os\nos.system('true')",
    "not Python": "dW2 = A1 @@ ",
    "tabs": "if 1:\n\tx = 1\n        y = 2",
    "null": "dW2 = A1\0",
    "async": "async def f():\n    await g()\nasync for x in y: pass",
    "match": "match x:\n    case 1:\n        dW2 = A1",
    "stars": "dW2, *rest = A1, *A2\n[dW2, [db2]] = 1\ndW2[0], db2[1:2] = 3, 4\ndel dW2\nglobal dW2",
    "comprehension": "dW2 = [w for w in A1]\ndb2 = {i: i for i in A1}\ndW1 = (yield A1)",
    "call of a call": "dW2 = f(1)(2)[3].x(4)\ndW2 += f\ndW2 -= lambda: 1\n(lambda: 1)()",
    "quotes": "dW2 = 'A1.T'\ndb2 = b'x'\ndW1 = f'{A1!r:>{m}}'",
    "walrus": "(dW2 := A1)\nif (n := 10) > 5: dW2 = A1",
    "keywords": "def f(*a, b=1, **c): return a\ndW2 = f(1, b=2, d=3, **{'x': 1})",
    "class": "class A(B, metaclass=C):\n    dW2: int = A1\n    def W1(self): pass\ndW2 = A().W1",
}


@pytest.mark.parametrize("name", NASTY)
def test_odd_code_is_marked_or_refused_and_the_next_file_is_marked(name, task, hand_in, capsys):
    start = time.perf_counter()
    bad, good = hand_in("bad.py", NASTY[name]), hand_in("good.py", COURSE)
    assert main(["check", "--task", task, "--json", bad, good]) in (1, 2)
    printed = capsys.readouterr()
    first, second = map(json.loads, printed.out.splitlines())
    assert "error in sknn_edu" not in printed.err
    assert second["score"] == 1
    assert first.get("error") or first["score"] < 1
    assert time.perf_counter() - start < 60  # a few seconds; hours where a loop is run


def test_reading_code_runs_none_of_it(task, hand_in, tmp_path):
    trap = tmp_path / "trap"
    text = f"open({str(trap)!r}, 'w').write('x')\n__import__('os').mkdir({str(trap)!r})\n" + COURSE
    check_file(hand_in("gus.py", text), task=task)
    assert not trap.exists()


def test_a_file_has_a_limit_of_time(monkeypatch, hand_in, task, capsys):
    def forever(file, **options):
        if "slow" in str(file):
            while True:
                pass
        return check_file(file, **options)

    monkeypatch.setattr(command, "check_file", forever)
    monkeypatch.setattr(command, "time_limit", lambda: time_limit(0.2))
    slow, good = hand_in("slow.py", COURSE), hand_in("good.py", COURSE)
    assert main(["check", "--task", task, slow, good]) == 2
    printed = capsys.readouterr()
    assert "slow.py: it was not marked: it takes more than 0.2 seconds" in printed.err


def test_the_limit_of_time_ends_with_the_block():
    with time_limit(0.05):
        pass
    time.sleep(0.1)
    with pytest.raises(OutOfTime), time_limit(0.05):
        time.sleep(1)


# -- documents in a class -------------------------------------------------------------------------

RIGHT_IN_LATEX = r"$$\delta^{[2]} = A^{[2]} - Y$$"
WRONG_IN_LATEX = r"$$\delta^{[2]} = Y - A^{[2]}$$"
KINDS = {
    "a.md": RIGHT_IN_LATEX,
    "b.tex": RIGHT_IN_LATEX,
    "c.txt": "dZ2 = A2 - Y",
    "d.py": "dZ2 = A2 - Y",
    "e.toml": '[answers]\ndZ2 = "A2 - Y"',
    "f.txt": "Nothing but words.",
    "g.md": "",
    "h.toml": "no TOML at all",
    "i.py": "no Python at all",
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("options", [[], ["--json"]], ids=["text", "json"])
def test_no_kind_of_file_stops_the_files_after_it(name, options, task, hand_in, capsys):
    first, last = hand_in(name, KINDS[name]), hand_in("z.toml", KINDS["e.toml"])
    main(["check", "--task", task, *options, first, last])
    assert "in sknn_edu" not in (printed := capsys.readouterr()).err
    if options:
        assert [json.loads(line)["file"] for line in printed.out.splitlines()] == [first, last]
    else:
        assert f"{last}: 1 of 4 correct" in printed.out


def test_a_summary_counts_files_of_every_kind(task, hand_in, tmp_path, capsys):
    for name, text in KINDS.items():
        hand_in(name, text)
    main(["check", "--task", task, "--summary", "--format", "json", str(tmp_path / "class")])
    students = json.loads(capsys.readouterr().out)["students"]
    by_name = {os.path.basename(student["name"]): student for student in students}
    assert list(by_name) == sorted(KINDS)
    names = ("a.md", "b.tex", "c.txt", "d.py", "e.toml")
    assert [by_name[name]["score"] for name in names] == [0.25] * 5
    assert {name for name, s in by_name.items() if "error" in s} == {
        "f.txt",
        "g.md",
        "h.toml",
        "i.py",
    }
    main(["check", "--task", task, "--summary", "--format", "csv", str(tmp_path / "class")])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == len(KINDS)
    assert "delta2" not in rows[0]  # it is dZ2 in the task
    assert [rows[0][name] for name in ("dZ2", "dW2", "db2", "dW1")] == [
        "right",
        "missing",
        "missing",
        "missing",
    ]


def test_notes_without_formulas_are_no_failure_of_the_class(task, hand_in, tmp_path, capsys):
    hand_in("notes.txt", "Nothing but words.")
    hand_in("ann.toml", TASK[TASK.index("[answers]") :])
    assert main(["check", "--task", task, str(tmp_path / "class")]) == 0
    assert main(["check", "--task", task, "--summary", str(tmp_path / "class")]) == 0


def test_a_document_counts_only_where_an_answer_is_missing(task, hand_in, tmp_path, capsys):
    hand_in("ann/a.toml", '[answers]\ndZ2 = "A2 - Y"')
    hand_in("ann/b.md", WRONG_IN_LATEX + "\n\n" + r"$$dW^{[2]} = \frac1m \delta^{[2]} A^{[1]T}$$")
    hand_in("ann/c.txt", "b1 = 0.5 is where I began. loss = 3")
    main(["check", "--task", task, "--summary", "--format", "json", str(tmp_path / "class")])
    (ann,) = json.loads(capsys.readouterr().out)["students"]
    assert ann["answers"] == {"dZ2": "right", "dW2": "right", "db2": "missing", "dW1": "missing"}


REPORT = r"""
$$dZ^{[2]} = A^{[2]} - Y$$
$$dW^{[2]} = \frac{1}{m} dZ^{[2]} A^{[1]T}$$
$$db^{[l]} = \frac{1}{m} \sum_{i=1}^m dZ^{[l](i)}$$
$$dW^{[1]} = \frac{1}{m} dZ^{[1]} Q^T$$
$$Z^{[1]} = W^{[1]} X + b^{[1]}$$
"""


def test_a_document_answers_the_questions_of_the_task(task, hand_in, capsys):
    report = hand_in("ada.md", REPORT)
    main(["check", "--task", task, "--summary", "--format", "json", report])
    (ada,) = json.loads(capsys.readouterr().out)["students"]
    unreadable = {"dZ2": "right", "dW2": "right", "db2": "right", "dW1": "unreadable"}
    assert ada["answers"] == unreadable
    assert ada["score"] == 0.75
    main(["check", "--task", task, "--json", report])
    mark = json.loads(capsys.readouterr().out)
    assert (mark["score"], mark["correct"]) == (0.75, False)
    assert [row["name"] for row in mark["answers"] if row["correct"]] == ["dZ2", "dW2", "db2"]
    assert main(["check", "--task", task, "--min-score", "0.75", report]) == 0
    assert main(["check", "--task", task, "--min-score", "0.8", report]) == 1


def test_a_document_says_for_which_question_it_has_no_equation(task, hand_in, capsys):
    main(["check", "--task", task, hand_in("ada.tex", RIGHT_IN_LATEX)])
    assert "There is no equation for dW2, db2, dW1." in capsys.readouterr().out


def test_without_questions_every_equation_of_a_document_counts(task, hand_in, tmp_path, capsys):
    network = tmp_path / "network.toml"
    network.write_text(TASK[: TASK.index("[answers]")])
    report = hand_in("ada.md", REPORT)
    main(["check", "--task", str(network), "--summary", "--format", "json", report])
    (ada,) = json.loads(capsys.readouterr().out)["students"]
    assert ada["answers"] == dict.fromkeys(["delta2", "dW2", "db1", "db2", "Z1"], "right")
    assert ada["score"] == 1


def test_a_task_with_notation_for_documents_is_one_for_code_too(tmp_path, hand_in):
    task = tmp_path / "task.toml"
    task.write_text(TASK + '[notation]\no = "A2"\n')
    assert check_file(hand_in("ada.md", "$$dZ_2 = o - Y$$"), task=task).equations[0].correct
    assert check_file(hand_in("ada.py", COURSE), task=task).score == 1


@pytest.mark.parametrize("inside", [r"\sum_i", r"\sum_{i=1}^m"])
def test_a_sum_without_brackets_is_right_in_one_reading(task, hand_in, tmp_path, inside):
    network = tmp_path / "network.toml"
    network.write_text(TASK[: TASK.index("[answers]")])
    terms = r"y_i \log \hat y_i + (1-y_i)\log(1-\hat y_i)"
    right = hand_in("ada.md", rf"$$J = -\frac{{1}}{{m}} {inside} {terms}$$")
    (equation,) = check_file(right, task=network)
    assert equation.verdict == "depends"
    assert "brackets are missing" in equation.message
    wrong = hand_in("ben.md", rf"$$J = -\frac{{1}}{{m}} {inside} {terms.replace('(1-y', '(2-y')}$$")
    (equation,) = check_file(wrong, task=network)
    assert equation.verdict == "wrong"


def test_a_line_of_text_may_have_arguments_and_comparisons(task, hand_in):
    lines = ["dZ2 = A2 - Y", "db2 = np.sum(dZ2, axis = 1, keepdims=True) / m", "loss = 1 = 2"]
    marking = check_file(hand_in("ada.txt", "\r\n".join(lines)), task=task)
    assert [(e.quantity, e.verdict) for e in marking] == [("delta2", "right"), ("db2", "right")]


def test_formulas_in_quotes_are_read_as_what_they_say(task, hand_in):
    answers = """answers = {
        "dZ2": "A2 - Y",
        "dW2": r"\\frac{1}{m} dZ^{[2]} A^{[1]T}",
        "db2": "np.sum(dZ2, axis=1)",
    }
    dW1 = "dZ1" + " @ X.T / m"
    """
    marking = check_file(
        hand_in("ada.py", "\n".join(map(str.strip, answers.split("\n")))), task=task
    )
    assert marking["dZ2"].correct
    assert marking["dW2"].correct
    assert "missing_mean" in marking["db2"].mistakes
    assert marking["dW1"].correct


# -- encodings, notebooks, other kinds -------------------------------------------------------------

ENCODINGS = {
    "utf-8-sig": COURSE,
    "utf-16": COURSE,
    "utf-16-le with a mark": "\ufeff" + COURSE,
    "utf-32": COURSE,
    "cp1252": f"# Lösung von Jürgen\n{COURSE}",
    "latin-1": f"# -*- coding: latin-1 -*-\n# Lösung\n{COURSE}",
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["unix", "windows", "old mac"])
def test_no_encoding_of_an_editor_costs_an_answer(task, hand_in, encoding, line_end):
    path = hand_in("ada.py", "")
    text = ENCODINGS[encoding].replace("\n", line_end)
    with open(path, "wb") as file:
        file.write(text.encode(encoding.split()[0]))
    assert check_file(path, task=task).correct


@pytest.mark.parametrize(
    "content", [b"dZ2 = A2 - Y\0", b"\x89PNG\r\n\x1a\n\0\0", bytes(range(256))]
)
@pytest.mark.parametrize("name", ["ada.py", "ada.md", "ada.toml", "ada.ipynb"])
def test_what_is_no_text_is_called_so(task, hand_in, capsys, name, content):
    path = hand_in(name, "")
    with open(path, "wb") as file:
        file.write(content)
    assert main(["check", "--task", task, path]) == 2
    assert capsys.readouterr().err == f"{path}: it is not text. Save it as text in UTF-8.\n"


def notebook(*cells):
    """The text of a notebook; a cell is its kind and its source."""
    listed = [
        {"cell_type": kind, "source": source.splitlines(keepends=True), "metadata": {}}
        for kind, source in cells
    ]
    return json.dumps({"cells": listed, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def test_a_notebook_is_marked_by_its_code(task, hand_in):
    commands = "%matplotlib inline\n!pip install foo\nnp.dot?\nif True:\n    %time x = 1\n"
    cells = [
        ("markdown", "# dZ2 = Y"),
        ("code", commands),
        ("code", "%%bash\nls"),
        ("code", COURSE),
    ]
    assert check_file(hand_in("ada.ipynb", notebook(*cells)), task=task).correct


def test_a_mistake_in_a_notebook_has_its_cell_and_line(task, hand_in):
    first, second = "dZ2 = A2 - Y", "# my own\ndW2 = dZ2 @ A1.T"
    cells = [("code", first), ("markdown", "then"), ("code", second)]
    marking = check_file(hand_in("ada.ipynb", notebook(*cells)), task=task)
    assert marking["dZ2"].correct
    assert marking["dW2"].message.startswith("Cell 3, line 2, read as dW2 = ")


def test_a_cell_that_is_no_python_costs_its_own_answers_only(task, hand_in):
    cells = [("code", "dZ2 = A2 - Y"), ("code", "dW2 = dZ2 @ (A1.T / m"), ("code", "db2 = ((")]
    marking = check_file(hand_in("ada.ipynb", notebook(*cells)), task=task)
    assert marking["dZ2"].correct
    assert marking["dW2"].mistakes == ("missing",)
    assert "Cell 2 is not Python: line 1: '(' was never closed." in marking["dW2"].message


NO_NOTEBOOKS = ["", "x = 1", "[1]", '{"cells": 3}', '{"cells": [3]}', "[" * 100_000, '{"a": 1}']


@pytest.mark.parametrize("text", NO_NOTEBOOKS, ids=range(len(NO_NOTEBOOKS)))
def test_what_is_no_notebook_is_called_so(task, hand_in, capsys, text):
    path = hand_in("ada.ipynb", text)
    assert main(["check", "--task", task, path]) == 2
    assert "this is not a notebook" in capsys.readouterr().err


def test_odd_cells_are_no_failure(task, hand_in):
    cells = [{}, {"cell_type": "code", "source": None}, {"cell_type": "code", "source": [1, None]}]
    cells += [{"cell_type": "code", "source": "dZ2 = A2 - Y"}, {"cell_type": [], "source": {}}]
    marking = check_file(hand_in("ada.ipynb", json.dumps({"cells": cells})), task=task)
    assert marking["dZ2"].correct


def test_nobody_who_handed_something_in_is_left_out(task, hand_in, tmp_path, capsys):
    hand_in("ada.py", COURSE)
    hand_in("ben/scan.jpg", "")
    hand_in("cem.docx", "")
    hand_in(".DS_Store", "")
    (tmp_path / "class" / "dora").mkdir()
    assert (
        main(["check", "--task", task, "--summary", "--format", "json", str(tmp_path / "class")])
        == 0
    )
    printed = capsys.readouterr()
    students = json.loads(printed.out)["students"]
    names = [os.path.basename(student["name"]) for student in students]
    assert names == ["ada.py", "ben", "cem.docx", "dora"]
    reasons = [student.get("error", "") for student in students]
    assert "not ben" in reasons[1]
    assert "scan.jpg" in reasons[1]
    assert reasons[3].endswith("dora: it is an empty folder.")
    assert printed.err.splitlines() == reasons[1:]
    main(["check", "--task", task, "--json", str(tmp_path / "class")])
    lines = map(json.loads, capsys.readouterr().out.splitlines())
    assert [os.path.basename(line["file"]) for line in lines] == names


def test_a_file_of_another_kind_is_told_which_kinds_there_are(task, hand_in, capsys):
    path = hand_in("ada.pdf", "%PDF")
    assert main(["check", "--task", task, path]) == 2
    assert capsys.readouterr().err.startswith(f"{path}: files that are marked end in .toml, .py")


@pytest.mark.parametrize(
    ("options", "advice"),
    [(["--format", "csv"], "write --summary"), (["--summary", "--json"], "write --format json")],
)
def test_options_that_do_not_go_together_are_refused(task, capsys, options, advice):
    with pytest.raises(SystemExit):
        main(["check", *options, task])
    assert advice in capsys.readouterr().err


def test_a_folder_that_cannot_be_read_costs_one_submission(task, hand_in, tmp_path, monkeypatch):
    hand_in("ann/a.toml", '[answers]\ndZ2 = "A2 - Y"')
    hand_in("bob.toml", '[answers]\ndZ2 = "A2 - Y"')
    entries = submissions._entries

    def refuses_ann(folder):
        if folder.name == "ann":
            raise AnswerFileError(f"{folder}: it cannot be read.")
        return entries(folder)

    monkeypatch.setattr(submissions, "_entries", refuses_ann)
    found = submissions.submissions(str(tmp_path / "class"), task)
    assert [os.path.basename(one.name) for one in found] == ["ann", "bob.toml"]


def test_a_document_without_a_task_asks_for_one(hand_in, capsys):
    assert main(["check", hand_in("a.md", RIGHT_IN_LATEX)]) == 2
    assert "--task task.toml" in capsys.readouterr().err
