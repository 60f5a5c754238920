"""A derivation: formulas with a sentence beside each, as text, Markdown and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...formulas import Expression, Latex
from ...formulas.answer_names import hint_at
from ...formulas.conventions import Conventions, MeanIn
from ...formulas.quantity import Quantity, Shape
from ...formulas.tree import Call, Name

SLOPE_OF_LOSS = "dloss/dZ"  # of one sample

KEY = (
    "d_f is the derivative of f; @ multiplies matrices, * and / go entry by entry, .T is the "
    "transpose, and (Z > 0) is 1 where it holds, else 0."
)
DERIVATIVES = {
    MeanIn.DELTA: "d... is {minus}the derivative of J, delta that by Z",
    MeanIn.GRADIENT: (
        "dW and db are {minus}the derivatives of J; dA and delta, by A and Z, those of the sum "
        "over the samples"
    ),
    MeanIn.NOWHERE: "d... is {minus}the derivative of J, which is a sum, delta that by Z",
}


@dataclass(frozen=True)
class Step:
    """One line of a derivation: ``name = formula``, and why.

    Attributes
    ----------
    section : str
        The heading that it stands under.
    name : str
        What the formula gives: ``"dW2"``; for a function ``"tanh(Z)"``.
    formulas : tuple of Expression
        Equal to each other; the last one is what the network computes.
    why : str
        A sentence.
    shapes : tuple of (str, tuple)
        The arrays on the right with their shapes, then the result.
    """

    section: str
    name: str
    formulas: tuple[Expression, ...]
    why: str = ""
    shapes: tuple[tuple[str, Shape], ...] = ()

    @property
    def formula(self) -> Expression:
        """The last form."""
        return self.formulas[-1]

    @property
    def sign(self) -> str:
        """What stands between the name and the formula; a step of descent is an assignment."""
        return ":=" if self.is_assignment else "="

    @property
    def is_assignment(self) -> bool:
        """Whether it is an update without anything that is kept: ``W1 := W1 - ...``."""
        names = (self.name, *self.formula.names())
        return Quantity.of(self.name).is_parameter_next and not any(
            Quantity.of(name).is_step for name in names[1:]
        )


class Derivation(Mapping[str, str]):
    """The forward pass, the loss, every gradient and the update of one network.

    It is a mapping from the names of quantities to their formulas as text: ``d["dW2"]``,
    ``for name, formula in d.items()``.

    Attributes
    ----------
    layout, mean_in, sign : str
        The conventions.
    key : str
        What the signs mean.
    steps : tuple of Step
    formulas : dict of str to str
        The formula of each quantity as text. It is an answer that `check_derivation`
        accepts, but for ``sign``, ``abs``, ``minimum`` and comparisons, which answers have not.
    text, markdown, latex : str
        The derivation as a page.
    latex_lines : tuple of str
        Its formulas alone, one a line, without ``$``.
    """

    def __init__(self, title: str, steps: list[Step], conventions: Conventions) -> None:
        self.title, self.steps, self.layout = title, tuple(steps), str(conventions.layout)
        self.mean_in, self.sign = str(conventions.mean_in), str(conventions.sign)
        minus = "minus " if conventions.is_descent else ""
        self.key = f"{DERIVATIVES[conventions.mean_in].format(minus=minus)}; {KEY}"
        # Only with the conventions of the library is every d... a derivative of J.
        exact = conventions == Conventions(conventions.layout)
        self._latex = Latex(conventions.layout, exact=exact)

    @property
    def formulas(self) -> dict[str, str]:
        """The formula of each quantity as text."""
        return {step.name: str(step.formula) for step in self.steps}

    @property
    def latex_lines(self) -> tuple[str, ...]:
        """The formulas in LaTeX, one a line."""
        return tuple(self._line(step) for step in self.steps)

    @property
    def text(self) -> str:
        """The derivation as plain text."""
        lines = [self.title, self.key]
        for section, steps in self._sections():
            lines += ["", section, "-" * len(section)]
            for step in steps:
                lines += _text_of(step)
        return "\n".join(lines)

    @property
    def markdown(self) -> str:
        """The derivation in Markdown, its formulas between ``$$``."""
        lines = [f"**{_markdown(self.title)}**"]
        for section, steps in self._sections():
            lines += ["", f"### {section}", ""]
            for step in steps:
                lines += [f"$$ {self._line(step)} $$", ""]
                shapes = f"`{_shapes_of(step)}`" if step.shapes else ""
                lines += [note + "\n" for note in (_markdown(step.why), shapes) if note]
        return "\n".join(lines)

    @property
    def latex(self) -> str:
        r"""The derivation in LaTeX: paragraphs, and formulas between ``\[`` and ``\]``."""
        lines = [rf"\paragraph{{{_plain(self.title)}}}"]
        for section, steps in self._sections():
            lines += ["", rf"\paragraph{{{_plain(section)}}}"]
            for step in steps:
                lines += [rf"\[ {self._line(step)} \]"]
                shapes = f"({_shapes_of(step)})" if step.shapes else ""
                lines += [_plain(note) for note in (step.why, shapes) if note]
        return "\n".join(lines)

    def _sections(self) -> Iterator[tuple[str, list[Step]]]:
        """The steps under their headings."""
        headings = list(dict.fromkeys(step.section for step in self.steps))
        for heading in headings:
            yield heading, [step for step in self.steps if step.section == heading]

    def _line(self, step: Step) -> str:
        """``name = formula = formula`` in LaTeX."""
        forms = " = ".join(self._latex(formula) for formula in step.formulas)
        left = self._left_side(step.name)
        if Quantity.of(step.name).is_parameter_next and not step.is_assignment:
            left += r"_{\mathrm{next}}"
        return f"{left} {step.sign} {forms}"

    def _left_side(self, name: str) -> str:
        if name == SLOPE_OF_LOSS:
            return r"\frac{\partial \mathrm{loss}}{\partial Z}"
        function, opened, argument = name.partition("(")
        if opened:
            return self._latex(Call(function, (Name(argument.rstrip(")")),)))
        return self._latex.name(name)

    def __getitem__(self, name: str) -> str:
        try:
            return self.formulas[name]
        except KeyError:
            known = ", ".join(self.formulas)
            hint = hint_at(str(name), self.formulas)
            raise KeyError(f"This derivation has no {name!r}.{hint} It has {known}.") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.formulas)

    def __len__(self) -> int:
        return len(self.formulas)

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.markdown


def _text_of(step: Step) -> list[str]:
    """A step as lines of text."""
    parameter = str(Quantity.of(step.name).parameter)
    name = parameter if step.is_assignment else step.name  # W1 := W1 - ...
    margin = " " * (len(name) + len(step.sign))
    lines = [f"  {name} {step.sign} {step.formulas[0]}"]
    lines += [f"  {margin[:-1]} = {formula}" for formula in step.formulas[1:]]
    if shapes := _shapes_of(step):
        lines.append(f"      {shapes}")
    if step.why:
        lines.append(f"      {step.why}")
    return lines


def _shapes_of(step: Step) -> str:
    """``A1.T (4, m), delta2 (m, 3) -> dW2 (4, 3)``."""
    shown = [f"{name} {shape}".replace("'", "") for name, shape in step.shapes]
    if not shown or step.shapes[-1][0] != step.name:
        return ", ".join(shown)
    *arrays, result = shown
    return f"{', '.join(arrays)} -> {result}"


IN_MARKDOWN = {"&": "&amp;", "<": "&lt;", "$": "&#36;"}
IN_LATEX = {
    "->": r"$\to$",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\^{}",
    "[": "{[}",
    **{character: f"${character}$" for character in "<>|"},
    **{character: f"\\{character}" for character in "_{}$%&#"},
}


def _markdown(text: str) -> str:
    """Text for Markdown: what an activation or a loss is called must not become markup."""
    line = " ".join(text.split())
    line = re.sub(r"[&<$]", lambda found: IN_MARKDOWN[found[0]], line)
    return re.sub(r"[\\`*_\[\]|~]|^[-+#=>]|(?<=^\d)[.)]", r"\\\g<0>", line)


def _plain(text: str) -> str:
    """Text for LaTeX."""
    return re.sub(r"->|[\\~^\[<>|_{}$%&#]", lambda found: IN_LATEX[found[0]], text)
