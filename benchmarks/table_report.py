"""What is made of the results of tables.py: ratios with their errors, values, noise, a picture.

A ratio compares a model with a reference on the same splits. For a table, the logarithms of the
ratios of its splits are averaged; their standard error is the noise of the splits. Over tables,
the averages are averaged again; the result is a geometric mean, and its standard error, over
tables, says what another choice of similar tables would change.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, median, stdev

from report import known, table
from table_data import HELD_OUT, MAX_TRAIN, SIZES_HEAD, SOURCES, TUNING, sizes
from table_models import CHANGES, LADDER, MODELS, VARIANTS, Model

METRICS = ("error", "log loss", "1-R2")
GROUPS = {"tuning": TUNING, "held out": HELD_OUT}
REFERENCES = ("realmlp", "hgb")
PLUS_MINUS = "\N{NO-BREAK SPACE}±\N{NO-BREAK SPACE}"


def key(line: dict) -> tuple[str, int, str, int]:
    """What tells the measurements apart."""
    return line["table"], line["split"], line["model"], line["n_train"]


@dataclass(frozen=True)
class Mean:
    """A mean of ``n`` numbers and its standard error, which is NaN for one number."""

    mean: float
    error: float
    n: int

    @classmethod
    def of(cls, numbers: Sequence[float]) -> Mean:
        """Of these numbers, at least one."""
        n = len(numbers)
        error = stdev(numbers) / math.sqrt(n) if n > 1 else math.nan
        return cls(fmean(numbers), error, n)

    def as_ratio(self) -> str:
        """The exponential, of a mean of logarithms, with its error."""
        ratio = math.exp(self.mean)
        error = "" if math.isnan(self.error) else f"{PLUS_MINUS}{ratio * self.error:.2f}"
        return f"{ratio:.2f}{error}"


class Results:
    """The measurements, by table and number of training rows, model and split.

    Of two lines for the same measurement, the later one counts. Tables that are no longer on the
    list are left out.
    """

    def __init__(self, lines: Iterable[dict]):
        self.lines = {key(line): line for line in lines if line["table"] in SOURCES}
        self.cases: dict[tuple[str, int], dict[str, dict[int, dict]]] = defaultdict(dict)
        for (name, split, model, n_train), line in self.lines.items():
            self.cases[name, n_train].setdefault(model, {})[split] = line

    def models(self, cases: Iterable[tuple[str, int]]) -> list[str]:
        """Those measured in some of the cases, in the order of MODELS."""
        measured = {model for case in cases for model in self.cases[case]}
        return [model for model in MODELS if model in measured]

    def reference(self) -> str:
        """The first one that was measured."""
        measured = self.models(self.cases)
        return next((model for model in REFERENCES if model in measured), measured[0])

    def usual(self) -> list[tuple[str, int]]:
        """The tables with up to 2,000 training rows, each with the most that were measured."""
        most: dict[str, int] = {}
        for name, n_train in self.cases:
            if n_train <= MAX_TRAIN:
                most[name] = max(n_train, most.get(name, 0))
        return [(name, most[name]) for name in SOURCES if name in most]

    def large(self) -> list[tuple[str, int]]:
        """The tables with more training rows."""
        large = [case for case in self.cases if case[1] > MAX_TRAIN]
        return sorted(large, key=lambda case: (list(SOURCES).index(case[0]), case[1]))

    def value(self, case: tuple[str, int], model: str, metric: str) -> float:
        """The mean over the splits, or NaN."""
        lines = self.cases[case].get(model, {}).values()
        values = [line[metric] for line in lines if metric in line]
        return fmean(values) if values else math.nan

    def log_ratio(
        self, case: tuple[str, int], model: str, reference: str, metric: str
    ) -> Mean | None:
        """The mean over the splits that both have, or None."""
        ours, theirs = (self.cases[case].get(name, {}) for name in (model, reference))
        both = [
            (ours[split], theirs[split])
            for split in ours.keys() & theirs.keys()
            if metric in ours[split]
        ]
        if not both:
            return None
        return Mean.of([math.log(shown(a, metric) / shown(b, metric)) for a, b in both])

    def ratio(
        self, cases: Iterable[tuple[str, int]], model: str, reference: str, metric: str
    ) -> Mean | None:
        """The mean of the logarithms over the tables that both have, or None."""
        by_case = (self.log_ratio(case, model, reference, metric) for case in cases)
        means = [of_case.mean for of_case in by_case if of_case]
        return Mean.of(means) if means else None

    def seconds(self, cases: Iterable[tuple[str, int]], model: str) -> float:
        """The median over the tables of CPU seconds for a fit, or NaN."""
        by_case = [self.value(case, model, "cpu_seconds") for case in cases]
        measured = [value for value in by_case if not math.isnan(value)]
        return median(measured) if measured else math.nan


def shown(line: dict, metric: str) -> float:
    """A score that has a logarithm: no error at all counts as half a wrong row."""
    least = 0.5 / line["n_test"] if metric == "error" else 1e-7
    return max(line[metric], least)


# -- tables in Markdown -----------------------------------------------------------------------


def texts(results: Results, reference: str) -> dict[str, str]:
    """The parts of the report by the names of their places on the page."""
    made = {"table-ratios": ratios(results, reference)}
    for metric in METRICS:
        made[f"table-values-{metric.replace(' ', '-')}"] = values(results, metric)
    made["table-noise"] = noise(results, reference)
    made["table-ingredients"] = beside(results, "tabular", VARIANTS, "instead of the defaults")
    if results.large():
        made["table-large"] = values(results, None)
    return made


def beside(results: Results, reference: str, models: dict[str, Model], head: str) -> str:
    """Models with other settings beside the one with the defaults, on the tables for tuning."""
    usual = [case for case in results.usual() if case[0] in TUNING]
    rows = []
    for name, model in models.items():
        means = [results.ratio(usual, name, reference, metric) for metric in METRICS]
        if any(means):
            rows.append([model.label, *(mean.as_ratio() if mean else "" for mean in means)])
    return table([head, *METRICS], rows)


def training_texts(results: Results) -> dict[str, str]:
    """What other settings of the plain networks bring: for docs/what_trains_well.md."""
    to_the_end = LADDER | {name: VARIANTS[name] for name in ("tabular one network",)}
    to_the_end |= {"tabular": MODELS["tabular"]}
    return {
        "real-tables-ladder": beside(results, "plain", to_the_end, "defaults, and"),
        "real-tables-changes": beside(results, "plain", CHANGES, "instead of the defaults"),
    }


def ratios(results: Results, reference: str) -> str:
    """All models beside the reference, for the tuning and the held-out tables."""
    usual = results.usual()
    parts = []
    for group, names in GROUPS.items():
        cases = [case for case in usual if case[0] in names]
        if not cases:
            continue
        rows = []
        for model in results.models(cases):
            by_metric = [results.ratio(cases, model, reference, metric) for metric in METRICS]
            n_tables = [str(ratio.n) for ratio in by_metric[1:] if ratio]
            rows.append(
                [MODELS[model].label]
                + [ratio.as_ratio() if ratio else "" for ratio in by_metric]
                + [" + ".join(n_tables), known(results.seconds(cases, model))]
            )
        head = [f"{group}, beside {MODELS[reference].label}", *METRICS, "tables", "CPU s a fit"]
        parts.append(table(head, rows))
    return "\n\n".join([*parts, made_with(results)])


def made_with(results: Results) -> str:
    """The versions of what was measured, and the processors."""
    versions = {
        f"{name} {version}"
        for line in results.lines.values()
        for name, version in line["versions"].items()
    }
    processors = {line["processor"] for line in results.lines.values()}
    return f"Measured with {', '.join(sorted(versions))}; one thread; {', '.join(processors)}."


def values(results: Results, metric: str | None) -> str:
    """A score of all models by table; without a metric, the main one of each large table."""
    cases = results.large() if metric is None else results.usual()
    cases = [case for case in cases if metric is None or has(results, case, metric)]
    models = results.models(cases)
    head = ["", "rows", "score", *(MODELS[model].label for model in models)]
    rows = []
    for case in cases:
        scores = [metric] if metric else [each for each in METRICS if has(results, case, each)]
        for score in [*scores, *([] if metric else ["cpu_seconds"])]:
            numbers = [known(results.value(case, model, score)) for model in models]
            rows.append([case[0], str(case[1]), score.replace("cpu_seconds", "CPU s"), *numbers])
    return table(head, rows)


def has(results: Results, case: tuple[str, int], metric: str) -> bool:
    """Whether the table has this score."""
    return any(metric in line for lines in results.cases[case].values() for line in lines.values())


def noise(results: Results, reference: str) -> str:
    """By table, the number of splits, and the standard error of the ratios in per cent.

    The last lines are these errors carried over to the means over all tables.
    """
    cases = results.usual()
    models = [model for model in results.models(cases) if model != reference]
    rows, last = [], []
    for metric in METRICS:
        measured = [case for case in cases if has(results, case, metric)]
        ratios_of = {
            model: [results.log_ratio(case, model, reference, metric) for case in measured]
            for model in models
        }
        for i, case in enumerate(measured):
            of_case = [ratios_of[model][i] for model in models]
            n_splits = max((ratio.n for ratio in of_case if ratio), default=0)
            errors = [percent(ratio.error if ratio else math.nan) for ratio in of_case]
            rows.append([case[0], metric, str(n_splits), *errors])
        if measured:
            of_means = [percent(error_of_mean(ratios_of[model])) for model in models]
            last.append(["mean over the tables", metric, "", *of_means])
    head = ["", "score", "splits", *(MODELS[model].label for model in models)]
    return table(head, [*rows, *last])


def tables_list() -> str:
    """All tables with their sizes; needs the packages that they lie in."""
    return table(SIZES_HEAD, [sizes(name) for name in SOURCES])


def error_of_mean(ratios_of: Sequence[Mean | None]) -> float:
    """The standard error of the mean over tables that comes from the noise of the splits."""
    errors = [ratio.error for ratio in ratios_of if ratio]
    return math.sqrt(sum(error**2 for error in errors)) / len(errors) if errors else math.nan


def percent(part: float) -> str:
    """A number of per cents, or nothing for NaN."""
    return "" if math.isnan(part) else f"{100 * part:.1f}"


# -- picture ----------------------------------------------------------------------------------


def draw(results: Results, reference: str, file: Path) -> None:
    """The ratios with their standard errors: a panel for each score, a row for each model."""
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, NullFormatter

    cases = results.usual()
    models = results.models(cases)[::-1]
    figure = Figure(figsize=(11, 0.45 * len(models) + 1.6), layout="constrained")
    axes = figure.subplots(1, len(METRICS), sharey=True, squeeze=False)[0]
    for ax, metric in zip(axes, METRICS):
        for offset, (group, names) in zip((0.15, -0.15), GROUPS.items()):
            of_group = [case for case in cases if case[0] in names]
            drawn = [results.ratio(of_group, model, reference, metric) for model in models]
            points = [(i + offset, ratio) for i, ratio in enumerate(drawn) if ratio]
            middle = [math.exp(ratio.mean) for _, ratio in points]
            errors = [
                0.0 if math.isnan(ratio.error) else m * ratio.error
                for m, (_, ratio) in zip(middle, points)
            ]
            ax.errorbar(
                middle, [at for at, _ in points], xerr=errors, fmt="o", markersize=5, capsize=2,
                color="tab:red", alpha=1.0 if group == "held out" else 0.4, label=f"{group} tables",
            )  # fmt: skip
        ax.axvline(1, color="0.3", linewidth=0.8, linestyle=":")
        ax.set(title=metric, xscale="log", yticks=range(len(models)))
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        ax.xaxis.set_minor_formatter(NullFormatter())
        low, high = ax.get_xlim()
        ax.set_xticks([tick for tick in (0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 3, 5, 10)
                       if low <= tick <= high])  # fmt: skip
        ax.grid(True, alpha=0.3)
    axes[0].set_yticklabels([MODELS[model].label for model in models])
    figure.supxlabel(f"ratio to {MODELS[reference].label}; smaller is better", fontsize=10)
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper right", ncols=2)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=120)
