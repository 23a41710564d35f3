"""The curves of the interactive figures, as drawn: in the light, in the dark and on paper, by
pixels."""

import functools
import io

import numpy as np
import pytest
from PIL import Image

from tests.site.conftest import until
from tests.site.test_figures import PAGES

LOOKS = {"light": {}, "dark": {"color_scheme": "dark"}, "paper": {}}
# contrast of a stroke to what is under it, as drawn: faint ahead of the cursor, full behind it
AHEAD, DONE = (1.3, 2.2)
INK = 20  # pixels with that contrast, at two for each of the page's
WIDE = 8  # pixels from one end of a curve to the other, across or up
INKS = """() => [...document.querySelectorAll('.opt-figure .key li')].map((li) =>
  [li.textContent, li.querySelector('path').getAttribute('stroke')])"""
BOXES = """() => [...document.querySelectorAll('.opt-figure .views > svg')].map((view) => {
  view.closest('.opt-figure').scrollIntoView({ behavior: 'instant' });
  const { x, y, width, height } = view.getBoundingClientRect();
  return [view.getAttribute('aria-label'), x, y, width, height] })"""
HIDE = """([place, ink]) => [...document.querySelectorAll('.opt-figure .views > svg')[place]
  .querySelectorAll(`svg path[stroke="${ink}"]:not(.step)`)]
  .map((line) => { line.style.visibility = 'hidden' }).length"""
SHOW = (
    "() => document.querySelectorAll('.opt-figure .views path').forEach((line) => {"
    " line.style.visibility = '' })"
)


def photograph(page, box):
    """Return the relative luminance of each pixel in a box of the page."""
    _, x, y, width, height = box
    taken = page.screenshot(clip={"x": x, "y": y, "width": width, "height": height})
    values = np.asarray(Image.open(io.BytesIO(taken)).convert("RGB")) / 255
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4) @ [
        0.2126,
        0.7152,
        0.0722,
    ]


def unseen(page, contrast):
    """Say which run of a figure, by the key under it, has no curve that can be seen on which of
    its drawings."""
    for place, box in enumerate(page.evaluate(BOXES)):
        if min(box[3:]) < 100:
            yield f"{box[0]} has no room"
            continue
        whole = photograph(page, box)
        for title, ink in page.evaluate(INKS):
            found = page.evaluate(HIDE, [place, ink])
            without = photograph(page, box)
            page.evaluate(SHOW)
            high, low = np.maximum(whole, without), np.minimum(whole, without)
            rows, columns = np.nonzero((high + 0.05) / (low + 0.05) >= contrast)
            if not found or len(rows) < INK or max(np.ptp(rows), np.ptp(columns)) < WIDE:
                yield f"{box[0]}: {title}: {found} lines, {len(rows)} pixels"


def at_both_ends(page):
    """Say what cannot be seen of a figure as it opens, and with its cursor at the end."""
    opening = [*unseen(page, AHEAD)]
    page.evaluate("() => document.querySelector('.opt-figure').go(1e9)")
    return opening + [*unseen(page, DONE)]


def shown(visit, address, name, how):
    """Show a figure as somebody sees it."""
    page = visit(f"{address}/{PAGES[name]}", device_scale_factor=2, **LOOKS[how]).page
    page.locator(".opt-figure").evaluate("figure => figure.scrollIntoView({ behavior: 'instant' })")
    until(page, "document.querySelector('.opt-figure').scene")
    page.emulate_media(media="print" if how == "paper" else "screen", **LOOKS[how])
    return page


@pytest.fixture
def look(visit, address):
    """Return a function that shows a figure as somebody sees it."""
    return functools.partial(shown, visit, address)


@pytest.mark.parametrize("how", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_every_curve_can_be_seen(look, name, how):
    page = look(name, how)
    assert not at_both_ends(page)
    assert len(page.evaluate(INKS)) >= 1


@pytest.mark.parametrize(
    ("how", "rule"),
    [
        ("dark", ".opt-figure .views svg svg > path { opacity: 0.03 }"),
        ("light", ".opt-figure .views svg svg > path { opacity: 0.03 }"),
        ("dark", ".opt-figure .views svg svg > path { stroke: #fff }"),
        ("light", ".opt-figure .views svg svg > path { stroke: #fff }"),
        ("light", ".opt-figure .views svg svg > path { stroke-width: 0.3 !important }"),
        ("light", ".opt-figure .views svg svg > path { transform: translateX(9999px) }"),
        ("light", ".opt-figure .views > svg { width: 60px }"),
        ("paper", ".opt-figure { display: none }"),
        ("paper", ".opt-figure .views { visibility: hidden }"),
    ],
)
def test_a_curve_that_cannot_be_seen_is_found(look, how, rule):
    page = look("play-momentum", how)
    page.evaluate(
        """rule => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rule);
        document.adoptedStyleSheets = [sheet] }""",
        rule,
    )
    assert len(at_both_ends(page)) >= 2
