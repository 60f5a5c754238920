"""The tables on the page "What trains well" are those that the script makes."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "benchmarks"))

from what_trains_well import SEEDS, TABLES, markdown, measure, with_tables  # noqa: E402

PAGE = (ROOT / "docs" / "what_trains_well.md").read_text(encoding="utf-8")
RESULT = re.compile(r"(-?[\d.]+)\s±\s([\d.]+)(, \d+ epochs)?")


def without_numbers(page):
    return RESULT.sub("a result", page)


def results_of_the_page(name):
    """Mean and spread of the cells of a table, in its order."""
    table = PAGE.split(f"<!-- begin {name} -->")[1].split(f"<!-- end {name} -->")[0]
    return [(float(mean), float(spread)) for mean, spread, _ in RESULT.findall(table)]


def test_the_page_has_the_rows_and_columns_of_the_script():
    nothing = {
        (name, row.label, column): np.zeros((SEEDS, 2))
        for name, table in TABLES.items()
        for row in table.rows
        for column in table.columns
    }
    tables = {name: markdown(name, nothing) for name in TABLES}
    assert without_numbers(with_tables(PAGE, tables)) == without_numbers(PAGE)


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_of_the_page_has_a_result(name):
    table = TABLES[name]
    assert len(results_of_the_page(name)) == len(table.rows) * len(table.columns)


@pytest.mark.slow
def test_measured_anew_a_table_says_the_same():
    """Another BLAS rounds otherwise, which training amplifies: by less than the seeds do."""
    results = measure(["targets"], smoke=False, n_jobs=1)
    measured = [scores[:, 0].mean() for scores in results.values()]
    for new, (old, spread) in zip(measured, results_of_the_page("targets"), strict=True):
        assert abs(new - old) <= spread
