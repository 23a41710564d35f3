"""Make the font of the maths from Debian's fonts-lmodern:
`python conf/font.py latinmodern-math.otf`.

It keeps every letter and sign that a chapter on optimization may use, and sets some lengths as TeX
does. Chromium gives a root or a bracket the width of its widest size, whichever size it draws: the
empty space before each size is cut, so that no hole is left beside small ones.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

FONT = Path(__file__).with_name("static") / "fonts" / "latinmodern-math.woff2"
BLOCKS = {
    "Latin": (0x20, 0x7E),
    "accents above letters": (0x2C6, 0x2DD),
    "Greek": (0x391, 0x3F5),
    "letter-like signs": (0x2102, 0x2133),
    "arrows": (0x2190, 0x2194),
    "operators": (0x2200, 0x22C5),
    "dots": (0x22EE, 0x22F1),
    "brackets": (0x2308, 0x230B),
    "italic": (0x1D434, 0x1D467),
    "script capitals": (0x1D49C, 0x1D4B5),
    "dotless i and j": (0x1D6A4, 0x1D6A5),
    "italic Greek": (0x1D6E2, 0x1D71B),
}
SINGLE = "±·×÷ı\u00a0–—‖…′″‾↦⇐⇒⇔⟨⟩≔⩽⩾𝔼"
LENGTHS = {  # in thousandths of an em
    "SubscriptShiftDown": 150,
    "SubscriptBaselineDropMin": 0,
    "SubSuperscriptGapMin": 180,
    "AccentBaseHeight": 490,
    "FractionDenominatorGapMin": 130,
    "FractionDenomDisplayStyleGapMin": 190,
    "RadicalVerticalGap": 60,
    "RadicalDisplayStyleVerticalGap": 100,
}
MARGIN = 60  # left of a bracket
TALLER = 1.15  # times the second size of a root: Adam's are a little too tall for it
DOWN = (
    430  # that accents are lowered: WebKit puts their line, and not what is drawn, above the letter
)


def reshape(font, glyph, width, shift=0, rise=0, across=1, up=1):
    """Give a glyph another width; stretch what is drawn, and move it."""
    outlines, glyphs = font["CFF "].cff.topDictIndex[0], font.getGlyphSet()
    left = font["hmtx"][glyph][1]
    pen = T2CharStringPen(width - outlines.Private.nominalWidthX, glyphs)
    glyphs[glyph].draw(TransformPen(pen, (across, 0, 0, up, shift, rise)))
    outlines.CharStrings[glyph] = pen.getCharString(outlines.Private, outlines.GlobalSubrs)
    font["hmtx"][glyph] = width, round(left * across + shift)


def sizes(font, sign):
    """Return the parts of the font that say how a sign grows, and the glyph of each size."""
    variants = font["MATH"].table.MathVariants
    found = variants.VertGlyphConstruction[
        variants.VertGlyphCoverage.glyphs.index(font.getBestCmap()[ord(sign)])
    ]
    return found, [it.VariantGlyph for it in found.MathGlyphVariantRecord]


def trim(font, sign):
    """Cut the empty space on the left of a sign in all its sizes."""
    found, glyphs = sizes(font, sign)
    parts = {it.glyph for it in found.GlyphAssembly.PartRecords} if found.GlyphAssembly else set()
    for group in [parts, *({glyph} for glyph in glyphs)]:
        cut = max(0, min((font["hmtx"][glyph][1] for glyph in group), default=0) - MARGIN)
        for glyph in group:
            reshape(font, glyph, font["hmtx"][glyph][0] - cut, -cut)


def level_roots(font):
    """Make all roots as wide as the smallest, and the second taller; leave out the one of
    pieces, which none needs."""
    found, (first, *others) = sizes(font, "√")
    found.GlyphAssembly = None
    width, left = font["hmtx"][first]
    for glyph in others:
        wide, empty = font["hmtx"][glyph]
        across = (width - left) / (wide - empty)
        reshape(
            font,
            glyph,
            width,
            left - empty * across,
            across=across,
            up=TALLER if glyph == others[0] else 1,
        )
    second = found.MathGlyphVariantRecord[1]
    second.AdvanceMeasurement = round(TALLER * second.AdvanceMeasurement)


def widen(font):
    """Give slanted letters half their overhang: TeX adds it all, but not before a subscript;
    browsers know neither."""
    letters = font.getBestCmap()
    overhangs = font["MATH"].table.MathGlyphInfo.MathItalicsCorrectionInfo
    overhang = dict(zip(overhangs.Coverage.glyphs, overhangs.ItalicsCorrection, strict=True))
    for name in ("italic", "italic Greek"):
        for code in range(BLOCKS[name][0], BLOCKS[name][1] + 1):
            if letters.get(code) in overhang:
                width = font["hmtx"][letters[code]][0]
                reshape(font, letters[code], width + overhang[letters[code]].Value // 2)


def main(source):
    """Write the part of the font `source` that the book needs."""
    font = TTFont(source, recalcTimestamp=False)
    for name, value in LENGTHS.items():
        getattr(font["MATH"].table.MathConstants, name).Value = value
    for sign in "()[]/":
        trim(font, sign)
    level_roots(font)
    widen(font)
    for code in range(BLOCKS["accents above letters"][0], BLOCKS["accents above letters"][1] + 1):
        if glyph := font.getBestCmap().get(code):
            reshape(font, glyph, font["hmtx"][glyph][0], rise=-DOWN)
    for table in font["cmap"].tables:
        table.cmap[ord("′")] = "minute.st"  # its form for scripts, which is where it always stands
    wanted = {code for first, last in BLOCKS.values() for code in range(first, last + 1)} | set(
        map(ord, SINGLE)
    )
    subsetter = subset.Subsetter(
        subset.Options(layout_features=[], notdef_outline=True, hinting=False)
    )
    subsetter.populate(unicodes=wanted)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(FONT)


if __name__ == "__main__":
    main(*sys.argv[1:])
