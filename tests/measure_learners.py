"""How well does `check_derivation` mark what learners write? A measurement, not a test.

    python tests/measure_learners.py [--only ID] [--verbose] [--no-arrays]

Every formula is marked as it was typed and, where NumPy can compute it, as the array that it
gives. An answer counts as named (strict) if an accepted set of codes is one of `.explanations`,
and (lenient) if one of its codes is among `.mistakes`. No case can stop the run.
"""

from __future__ import annotations

import argparse
import inspect
import statistics
import time
import warnings
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from examiner_network import evaluate
from learners_answers import CASES, CORRECT

from sknn_edu.teaching import check_derivation

KNOWN = set(inspect.signature(check_derivation).parameters)


@dataclass
class Verdict:
    """What was expected of one answer, and what came."""

    id: str
    quantity: str
    form: str
    accepted: tuple
    typed: str
    got: tuple = ()
    correct: bool = False
    message: str = ""
    seconds: float = 0.0
    note: str = ""

    @property
    def right(self):
        return self.accepted == (CORRECT,)

    @property
    def strict(self):
        if self.correct:
            return CORRECT in self.accepted
        return any(set(codes) in map(set, self.accepted) for codes in self.got)

    @property
    def lenient(self):
        wanted = set().union(*self.accepted)
        return self.strict or bool(wanted & {code for codes in self.got for code in codes})

    @property
    def label(self):
        return "+".join(sorted(self.accepted[0]))

    @property
    def read(self):
        """Whether the library understood what was typed."""
        return not any("unreadable" in codes for codes in self.got)


def conventions(case):
    """The keywords of the case, or None if this version of the library does not know them."""
    wanted = {"mean_in": (case.mean_in, "delta"), "sign": (case.sign, "gradient")}
    wanted = {name: value for name, (value, usual) in wanted.items() if value != usual}
    return wanted if set(wanted) <= KNOWN else None


def attempts(case, arrays=True):
    """(quantity, form, answers, accepted, text) for every way in which an answer is handed in."""
    for answer in case.answers:
        text = answer.value if isinstance(answer.value, str) else f"{answer.value.name}(trace)"
        yield answer.quantity, answer.form, {answer.quantity: answer.value}, answer.accepted, text
        if answer.whole is not None:
            yield answer.quantity, "whole", answer.whole, answer.accepted, text
        if arrays and answer.form == "formula":
            value = evaluate(answer.value, case.net, case.layout, case.mean_in, case.sign)
            if value is not None:
                array = {answer.quantity: value}
                yield answer.quantity, "array", array, answer.accepted, answer.value


def mark(case, quantity, answers, keywords):
    """The mark of one of the answers and the seconds it took; an exception is a mark, too."""
    start = time.perf_counter()
    try:
        est, X, y = case.net.estimator()
        marking = check_derivation(est, X, y, answers, case.layout, on_error="mark", **keywords)
        answer = marking[quantity]
        got = () if answer.correct else (answer.explanations or (answer.mistakes,))
        result = got, bool(answer.correct), answer.message
    except Exception as error:  # a crash is a finding
        result = (("CRASH",),), False, f"{type(error).__name__}: {error}"
    return *result, time.perf_counter() - start


def examine(cases, arrays=True):
    for case in cases:
        keywords = conventions(case)
        for quantity, form, answers, accepted, text in attempts(case, arrays):
            verdict = Verdict(case.id, quantity, form, accepted, text, note=case.note)
            if keywords is None:
                verdict.got, verdict.message = (("CONVENTION",),), "mean_in or sign not known"
            else:
                (verdict.got, verdict.correct, verdict.message, verdict.seconds) = mark(
                    case, quantity, answers, keywords
                )
            yield verdict


def share(verdicts, by):
    table = defaultdict(list)
    for verdict in verdicts:
        table[by(verdict)].append(verdict)
    for key, group in sorted(table.items(), key=lambda item: (-len(item[1]), item[0])):
        strict, lenient = sum(v.strict for v in group), sum(v.lenient for v in group)
        n = len(group)
        print(f"  {key:45s} {strict:4d} / {n:4d}  {strict / n:6.1%}   lenient {lenient / n:6.1%}")


def describe(verdict):
    wanted = " or ".join("+".join(sorted(codes)) for codes in verdict.accepted)
    got = "correct" if verdict.correct else " or ".join("+".join(codes) for codes in verdict.got)
    message = " ".join(str(verdict.message).split())[:160]
    print(f"{verdict.id} {verdict.quantity:8s} [{verdict.form}] {verdict.typed}")
    print(f"      wanted {wanted}; got {got}\n      {message}")


def report(verdicts):
    wrong = [v for v in verdicts if not v.right]
    right = [v for v in verdicts if v.right]
    if wrong:
        print("\nWrong answers named:")
        share(wrong, lambda v: "all")
        share([v for v in wrong if v.read], lambda v: "all that could be read")
        print(" by form")
        share(wrong, lambda v: v.form)
        print(" by mistake")
        share(wrong, lambda v: v.label)
    bad = [v for v in right if not v.correct]
    print(f"\nRight answers called wrong: {len(bad)} of {len(right)}")
    share(right, lambda v: v.form) if right else None
    times = [v.seconds for v in verdicts if v.seconds]
    if times:
        print(f"\nSeconds an answer: median {statistics.median(times):.3f}, max {max(times):.2f}")
    print("\nFailures:")
    for verdict in verdicts:
        if not verdict.strict and verdict.got != (("CONVENTION",),):
            describe(verdict)
    unknown = [v for v in verdicts if v.got == (("CONVENTION",),)]
    print(f"\nNot examined, since the convention is not known here: {len(unknown)} answers")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", help="one case, such as w012")
    parser.add_argument("--verbose", action="store_true", help="every answer, also those named")
    parser.add_argument("--no-arrays", action="store_true", help="formulas and code only")
    arguments = parser.parse_args()
    cases = [case for case in CASES if arguments.only in (None, case.id)]
    np.seterr(all="ignore")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verdicts = list(examine(cases, not arguments.no_arrays))
    if arguments.verbose:
        for verdict in verdicts:
            describe(verdict)
    report(verdicts)


if __name__ == "__main__":
    main()
