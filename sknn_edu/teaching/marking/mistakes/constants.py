"""Mistakes that leave the formula as it is, but for a constant."""

from __future__ import annotations

from dataclasses import dataclass

PENALTY_MISSING, PENALTY_FACTOR, BIAS_PENALISED = (
    "penalty_missing",
    "penalty_factor",
    "bias_penalised",
)


@dataclass(frozen=True)
class ConstantMistake:
    """One whose result is the right one times a known constant."""

    codes: tuple[str, ...]
    constant: float

    @staticmethod
    def known(m: int, total: float, *, of_bias: bool) -> list[ConstantMistake]:
        """The constants with a name, for m samples of that total weight."""
        sizes = {total, float(m)} - {1.0}
        mean = [ConstantMistake(("bias_mean",), 1 / m)] if of_bias and m > 1 else []
        return [
            ConstantMistake(("sign",), -1.0),
            *(
                ConstantMistake((*sign, code), factor * size**power)
                for size in sizes
                for code, power in (("missing_mean", 1), ("double_mean", -1))
                for sign, factor in (((), 1.0), (("sign",), -1.0))
            ),
            *mean,
        ]


def sentence_about(code: str, constant: float) -> str:
    """What to tell a student of a constant."""
    return SENTENCES[code].format(constant=f"{constant:.4g}")


SENTENCES = {
    "sign": (
        "The sign is wrong: this points uphill where the gradient points down, or the other way "
        "round. Differentiate (y - a)^2 once more, with the inner derivative."
    ),
    "factor": (
        "Everything is {constant} times what it should be. Look at the constants of the loss: the "
        "half, the two that comes down from a square, the number of outputs."
    ),
    "missing_mean": (
        "The mean over the samples is missing: J is a mean, so each of its derivatives has the 1/m "
        "(with sample weights, one over their sum)."
    ),
    "double_mean": (
        "The mean over the samples is taken twice: the 1/m is in delta already, every later "
        "formula inherits it."
    ),
    "bias_mean": (
        "The mean over the samples is taken of delta, but the 1/m of the loss is in delta already: "
        "here a sum is due."
    ),
    PENALTY_MISSING: (
        "The penalty's part is missing: J has a term in the weights themselves, and its derivative "
        "belongs into every dW."
    ),
    PENALTY_FACTOR: (
        "The penalty's part is {constant} times what it should be. It comes with a half that the "
        "square takes away, and is divided by the same number of samples as the loss."
    ),
    BIAS_PENALISED: "The penalty is on the weights alone: the biases have no part in it.",
}
