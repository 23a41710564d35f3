"""The script of a figure: rules, schedules and landscapes compiled from their Python, the rest
from conf/figures."""

import functools
import json
from pathlib import Path

import matplotlib
import minify

import optbook
from ext import compiler
from optbook import data
from optbook.book import figures

SOURCES = Path(__file__).parents[1] / "figures"
SHARED = ["runs", "chart", "words", "script", "frame"]
PARTS = {
    "walk": ["walk"],
    "batch": ["shuffles", "line", "batch"],
    "schedule": ["shuffles", "line", "schedule"],
}


def optimizers(wanted):
    """Yield the optimizers that are wanted as JavaScript, by name."""
    for name in wanted:
        rule = optbook.OPTIMIZERS[name]
        limits = [
            f"{key}: {compiler.keyword(rule, key)}"
            for key in ("limit", "critical")
            if getattr(rule, key)
        ]
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
    style = matplotlib.rc_params_from_file(
        Path(optbook.__file__).with_name("textbook.mplstyle"), False, False
    )
    for item in style["axes.prop_cycle"]:
        dash = item["linestyle"][1] if isinstance(item["linestyle"], tuple) else ()
        yield f"#{item['color'].lstrip('#')}", " ".join(f"{20 * part:g}" for part in dash)


def joined(name="all-figures"):
    """Return the script of a figure, with what that figure needs; by default, with everything."""
    figure = figures.FIGURES.get(name)
    kinds = [figure.kind] if figure else list(PARTS)
    wanted = figures.racers(figure or figures.Figure("", "", {})) if "walk" in kinds else ["gd"]
    compiled = [
        f"const NAME = {js(name)}, LOOKS = {js(list(looks()))};\n",
        f"const LINE = {{ cost: {plain(data._square)}, slope: {plain(data._square_slope)} }};\n",
        table("OPTIMIZERS", optimizers(wanted)),
        table("SCHEDULES", schedules() if "schedule" in kinds else ()),
        table("PROBLEMS", problems() if "walk" in kinds else ()),
    ]
    own = dict.fromkeys(part for kind in kinds for part in PARTS[kind])
    before, after = (
        [(SOURCES / f"{part}.js").read_text(encoding="utf-8") for part in parts]
        for parts in (["numbers"], [*SHARED, *own, "element"])
    )
    return "(() => {\n" + "".join([*before, *compiled, *after]) + "})();\n"


@functools.cache
def bundle(name="all-figures"):
    """Return the script of a figure, minified."""
    return minify.string("application/javascript", joined(name))


def plain(function):
    """Return a function of data in JavaScript."""
    return compiler.function(function, ["z", "y"])
