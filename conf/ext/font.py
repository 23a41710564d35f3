"""Leave out of the maths font what no formula of the site needs: what is left is half as large, and there as fast."""

import re
import unicodedata
from html import unescape

from fontTools import subset
from fontTools.ttLib import TTFont

LEAF = re.compile(r"<m(?:i|o|n|text)\b[^>]*>([^<]*)<")
LETTER = re.compile(r"(LATIN|GREEK) (SMALL|CAPITAL) LETTER (\w+)")


def letters(pages):
    """Return every letter in the maths of the pages, and, for browsers slant lone letters, its slanted twin."""
    used = {letter for text in pages for leaf in LEAF.findall(text) for letter in unescape(leaf)}
    return used | {slanted(letter) for letter in used}


def slanted(letter):
    """Return the mathematical italic of a letter; what has none stays as it is."""
    found = LETTER.fullmatch(unicodedata.name(letter, ""))
    try:
        return unicodedata.lookup(f"MATHEMATICAL ITALIC {found[2]} {found[3]}") if found else letter
    except KeyError:
        return "ℎ" if letter == "h" else letter  # the h has its place among the physical constants


def shrink(source, target, wanted):
    """Write the font `source` to `target`, with the letters that are `wanted` and all sizes of each."""
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options(layout_features=["*"], notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=sorted(map(ord, wanted)))
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(target)
