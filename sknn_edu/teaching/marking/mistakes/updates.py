"""Mistakes in steps: another rule, the sign, the rate, the correction of the bias, the root."""

from __future__ import annotations

from collections.abc import Iterator

from ....formulas import Expression
from ....formulas.quantity import Quantity
from ....formulas.tree import Call, Name, Number, Power, Product, Quotient, Sum
from ...network_formulas import Formulas
from ..context import is_told
from .base import in_place
from .moments import V_HERE
from .update_mistake import ONE, RATE, ZERO, UpdateMistake, Wrong, is_momentum

T, EPSILON = Name("t"), Name("epsilon")
SCALE = Call("sqrt", (Sum(ONE, "-", Power(Name("beta_2"), T)),))
TOLD_APART = 1e-4  # an epsilon below makes no difference that counts


class OtherRule(UpdateMistake):
    """Gradient descent, or another kind of momentum, where the solver does something else."""

    code = "wrong_name"

    def made_in(
        self, formula: Expression, quantity: Quantity, formulas: Formulas
    ) -> Iterator[Wrong]:
        """The step of another rule."""
        if quantity.kept_as is not None or not formulas.step.kept:
            return
        p, sign = str(quantity.parameter), "+" if formulas.conventions.is_descent else "-"
        yield Wrong(
            self.code,
            formulas.read(f"{p} {sign} learning_rate * d{p}"),
            "This is a step of plain gradient descent. The solver of this network is "
            f"{formulas.step.solver}: its step is made of what it keeps of earlier gradients.",
        )
        if "mu_product" in formulas.step.numbers:
            root = f"(sqrt(v{p}_next / (1 - beta_2**t)) + epsilon)"
            adam = f"{p} {sign} learning_rate * (m{p}_next / (1 - beta_1**t)) / {root}"
            message = (
                "This is the step of Adam; Nesterov's momentum takes the mean of the next step."
            )
            yield Wrong(self.code, formulas.read(adam), message)
        if is_momentum(formulas):
            yield from self._other_momenta(p, sign, formulas)

    def _other_momenta(self, p: str, sign: str, formulas: Formulas) -> Iterator[Wrong]:
        """Other meanings of v, and the other of plain momentum and Nesterov's."""
        for new, whose in (
            (f"(momentum * v{p} + d{p})", "of PyTorch, whose v = momentum * v + dW has no rate"),
            (
                f"(momentum * v{p} + (1 - momentum) * d{p})",
                "of Ng's course, whose v = beta * v + (1 - beta) * dW is a mean of the gradients",
            ),
        ):
            message = (
                f"This is the momentum {whose} in it, so that the step is multiplied by the rate."
            )
            for way in (new, f"(d{p} + momentum * {new})"):
                wrong = formulas.read(f"{p} {sign} learning_rate * {way}")
                yield Wrong(self.code, wrong, f"{message} {V_HERE}")
        plain = formulas.read(f"{p} + v{p}_next")
        ahead = formulas.read(f"{p} + momentum * v{p}_next {sign} learning_rate * d{p}")
        if formulas.step.theta == "theta + v_next":
            message = (
                "This is Nesterov's momentum, which looks ahead; with nesterovs_momentum=False the "
                "step is the new velocity itself."
            )
            yield Wrong(self.code, ahead, message)
        else:
            message = (
                "This is plain momentum. nesterovs_momentum=True looks ahead: the step is "
                "momentum * v_next - learning_rate * dW, with the new velocity."
            )
            yield Wrong(self.code, plain, message)


class WrongCorrection(UpdateMistake):
    """The correction of the bias of m and v: missing, without its power, the wrong way round."""

    code = "factor"

    def made_in(
        self, formula: Expression, quantity: Quantity, formulas: Formulas
    ) -> Iterator[Wrong]:
        """In the step of Adam and its variants."""
        powers = sorted({node for node in formula.walk() if _is_correction(node)}, key=str)
        for some in {(power,) for power in powers} | {tuple(powers)}:
            which = " and ".join(f"1 - {power}" for power in some)
            for right, message in (
                (_zero, f"The bias correction is missing: {which}. What is kept starts at zero, "
                 "and is too small in the first steps."),
                (_base, f"The power t is missing in {which}: it counts the steps."),
                (_before, f"t counts the steps from 1 on; in {which} it is one too small."),
                (_after, f"t counts the steps from 1 on; in {which} it is one too large."),
            ):  # fmt: skip
                wrong = formula
                for power in some:
                    wrong = in_place(wrong, power, right(power))
                yield Wrong(self.code, wrong, message)
            inverse = twice = formula
            for power in some:
                factor = Sum(ONE, "-", power)
                inverse = in_place(inverse, factor, Quotient(ONE, factor))
                twice = in_place(twice, factor, Power(factor, Number(2.0)))
            about = (
                f"The bias correction is multiplied where it must divide, or the reverse: {which}."
            )
            yield Wrong(self.code, inverse, about)
            yield Wrong(self.code, twice, f"The bias correction is made twice: {which}.")


class WrongStep(UpdateMistake):
    """The step: its sign, the rate, W itself, what was kept before for what comes next."""

    code = "wrong_name"

    def made_in(
        self, formula: Expression, quantity: Quantity, formulas: Formulas
    ) -> Iterator[Wrong]:
        """In W_next and b_next."""
        if quantity.kept_as is not None:
            return
        p = str(quantity.parameter)
        step = formulas.step
        if not step.is_descent or step.clips:  # else local changes have it, and its place
            yield from _signs_and_rate(formula, p)
        for letter in step.kept:
            new, old = Name(f"{letter}{p}_next"), Name(f"{letter}{p}")
            yield Wrong(
                self.code,
                in_place(formula, new, old),
                f"{old} is what was kept before this step; {new} belongs here, with the gradient "
                "of this step in it.",
            )
            for other in step.kept.keys() - {letter}:
                wrong = in_place(formula, new, Name(f"{other}{p}_next"))
                yield Wrong(self.code, wrong, f"{other}{p}_next stands where {new} belongs.")
        if is_momentum(formulas):
            again = f"Here the velocity is multiplied by the rate once more. {V_HERE}"
            for sign in "+-":
                wrong = Sum(Name(p), sign, Product(RATE, Name(f"v{p}_next")))
                yield Wrong("learning_rate_squared", wrong, again)


def _signs_and_rate(formula: Expression, p: str) -> Iterator[Wrong]:
    is_added = isinstance(formula, Sum) and formula.sign == "+"
    how = "added" if is_added else "subtracted"
    yield Wrong("sign", _turned(formula), f"The step has the wrong sign: it is {how}.")
    message = f"This is the step alone: the new {p} is the old {p} with the step."
    alone = in_place(formula, Name(p), ZERO) if isinstance(formula, Sum) else formula
    yield Wrong("step_without_weights", alone, message)
    yield Wrong("step_without_weights", _turned(alone), message)
    yield Wrong(
        "learning_rate_missing", in_place(formula, RATE, ONE), "The learning rate is missing."
    )
    squared = in_place(formula, RATE, Product(RATE, RATE))
    yield Wrong("learning_rate_squared", squared, "The learning rate is there twice.")


class WrongRoot(UpdateMistake):
    """The root of the mean square: missing, or not there at all; epsilon in the wrong place."""

    code = "wrong_name"

    def made_in(
        self, formula: Expression, quantity: Quantity, formulas: Formulas
    ) -> Iterator[Wrong]:
        """In the divisor of a step."""
        for node in formula.walk():
            match node:
                case Sum(Call("sqrt", (P,)) as root, "+", Name("epsilon") as epsilon):
                    of = P if is_told(P) else "the second moment"
                    message = f"The square root is missing: the step is divided by that of {of}."
                    yield Wrong(self.code, formula.replaced(root, P), message)
                    for wrong in _without_roots(formula):
                        yield Wrong(self.code, wrong, message)
                    alone = _undivided(formula, node)
                    message = (
                        f"The step is not divided by the root of {of}, which gives each weight its "
                        "own rate."
                    )
                    for wrong in (alone, in_place(alone, SCALE, ONE)):
                        yield Wrong(self.code, wrong, message)
                    if formulas.step.numbers["epsilon"] >= TOLD_APART:
                        inside = Call("sqrt", (Sum(P, "+", epsilon),))
                        message = "epsilon stands below the root; it is added to the root."
                        yield Wrong(self.code, formula.replaced(node, inside), message)
                        yield Wrong(self.code, formula.replaced(node, root), "epsilon is missing.")


class WrongOption(UpdateMistake):
    """Clipping, the rate of a layer or the decay of the weights left out."""

    code = "factor"

    def made_in(
        self, formula: Expression, quantity: Quantity, formulas: Formulas
    ) -> Iterator[Wrong]:
        """In all formulas of an update."""
        p = str(quantity.parameter)
        yield Wrong(
            self.code,
            in_place(formula, Name("clip"), ONE),
            "The gradient is not clipped: clip_norm multiplies it by the number clip.",
        )
        yield Wrong(
            self.code,
            in_place(formula, Name(f"rate{p}"), ONE),
            f"The rate of the layer is missing, rate{p}, which the parametrization gives it.",
        )
        if not (formulas.step.decouples_penalty and quantity.number in formulas.penalty_slope):
            return
        solver = formulas.step.solver
        yield Wrong(
            "penalty_factor",
            _with_penalty(formula, p),
            f"The gradient has the penalty in it. {solver} takes the gradient without it, and lets "
            "the weights decay in a step of their own.",
        )
        if quantity.is_parameter_next:
            yield Wrong(
                "penalty_missing",
                _without_decay(formula),
                f"The decay of the weights is missing: {solver} subtracts learning_rate times the "
                "penalty's derivative from the weights directly.",
            )


# -- what is done to trees --------------------------------------------------------------------


def _is_correction(node: Expression) -> bool:
    return isinstance(node, Power) and node.exponent == T and isinstance(node.base, Name)


def _zero(power: Expression) -> Expression:
    return ZERO


def _base(power: Expression) -> Expression:
    return next(power.parts())


def _before(power: Expression) -> Expression:
    return Power(_base(power), Sum(T, "-", ONE))


def _after(power: Expression) -> Expression:
    return Power(_base(power), Sum(T, "+", ONE))


def _turned(formula: Expression) -> Expression:
    """theta - step as theta + step, and the reverse."""
    match formula:
        case Sum(left, sign, right):
            return Sum(_turned(left), "-" if sign == "+" else "+", right)
    return formula


def _undivided(formula: Expression, divisor: Expression) -> Expression:
    """The formula without a division by that."""
    match formula:
        case Quotient(P, Q) if Q is divisor:
            return P
    return formula.rebuilt(lambda part: _undivided(part, divisor))


def _without_roots(formula: Expression) -> Iterator[Expression]:
    """The formula without any root; where epsilon is corrected with v, too."""
    plain = _rootless(formula)
    yield plain
    if SCALE in formula.walk():
        yield in_place(plain, EPSILON, Product(EPSILON, SCALE.arguments[0]))


def _rootless(formula: Expression) -> Expression:
    match formula:
        case Call("sqrt", (P,)):
            return P
    return formula.rebuilt(_rootless)


def _with_penalty(formula: Expression, p: str) -> Expression:
    """The gradient with the penalty in it, in place of the one without."""
    match formula:
        case Sum(Name(g) as gradient, _, rest) if g == f"d{p}" and "alpha" in rest.names():
            return gradient
    return formula.rebuilt(lambda part: _with_penalty(part, p))


def _without_decay(formula: Expression) -> Expression:
    match formula:
        case Sum(Sum(W, _, decay), sign, step) if "alpha" in decay.names():
            return Sum(W, sign, step)
    return formula
