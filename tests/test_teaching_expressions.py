"""Formulas as text: what can be written, and that nothing else gets in."""

# ruff: noqa: RUF001 - characters that look like others are what some tests are about

import ast
import builtins
import copy
import pickle
import subprocess
import sys
import time
import warnings
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_formulas import (
    COLUMNS,
    EPS,
    FUNCTIONS,
    ROWS,
    VALUES,
    assert_equal_values,
    by_numpy,
    formulas,
    read,
    same_examples,
    value,
)

from sknn_edu.activations import Activation, Elementwise
from sknn_edu.formulas import (
    ExpressionError,
    Latex,
    Scope,
    ShapeMismatch,
    parse,
    to_columns,
)
from sknn_edu.formulas.parser import ANSWER, PRINTED
from sknn_edu.formulas.translation import MAX_EXPONENT
from sknn_edu.formulas.tree import Comparison, Name, Number


def refusal(text, **kwargs):
    with pytest.raises(ExpressionError) as caught:
        read(text, **kwargs)
    return caught.value


# -- the language ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A1.T @ (A1 - Y) / m", lambda v: v["A1"].T @ (v["A1"] - v["Y"]) / 4),
        ("-A1**2", lambda v: -(v["A1"] ** 2)),
        ("2**-1 * A1", lambda v: v["A1"] / 2),
        ("2**3**2", lambda v: 512.0),
        ("+A1", lambda v: v["A1"]),
        ("A1 - Y - Y", lambda v: v["A1"] - 2 * v["Y"]),
        ("sum(A1)", lambda v: v["A1"].sum()),
        ("sum(A1, axis=None)", lambda v: v["A1"].sum()),
        ("sum(A1, axis=-1, keepdims=True)", lambda v: v["A1"].sum(1, keepdims=True)),
        ("mean(A1, keepdims=False, axis=0)", lambda v: v["A1"].mean(0)),
        ("maximum(A1, 0)", lambda v: np.maximum(v["A1"], 0)),
        ("sech(A1)", lambda v: 1 / np.cosh(v["A1"])),
        ("sqrt(exp(A1))", lambda v: np.exp(v["A1"] / 2)),
        ("exp(A1)**(1/2)", lambda v: np.exp(v["A1"] / 2)),
        ("1e-3 * .5 * 2. * A1", lambda v: v["A1"] * 1e-3),
        ("alpha*w", lambda v: v["w"] / 4),
        ("\t A1 \n\r\n + \f\N{NO-BREAK SPACE}A1 ", lambda v: 2 * v["A1"]),
        ("( A1 ) . T", lambda v: v["A1"].T),
        ("Z1 > 0", lambda v: (v["Z1"] > 0).astype(float)),
        ("-(Z1 != A9)", lambda v: -(v["Z1"] != v["A9"]).astype(float)),
        ("sum(A1, 0)", lambda v: v["A1"].sum(0)),
        ("A1.shape[1] * A1.size", lambda v: 36.0),
        ("where(Z1 > 0, Z1, 0)", lambda v: np.maximum(v["Z1"], 0)),
        ("reshape(b1, -1, 1)", lambda v: v["b1"][:, None]),
    ],
)
def test_what_the_language_has(text, expected):
    assert_equal_values(value(read(text)), expected(VALUES), rtol=1e-13)


@pytest.mark.parametrize("name", Activation.names())
def test_every_activation_and_its_derivative_can_be_called(name):
    f, Z = Activation.get(name), VALUES["Z1"]
    A = f.forward(Z, out=np.empty_like(Z))
    assert_equal_values(value(read(f"{name}(Z1)")), A)
    if isinstance(f, Elementwise):
        assert_equal_values(value(read(f"d_{name}(Z1)")), f.derivative(Z, A, np.empty_like(Z)))


def test_the_derivative_of_softmax_is_the_diagonal_of_its_jacobian_in_either_layout():
    A = value(read("softmax(Z1)"))
    assert_equal_values(value(read("d_softmax(Z1)")), A * (1 - A))
    turned = {"Z1": VALUES["Z1"].T}
    assert_equal_values(value(read("d_softmax(Z1)"), turned, COLUMNS).T, A * (1 - A))


def test_rules_of_the_engine_where_a_loss_ends():
    zero = {"P": np.array([[0.0, 2.0]]), "Q": np.array([[1.0, 4.0]])}
    functions = FUNCTIONS[ROWS]
    assert parse("log(P)", zero, {"log"}).value(Scope(zero, functions))[0, 0] == np.log(EPS)
    np.testing.assert_array_equal(parse("Q / P", zero, ()).value(Scope(zero, functions)), [[0, 2]])
    undefined = {"P": np.array([[np.nan]])}
    assert np.isnan(parse("1 / P", undefined, ()).value(Scope(undefined, functions))).all()


# A mark stands before the character that the message has to point to.
REFUSED = [
    ("A1 ¦^ 2", "**"),
    ("W2¦^T", ".T"),
    ("A1 ¦· Y", "*"),
    ("A1 ¦× Y", "@"),
    ("A1 ¦− Y", "minus"),
    ("A1¦′", ".T"),
    ("A1¦ᵀ @ Y", ".T"),
    ("A1 * tanh¦'(Z1)", "d_tanh(Z1)"),
    ("g¦'(Z1) * A1", "d_ in front"),
    ("A1¦'", "The transpose"),
    ("¦lambda * A1", "penalty is alpha"),
    ("¦α * dA1", "learning_rate"),
    ("A1¦²", "**"),
    ("¦√A1", "sqrt"),
    ("¦σ(Z1)", "logistic"),
    ("A1¦[0]", "subscripts"),
    ("A1 ¦// 2", "Divide"),
    ("A1 ¦<= Y < 2", "one comparison at a time"),
    ("A1 ¦≤ Y", "<="),
    ("(A1 > 0) ¦& (Y > 0)", "Multiply"),
    ("dA1 ¦= A1.T", "right of ="),
    ("2¦A1", "operator is missing"),
    ("(A1)¦(Y)", "operator is missing"),
    ("A1¦(Y)", "not a function"),
    ("A1.T.¦shape", ".shape[0]"),
    ("A1.shape¦[2]", "subscripts"),
    ("A1.¦t", ".T"),
    ("A1.¦__class__", "got .__class__"),
    ("A1.¦tofile(Y)", "got .tofile"),
    ("A1.¦__array__()", "got .__array__"),
    ("A1.T¦()", "no parentheses"),
    ("¦np.load(A1)", "no function 'load'"),
    ("¦np.linalg.inv(A1)", "no function 'inv'"),
    ("¦np.einsum(A1, A1)", "Write @"),
    ("¦np.exp", "write exp(...)"),
    ("¦np", "module"),
    ("¦A_11", "Did you mean A1?"),
    ("¦Tanj(Z1)", "Did you mean tanh?"),
    ("np.dot(A1¦)", "2 arguments, got 1"),
    ("A1.dot(Y, ¦m)", "2 arguments, got 3"),
    ("np.power(A1, ¦Y)", "must be a number"),
    ("np.sum(A1, ¦Y)", "axis must be one of"),
    ("np.sum(A1, 0, ¦Y)", "axis= and keepdims="),
    ("¦A1.reshape(2, 6)", "reshape(P, -1, 1)"),
    ("¦A1.astype(int)", "cuts off"),
    ("¦np.int64(A1)", "cuts off"),
    ("A1 * ¦[Y]", "lists"),
    ("A1[¦)", "closed by"),
    ("A1 ¦: Y", "':'"),
    ("¦tanh @ A1", "tanh(...)"),
    ("¦__builtins__", "no '__builtins__'"),
    ("¦\N{MATHEMATICAL BOLD CAPITAL A}1", "Write it as A"),
    ("A¦\N{FULLWIDTH DIGIT ONE}", "Write it as 1"),
    ("¦é", "names, numbers"),
    ("A1 + ¦\x00", "'\\x00'"),
    ("A1 + ¦\ud800", "'\\ud800'"),
    ("A1 \\¦\n + 1".replace("\\¦", "¦\\"), "LaTeX"),
    ("A1 ¦# comment", "comments"),
    ("A1¦; Y", "one formula"),
    ("0¦,5 * A1", "point"),
    ("¦()", "one formula"),
    ('¦"A1"', "no text"),
    ("f¦'{A1}'", "transpose"),
    ("¦{A1}", "LaTeX"),
    ("¦lambda: A1", "'lambda'"),
    ("A1 ¦if m else Y", "'if'"),
    ("1¦is 1", "'is'"),
    ("(A1 ¦:= Y)", "cannot stand"),
    ("¦True", "cannot stand"),
    ("1¦j * A1", "operator"),
    ("¦~A1", "cannot stand"),
    ("A1.¦.T", "missing before this '.'"),
    ("¦* A1", "missing before"),
    ("A1 +¦", "ends too early"),
    ("A1 + ¦ ".replace(" ¦ ", "¦  "), "ends too early"),
    ("A1.¦", "ends too early"),
    ("A1 * ¦(Y", "closed"),
    ("A1¦) * (Y", "no opening"),
    ("¦  \n ", "is empty"),
    ("sum(¦)", "1 argument, got 0"),
    ("sum(A1, axis=0, ¦axis=0)", "each once"),
    ("sum(A1, axis=¦2)", "0, 1"),
    ("sum(A1, keepdims=¦1)", "True, False"),
    ("sum(A1, ¦out=A1)", "axis= and keepdims="),
    ("sum(¦*A1)", "star"),
    ("sum(axis=0, A1¦)", "ositional argument"),
    ("exp(A1, ¦axis=0)", "takes no keywords"),
    ("exp(A1, ¦Y)", "1 argument, got 2"),
    ("maximum(A1¦)", "2 arguments, got 1"),
    ("A1**¦m", "must be a number"),
    ("A1**¦17", "between"),
    ("9**¦9**9", "between"),
    ("2**(¦1e308 * 10)", "between"),
    ("2**(¦1 / 0)", "between"),
    ("¦1e400", "too large"),
    ("A1 + ¦" + "9" * 400, "too large"),
]


@pytest.mark.parametrize(("marked", "hint"), REFUSED)
@pytest.mark.parametrize("before", ["", "(A1 +\n\tA1\n\n) + \N{NO-BREAK SPACE}\n ("])
def test_what_is_refused_is_pointed_to_with_advice(before, marked, hint):
    opened = before.count("(") - before.count(")")
    if opened and hint in ("right of =", "is empty", "no opening", "closed", "ends too early"):
        return  # means something else inside of parentheses
    text = before + marked.replace("¦", "") + ")" * opened
    error = refusal(text)
    assert hint in error.reason
    at = len(before) + marked.index("¦")
    assert error.position == (0 if hint == "is empty" else at)
    assert error.text == text


@pytest.mark.parametrize(("marked", "hint"), REFUSED)
def test_the_caret_stands_below_the_character(marked, hint):
    prefix = "(A1 + 1\n)\t+ "
    text = marked.replace("¦", "")
    for given_text in (text, prefix + text):
        error = refusal(given_text)
        *_, line, caret = str(error).split("\n")
        assert caret.strip() == "^"
        assert line.isprintable()  # no tabs, which take more than one column
        column = len(caret) - 1
        if error.position < len(given_text):
            character = given_text[error.position]
            shown = " " if character.isspace() else repr(character)[1:-1].strip("'\"")
            shown = character if character in "'\"\\" else shown
            assert (line + " ")[column:].startswith(shown)
        else:
            assert column == len(line)


def test_a_long_line_is_cut_around_the_character():
    error = refusal("A1 + " * 100 + "? + " + "Y + " * 100)
    *_, line, caret = str(error).split("\n")
    assert len(line) < 120
    assert line[len(caret) - 1] == "?"
    assert line.strip().startswith("...")
    assert line.endswith("...")


def test_messages_can_be_printed_and_sent_to_other_processes():
    error = refusal("A1 + \ud800 \x1b[2J")
    assert str(error).isprintable() or "\n" in str(error)
    str(error).encode()
    assert "\x1b" not in str(error)
    for other in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert (str(other), other.position) == (str(error), error.position)


def test_printed_formulas_have_the_relations_that_exports_know():
    assert_equal_values(value(read("(Z1 > 0) * (Z1 <= 1)", True)), by_numpy("(Z1>0) * (Z1<=1)"))
    assert refusal("Z1 >= 0", printed=True).position == 3
    assert refusal("0 < Z1 < 1", printed=True).position == 2


# -- limits ----------------------------------------------------------------------------------

NASTY = [
    "(" * 1000 + "A1" + ")" * 1000,
    "(" * 59 + "A1" + ")" * 59 + "+" + "-" * 900 + "1",
    "-" * 1999 + "1",
    "2**" * 600 + "2",
    "A1" + ".T" * 900,
    "A1 + " * 399 + "A1",
    "sum(A1, axis=" + "-" * 1900 + "1)",
    "9" * 1999,
    "1e" + "9" * 1900,
    "A" * 2000,
    "1(" * 900,
    "9**9**9**9**9",
    "\x00" * 2000,
    "\ud800" * 2000,
    "-" * 10000 + "1",
    "9" * 10**6,
    "sum(" + "A1," * 600 + ")",
    "f'" + "{" * 900,
    "\\\n" * 900,
    "A1" + "[0]" * 600,
    "lambda:" * 280,
    "**" * 900 + "A1",
    "1 if 1 else " * 150 + "1",
]


@pytest.mark.parametrize("text", NASTY, ids=lambda text: ascii(text[:12]))
def test_nothing_takes_long_or_breaks_the_interpreter(text):
    before = warnings.filters[:], np.geterr(), sys.getrecursionlimit()
    assert_read_or_refused(text, printed=False)
    assert before == (warnings.filters[:], np.geterr(), sys.getrecursionlimit())


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("A1+" * (ANSWER.characters // 3 + 1), ANSWER.characters),
        ("(" * (ANSWER.depth + 1) + "A1" + ")" * (ANSWER.depth + 1), ANSWER.depth),
        ("-" * ANSWER.depth + "1", ANSWER.depth),
        ("exp(" * ANSWER.depth + "1" + ")" * ANSWER.depth, 4 * ANSWER.depth),
    ],
)
def test_limits_point_to_where_they_are_passed(text, position):
    assert refusal(text).position == position


@pytest.mark.parametrize(
    "text",
    [
        "-" * (ANSWER.depth - 1) + "1",
        "A1 + " * (ANSWER.depth - 1) + "A1",
        "(" * ANSWER.depth + "A1" + ")" * ANSWER.depth,
        "(A1 + Y) * " * 45 + "A1",
        f"A1**{MAX_EXPONENT:.0f}",
    ],
)
def test_what_is_within_the_limits_is_computed(text):
    assert_equal_values(value(read(text)), by_numpy(text))


def test_more_parts_than_the_limit_are_refused():
    wide = "(" + "+".join(["1"] * 40) + ")"
    assert "parts" in refusal("+".join([wide] * 7)).reason


@pytest.mark.parametrize("text", ["P @ P.T", "P @ Q", "sum(P, axis=1, keepdims=True) * Q", "v*Q+P"])
def test_arrays_that_would_not_fit_into_memory_are_not_made(text):
    values = {
        "P": np.broadcast_to(1.0, (10**6, 2)),
        "Q": np.broadcast_to(1.0, (2, 10**6)) if "@" in text else np.broadcast_to(1.0, (1, 10**6)),
        "v": np.broadcast_to(1.0, (10**6, 1)),
    }
    formula = parse(text, values, {"sum"})
    with pytest.raises(ShapeMismatch, match="too large"):
        formula.value(Scope(values, FUNCTIONS[ROWS]))


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("exp(A1 @ Y)", "A1 @ Y"),
        ("1 + A1 * W2", "A1 * W2"),
        ("A1 + m @ A1", "m @ A1"),
        ("sum(sum(A1), axis=0)", "sum(sum(A1), axis=0)"),
        ("sum(b1, axis=1)", "sum(b1, axis=1)"),
        ("maximum(A1, Z1)", "maximum(A1, Z1)"),
        ("Y / W2", "Y / W2"),
    ],
)
def test_shapes_that_do_not_fit_name_the_node(text, node):
    with pytest.raises(ShapeMismatch) as caught:
        value(read(text))
    assert str(caught.value.node) == node


def test_sums_over_the_layers_of_a_very_deep_network_are_read():
    text = " + ".join(f"sum(W{l}**2)" for l in range(1, 151))
    names = {f"W{l}": np.ones((2, 2)) for l in range(1, 151)}
    formula = parse(text, names, {"sum"}, printed=True)
    assert formula.value(Scope(names, {})) == 600
    assert str(formula) == str(to_columns(formula)) == text
    assert Latex(ROWS)(formula).count(r"\sum") == 150
    assert "parts" in refusal("+".join(["A1"] * (PRINTED.depth + 1)), printed=True).reason


# -- nothing is run --------------------------------------------------------------------------


class Untouched:
    """Names and functions whose values the parser has no business with."""

    def __init__(self, names):
        self._names = names

    def __contains__(self, name):
        return name in self._names

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)

    def __getitem__(self, name):
        raise AssertionError("the parser looked at a value")

    def __getattr__(self, name):
        raise AssertionError(f"the parser asked for {name}")


ATTACKS = [
    "trap()",
    "A1.trap()",
    "exp(trap())",
    "A1**trap()",
    "sum(A1, axis=trap())",
    "sum(A1, axis=__import__('os').system('true'))",
    "().__class__.__bases__[0].__subclasses__()",
    "A1.__class__",
    "exp.__globals__",
    "(lambda: trap())()",
    "f'{trap()}'",
    "(x := trap())",
    "exp(A1, out=trap())",
    "eval('trap()')",
    "trap\n()",
    "ｔrap()",
    "A1 if trap() else A1",
    "{**trap()}",
]


@pytest.mark.parametrize("text", ATTACKS)
def test_code_is_refused_without_running_any_of_it(text, monkeypatch):
    touched = []
    monkeypatch.setattr(builtins, "trap", lambda *args: touched.append(args), raising=False)
    with pytest.raises(ExpressionError):
        parse(text, Untouched(["A1"]), Untouched(["exp", "sum"]))
    assert touched == []


def test_reading_does_not_run_import_or_open_anything():
    code = f"""
import sys
from sknn_edu.formulas import ExpressionError, parse
texts = {[*ATTACKS, *(text.replace("¦", "") for text, _ in REFUSED), "exp(A1) @ A1.T"]!r}
def read_all():
    for text in texts:
        try:
            parse(text, ["A1", "m"], ["exp", "sum"])
        except ExpressionError:
            pass
read_all()
seen = []
sys.addaudithook(lambda event, args: seen.append(event))
read_all()
print(sorted(set(seen)))
"""
    printed = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() == "['compile']"  # to a syntax tree only
    assert printed.stderr == ""


# -- fuzzing ---------------------------------------------------------------------------------

SNIPPETS = [
    *("A1", "W2", "b1", "m", "Y", "dA1", "trap", "__class__", "np", "T", "None", "True", "axis"),
    *("+", "-", "*", "/", "**", "@", "(", ")", ",", ".", ".T", "=", "<", ">", "//", "^", ":="),
    *("sum(", "exp(", "maximum(", "softmax(", "d_tanh(", "axis=0", "keepdims=True", "axis=-"),
    *("1", "0", "2.5", "1e3", "1e", "0x", "1j", "1_0", "9" * 40, "007", ".5", "5."),
    *("[", "]", "{", "}", "'", '"', "#", ";", ":", "!", "\\", "\n", "\t", "\f", "\x00", "\x0b"),
    *(
        ".dot(",
        "np.",
        "where(",
        ".shape[0]",
        ".reshape(",
        "np.outer(",
        "[:, None]",
        ".astype(float)",
    ),
    *("lambda", " if ", " else ", " for ", " in ", " is ", "not ", "await ", "f'", "b''"),
    *("é", "\N{MATHEMATICAL BOLD CAPITAL A}", "σ", "²", "\ud800", "\u2028", "\u202e", " ", "·"),
]
soups = st.lists(st.sampled_from(SNIPPETS), max_size=25).map("".join)
texts = st.one_of(st.text(max_size=60), st.text("A1W2bmT()+-*/@., =0123", max_size=40), soups)


@st.composite
def mutants(draw):
    """A formula with a few characters gone, doubled or replaced."""
    text = str(draw(formulas(depth=3)))
    for _ in range(draw(st.integers(1, 4))):
        i = draw(st.integers(0, len(text)))
        j = draw(st.integers(i, min(i + 3, len(text))))
        text = text[:i] + draw(st.sampled_from([*SNIPPETS, "", text[i:j] * 2])) + text[j:]
    return text


FRAMES = (
    "{p}+{q}  {p}@{q}  -{p}  ~{p}  {p}**{q}  {p}//{q}  {p}.T  {p}.x  {p}[{q}]  exp({p})  "
    "sum({p},axis={q})  maximum({p},{q})  {p}({q})  exp(*{p})  sum(**{p})  {p} if {q} else {p}  "
    "lambda x=({p}): {q}  [{p} for x in {q}]  ({p},{q})  {p}<{q}  {p} and {q}  not {p}  "
    "{{{p}:{q}}}  [{p},*{q}]  (x:={p})  {p}[{q}:]"
)


@st.composite
def python_expressions(draw, depth=3):
    """Any expression that Python knows, most of which are none here."""
    if depth == 0:
        return ast.parse(
            draw(st.sampled_from(["A1", "m", "2", "0.5", "'x'", "None", "trap", "1j"]))
        )
    part = python_expressions(depth=depth - 1).map(lambda tree: f"({ast.unparse(tree)})")
    p, q = draw(part), draw(part)
    return ast.parse(draw(st.sampled_from(FRAMES.split("  "))).format(p=p, q=q))


def assert_read_or_refused(text, printed):
    start, refused = time.perf_counter(), None
    try:
        formula = read(text, printed)
    except ExpressionError as error:
        refused = error
    if refused is not None:
        assert refused.text == text
        assert 0 <= refused.position <= len(text)
        assert len(str(refused).encode()) < 3000
    else:
        assert read(str(formula), printed) == formula
        with suppress(ShapeMismatch):
            value(formula)
    assert time.perf_counter() - start < 2  # milliseconds, but on a busy machine


@pytest.mark.parametrize("text", [texts, mutants(), python_expressions().map(ast.unparse)])
@same_examples
@given(data=st.data(), printed=st.booleans())
def test_any_text_is_read_or_refused(text, data, printed):
    assert_read_or_refused(data.draw(text), printed)


# -- the tree --------------------------------------------------------------------------------


def test_nodes_are_found_and_put_in_place_of_others():
    formula = read("A1 @ W2 + sum(A1, axis=0) * maximum(A1, -Y)")
    assert formula.names() == {"A1", "W2", "Y"}
    assert str(formula.substituted({"A1": read("A1 - Y"), "Y": Name("Y")})) == (
        "(A1 - Y) @ W2 + sum(A1 - Y, axis=0) * maximum(A1 - Y, -Y)"
    )
    nodes = [node for node in formula.walk() if node == Name("A1")]
    assert len(nodes) == 3
    assert str(formula.replaced(nodes[1], Name("Z1"))) == (
        "A1 @ W2 + sum(Z1, axis=0) * maximum(A1, -Y)"
    )
    assert formula.substituted({"m": Name("A1")}) is formula
    assert replace(formula, span=(3, 4)) == formula
    assert [str(part) for part in Comparison(Name("m"), ">", Number(0.0)).parts()] == ["m", "0"]


def test_evaluation_leaves_the_values_alone():
    frozen = {name: np.array(array) for name, array in VALUES.items()}
    for array in frozen.values():
        array.flags.writeable = False
    for text in ("-A1 + Y * 2", "A1 / Y", "tanh(Z1) @ dA1.T", "softmax(Z1)", "maximum(A1,Y)"):
        assert_equal_values(value(read(text), frozen), by_numpy(text))
