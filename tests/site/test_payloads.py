"""Text that would like to be a script, wherever a book has text: none of it runs, and nothing
asks another host."""

from urllib.parse import quote

import pytest

from tests import browser
from tests.faults.book import Book, make
from tests.site.conftest import opened

RAN = "document.title = 'ran'"
PAYLOADS = [
    f"<script>{RAN}</script>",
    f'<img src="https://elsewhere.invalid/a.png" onerror="{RAN}">',
]
BOTH = " ".join(PAYLOADS)
MARK = "harmful"  # a word to search for
PAGE = f"""# {MARK} `{BOTH}`

An equation: ${{}}^\\text{{{PAYLOADS[0]}}} = \\text{{{PAYLOADS[1]}}}$

See [the first](index.md).
"""
CELL = f"""print({BOTH!r})
class Evil:
    _repr_html_ = _repr_svg_ = _repr_markdown_ = lambda self: {BOTH!r}
    __repr__ = _repr_javascript_ = _repr_latex_ = _repr_html_
display(Evil())
"""
SEARCH = f"search.html?q={MARK}+{quote(BOTH)}"


@pytest.fixture(scope="module")
def harmful(tmp_path_factory):
    """Build a small book that has payloads for titles, outputs, equations and pictures' words;
    return its site."""
    book = Book(tmp_path_factory.mktemp("payloads") / "book")
    make(book.root)
    book.write("docs/other.md", PAGE)
    book.edit("docs/index.md", 'print("ends at"', f'{CELL}print("ends at"')
    book.edit("gallery/few/plot_one.py", "A script\n========", f"{MARK} ``{BOTH}``\n{'=' * 200}")
    book.edit("gallery/few/plot_one.py", 'print("ends at"', f'print({BOTH!r})\nprint("ends at"')
    book.edit("gallery/few/plot_one.py", '"Loss against step, which falls."', repr(BOTH))
    book.builds()
    return book.site


@pytest.fixture(scope="module", params=["http", "file"])
def address(harmful, request):
    """Return the address of the small book, over a network and from disk."""
    with browser.served(harmful.resolve()) as address:
        yield address if request.param == "http" else harmful.resolve().as_uri()


@pytest.mark.parametrize(
    "name", ["index.html", "other.html", "gallery/few/plot_one.html", "gallery/index.html", SEARCH]
)
def test_no_payload_runs(chromium, address, name):
    seen = opened(chromium, f"{address}/{name}")
    if name == SEARCH:
        seen.page.locator("#search-results li a").first.wait_for()
    seen.page.wait_for_timeout(200)
    assert "elsewhere.invalid" in seen.page.inner_text("body"), "the payload is not on the page"
    assert seen.page.title() != "ran"
    assert not seen.complaints
    assert all(
        response.url.startswith((address.partition("///")[0], "data:")) for response in seen.asked
    )
    seen.page.context.close()


def test_a_payload_that_runs_is_noticed(chromium, harmful):
    page = harmful.resolve() / "open.html"
    page.write_text(f"<title>open</title>{PAYLOADS[0]}")
    assert opened(chromium, page.as_uri()).page.title() == "ran"
    page.unlink()
