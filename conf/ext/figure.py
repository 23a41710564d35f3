"""`{play} name`: an interactive figure, written as a finished picture that a script then takes over.

One script serves all figures: the optimizers, schedules and landscapes in it are compiled from their Python, the rest
is in conf/figures. The build runs that script in Node for the picture, so the browser's first frame is the same text.
"""

import functools
import json
import math
import re
import subprocess
from dataclasses import replace
from html import escape
from pathlib import Path
from urllib.parse import urlencode

import matplotlib
import minify
from docutils import nodes
from sphinx.util.docutils import SphinxDirective, SphinxRole

import optbook
from ext import compiler
from ext.mathml import NODE
from optbook import data, figures

SOURCES = Path(__file__).parents[1] / "figures"
BEFORE, AFTER = ["numbers", "shuffles"], ["runs", "chart", "words", "script", "frame", "element"]
SEEDS = 8
SCRIPT = """\
import matplotlib.pyplot as plt

from optbook import NAMES

plt.style.use("optbook.textbook")
problem = PROBLEM
runs = {
RUNS}

fig, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6))
plot.contours(left, problem)
for title, run in runs.items():
    plot.path(left, run)
    plot.losses(right, run, label=title, least=problem.loss(problem.minima[0]))
right.legend()
plt.show()
"""


def optimizers():
    """Yield every optimizer as JavaScript, by name."""
    for name, rule in optbook.OPTIMIZERS.items():
        limits = [f"{key}: {compiler.keyword(rule, key)}" for key in ("limit", "critical") if getattr(rule, key)]
        yield name, f"{{ {', '.join([*limits, f'run: {compiler.rule(rule)}'])} }}"


def schedules():
    """Yield every schedule as JavaScript, by name."""
    for name, make in optbook.SCHEDULES.items():
        yield name, compiler.function(make)


def problems():
    """Yield every landscape as JavaScript, by name."""
    for name, problem in optbook.PROBLEMS.items():
        f, df = (compiler.function(function, ["x", "y"]) for function in (problem.f, problem.df))
        yield name, f"{{ f: {f}, df: {df} }}"


def js(value):
    """Return a value as JavaScript."""
    return json.dumps(value, ensure_ascii=False)


def table(name, entries):
    """Return a JavaScript object."""
    return f"const {name} = {{\n" + "".join(f"{key}: {body},\n" for key, body in entries) + "};\n"


def looks():
    """Return the style sheet's colours and dashes, in tenths of a pixel."""
    style = matplotlib.rc_params_from_file(Path(optbook.__file__).with_name("textbook.mplstyle"), False, False)
    for item in style["axes.prop_cycle"]:
        dash = item["linestyle"][1] if isinstance(item["linestyle"], tuple) else ()
        yield f"#{item['color'].lstrip('#')}", " ".join(f"{20 * part:g}" for part in dash)


@functools.cache
def bundle():
    """Return the script of all figures."""
    line = f"const LINE = {{ cost: {plain(data._square)}, slope: {plain(data._square_slope)} }};\n"
    compiled = [
        table("OPTIMIZERS", optimizers()),
        table("SCHEDULES", schedules()),
        table("PROBLEMS", problems()),
        f"{line}const LOOKS = {js(list(looks()))};\n",
    ]
    before, after = ([(SOURCES / f"{name}.js").read_text() for name in names] for names in (BEFORE, AFTER))
    return minify.string("application/javascript", "(() => {\n" + "".join([*before, *compiled, *after]) + "})();\n")


def plain(function):
    """Return a function of data in JavaScript."""
    return compiler.function(function, ["z", "y"])


@functools.cache
def spec(name):
    """Return all that a figure is made of, for its script."""
    figure = figures.FIGURES[name]
    about = {"kind": figure.kind, "state": figure.state, "script": SCRIPT, "names": importable(), "axes": figure.axes}
    return about | {"walk": walk_data, "batch": line_data, "schedule": plan_data}[figure.kind](figure)


def importable():
    """Return the names that a copied script may import, sorted."""
    return sorted({*optbook.OPTIMIZERS, *optbook.SCHEDULES, *optbook.PROBLEMS, "line_fit", "minimize", "plot"})


def walk_data(figure):
    """Return the racers and landscapes of a figure; with the tuned rates, if it lets its reader choose them."""
    order = list(optbook.OPTIMIZERS)
    rules = {
        name: {"title": rule.title, "hyper": compiler.hyperparameters(rule), "look": order.index(name)}
        for name, rule in optbook.OPTIMIZERS.items()
        if name in (figure.racers or order)
    }
    known = ("name", "start", "minima", "window", "parameters")
    landscapes = {name: {key: getattr(it, key) for key in known} for name, it in optbook.PROBLEMS.items()}
    sweep = "{rates} rates from {low:g} to {high:g}, by the loss after {steps} steps from the landscape’s own start"
    tuned = {"tuned": rates(), "sweep": sweep.format(**figures.SWEEP)} if "rates" in figure.state else {}
    return {"rules": rules, "landscapes": landscapes} | tuned


def line_data(figure):
    """Return the line fit, and where the shuffles of its data start."""
    problem = optbook.line_fit()
    line = {"inputs": problem.features[0].tolist(), "targets": problem.targets.tolist()}
    kept = {key: getattr(problem, key) for key in ("name", "start", "minima", "window")}
    return {"line": line | kept, "seeds": figures.shuffles(SEEDS)}


def plan_data(figure):
    """Return the arguments of every schedule, those of its example and those that count steps."""
    plans = {}
    for name, make in optbook.SCHEDULES.items():
        names = compiler.hyperparameters(make, skip=0)
        whole = [key for key in names if "int" in optbook.ARGUMENTS[key].kind]
        plans[name] = {"title": make.title, "names": names, "whole": whole, "demo": make.demo}
    return line_data(figure) | {"plans": plans}


def rates():
    """Return the tuned rate of every optimizer on every landscape."""
    return {
        surface: {name: figures.tuned(problem, rule) for name, rule in optbook.OPTIMIZERS.items()}
        for surface, problem in optbook.PROBLEMS.items()
    }


def first_frame(about):
    """Return the parts of a figure as its script draws them."""
    program = f"{bundle()}\nconst spec = {js(about)};\nconsole.log(JSON.stringify(optbook.frame(spec, spec.state)));"
    done = subprocess.run([NODE, "-"], input=program, capture_output=True, text=True, check=True, encoding="utf-8")
    return json.loads(done.stdout)


def markup(name):
    """Return a figure as HTML: the picture, and controls that wait for the script."""
    figure, about = figures.FIGURES[name], spec(name)
    parts = first_frame(about)
    held = js(about).replace("</", "<\\/")
    views = curve_view(parts) if figure.kind == "schedule" else map_view(parts)
    return "".join(
        [
            f'<opt-figure id="{name}">',
            f'<div class="views">{views}{chart_view(parts)}</div>',
            f'<ul class="key" data-part="legend">{parts["legend"]}</ul>',
            f'<p class="says" data-part="says">{parts["says"]}</p>{arrows(about)}',
            f'<fieldset disabled><legend>Play with it</legend>{player(name, figure, parts)}<div class="controls">',
            "".join(control(name, key, value, parts) for key, value in figure.state.items()),
            f'</div>{take_along(figure)}</fieldset><p class="told" role="status"></p>',
            fold("The numbers", f'<div class="table"><table data-part="table">{parts["table"]}</table></div>'),
            fold("The Python that makes this picture", f'<pre data-part="python">{escape(parts["python"])}</pre>'),
            f'<script type="application/json">{held}</script></opt-figure>',
        ]
    )


def arrows(about):
    """Return what the arrows on the map mean: the last lines of the rules."""
    if about["kind"] != "walk":
        return ""
    rules = [optbook.OPTIMIZERS[name] for name in about["rules"]]
    steps = "; ".join(f"{rule.title} <i>{compiler.formula(rule)}</i>" for rule in rules)
    slope = "thin, downhill: <i>−∇L(θ)</i>; " if len(rules) <= 3 else ""
    return f'<p class="note">Arrows at the cursor, stretched to be seen: {slope}bold, the step: {steps}.</p>'


def fold(title, content):
    """Return a folded part."""
    return f"<details><summary>{title}</summary>{content}</details>"


def svg(kind, label, content, role="img"):
    """Return one of the drawings."""
    return f'<svg class="{kind}" viewBox="0 0 3600 3000" role="{role}" aria-label="{label}">{content}</svg>'


def part(name, parts):
    """Return one drawn part in its group."""
    return f'<g data-part="{name}" aria-hidden="true">{parts[name]}</g>'


def map_view(parts):
    """Return the map, with the start on it."""
    where = " ".join(f'{key.partition("@")[2]}="{value}"' for key, value in parts.items() if key.startswith("start@"))
    handle = f'<g class="start" data-part="start" role="slider" aria-label="Start" aria-disabled="true" {where}>'
    rings = '<circle r="220"/><circle r="90"/>'
    return svg("map", "Map of the paths", f"{part('ground', parts)}{part('paths', parts)}{handle}{rings}</g>", "group")


def curve_view(parts):
    """Return the chart of the learning rate."""
    return svg("curve", "Chart of the learning rate", part("curve", parts))


def chart_view(parts):
    """Return the chart of the losses."""
    return svg("chart", "Chart of the losses, on a log axis", part("chart", parts))


def button(do, words):
    """Return a button."""
    return f'<button type="button" data-do="{do}">{words}</button>'


def player(name, figure, parts):
    """Return what moves the cursor."""
    speeds = options({v: f"{v} steps/s" for v in (5, 20, 80, 320)}, 20)
    speed = f'<label>Speed <select data-do="speed">{speeds}</select></label>'
    cursor = slider(name, "t", figures.Range("Cursor", 0, parts["t@max"]), figure.state["t"], parts)
    keys = button("play", "▶ Play") + button("one", "+1") + button("ten", "+10")
    return f'<div class="player">{keys}{speed}{cursor}</div>'


def take_along(figure):
    """Return what starts afresh, and what can be taken along."""
    seed = button("seed", "New shuffle") if "seed" in figure.state else ""
    keys = [seed, button("reset", "Reset"), button("link", "Copy link"), button("python", "Copy as Python")]
    return f'<div class="buttons">{"".join(keys)}</div>'


def control(name, key, value, parts):
    """Return one control with its label; nothing for what only buttons set."""
    if key == "run":
        return racers(name, value)
    known = figures.controls().get(key)
    if isinstance(known, figures.Choice):
        return menu(name, key, known, value)
    if key in "xy":
        known = replace(known, label=f"{known.label}: {figures.FIGURES[name].axes['xy'.index(key)]}")
    return slider(name, key, known, value, parts) if known else ""


def options(titles, chosen):
    """Return the options of a menu."""
    return "".join(f'<option value="{k}"{" selected" * (k == chosen)}>{title}</option>' for k, title in titles.items())


def menu(name, key, choice, value):
    """Return a menu."""
    label = f'<label for="{name}-{key}">{choice.label}</label>'
    select = f'<select id="{name}-{key}" name="{key}">{options(choice.options, value)}</select>'
    return f'<div class="control">{label}{select}</div>'


def racers(name, chosen):
    """Return a box to tick for every optimizer."""
    boxes = "".join(
        f'<label><input type="checkbox" name="run" value="{k}"{" checked" * (k in chosen)}> {rule.title}</label>'
        for k, rule in optbook.OPTIMIZERS.items()
    )
    return f'<div class="racers" role="group" aria-label="Who runs">{boxes}</div>'


def slider(name, key, known, value, parts):
    """Return a slider with its value beside it and, if it has one, a ruler under it."""
    low, high, value = (math.log(v, known.base) if known.base else v for v in (known.low, known.high, value))
    low, high = parts.get(f"{key}@min", low), parts.get(f"{key}@max", high)
    attributes = {"type": "range", "id": f"{name}-{key}", "name": key, "min": low, "max": high, "step": known.step}
    attributes |= {"value": value, "data-part": key} | ({"data-base": known.base} if known.base else {})
    written = " ".join(f'{k}="{v}"' for k, v in attributes.items())
    label = f'<label for="{name}-{key}">{known.label}</label>'
    shown = f'<output for="{name}-{key}" data-part="out-{key}">{parts[f"out-{key}"]}</output>'
    ruler = numbers(key, known, parts) if f"marks-{key}" in parts else ""
    return f'<div class="control">{label}{shown}<input {written}>{ruler}</div>'


def numbers(key, known, parts):
    """Return the ruler under a slider: round values, and the marks."""
    power = (lambda v: math.log(v, known.base)) if known.base else float
    values = (1e-4, 1e-3, 0.01, 0.1, 1, 10) if known.base else (0, 0.2, 0.4, 0.6, 0.8)
    low, high = power(known.low), power(known.high)
    shares = {f"{v:g}": f"{100 * (power(v) - low) / (high - low):.4g}%" for v in values}
    ticks = "".join(f'<line x1="{x}" x2="{x}" y2="6"/><text x="{x}" y="20">{v}</text>' for v, x in shares.items())
    return f'<svg class="ruler" aria-hidden="true">{ticks}<g data-part="marks-{key}">{parts[f"marks-{key}"]}</g></svg>'


class Play(SphinxDirective):
    """Put an interactive figure on the page; the content is its caption."""

    required_arguments = 1
    has_content = True

    def run(self):
        """Return the figure with its caption."""
        name = self.arguments[0]
        if name not in figures.FIGURES:
            raise self.error(f"play: the figure must be one of {', '.join(figures.FIGURES)}, got {name!r}")
        figure = nodes.figure("", nodes.raw("", markup(name), format="html"), classes=["play"])
        figure += nodes.caption("", "", *self.parse_text_to_nodes("\n".join(self.content))[0].children)
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
        """Return the link; raise an error if there is no such figure, or nothing of that name to set."""
        words, name, values = re.fullmatch(r"(.+?)\s*<([\w-]+)\s*(.*)>", self.text, re.DOTALL).groups()
        given = dict(pair.split("=") for pair in values.split())
        unknown = given.keys() - (figures.FIGURES[name].state.keys() if name in figures.FIGURES else ())
        if unknown or name not in figures.FIGURES:
            raise ValueError(f"{self.get_location()}: no such thing to set: {self.text!r}")
        link = f'<a class="set" href="?{escape(urlencode({"figure": name} | given))}#{name}">{escape(words)}</a>'
        return [nodes.raw("", link, format="html")], []


def write_script(app):
    """Write the script where static files are found."""
    folder = Path(app.doctreedir, "figures")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.js").write_text(bundle(), encoding="utf-8")
    app.config.html_static_path.append(str(folder))


def load_script(app, pagename, templatename, context, doctree):
    """Load the script on pages that have a figure."""
    if doctree is not None and any("play" in figure["classes"] for figure in doctree.findall(nodes.figure)):
        app.add_css_file("play.css")
        app.add_js_file("figures.js", loading_method="defer")


def setup(app):
    """Add the directive and its script."""
    app.connect("builder-inited", write_script)
    app.connect("html-page-context", load_script)
    app.add_directive("play", Play)
    app.add_directive("compiled", Compiled)
    app.add_role("set", Set())
    return {"parallel_read_safe": True, "parallel_write_safe": True}
