"""The code is formatted and linted, the words are spelled, settings stay small, and workflows
can do little."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_finds_nothing(command):
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, ROOT], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


WORDS = [
    *(ROOT / name for name in ("docs", "gallery", "optbook", "conf", "tests", "Makefile")),
    *ROOT.glob("*.md"),
]


def spelled(*paths):
    """Return the words that codespell would mend."""
    options = [
        "--skip",
        "*.json,*.npz,*.woff2,*.png,*.txt,__pycache__",
        "--ignore-words-list",
        "lamda,mor,tread",
    ]
    command = [sys.executable, "-m", "codespell_lib", *options, *paths]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_words_are_spelled():
    assert not spelled(*WORDS)


def test_a_word_that_is_not_is_found(tmp_path):
    (tmp_path / "a.md").write_text("the rec" + "iever")
    assert "receiver" in spelled(tmp_path)


WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_names_its_actions_by_commit_and_may_do_little(path):
    text = path.read_text(encoding="utf-8")
    used = re.findall(r"uses: (.*)", text)
    assert used
    assert all(
        re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in used
    )
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {}
    jobs = workflow["jobs"].values()
    assert all(set(job["permissions"]) <= {"contents", "pages", "id-token"} for job in jobs)
    assert all(job["permissions"].get("contents") in (None, "read") for job in jobs)
    assert "pull_request_target" not in text


@pytest.mark.parametrize("name", ["book", "test", "audit", "lowest"])
def test_every_package_is_pinned_by_its_hash(name):
    wanted = (ROOT / "conf" / "lock" / f"{name}.txt").read_text().replace("\\\n", "").splitlines()
    assert wanted
    assert all(
        re.match(r"[\w.-]+(\[\w+\])?==\S+ .*--hash=sha256:[0-9a-f]{64}", line) for line in wanted
    )


def test_settings_are_short_and_only_assign():
    source = (ROOT / "conf" / "conf.py").read_text()
    assert len(source.splitlines()) <= 90
    docstring, *rest = ast.parse(source).body
    assert isinstance(docstring.value, ast.Constant)
    assert all(isinstance(node, ast.Assign | ast.Import | ast.ImportFrom) for node in rest)
