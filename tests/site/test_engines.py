"""The same pages in the engines of three browsers: quiet, drawn alike, and of use.

The gate looks at some pages in one window; `make engines` looks at all of them, in light and dark,
on a desk and a telephone.
"""

import itertools
import json
import os
import re
import shutil

import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from tests import browser
from tests.engines import ENGINES, Chromium
from tests.site.test_every_page import PAGES
from tests.site.test_pages import CHAPTER, UNSEEN

GROUP = "engine"  # each has a process of its own, and so no two of a kind run at once
ALL = "ENGINES" in os.environ
LISTED = ["index.html", *CHAPTER, "gallery/optimizers/plot_adam.html", "search.html"]
NAMES = PAGES if ALL else LISTED
WINDOWS = (
    [(width, dark) for dark in (False, True) for width in (1280, 360)] if ALL else [(1280, False)]
)
FROM_DISK = ["adam.html", "gradient-descent.html"]
START = "<head>"
WATCH = """window.told = [];
addEventListener("error", (event) =>
  told.push(event.message ?? `not loaded: ${event.target.outerHTML}`), true);
addEventListener("unhandledrejection", (event) => told.push(`rejected: ${event.reason}`));
addEventListener("securitypolicyviolation", (event) =>
  told.push(`stopped: ${event.violatedDirective}`), true);
for (const kind of ["error", "warn"]) console[kind] = (...words) => told.push(words.join(" "));
"""
TO_THE_END = """(async () => {
  const images = [...document.images];
  for (const image of images) image.loading = "eager";
  await Promise.all([document.fonts.ready, ...images.map((image) => image.decode())]);
  return true;
})()"""
WEIGHTS = [0.2126, 0.7152, 0.0722]  # of red, green and blue in luminance
TO_THE_TOGGLE = (
    "[...document.querySelectorAll('.theme-toggle')].find((e) => e.getClientRects().length).focus()"
)
GROUND = "getComputedStyle(document.body).backgroundColor"
FIGURE = "document.querySelector('.opt-figure')"
ON_MAP = f"""(() => {{
  const map = {FIGURE}.querySelector(".map").getBoundingClientRect();
  const from = (x, y) => [x - map.x, y - map.y];
  const {{ x, y, width, height }} = {FIGURE}.querySelector(".start").getBoundingClientRect();
  return [from(x + width / 2, y + height / 2), [map.width / 2, map.height / 2]];
}})()"""
GROUNDS = f"""(() => {{
  const slider = {FIGURE}.querySelector(".controls input[type=range]:enabled");
  slider.value = slider.min;
  const {{ left, top, right, bottom }} = slider.getBoundingClientRect();
  const middle = (top + bottom) / 2;
  const page = {FIGURE}.getBoundingClientRect();
  const choice = {FIGURE}.querySelector(".controls select").getBoundingClientRect();
  return [
    [page.left + 2, choice.top, page.left + 8, choice.bottom],
    [choice.left, choice.top, choice.right, choice.bottom],
    [left + 30, middle - 1, right - 6, middle + 1],
  ].map((box) => box.map(Math.round)) }})()"""
SHEET = """(async () => {
  const sheet = document.createElement("div");
  sheet.innerHTML = %s.map((formula) => `<div>${formula}</div>`).join("");
  Object.assign(sheet.style, { display: "flex", flexWrap: "wrap", marginRight: "2rem" });
  Object.assign(sheet.style, { background: "white", color: "black" });
  for (const cell of sheet.children) cell.style.padding = "16px";
  document.body.replaceChildren(sheet);
  await document.fonts.ready;
  return [...sheet.children].map((cell) => {
    const { left, top, right, bottom } = cell.getBoundingClientRect();
    return [left, top + scrollY, right, bottom + scrollY].map(Math.round);
  });
})()"""
SCROLLED = """new Promise((done) => {
  scrollTo({ top: %d, behavior: "instant" });
  requestAnimationFrame(() => requestAnimationFrame(() => done(scrollY)));
})"""
PARTS = ["mi", "mn", "mo", "mtext", "msqrt", "mroot", "mover", "munder"]
# Engines set formulas a little wider or narrower, and sizes are whole pixels: this far may sizes be
# apart, in pixels and as a share, and this many times the ink, once the strokes of an engine are
# allowed to be bolder in all.
OF_PARTS, OF_FORMULAS, OF_INK = (2, 0.06), (6, 0.12), 1.5
# a hat may sit a little higher, and a root be a size taller
OF_HATS, OF_ROOTS = ((4, 0.06), (3, 0.35))


@pytest.fixture(scope="module")
def book(site, tmp_path_factory):
    """Return a folder with the site, whose pages listen to what is said of them from the first
    moment on."""
    book = tmp_path_factory.mktemp("engines") / "book"
    shutil.copytree(site, book, copy_function=os.symlink)
    (book / "_static" / "watch.js").write_text(WATCH, encoding="utf-8")
    for name in NAMES:
        text = (site / name).read_text(encoding="utf-8")
        root = "/" if name == "404.html" else "../" * name.count("/")
        assert START in text
        (book / name).unlink()
        watched = text.replace(START, f'{START}<script src="{root}_static/watch.js"></script>', 1)
        (book / name).write_text(watched, encoding="utf-8")
    return book


@pytest.fixture(scope="module")
def watched(book):
    """Serve that folder."""
    with browser.served(book) as address:
        yield address


@pytest.fixture(scope="module", params=ENGINES)
def engine(request):
    """Return the name of an engine."""
    return request.param


@pytest.fixture(
    scope="module",
    params=WINDOWS,
    ids=lambda window: f"{window[0]}-{'dark' if window[1] else 'light'}",
)
def window(request, engine, chromium):
    """Open a window of an engine, which is used for all pages in turn."""
    width, dark = request.param
    with (Chromium(chromium) if engine == "chromium" else ENGINES[engine]()).started(
        width, 900, dark
    ) as window:
        yield window


def opened(window, url):
    """Open a page, and wait until all of it is there."""
    window.open(url)
    window.until(TO_THE_END)


def complaints(window):
    """Return what a page and its browser have complained of."""
    return [*window.evaluate("told"), *window.said]


@pytest.mark.parametrize("name", NAMES)
def test_a_page_is_quiet_and_changes_its_ground(window, engine, watched, name):
    opened(window, f"{watched}/{name}")
    before = window.evaluate(GROUND)
    if engine == "webkit":  # its scroll bar lies over a button at the edge: the keyboard reaches it
        window.evaluate(TO_THE_TOGGLE)
        window.press("Enter")
    else:
        window.click(".theme-toggle")
    assert window.evaluate(GROUND) != before
    window.evaluate("localStorage.clear()")
    assert complaints(window) == []


def luminance(picture):
    """Return the luminance of the middle one of all pixels, from 0 to 1, as WCAG defines it."""
    shares = np.asarray(picture.convert("RGB")) / 255
    return np.median(
        np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4) @ WEIGHTS
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_controls_are_drawn_on_the_ground_of_the_theme(window, watched, theme):
    opened(window, f"{watched}/adam.html")
    for _ in range(3):  # automatic, light and dark in some order
        if window.evaluate("document.body.dataset.theme") != theme:
            window.click(".theme-toggle")
    window.middle(".opt-figure .controls select")
    window.until(f"!!{FIGURE}.scene")
    page, choice, track = window.evaluate(GROUNDS)
    picture = window.picture()
    ground = luminance(picture.crop(page))
    assert luminance(picture.crop(choice)) == pytest.approx(ground, abs=0.1)
    assert luminance(picture.crop(track)) == pytest.approx(ground, abs=0.5)
    window.evaluate("localStorage.clear()")


PLACES = [("http", name) for name in CHAPTER] + [("file", name) for name in FROM_DISK]


@pytest.mark.parametrize(("way", "name"), PLACES)
def test_a_figure_answers(window, watched, book, way, name):
    opened(window, f"{watched if way == 'http' else book.as_uri()}/{name}")
    window.middle(".opt-figure .views")
    window.until(f"!!{FIGURE}.scene")
    slides(window)
    plays(window)
    if window.evaluate(f"!!{FIGURE}.querySelector('.start')"):
        is_dragged(window)
    assert complaints(window) == []
    is_copied(window)
    assert complaints(window) == []


def state(window):
    """Return what the controls of a figure are set to."""
    return window.evaluate(f"{FIGURE}.state")


def slides(window):
    """Move the first slider with a key, and see that the figure follows."""
    first = f"{FIGURE}.querySelector('input[type=range]:enabled')"
    name, before = window.evaluate(f"{first}.name"), state(window)
    window.evaluate(f"{first}.focus()")
    window.press("ArrowRight")
    window.until(f"{FIGURE}.state[{json.dumps(name)}] !== {before[name]}")


def plays(window):
    """Start the player, see that it moves, and stop it if it has not come to its end."""
    before = state(window)["t"]
    window.click("[data-do=play]")
    window.until(f"{FIGURE}.state.t !== {before}")
    if window.evaluate(f"{FIGURE}.playing"):
        window.click("[data-do=play]")
    window.until(f"!{FIGURE}.playing")


def is_dragged(window):
    """Drag the start towards the middle of the map, and see that it goes along."""
    before, middle = window.evaluate(ON_MAP)
    right, down = (40 if there > here else -40 for here, there in zip(before, middle, strict=True))
    window.drag(*window.middle(".opt-figure .start"), right, down)
    after, _ = window.evaluate(ON_MAP)
    assert after == pytest.approx([before[0] + right, before[1] + down], abs=3)


def is_copied(window):
    """Copy a link to the figure as it is, paste it, and see that it leads to the same."""
    before = state(window)
    window.click("[data-do=link]")
    window.until("document.querySelector('[data-do=link]').textContent === 'Copied'")
    window.evaluate("document.body.appendChild(document.createElement('textarea')).focus()")
    window.press("Control+v")
    window.open(window.until("document.querySelector('body > textarea').value"))
    window.until(f"!!{FIGURE}.scene")
    assert state(window) == before


def test_search_finds_a_page(window, watched):
    window.open(f"{watched}/search.html?q=nesterov")
    window.until(
        "document.querySelector('#search-results').innerText.toLowerCase().includes('momentum')"
    )
    assert complaints(window) == []


@pytest.fixture(scope="module")
def formulas(book):
    """Return every formula of the pages, and every part that is drawn in its own way, once, as a
    formula."""
    found, parts = {}, {}
    for name in LISTED:
        page = BeautifulSoup((book / name).read_text(encoding="utf-8"), "html.parser")
        for formula in page.select("article math"):
            found[str(formula)] = OF_FORMULAS
            for part in formula.find_all(PARTS):
                # a lone one stretches, or does not
                if re.sub(UNSEEN, "", part.text) and part.text not in "()[]{}|":
                    parts[f"<math>{part}</math>"] = {"mover": OF_HATS, "msqrt": OF_ROOTS}.get(
                        part.name, OF_PARTS
                    )
    return found | parts


def inked(window, watched, formulas):
    """Return the width and height of the ink of each formula, and how much of it there is."""
    window.open(f"{watched}/adam.html")
    cells = window.evaluate(SHEET % json.dumps(list(formulas)))
    width, height = window.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    sheet = Image.new("L", (width, height))
    for below in range(0, height, 800):
        top = window.evaluate(SCROLLED % below)
        sheet.paste(window.picture().convert("L"), (0, round(top)))
    found = []
    for cell in cells:
        ink = 1 - np.asarray(sheet.crop(cell)) / 255
        places = np.argwhere(ink > 0.25)
        size = np.ptp(places, axis=0)[::-1] + 1 if len(places) else (0, 0)
        found.append([*size, ink.sum()])
    return np.array(found)


@pytest.mark.parametrize("window", WINDOWS[:1], indirect=True, ids=["1280-light"])
def test_formulas_are_drawn_as_chromium_draws_them(window, engine, chromium, watched, formulas):
    found = inked(window, watched, formulas)
    none = [formula for formula, ink in zip(formulas, found, strict=True) if not ink.all()]
    assert not none, "\n".join(none)
    if engine == "chromium":
        return
    with Chromium(chromium).started(1280, 900, False) as other:
        wanted = inked(other, watched, formulas)
    pixels, share = np.array(list(formulas.values())).T
    far = (pixels + share * wanted[:, :2].T < np.abs(found - wanted)[:, :2].T).any(axis=0)
    bolder = found[:, 2] / np.maximum(wanted[:, 2], 1)
    far |= np.abs(np.log(bolder / np.median(bolder))) > np.log(OF_INK)
    rows = [
        f"{row[1].round()} here, {row[2].round()} in Chromium: {row[0]}"
        for row in zip(formulas, found, wanted, strict=True)
    ]
    assert not far.any(), "\n".join(itertools.compress(rows, far))
