"""Exercises as they are published: folded on the page, and all in a notebook beside it."""

from collections import Counter

import nbformat
import pytest

from ext.exercise import CODE, exercises, notebook
from tests.site.test_pages import CHAPTER, ROOT

PAGES = {
    name: (ROOT / "docs" / name).with_suffix(".md").read_text(encoding="utf-8") for name in CHAPTER
}


@pytest.mark.parametrize("page", PAGES)
def test_the_published_notebook_holds_every_exercise(site, pages, page):
    path = (site / "exercises" / page).with_suffix(".ipynb")
    stored = nbformat.read(path, as_version=4)
    nbformat.validate(stored)
    found = exercises(PAGES[page])
    assert stored == notebook(pages[page].find("h1").find(string=True), found)
    cells = Counter(cell["cell_type"] for cell in stored["cells"])
    assert cells == {"code": len(found), "markdown": 2 * len(found) + 1}
    for cell, parts in zip(
        [c for c in stored["cells"] if c["cell_type"] == "code"], found.values(), strict=True
    ):
        assert cell["source"] == parts["starter"].rstrip()
    assert not any(
        CODE.search(cell["source"]) is None
        for cell in stored["cells"]
        if "Solution" in cell["source"]
    )
    assert pages[page].select_one(f'p.download a[href="exercises/{path.name}"]')


@pytest.mark.parametrize("page", PAGES)
def test_hints_and_solutions_are_folded(pages, page):
    for box in pages[page].select(".admonition.exercise"):
        folds = box.select("details")
        assert len(folds) >= 2
        assert not any(fold.has_attr("open") for fold in folds)
        shown = box.select_one("div.highlight pre").get_text()
        assert "check(" in shown
