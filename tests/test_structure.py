"""The package has no import cycle; only the estimators read their private attributes."""

import ast
import inspect
import re
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import numpy as np
import pytest

import sknn_edu
from sknn_edu import BackpropClassifier, BackpropRegressor, TabularClassifier

ROOT = Path(__file__).parents[1]
PACKAGE = Path(sknn_edu.__file__).parent  # it may be installed elsewhere
FILES = sorted(PACKAGE.rglob("*.py"))


def module_name(path):
    """``sknn_edu.engine.layer``; a package is called like its folder."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def imports_of(name):
    """The modules of the package that a module imports, wherever in it the import stands."""
    package = name.split(".") if MODULES[name].stem == "__init__" else name.split(".")[:-1]
    for node in ast.walk(TREES[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in MODULES)
        elif isinstance(node, ast.ImportFrom):
            start = package[: len(package) + 1 - node.level] if node.level else []
            source = ".".join([*start, *(node.module or "").split(".")]).strip(".")
            for alias in node.names:
                # `from .x import y` is an edge to y if that is a module, else to x.
                target = f"{source}.{alias.name}"
                target = target if target in MODULES else source
                if target in MODULES:
                    yield target


def test_there_is_no_import_cycle():
    graph = {name: set(imports_of(name)) - {name} for name in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def test_imports_are_found():
    found = {name: set(imports_of(name)) for name in MODULES}
    assert "sknn_edu.engine.layer" in found["sknn_edu.engine.network"]
    assert sum(map(len, found.values())) > 200


def private_names_of_the_estimators():
    """Single-underscore methods and attributes that the classes of the estimators define."""
    names = set()
    for name, tree in TREES.items():
        if not name.startswith("sknn_edu.estimators"):
            continue
        for cls in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
            for node in ast.walk(cls):
                if isinstance(node, ast.FunctionDef):
                    names.add(node.name)
                elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                    names.add(node.target.id)
                elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    names.add(node.attr)
    return {name for name in names if name.startswith("_") and not name.startswith("__")}


def test_nothing_outside_the_estimators_reads_a_private_attribute_of_one():
    private = private_names_of_the_estimators()
    assert len(private) > 10
    found = [
        f"{MODULES[name].relative_to(PACKAGE.parent)}:{node.lineno} {ast.unparse(node)}"
        for name, tree in TREES.items()
        if not name.startswith("sknn_edu.estimators")
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr in private
        if not (isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"))
    ]
    assert not found, "\n".join(found)


def test_one_step_passes_through_few_classes():
    """From `train` to `theta -= ...`, as CONTRIBUTING lists them, the estimator before them."""
    passed = []

    def note(frame, event, _):
        if event != "call" or "step" in passed or "sknn_edu" not in frame.f_code.co_filename:
            return
        owner = type(frame.f_locals.get("self"))
        name = "train" if frame.f_code.co_name == "train" else owner.__name__
        if name not in passed and (name == "train" or owner.__module__.startswith("sknn_edu")):
            passed.append(name)
        if frame.f_code.co_name == "step":
            passed.append("step")

    X, y = np.eye(6), np.arange(6) % 3
    clf = BackpropClassifier(engine="numpy", max_iter=1, tol=0, batch_size=6)
    sys.setprofile(note)
    try:
        clf.fit(X, y)
    finally:
        sys.setprofile(None)
    on_the_way = passed[passed.index("train") + 1 : -1]
    listed = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = listed[listed.index("From `fit` to `theta -= ...`") :].partition("\n\n")[0]
    assert len(on_the_way) < 15
    assert {name for name in on_the_way if f"`{name}`" not in listed} == set()


@pytest.mark.parametrize("cls", [BackpropClassifier, BackpropRegressor, TabularClassifier])
def test_docstrings_made_of_parts_are_indented_alike(cls):
    # Python 3.13 takes the indentation away from what is written in the class.
    doc = inspect.getdoc(cls)
    listed = re.findall(r"^(\w+) : ", doc, flags=re.MULTILINE)
    assert set(inspect.signature(cls).parameters) <= set(listed)
