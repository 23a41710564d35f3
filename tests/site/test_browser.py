"""Pages as a browser shows them: from disk, without a script, on a small screen, in the dark."""

import gzip
import re

import pytest

from optbook import OPTIMIZERS, SCHEDULES, WRAPPERS
from tests.site.test_pages import CHAPTER

BEYOND = ["optimizers.html", "race.html", "memory.html", "conventions.html", "common-errors.html", "summary.html"]
PAGES = [
    "index.html",
    *CHAPTER,
    *BEYOND,
    "gallery/index.html",
    "gallery/optimizers/plot_adam.html",
    "api/optimizers.html",
]


def weight(response):
    """Return the bytes that a response weighs when it is compressed as servers do."""
    body = response.body()
    packed = response.url.endswith((".png", ".woff2", ".zip"))
    return len(body) if packed else len(gzip.compress(body))


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_light_and_stays_on_its_site(visit, address, name, record_property):
    seen = visit(f"{address}/{name}")
    assert not seen.complaints
    assert all(response.url.startswith((address, "data:")) for response in seen.asked)
    total = sum(weight(response) for response in seen.asked if not response.url.startswith("data:"))
    record_property(name, f"{total / 1000:.0f} kB compressed, {len(seen.asked)} files")
    assert name not in CHAPTER or total <= 300_000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_from_disk(visit, site, name):
    seen = visit((site / name).as_uri())
    assert not seen.complaints
    assert all(response.url.startswith(("file:", "data:")) for response in seen.asked)
    assert seen.page.evaluate("[...document.images].every(image => image.loading === 'lazy' || image.naturalWidth > 0)")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_whole_without_scripts(visit, site, name):
    page = visit((site / name).as_uri(), java_script_enabled=False).page
    assert page.locator("h1").is_visible()
    for element in (*page.locator("article math").all()[:20], *page.locator("article img").all()[:4]):
        folded = element.evaluate("e => !!e.closest('details:not([open])')")
        assert folded or element.bounding_box()["width"] > 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_every_screen(visit, site, name):
    page = visit((site / name).as_uri()).page
    for width in (320, 360, 768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


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


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_search_finds_a_page(visit, site, address, scheme):
    start = address if scheme == "http" else site.as_uri()
    page = visit(f"{start}/search.html?q=nesterov").page
    page.locator("#search-results li a").first.wait_for()
    assert "momentum" in page.locator("#search-results").inner_text().lower()


@pytest.mark.parametrize("name", ["adam.html", "gallery/optimizers/plot_adam.html"])
def test_drawings_scroll_on_a_narrow_screen_rather_than_shrink(visit, site, name):
    page = visit((site / name).as_uri(), width=360).page
    box = page.locator("figure, .drawing").first
    assert box.evaluate("box => box.querySelector('img').getBoundingClientRect().width") >= 480
    assert box.get_attribute("tabindex") == "0"


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
    cut = "[...document.querySelectorAll('.entry div.math')].filter(e => e.scrollWidth > e.clientWidth + 1).length"
    assert page.locator(".entry").count() == len(OPTIMIZERS | WRAPPERS | SCHEDULES)
    assert page.evaluate(cut) == 0
    page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type /Page\b(?!s)", (tmp_path / "sheet.pdf").read_bytes())) == 1
