"""Text to tree. Python's own parser reads the text; a whitelist says what may be in it.

Nothing of it is ever run as Python: the syntax tree is translated, node by node, into the
tree of `sknn_edu.formulas.tree`, and what has no translation is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

from .aliases import y_as_output
from .characters import in_one_line
from .errors import ExpressionError
from .layout import Layout
from .primitives import RELATIONS
from .source import Source
from .translation import Language, Translator
from .tree import Expression

ANSWER = Language(characters=2000, nodes=400, depth=60)
PRINTED = Language(  # sums over all layers are long
    characters=100_000,
    nodes=10_000,
    depth=200,
    relations=tuple(RELATIONS),
    counts_arguments=False,
)


def parse(
    text: str,
    names: Collection[str] | None,
    functions: Collection[str],
    *,
    printed: bool = False,
    layout: Layout | None = None,
) -> Expression:
    """Read a formula.

    Parameters
    ----------
    text : str
        Such as ``"A1.T @ (A2 - Y) / m"``: names, numbers, ``+ - * / ** @``, comparisons, ``.T``,
        ``sum`` and ``mean`` with ``axis`` and ``keepdims``, and the functions given; or all
        that in NumPy's spelling, ``"np.dot(A1.T, A2 - Y) / X.shape[0]"``. A line break is a blank.
    names : collection of str or None
        The names that may stand alone, also by their `aliases`; None allows all, in formulas of
        the package.
    functions : collection of str
        The names that may be called.
    printed : bool, default=False
        Allow long formulas, and only the relations of those that the package prints.
    layout : Layout, default=None
        With it, the size of an array of samples along its axis of samples is ``m``.

    Raises
    ------
    ExpressionError
        If there is anything else in the text, or too much of it.
    """
    limits = PRINTED if printed else ANSWER
    if len(text) > limits.characters:
        reason = f"A formula has at most {limits.characters} characters; this has {len(text)}."
        raise ExpressionError(reason, text, limits.characters)
    line = in_one_line(text, limits.depth)
    formula = line.lstrip()
    if not formula:
        raise ExpressionError("The formula is empty.", text, 0)
    indent = len(line) - len(formula)
    try:
        syntax = ast.parse(formula, mode="eval").body
    except SyntaxError as error:
        raise _explained(error, text, line, indent) from None
    except (ValueError, MemoryError, RecursionError):
        raise ExpressionError("This is nested too deeply to be read.", text, indent) from None
    translator = Translator(Source(text, line, indent), limits, names, functions, layout)
    if names is not None:
        symbols = {node.id for node in ast.walk(syntax) if isinstance(node, ast.Name)}
        translator.own = y_as_output(symbols, names)
    return translator.translate(syntax, 1)


def _explained(error: SyntaxError, text: str, line: str, indent: int) -> ExpressionError:
    """What Python's parser did not understand, in terms of formulas."""
    end = len(line.rstrip())
    position = min(indent + error.offset - 1, end) if error.offset else end
    if position == end:
        reason = "The formula ends too early: something is missing."
    elif "argument" in error.msg:  # what Python says of them is said well
        reason = f"{error.msg[0].upper()}{error.msg[1:]}."
    else:
        reason = f"Something is missing before this {text[position]!r}, or it is too much."
    return ExpressionError(reason, text, position)
