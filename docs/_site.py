"""Extensions of Sphinx for the site: formulas without a network, titles, links."""

import re
import shutil
from pathlib import Path

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from pygments.lexers.special import TextLexer

PROMPTS = (">>> ", "... ", "$ ")

DOCS = Path(__file__).parent
EXAMPLES = DOCS.parent / "examples"

# Files that are not pages of the site, and the pages that show the same.
PAGES = {
    "../examples/README.md": "gallery/index.rst",
    "../CONTRIBUTING.md": "project/contributing.md",
    "../CHANGELOG.md": "project/changelog.md",
}


def setup(app):
    app.add_lexer("csv", TextLexer)
    app.add_html_math_renderer("mathml", (inline_math, None), (displayed_math, None))
    app.connect("builder-inited", pages_to_try)
    app.connect("source-read", title_of_an_example)
    app.connect("source-read", links_to_pages)
    app.connect("doctree-read", sentences_wrap)
    # After the theme, which makes the list of pages at the default priority of 500.
    app.connect("html-page-context", usable_without_a_mouse, priority=900)
    # Before numpydoc, which reads the docstrings at the default priority of 500.
    app.connect("autodoc-process-docstring", read_as_plain_text, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


# -- formulas: MathML, which every current browser renders by itself; MathJax would be fetched ----


def inline_math(translator, node):
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def displayed_math(translator, node):
    formula = tex2mathml(node.astext(), as_block=True)
    translator.body.append(f'<div class="math">{formula}</div>\n')
    raise nodes.SkipNode


# -- the gallery ----------------------------------------------------------------------------------


def copied_examples():
    """A folder with the examples, in which they may leave their pictures."""
    folder = DOCS / "_examples"
    folder.mkdir(exist_ok=True)
    for file in [*EXAMPLES.glob("*.py"), EXAMPLES / "GALLERY_HEADER.txt"]:
        shutil.copy2(file, folder)
    return str(folder)


def as_in_the_readme(filename):
    """The order of the table in examples/README.md."""
    names = re.findall(r"^\| `(\w+\.py)`", (EXAMPLES / "README.md").read_text("utf-8"), re.M)
    return names.index(filename) if filename in names else len(names)


def pages_to_try(app):
    """The pages that the documentation shows live, in the folder ``live``."""
    import explore_page
    import worksheet_page

    live = Path(app.outdir) / "live"
    live.mkdir(parents=True, exist_ok=True)
    explore_page.make_page().save(live / "explore.html")
    worksheet_page.make_page().save(live / "worksheet.html")


def run_as_a_script(gallery_conf, script_vars):
    """Called before each example for its arguments: there are none.

    Processes that an example starts import it from its file, as from the command line; the main
    module of the gallery has no file.
    """
    file = str(Path(script_vars["src_file"]).resolve())
    script_vars["example_globals"].update(__file__=file, __spec__=None)
    return []


def title_of_an_example(app, docname, source):
    """The first sentence of an example's docstring is its title."""
    if not docname.startswith("gallery/") or docname == "gallery/index":
        return
    head, label, text = source[0].partition(f".. _sphx_glr_{docname.replace('/', '_')}.py:\n\n")
    title, rest = text.split("\n\n", 1)
    title = " ".join(title.split()).removesuffix(".")
    source[0] = f"{head}{label}{title}\n{'=' * len(title)}\n\n{rest}"


# -- what is printed ------------------------------------------------------------------------------


def sentences_wrap(app, doctree):
    """Where a program prints sentences, long lines go on in the next one.

    Those of code and tables do not: they would be harder to read than to scroll.
    """
    for block in doctree.findall(nodes.literal_block):
        printed = [line for line in block.astext().split("\n") if not line.startswith(PROMPTS)]
        if any(len(line) > 95 and "  " not in line.strip() for line in printed):
            block["classes"].append("sentences")


def usable_without_a_mouse(app, pagename, templatename, context, doctree):
    """What scrolls by itself can be reached by the keyboard; headings of lists say their level."""
    if "body" in context:
        context["body"] = (
            context["body"]
            .replace("<pre>", '<pre tabindex="0">')
            .replace('<div class="table-wrapper', '<div tabindex="0" class="table-wrapper')
            .replace('<div class="math">', '<div tabindex="0" class="math">')
            .replace('<th class="head"><p></p></th>', '<td class="head"></td>')
        )
    for name in ("furo_navigation_tree", "toctree"):
        if isinstance(context.get(name), str):
            context[name] = context[name].replace('role="heading"', 'role="heading" aria-level="2"')


# -- links ----------------------------------------------------------------------------------------


def links_to_pages(app, docname, source):
    """Links to Markdown files elsewhere in the repository become links to pages of the site."""
    if "/" in docname:
        return
    for file, page in PAGES.items():
        source[0] = source[0].replace(f"]({file}", f"]({page}")


REFERENCE = re.compile(r":(?:ref|term):`([^<`]*?)\s*(?:<[^`]*>)?`")
# Code, and the name of a parameter in front of its type.
AS_IT_IS = re.compile(r"(``.*?``|`[^`]*`_?|^\S[^\n]*? : )", re.DOTALL | re.MULTILINE)
BAR_OR_TRAILING_UNDERSCORE = re.compile(r"\||(?<=\w)_(?!\w)")


def read_as_plain_text(app, what, name, obj, options, lines):
    """Escape what is not markup in docstrings: ``|a|`` and names such as ``coefs_``.

    References of inherited docstrings to scikit-learn's user guide become plain text.
    """
    end = lines.index("Examples") if "Examples" in lines else len(lines)
    parts = AS_IT_IS.split(REFERENCE.sub(r"\1", "\n".join(lines[:end])))
    parts[::2] = [BAR_OR_TRAILING_UNDERSCORE.sub(r"\\\g<0>", part) for part in parts[::2]]
    lines[:end] = "".join(parts).split("\n")
