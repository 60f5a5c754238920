"""The options that the scripts share, and the line about the machine that they print."""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Sequence
from pathlib import Path

from measure import machine
from peers import MODULES, Peer, load
from sklearn.exceptions import ConvergenceWarning


def parser(doc: str, *, only: Sequence[str], rounds: int) -> argparse.ArgumentParser:
    """Options for all scripts that compare peers."""
    made = argparse.ArgumentParser(description=doc.splitlines()[0])
    made.add_argument("--only", nargs="+", choices=only, default=list(only), metavar="NAME",
                      help=f"of {', '.join(only)}")  # fmt: skip
    made.add_argument("--peers", nargs="+", choices=MODULES, default=list(MODULES), metavar="PEER",
                      help=f"of {', '.join(MODULES)}; sknn_edu is always included")  # fmt: skip
    made.add_argument("--threads", nargs="+", type=int, default=[1, 2])
    made.add_argument("--rounds", type=int, default=rounds, help="minimum number")
    made.add_argument("--seconds", type=float, default=0.0, help="minimum duration of a row")
    made.add_argument("--markdown", type=Path, metavar="PAGE", help="write the results into it")
    made.add_argument("--smoke", action="store_true", help="toy sizes, to test that it runs")
    return made


def begin(arguments: argparse.Namespace) -> tuple[list[Peer], str]:
    """The peers that are installed, and a line about the machine; both are printed."""
    if arguments.smoke:
        arguments.rounds, arguments.seconds = 1, 0.0
    warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are counted on purpose
    peers, left_out = load({"sknn_edu", *arguments.peers}, max(arguments.threads))
    about = machine(peer.version for peer in peers if peer.version)
    print(about, *left_out, sep="\n", flush=True)
    return peers, about
