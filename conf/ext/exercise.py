"""`{exercise} gd-1`: an exercise, its level and title from the registry; and the exercises of a
page as a notebook."""

import re
from pathlib import Path

import nbformat
from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from optbook.book import answers  # noqa: F401  it fills EXERCISES
from optbook.book.exercises import EXERCISES, LEVELS

BLOCK = re.compile(r"^::::\{exercise\} (\S+)\n(.*?)^::::$", re.MULTILINE | re.DOTALL)
FOLDED = re.compile(r"^:::\{dropdown\} (.+?)\n(.*?)^:::$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def exercises(text):
    """Return the exercises of a page's source by name: question, starter, hints and solution."""
    found = {}
    for name, body in BLOCK.findall(text):
        folded = dict(FOLDED.findall(body))
        opened = FOLDED.sub("", body)
        (starter,), (solution,) = CODE.findall(opened), CODE.findall(folded.pop("Solution"))
        found[name] = dict(
            question=CODE.sub("", opened).strip(), starter=starter, hints=folded, solution=solution
        )
    return found


def plain(text):
    """Return Markdown without the roles that only this book understands."""
    return re.sub(r"\{[\w:]+\}`([^`<]+?)(?: <[^`]*>)?`", r"`\1`", text)


def notebook(title, found):
    """Return a notebook of the exercises: each a question, folded hints, a cell to fill in, and
    a folded solution."""
    install = "Needs the package `optbook`: run `pip install .` in the folder of the book."
    texts = [("markdown", f"# {title}: exercises\n\n{install}")]
    for name, parts in found.items():
        folded = [
            f"<details><summary>{label}</summary>\n\n{text.strip()}\n\n</details>"
            for label, text in parts["hints"].items()
        ]
        heading = f"## {name}: {EXERCISES[name].title} ({LEVELS[EXERCISES[name].level]})"
        code = f"```python\n{parts['solution']}```"
        solution = f"<details><summary>Solution</summary>\n\n{code}\n\n</details>"
        question = "\n\n".join([heading, plain(parts["question"]), *map(plain, folded)])
        texts += [
            ("markdown", question),
            ("code", parts["starter"].rstrip()),
            ("markdown", solution),
        ]
    make = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}
    cells = [make[kind](text, id=f"cell-{i}") for i, (kind, text) in enumerate(texts)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


class ExerciseBox(SphinxDirective):
    """A box with one exercise."""

    required_arguments = 1
    has_content = True

    def run(self):
        """Return the box, its title made of the name, the level and the title that are
        registered."""
        name = self.arguments[0]
        if name not in EXERCISES:
            raise self.error(
                f"exercise: the name must be one of {', '.join(EXERCISES)}; got {name!r}"
            )
        exercise = EXERCISES[name]
        box = nodes.admonition(
            "", classes=["exercise", f"level-{exercise.level}"], ids=[f"exercise-{name}"]
        )
        title = nodes.title("", "", nodes.Text(exercise.title))
        title += nodes.inline("", f"{name} · {LEVELS[exercise.level]}", classes=["level"])
        box += title
        box += self.parse_content_to_nodes()
        return [box]


class Download(SphinxDirective):
    """A link to the notebook of the page's exercises."""

    def run(self):
        """Return one line."""
        name = Path(self.env.docname).name
        link = nodes.reference(
            "", "Download these exercises as a notebook", refuri=f"exercises/{name}.ipynb"
        )
        return [nodes.paragraph("", "", link, classes=["download"])]


def write_notebooks(app, failed):
    """Write a notebook beside the pages for every page that has exercises."""
    if failed:
        return
    folder = Path(app.outdir, "exercises")
    folder.mkdir(exist_ok=True)
    for page in sorted(Path(app.srcdir).glob("*.md")):
        if found := exercises(page.read_text(encoding="utf-8")):
            made = notebook(app.env.titles[page.stem].astext(), found)
            nbformat.write(made, folder / f"{page.stem}.ipynb")


def setup(app):
    """Add the directives, and write the notebooks at the end."""
    app.add_directive("exercise", ExerciseBox)
    app.add_directive("exercise-notebook", Download)
    app.connect("build-finished", write_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
