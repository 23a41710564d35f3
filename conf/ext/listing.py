"""`{listing} name`: print the tested source of an optimizer, a schedule or one of the chapter's
listings."""

import ast
import inspect
import textwrap

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

import optbook


def printed(thing):
    """Return the source of a function or class without decorators and docstrings."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(thing)))
    top = ast.parse(source).body[0]
    left_out = set(range(1, top.lineno))
    for node in ast.walk(top):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            first, rest = node.body[:2]
            left_out |= set(range(first.lineno, rest.lineno))
    return "\n".join(
        line for number, line in enumerate(source.splitlines(), 1) if number not in left_out
    )


def alone(thing):
    """Return `printed` behind the imports that it needs: a script of its own."""
    code = printed(thing)
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    module = ast.parse(inspect.getsource(inspect.getmodule(thing))).body
    imports = [node for node in module if isinstance(node, ast.Import)]
    needed = [
        ast.unparse(node) for node in imports if used & {a.asname or a.name for a in node.names}
    ]
    return "\n".join([*needed, "\n", code])


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
        source = printed(thing) if registered else alone(thing)
        entry = f"{inspect.unwrap(thing).__module__}.{name}"
        (named,) = self.parse_text_to_nodes(f"{{py:obj}}`optbook.{name} <{entry}>`")
        named["classes"].append("of-listing")
        return [named, nodes.literal_block(source, source, language="python", classes=["listing"])]


def setup(app):
    """Add the directive."""
    app.add_directive("listing", Listing)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
