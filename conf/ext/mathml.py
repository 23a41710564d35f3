"""Render maths at build time, as MathML: it needs no script, no inline style and one font of our
own."""

import re

from docutils.nodes import SkipNode
from math_core import LatexError, LatexToMathML
from sphinx.util.math import get_node_equation_number

CONVERTER = LatexToMathML(annotation=True, fancy_error=False)
IN_A_LINE = re.compile(r"\(?<math>(?:(?!</math>).)*</math>[,.;:)?!…]+", re.DOTALL)
SPELT_ANEW = {
    "\ufe00": "",  # asks for the other of two shapes of a script capital; our font has one
    # What MathML Core has and the checker of HTML does not know: the level of a table (ours are at
    # 0), and sizes.
    ' scriptlevel="0"': "",
    '<mfrac displaystyle="false">': '<mfrac style="math-style: compact">',
    '<mfrac displaystyle="true">': '<mfrac style="math-style: normal">',
}


def render(tex, display):
    """Return `tex` as a MathML element; raise an error that quotes it if it cannot be read."""
    try:
        mathml = CONVERTER.convert_with_local_state(tex, displaystyle=display)
    except LatexError as error:
        raise ValueError(f"cannot typeset {tex!r}: {error}") from error
    for old, new in SPELT_ANEW.items():
        mathml = mathml.replace(old, new)
    return mathml


def glued(text):
    """Return a page on which no line begins with the comma after a formula."""
    return IN_A_LINE.sub(r'<span class="glued">\g<0></span>', text)


def visit_math(self, node):
    """Write a formula in a line."""
    self.body.append(render(node.astext(), display=False))
    raise SkipNode


def visit_math_block(self, node):
    """Write a displayed formula, with its number if it has one."""
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Permalink to this equation")
        self.body.append("</span>")
    tex = node.astext().strip()
    aligned = (
        rf"\begin{{aligned}}{tex}\end{{aligned}}"
        if r"\\" in tex and not tex.startswith(r"\begin")
        else tex
    )
    self.body.append(render(aligned, display=True) + "</div>")
    raise SkipNode


def setup(app):
    """Take over the maths of every HTML page."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
