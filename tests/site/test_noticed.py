"""The test of the tests: what a reader would notice at once, done to built pages, is noticed by a
check.

Each check passes on the pages as they are. Edits with no check are those that nobody has written
one for yet; those that need a build are in tests/mutants.py.
"""

import functools
import os
import re
import shutil
import tempfile
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from bs4 import BeautifulSoup

from tests.browser import served
from tests.site import (
    test_every_page,
    test_figures,
    test_ink,
    test_notebooks,
    test_pages,
    test_pictures,
    test_valid,
)

PAGES = ["adam.html", "gradient-descent.html", "gallery/optimizers/plot_adam.html"]
STYLES = "_static/book.*.css"
ADAM, DESCENT, SCRIPT = PAGES
katex = test_ink.katex


def prose_in_order(book):
    test_pages.test_every_word_of_the_source_is_on_the_page_in_its_order(book.pages, ADAM)


def equations(book):
    test_pages.test_the_whole_chapter_is_there(book.pages, ADAM)


def corrections(book):
    test_pages.test_every_correction_is_made(book.pages, 8)


def errors_taught(book):
    test_pages.test_no_error_is_taught(
        {name: test_pages.prose(page) for name, page in book.pages.items()}, 12
    )


def figures_there(book):
    test_pages.test_every_figure_of_a_chapter_page_is_there(book.pages, ADAM)


def own_pictures(book):
    (script,) = (path for path in test_pages.SCRIPTS if path.stem == "plot_adam")
    test_pages.test_every_script_was_executed(book.pages, script)


def links(book):
    test_pages.test_links_and_anchors_lead_somewhere(book.pages, book.folder)


def folded(book):
    test_notebooks.test_hints_and_solutions_are_folded(book.pages, ADAM)


def is_html(book):
    assert not test_valid.errors(book.folder / DESCENT)


def ink(book):
    every = test_ink.formulas(book.folder / ADAM)
    assert not test_ink.told(book.chromium, book.address, every, book.katex, list(every))


def first_frame(book):
    test_figures.test_the_first_frame_is_the_picture_on_the_page_letter_for_letter(
        book.play, book.folder, "play-gd"
    )


def first_rate(book):
    test_figures.test_the_first_rate_is_that_of_the_chapter(book.play)


def verdict(book):
    words = "η·L = 0.5: converges, without crossing the valley"
    test_figures.test_the_sentence_says_what_happens(book.play, 0.05, words)


def curves(book):
    look = functools.partial(test_pictures.shown, book.visit, book.address)
    test_pictures.test_every_curve_can_be_seen(look, "play-gd", "dark")


def contrast(book):
    test_every_page.test_axe_finds_nothing(book.visit(f"{book.address}/{ADAM}"), "dark", 1280)


def fits(book):
    test_every_page.test_it_fits_every_screen_and_paper(book.visit(f"{book.address}/{ADAM}"))


class Edit(NamedTuple):
    """What is done to a file: the first match of a pattern gives way to a text. And the check
    that must notice it."""

    kind: str
    says: str
    check: object
    file: str
    old: str
    new: str


END = r"\Z"
EDITS = [
    Edit(
        "text",
        "a caption is cut short",
        prose_in_order,
        ADAM,
        r" No start of the race was used\s+for tuning\.",
        "",
    ),
    Edit(
        "text",
        "a callout is gone",
        prose_in_order,
        ADAM,
        r'<div class="correction admonition">.*?</div>',
        "",
    ),
    Edit(
        "text",
        "a number is ten times as large",
        corrections,
        ADAM,
        r"weight decay 0\.1",
        "weight decay 1",
    ),
    Edit(
        "text",
        "a known error is taught",
        errors_taught,
        ADAM,
        r"still want tuning",
        "are robust to hyperparameters",
    ),
    Edit(
        "formula",
        "AdamW has no equation",
        equations,
        ADAM,
        r"(AdamW: weight.*?)<math display.*?</math>",
        r"\1",
    ),
    Edit("formula", "fractions are empty", ink, STYLES, END, "mfrac > * { opacity: 0 }"),
    Edit(
        "formula",
        "an exponent hangs as an index",
        ink,
        ADAM,
        r"<msup>(.*?)</msup>",
        r"<msub>\1</msub>",
    ),
    Edit(
        "formula",
        "a minus is drawn as a plus",
        ink,
        ADAM,
        r"<mo>−</mo><mi>η</mi>",
        "<mo>+</mo><mi>η</mi>",
    ),
    Edit(
        "figure",
        "the first picture has another path",
        first_frame,
        DESCENT,
        r"M302 606L362 908",
        "M302 606L362 608",
    ),
    Edit(
        "figure", "the slider begins elsewhere", first_rate, DESCENT, r'"lr": 0\.05', '"lr": 0.19'
    ),
    Edit(
        "figure",
        "the walker climbs",
        verdict,
        "_static/play-gd.js",
        r"t\[e\]-s\*o\[e\]",
        "t[e]+s*o[e]",
    ),
    Edit(
        "figure",
        "a script shows another's picture",
        own_pictures,
        SCRIPT,
        r'(src="\S*plot)_adam_002',
        r"\1_gd_002",
    ),
    Edit(
        "style",
        "curves have 3 % of their ink",
        curves,
        STYLES,
        END,
        ".views svg svg > path { opacity: 0.03 }",
    ),
    Edit("style", "text is black on black", contrast, STYLES, END, "article p { color: #131416 }"),
    Edit(
        "style",
        "paper has no figures",
        fits,
        STYLES,
        END,
        "@media print { figure { display: none !important } }",
    ),
    Edit(
        "style",
        "code is cut off on a telephone",
        fits,
        STYLES,
        END,
        "article pre { overflow: hidden !important }",
    ),
    Edit(
        "structure",
        "a figure is gone",
        figures_there,
        ADAM,
        r'<figure [^>]*id="fig-bias".*?</figure>',
        "",
    ),
    Edit(
        "structure", "a link leads nowhere", links, ADAM, r'href="race\.html', 'href="the-race.html'
    ),
    Edit(
        "structure",
        "a solution stands open",
        folded,
        ADAM,
        r'(<div class="exercise.*?<details)',
        r"\1 open",
    ),
    Edit("structure", "a list has no end", is_html, DESCENT, r"</ul>\s*</div>", "</div>"),
    Edit(
        "text",
        "a picture's words say the opposite",
        None,
        ADAM,
        r"above one, 0\.99",
        "below one, 0.99",
    ),
    Edit(
        "text",
        "a program prints another number",
        None,
        ADAM,
        r"noisy weight 0\.\d+",
        "noisy weight 7",
    ),
    Edit(
        "text",
        "what a program prints is gone",
        None,
        ADAM,
        r'<div class="output stream.*?</div>\s*</div>',
        "",
    ),
    Edit(
        "formula",
        "a letter is not its TeX's",
        None,
        ADAM,
        r"<mo>−</mo><mi>η</mi>",
        "<mo>−</mo><mi>n</mi>",
    ),
    Edit("figure", "drawings are blank", None, "_images/*.svg", r'<g id="figure_1">.*</g>', ""),
    Edit(
        "figure",
        "pictures stand on their heads",
        None,
        STYLES,
        END,
        "figure img { transform: scaleY(-1) }",
    ),
    Edit(
        "figure",
        "pictures have 2 % of their ink",
        None,
        STYLES,
        END,
        "figure img { opacity: 0.02 }",
    ),
    Edit("style", "text is out of focus", None, STYLES, END, "article p { filter: blur(4px) }"),
    Edit(
        "style",
        "all text is struck out",
        None,
        STYLES,
        END,
        "article p { text-decoration: line-through }",
    ),
    Edit(
        "structure",
        "a link leads to another page",
        None,
        ADAM,
        r'href="race\.html',
        'href="memory.html',
    ),
]
READ = [
    prose_in_order,
    equations,
    corrections,
    errors_taught,
    figures_there,
    own_pictures,
    links,
    folded,
]
CHECKS = list(dict.fromkeys(edit.check for edit in EDITS if edit.check))
parsed = functools.cache(lambda text: BeautifulSoup(text, "html.parser"))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """Serve a folder for all copies of the site."""
    folder = tmp_path_factory.mktemp("shelf")
    with served(folder) as address:
        yield SimpleNamespace(folder=folder, address=address)


@pytest.fixture
def book(site, chromium, katex, visit, shelf):
    """Return a copy of the site, to be edited, and all that checks take."""
    folder = Path(tempfile.mkdtemp(dir=shelf.folder))
    shutil.copytree(site, folder, copy_function=os.symlink, dirs_exist_ok=True)

    def play(name, asked="", **options):
        return test_figures.shown(visit("about:blank", **options), folder, name, asked)

    address = f"{shelf.address}/{folder.name}"
    return SimpleNamespace(
        folder=folder, address=address, chromium=chromium, katex=katex, visit=visit, play=play
    )


def apply(book, edit):
    """Edit the copy."""
    paths = sorted(book.folder.glob(edit.file))
    assert paths
    for path in paths:
        text, found = re.subn(
            edit.old, edit.new, path.read_text(encoding="utf-8"), count=1, flags=re.DOTALL
        )
        assert found, f"{path.name} has no {edit.old}"
        path.unlink()
        path.write_text(text, encoding="utf-8")


def read(book):
    """Read the pages of the copy."""
    book.pages = {name: parsed((book.folder / name).read_text(encoding="utf-8")) for name in PAGES}
    return book


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_pages_as_they_are_pass(book, check):
    check(read(book))


@pytest.mark.parametrize("edit", [edit for edit in EDITS if edit.check], ids=lambda edit: edit.says)
def test_an_edit_is_noticed(book, edit, record_property):
    apply(book, edit)
    with pytest.raises(AssertionError):
        edit.check(read(book))
    record_property(
        f"Of {len(EDITS)} edits of pages that a reader would notice at once, noticed", 1
    )


@pytest.mark.parametrize(
    "edit", [edit for edit in EDITS if not edit.check], ids=lambda edit: edit.says
)
def test_an_edit_without_a_check_is_seen_by_none(book, edit):
    apply(book, edit)
    read(book)
    for check in READ:
        check(book)  # where one fails, the edit has found its check: name it
