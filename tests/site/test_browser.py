"""What a reader does with a page, in a browser."""

import io
import re
import subprocess

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import Image

from optbook import OPTIMIZERS, SCHEDULES, WRAPPERS
from tests import browser
from tests.site.conftest import until
from tests.site.test_pages import CHAPTER


@pytest.mark.parametrize("name", CHAPTER)
def test_figures_suit_both_themes(visit, site, name):
    light = visit((site / name).as_uri(), color_scheme="light").page
    dark = visit((site / name).as_uri(), color_scheme="dark").page
    style = "getComputedStyle(document.querySelector('figure img')).filter"
    assert light.evaluate(style) == "none"
    assert dark.evaluate(style) == "invert(1) hue-rotate(180deg)"
    for _ in range(3):  # auto, light, dark in some order: one of them must be light
        if dark.evaluate("document.body.dataset.theme") == "light":
            break
        dark.locator(".theme-toggle-content button").click()
    assert dark.evaluate(style) == "none"


@pytest.fixture(params=["http", "file"])
def start(request, site, address):
    """Return the address of the site, over a network and from disk."""
    return address if request.param == "http" else site.as_uri()


def test_search_finds_a_page(visit, start):
    seen = visit(f"{start}/search.html?q=nesterov")
    seen.page.locator("#search-results li a").first.wait_for()
    assert "momentum" in seen.page.locator("#search-results").inner_text().lower()
    assert not seen.complaints


def test_the_search_page_can_be_asked(visit, start):
    seen = visit(f"{start}/search.html", width=360)
    seen.page.locator(".search-here input").fill("nesterov")
    seen.page.keyboard.press("Enter")
    seen.page.locator("#search-results li a").first.wait_for()
    assert seen.page.locator(".search-here input").input_value() == "nesterov"
    assert not seen.complaints


def test_the_index_fits_a_telephone(visit, address):
    page = visit(f"{address}/genindex.html", width=360).page
    ends = page.evaluate(
        "[...document.querySelectorAll('td a')].map((e) => e.getBoundingClientRect().right)"
    )
    assert max(ends) <= 360


def test_theme_and_figures_work_under_the_policy(visit, start):
    seen = visit(f"{start}/gradient-descent.html")
    before = seen.page.evaluate("document.body.dataset.theme")
    seen.page.locator(".theme-toggle-content button").click()
    assert seen.page.evaluate("document.body.dataset.theme") != before
    seen.page.locator(".opt-figure").scroll_into_view_if_needed()
    until(seen.page, "document.querySelector('.opt-figure').scene")
    seen.page.locator("[data-do=reset]").click()
    seen.page.locator("[data-do=step][value='1']").click()
    assert not seen.complaints


FOCUS = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
  const middle = (low, high, size) => (Math.max(low, 0) + Math.min(high, size)) / 2;
  const there = document.elementFromPoint(
    middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight));
  // its icon shows the focus, and so do the circles of a start
  const drawer = e.matches(".sidebar-toggle");
  const { outlineStyle, outlineWidth } = style;
  const drawn = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const ringed = outlineStyle === "auto" || drawn, found = e.contains(there) || there?.contains(e);
  return { place: [...document.querySelectorAll("*")].indexOf(e), html: e.outerHTML.slice(0, 120),
    body: e === document.body, ringed: ringed || drawer || e.matches(".start"),
    seen: drawer || (style.opacity > 0 && box.width > 0 && found) };
}"""


def walked(page):
    """Walk through a page with the Tab key alone; return every place of the focus."""
    places = []
    for _ in range(1000):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUS)
        if here["body"] or (places and here["place"] == places[0]["place"]):
            return places
        places.append(here)
    raise AssertionError("the focus never comes to an end")


@pytest.mark.parametrize("width", [360, 1280])
def test_the_keyboard_walks_through_a_chapter(visit, address, width):
    page = visit(f"{address}/gradient-descent.html", width=width, reduced_motion="reduce").page
    places = walked(page)
    assert "skip" in places[0]["html"].lower(), "the first stop leads past the navigation"
    order = [place["place"] for place in places]
    assert order == sorted(set(order)), "the order is that of reading, and no place comes twice"
    assert [place["html"] for place in places if not place["seen"]] == []
    assert [place["html"] for place in places if not place["ringed"]] == []


@pytest.mark.parametrize("drawer", ["navigation", "toc"])
def test_the_keyboard_opens_the_drawers(visit, address, drawer):
    page = visit(f"{address}/gradient-descent.html", width=360, reduced_motion="reduce").page
    inside = (
        page.locator({"navigation": ".sidebar-drawer", "toc": ".toc-drawer"}[drawer])
        .get_by_role("link")
        .first
    )
    assert not inside.is_visible()
    page.locator(f"#__{drawer}").focus()
    page.keyboard.press("Space")
    inside.wait_for(state="visible")


@pytest.mark.parametrize("name", CHAPTER)
def test_a_chapter_prints(visit, address, name):
    printed = visit(f"{address}/{name}").page.pdf(format="A4")
    assert len(re.findall(rb"/Type /Page\b(?!s)", printed)) >= 5


@pytest.mark.parametrize("name", ["adam.html", "gallery/optimizers/plot_adam.html"])
def test_drawings_scroll_on_a_narrow_screen_rather_than_shrink(visit, site, name):
    page = visit((site / name).as_uri(), width=360).page
    box = page.locator(".drawing, figure:not(:has(.drawing))").first
    assert box.evaluate("box => box.querySelector('img').getBoundingClientRect().width") >= 480
    assert box.get_attribute("tabindex") == "0"


@pytest.mark.browser
def test_browsers_find_fonts_for_text_and_none_for_maths():
    listing = ["fc-list", "--format", "%{file}\\n"]
    told = subprocess.run(
        listing, env=browser.plain_fonts(), check=True, capture_output=True, text=True
    )
    fonts = [TTFont(path) for path in told.stdout.splitlines()]
    names = {font["name"].getBestFamilyName() for font in fonts}
    assert names >= {"DejaVu Sans", "Liberation Sans"}
    assert not [name for name in names if "math" in name.lower()]
    assert not [font["name"].getBestFullName() for font in fonts if ord("𝜃") in font.getBestCmap()]


def test_maths_uses_the_books_own_font(visit, address):
    seen = visit(f"{address}/adam.html")
    assert any("latinmodern-math" in response.url for response in seen.asked)
    assert seen.page.evaluate("document.fonts.check('16px \"Latin Modern Math\"')")


def test_code_can_be_copied(visit, address):
    page = visit(f"{address}/adam.html").page
    assert page.locator(".listing button.copybtn").count() >= 3


def test_previous_and_next_walk_through_the_chapter(visit, address):
    page = visit(f"{address}/index.html").page
    for name in CHAPTER:
        page.locator("a.next-page").click()
        page.wait_for_url(f"**/{name}")


def test_the_summary_sheet_prints_on_one_sheet(visit, site, tmp_path):
    page = visit((site / "summary.html").as_uri()).page
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 733, "height": 1063})
    cut = (
        "[...document.querySelectorAll('.entry div.math')].filter(e => e.scrollWidth >"
        " e.clientWidth + 1).length"
    )
    assert page.locator(".entry").count() == len(OPTIMIZERS | WRAPPERS | SCHEDULES)
    assert page.evaluate(cut) == 0
    page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b(?!s)", (tmp_path / "sheet.pdf").read_bytes())) == 1


@pytest.mark.parametrize("selector", [".listing pre", "div.math"])
def test_what_scrolls_shows_it(visit, site, selector):
    """At the end beyond which there is more, the ground is darker than at the last."""
    page = visit((site / "adam.html").as_uri(), width=320, color_scheme="light").page
    wide = page.locator(selector).first
    assert wide.evaluate("box => box.scrollWidth > box.clientWidth + 20")
    wide.scroll_into_view_if_needed()
    grounds = []
    for place in (0, 10_000):
        wide.evaluate("(box, place) => box.scrollTo({ left: place, behavior: 'instant' })", place)
        x, y, width, height = wide.bounding_box().values()
        strip = page.screenshot(clip=dict(x=x + width - 3, y=y + height - 6, width=2, height=4))
        grounds.append(np.asarray(Image.open(io.BytesIO(strip)).convert("L")).mean())
    assert grounds[0] < grounds[1] - 10, grounds


def test_on_paper_text_is_dark_and_boxes_are_light_whatever_the_theme(visit, site):
    page = visit((site / "adam.html").as_uri(), color_scheme="dark").page
    page.emulate_media(media="print", color_scheme="dark")
    style = "getComputedStyle(document.querySelector('{}')).{}"
    for element, part, dark in (
        ("article section > p", "color", True),
        ("article h1", "color", True),
        (".admonition.rule", "backgroundColor", False),
    ):
        shade = page.evaluate(style.format(element, part))
        levels = [float(level) for level in re.findall(r"[\d.]+", shade)[:3]]
        assert (np.mean(levels) < 80) == dark, (element, part, shade)
