"""Settings of the site: assignments only. Run by build.py, which sets the environment; our
directives are in ext/."""

import os
import sys
from urllib.parse import urlparse

import optbook

project = html_title = "optbook"
author = "the optbook authors"
copyright = "the optbook authors. Text CC BY 4.0, code BSD-3-Clause"
release = version = optbook.__version__
language = "en"
# fmt: off
extensions = [
    "myst_nb", "numpydoc", "sphinx.ext.autodoc", "sphinx_copybutton", "sphinx_design",
    "sphinx_gallery.gen_gallery", "sphinxcontrib.bibtex", "sphinxext.opengraph",
    "notfound.extension", "ext.mathml", "ext.listing", "ext.exercise", "ext.play", "ext.tables",
    "ext.gallery", "ext.rebuild", "ext.postprocess",
]
# fmt: on
exclude_patterns = ["gallery/**/*.ipynb", "gallery/**/*.py", "gallery/**/*.zip", "**/README.*"]
nitpicky = True
suppress_warnings = ["config.cache", "sphinx_gallery.space_in_filename"]

myst_enable_extensions = [
    "attrs_block",
    "attrs_inline",
    "colon_fence",
    "dollarmath",
    "substitution",
]
myst_heading_anchors = 3
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_output_stderr = "error"
nb_merge_streams = True
nb_mime_priority_overrides = [("html", "text/html", None), ("html", "application/javascript", None)]
nb_code_prompt_show = nb_code_prompt_hide = "Show the code"
numfig = True
bibtex_bibfiles = ["../docs/references.bib"]
bibtex_reference_style = "author_year"
bibtex_default_style = "plain"
autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False
copybutton_exclude = ".linenos, .gp, .go"

sphinx_gallery_conf = {
    "examples_dirs": "../gallery",
    "gallery_dirs": "gallery",
    "backreferences_dir": "gallery/backreferences",
    "doc_module": ("optbook",),
    "reference_url": {"optbook": None},
    "within_subsection_order": "ExampleTitleSortKey",
    "abort_on_example_error": True,
    "write_computation_times": False,
    "min_reported_time": sys.maxsize,
    "image_scrapers": "ext.gallery.store",
    "image_srcset": ["2x"],
    "thumbnail_size": (320, 176),
    "reset_modules": ("matplotlib", "ext.gallery.isolate"),
    "reset_modules_order": "both",
    "show_signature": False,
    "parallel": True,
    "css": ("sg_gallery",),
    "capture_repr": ("__repr__",),
    "remove_config_comments": True,
}

html_theme = "furo"
html_favicon = "static/icon.svg"
html_static_path = ["static"]
templates_path = ["templates"]
html_css_files = ["book.css"]
html_js_files = [("reach.js", {"defer": "defer"})]
html_baseurl = os.environ["SITE_URL"]
html_copy_source = html_show_sourcelink = html_show_sphinx = html_domain_indices = False
html_math_renderer = "mathml"
ogp_site_url = html_baseurl
ogp_image = "_static/card.png"
ogp_social_cards = {"enable": False}
ogp_enable_meta_description = True
notfound_urls_prefix = urlparse(html_baseurl).path
