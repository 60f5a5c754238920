"""How the documentation site is built.

    python -m sphinx -W --keep-going -b html docs docs/_build/html

The pages are the Markdown files in this folder, the gallery is generated from `examples/`, the
reference from the docstrings. Nothing is fetched from the network, neither by the build nor by the
reader's browser.
"""

import sys
from pathlib import Path

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS.parent / "examples")]  # _site.py, explore_page.py

from _site import copied_examples  # noqa: E402

from sknn_edu import __version__  # noqa: E402

project = "sknn_edu"
author = "the sknn_edu developers"
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.viewcode",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "_site",
]
exclude_patterns = ["_build", "_examples", "**/*.ipynb"]
smartquotes = False  # 'relu' is code
highlight_language = "text"  # what a program prints is not Python
nitpicky = True  # a reference that leads nowhere is a warning, and warnings are errors
nitpick_ignore_regex = [
    ("py:.*", r"sklearn\..*"),  # on another site
    ("py:obj", r"sknn_edu\.(engine|training|formulas)\b.*|_\w+|mistakes"),  # not public, no page
]

# -- pages -----------------------------------------------------------------------------------------

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 3
html_math_renderer = "mathml"  # in _site.py

html_theme = "furo"
html_title = "sknn_edu"
html_logo = html_favicon = "_static/logo.svg"  # drawn for light and dark pages
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_copyright = False
pygments_style, pygments_dark_style = (
    "a11y-high-contrast-light",
    "a11y-high-contrast-dark",
)  # furo's

# -- reference -------------------------------------------------------------------------------------

default_role = "autolink"  # `fit` is a link where it is the name of something that has a page
templates_path = ["_templates"]
autosummary_ignore_module_all = False
autosummary_imported_members = True
autodoc_typehints = "none"  # the docstrings say more
numpydoc_class_members_toctree = False
# What a mapping and a text have anyway needs no description.
numpydoc_show_inherited_class_members = {
    "sknn_edu.teaching.Derivation": False,
    "sknn_edu.teaching.Marking": False,
    "sknn_edu.optimizers.Like": False,
}

# -- gallery ---------------------------------------------------------------------------------------

sphinx_gallery_conf = {
    "examples_dirs": copied_examples(),
    "gallery_dirs": "gallery",
    "filename_pattern": r"\.py$",  # execute all of them
    "within_subsection_order": "_site.as_in_the_readme",
    "remove_config_comments": True,
    "default_thumb_file": str(DOCS / "images" / "logo.png"),  # of an example that only prints
    "reset_argv": "_site.run_as_a_script",
    "reset_modules": ("matplotlib",),
    "download_all_examples": False,
    "show_signature": False,
    "write_computation_times": False,
    "min_reported_time": 1_000_000,  # never: times change from build to build
}
