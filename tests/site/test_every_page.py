"""Every page as a browser shows it: light, quiet, open to all, in both themes, at all widths, on paper, from disk."""

import gzip
import json

import pytest

import verify
from tests.site.conftest import NODE, ROOT, opened

GROUP = "name"
PAGES = sorted(verify.sources(ROOT)) + sorted(verify.OWN - verify.sources(ROOT).keys())
SETTINGS = [("light", 1280), ("dark", 1280), ("dark", 360), ("light", 360)]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = f"""async () => (await axe.run(
  {{ runOnly: {RULES}, preload: false, resultTypes: ["violations"] }}
)).violations.map(({{ id, nodes }}) => [id, ...nodes.map((node) => node.html.slice(0, 200))])"""
UNFOLD = """() => {
  document.querySelectorAll("article details").forEach((fold) => { fold.open = true });
  document.querySelector(".opt-figure")?.wake();
}"""
# Words of code that are of one kind look alike: beside the widest listing, axe gets one of each, for it is slow.
THIN = """() => {
  const known = new Set(), listings = [...document.querySelectorAll("pre")];
  const [, ...others] = listings.sort((a, b) => b.scrollWidth - a.scrollWidth);
  others.flatMap((listing) => [...listing.querySelectorAll("span[class]:not(:has(span))")]).forEach((word) => {
    const kind = `${word.parentNode.className} ${word.className}`;
    if (known.has(kind)) (word.closest("a") ?? word).replaceWith(word.textContent.replace(/[^\\n]/g, ""));
    known.add(kind);
  });
}"""
BUDGET = {"gallery/index.html": 400}  # kB; it shows a picture of every script
PAPER = 718  # pixels of a sheet of A4 between its margins
CUT = """() => [...document.querySelectorAll("article, article :not(svg *)")].filter((e) => {
  const style = getComputedStyle(e), { width, left, right } = e.getBoundingClientRect();
  if (!width || style.clipPath !== "none" || style.opacity === "0") return false;
  return left < -1 || right > innerWidth + 1 || (style.overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1);
}).map((e) => e.outerHTML.slice(0, 200))"""
BROKEN = "[...document.images].filter((image) => image.loading !== 'lazy' && !image.naturalWidth).length"
UNSEEN = """[...document.querySelectorAll("article :is(math, img)")]
  .filter((e) => !e.closest("details:not([open]), .skip-link") && !e.getBoundingClientRect().width).length"""


@pytest.fixture(scope="module", params=PAGES)
def name(request):
    """Return the name of a page."""
    return request.param


@pytest.fixture(scope="module")
def seen(chromium, address, name):
    """Open a page over a network, and whatever is folded on it, once for all tests of it."""
    seen = opened(chromium, f"{address}/{name}")
    seen.first, seen.moved = list(seen.asked), seen.page.evaluate("moved")  # before the tests scroll and fold
    seen.page.evaluate(UNFOLD)
    yield seen
    seen.page.context.close()


@pytest.fixture(scope="module")
def windows(chromium):
    """Open a window that runs scripts, and one that does not, for all pages in turn."""
    both = {scripts: opened(chromium, "about:blank", java_script_enabled=scripts) for scripts in (True, False)}
    yield both
    for seen in both.values():
        seen.page.context.close()


def visited(seen, url):
    """Show another page in a window."""
    seen.asked.clear()
    seen.complaints.clear()
    seen.page.goto(url, wait_until="load")
    return seen


def weight(response):
    """Return the bytes that a response weighs when it is compressed as servers do."""
    body = response.body()
    return len(body) if response.url.endswith((".png", ".woff2", ".zip")) else len(gzip.compress(body))


def test_it_is_light_quiet_and_stays_on_its_site(seen, address, name, record_property):
    assert not seen.complaints
    asked = [response for response in seen.first if not response.url.startswith("data:")]
    assert all(response.url.startswith(address) for response in asked)
    total = sum(map(weight, asked)) / 1000
    record_property("Pages without a complaint of the browser or a request to another host", 1)
    record_property("The heaviest page, in kB as it is sent", [round(total), f"({name})"])
    assert total <= BUDGET.get(name, 300)


def test_nothing_moves_once_it_is_drawn(seen):
    assert seen.moved == []


def test_it_fits_every_screen_and_paper(seen, record_property):
    for width in (320, 360, 768, 1280, 1920):
        seen.page.set_viewport_size({"width": width, "height": 900})
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    seen.page.set_viewport_size({"width": PAPER, "height": 1000})
    seen.page.emulate_media(media="print")
    try:
        assert not seen.page.evaluate(CUT)
    finally:
        seen.page.emulate_media(media="screen")
    record_property("Pages with nothing cut off on five screens and on paper", 1)


@pytest.mark.parametrize(("scheme", "width"), SETTINGS)
def test_axe_finds_nothing(seen, scheme, width, record_property):
    if not seen.page.evaluate("typeof axe === 'object'"):
        seen.page.evaluate(THIN)
        seen.page.evaluate((NODE / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    seen.page.set_viewport_size({"width": width, "height": 900})
    seen.page.emulate_media(color_scheme=scheme)
    seen.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    found = seen.page.evaluate(AXE)
    assert not found, json.dumps(found, indent=1)
    record_property("Pages, in light and dark, on a telephone and a desk, where axe finds nothing", 1)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_it_is_whole_from_disk(windows, site, name, scripts):
    seen = visited(windows[scripts], (site / name).as_uri())
    assert all(response.url.startswith(("file:", "data:")) for response in seen.asked)
    assert seen.page.locator("h1").is_visible()
    assert seen.page.evaluate(UNSEEN) == 0
    if name == "404.html":  # it is shown in the place of any page: its addresses begin at the root of a host
        assert all("file:///_static" in complaint or "ERR_FILE" in complaint for complaint in seen.complaints)
        return
    assert not seen.complaints
    assert seen.page.evaluate(BROKEN) == 0


def test_without_scripts_the_policy_stops_nothing(windows, address, name):
    assert not visited(windows[False], f"{address}/{name}").complaints
