"""What the tests of documents share."""

from pathlib import Path

from sknn_edu.teaching.grading.document import check_document


def marked_in(folder: Path, document: str, task: str, name="report.md", **options):
    """The marking of a document on the network of a task, both written into the folder."""
    (folder / name).write_text(document, encoding="utf-8")
    (folder / "task.toml").write_text(task, encoding="utf-8")
    return check_document(folder / name, folder / "task.toml", **options)
