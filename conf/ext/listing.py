"""`{listing} name`: print the tested source of an optimizer, a schedule or one of the chapter's listings."""

import ast
import importlib
import inspect
import textwrap

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import optbook


def rule_source(rule):
    """Return the signature and body of a registered rule, without decorator and docstring."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(rule)))
    function = ast.parse(source).body[0]
    lines = source.splitlines()
    first, rest = function.body[:2]
    return "\n".join(lines[function.lineno - 1 : first.lineno - 1] + lines[rest.lineno - 1 :])


def names(tree):
    """Return every plain name that a piece of code uses."""
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def whole_source(thing):
    """Return all of `thing` behind what it uses of its module, imports and helpers: a script of its own."""
    source = inspect.getsource(importlib.import_module(thing.__module__))
    module = ast.parse(source).body
    parts = {node.name: node for node in module if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    wanted = {thing.__name__}
    while more := set().union(*(names(parts[name]) for name in wanted)) & parts.keys() - wanted:
        wanted |= more
    used = set().union(*(names(parts[name]) for name in wanted))
    imports = [node for node in module if isinstance(node, ast.Import)]
    needed = [ast.unparse(node) for node in imports if used & {a.asname or a.name for a in node.names}]
    return "\n".join(needed + [f"\n\n{lines(source, node)}" for name, node in parts.items() if name in wanted])


def lines(source, node):
    """Return the lines of `source` that a function or class takes, with its decorators and comments."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


class Listing(SphinxDirective):
    """Print the source of the thing that is named."""

    required_arguments = 1

    def run(self):
        """Return the source as one block of Python."""
        name = self.arguments[0]
        if not hasattr(optbook, name):
            raise self.error(f"listing: optbook has no {name!r}")
        thing = getattr(optbook, name)
        registered = name in optbook.OPTIMIZERS | optbook.SCHEDULES
        self.env.note_dependency(inspect.getsourcefile(inspect.unwrap(thing)))
        source = rule_source(thing) if registered else whole_source(thing)
        return [nodes.literal_block(source, source, language="python", classes=["listing"])]


def setup(app):
    """Add the directive."""
    app.add_directive("listing", Listing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
