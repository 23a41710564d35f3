"""The scripts of the site: formatted, linted, and whole once they are joined."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ext.bundle import joined
from ext.figure import NODE as RUNTIME
from tests.site.conftest import NODE, ROOT

PRETTIER = NODE / "prettier" / "bin" / "prettier.cjs"
FILES = sorted([*(ROOT / "conf" / "figures").glob("*.js"), *(ROOT / "conf/static").glob("*.js")])


def oxlint(*arguments):
    """Return what oxlint says."""
    command = [Path(sys.executable).with_name("oxlint"), "--deny-warnings", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_script_is_formatted(path):
    command = [RUNTIME, PRETTIER, "--check", "--print-width", "100", path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_scripts_have_no_fault_that_a_linter_knows():
    assert not oxlint("--allow", "no-unused-vars", *FILES)  # a part uses what another declares


@pytest.fixture
def linted(tmp_path):
    """Return a function that says what is unknown or unused in a whole script."""
    spare = {"argsIgnorePattern": "^\\$$", "varsIgnorePattern": "^abs$"}  # for rules to come
    rules = {"no-undef": "error", "no-unused-vars": ["error", spare]}
    config = {"env": {"browser": True, "es2024": True}, "rules": rules}
    (tmp_path / "config.json").write_text(
        json.dumps(config | {"categories": {"correctness": "off"}})
    )

    def look(text):
        path = tmp_path / "joined.js"
        path.write_text(text, encoding="utf-8")
        return oxlint("-c", tmp_path / "config.json", path)

    return look


def test_joined_scripts_use_what_they_declare_and_declare_what_they_use(linted):
    assert not linted(joined())
    said = linted(joined().replace("{", "{\nconst spare = 1;\nunknown(2);", 1))
    assert "'unknown' is not defined" in said
    assert "'spare' is declared but never used" in said
