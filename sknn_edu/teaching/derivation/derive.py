"""Derive the formulas of a network, step by step, as one would on a page of notes.

The formulas are those of `network_formulas`, which the tests evaluate against the engine; the
sentences beside them are written here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...activations import Elementwise, Identity
from ...engine.architecture import Architecture
from ...estimators.inspection import architecture_of, next_step_of
from ...formulas import Expression, to_columns
from ...formulas.conventions import Conventions, MeanIn
from ...formulas.layout import Layout
from ...formulas.quantity import Shape
from ...formulas.tree import Backward, Name, Transpose
from ..network_formulas import Formulas, times
from ..opened import check_opens
from .derivation import SLOPE_OF_LOSS, Derivation, Step


def derive(
    est: Any,
    layout: str = "rows",
    *,
    mean_in: str = "delta",
    sign: str = "gradient",
    sample_weight: bool = False,
    dropout: bool = False,
) -> Derivation:
    """Derive forward pass, loss and every gradient of this very network, step by step.

    Parameters
    ----------
    est : BackpropClassifier or BackpropRegressor
        Fitted or initialised; it is not changed.
    layout : {"rows", "columns"}, default="rows"
        Whether samples are rows (Z = A_prev W + b) or columns (Z = W A_prev + b).
    mean_in : {"delta", "dW", "nowhere"}, default="delta"
        Where the 1/m of the mean stands: in delta; in dW and db alone; or nowhere, J being a sum.
    sign : {"gradient", "descent"}, default="gradient"
        ``"descent"`` gives every d... the opposite sign, so that updates are added.
    sample_weight : bool, default=False
        Whether samples have weights w; with class weights they have.
    dropout : bool, default=False
        Whether the dropout of training is in the formulas, as masks D.

    Returns
    -------
    Derivation

    Raises
    ------
    NotFittedError
        If ``est`` has neither been fitted nor initialised.

    Examples
    --------
    >>> from sknn_edu import BackpropRegressor
    >>> from sknn_edu.teaching import derive
    >>> est = BackpropRegressor(2, "tanh", alpha=0).initialize([[0.0], [1.0]], [0.0, 1.0])
    >>> derivation = derive(est)
    >>> derivation["delta1"], derivation["dW1"], derive(est, "columns")["dW1"]
    ('dA1 * d_tanh(Z1)', 'A0.T @ delta1', 'delta1 @ A0.T')
    """
    conventions = Conventions.of(layout, mean_in, sign)
    check_opens(est)
    architecture = architecture_of(est)
    if not dropout:
        architecture = architecture.without_dropout()
    is_weighted = sample_weight or getattr(est, "class_weight", None) is not None
    formulas = Formulas(
        architecture, is_weighted=is_weighted, conventions=conventions, step=next_step_of(est)
    )
    notes = _Notes(formulas, conventions)
    return Derivation(_title(architecture, conventions), list(notes.steps()), conventions)


MEANS = {
    MeanIn.DELTA: "",
    MeanIn.GRADIENT: ", the 1/m of the mean in dW and db",
    MeanIn.NOWHERE: ", J a sum over the samples",
}


class _Notes:
    """Puts the formulas in order, and a sentence beside each."""

    def __init__(self, formulas: Formulas, conventions: Conventions) -> None:
        self.formulas, self.architecture = formulas, formulas.architecture
        self.conventions, self.layout = conventions, conventions.layout
        self.all = formulas.all()

    def steps(self) -> Iterator[Step]:
        """The whole derivation."""
        yield from self._forward()
        yield from self._loss()
        yield from self._backward()
        yield from self._update()

    def _forward(self) -> Iterator[Step]:
        for l in self.formulas.layers:
            section = f"Forward, layer {l}"
            yield self._step(section, f"Z{l}")
            dropout = "The mask sets the outputs of some units to 0 and scales up the others."
            yield self._step(section, f"A{l}", dropout if l in self.formulas.dropped else "")
            yield from self._function(section, l)

    def _function(self, section: str, l: int) -> Iterator[Step]:
        """What f and f' of a layer are."""
        f, name = self.architecture.activations[l - 1], self.formulas.functions.of_layer(l)
        seen = [self.formulas.functions.of_layer(k) for k in range(1, l)]
        if name in seen or not f.formula:
            return
        yield self._step(section, f"{name}(Z)", "", self.formulas.of_component(f, f.formula))
        if isinstance(f, Elementwise) and f.derivative_formula:
            why = "With A for the output of the layer." if "A" in f.derivative_formula else ""
            slope = self.formulas.of_component(f, f.derivative_formula)
            yield self._step(section, f"d_{name}(Z)", why, slope)

    def _loss(self) -> Iterator[Step]:
        f = self.formulas
        mean = "weighted mean" if f.is_weighted else "mean"
        loss = self.architecture.loss
        mean = "sum" if self.conventions.is_sum else mean
        why = f"The {mean} over the samples of the loss {loss!r}, summed over the outputs."
        for _, term in loss.terms():
            target = f.of_term(term, "Y")
            if target != f.read("Y"):
                why += f" Label smoothing puts {target} in the place of Y in {term!r}."
        if f.penalty_loss is not None:
            divided = "" if self.conventions.is_sum else " is divided by the same number"
            why += f" The penalty on the weights{divided or ' is added as it is'}."
        yield self._step("The loss", "loss", why)

    def _backward(self) -> Iterator[Step]:
        L = self.formulas.L
        yield from self._at_output()
        yield from self._gradients("Backward, output layer", L)
        for l in range(L - 1, 0, -1):
            section = f"Backward, layer {l}"
            yield self._step(section, f"dA{l}", f"J depends on A{l} through Z{l + 1} alone.")
            yield self._step(section, f"delta{l}", self._through(l))
            yield from self._gradients(section, l)
        yield self._step("Backward, input", "dA0", self._by_input())

    def _by_input(self) -> str:
        """What dA0 is a derivative of."""
        minus = "Minus the derivative" if self.conventions.is_descent else "The derivative"
        in_dW = self.conventions.mean_in is MeanIn.GRADIENT
        return f"{minus} of {'the summed loss' if in_dW else 'J'} by the input."

    def _at_output(self) -> Iterator[Step]:
        """The derivative of the loss, and delta of the output: short, or by the Jacobian."""
        loss, L = self.architecture.loss, self.formulas.L
        section, output = "Backward, output layer", self.architecture.output
        minus = "Minus the derivative" if self.conventions.is_descent else "The derivative"
        yield self._step(section, f"dA{L}", f"{minus} of the loss by each output, {self._share()}.")
        with_partner = [(c, term) for c, term in loss.terms() if term.delta_formula(output)]
        for factor, term in dict.fromkeys(with_partner):
            yield from self._cancellation(section, factor, term)
        partners = [term for _, term in with_partner]
        if not partners:
            yield self._step(section, f"delta{L}", self._through(L))
            return
        why = "the derivative of the loss and that of the output cancel."
        if isinstance(output, Identity):
            why = "the derivative of the output is 1."
        if len(partners) < len(loss.terms()):
            why = "they take the short form; the others are multiplied by the derivative."
        names = " and ".join(dict.fromkeys(map(repr, partners)))
        yield self._step(section, f"delta{L}", f"{names} and {output.name} are partners: {why}")

    def _share(self) -> str:
        """What is said of the mean where the loss turns into a derivative."""
        match self.conventions.mean_in:
            case MeanIn.DELTA:
                return "times the weight of the sample in the mean"
            case MeanIn.GRADIENT:
                return "for each sample by itself: the mean is taken in dW and db"
        return "for each sample by itself: J is their sum"

    def _cancellation(self, section: str, factor: float, loss: Any) -> Iterator[Step]:
        """Why the short form holds, line by line, for one sample."""
        short = loss.delta_formula(self.architecture.output)
        if not loss.cancellation:
            return
        lines = list(dict.fromkeys([*loss.cancellation, short]))
        lines = lines[: lines.index(short) + 1]
        of_term = "" if len(self.architecture.loss.terms()) == 1 else f" of {loss!r}"
        why = f"The slope{of_term} for one sample: by the chain rule, then simplified."
        if "sum(Y" in lines[-2] and lines[-1] == "A - Y":
            why += " The last line holds because each y adds up to 1."
        forms = [times(factor, self.formulas.of_term(loss, line)) for line in lines]
        yield self._step(section, SLOPE_OF_LOSS, why, *forms)

    def _through(self, l: int) -> str:
        """Why the formula of delta_l holds."""
        f = self.architecture.activations[l - 1]
        if isinstance(f, Elementwise):
            return f"{f.name} acts on each number alone: its derivative multiplies entry by entry."
        entries = f" = {f.jacobian_entry}" if f.jacobian_entry else ""
        return (
            f"{f.name} mixes the units of a sample: its derivative is a matrix for each sample, "
            f"the Jacobian da_i / dz_j{entries}. The formula is its transpose times dA{l} for each "
            "sample, multiplied out."
        )

    def _gradients(self, section: str, l: int) -> Iterator[Step]:
        why = f"Z{l} is linear in W{l}, with the factor A{l - 1}."
        if l in self.formulas.penalty_slope:
            why += " The penalty adds its own derivative."
        yield self._step(section, f"dW{l}", why)
        if self.architecture.has_biases:
            why = f"b{l} is added to every sample, so its gradient is the sum over the samples."
            yield self._step(section, f"db{l}", why)

    def _update(self) -> Iterator[Step]:
        section, step = "The update", self.formulas.step
        why = dict.fromkeys(self.formulas.update, "")
        why[next(iter(why))] = self._rule()
        if step.clips:
            why["clip"] += " The gradient is shortened if its norm is larger than clip_norm."
        if step.decouples_penalty and self.formulas.penalty_slope:
            why["W1_next"] += (
                f"{step.solver} takes the gradient without the penalty, and lets the weights decay "
                "in a step of their own."
            )
        for name, sentence in why.items():
            yield self._step(section, name, sentence.strip())

    def _rule(self) -> str:
        """What the solver does, in a sentence or two."""
        step = self.formulas.step
        if step.unstated:
            return step.unstated
        if step.is_descent:
            if self.conventions.is_descent:
                rule = "Gradient descent: d... points downhill, and is added."
            else:
                rule = "Gradient descent: a step against the gradient, all layers at once."
        else:
            rule = f"The step of {step.solver}, all layers at once."
        if step.kept:
            rule += " What it keeps is zero before the first step"
            rule += ", for which t is 1." if "t" in step.numbers else "."
        if step.has_rates:
            rule += " Each layer has a rate of its own, as parametrization says."
        return rule

    def _step(self, section: str, name: str, why: str = "", *of_component: Expression) -> Step:
        """A step; its formulas are the network's of that name, or those of a component."""
        forms = of_component or (self.all[name],)
        if self.layout is Layout.COLUMNS:
            forms = tuple(map(to_columns, forms))
        shapes = () if of_component else self._shapes(name, forms[-1])
        return Step(section, name, forms, why, shapes)

    def _shapes(self, name: str, formula: Expression) -> tuple[tuple[str, Shape], ...]:
        """The arrays of a formula with their shapes, and the result."""
        found: dict[str, Shape] = {}
        for array in _arrays(formula):
            operand = array.operand if isinstance(array, Transpose) else array
            shape = self.formulas.shape(str(operand), self.layout)
            if shape:
                found[str(array)] = shape if operand is array else shape[::-1]
        result = self.formulas.shape(name, self.layout)
        return (*found.items(), (name, result)) if result else tuple(found.items())


def _arrays(formula: Expression) -> Iterator[Expression]:
    """The names in a formula, from left to right, with their transposes."""
    match formula:
        case Name() | Transpose(operand=Name()):
            yield formula
        case Backward():
            yield from _arrays(formula.written)
        case _:
            for part in formula.parts():
                yield from _arrays(part)


def _title(architecture: Architecture, conventions: Conventions) -> str:
    n_inputs, *widths = architecture.sizes
    layers = [f"{n} {f.name}" for n, f in zip(widths, architecture.activations, strict=True)]
    chain = " -> ".join([str(n_inputs), *layers])
    biases = "" if architecture.has_biases else ", no biases"
    title = f"{chain}{biases}, loss {architecture.loss!r}, samples in {conventions.layout}"
    title += MEANS[conventions.mean_in]
    return f"{title}, every d... is minus the derivative" if conventions.is_descent else title
