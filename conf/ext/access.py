"""Mend, in the written pages, what keeps the theme and its plugins from being open to all, or
from being HTML."""

import html
import re


def escaped(found):
    """Return a title between its tags, as text and nothing else."""
    return f"{found[1]}{html.escape(html.unescape(found[2]), quote=False)}{found[3]}"


REPAIRS = {
    # What leads past the navigation comes first; then, in a landmark of their own, the drawers'
    # switches.
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


def repair(text):
    """Return a page with every repair."""
    for old, new in REPAIRS.items():
        text = re.sub(old, new, text)
    return text
