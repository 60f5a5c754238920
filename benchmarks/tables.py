"""Errors on public tables compared with other models: RealMLP, gradient boosting, linear ones.

    python benchmarks/tables.py --results results.jsonl             measure all, with a report
    ... tables.py --results results.jsonl --models hgb plain --tables ames concrete --splits 3
    ... tables.py --results results.jsonl --max-train 50000 --tables large --models hgb lightgbm
    ... tables.py --results results.jsonl --no-fits --markdown docs/how_accurate.md \\
                  --picture docs/images/how_accurate.png             only the report
    ... tables.py --smoke                                            toy size, to test that it runs

The results are lines of JSON, one for each table, split, model and number of training rows. What
is there is not measured again, so a run can be stopped and continued; with --again it is, and the
newer line counts. Models and tables whose packages are not installed are left out; table_data.py
says where the tables lie. Tables with fewer than 1,000 rows get three times as many splits,
because their test parts are small.

Every model has one thread. The CPU seconds are those of the whole process during a fit, so they
would include other threads; they say what a fit costs, whatever else the machine does.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import table_report
from measure import machine, processor
from report import write
from table_data import (
    HELD_OUT,
    LARGE,
    MAX_TRAIN,
    SOURCES,
    TUNING,
    Table,
    is_there,
    load,
    whole,
)  # fmt: skip
from table_models import CHANGES, LADDER, MODELS, VARIANTS
from threadpoolctl import threadpool_limits

SETS = {"variants": VARIANTS, "ladder": LADDER, "changes": CHANGES}
ALL = MODELS | VARIANTS | LADDER | CHANGES
SMALLEST_PROBABILITY = 1e-7  # in the log loss, the same for all
FEW_ROWS = 1000
GROUPS = {"tuning": TUNING, "held-out": HELD_OUT, "large": LARGE, "all": tuple(SOURCES)}
IN_SMOKE = [name for name, source in SOURCES.items() if source.package == "scikit-learn"]
QUICK = ["tabular", "plain", "mlp", "linear", "hgb"]  # need nothing but scikit-learn


def scores(table: Table, predicted: np.ndarray) -> dict[str, float]:
    """The error and the log loss of a classification, or 1 - R2."""
    if table.task == "reg":
        residual = np.mean((table.y_test - predicted) ** 2)
        return {"1-R2": float(residual / np.var(table.y_test))}
    classes, n = np.unique(table.y_train), len(table.y_test)
    right = np.searchsorted(classes, table.y_test)
    of_right = np.clip(predicted[np.arange(n), right], SMALLEST_PROBABILITY, 1.0)
    return {
        "error": float(np.mean(predicted.argmax(axis=1) != right)),
        "log loss": float(-np.mean(np.log(of_right))),
    }


def fit(name: str, split: int, model: str, max_train: int) -> dict:
    """Fit a model to a split of a table: a line of the results."""
    warm_up(model)
    table = load(name, split, max_train)
    with threadpool_limits(1):
        predicted, seconds = ALL[model].fit_predict(table, split)
    if not np.isfinite(predicted).all():
        raise ValueError(f"{model} predicts nan or inf on {name}")
    return {
        "table": name,
        "split": split,
        "model": model,
        "n_train": len(table.y_train),
        "n_test": len(table.y_test),
        **scores(table, predicted),
        "cpu_seconds": round(seconds, 3),
        "versions": ALL[model].versions(),
        "processor": processor(),
    }


@cache
def warm_up(model: str) -> None:
    """Import what the first fit of a model imports, outside the times."""
    with threadpool_limits(1):
        ALL[model].fit_predict(load("diabetes", 0, max_train=50), 0)


def n_rows(name: str, max_train: int) -> int:
    """How many training rows a split has."""
    return len(load(name, 0, max_train).y_train)


def todo(arguments: argparse.Namespace, done: set) -> Iterator[tuple[str, int, str, int]]:
    """The fits that are asked for and not done: all of the first split, then the next."""
    n_splits = {
        name: arguments.splits * (1 if len(whole(name)[1]) >= FEW_ROWS or arguments.smoke else 3)
        for name in arguments.tables
    }
    for split in range(max(n_splits.values(), default=0)):
        for name in arguments.tables:
            if split < n_splits[name]:
                n_train = n_rows(name, arguments.max_train)
                for model in arguments.models:
                    if SOURCES[name].task not in ALL[model].tasks:
                        continue
                    if (name, split, model, n_train) not in done:
                        yield name, split, model, arguments.max_train


def measure(arguments: argparse.Namespace, lines: list[dict]) -> None:
    """Do what is to be done, and add the lines, to the file too; a fit that fails is reported."""
    done = set() if arguments.again else set(map(table_report.key, lines))
    for name, split, model, max_train in todo(arguments, done):
        try:
            lines.append(fit(name, split, model, max_train))
        except Exception as error:
            if arguments.smoke:
                raise
            print(f"{name} {split} {model} failed: {error!r}"[:300], flush=True)
            continue
        if arguments.results:
            with arguments.results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(lines[-1]) + "\n")
        shown = {name: lines[-1][name] for name in table_report.METRICS if name in lines[-1]}
        print(name, split, model, lines[-1]["n_train"], shown, lines[-1]["cpu_seconds"], flush=True)


def read(results: Path | None) -> list[dict]:
    """The lines that are there."""
    if results is None or not results.exists():
        return []
    return [json.loads(line) for line in results.read_text(encoding="utf-8").splitlines()]


def leave_out(arguments: argparse.Namespace) -> list[str]:
    """Take out the models and tables whose packages are not installed, and say so."""
    missing = {model: ALL[model].missing() for model in arguments.models}
    packages = {SOURCES[name].package for name in arguments.tables if not is_there(name)}
    arguments.models = [model for model in arguments.models if not missing[model]]
    arguments.tables = [name for name in arguments.tables if is_there(name)]
    return [
        *(f"left out: {model} (no {', '.join(of)})" for model, of in missing.items() if of),
        *(f"left out: the tables of {package}" for package in sorted(packages)),
    ]


def names_of(groups: Sequence[str]) -> list[str]:
    """Tables by their names, and by groups of them."""
    return [name for group in groups for name in GROUPS.get(group, (group,))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", nargs="+", choices=[*GROUPS, *SOURCES], default=["all"],
                        metavar="TABLE", help=f"{', '.join(GROUPS)}, or names")  # fmt: skip
    parser.add_argument("--models", nargs="+", choices=[*ALL, *SETS], default=list(MODELS),
                        metavar="MODEL", help=f"of {', '.join(MODELS)}; variants: tabular "
                        "with other settings; ladder: from plain to tabular; changes: plain "
                        "with other settings")  # fmt: skip
    parser.add_argument("--splits", type=int, default=2, help="of tables with 1,000 rows or more")
    parser.add_argument("--max-train", type=int, default=MAX_TRAIN, help="training rows")
    parser.add_argument("--results", type=Path, metavar="FILE", help="lines of JSON, added to")
    parser.add_argument("--again", action="store_true", help="measure also what is there")
    parser.add_argument("--no-fits", action="store_true", help="only report the results")
    parser.add_argument("--reference", choices=MODELS, help="of the ratios")
    parser.add_argument("--markdown", type=Path, metavar="PAGE", help="write the results into it")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="draw the ratios")
    parser.add_argument("--training", type=Path, metavar="PAGE",
                        help="write what ladder and changes gave into it")  # fmt: skip
    parser.add_argument("--smoke", action="store_true", help="toy sizes, to test that it runs")
    arguments = parser.parse_args()
    if arguments.smoke:
        arguments.tables, arguments.max_train, arguments.splits = IN_SMOKE, 100, 2
        arguments.models = [model for model in arguments.models if model in QUICK]
    arguments.tables = names_of(arguments.tables)
    arguments.models = [m for name in arguments.models for m in SETS.get(name, (name,))]
    lines = read(arguments.results)
    if not arguments.no_fits:
        print(machine(), "one thread for all models", *leave_out(arguments), sep="\n", flush=True)
        measure(arguments, lines)
    if not lines:
        parser.exit(1, "there are no results to report\n")
    results = table_report.Results(lines)
    reference = arguments.reference or results.reference()
    texts = table_report.texts(results, reference)
    if arguments.picture:
        table_report.draw(results, reference, arguments.picture)
        if arguments.markdown:
            file = arguments.picture.resolve().relative_to(arguments.markdown.resolve().parent)
            texts["table-ratios"] += f"\n\n![The ratios as a plot]({file.as_posix()})"
    if not arguments.smoke and all(map(is_there, SOURCES)):
        texts["table-list"] = table_report.tables_list()
    write(arguments.markdown, texts, {})
    if arguments.training:
        write(arguments.training, table_report.training_texts(results), {})


if __name__ == "__main__":
    main()
