"""Answers in a file: a network, data and a student's derivatives, read from TOML and marked.

============  =======================================================================
`table`       a table of the file, with its place for error messages
`texts`       the text of a file, however it was saved; `toml_files`: TOML
`components`  ``"2 * squared_error"`` to an object, by a whitelist; never ``eval``
`network`     [network] to an estimator
`data`        [data] to X, y and sample weights, from the file or from CSV
`weights`     [weights] into the estimator, in the file's layout
`task`        all but the answers
`python_code` answers as Python code, read by `sknn_edu.teaching.reading`
`notebooks`   the code of a notebook
`questions`   what a task asks for
`true_values` a network of the task's kind, to see what a piece of code computes
`check`       all of it: from a path to a `Marking`
`submissions` the files of a class
`time_limit`  how long one file may take
`summary`     a class at a glance
`command`     what ``python -m sknn_edu check`` prints, and its exit status
============  =======================================================================

Nothing in a file is executed: formulas are read by `sknn_edu.formulas`.
"""

from .check import check_file
from .table import AnswerFileError

__all__ = ["AnswerFileError", "check_file"]
