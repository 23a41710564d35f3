"""From what Sphinx wrote to what is published: one pass after the other over every page.

Sphinx writes to a folder of its own, `written`, where it finds what it wrote before: a page that
did not change is not written again. What it wrote stays as it is; each build makes the site anew
from it, so that the site depends on the sources alone.
"""

import functools
import hashlib
import html
import logging
import re
import shutil
import zipfile
from pathlib import Path
from urllib.parse import unquote

import minify
from PIL import Image

from ext.mathml import glued


def escaped(found):
    """Return a title between its tags, as text and nothing else."""
    return f"{found[1]}{html.escape(html.unescape(found[2]), quote=False)}{found[3]}"


REPAIRS = {  # of what keeps the theme and its plugins from being open to all, or from being HTML
    # What leads past the navigation comes first; then, in a landmark of their own, the switches.
    '(?s)(<input type="checkbox" class="sidebar-toggle".*)(<a class="skip-to-content.*?</a>)': (
        r"\2\1"
    ),
    r'((?:<input type="checkbox" class="sidebar-toggle"[^>]*>\s*){2})': (
        r'<nav aria-label="Drawers">\1</nav>'
    ),
    # A heading by role needs a level.
    'class="caption" role="heading">': 'class="caption" role="heading" aria-level="2">',
    # Two landmarks of one kind need names.
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="The book">',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    # The children of a list are its items.
    'role="doc-biblioentry"': 'role="listitem"',
    # What folds code away is named by the words on it, which are no paragraph.
    r'<summary aria-label="Toggle hidden content">\s*'
    r'<p class="collapsed [^>]*>(.*?)</p>\s*<p .*?</p>\s*': (
        r'<summary><span class="admonition-title">\1</span>'
    ),
    # A tip is a title; an id is given once, and not to lists of tags where there are no tags.
    '(class="sphx-glr-thumbcontainer") tooltip=': r"\1 title=",
    "<div id='sg-tag-list' class='sphx-glr-tag-list'></div>": "",
    # An attribute with nothing in it says nothing.
    ' columnspacing=""': "",
    # The title of a script is text, whatever it looks like.
    '(<div class="sphx-glr-thumbnail-title">)(.*)(</div>)': escaped,
}


def repaired(text):
    """Return a page with every repair."""
    for old, new in REPAIRS.items():
        text = re.sub(old, new, text)
    return text


# ---- the size of pictures, so that nothing below one moves when it arrives -----------------------

PICTURE = re.compile(r'<img (?![^>]*\bheight=)(?=[^>]*\bsrc="(?!\w+:|/)([^"?]+))')
IN_POINTS = re.compile(r'<svg [^>]*?\bwidth="([\d.]+)pt" height="([\d.]+)pt"')


@functools.cache
def size(path):
    """Return the width and the height of a picture in pixels of CSS; None if it does not say."""
    if path.suffix != ".svg":
        with Image.open(path) as picture:
            return picture.size
    told = IN_POINTS.search(path.read_text(encoding="utf-8"))
    return told and tuple(round(float(points) * 96 / 72) for points in told.groups())


def sized(text, path):
    """Return a page with the sizes of its pictures; `path` is where it is."""

    def tell(found):
        wide_and_high = size(Path(path.parent, unquote(found[1])).resolve())
        return '<img width="{}" height="{}" '.format(*wide_and_high) if wide_and_high else found[0]

    return PICTURE.sub(tell, text)


# ---- a strict Content-Security-Policy: no script or style runs but the site's own files ----------

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
HEAD = '<meta charset="utf-8">'
THEME = re.compile(
    r"<script>\s*document\.body\.dataset\.theme = "
    r'localStorage\.getItem\("theme"\) \|\| "auto";\s*</script>'
)
SHEET = re.compile(r"<style>(.*?)</style>", re.DOTALL)
ROOT = re.compile(r'href="([^"]*)_static/')
# Firefox would fetch what the policy stops.
AHEAD = re.compile(r'<link rel="(?:next|prev)"(?:[^">]|"[^"]*")*>')
STYLE = re.compile(r' style="([^"]*)"')
# What looks like a tag within quotes is none.
TAG = re.compile(r"""<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
OF_ITS_OWN = {
    "a script": re.compile(r'<script(?![^>]* src=)(?! type="application/json")', re.IGNORECASE),
    "a style": re.compile(r'<style\b|<[^>]* style="', re.IGNORECASE),
    "a handler": re.compile(r'<[^>]* on[a-z]+="', re.IGNORECASE),
}


def key(style):
    """Return a short name for a style."""
    return hashlib.sha256(style.encode()).hexdigest()[:8]


def own_styles(pages):
    """Return one style sheet with all styles that pages carry."""
    sheets = {found for text in pages for found in SHEET.findall(text)}
    styles = {found for text in pages for found in STYLE.findall(text)}
    rules = [f'[data-style="{key(style)}"] {{ {style} }}\n' for style in sorted(styles)]
    return "".join([*sorted(sheets), *rules])


def under_policy(text):
    """Return a page with the policy, and without the theme's script and styles of its own.

    Those are in files. A script that we do not know stays where it is, and verify.py refuses its
    page: a policy that let in whatever a page happens to hold would stop nothing.
    """
    root = ROOT.search(text)[
        1
    ]  # of the page that is shown for any missing one, an absolute address
    maths = " data-maths" if "<math" in text else ""
    text = THEME.sub(f'<script src="{root}_static/first.js"{maths}></script>', text)
    text = AHEAD.sub("", text)
    text = STYLE.sub(lambda found: f' data-style="{key(found[1])}"', SHEET.sub("", text))
    return text.replace(HEAD, HEAD + META, 1)


def fault(text):
    """Return what is wrong with a page, in a few words; nothing if all is well."""
    if META not in text:
        return "is without the policy"
    tags = set(TAG.findall(text))
    return next(
        (f"has {what} of its own" for what, own in OF_ITS_OWN.items() if any(map(own.match, tags))),
        "",
    )


# ---- one style sheet for each page, and one script where the theme and its plugins bring six -----

SHEETS = re.compile(r'\s*<link rel="stylesheet"[^>]* href="([^"]*)_static/([^"?]+)[^"]*"\s*/?>')
SCRIPTS = re.compile(r'\s*<script([^>]*) src="([^"]*)_static/([^"?]+)[^"]*"></script>')
SPARE = {"sg-tags.js", "design-tabs.js"}  # there are no tags, and no tabs
COMMON = ["documentation_options.js", "doctools.js", "sphinx_highlight.js", "scripts/furo.js"]
COMMON += ["clipboard.min.js", "copybutton.js"]
KINDS = {"css": "text/css", "js": "application/javascript"}


@functools.cache
def packed(static, kind, names, more=""):
    """Return the name of a new file of these, minified: it is named by what it holds."""
    text = "\n".join([*((static / name).read_text(encoding="utf-8") for name in names), more])
    text = minify.string(KINDS[kind], text)
    name = f"book.{hashlib.sha256(text.encode()).hexdigest()[:8]}.{kind}"
    (static / name).write_text(text, encoding="utf-8")
    return name


def light(text, static, styles):
    """Return a page with one style sheet, and one script for what every page has."""
    found = SHEETS.findall(text)
    root = found[0][0]
    sheet = packed(static, "css", tuple(name for _, name in found), styles)
    script = packed(static, "js", tuple(COMMON))
    link = f'<link rel="stylesheet" href="{root}_static/{sheet}">'

    def one(found):
        attributes, root, name = found.groups()
        if name in SPARE or name in COMMON[1:]:
            return ""
        name = script if name == COMMON[0] else f"{name}?v={version(static / name)}"
        return f'<script{attributes} src="{root}_static/{name}"></script>'

    return SCRIPTS.sub(one, SHEETS.sub("", text)).replace("</title>", f"</title>{link}", 1)


@functools.cache
def version(path):
    """Return a short hash of a file: a browser keeps it until it changes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:8]


# ---- the same bytes in every build, and their hashes ---------------------------------------------

DAY = (1980, 1, 1, 0, 0, 0)  # the first that a zip knows
SITEMAP = """<?xml version='1.0' encoding='utf-8'?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>
"""
UNLISTED = {"404.html", "search.html", "genindex.html"}


def dateless(path):
    """Pack a zip anew, with one date for all, and compressed."""
    with zipfile.ZipFile(path) as old:
        files = {name: old.read(name) for name in sorted(old.namelist())}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in files.items():
            new.writestr(zipfile.ZipInfo(name, DAY), content, zipfile.ZIP_DEFLATED)


def sitemap(site, pages, address):
    """Return the address of every page, as search engines read them."""
    names = sorted(path.relative_to(site).as_posix() for path in pages)
    listed = [name for name in names if name not in UNLISTED]
    return SITEMAP.format("".join(f"<url><loc>{address}{name}</loc></url>" for name in listed))


def remove_unused(site, pages):
    """Remove the pictures that no page shows any more: Sphinx keeps those of earlier builds."""
    shown = set(re.findall(r"_images/([^\"'? ]+)", "".join(pages.values())))
    for path in (site / "_images").glob("*"):
        if path.name not in shown:
            path.unlink()


def hashes(site):
    """Return the hash of every download, as sha256sum reads them."""
    downloads = [path for path in site.rglob("*") if path.suffix in {".py", ".ipynb", ".zip"}]
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(site)}\n"
        for path in sorted(downloads)
    )


# ---- all of it -----------------------------------------------------------------------------------


def make_site(written, site, address):
    """Make the site from what Sphinx has written; `address` is where it will be published."""
    for cached in (size, packed, version):
        cached.cache_clear()
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(written, site, ignore=shutil.ignore_patterns(".*"))
    pages = {path: path.read_text(encoding="utf-8") for path in sorted(site.rglob("*.html"))}
    for path, text in pages.items():
        pages[path] = sized(repaired(glued(text)), path)
    styles = own_styles(pages.values())
    for path, text in pages.items():
        text = light(under_policy(text), site / "_static", styles)
        path.write_text(text, encoding="utf-8")
    remove_unused(site, pages)
    text = sitemap(site, pages, address)
    (site / "sitemap.xml").write_text(text, encoding="utf-8")
    for path in site.rglob("*.zip"):
        dateless(path)
    (site / "SHA256SUMS").write_text(hashes(site), encoding="utf-8")


def setup(app):
    """Let Sphinx write beside the site, and make the site at the end of a build that succeeded."""
    logging.basicConfig(level=logging.WARNING)  # or a style of Pygments has all packages talk
    site = app.outdir
    app.outdir = type(site)(site.with_name("written"))
    app.outdir.mkdir(parents=True, exist_ok=True)

    def finish(app, exception):
        if exception is None and app.builder.name == "html":
            make_site(Path(app.outdir), Path(site), app.config.html_baseurl)
            Path(app.doctreedir, "finished").touch()  # the last that a whole build does

    app.connect("build-finished", finish, priority=999)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
