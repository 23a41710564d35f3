"""A strict Content-Security-Policy on every page: no script or style runs but the site's own files.

The theme writes one script and one style sheet into every page, and its icons and tables carry
styles of their own: all of these move into files. A script that we do not know stays where it is,
and verify.py refuses its page: a policy that let in whatever a page happens to hold would stop
nothing.
"""

import hashlib
import re

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src"
    " 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'"
)
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
HEAD = '<meta charset="utf-8">'
THEME = re.compile(
    r'<script>\s*document\.body\.dataset\.theme = localStorage\.getItem\("theme"\) \|\|'
    r' "auto";\s*</script>'
)
SHEET = re.compile(r"<style>(.*?)</style>", re.DOTALL)
ROOT = re.compile(r'href="([^"]*)_static/')
# Firefox would fetch what the policy stops
AHEAD = re.compile(r'<link rel="(?:next|prev)"(?:[^">]|"[^"]*")*>')
STYLE = re.compile(r' style="([^"]*)"')
# what looks like one within quotes is none
TAG = re.compile(r"""<[a-z](?:[^"'>]|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
OF_ITS_OWN = {
    "a script": re.compile(r'<script(?![^>]* src=)(?! type="application/json")', re.IGNORECASE),
    "a style": re.compile(r'<style\b|<[^>]* style="', re.IGNORECASE),
    "a handler": re.compile(r'<[^>]* on[a-z]+="', re.IGNORECASE),
}


def key(style):
    """Return a short name for a style."""
    return hashlib.sha256(style.encode()).hexdigest()[:8]


def sheet(pages):
    """Return one style sheet with all styles that pages carry."""
    sheets = {found for text in pages for found in SHEET.findall(text)}
    styles = {found for text in pages for found in STYLE.findall(text)}
    rules = [f'[data-style="{key(style)}"] {{ {style} }}\n' for style in sorted(styles)]
    return "".join([*sorted(sheets), *rules])


def enforce(text):
    """Return a page with the policy, without the theme's script, and without styles: those are
    in the `sheet`."""
    # of the page that is shown for any missing one, an absolute address
    root = ROOT.search(text)[1]
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
