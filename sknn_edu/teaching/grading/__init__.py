"""Answers in a file: a network, data and a student's derivatives, read from TOML and marked.

==============  =====================================================================
`_table`        a table of the file, which knows where it stands when it is wrong
`_components`   ``"2 * squared_error"`` to an object, by a whitelist; never ``eval``
`_network`      [network] to an estimator
`_data`         [data] to X, y and sample weights, from the file or from CSV
`_weights`      [weights] into the estimator, in the file's layout
`_check`        all of it: from a path to a `Marking`
`_command`      what ``python -m sknn_edu check`` prints, and its exit status
==============  =====================================================================

Nothing in a file is executed: formulas are read by `sknn_edu.teaching.expressions`.
"""

from .check import check_file
from .table import AnswerFileError

__all__ = ["AnswerFileError", "check_file"]
