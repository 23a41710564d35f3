"""One style sheet for each page, and one script where the theme and its plugins bring a handful.

Each file costs a page the time to ask for it, and nothing is drawn before the last style sheet is
there. The packed files lie in _static, as most of what is in them did, and are named by what they
hold: a browser may keep them for ever.
"""

import functools
import hashlib
import re

import minify

from ext import purge

SHEETS = re.compile(r'\s*<link rel="stylesheet"[^>]* href="([^"]*)_static/([^"?]+)[^"]*"\s*/?>')
SCRIPTS = re.compile(r'\s*<script src="([^"]*)_static/([^"?]+)[^"]*"></script>')
# no tags, no tabs
SPARE = re.compile(r'\s*<script[^>]* src="[^"]*_static/(?:sg-tags|design-tabs)\.js[^"]*"></script>')
COMMON = [
    "documentation_options.js",
    "doctools.js",
    "sphinx_highlight.js",
    "scripts/furo.js",
    "clipboard.min.js",
]
COMMON += ["copybutton.js"]
KINDS = {"css": "text/css", "js": "application/javascript"}


def write(static, kind, text):
    """Write minified `text`, unless it is there; return the name of its file."""
    text = minify.string(KINDS[kind], text)
    name = f"book.{hashlib.sha256(text.encode()).hexdigest()[:8]}.{kind}"
    if not (static / name).exists():
        (static / name).write_text(text, encoding="utf-8")
    return name


@functools.cache
def sheet(static, names, more, known):
    """Return the name of the style sheet that holds these files, in their order, and then some
    `more`."""
    text = "\n".join([*((static / name).read_text(encoding="utf-8") for name in names), more])
    return write(static, "css", purge.purged(text, known))


@functools.cache
def script(static):
    """Return the name of the script that holds those that every page has."""
    return write(
        static, "js", "\n".join((static / name).read_text(encoding="utf-8") for name in COMMON)
    )


def sheets(text, static, more, known):
    """Return a page with all its style sheets, and `more` style, in one, without rules for
    classes not `known`."""
    found = SHEETS.findall(text)
    name = sheet(static, tuple(name for _, name in found), more, known)
    link = f'<link rel="stylesheet" href="{found[0][0]}_static/{name}">'
    return SHEETS.sub("", text).replace("</title>", f"</title>{link}", 1)


def scripts(text, static):
    """Return a page with the scripts that every page has in one, and without those that none
    needs."""
    name = script(static)

    def one(found):
        if found[2] == COMMON[0]:
            return f'<script src="{found[1]}_static/{name}"></script>'
        return "" if found[2] in COMMON else found[0]

    return SCRIPTS.sub(one, SPARE.sub("", text))
