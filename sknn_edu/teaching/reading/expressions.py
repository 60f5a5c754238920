"""Expressions of a student's code, with everything put in that is known about their names."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from typing import Any

from ...activations import Activation
from . import bias_column
from .by_unit import Single, together
from .comprehensions import Comprehensions, kind_of, made_of_zeros
from .syntax import (
    OF_NUMBERS,
    as_int,
    folded,
    helper_of,
    is_int,
    joined,
    negative,
)
from .values import (
    CONTAINERS,
    Entries,
    Instance,
    Items,
    Joined,
    Unreadable,
    checked,
    constant,
    is_constant,
    is_matrix,
    marked,
    quantity,
)

LONGEST_LIST = 1000
OF_CONSTANTS: dict[type, Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


class Expressions(Comprehensions):
    """What expressions are, where these variables have these values."""

    def value(self, node: Any) -> Any:
        """The value of an expression: a container, or a syntax tree of quantities."""
        match node:
            case ast.Constant():
                return node
            case ast.Name(id=name):
                return self._name(name)
            case ast.Attribute():
                return self._attribute(node)
            case ast.Subscript():
                return self._subscript(node)
            case ast.Call():
                return self._call(node)
            case ast.BinOp():
                return self._binary(node)
            case ast.UnaryOp(op=op, operand=operand):
                inside = self.value(operand)
                if isinstance(inside, Single):
                    return inside.applied(lambda matrix: ast.UnaryOp(op, matrix))
                if isinstance(op, ast.USub) and is_constant(inside, int, float):
                    return constant(-inside.value) if inside.value < 0 else negative(inside)
                return checked(ast.UnaryOp(op, self.formula(operand)))
            case ast.Compare():
                return self._comparison(node)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                decided = self.decided(test)
                if decided is not None:
                    return self.value(body if decided else orelse)
                values = [self.value(part) for part in (test, body, orelse)]
                if any(isinstance(value, Single) for value in values):
                    return together(
                        [self.units.single(value) for value in values],
                        lambda parts: ast.Call(quantity("where"), parts, []),
                    )
                parts = [self.formula(part) for part in (test, body, orelse)]
                return checked(ast.Call(quantity("where"), parts, []))
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                return Items([self._or_broken(element) for element in elements])
            case ast.Dict(keys=keys, values=values):
                entries = Entries()
                for key, value in zip(keys, values, strict=True):
                    if key is not None and is_constant(found := self.value(key), str, int):
                        entries.values[str(found.value)] = self._or_broken(value)
                return entries
            case ast.JoinedStr(values=parts):
                return joined("".join(map(self._text, parts)))
            case ast.Lambda(args=arguments, body=body):
                made = helper_of("lambda", arguments, [ast.Return(body)])
                made.around = self.variables if self.is_called else {}
                return made
            case ast.ListComp(elt=entry, generators=[ast.comprehension(ifs=[]) as loop]):
                return self._listed(entry, loop, node)
            case ast.GeneratorExp(elt=entry, generators=[ast.comprehension(ifs=[]) as loop]):
                return self._listed(entry, loop, node)
            case ast.NamedExpr(value=value) | ast.Starred(value=value):
                return self.value(value)
        raise Unreadable(f"{kind_of(node)} cannot be read here")

    def formula(self, node: Any) -> Any:
        """The value, which has to be a formula."""
        value = self.value(node)
        if isinstance(value, Joined):
            return value.rest
        if isinstance(value, CONTAINERS):
            raise Unreadable(f"{ast.unparse(node)[:60]} is no array")
        return value

    def decided(self, test: Any) -> bool | None:
        """Whether a condition holds, or None if that is not known beforehand."""
        try:
            value = self.value(test)
        except Unreadable:
            return None
        match value:
            case ast.Compare(ops=[ast.Eq()], comparators=[ast.Constant(value=str(name))]):
                return self._is_activation(name.lower())
            case ast.Compare(ops=[ast.Is() | ast.Eq()], comparators=[ast.Constant(value=None)]):
                return False  # there is something, whatever it is
            case ast.Compare(
                ops=[ast.IsNot() | ast.NotEq()], comparators=[ast.Constant(value=None)]
            ):
                return True
        return bool(value.value) if isinstance(value, ast.Constant) else None

    def _is_activation(self, name: str) -> bool | None:
        """Whether the network has the activation that the code asks for, if it is one."""
        if name in self.names.activations:
            return True
        return False if name in Activation.names() or name == "sigmoid" else None

    # -- operators --------------------------------------------------------------------------------

    def _binary(self, node: ast.BinOp) -> Any:
        left, right, op = self.value(node.left), self.value(node.right), type(node.op)
        if isinstance(left, Single) or isinstance(right, Single):
            return self.units.binary(left, node.op, right)
        texts = is_constant(left, str) and is_constant(right, str) and op is ast.Add
        if texts:
            return joined(left.value + right.value)
        if op is ast.Mod and is_constant(left, str) and is_constant(right, str, int):
            return joined(re.sub("%[ds]", str(right.value), left.value))  # "W%d" % l
        if op in OF_NUMBERS and is_int(left) and is_int(right):
            return folded(op, as_int(left), as_int(right))
        if op is ast.Add and isinstance(left, Items) and isinstance(right, Items):
            if len(left.values) + len(right.values) > LONGEST_LIST:
                raise Unreadable("a list is too long")
            return Items([*left.values, *right.values])
        if op is ast.Mult and isinstance(left, Items) and left.values and _are_zeros(left):
            return made_of_zeros()
        for value, part in ((left, node.left), (right, node.right)):
            if isinstance(value, CONTAINERS) and not isinstance(value, Joined):
                raise Unreadable(f"{ast.unparse(part)[:60]} is no array")
        if isinstance(left, Joined) or isinstance(right, Joined):
            is_product = op is ast.Mult and (is_matrix(left) or is_matrix(right))
            if op is ast.MatMult or is_product:
                return bias_column.product(left, right, self._of_vectors)
            return bias_column.combined(left, node.op, right, self.names.recognition)
        if self.by_sample is not None and op is ast.Mult:
            for P, Q in ((left, right), (right, left)):
                if self.by_sample.is_column(P) or self.by_sample.is_turned_vector(P, Q):
                    return self.by_sample.outer(P.value, Q)
        if op is ast.MatMult and (of_vectors := self._of_vectors(left, right)) is not None:
            return of_vectors
        is_number = is_constant(left, int, float) or is_constant(right, int, float)
        if op is ast.Mult and not is_number and (is_matrix(left) or is_matrix(right)):
            return marked(checked(ast.BinOp(left, ast.MatMult(), right)), left, right)
        return marked(checked(ast.BinOp(left, node.op, right)), left, right)

    def _comparison(self, node: ast.Compare) -> Any:
        values = [self.value(part) for part in (node.left, *node.comparators)]
        op = type(node.ops[0])
        if len(values) == 2 and any(isinstance(value, Single) for value in values):
            return together(
                [self.units.single(value) for value in values],
                lambda parts: ast.Compare(parts[0], node.ops, parts[1:]),
            )
        if len(values) == 2 and op in OF_CONSTANTS and all(map(_is_known, values)):
            left, right = (value.value for value in values)
            try:
                return constant(OF_CONSTANTS[op](left, right))
            except TypeError:
                raise Unreadable("a comparison of different things") from None
        is_nothing = is_constant(values[-1], type(None)) and isinstance(values[0], CONTAINERS)
        if len(values) == 2 and is_nothing and op in OF_CONSTANTS:
            return constant(op in (ast.NotEq, ast.IsNot))
        if all(isinstance(value, Instance) for value in values) and op in OF_CONSTANTS:
            return constant((values[0] is values[1]) == (op in (ast.Eq, ast.Is)))
        if any(isinstance(value, CONTAINERS) for value in values):
            raise Unreadable("a comparison of what is no array")
        return checked(ast.Compare(values[0], node.ops, values[1:]))

    def _text(self, node: Any) -> str:
        """A part of a text that is known beforehand."""
        inside = node.value if isinstance(node, ast.FormattedValue) else node
        value = self.value(inside)
        if not isinstance(value, ast.Constant):
            raise Unreadable("a name that is put together from what is not known")
        return str(value.value)


def _are_zeros(items: Items) -> bool:
    return all(is_constant(value, int, float) and value.value == 0 for value in items.values)


def _is_known(value: Any) -> bool:
    return isinstance(value, ast.Constant)
