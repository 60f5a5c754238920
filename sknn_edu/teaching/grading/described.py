"""The description beside a document: its network and data, and the table [notation]."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from ...activations import Elementwise
from ...formulas import Functions
from ...formulas.conventions import Conventions
from ...formulas.notation import Notation
from ...formulas.quantity import Quantity
from ..marking.update_patterns import OF_SQUARES
from ..network_formulas import Formulas
from ..opened import open_with_update
from .left_sides import Updates
from .notations import with_layers_written
from .notations.parameters import activations_of, parameters_of
from .python_code import quantities_of
from .questions import check_questions, own_names, questions_of
from .statements import Known
from .table import Table, short
from .task import KEYS, Task, read_task
from .toml_files import read_toml

CHOICES = {
    "superscripts": ["auto", "layers", "powers"],
    "odot": ["entrywise", "by shape"],
    "subscripts": ["layers", "units"],
    "products": ["auto", "matrices", "single weights"],
}
# A letter for what units have: where the description says what it means, nothing is rewritten.
OF_A_UNIT = re.compile(r"[adeostvwyz]|\\delta(?:_\w)?")
BRACKETS = re.compile(r"\^\s*\{?\s*\[")
LAYERS = re.compile(r"(?:(?<![A-Za-z\\])[azAZ]|\\delta)\s*\^\s*\{?\s*[\[(]([0-9])[\])]")
CONVENTIONS = ["mean_in", "sign"]
FAMILIES = ["W", "b", "Z", "A", "delta"]


class Described(NamedTuple):
    """What a document is about.

    Attributes
    ----------
    known : Known
    data : tuple
        The estimator, X, y and the weights of the samples.
    rtol : float
    conventions : dict of str to str
        ``mean_in`` and ``sign``, where they are given.
    lines : tuple of int
        The first and the last line that are about this network.
    questions : dict of str to str
        What is asked for, under its own name, and what the task calls it; empty where it asks for
        nothing.
    text : str
        The document, with the layers of its units written out.
    given : frozenset of str
        The conventions that are given: ``layout``, ``mean_in``, ``sign``.
    """

    known: Known
    data: tuple[Any, Any, Any, Any]
    rtol: float
    conventions: dict[str, str]
    lines: tuple[int, int]
    questions: dict[str, str]
    text: str
    given: frozenset[str]


def read_description(
    path: str | Path,
    document: str,
    rtol: float | None,
    unless_given: Mapping[str, str] = MappingProxyType({}),
) -> Described:
    """The TOML file at the path, for that document.

    ``unless_given`` has the conventions of a file without them.
    """
    table = read_toml(path)
    table.check_keys([*KEYS, *CONVENTIONS, "notation"])
    content: dict[str, Any] = {
        k: v for k, v in table.items() if k not in ("notation", *CONVENTIONS)
    }
    task = read_task(Table(content, table.place), Path(path).parent, rtol)
    est, (X, y, weight, _) = task.est, task.data
    default = unless_given.get("layout", "rows")
    layout = Conventions.of(task.conventions.get("layout", default)).layout
    opened = open_with_update(est, X, y, weight)
    architecture = opened.architecture
    functions = Functions(architecture.activations, layout, architecture.loss)
    formulas = Formulas(architecture, is_weighted=weight is not None)
    layers = range(1, architecture.n_layers + 1)
    names = {"X", "Y", "m", "alpha", "learning_rate", "A0", *formulas.all()}
    names |= {name for f in formulas.all().values() for name in f.names()}
    names |= {name.removesuffix("_next") for name in formulas.update}
    names = {name for name in names if not Quantity.of(name).is_step}
    of_updates = Formulas(architecture, is_weighted=weight is not None, step=opened.step).update
    updates = {n for name, f in of_updates.items() for n in (name, *f.names())} - names
    notation_table = Table({}, table.place)
    if "notation" in table:
        notation_table = table.table("notation", 'x = "A0"')
    if not any(OF_A_UNIT.fullmatch(key) for key, _ in notation_table.items()):
        document = with_layers_written(document, architecture.sizes)
    written = {k: v for t in (table, notation_table) for k, v in t.items() if k in CONVENTIONS}
    conventions = {k: v for k, v in unless_given.items() if k in CONVENTIONS} | written
    try:
        Conventions.of(layout, **conventions)
    except ValueError as error:
        table.refuse(error)
    activations = tuple(functions.of_layer(l) for l in layers)
    functions_of_answers = functions.for_answers()
    notation = _notation(notation_table, names | functions_of_answers, activations, document)
    mixing = {
        l for l, f in enumerate(architecture.activations, start=1) if not isinstance(f, Elementwise)
    }
    known = Known(
        tuple(sorted(names | {"loss"})),
        functions_of_answers,
        activations,
        mixing,
        layout,
        notation.for_text(document).at(L=len(activations), n_l=len(activations)),
        Updates(opened.step, tuple(sorted(updates)), OF_SQUARES.search(document) is not None),
        turns_weights="weights" in unless_given,
    )
    lines = _lines(notation_table)
    questions = _questions(table, task)
    data = est, X, y, weight
    given = frozenset({"layout"} & task.conventions.keys() | written.keys())
    return Described(known, data, task.rtol, conventions, lines, questions, document, given)


def _questions(table: Table, task: Task) -> dict[str, str]:
    """What is asked for, by its own name, and what the description calls it."""
    if "answers" not in table:
        return {}
    questions = questions_of(table.table("answers", ""), task)
    check_questions(questions, task)
    return own_names(questions, quantities_of(task))


def _lines(table: Table) -> tuple[int, int]:
    """Which lines of the document are about the network; all by default."""
    first, last = 1, 10**9
    if "lines" in table:
        given = table["lines"]
        whole = isinstance(given, list) and all(type(n) is int for n in given)
        if not whole or len(given) != 2:
            table.refuse(f"it must be the first and the last line, [1, 57]; got {short(given)}.")
        first, last = given
    return first, last


def _notation(
    table: Table, meanings: set[str], activations: tuple[str, ...], document: str
) -> Notation:
    """The table [notation]: choices, and meanings of letters."""
    options: dict[str, Any] = {}
    if len(BRACKETS.findall(document)) > 2:
        options["subscripts"] = "units"  # layers are in brackets, so what stands below is a unit
    names: dict[str, str] = {}
    for key, value in table.items():
        if key in (*CONVENTIONS, "lines"):
            continue
        if key in CHOICES:
            options[key] = table.one_of(key, CHOICES[key])
        elif key == "input_layer":
            if value not in (0, 1):
                table.refuse(f"it must be 0 or 1, got {short(value)}.", key)
            options[key] = value
        else:
            known = [*FAMILIES, "loss", *sorted(meanings)]
            name = table.one_of(key, known)
            names[key] = name
    names = activations_of(document) | names
    if len(activations) == 2:
        names = parameters_of(document) | names
    if "input_layer" not in options and _counts_from_one(document, len(activations)):
        options["input_layer"] = 1
    return Notation(names=names, activations=activations, **options)


def _counts_from_one(document: str, depth: int) -> bool:
    """Whether a document numbers the input as layer 1, so that the output is depth + 1."""
    return f"{depth + 1}" in (numbers := set(LAYERS.findall(document))) and "0" not in numbers
