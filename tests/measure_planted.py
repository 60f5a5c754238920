"""How many planted mistakes does `check_derivation` name? A measurement, not a test.

python tests/measure_planted.py [--n NETWORKS] [--per ANSWERS] [--seed SEED]
        [--spelling numpy|own] [--forms formula array latex] [--failures K]
"""

from __future__ import annotations

import argparse
import statistics
import warnings
from collections import Counter
from dataclasses import dataclass

import numpy as np
from learners_answers import CORRECT, Case
from measure_learners import Verdict, conventions, mark, share
from planted_mistakes import fuzz, mistakes, networks, pairs, rights, visible
from student_writer import Writer, latex

UNNAMED = {"unknown", "unreadable", "CRASH", "CONVENTION"}


FORMS = ("formula", "array", "latex")


@dataclass
class Mark(Verdict):
    """A verdict that remembers whether its network is too small to tell much."""

    small: bool = False


def examine(items, net, convention, per, rng, forms=FORMS):
    answers = [found for found in visible(items, net, convention) if found[1] in forms]
    if per and len(answers) > per:
        answers = [answers[i] for i in rng.permutation(len(answers))[:per]]
    for answer, form, text in answers:
        typed = answer.value if isinstance(answer.value, str) else text
        case = Case(f"n{net.seed}", net, *convention, (answer,), "")
        verdict = Mark(case.id, answer.quantity, form, answer.accepted, typed)
        verdict.small = net.m < 2 or min(net.sizes) < 2
        keywords = conventions(case)
        if keywords is None:
            verdict.got = (("CONVENTION",),)
        else:
            verdict.got, verdict.correct, verdict.message, verdict.seconds = mark(
                case, answer.quantity, {answer.quantity: answer.value}, keywords
            )
        verdict.note = f"{net.sizes} {net.f} {net.loss} m={net.m} alpha={net.alpha} {convention}"
        yield verdict


def measure(n, per, seed=0, spelling=None, forms=FORMS):
    """Verdicts for singles, pairs, fuzz and right answers."""
    results = {"single": [], "pair": [], "fuzz": [], "right": []}
    for i, (net, convention) in enumerate(networks(n, seed)):
        rng = np.random.default_rng([seed, i, 5])
        w = Writer(net, *convention, spelling or ("numpy", "own")[i % 2])
        for kind, items, most in [
            ("single", list(mistakes(w)), per),
            ("pair", pairs(w, rng), per and per // 2),
            ("fuzz", fuzz(w, rng), per and per // 3),
        ]:
            results[kind] += examine(items, net, convention, most, rng, forms)
        results["right"] += [_right(net, convention, q, text) for q, text in rights(w)]
        if "latex" in forms:
            notes = [(q, latex(text)) for q, text in rights(Writer(net, *convention, "own"))]
            results["right"] += [_right(net, convention, q, t, "latex") for q, t in notes if t]
    return results


def _right(net, convention, quantity, text, form="formula"):
    """The verdict on a right answer."""
    case = Case(f"n{net.seed}", net, *convention, (), "")
    verdict = Mark(case.id, quantity, form, (CORRECT,), text, note=str(convention))
    keywords = conventions(case)
    if keywords is not None:
        verdict.got, verdict.correct, verdict.message, verdict.seconds = mark(
            case, quantity, {quantity: text}, keywords
        )
    return verdict


def report(results, failures=0):
    for kind in ("single", "pair"):
        print(f"\n{kind}s")
        share(results[kind], lambda v: "all")
        share(results[kind], lambda v: v.form)
        if kind == "single":
            share(results[kind], lambda v: v.label)
    print("\nCalled correct though the numbers are wrong:")
    print(sum(v.correct for v in results["single"] + results["pair"] + results["fuzz"]))
    large = [v for v in results["fuzz"] if not v.small]
    for name, group in [("all", results["fuzz"]), ("two units a layer, two samples", large)]:
        invented = [v for v in group if not v.correct and not UNNAMED & set(sum(v.got, ()))]
        print(f"Invented names, {name}: {len(invented)} of {len(group)}",
              Counter("+".join(v.got[0]) for v in invented).most_common(8))  # fmt: skip
    bad = [v for v in results["right"] if not v.correct]
    print(f"Right formulas called wrong: {len(bad)} of {len(results['right'])}")
    share(results["right"], lambda v: v.form)
    times = [v.seconds for group in results.values() for v in group if v.seconds]
    print(f"Seconds an answer: median {statistics.median(times):.3f}, max {max(times):.2f}")
    shown = Counter()
    for kind in ("single", "pair", "fuzz", "right"):
        for v in results[kind]:
            lost = not v.strict
            if lost and shown[kind, v.label] < failures:
                shown[kind, v.label] += 1
                got = "correct" if v.correct else " or ".join("+".join(g) for g in v.got)
                wanted = " or ".join("+".join(sorted(s)) for s in v.accepted)
                print(f"\n{kind} {v.quantity} [{v.form}] {v.typed}\n   wanted {wanted}; got {got}")
                print(f"   {v.note}\n   {' '.join(str(v.message).split())[:150]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--n", type=int, default=12, help="networks (60 is the whole measure)")
    parser.add_argument("--per", type=int, default=60, help="at most so many answers; 0 for all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--spelling", choices=["numpy", "own"], help="else both in turn")
    parser.add_argument("--forms", nargs="+", choices=FORMS, default=FORMS)
    parser.add_argument("--failures", type=int, default=0, help="show so many of each kind")
    arguments = parser.parse_args()
    np.seterr(all="ignore")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = measure(
            arguments.n, arguments.per, arguments.seed, arguments.spelling, arguments.forms
        )
    report(results, arguments.failures)


if __name__ == "__main__":
    main()
