"""Directives and roles for interactive figures: `{play} name`, `{set}`, and `{compiled} name`."""

import re
from html import escape
from pathlib import Path
from urllib.parse import urlencode

from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

import optbook
from ext import compiler
from ext.bundle import bundle
from ext.figure import TEMPLATE, markup
from optbook.book import figures


class Play(SphinxDirective):
    """Put an interactive figure on the page; the content is its caption, in which @lr is the
    figure's own lr."""

    required_arguments = 1
    has_content = True

    def run(self):
        """Return the figure with its caption."""
        name = self.arguments[0]
        if name not in figures.FIGURES:
            raise self.error(
                f"play: the figure must be one of {', '.join(figures.FIGURES)}, got {name!r}"
            )
        self.env.note_dependency(str(TEMPLATE))
        figure = nodes.figure(
            "", nodes.raw("", markup(name), format="html"), classes=["play"], plays=name
        )
        state = figures.FIGURES[name].state
        caption = re.sub(r"@(\w+)", lambda named: f"{state[named[1]]:g}", "\n".join(self.content))
        figure += nodes.caption("", "", *self.parse_text_to_nodes(caption)[0].children)
        self.options["name"] = f"fig-{name}"
        self.add_name(figure)
        return [figure]


class Compiled(SphinxDirective):
    """Print a rule as the browser runs it, before its names are shortened."""

    required_arguments = 1

    def run(self):
        """Return the JavaScript, indented by its braces."""
        depth, lines = 0, []
        for line in compiler.rule(optbook.OPTIMIZERS[self.arguments[0]]).splitlines():
            depth -= line.startswith("}")
            lines.append("  " * depth + line)
            depth += line.endswith("{")
        text = "\n".join(lines)
        return [nodes.literal_block(text, text, language="javascript")]


class Set(SphinxRole):
    """``{set}`words <play-gd lr=0.2>```: a link that sets a figure of this page."""

    def run(self):
        """Return the link; raise an error if there is no such figure, or nothing of that name to
        set."""
        words, name, values = re.fullmatch(
            r"(.+?)\s*<([\w-]+)\s*(.*)>", self.text, re.DOTALL
        ).groups()
        given = dict(pair.split("=") for pair in values.split())
        unknown = given.keys() - (
            figures.FIGURES[name].state.keys() if name in figures.FIGURES else ()
        )
        if unknown or name not in figures.FIGURES:
            raise ValueError(f"{self.get_location()}: no such thing to set: {self.text!r}")
        link = (
            '<a class="set"'
            f' href="?{escape(urlencode({"figure": name} | given))}#{name}">{escape(words)}</a>'
        )
        return [nodes.raw("", link, format="html")], []


def write_scripts(app):
    """Write the script of each figure where static files are found."""
    folder = Path(app.doctreedir, "figures")
    folder.mkdir(parents=True, exist_ok=True)
    for name in figures.FIGURES:
        (folder / f"{name}.js").write_text(bundle(name), encoding="utf-8")
    app.config.html_static_path.append(str(folder))


def load_scripts(app, pagename, templatename, context, doctree):
    """Load on each page the scripts of its figures."""
    for figure in doctree.findall(nodes.figure) if doctree else ():
        if "play" in figure["classes"]:
            app.add_css_file("play.css")
            app.add_js_file(f"{figure['plays']}.js", loading_method="defer")


def setup(app):
    """Add the directive and its scripts."""
    app.connect("builder-inited", write_scripts)
    app.connect("html-page-context", load_scripts)
    app.add_directive("play", Play)
    app.add_directive("compiled", Compiled)
    app.add_role("set", Set())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
