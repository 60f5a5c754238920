"""The command line: ``python -m sknn_edu``, and ``python -m sknn_edu check answers.toml``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:
    from .native.worth import Worth

EPILOG = """\
A file has four tables:

    [network]                         # parameters of the estimator
    type = "regressor"                # or "classifier"
    hidden_layer_sizes = [2]
    activation = "tanh"
    loss = "2 * squared_error"
    alpha = 0                         # no penalty
    random_state = 0                  # or the weights themselves, in [weights]
    [data]
    X = [[1.0, 2.0], [0.0, 1.0]]      # a row for each sample; or file = "data.csv"
    y = [1.0, 0.0]
    [answers]                         # formulas, or numbers
    delta2 = "2 * (A2 - Y) / m"
    dW2 = "A1.T @ delta2"

exit status: 0 if all answers are correct (or the score is at least S), 1 if not, 2 if a file
cannot be used; standard error says why.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status."""
    parser = _parser()
    options = vars(parser.parse_args(argv))
    if options.pop("command") is None:
        print(_about())
        return 0
    if options["form"] is not None and not options["summary"]:
        parser.error("--format is the form of a summary: write --summary with it, or --json alone")
    if options["summary"] and options["as_json"]:
        parser.error("--json is a line for each file: with --summary, write --format json")
    from .teaching.grading.command import check

    return check(**options)


def _about() -> str:
    """The versions, and whether the compiled core is there and what it uses."""
    from importlib.metadata import version

    from .native import library
    from .native.compiler import WITHOUT
    from .native.worth import worth

    core = library.load()
    if core is None:
        about_core = f"The compiled core is missing: {library.why_missing()}. {WITHOUT}"
    else:
        levels = [f"{level} (used)" if level == core.level else level for level in core.levels]
        about_core = f"The compiled core is there, with the instruction sets {', '.join(levels)}."
        about_core += f"\n{_what_auto_takes(worth(core))}"
    names = ("numpy", "scipy", "scikit-learn")
    versions = [f"sknn_edu {__version__}", *(f"{name} {version(name)}" for name in names)]
    return f"{', '.join(versions)}\n{about_core}\nWhat else there is: python -m sknn_edu --help"


def _what_auto_takes(worth: Worth) -> str:
    """Which engine a fit with default settings has, and why."""
    if not worth.why:
        return "engine='auto' takes it for all that it supports."
    if not worth.below:
        return f"engine='auto' takes NumPy, except for sparse X: {worth.why}."
    small = f"engine='auto' takes it for sparse X and networks of less than {worth.below:,} weights"
    return f"{small}; NumPy for larger ones: {worth.why}."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sknn_edu",
        description="Multilayer perceptrons trained by backpropagation. "
        "Without a command: the versions, and whether the compiled core is there.",
        epilog="`python -m sknn_edu check --help` says what it reads. "
        "`python -m sknn_edu.native.build` compiles the core again.",
    )
    parser.add_argument("--version", action="version", version=f"sknn_edu {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="command", title="commands")
    check = commands.add_parser(
        "check",
        help="mark the derivatives in a file, and name the mistakes",
        description="Mark the derivatives in a file: correct or not, and which mistake it is. "
        "TOML files are described below. A Python file or a notebook with a backward pass is "
        "read, never run, and needs --task; so do Markdown and LaTeX files. A folder has "
        "submissions in it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument(
        "files",
        nargs="+",
        metavar="answers.toml",
        help="the files to mark: TOML, Python, notebooks, Markdown or LaTeX; or folders of "
        "submissions",
    )
    check.add_argument(
        "--task",
        metavar="task.toml",
        help="take network, data and questions from this file; the others only have answers",
    )
    check.add_argument(
        "--json", action="store_true", dest="as_json", help="one line of JSON for each file"
    )
    check.add_argument(
        "--summary", action="store_true", help="count the mistakes of a class in each question"
    )
    check.add_argument(
        "--format",
        choices=("text", "csv", "json"),
        dest="form",
        help="of the summary, by default text; csv has a line for each submission",
    )
    check.add_argument("--reveal", action="store_true", help="show the right formulas")
    check.add_argument(
        "--rtol",
        type=_tolerance,
        metavar="R",
        help="relative tolerance of numbers; by default that of the file, or 1e-3",
    )
    check.add_argument(
        "--min-score",
        type=_share,
        default=1.0,
        metavar="S",
        help="the share of the answers, from 0 to 1, that must be correct; by default 1",
    )
    return parser


def _share(text: str) -> float:
    """A number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"it must be a number from 0 to 1, got {text!r}")
    return number


def _tolerance(text: str) -> float:
    """A number strictly between 0 and 1."""
    if _share(text) in (0.0, 1.0):
        raise argparse.ArgumentTypeError(f"it must lie between 0 and 1, got {text!r}")
    return float(text)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:  # the reader, such as `head`, has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
