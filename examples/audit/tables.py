"""The tables of the audit, as text and in Markdown."""

from textwrap import fill

from .marking import DEPENDS, DERIVATIONS, RIGHT, WRONG, correction, count, mark, shown
from .readings import Compared
from .six_mistakes import SIX_MISTAKES

MEANING = {
    RIGHT: "right in every reading",
    DEPENDS: "right in one reading, or for one sample, but not in the other",
    WRONG: "wrong in every reading",
}


def samples(reading):
    return "1" if reading.m == 1 else "all"


# -- text -------------------------------------------------------------------------------------


def summary_text():
    lines = ["derivation                                                     right  depends  wrong"]
    total = dict.fromkeys(MEANING, 0)
    for i, derivation in enumerate(DERIVATIONS, start=1):
        counts = count(mark(derivation))
        total = {verdict: total[verdict] + counts[verdict] for verdict in total}
        title = f"{i}  {derivation.title.split(';')[0]}"
        lines.append(f"{title:62}{counts[RIGHT]:6}{counts[DEPENDS]:9}{counts[WRONG]:7}")
    lines.append(f"{'':62}{total[RIGHT]:6}{total[DEPENDS]:9}{total[WRONG]:7}")
    return "\n".join(lines)


def table_text(i):
    derivation = DERIVATIONS[i - 1]
    heading = f"{i}  {derivation.title}"
    lines = [heading, "=" * len(heading), fill(derivation.notation, 96), ""]
    for marked in mark(derivation):
        lines.append(f"{marked.formula.number:5} {marked.formula.paper}")
        for reading, verdict in marked.readings:
            if reading.how:
                lines.append(f"          {reading.how}:")
            said = f"          {shown(reading)}"
            what = "right" if verdict.right else f"WRONG: {verdict.mistake}"
            one = " (one sample)" if reading.m == 1 else ""
            lines.append(f"{said:66}  {what}{one}")
            if not verdict.right:
                lines.append(f"              right is {correction(verdict)}")
    return "\n".join(lines)


# -- Markdown ---------------------------------------------------------------------------------


def summary_markdown():
    lines = [
        "| | derivation | formulas | right | depends | wrong |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    total = dict.fromkeys(MEANING, 0)
    for i, derivation in enumerate(DERIVATIONS, start=1):
        counts = count(mark(derivation))
        total = {verdict: total[verdict] + counts[verdict] for verdict in total}
        cells = [str(i), derivation.title, sum(counts.values()), *counts.values()]
        lines.append(row(cells))
    lines.append(row(["", "all", sum(total.values()), *total.values()]))
    return "\n".join(lines)


def table_markdown(i):
    """One derivation: a row for each reading of each formula."""
    lines = [
        "| | on paper | marked | samples | verdict | right is |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for marked in mark(DERIVATIONS[i - 1]):
        number, paper = marked.formula.number, code(marked.formula.paper)
        for reading, verdict in marked.readings:
            what = shown(reading)
            what = code(what) if is_formula(reading, what) else what
            how = f"*{reading.how}:* " if reading.how else ""
            right = correction(verdict)
            right = code(right) if is_formula(reading, right) else right
            said = "right" if verdict.right else f"**wrong**: {in_code(verdict)}"
            lines.append(row([number, paper, how + what, samples(reading), said, right]))
            number = paper = ""
    return "\n".join(lines)


def is_formula(reading, text):
    """Whether to set it as code: formulas of numbers compared have subscripts."""
    return not isinstance(reading.says, Compared) or "_" in text


def in_code(verdict):
    """The codes of the mistakes, set as code; words as they are."""
    if not verdict.explanations:
        return verdict.mistake
    return ", or ".join(" + ".join(f"`{c}`" for c in codes) for codes in verdict.explanations)


def code(text):
    return f"`{text}`" if text else ""


def row(cells):
    return "| " + " | ".join(str(cell).replace("|", r"\|") for cell in cells) + " |"


def tables_markdown():
    """Every table of the page, by its name there."""
    numbers = range(1, len(DERIVATIONS) + 1)
    return {
        "summary": summary_markdown(),
        **{f"derivation {i}": table_markdown(i) for i in numbers},
    }


def with_tables(page):
    """The text of a page, with the tables and numbers put between its markers."""
    blocks = tables_markdown()
    blocks |= {
        name: "\n".join(["```", *numbers(), "```"]) for name, numbers in SIX_MISTAKES.items()
    }
    for name, text in blocks.items():
        begin, end = f"<!-- begin {name} -->\n", f"\n<!-- end {name} -->"
        if page.count(begin) != 1 or page.count(end) != 1:
            raise ValueError(f"the page must have one place for {name!r}, between two comments")
        before, rest = page.split(begin)
        page = before + begin + "\n" + text + "\n" + end + rest.split(end)[1]
    return page
