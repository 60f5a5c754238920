"""What the names in a student's code stand for.

Courses count layers differently, and call the same array differently. What a file does is seen
from all of its names: where there is a ``delta3`` in a network of two layers, the input is layer 1.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Collection

from ...formulas.aliases import bare, name_of
from ...formulas.quantity import Quantity
from .habits import (
    a_is_before_activation,
    counts_of_layers,
    differences_of_entries,
    makes_columns,
    makes_row,
    takes_pair,
    uses_labels,
    words_of,
    y_is_computed,
)
from .layer_lists import begun_with, lists_of_layers, made_as_long_as
from .neurons import has_neurons
from .recognition import Recognition
from .update_words import UpdateWords
from .vocabulary import (
    COUNTED,
    DATA,
    FAMILIES,
    IN_WORDS,
    NUMBERED,
    RATES,
    WITHOUT_LAYER,
)
from .words import read_name

GRADIENTS = re.compile("grad|deriv|nabla|change|delta|adjust|update(?!d)")

MAX_ROUNDS = 5000  # of comprehensions over layers, in all of a file


def is_of_gradients(container: str) -> bool:
    """Whether a dict or a list has gradients, by its name."""
    return GRADIENTS.search(container.lower()) is not None


class Names:
    """What the names of one file stand for.

    Parameters
    ----------
    n_layers : int
    known : collection of str
        The quantities of the network.
    tree : ast.AST
        The file.
    activations : collection of str
        What code may call the activations of the hidden layers.
    recognition : Recognition
        What some of the names have turned out to be.
    """

    def __init__(
        self,
        n_layers: int,
        known: list[str],
        tree: ast.AST,
        activations: Collection[str] = (),
        recognition: Recognition | None = None,
    ) -> None:
        self.L, self.known, self.activations = n_layers, known, activations
        self.recognition = recognition or Recognition()
        self.rounds_left = MAX_ROUNDS
        self.weights = [name for name in known if re.fullmatch("W[0-9]+", name)]
        self.of_updates = UpdateWords(known, tree)
        used = [bare(word) for word in words_of(tree)]
        counted = [match for word in used if (match := COUNTED.fullmatch(word))]
        highest: dict[str, int] = {}
        lowest: dict[str, int] = {}
        for match in counted:
            family = FAMILIES.get(match[1], match[1])
            highest[family] = max(highest.get(family, 0), int(match[2]))
            lowest[family] = min(lowest.get(family, 99), int(match[2]))
        for word in {*words_of(tree)}:
            match read_name(word, n_layers):
                case ("W" | "dW") as family, int(number) if number >= 0:
                    highest[family] = max(highest.get(family, 0), number)
                    lowest[family] = min(lowest.get(family, 99), number)
        of_units = max(highest.get(family, 0) for family in ("Z", "A", "delta"))
        self.first_is_input = of_units == self.L + 1
        self.weights_from_0 = (
            min(lowest.get("W", 99), lowest.get("dW", 99)) == 0 and highest.get("W", 0) < self.L
        )
        self.units_from_0 = {
            family
            for family in ("Z", "delta")
            if lowest.get(family) == 0 and highest.get(family, 0) < self.L
        }
        self.has_labels = any(map(uses_labels, ast.walk(tree)))
        self.y_is_row = any(map(makes_row, ast.walk(tree)))
        self.has_neurons = has_neurons(tree)
        self.lists = set() if self.has_neurons else lists_of_layers(tree)
        self.counts = dict(counts_of_layers(tree, n_layers))
        self.begun_with_input: set[str] = set()
        made = made_as_long_as(tree)
        self.with_input = {
            word for word, of in made if self.counts.get(of, n_layers + 1) > n_layers
        }
        if any(map(makes_columns(tree), ast.walk(tree))):
            self.recognition.one_by_one = True
        self.has_pairs = any(map(takes_pair, ast.walk(tree)))
        # Where nothing else is called a rate, these two are it.
        rates = [w for w in ("alpha", "epsilon") if w in used and (w == "alpha" or w not in known)]
        self.rate = "" if RATES & set(used) or not rates else rates[-1]
        # Where more are counted than there are layers, the numbers are of steps.
        numbers = {m[1]: max(int(n[2]) for n in counted if n[1] == m[1]) for m in counted}
        least = {m[1]: min(int(n[2]) for n in counted if n[1] == m[1]) for m in counted}
        # h0 is the first hidden layer where nothing is called by the number of the output.
        self.letters_from_0 = {
            word for word in ("h", "l", "a") if least.get(word) == 0 and numbers[word] == self.L - 1
        }
        self.steps = {word for word in ("h", "l", "o") if numbers.get(word, 0) > self.L + 1}
        self.swapped = a_is_before_activation(tree)
        stored = Counter(
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        )
        self.assigned = {*stored}
        self.assigned_again = {name for name, times in stored.items() if times > 1}
        plain_names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        self.output_and_target = ("Y", "T") if {"Y", "T"} <= plain_names else ("y", "t")
        self.y_is_output = self.output_and_target[1] in plain_names and y_is_computed(tree)
        begun = {word: self.quantity(first) for word, first in begun_with(tree)}
        self._learn_outputs(tree)
        self.begun_with_input = {word for word, first in begun.items() if first == "X"}

    def _learn_outputs(self, tree: ast.AST) -> None:
        """What the targets are taken from, unit by unit, is the output: ``o[k] - y[k]``."""
        for one, other in differences_of_entries(tree):
            for word, beside in ((one, other), (other, one)):
                if self.quantity(beside) == "Y" and self.quantity(word) is None:
                    self.recognition.learned.setdefault(word, f"A{self.L}")

    def quantity(self, name: str) -> str | None:
        """The quantity that a variable, an attribute or a key stands for, or None."""
        plain = bare(name)
        if name in self.recognition.learned:
            return self.recognition.learned[name] or self._by_name(name)
        if (of_update := self.of_updates.quantity(name)) is not None:
            return of_update
        if self.y_is_output and name in self.output_and_target:
            return f"A{self.L}" if name == self.output_and_target[0] else "Y"
        if plain == self.rate or (plain in RATES and "learning_rate" in self.known):
            return "learning_rate"
        return self._by_name(name)

    def is_only_learned(self, name: str) -> bool:
        """Whether nothing but what it was given before says what a name is."""
        return name in self.recognition.learned and self._by_name(name) is None

    def _by_name(self, name: str) -> str | None:
        """The quantity that a name says, whatever it was found to be."""
        plain = bare(name)
        if plain in DATA or name == "T":
            return DATA.get(plain, "Y")
        is_last = re.fullmatch("(a|z|da|dz|w|dw|b|db|delta)l", plain) is not None
        if self.L == 2 and name == "h" and name not in self.assigned:
            return "A1"
        if self.L == 2 and (in_words := IN_WORDS.get(plain)) and not is_last:
            return self._existing(in_words.replace("L", "2"))
        if match := NUMBERED.fullmatch(plain.removeprefix("self")):
            found = self._numbered(match[1], int(match[2]), match[3])
            return found or self._in_words(name)
        known = name_of(name, self.known)
        if known is None or (len(name) == 1 and name in "tTlEe"):
            return self._in_words(name)
        return str(Quantity.of(known)) if known != "X" else "X"

    def _in_words(self, name: str) -> str | None:
        """A name whose parts say what it is: ``grad_w_out``."""
        match read_name(name, self.L):
            case family, None:
                return self._existing(f"{family}1")
            case family, int(number) if number < 0:
                return self._existing(f"{family}{-number}")
            case family, int(number):
                return self._existing(f"{family}{self._counted(family, number)}")
        return None

    def element(self, container: str, index: int) -> str | None:
        """The quantity that a list has at an index: ``weights[-1]``, ``activations[0]``."""
        family = self.family_of_list(container)
        if bare(container) == "layerinputs" and family is None:
            return self._existing(f"A{index if index >= 0 else self.L + index}")
        if bare(container) in ("hiddenlayers", "hiddenoutputs", "hiddens"):
            return self._existing(f"A{index + 1 if index >= 0 else self.L + index}")
        if family is None:
            return None
        if index < 0:
            return self._existing(f"{family}{self.L + 1 + index}")
        first = 0 if family in ("A", "dA") or container in self.with_input else 1
        return self._existing(f"{family}{index + first}")

    def whole_list(self, name: str) -> list[str] | None:
        """The quantities in a list with an entry for each layer; None if it is no such list."""
        family = self.family_of_list(name) if name in self.lists else None
        if family not in ("W", "b", "A", "Z", "delta", "dW", "db"):
            return None
        found = [self.element(name, i) for i in range(self.L + (family == "A"))]
        return None if None in found else [str(one) for one in found]

    def family_of_list(self, name: str) -> str | None:
        """The family of the entries of a list, one for each layer: ``deltas``, ``grads_w``."""
        if f"{name}[]" in self.recognition.lists:
            return self.recognition.lists[f"{name}[]"]
        if name in self.begun_with_input:
            return "A"
        match read_name(name, 1):
            case str(family), None:
                return FAMILIES.get(bare(name), family)
        return FAMILIES.get(bare(name))

    def family_of(self, name: str) -> str | None:
        """The family of a name without a layer, where its shape tells the layer."""
        plain = bare(name)
        return FAMILIES.get(plain) if plain in WITHOUT_LAYER else None

    def entry(self, container: str, key: str) -> str | None:
        """The quantity that a dict has under a key; that of W2 in ``grads`` is dW2."""
        if self.of_updates.is_container(container, key):
            return self.of_updates.entry(container, key)
        found = self.quantity(key)
        if found and is_of_gradients(container) and found[0] in "Wb":
            return self._existing(f"d{found}")
        return found

    def of_object(self, path: str, attribute: str) -> str | None:
        """The quantity of an object for one layer: ``self.layer2.weights``."""
        match = re.fullmatch(r"[a-z_]*?([0-9]+)", path.rpartition(".")[2].lower())
        return self.quantity(f"{attribute}{match[1]}") if match else None

    def of_layer(self, name: str, layer: int) -> str | None:
        """The quantity of a layer under a name without its number: ``W``, ``A_prev``."""
        previous = {"aprev": "A", "xprev": "A", "inputs": "A"}
        plain = bare(name.rpartition(".")[2])
        if plain in previous:
            return self._existing(f"A{layer - 1}")
        family = {"w": "W", "b": "b", "z": "Z", "a": "A", "weights": "W", "bias": "b"}.get(plain)
        return self._existing(f"{family}{layer}") if family else None

    def _numbered(self, letters: str, number: int, suffix: str) -> str | None:
        """Letters and a number: ``dw2``, ``l2_delta``, ``z3`` in courses that count the input."""
        family = FAMILIES.get(letters)
        if letters.removeprefix("d") in self.steps:
            return None
        if suffix in ("delta", "error", "grad") and family in ("A", "W", "b"):
            family = {"delta": "delta", "error": None, "grad": f"d{family}"}[suffix]
        elif suffix:
            family = None
        if letters in ("d",):
            family = "delta"
        if family is None:
            text = f"{letters}{number}{suffix}"
            known = name_of(text, self.known)
            return str(Quantity.of(known)) if known else None
        if self.swapped and family in ("A", "Z") and letters in ("a", "z"):
            family = "Z" if family == "A" else "A"
        if letters in self.letters_from_0 and family in ("A", "delta", "dA"):
            return self._existing(f"{family}{number + 1}")
        return self._existing(f"{family}{self._counted(family, number)}")

    def _counted(self, family: str, number: int) -> int:
        """The layer that has this number in the file."""
        if self.first_is_input and family in ("Z", "A", "delta", "dA"):
            number -= 1
        if family in self.units_from_0:
            number += 1
        if self.weights_from_0 and family in ("W", "b", "dW", "db"):
            number += 1
        return number

    def _existing(self, name: str) -> str | None:
        return name if name in self.known else None
