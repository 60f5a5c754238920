"""The shared library: found, checked and loaded; and the structures of src/interface.h."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .compiler import LIBRARY, NOTE, fingerprint

_int, _double, _pointer = ctypes.c_int64, ctypes.c_double, ctypes.c_void_p


def _fields(declaration: str) -> list[tuple[str, Any]]:
    """The fields of a structure, declared as in C: ``"pointer W, b; double l2"``."""
    types = {"int64": _int, "double": _double, "pointer": _pointer}
    declared = (part.split(maxsplit=1) for part in declaration.split(";"))
    return [(name.strip(), types[kind]) for kind, names in declared for name in names.split(",")]


# From the best to the one that runs everywhere.
LEVELS = ("v4", "v3", "v2", "portable")


class Network(ctypes.Structure):
    """A network and the objective it is trained for."""

    _fields_ = _fields(
        "int64 n_layers; pointer sizes, activations, settings, W, b;"
        "int64 n_losses; pointer losses, loss_factors, loss_settings;"
        "double l1, l2, clip_norm; int64 n_parameters, n_threads; pointer dropout, masks"
    )


class Masks(ctypes.Structure):
    """Where the random numbers of dropout come from."""

    _fields_ = _fields("int64 key, update, first")


class Data(ctypes.Structure):
    """Rows of X, Y and w."""

    _fields_ = _fields(
        "pointer X; int64 X_row, X_column; pointer X_begins, X_columns; int64 X_rows, X_most;"
        "pointer Y; int64 Y_row, Y_column; pointer w, rows; int64 n"
    )
    # Only Python uses these.
    scale = 1.0  # of w
    flops_of_a_row = 1.0
    n_nonzeros = -1  # if X is sparse, of all rows


class Optimizer(ctypes.Structure):
    """An optimizer's rule, settings and state."""

    _fields_ = _fields(
        "int64 rule; pointer theta, grad; double rate_init, rate, rate_factor;"
        "pointer settings, vectors, counters; int64 n_vectors; pointer layer_rates"
    )


class Epochs(ctypes.Structure):
    """A stretch of epochs, and how far it has come."""

    _fields_ = _fields(
        "int64 batch_size, n_epochs; double seconds; pointer order, random, rate_factors;"
        "double tol, best_loss; int64 best_epoch, n_without_improvement, patience;"
        "pointer best, last, last_but_one;"
        "int64 n_done; pointer losses; int64 is_running, batch; double sum_J; int64 n_seen, ending"
    )


# Why a call of `train` is over.
PYTHON_TAKES_OVER, TIME_IS_OVER, J_IS_NOT_FINITE = range(3)

STRUCTURES = (Network, Masks, Data, Optimizer, Epochs)
FUNCTIONS: dict[str, tuple[tuple, Any]] = {
    "most_threads": ((_pointer, _pointer, _int), _int),
    "workspace_bytes": ((_pointer, _pointer, _int, _int), _int),
    "train": ((_pointer,) * 5, None),
    "gradient": ((_pointer, _pointer, _int, _int, _double, _int, _pointer, _pointer), _double),
    "hessian_product": ((_pointer, _pointer, _int, _int, _double, _int, *(_pointer,) * 3), None),
    "predict": ((_pointer, _pointer, _int, _int, _pointer, _pointer), None),
    "evaluate": ((_pointer, _pointer, _int, _int, _double, _pointer, _pointer), _double),
    "products": ((_int,) * 5 + (_pointer,) * 5, _int),
    "activation": ((_int, _double, _int, _int, _pointer, _pointer, _pointer), None),
    "loss": ((_pointer, _int, *(_pointer,) * 5), _double),
}


class Unusable(Exception):
    """The library cannot be used; the message says why, without a capital or a full stop."""


class Library:
    """The functions of the core for one instruction set.

    The environment may ask for a lower level than the machine has (SKNN_EDU_KERNELS=v3), and
    for another file (SKNN_EDU_CORE=/path/of/the/library), to test them.

    Raises
    ------
    Unusable
        If the file is not a library of the core, or does not fit these sources or this machine.

    Attributes
    ----------
    levels : list of str
        Those of `LEVELS` that were compiled and that this machine can run, the best first.
    level : str
        The one that is used.
    processor : set of str
        Those of `LEVELS` that this machine can run, compiled or not.
    """

    def __init__(self, path: Path, level: str | None) -> None:
        try:
            self._dll = ctypes.CDLL(str(path))
        except OSError as error:  # it was made for another machine, or a newer C library
            raise Unusable(f"it cannot be loaded: {error}") from None
        try:
            self._check()
        except AttributeError:
            raise Unusable(f"{str(path)!r} is not a library of the compiled core") from None
        self._dll.can_run.argtypes = (ctypes.c_char_p,)
        self.processor = {name for name in LEVELS if self._dll.can_run(name.encode())}
        self.levels = [name for name in LEVELS if self._has(name) and name in self.processor]
        if level is None:
            level = self.levels[0]
        if level not in self.levels:
            raise Unusable(f"SKNN_EDU_KERNELS={level!r} is none of {self.levels}, which work here")
        self.level = level
        for kind in ("activation", "loss", "optimizer"):
            function = getattr(self._dll, f"{kind}_number")
            function.argtypes, function.restype = (ctypes.c_char_p,), _int
        names = self._dll.optimizer_names
        names.argtypes, names.restype = (_int, ctypes.c_char_p), ctypes.c_char_p

    def _check(self) -> None:
        """Raise Unusable if the library has other sources or structures."""
        made_of, size = self._dll.made_of, self._dll.structure_size
        made_of.restype = ctypes.c_char_p
        if made_of() != fingerprint().encode():
            raise Unusable("it was compiled from other sources")
        size.argtypes, size.restype = (ctypes.c_char_p,), _int
        for structure in STRUCTURES:
            name, stated = structure.__name__, ctypes.sizeof(structure)
            compiled = size(name.encode())
            if compiled != stated:
                raise Unusable(
                    f"the structure {name} has {compiled} bytes in it, but {stated} in library.py"
                )

    def _has(self, level: str) -> bool:
        return all(hasattr(self._dll, f"train_{dtype}_{level}") for dtype in ("float32", "float64"))

    @cache  # noqa: B019 - there is one library for the life of the process
    def number(self, kind: str, name: str | None) -> int:
        """The number of an activation, a loss or an optimizer; -1 if the core has none."""
        if name is None:
            return -1
        return getattr(self._dll, f"{kind}_number")(name.encode())

    @cache  # noqa: B019 - there is one library for the life of the process
    def optimizer_names(self, rule: int, kind: str) -> tuple[str, ...]:
        """Attributes that are the "settings", "vectors" or "counters" of an optimizer."""
        names = self._dll.optimizer_names(rule, kind.encode()).decode()
        return tuple(filter(None, names.split(",")))

    @cache  # noqa: B019 - there is one library for the life of the process
    def function(self, name: str, dtype: np.dtype) -> Any:
        """A function of the core (see `FUNCTIONS`) for a dtype."""
        function = getattr(self._dll, f"{name}_{dtype.name}_{self.level}")
        function.argtypes, function.restype = FUNCTIONS[name]
        return function


def load() -> Library | None:
    """The library, or None where there is none that can be used."""
    return _found()[0]


def why_missing() -> str:
    """Why there is no library that can be used; nothing if there is one."""
    return _found()[1]


@cache
def _found() -> tuple[Library | None, str]:
    """The library, or None and why there is none that can be used; looked for once."""
    try:
        return Library(_path(), os.environ.get("SKNN_EDU_KERNELS")), ""
    except (Unusable, OSError) as reason:  # OSError: sources or a note that cannot be read
        return None, str(reason)


def _path() -> Path:
    """Where the library is.

    Raises
    ------
    Unusable
        If there is no file.
    """
    given = os.environ.get("SKNN_EDU_CORE")
    path = Path(given) if given else Path(__file__).parent / LIBRARY
    if path.is_file():
        return path
    if given:
        raise Unusable(f"SKNN_EDU_CORE={given!r} is not a file")
    note = path.with_name(NOTE)
    if not note.is_file():
        raise Unusable("it was not compiled")
    raise Unusable(note.read_text(encoding="utf-8", errors="replace").strip())


def pointer_in(capsule: Any, name: bytes) -> int:
    """The address that a PyCapsule of that name holds."""
    pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
    pointer_of.argtypes, pointer_of.restype = (ctypes.py_object, ctypes.c_char_p), _pointer
    return pointer_of(capsule, name)
