"""Mistakes that multiply the right result by a constant."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ConstantMistake:
    """A mistake whose result is the right one times a known constant."""

    codes: tuple[str, ...]
    constant: float

    @staticmethod
    def known(m: int, total: float, *, of_bias: bool) -> list[ConstantMistake]:
        """The constants with a name, for m samples of that total weight."""
        constants = [ConstantMistake(("sign",), -1.0)]
        for size in {total, float(m)} - {1.0}:
            for code, c in (("missing_mean", size), ("double_mean", 1 / size)):
                constants += [ConstantMistake((code,), c), ConstantMistake(("sign", code), -c)]
        if of_bias and m > 1:
            constants.append(ConstantMistake(("bias_mean",), 1 / m))
        return constants


def sentence_about(code: str, constant: float) -> str:
    """What to tell a student about a constant."""
    return SENTENCES[code].format(constant=f"{constant:.4g}")


SENTENCES = {
    "sign": (
        "The sign is wrong: this is minus the gradient. Differentiate the loss once more: the "
        "inner derivative of (y - a)^2 by a is -1."
    ),
    "factor": (
        "Every number is {constant} times what it should be. Check the constants of the loss: the "
        "factor 1/2, the 2 from the derivative of a square, the number of outputs."
    ),
    "missing_mean": (
        "The mean over the samples is missing: J is a mean, so each of its derivatives has the "
        "factor 1/m (with sample weights, 1 over their sum)."
    ),
    "double_mean": (
        "The mean over the samples is taken twice: the factor 1/m is already in delta, and so in "
        "every formula that uses delta."
    ),
    "bias_mean": (
        "The mean over the samples is taken of delta, but the factor 1/m is already in delta: take "
        "the sum."
    ),
    "penalty_missing": (
        "The penalty's part is missing: J has a term that depends on the weights directly, and its "
        "derivative belongs in every dW."
    ),
    "penalty_factor": (
        "The penalty's part is {constant} times what it should be. The 1/2 of the penalty cancels "
        "with the 2 of the square's derivative; it is divided by the number of samples."
    ),
    "bias_penalised": "The penalty depends on the weights alone: the biases are not in it.",
}
