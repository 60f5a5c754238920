"""The docstrings of everything public are as numpydoc wants them: the reference is made of them."""

import importlib
import inspect

import pytest
from numpydoc.validate import validate

MODULES = (
    "sknn_edu",
    "sknn_edu.activations",
    "sknn_edu.exceptions",
    "sknn_edu.initializers",
    "sknn_edu.losses",
    "sknn_edu.optimizers",
    "sknn_edu.tabular",
    "sknn_edu.teaching",
)
CHECKS = {
    "GL06": "sections have names that are known",
    "GL07": "sections are in the order of the standard",
    "GL08": "there is a docstring",
    "SS03": "the summary is a sentence",
    "SS06": "the summary is one line",
    "PR02": "no parameter is documented that does not exist",
    "PR03": "parameters are in the order of the signature",
    "PR05": "types do not end with a full stop",
    "PR06": "types are called as Python calls them",
    "PR10": "there is a space before the colon",
    "RT05": "what is returned is described in a sentence",
    "SA04": "what is referred to is described",
}
OURS = "sknn_edu"


def public_objects():
    """Names of all that the modules export, and of the methods and properties that are ours."""
    for module in map(importlib.import_module, MODULES):
        for exported in module.__all__:
            thing = getattr(module, exported)
            if not thing.__module__.startswith(OURS):
                continue
            yield f"{module.__name__}.{exported}"
            if inspect.isclass(thing):
                yield from (f"{module.__name__}.{exported}.{name}" for name in methods(thing))


def methods(cls):
    """Public methods and properties that are defined in this package."""
    for name in dir(cls):
        # An enum has names of its metaclass.
        defined_in = next((base for base in cls.__mro__ if name in vars(base)), object)
        thing = inspect.getattr_static(cls, name)
        is_method = isinstance(thing, (property, classmethod, staticmethod)) or callable(thing)
        if not name.startswith("_") and is_method and defined_in.__module__.startswith(OURS):
            yield name


def broken(name):
    """Which of the checks the docstring fails."""
    return [(code, text) for code, text in validate(name)["errors"] if code in CHECKS]


@pytest.mark.parametrize("name", list(public_objects()))
def test_docstring_is_as_numpydoc_wants_it(name):
    assert not broken(name)


def planted(X):
    """A docstring with a mistake

    Parameters
    ----------
    Y : array.
    """


def test_the_checks_find_planted_mistakes():
    assert {code for code, _ in broken(f"{__name__}.planted")} == {"SS03", "PR02", "PR05"}
