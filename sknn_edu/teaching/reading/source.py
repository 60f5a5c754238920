"""From the text of a Python file to the formulas that it has. Nothing of it is run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

from ...formulas.quantity import Quantity
from .interpreter import Budget, Interpreter
from .names import Names
from .notes import Found
from .recognition import Recognition
from .syntax import helper_of
from .values import Class, Entries, Helper, Instance, Items, Unreadable, quantity, text_of

MAX_CHARACTERS, MAX_DEPTH, MAX_READINGS = 200_000, 100, 4
BACKWARD = re.compile("back|grad|prop|train|update|fit", re.IGNORECASE)
FORWARD = re.compile("_*(forward|feed_?forward|propagate_forward|predict|call)", re.IGNORECASE)
SHARED = (Items, Entries, Instance)


class Reading(NamedTuple):
    """What a file says about one quantity.

    Attributes
    ----------
    formula : str
        In the names of the network; empty if it cannot be read.
    line : int
        Where it is assigned.
    reason : str
        Why it cannot be read; empty if it can.
    """

    formula: str
    line: int
    reason: str = ""


def formulas_of_source(
    text: str,
    n_layers: int,
    known: list[str],
    *,
    activations: Collection[str] = (),
    function: str | None = None,
    recognition: Recognition | None = None,
) -> dict[str, Reading]:
    """The formula of each quantity that is computed in Python code.

    Inside a formula the names of quantities mean true values; other variables, and functions of
    the file, are put in.

    Parameters
    ----------
    text : str
    n_layers : int
        Layers with weights.
    known : list of str
        The quantities that the network has.
    activations : collection of str
        Names of the activations of the hidden layers, for code that asks which one it is.
    function : str, default=None
        Read only the function, or method, of that name.
    recognition : Recognition, default=None
        Tells quantities by their numbers. Without it only their names tell.

    Returns
    -------
    readings : dict of str to Reading
        By the name of the quantity.

    Raises
    ------
    ValueError
        If it is not Python, or too much of it; or if there is no such function.

    Examples
    --------
    >>> from sknn_edu.teaching.reading import formulas_of_source
    >>> text = '''
    ... def backward(X, Y, cache, parameters):
    ...     m = X.shape[1]
    ...     dz2 = cache["A2"] - Y
    ...     return {"dW2": np.dot(dz2, cache["A1"].T) / m}
    ... '''
    >>> known = ["X", "Y", "m", "A1", "A2", "delta2", "W2", "dW2"]
    >>> {name: reading.formula for name, reading in formulas_of_source(text, 2, known).items()}
    {'delta2': 'A2 - Y', 'dW2': 'np.dot(delta2, A1.T) / X.shape[1]'}
    """
    tree = _parsed(text)
    helpers = dict(_helpers(tree))
    classes = _classes(tree, helpers)
    if function is not None and function not in helpers:
        has = ", ".join(helpers) or "none"
        raise ValueError(f"there is no function {function!r} in it. It has {has}.")
    bodies = [(name, helper.body) for name, helper in helpers.items()]
    bodies = [(n, b) for n, b in bodies if n == function] if function else bodies
    bodies.sort(key=lambda body: BACKWARD.search(body[0]) is None)
    if function is None:
        bodies.append(("", [s for s in tree.body if not isinstance(s, ast.ClassDef)]))
    recognition = recognition or Recognition()
    readings: dict[str, Reading] = {}
    # What a name is may be seen only further down, so all is read until nothing is learned.
    for _ in range(MAX_READINGS):
        before = recognition.state()
        names = Names(n_layers, known, tree, activations, recognition)
        budget = Budget(classes=classes)
        readings = _of_bodies(bodies, names, helpers, budget)
        bodies = [(n, b) for n, b in bodies if not budget.is_for_any_layer(n)]
        if budget.steps <= 0 or recognition.state() == before:
            break
    return readings


def _of_bodies(
    bodies: list[tuple[str, list[ast.stmt]]],
    names: Names,
    helpers: dict[str, Helper],
    budget: Budget,
) -> dict[str, Reading]:
    """What the functions say, the more likely ones first; the module, run first, counts last."""
    module = {name: value for name, value in [*bodies] if not name}
    found: list[dict[str, Found]] = []
    losses: list[Found] = []
    shared: dict[str, Any] = {}
    for called, body in [*module.items(), *((n, b) for n, b in bodies if n)]:
        interpreter = Interpreter(names, helpers, budget)
        interpreter.variables.update(shared)
        interpreter.module = shared if called else interpreter.variables
        interpreter.expressions.function = called.lower()
        defaults = helpers[called].defaults.items() if called in helpers else ()
        for parameter, default in defaults:  # such as cost_derivative=mse_derivative
            if isinstance(default, ast.Name) and default.id in helpers:
                interpreter.variables[parameter] = helpers[default.id]
        with suppress(Unreadable):
            if (made := _object_of(called, names, helpers, budget, shared)) is not None:
                interpreter.variables["self"] = made
        with suppress(Unreadable):
            interpreter.returned(called, interpreter.run(body), body)
        if not called:
            containers = interpreter.variables.items()
            shared = {name: v for name, v in containers if isinstance(v, SHARED)}
        found.append(interpreter.notes.found)
        if interpreter.returned_loss is not None:
            losses.append(interpreter.returned_loss)
    losses.sort(key=lambda one: not names.recognition.gives(one.formula, "loss"))
    returned = [{"loss": one} for one in losses[:1]]
    readings: dict[str, Reading] = {}
    sure: dict[str, bool] = {}
    for of_body in [*found[len(module) :], *found[: len(module)], *returned]:
        for name, one in of_body.items():
            reading = _reading(name, one, names.recognition)
            before = readings.get(name)
            is_sure = Quantity.of(name).is_step or _is_sure(one, names.recognition)
            if before is None or (before.reason and not reading.reason):
                readings[name], sure[name] = reading, is_sure
            elif is_sure and not sure[name]:
                readings[name], sure[name] = reading, True
    return readings


def _is_sure(found: Found, recognition: Recognition) -> bool:
    """Whether all that is in a formula is known: a method alone may not know what it is given."""
    if recognition.see is None or found.formula is None:
        return found.formula is not None
    return recognition.seen(found.formula).shape is not None


def _object_of(
    called: str,
    names: Names,
    helpers: dict[str, Helper],
    budget: Budget,
    shared: dict[str, Any],
) -> Instance | None:
    """The object of a method, if it has objects of other classes for its layers.

    It is one that the module makes, or a new one; X has gone through it.
    """
    budget.n_layers = 0
    for of in budget.classes.values():
        if called not in of.methods or called == "__init__":
            continue
        if of.methods[called].body is not helpers[called].body:
            continue  # of another class
        interpreter = Interpreter(names, helpers, budget)
        objects = [o for o in shared.values() if isinstance(o, Instance) and o.of is of]
        objects = [one for one in objects if one.has_layers and one.layer is None]
        made = objects[0] if objects else None
        if made is None and "__init__" in of.methods:
            new = interpreter.created(of, [], {})
            made = new if new.has_layers else None
        if made is not None:
            for name, method in of.methods.items():
                if FORWARD.match(name) and len(method.parameters) == 2 and name != called:
                    with suppress(Unreadable):
                        interpreter.call(method, [made, quantity("X")], {})
            return made
    return None


def _parsed(text: str) -> ast.Module:
    """The syntax tree."""
    if len(text) > MAX_CHARACTERS:
        raise ValueError(f"it has {len(text)} characters; at most {MAX_CHARACTERS} are read.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError as error:
        raise ValueError(f"this is not Python: line {error.lineno}: {error.msg}.") from None
    except (ValueError, MemoryError, RecursionError):
        raise ValueError("it is nested too deeply to be read.") from None
    _check_depth(tree)
    return tree


def _check_depth(tree: ast.AST) -> None:
    """Refuse a tree in which a recursion would go too deep."""
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        level = [part for node in level for part in ast.iter_child_nodes(node)]
        if not level:
            return
    raise ValueError("it is nested too deeply to be read.")


def _helpers(tree: ast.AST) -> Iterator[tuple[str, Helper]]:
    """All functions and methods of a file, and lambdas that have a name.

    Functions of the module come last: without an object it is them that a name means.
    """
    of_module = {id(node) for node in getattr(tree, "body", ())}
    for node in sorted(ast.walk(tree), key=lambda node: id(node) in of_module):
        match node:
            case ast.FunctionDef(name=name, args=arguments, body=body):
                yield name, helper_of(name, arguments, body)
            case ast.Assign(
                targets=[ast.Name(id=name) | ast.Attribute(attr=name)],
                value=ast.Lambda() as function,
            ):
                yield name, helper_of(name, function.args, [ast.Return(function.body)])


def _classes(tree: ast.AST, helpers: dict[str, Helper]) -> dict[str, Class]:
    """The classes of a file."""
    found: dict[str, Class] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="namedtuple"), args=[_, fields_]),
            ):
                words = re.findall(r"\w+", ast.unparse(fields_))
                found[name] = Class(name, {}, None, tuple(words))
        if isinstance(node, ast.ClassDef):
            above = next((c for b in node.bases if (c := found.get(ast.unparse(b)))), None)
            methods = dict(above.methods) if above is not None else {}
            functions = [part for part in node.body if isinstance(part, ast.FunctionDef)]
            methods |= {f.name: helper_of(f.name, f.args, f.body) for f in functions}
            fields = [
                part.target.id
                for part in node.body
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name)
            ]
            found[node.name] = Class(node.name, methods, above, tuple(fields))
    return found


def _reading(name: str, found: Found, recognition: Recognition) -> Reading:
    """A formula as text."""
    if found.formula is None:
        return Reading("", found.line, found.reason)
    return Reading(recognition.turned(text_of(found.formula), name), found.line)
