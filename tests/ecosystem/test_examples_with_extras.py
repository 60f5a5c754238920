"""The examples that need more than matplotlib run, and find what they say."""

import re

import pytest
from test_examples import WITH_EXTRAS, run

FINDINGS = {
    "dask_grid_search.py": [
        r"Scheduler at tcp://\S+, 2 workers",
        r"<- best",
        r"(?m)^tcp://\S+ .*#+.* tasks",
        r"The same to the last bit: True",
    ],
    "out_of_core.py": [
        r"Parquet file: 307 MB, 1,200,000 images",
        r"the same network to the last bit: True",
        r"What shuffling gains: [+-]0\.0",
    ],
}


def test_every_example_with_extras_is_run_here():
    assert FINDINGS.keys() == WITH_EXTRAS


@pytest.mark.slow
@pytest.mark.parametrize("script", FINDINGS)
def test_example_runs_and_finds_what_it_says(script, tmp_path):
    printed = run(script, tmp_path)
    for finding in FINDINGS[script]:
        assert re.search(finding, printed), finding
    assert not list(tmp_path.iterdir())
    if script == "out_of_core.py":
        check_memory(printed)


def check_memory(printed):
    """Half the size of the file is enough for the chunks; all data at once take more than it."""
    size = int(re.search(r"Parquet file: (\d+) MB", printed)[1])
    from_the_file = int(re.search(r"chunks of the file +(\d+) MB", printed)[1])
    in_memory = int(re.search(r"all in memory +(\d+) MB", printed)[1])
    assert from_the_file < size / 2 < size < in_memory
