"""Edits of the source that a reader of the built book would notice at once, each noticed without a
build.

`make mutants` does each to a copy of the project, where the check that it names must fail, and
passes before.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.alone import alone

ROOT = Path(__file__).parents[1]
PARTS = ["conf", "docs", "gallery", "optbook", "tests"]
PICTURES = "pictures"  # of the edited script, looked at where it runs alone
ADAM, RULES = "gallery/optimizers/plot_adam.py", "optbook/optimizers.py"


class Edit(NamedTuple):
    """What is done to a file, and the check that must notice it: a test's name, or none yet."""

    says: str
    file: str
    old: str
    new: str
    check: str | None


ONE, TWO = r'r"$\theta_1$"', r'r"$\theta_2$"'
SHOWN = 'fig.legend(loc="outside r'
SWAPPED = f'fig.legend(ax.lines[1::-1], [{ONE}, {TWO}], loc="outside r'
CAPTIONS = "tests/test_figures.py::test_captions_are_true_of_figures_as_they_open"
SOLUTION = "tests/test_exercises.py::test_the_solution_is_right[gd-1]"
EQUATIONS = "tests/test_docstrings.py::test_equations_of_rules_are_those_of_the_chapter[adam]"
EDITS = [
    Edit("a legend names the wrong curves", ADAM, SHOWN, SWAPPED, PICTURES),
    Edit(
        "curves are transparent",
        ADAM,
        "stride / eta, label",
        "stride / eta, alpha=0, label",
        PICTURES,
    ),
    Edit("an axis has no name", ADAM, 'xlabel="step $t$", ', "", PICTURES),
    Edit(
        "a slider contradicts its caption",
        "optbook/book/figures.py",
        "batch=8",
        "batch=32",
        CAPTIONS,
    ),
    Edit(
        "an answer is wrong",
        "optbook/book/answers.py",
        "limit(curvature=20)",
        "limit(curvature=2)",
        SOLUTION,
    ),
    Edit("a formula climbs", RULES, r"- \eta \frac{\hat m_t", r"+ \eta \frac{\hat m_t", EQUATIONS),
    Edit("curves have each other's names", ADAM, f"[{ONE}, {TWO}]", f"[{TWO}, {ONE}]", None),
    Edit(
        "a question asks for another number",
        "docs/adam.md",
        "has 7 billion",
        "has 70 billion",
        None,
    ),
]


def noticed(project, edit, folder):
    """Return whether the check of an edit fails in a copy of the project."""
    if edit.check == PICTURES:
        folder.mkdir()
        script = project / edit.file
        assert not alone(script.read_bytes(), script.name, project, folder)
        return any(wrong for _, wrong in json.loads((folder / "figures.json").read_text()))
    command = [sys.executable, "-m", "pytest", "-q", edit.check]
    around = os.environ | {"PYTHONPATH": str(project)}
    done = subprocess.run(
        command, cwd=project, env=around, capture_output=True, text=True, check=False
    )
    assert done.returncode in {0, 1}, done.stdout + done.stderr
    return done.returncode == 1


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """Return a copy of the project."""
    project = tmp_path_factory.mktemp("project")
    for name in PARTS:
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, project)
    (project / ".venv").symlink_to(ROOT / ".venv")
    return project


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.says)
def test_an_edit_is_noticed(project, edit, tmp_path, record_property):
    path = project / edit.file
    whole = path.read_text(encoding="utf-8")
    assert edit.old in whole
    if not edit.check:
        return
    assert not noticed(project, edit, tmp_path / "before")
    try:
        path.write_text(whole.replace(edit.old, edit.new, 1), encoding="utf-8")
        assert noticed(project, edit, tmp_path / "after")
    finally:
        path.write_text(whole, encoding="utf-8")
    record_property(
        f"Of {len(EDITS)} edits of the source that a reader would notice at once, noticed", 1
    )
