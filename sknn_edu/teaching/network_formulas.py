"""The formulas of one network: every quantity of its trace, computed from those before it.

They are written once, for samples in rows, as data: `derive` prints them, the tests
evaluate them against the engine, and the marking rewrites them with the mistakes that it knows.
The conventions decide where the mean and the sign stand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache, reduce
from typing import Any

import numpy as np

from ..activations import Elementwise
from ..engine.architecture import Architecture
from ..estimators.next_step import NextStep
from ..formulas import Expression, Functions, Scope, parse
from ..formulas.conventions import Conventions, MeanIn
from ..formulas.layout import Layout
from ..formulas.quantity import Quantity, Shape
from ..formulas.tree import Backward, Name, Negative, Number, Product, Quotient, Reduction, Sum
from ..losses import Loss
from .update_formulas import update_formulas

M, W_OF_SAMPLES = Name("m"), Name("w")
Terms = list[tuple[float, Loss]]  # factors and losses that add up to the loss


@lru_cache(maxsize=2000)
def _read(text: str, functions: frozenset[str]) -> Expression:
    """A formula of our own; the same ones are read for each network."""
    return parse(text, None, {*functions, "sum", "mean"}, printed=True)


class Formulas:
    """The formulas of a network, samples in rows.

    Parameters
    ----------
    architecture : Architecture
        What the network is made of; with dropout there are masks in the formulas.
    is_weighted : bool, default=False
        Whether samples have weights.
    conventions : Conventions
        Where the mean and the sign stand; the layout is always rows here.
    step : NextStep
        How the weights are updated; by default by plain gradient descent.

    Attributes
    ----------
    L, layers : int, range
        The number of layers with weights, and their numbers 1, ..., L.
    functions : Functions
        What the formulas call.
    forward : dict of str to Expression
        ``Z1, A1, ..., ZL, AL, loss``.
    backward : dict of str to Expression
        ``dAL, deltaL, dWL, dbL, ..., dA1, delta1, dW1, db1, dA0``.
    update : dict of str to Expression
        ``W1_next, b1_next, ...``, with what the solver keeps (``vW1_next``) before each.
    chain_delta : Expression
        delta of the output layer by the chain rule alone, also where it has a short form.
    data_loss, penalty_loss : Expression
        The two parts of J; the latter is None without a penalty.
    penalty_slope : dict of int to Expression
        The penalty's part of dW; empty without a penalty.
    """

    def __init__(
        self,
        architecture: Architecture,
        *,
        is_weighted: bool = False,
        conventions: Conventions = Conventions(),  # noqa: B008 - it is frozen
        step: NextStep = NextStep(),  # noqa: B008
    ) -> None:
        self.architecture, self.is_weighted, self.step = architecture, is_weighted, step
        self.conventions = conventions.in_rows
        self.L, self.layers = architecture.n_layers, range(1, architecture.n_layers + 1)
        self.dropped = {l for l, rate in enumerate(architecture.dropout, 1) if rate > 0}
        self.functions = Functions(architecture.activations, Layout.ROWS, architecture.loss)
        self._callable = frozenset(self.functions)
        self.total = self.read("sum(w)") if is_weighted else M
        self.forward = {name: formula for l in self.layers for name, formula in self._forward_of(l)}
        at_output = self.of_loss(architecture.loss.terms())
        self.data_loss = at_output.pop("loss")
        self.penalty_loss = self.divided(self.penalty_of([f"W{l}" for l in self.layers]))
        self.forward["loss"] = _plus(self.data_loss, self.penalty_loss)

        slopes = {l: self.slope_of_penalty(f"W{l}") for l in self.layers}
        self.penalty_slope = {l: slope for l, slope in slopes.items() if slope is not None}
        self.chain_delta = self.carried_back(self.L, Name(f"dA{self.L}"))
        self.backward = {**at_output, **dict(self._gradients_of(self.L))}
        for l in reversed(self.layers[:-1]):
            self.backward[f"dA{l}"] = self.read(f"delta{l + 1} @ W{l + 1}.T")
            self.backward[f"delta{l}"] = self.carried_back(l, Name(f"dA{l}"))
            self.backward |= dict(self._gradients_of(l))
        self.backward["dA0"] = self.read("delta1 @ W1.T")
        self.update = self._update()

    def all(self) -> dict[str, Expression]:
        """Every formula by the name of what it gives."""
        return {**self.forward, **self.backward, **self.update}

    def shape(self, name: str, layout: Layout = Layout.ROWS) -> Shape:
        """Shape of an array by its name, with ``"m"`` for the samples; ``()`` for a number."""
        return Quantity.of(name).shape(self.architecture.sizes, layout)

    def in_other_layers(self, quantity: Quantity) -> list[str]:
        """The names of the same quantity in all other layers; none if it belongs to no layer."""
        if quantity.layer is None:
            return []
        first = 0 if quantity.family in ("A", "dA") else 1  # A0 is the input
        return [str(quantity.at(k)) for k in range(first, self.L + 1) if k != quantity.layer]

    def read(self, text: str) -> Expression:
        """A formula written in this module or in a component."""
        return _read(text, self._callable)

    def of_delta(self, of_samples: Expression) -> Expression:
        """What each sample has, as delta has it: with its weight, its share and its sign."""
        of_samples = self.signed(of_samples)
        if self.is_weighted:
            of_samples = Product(W_OF_SAMPLES, of_samples)
        in_delta = self.conventions.mean_in is MeanIn.DELTA
        return Quotient(of_samples, self.total) if in_delta else of_samples

    def signed(self, derivative: Expression) -> Expression:
        """A derivative with the sign of the conventions."""
        return negative(derivative) if self.conventions.is_descent else derivative

    def _gradient(self, summed: Expression) -> Expression:
        """What delta gives, added up over the samples, as dW and db have it."""
        in_gradient = self.conventions.mean_in is MeanIn.GRADIENT
        return Quotient(summed, self.total) if in_gradient else summed

    # -- forward ------------------------------------------------------------------------

    def _forward_of(self, l: int) -> Iterator[tuple[str, Expression]]:
        b = f" + b{l}" if self.architecture.has_biases else ""
        yield f"Z{l}", self.read(f"A{l - 1} @ W{l}{b}")
        mask = f"{self.mask_of(l)} * " if l in self.dropped else ""
        yield f"A{l}", self.read(f"{mask}{self.functions.of_layer(l)}(Z{l})")

    # -- backward -----------------------------------------------------------------------

    def of_loss(self, terms: Terms) -> dict[str, Expression]:
        """``loss`` (its part from the data), ``dAL`` and ``deltaL`` for a sum of losses."""
        # A loss without a formula is called: it gives one number for each sample, not for each
        # output, and is summed by itself.
        alone = not all(loss.formula for _, loss in terms)
        sums = [self._sum(part) for part in ([[term] for term in terms] if alone else [terms])]
        return {
            "loss": self.averaged(reduce(_plus, sums)),
            f"dA{self.L}": self.of_delta(self._linear(self._slope_of, terms)),
            f"delta{self.L}": self._output_delta(terms),
        }

    def _sum(self, terms: Terms) -> Expression:
        """The losses of all samples, with their weights, added up."""
        entries = self._linear(self._value_of, terms)
        if self.is_weighted:
            entries = Product(W_OF_SAMPLES, entries)
        return Reduction("sum", entries)

    def _output_delta(self, terms: Terms) -> Expression:
        """delta of the output layer, short where the loss and the output are partners."""
        output = self.architecture.output
        partners = [term for term in terms if term[1].delta_formula(output)]
        others = [term for term in terms if not term[1].delta_formula(output)]
        if not partners:
            return self.carried_back(self.L, Name(f"dA{self.L}"))
        delta = self._linear(lambda loss: loss.delta_formula(output) or "", partners)
        if others:
            delta = Sum(self.carried_back(self.L, self._linear(self._slope_of, others)), "+", delta)
        return self.of_delta(delta)

    def carried_back(self, l: int, dA: Expression) -> Expression:
        """delta of layer l from dA: through the derivative of its activation."""
        f, name = self.architecture.activations[l - 1], self.functions.of_layer(l)
        mask = self.mask_of(l)
        dropped = f"({mask} * dA)" if mask else "dA"
        if isinstance(f, Elementwise):
            template = self.read(f"{dropped} * d_{name}(Z{l})")
        elif f.backward_formula:
            A = f"{name}(Z{l})" if mask else f"A{l}"
            template = self.of_component(f, f.backward_formula).substituted(
                {"A": self.read(A), "Z": Name(f"Z{l}"), "dA": self.read(dropped)}
            )
        else:
            template = self.read(f"backward_{name}(Z{l}, {dropped})")
        return Backward(dA, l, template)

    def mask_of(self, l: int) -> Name | None:
        """The dropout mask of a layer; None where all units take part."""
        return Name(f"mask{l}") if l in self.dropped else None

    def _gradients_of(self, l: int) -> Iterator[tuple[str, Expression]]:
        yield f"dW{l}", _plus(self.data_gradient(l), self.penalty_slope.get(l))
        if self.architecture.has_biases:
            yield f"db{l}", self._gradient(self.read(f"sum(delta{l}, axis=0)"))

    def data_gradient(self, l: int) -> Expression:
        """dW of a layer without the penalty's part."""
        return self._gradient(self.read(f"A{l - 1}.T @ delta{l}"))

    # -- the update -----------------------------------------------------------------------

    @property
    def parameters(self) -> list[str]:
        """``W1, b1, W2, ...``, without biases if there are none."""
        return [
            f"{p}{l}" for l in self.layers for p in ("W", "b")[: 1 + self.architecture.has_biases]
        ]

    def _update(self) -> dict[str, Expression]:
        gradients: dict[str, Expression] = {p: Name(f"d{p}") for p in self.parameters}
        shrinking = {}
        if self.step.decouples_penalty:
            for l, slope in self.penalty_slope.items():
                gradients[f"W{l}"] = _plus(gradients[f"W{l}"], negative(slope))
                shrinking[f"W{l}"] = self.signed(slope)
        descent = self.conventions.is_descent
        return update_formulas(self.step, gradients, shrinking, descent, self.read)

    def expanded_update(self, name: str) -> Expression:
        """An update from what there was before it alone, with what is kept written out."""
        formula = self.update[name]
        kept = {n: self.update[n] for n in formula.names() if Quantity.of(n).is_step}
        return formula.substituted(kept)

    # -- the penalty --------------------------------------------------------------------

    def penalty_of(self, names: list[str]) -> list[Expression]:
        """What the arrays of these names cost, undivided: the squares, then the sizes."""
        squares = " + ".join(f"sum({name}**2)" for name in names)
        sizes = " + ".join(f"sum(abs({name}))" for name in names)
        return self._penalty_terms(f"* ({squares}) / 2", f"* ({sizes})")

    def penalty_slope_of(self, name: str) -> list[Expression]:
        """The derivative of that by one array."""
        return self._penalty_terms(f"* {name}", f"* sign({name})")

    def _penalty_terms(self, squares: str, sizes: str) -> list[Expression]:
        """Each term of the elastic net with its strength, if it has any."""
        alpha, l1_ratio = self.architecture.penalty.alpha, self.architecture.penalty.l1_ratio
        l2 = "alpha" if l1_ratio == 0 else "alpha * (1 - l1_ratio)"
        terms = [(l1_ratio < 1, f"{l2} {squares}"), (l1_ratio > 0, f"alpha * l1_ratio {sizes}")]
        return [self.read(text) for counts, text in terms if alpha and counts]

    def divided(self, terms: list[Expression]) -> Expression | None:
        """Terms of the penalty, divided by the number of samples where J is a mean."""
        return self.averaged(reduce(_plus, terms)) if terms else None

    def slope_of_penalty(self, name: str) -> Expression | None:
        """What a penalty on that array adds to the derivative by it, if there is a penalty."""
        slope = self.divided(self.penalty_slope_of(name))
        return None if slope is None else self.signed(slope)

    def averaged(self, summed: Expression) -> Expression:
        """A sum over the samples as J has it."""
        return summed if self.conventions.is_sum else Quotient(summed, self.total)

    # -- of components ------------------------------------------------------------------

    def of_component(self, component: Any, text: str) -> Expression:
        """The formula of an activation or a loss, with the values of its settings in it."""
        formula = self.read(text)
        settings = formula.names() - {"A", "Y", "Z", "dA"}
        return formula.substituted({name: _number(getattr(component, name)) for name in settings})

    def of_term(self, loss: Loss, text: str) -> Expression:
        """The formula of a loss, with what it compares A with in the place of Y."""
        target = self.of_component(loss, loss.target_formula(self.architecture.sizes[-1]))
        return self.of_component(loss, text).substituted({"Y": target})

    def _value_of(self, loss: Loss) -> str:
        return loss.formula or f"{self.functions.of_loss(loss)}(A, Y)"

    def _slope_of(self, loss: Loss) -> str:
        return loss.gradient_formula or f"d_{self.functions.of_loss(loss)}(A, Y)"

    def _linear(self, text_of: Callable[[Loss], str], terms: Terms) -> Expression:
        """The sum of factor * formula over the terms of a loss, at A of the output."""
        summands = [times(c, self.of_term(loss, text_of(loss))) for c, loss in terms]
        return reduce(_plus, summands).substituted({"A": Name(f"A{self.L}")})

    def scope(self, values: Mapping[str, Any]) -> Scope:
        """To evaluate the formulas with these values."""
        return Scope(values, self.functions)


def times(factor: float, formula: Expression) -> Expression:
    """factor * formula; twice a half is no factor."""
    match formula:
        case Quotient(P, Number(divisor)) if divisor == factor:
            return P
    return formula if factor == 1 else Product(_number(factor), formula)


def _plus(P: Expression, Q: Expression | None) -> Expression:
    """P + Q, without parentheses around Q."""
    if Q is None:
        return P
    match Q:
        case Sum(left, sign, right):
            return Sum(_plus(P, left), sign, right)
    return Sum(P, "-", negative(Q)) if _begins_with_minus(Q) else Sum(P, "+", Q)


def _begins_with_minus(formula: Expression) -> bool:
    match formula:
        case Negative():
            return True
        case Product(left) | Quotient(left) | Sum(left):
            return _begins_with_minus(left)
    return False


def negative(formula: Expression) -> Expression:
    """Minus the formula, written as one would: A - Y becomes Y - A."""
    match formula:
        case Negative(operand):
            return operand
        case Sum(left, "-", right) if not _begins_with_minus(left):
            return Sum(right, "-", left)
        case Sum(left, sign):
            return replace(formula, left=negative(left), sign="-" if sign == "+" else "+")
        case Product(Number(), Sum(_, "-") as right):
            return replace(formula, right=negative(right))
        case Product(left) | Quotient(left):
            return replace(formula, left=negative(left))
        case Backward(dA):
            return replace(formula, dA=negative(dA))
    return Negative(formula)


def _number(number: float) -> Expression:
    """A number; negative ones have their sign in front, as when they are read."""
    number = float(np.float64(number))
    return Negative(Number(-number)) if number < 0 else Number(number)
