"""What changes of an update's formula are called, where others do not have them."""

from __future__ import annotations

from ...formulas import Expression
from ...formulas.tree import Call, Name, Number, Power, Product, Sum
from .context import Kind, is_told
from .rewrites import Place, Words
from .update_changes import is_kept, settings_of


def kind_in_update(place: Place, right: Expression, words: Words) -> Kind | None:
    """The mistake of a node of an update that should be ``right``, if it is one of updates only."""
    wrong, settings = place.node, {*settings_of(words.formulas.step), "t"}
    match wrong, right:
        case (P, Power(Q, Number(2.0))) if P == Q and P.names() - settings:
            return Kind("wrong_name", f"The square of {P} is missing.")
        case (Power(P, Number(2.0)), Q) if P == Q and P.names() - settings:
            return Kind("wrong_name", f"{P} is squared where it should not be.")
        case (P, Call("sqrt", (Q,))) if P == Q:
            return Kind("wrong_name", f"The square root of {P} is missing.")
        case (Call("sqrt", (P,)), Q) if P == Q:
            return Kind("wrong_name", f"There is a square root too much: {wrong}.")
        case (P, Power(Q, Name("t"))) if P == Q:
            return Kind("factor", f"The power is missing: {right}, where t counts the steps.")
        case (P, Product(F, Q)) if P == Q and F.names() and F.names() <= settings:
            return Kind("factor", f"The factor {F} is missing.")
        case (Product(F, P), Q) if P == Q and F.names() and F.names() <= settings:
            return Kind("factor", f"The factor {F} does not belong here.")
        case (P, (Sum(Number(1.0), "-", Q))) | (Sum(Number(1.0), "-", P), Q) if P == Q:
            return Kind("factor", f"{wrong} stands where {right} belongs.")
        case (Sum(P, _, T), Q) | (Sum(T, _, P), Q) if P == Q and any(map(is_kept, T.names())):
            return Kind("wrong_name", f"{T} does not belong here.")
        case (P, Sum(Q, _, T)) | (P, Sum(T, _, Q)) if P == Q and any(map(is_kept, T.names())):
            if P == Name(str(words.target.parameter)):
                return Kind("wrong_name", f"The step is missing: this is the old {P}.")
            return _kept_missing(T)
    return None


def _kept_missing(T: Expression) -> Kind:
    if is_told(T):
        return Kind("wrong_name", f"{T} is missing: what was kept of earlier steps.")
    return Kind("wrong_name", "What was kept of earlier steps is missing.")
