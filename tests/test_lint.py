"""The code is formatted and linted, and the settings of the site stay small."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_finds_nothing(command):
    done = subprocess.run([sys.executable, "-m", "ruff", *command, ROOT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_settings_are_short_and_only_assign():
    source = (ROOT / "conf" / "conf.py").read_text()
    assert len(source.splitlines()) <= 80
    docstring, *rest = ast.parse(source).body
    assert isinstance(docstring.value, ast.Constant)
    assert all(isinstance(node, ast.Assign | ast.Import | ast.ImportFrom) for node in rest)


FUNCTIONS = [
    (path, node)
    for path in sorted((ROOT / "conf").rglob("*.py"))
    for node in ast.walk(ast.parse(path.read_text()))
    if isinstance(node, ast.FunctionDef)
]


@pytest.mark.parametrize(("path", "function"), FUNCTIONS, ids=lambda item: getattr(item, "name", ""))
def test_functions_of_the_build_are_short(path, function):
    first = function.body[1] if ast.get_docstring(function) and len(function.body) > 1 else function.body[0]
    assert function.end_lineno - first.lineno < 20, path
