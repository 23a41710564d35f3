"""`{registry} optimizers`: a table of all that is registered, read from the registry; and counts for the cover."""

import inspect
import os
from pathlib import Path

from sphinx.util.docutils import SphinxDirective

import optbook
from optbook import figures


def optimizers():
    """Yield the table of optimizers: what each remembers, how it is called, where it is from."""
    yield "Optimizer", "State", "Call", "Source"
    for name, rule in optbook.OPTIMIZERS.items():
        state = f"{len(rule.state)} × parameters" if rule.state else "none"
        yield f"[{rule.title}](#optbook.optimizers.{name})", state, call(name, rule), f"{{cite:t}}`{rule.cite}`"


def states():
    """Yield the table of what optimizers remember: the least forgetful last."""
    yield "State", "Optimizers"
    sizes = sorted({len(rule.state) for rule in optbook.OPTIMIZERS.values()})
    for size in sizes:
        titles = [rule.title for rule in optbook.OPTIMIZERS.values() if len(rule.state) == size]
        yield f"{size} × the parameters", ", ".join(titles)


def schedules():
    """Yield the table of schedules."""
    yield "Schedule", "Call", "Source"
    for name, make in optbook.SCHEDULES.items():
        yield f"[{make.title}](#optbook.schedules.{name})", call(name, make), f"{{cite:t}}`{make.cite}`"


def problems():
    """Yield the table of landscapes."""
    yield "Landscape", "Loss", "Curvature at the deepest minimum", "Source"
    for name, problem in optbook.PROBLEMS.items():
        formula = problem.__doc__.split(".. math::")[1].strip().replace("\n", " ")
        low, high = problem.curvature
        source = f"{{cite:t}}`{problem.cite}`" if problem.cite else "this book"
        yield f"`{name}`: {problem.title}", f"${formula}$", f"{low:.4g} to {high:.4g}", source


def call(name, rule):
    """Return the call as a reader writes it, without the two arguments that every optimizer has."""
    shown = [p for p in inspect.signature(rule).parameters.values() if p.name not in ("grad", "theta")]
    return f"`{name}({', '.join(map(str, shown))})`"


class Registry(SphinxDirective):
    """Print one of the registries as a table."""

    required_arguments = 1

    def run(self):
        """Return the table, parsed as Markdown."""
        tables = {table.__name__: table for table in (optimizers, states, schedules, problems)}
        if self.arguments[0] not in tables:
            raise self.error(f"registry: the table must be one of {', '.join(tables)}, got {self.arguments[0]!r}")
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
