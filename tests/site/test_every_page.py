"""Every page as a browser shows it: light, quiet, open to all, in both themes, at all widths, on
paper, from disk."""

import json
import os

import pytest

import verify
from tests.site.conftest import NODE, ROOT, opened, visited

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
DRAW = """() => Promise.all([...document.images].map((image) => {
  image.loading = "eager";
  return image.decode();
}))"""
# What is of one kind looks alike: axe, which is slow, gets one of each. On the cover it gets the
# drawers as they are.
THIN = """() => {
  const known = new Set();
  const repeated = (selector) => [...document.querySelectorAll(selector)].filter((e) => {
    const around = [e, e.parentNode, e.closest("details, td, li, a, h1, h2, h3")];
    const kind = around.map((e) => `${e?.tagName} ${e?.className}`).join();
    return known.has(kind) || !known.add(kind);
  });
  for (const word of repeated("pre span[class]:not(:has(span))")) {
    (word.closest("a") ?? word).replaceWith(word.textContent);
  }
  for (const maths of repeated("article math")) {
    const { width, height } = maths.getBoundingClientRect(), room = document.createElement("span");
    const size = { width: `${width}px`, maxWidth: "100%", height: `${height}px` };
    Object.assign(room.style, { display: "inline-block", ...size });
    maths.replaceWith(room);
  }
  if (document.title === "optbook") return;
  for (const entry of repeated(".sidebar-tree li, .toc-tree li")) entry.remove();
}"""
FAULTS = """() => {
  document.querySelector("article").insertAdjacentHTML("beforeend",
    "<p class=faint>Faint</p><pre>a <span class=odd>word</span></pre>" +
    "<button></button><img src=card.png>");
  const faint = { color: "#999", background: "#888" };
  document.querySelectorAll(".faint, .odd").forEach((e) => Object.assign(e.style, faint));
}"""
# kB: of what a page asks for at once, and with the thumbnails of all that it leads to
BUDGET, TO_ITS_END = 300, 450
PAPER = 718  # pixels of a sheet of A4 between its margins
CUT = """() => [...document.querySelectorAll("article, article :not(svg *)")].filter((e) => {
  const style = getComputedStyle(e), { width, left, right } = e.getBoundingClientRect();
  if (!width || style.clipPath !== "none" || style.opacity === "0") return false;
  const cut = style.overflowX !== "visible" && e.scrollWidth > e.clientWidth + 1;
  return left < -1 || right > innerWidth + 1 || cut;
}).map((e) => e.outerHTML.slice(0, 200))"""
# What is wider than its box at a width of the screen, but for pictures: it must show that it
# scrolls, and formulas may do so on telephones alone.
SPILLS = """(mayScroll) => [
  ...document.querySelectorAll("article :not(svg *, math *, figure, .drawing)"),
].filter((e) => {
  const end = (box) => box.getBoundingClientRect().right;
  if (e.matches("math:not(div.math *, table *)"))
    return end(e) > end(e.parentElement.closest(":not(span, a, em)")) + 1;
  const { overflowX, backgroundAttachment, clipPath } = getComputedStyle(e);
  if (overflowX === "visible" || clipPath !== "none") return false;
  if (!e.clientWidth || e.scrollWidth <= e.clientWidth + 1) return false;
  const shows = /auto|scroll/.test(overflowX) && backgroundAttachment.includes("local");
  return !shows || (e.matches("div.math") && !mayScroll);
}).map((e) => e.outerHTML.slice(0, 300))"""
BROKEN = (
    "[...document.images].filter((image) => image.loading !== 'lazy' && !image.naturalWidth).length"
)
UNSEEN = """[...document.querySelectorAll("article :is(math, img)")]
  .filter((e) => !e.closest("details:not([open]), .skip-link"))
  .filter((e) => !e.getBoundingClientRect().width
    || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
  .map((e) => e.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module", params=PAGES)
def name(request):
    """Return the name of a page."""
    return request.param


@pytest.fixture(scope="module")
def windows(chromium):
    """Open three windows for all pages in turn: without a memory, to read from disk, and without
    scripts."""
    small = {"width": 320, "height": 240}  # there is less to draw
    three = {
        kind: opened(chromium, "about:blank", **small, java_script_enabled=kind != "bare")
        for kind in ("fresh", "disk", "bare")
    }
    page = three["fresh"].page
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    yield three
    for seen in three.values():
        seen.page.context.close()


@pytest.fixture(scope="module")
def seen(windows, address, name):
    """Visit a page over a network, and open whatever is folded on it, once for all tests of it."""
    page = windows["fresh"].page
    page.goto("about:blank")  # what the page before has still to load is not of this one
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(color_scheme="light", media="screen")
    seen = visited(windows["fresh"], f"{address}/{name}")
    seen.moved = page.evaluate("moved")  # before anybody scrolls and folds
    page.evaluate(UNFOLD)
    page.evaluate(DRAW)
    return seen


def test_it_is_light_quiet_and_stays_on_its_site(seen, address, name):
    assert not seen.complaints
    asked = [response for response in seen.asked if not response.url.startswith("data:")]
    assert all(response.url.startswith(address) for response in asked)
    sizes = {response.url: int(response.headers["content-length"]) / 1000 for response in asked}
    total = sum(size for url, size in sizes.items() if "_thumb." not in url)
    assert total <= BUDGET
    assert sum(sizes.values()) <= TO_ITS_END


def test_a_page_is_opened_once(request):
    """Versions of pytest and xdist that do not suit each other put the tests of a page asunder,
    and say nothing."""
    assert "PYTEST_XDIST_WORKER" not in os.environ or "@test_every_page" in request.node.nodeid


def test_nothing_moves_once_it_is_drawn(seen):
    assert seen.moved == []


def test_it_fits_every_screen_and_paper(seen):
    for width in (320, 360, 768, 1280, 1920):
        seen.page.set_viewport_size({"width": width, "height": 900})
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
        assert seen.page.evaluate(SPILLS, width < 768) == [], width
    seen.page.set_viewport_size({"width": PAPER, "height": 1000})
    seen.page.emulate_media(media="print")
    try:
        assert not seen.page.evaluate(CUT)
        assert not seen.page.evaluate(UNSEEN)
    finally:
        seen.page.emulate_media(media="screen")


def examined(page):
    """Return what axe finds wrong."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(THIN)
        page.evaluate((NODE / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return page.evaluate(AXE)


@pytest.mark.parametrize(("scheme", "width"), SETTINGS)
def test_axe_finds_nothing(seen, scheme, width):
    seen.page.set_viewport_size({"width": width, "height": 900})
    seen.page.emulate_media(color_scheme=scheme)
    found = examined(seen.page)
    assert not found, json.dumps(found, indent=1)


def test_axe_finds_what_is_wrong(visit, address):
    page = visit(f"{address}/summary.html").page
    page.evaluate(FAULTS)
    found = {rule: len(places) for rule, *places in examined(page)}
    assert found == {"color-contrast": 2, "button-name": 1, "image-alt": 1}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_it_is_whole_from_disk(windows, site, name, scripts):
    seen = visited(windows["disk" if scripts else "bare"], (site / name).as_uri())
    assert all(response.url.startswith(("file:", "data:")) for response in seen.asked)
    assert seen.page.locator("h1").is_visible()
    assert not seen.page.evaluate(UNSEEN)
    # it is shown in the place of any page: its addresses begin at the root of a host
    if name == "404.html":
        assert all(
            "file:///_static" in complaint or "ERR_FILE" in complaint
            for complaint in seen.complaints
        )
        return
    assert not seen.complaints
    assert seen.page.evaluate(BROKEN) == 0


def test_without_scripts_the_policy_stops_nothing(windows, address, name):
    assert not visited(windows["bare"], f"{address}/{name}").complaints
