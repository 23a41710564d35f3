"""Give every picture of a page its width and height, so that nothing below it moves when it
arrives."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from PIL import Image

PICTURE = re.compile(r'<img (?![^>]*\bheight=)(?=[^>]*\bsrc="(?!\w+:|/)([^"?]+))')
IN_POINTS = re.compile(r'<svg [^>]*?\bwidth="([\d.]+)pt" height="([\d.]+)pt"')


@cache
def size(path):
    """Return the width and the height of a picture, in pixels of CSS; nothing if it does not
    say."""
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
