"""What readers' code may import, and what an import costs."""

import ast
import doctest
import re
import subprocess
import sys
from pathlib import Path

import pytest

import optbook

ROOT = Path(__file__).parents[1]
READERS = [*sorted((ROOT / "gallery").rglob("*.py")), *sorted((ROOT / "docs").rglob("*.md"))]


def imported(source):
    """Return the names of the modules that a piece of Python imports: ours in full, others by
    their root."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "write imports in full"
            names |= (
                {f"optbook.{a.name}" for a in node.names}
                if node.module == "optbook"
                else {node.module}
            )
    return {name if name.startswith("optbook") else name.split(".")[0] for name in names}


def code(path):
    """Return the Python of a script, or of a page's code cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return text
    cells = re.findall(
        r"^(`{3,}|:{3,})\{code-cell\}.*?\n(.*?)^\1\s*$", text, re.MULTILINE | re.DOTALL
    )
    bodies = [
        re.sub(r"\A(---\n(?s:.*?)^---\n|(:\w.*\n)+)", "", body, flags=re.MULTILINE)
        for _, body in cells
    ]
    return "\n".join(
        line for body in bodies for line in body.splitlines() if not line.lstrip().startswith("%")
    )


@pytest.mark.parametrize("path", READERS, ids=lambda path: path.stem)
def test_readers_code_imports_only_what_a_reader_has(path):
    allowed = {"itertools", "numpy", "matplotlib", "optbook"} | (
        {"myst_nb"} if path.suffix == ".md" else set()
    )
    extra = {name.split(".")[0] for name in imported(code(path))} - allowed
    assert not extra, f"{path.relative_to(ROOT)} must not import {extra}"


def test_pages_code_is_really_read(tmp_path):
    page = tmp_path / "page.md"
    first = "```{code-cell} python\n---\ntags: [x]\n---\nimport os\n```\n"
    second = "```{code-cell}\n:tags: [y]\n\nimport re\n```\n"
    page.write_text(f"# A\n{first}\n{second}")
    assert imported(code(page)) == {"os", "re"}


def test_importing_optbook_does_not_import_what_is_slow():
    program = (
        "import sys, optbook; print({'matplotlib', 'sphinx', 'tqdm'} & {m.split('.')[0] for m in"
        " sys.modules})"
    )
    assert (
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout
        == b"set()\n"
    )


def test_the_packages_example_runs():
    failed, tried = doctest.testmod(optbook)
    assert tried >= 3
    assert failed == 0
