"""Every formula, as it is drawn: the same pieces of ink in the same places as KaTeX draws, which
has nothing of ours.

A piece is what hangs together: a letter, a bar, a hat, a root with its line. What is lost takes
pieces away, what overlaps joins them, and what is in the wrong place has no partner near it.
"""

import functools
import io
import json
import re
from html import unescape

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image
from scipy import ndimage, optimize

from tests.browser import served
from tests.site.conftest import NODE

GROUP = "kind"
FEWEST = 350  # distinct formulas
EM = 64  # pixels of a letter's size
LARGER = (
    192  # the same, for formulas that seem to be wrong: what only nearly touches does not, then
)
AT_ONCE = 24 * EM  # formulas, times the size of their letters
INK = 190  # grey values below are ink
SPECK = 4  # pixels: less is no piece
AWAY, IN_A_TABLE = 0.3, 0.45  # em: how far up or down a piece may be from its partner
TALLER = 0.6  # how much taller or lower a piece may be: a share of its partner's height
SMALL = 0.3  # em
NEIGHBOURS = 9  # of a piece in a table, whose rows stand a little wider or closer than KaTeX's
FONT = "**/latinmodern-math.woff2"
PLACE = """([formulas, em]) => {
  const article = document.createElement("article");
  article.style.cssText =
    "all: initial; background: white; color: black; left: 0; position: absolute; top: 0";
  const cell = (formula) => `<div class="cell"><i></i>${formula}</div>`;
  article.innerHTML = `<style>
    .cell { font-size: ${em}px; line-height: 3; padding: ${em}px; white-space: nowrap;
      width: max-content }
    .cell > i { display: inline-block; height: 0; width: 1px }
    math { display: inline math !important; font-size: ${em}px !important }
    .katex { font-size: ${em}px !important; line-height: 1.2 !important }
    .katex-display, .katex-display > .katex, .katex-display > .katex > .katex-html {
      display: inline !important; margin: 0 !important;
    }
  </style>` + formulas.map(cell).join("");
  document.body.replaceChildren(article);
}"""
CELLS = """() => document.fonts.ready.then(() =>
  [...document.querySelectorAll(".cell")].map((cell) => {
    const { top, bottom, left, right } = cell.getBoundingClientRect();
    const line = cell.querySelector("i").getBoundingClientRect().bottom;
    return [left, top, right, bottom, line].map(Math.round);
  }))"""
KATEX = """(formulas) => formulas.map(([tex, displayMode]) =>
  katex.renderToString(tex,
    { displayMode, output: "html", strict: "error", throwOnError: true }))"""


def formulas(*paths):
    """Return the markup of every distinct formula of pages, by its TeX and whether it is
    displayed."""
    found = {}
    for path in paths:
        for maths in re.findall(r"<math\b.*?</math>", path.read_text(encoding="utf-8"), re.DOTALL):
            written = re.search(r"<annotation[^>]*>(.*?)</annotation>", maths, re.DOTALL)
            assert written, f"{path.name}: a formula without its TeX: {maths[:200]}"
            tex = re.sub(r"\s+", " ", unescape(written[1]))
            found.setdefault((tex, 'display="block"' in maths.partition(">")[0]), maths)
    return found


def drawn(page, markup, em):
    """Return the pieces of ink of each formula."""
    found, many = [], AT_ONCE // em
    for first in range(0, len(markup), many):
        page.evaluate(PLACE, [markup[first : first + many], em])
        page.evaluate(CELLS)  # asks for the fonts
        cells = page.evaluate(CELLS)
        picture = np.asarray(Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L"))
        found += [
            pieces(picture[top:bottom, left:right], line - top, em)
            for left, top, right, bottom, line in cells
        ]
    return found


def pieces(picture, line, em):
    """Return the pieces of ink, a row each: the middle across and up, the width and the height,
    all in em."""
    labels, _ = ndimage.label(picture < INK, np.ones((3, 3)))
    boxes = ndimage.find_objects(labels)
    sizes = np.bincount(labels.ravel())[1:]
    rows = [
        ((x.start + x.stop) / 2, line - (y.start + y.stop) / 2, x.stop - x.start, y.stop - y.start)
        for (y, x), size in zip(boxes, sizes, strict=True)
        if size >= SPECK
    ]
    found = np.array(rows, dtype=float).reshape(-1, 4) / em
    found[:, 0] -= np.min(found[:, 0] - found[:, 2] / 2, initial=np.inf)
    return found


def complaint(ours, theirs, table):
    """Return what is wrong with the pieces of a formula, beside those of KaTeX; nothing if all
    is well."""
    if len(ours) != len(theirs):
        return f"{len(ours)} pieces of ink, not {len(theirs)}"
    gaps = abs(ours[:, None] - theirs[None, :]) @ [1, 2, 1, 1]
    mine, partners = optimize.linear_sum_assignment(gaps)
    ours, theirs = ours[mine], theirs[partners]
    away = ours[:, 1] - theirs[:, 1]
    if table:
        near = np.argsort(abs(theirs[:, None, 1] - theirs[None, :, 1]), axis=1)[:, :NEIGHBOURS]
        away = away - np.median(away[near], axis=1)
    if abs(away).max(initial=0) > (IN_A_TABLE if table else AWAY):
        return f"a piece is {abs(away).max():.2f} em too high or too low"
    taller = abs(ours[:, 3] - theirs[:, 3]) / np.maximum(theirs[:, 3], SMALL)
    return (
        f"a piece is {taller.max():.0%} too tall or too low"
        if taller.max(initial=0) > TALLER
        else ""
    )


@pytest.fixture(scope="module")
def every(site):
    """Return every distinct formula of the site."""
    return formulas(*sorted(site.rglob("*.html")))


@pytest.fixture(scope="module")
def katex(chromium):
    """Return a function that draws formulas with KaTeX, each once in a size."""
    known = {}
    with served(NODE / "katex" / "dist") as address:
        page = chromium.new_context(viewport={"width": 1600, "height": 1000}).new_page()
        page.goto(f"{address}/katex.min.css")
        page.set_content('<!DOCTYPE html><link rel="stylesheet" href="katex.min.css">')
        page.add_script_tag(url="katex.min.js")

        def draw(chosen, em):
            new = [formula for formula in chosen if (formula, em) not in known]
            markup = page.evaluate(KATEX, new)
            known.update(
                {
                    (formula, em): found
                    for formula, found in zip(new, drawn(page, markup, em), strict=True)
                }
            )
            return [known[formula, em] for formula in chosen]

        yield draw
        page.context.close()


def told(
    chromium,
    address,
    every,
    katex,
    chosen,
    change=lambda maths: maths,
    style="/* none */",
    font=None,
):
    """Draw formulas with a site's style and font, and return what is wrong with each that is."""
    context = chromium.new_context(viewport={"width": 1600, "height": 1000}, bypass_csp=True)
    page = context.new_page()
    if font:
        page.route(FONT, lambda route: route.fulfill(body=font))
    page.goto(f"{address}/adam.html")
    page.add_style_tag(content=style)
    wrong = dict.fromkeys(chosen)
    for em in (EM, LARGER):
        ours = drawn(page, [change(every[formula]) for formula in wrong], em)
        found = [
            complaint(mine, partner, "<mtable" in every[formula])
            for formula, mine, partner in zip(wrong, ours, katex(list(wrong), em), strict=True)
        ]
        wrong = {formula: what for formula, what in zip(wrong, found, strict=True) if what}
    context.close()
    return wrong


@pytest.fixture
def look(chromium, address, every, katex):
    """Return a function that draws formulas with the site's style and font, and tells what is
    wrong with each."""
    return functools.partial(told, chromium, address, every, katex)


def test_every_formula_is_drawn_as_tex_draws_it(look, every):
    assert len(every) >= FEWEST
    wrong = {tex: told for (tex, _), told in look(list(every)).items()}
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def without(site, *letters):
    """Return the site's font of the maths without some letters."""
    font, stream = TTFont(site / "_static" / "fonts" / "latinmodern-math.woff2"), io.BytesIO()
    for table in font["cmap"].tables:
        for letter in letters:
            table.cmap.pop(ord(letter), None)
    font.save(stream)
    return stream.getvalue()


FAULTS = {
    "roots without a radical": (r"\\sqrt", lambda site: {"font": without(site, "√")}),
    "no epsilon": (r"\\epsilon", lambda site: {"font": without(site, "𝜖", "ϵ")}),
    "empty fractions": (r"\\t?frac", lambda _: {"style": "mfrac > * { opacity: 0 }"}),
    "exponents as subscripts": (
        r"\^",
        lambda _: {"change": lambda maths: maths.replace("msup>", "msub>")},
    ),
    "hidden formulas": ("", lambda _: {"style": "math { visibility: hidden }"}),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_is_drawn_wrong_is_found(look, site, every, kind):
    pattern, fault = FAULTS[kind]
    chosen = [
        formula
        for formula in every
        if re.search(pattern, formula[0]) and "<mtable" not in every[formula]
    ]
    if kind == "exponents as subscripts":
        chosen = [formula for formula in chosen if "<msup>" in every[formula]]
    assert len(chosen) >= 10
    wrong = look(chosen[:30], **fault(site))
    assert not [tex for tex, display in chosen[:30] if (tex, display) not in wrong]
