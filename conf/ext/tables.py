"""`{registry} optimizers`: a table of all that is registered, read from the registry; and counts
for the cover."""

import functools
import inspect
import os
import re
from pathlib import Path

import numpy as np
from pybtex.database import parse_file
from sphinx.util.docutils import SphinxDirective

import optbook
from optbook.book import figures

BIBLIOGRAPHY = Path(__file__).parents[2] / "docs" / "references.bib"
SIDE = 64  # of the matrix whose optimizers' memory is measured
CARD = """
:::{{grid-item-card}} {title}
:img-top: gallery/optimizers/images/thumb/sphx_glr_plot_{name}_thumb.png
:img-alt: Figure of {title}

{{cite:t}}`{cite}` · {state}

{claim}

```{{math}}
{rule}
```

{call}

[The script of this picture](gallery/optimizers/plot_{name}.rst) ·
[its entry in the API](#optbook.{module}.{name})
:::
"""

# what holds those that are no table
BOXES = {"cards": "{grid} 1 1 2 2\n:gutter: 3", "sheet": "{container} sheet"}
ENTRY = """
:::{{container}} entry
**[{title}]({link})** {call} {about}

```{{math}}
{rule}
```
:::
"""


def optimizers():
    """Yield the table of optimizers: what each remembers, how it is called, where it is from."""
    yield "Optimizer", "Published", "State", "In a line"
    for name, rule in optbook.OPTIMIZERS.items():
        yield (
            f"[{rule.title}](#optbook.{module(rule)}.{name})",
            year(rule),
            state(rule),
            claim(rule),
        )


def wrappers():
    """Yield the table of what goes around an optimizer."""
    yield "Around another", "Published", "In a line"
    for name, wrap in optbook.WRAPPERS.items():
        yield f"[{wrap.title}](#optbook.{module(wrap)}.{name})", year(wrap), claim(wrap)


def states():
    """Yield the table of what optimizers remember: the least forgetful last."""
    yield "State", "Optimizers"
    sizes = {}
    for rule in sorted(optbook.OPTIMIZERS.values(), key=remembered):
        sizes.setdefault(state(rule), []).append(rule.title)
    for size, titles in sizes.items():
        yield size, ", ".join(titles)


def sheet():
    """Yield an entry for every rule: its name, its call with the defaults, when to use it, its
    equations."""
    for name, rule in (optbook.OPTIMIZERS | optbook.WRAPPERS | optbook.SCHEDULES).items():
        about = getattr(rule, "use", "") or claim(rule)
        small = formula(rule).replace(r"\frac", r"\tfrac")
        link = f"#optbook.{module(rule)}.{name}"
        yield ENTRY.format(
            title=rule.title, link=link, call=call(name, rule), about=about, rule=small
        )


def cards():
    """Yield a card for each optimizer, and for what goes around one."""
    for name, rule in (optbook.OPTIMIZERS | optbook.WRAPPERS).items():
        about = {
            "title": rule.title,
            "cite": rule.cite,
            "claim": claim(rule),
            "module": module(rule),
        }
        remembers = state(rule) if name in optbook.OPTIMIZERS else "around any other"
        yield CARD.format(
            name=name, rule=formula(rule), call=call(name, rule), state=remembers, **about
        )


@functools.cache
def years():
    """Return the year of each source."""
    return {key: entry.fields["year"] for key, entry in parse_file(BIBLIOGRAPHY).entries.items()}


def year(rule):
    """Return the year of a rule's source."""
    return years()[rule.cite]


def module(rule):
    """Return the module that a rule is in, without the package."""
    return rule.__module__.rpartition(".")[2]


def claim(rule):
    """Return the first line of a rule's docstring."""
    return inspect.getdoc(rule).partition("\n")[0]


def formula(rule):
    """Return the equations of a rule's docstring, in one line."""
    found = re.search(r"\.\. math::\s*(.+?)\n\n(?=\S)", inspect.getdoc(rule), re.DOTALL)[1]
    return " ".join(found.split())


@functools.cache
def remembered(rule):
    """Return how many numbers an optimizer remembers for each parameter of a square matrix, once
    it has made a step."""
    walk = rule(lambda theta: theta, np.ones((SIDE, SIDE)))
    next(walk)
    variables = inspect.getgeneratorlocals(walk)
    return sum(variables[name].size for name in rule.state) / SIDE**2


def state(rule):
    """Return what an optimizer remembers, in words."""
    size = remembered(rule)
    if size == int(size):
        return f"{size:g} × the parameters" if size else "no state"
    return f"{size:.2g} × the parameters of a {SIDE} × {SIDE} matrix"


def schedules():
    """Yield the table of schedules."""
    yield "Schedule", "Call", "Described in"
    for name, make in optbook.SCHEDULES.items():
        yield (
            f"[{make.title}](#optbook.schedules.{name})",
            call(name, make),
            f"{{cite:t}}`{make.cite}`",
        )


def problems():
    """Yield the table of landscapes."""
    yield "Landscape", "Loss", "Curvature at the deepest minimum", "Source"
    for name, problem in optbook.PROBLEMS.items():
        lines = " ".join(problem.__doc__.split(".. math::")[1].split()).replace("&=", "=")
        formula = lines.replace(r" \\ ", r", \quad ")
        low, high = problem.curvature
        source = f"{{cite:t}}`{problem.cite}`" if problem.cite else "this book"
        yield f"`{name}`: {problem.title}", f"${formula}$", f"{low:.4g} to {high:.4g}", source


def call(name, rule):
    """Return the call as a reader writes it, without the two arguments that every optimizer has."""
    shown = [
        p for p in inspect.signature(rule).parameters.values() if p.name not in ("grad", "theta")
    ]
    return f"`{name}({', '.join(map(str, shown))})`"


class Registry(SphinxDirective):
    """Print one of the registries as a table."""

    required_arguments = 1

    def run(self):
        """Return the table, parsed as Markdown."""
        tables = {
            table.__name__: table
            for table in (optimizers, wrappers, states, schedules, problems, sheet, cards)
        }
        if self.arguments[0] not in tables:
            raise self.error(
                f"registry: the table must be one of {', '.join(tables)}, got {self.arguments[0]!r}"
            )
        if self.arguments[0] in BOXES:
            blocks = "".join(tables[self.arguments[0]]())
            return self.parse_text_to_nodes(f"::::{BOXES[self.arguments[0]]}\n{blocks}::::\n")
        head, *rows = tables[self.arguments[0]]()
        lines = [head, ["---"] * len(head), *rows]
        text = ["| " + " | ".join(line) + " |" for line in lines]
        return self.parse_text_to_nodes("\n".join(text))


def count(app, config):
    """Offer the pages what the cover counts, as substitutions."""
    gallery = Path(app.confdir).parent / "gallery"
    config.myst_substitutions |= {
        "optimizers": len(optbook.OPTIMIZERS),
        "schedules": len(optbook.SCHEDULES),
        "problems": len(optbook.PROBLEMS),
        "figures": len(figures.FIGURES),
        "scripts": len(list(gallery.rglob("plot_*.py"))),
        "updated": os.environ.get("OPTBOOK_DATE", "today"),
    }


def setup(app):
    """Add the directive and the counts."""
    app.connect("config-inited", count)
    app.add_directive("registry", Registry)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
