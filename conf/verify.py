"""What must hold of a finished site before it is published.

A rule looks at one thing after the other, and yields what is wrong with each: an empty text,
mostly.
"""

import re
from urllib.parse import urljoin, urlparse

from ext import postprocess

# pages that Sphinx makes, with or without a source
OWN = {"genindex.html", "search.html", "404.html"}
TEXTS = {".html", ".js", ".css", ".txt", ".py", ".ipynb", ".svg", ".xml"}
LARGEST = 3_000_000  # bytes of a file
HERE = "https://here.invalid/"
TAG = re.compile(r"<(?:script|img|iframe|source|video|audio|embed|object|link|image|use)\b[^>]*>")
ADDRESS = re.compile(r'\s(?:src|srcset|data|href|poster)="([^"]*)"')
LEADS = re.compile(r'\srel="(?:index|search|next|prev|canonical)"')  # links that load nothing
IN_STYLE = re.compile(r"""(?:url\(|@import\s+)['"]?([^'")\s]+)""")
PRIVATE = r"Traceback \(most recent|<[\w.]+ object at 0x[0-9a-f]+|/tmp/|/home/|/root/"
SHOWN = re.compile(r"^ *plt\.show\(\)", re.MULTILINE)
DRAWN = re.compile(r'<img [^>]*src="[^"]*_images/(?!sphx_glr_\w+_thumb)')


def sources(stage):
    """Return every source that becomes a page, by the name of the page."""
    docs, gallery = stage / "docs", stage / "gallery"
    pages = {path.relative_to(docs).with_suffix(".html"): path for path in docs.rglob("*.md")}
    pages |= {path.relative_to(stage).with_suffix(".html"): path for path in gallery.rglob("*.py")}
    pages |= {
        path.relative_to(stage).with_name("index.html"): path
        for path in gallery.rglob("GALLERY_HEADER.rst")
    }
    return {page.as_posix(): path for page, path in pages.items()}


def texts(html, *kinds):
    """Yield the name and the text of every file of these kinds."""
    for path in sorted(path for path in html.rglob("*") if path.suffix in kinds):
        yield path.relative_to(html).as_posix(), path.read_text(encoding="utf-8")


def every_page_has_a_source(stage, html):
    """No page is missing, and none is left over from a source that is gone."""
    wanted = sources(stage)
    there = {path.relative_to(html).as_posix() for path in html.rglob("*.html")}
    for page in sorted(wanted.keys() | there):
        if page not in there:
            yield f"{wanted[page].relative_to(stage)}: has no page"
        else:
            yield "" if page in wanted or page in OWN else f"{page}: comes from no source"


def files_are_whole(stage, html):
    """No file is empty, but for some of the theme's, and none is enormous."""
    for path in sorted(path for path in html.rglob("*") if path.is_file()):
        least, size = "_static" not in path.parts, path.stat().st_size
        yield (
            ""
            if least <= size <= LARGEST
            else f"{path.relative_to(html)}: has {size} bytes, not 1 to {LARGEST}"
        )


def everything_is_loaded_from_here(stage, html):
    """A page loads nothing from another site."""
    for name, text in texts(html, ".html"):
        loading = "".join(tag for tag in TAG.findall(text) if not LEADS.search(tag))
        for address in ADDRESS.findall(loading):
            yield from (
                elsewhere(name, part.split()[0]) for part in address.split(",") if part.strip()
            )
    for name, text in texts(html, ".css"):
        yield from (elsewhere(name, address) for address in IN_STYLE.findall(text))


def elsewhere(name, address):
    """Return what is wrong with an address that a file loads."""
    there = urlparse(urljoin(HERE, address))
    return (
        ""
        if there.scheme == "data" or there.netloc == "here.invalid"
        else f"{name}: loads {address}"
    )


def nothing_private_is_told(stage, html):
    """No text shows a traceback, a memory address, or where it was made."""
    private = re.compile(f"{PRIVATE}|{re.escape(str(stage.parent.parent))}")
    for name, text in texts(html, *TEXTS):
        found = private.search(text)
        yield f"{name}: tells {found[0]!r}" if found else ""


def every_figure_is_drawn(stage, html):
    """A page shows as many figures as its source says."""
    from_source = sources(stage)
    for name, text in texts(html, ".html"):
        source = from_source[name].read_text(encoding="utf-8") if name in from_source else ""
        shown, drawn = len(SHOWN.findall(source)), len(DRAWN.findall(text))
        yield from [""] * min(shown, drawn)
        if drawn < shown:
            yield f"{name}: has {drawn} of {shown} figures"


def every_page_is_under_the_policy(stage, html):
    """A page has the policy, and no script or style of its own for it to stop."""
    for name, text in texts(html, ".html"):
        yield f"{name}: {fault}" if (fault := postprocess.fault(text)) else ""


RULES = [
    every_page_has_a_source,
    files_are_whole,
    everything_is_loaded_from_here,
    nothing_private_is_told,
    every_figure_is_drawn,
    every_page_is_under_the_policy,
]


def examine(stage, html):
    """Return all that is wrong."""
    return [fault for rule in RULES for fault in rule(stage, html) if fault]
