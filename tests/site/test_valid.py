"""Every page is HTML, as the Nu checker knows it."""

import json
import subprocess

import pytest

from tests.site.conftest import NODE

pytestmark = pytest.mark.browser  # for Java comes with them

NU = NODE / "vnu-jar" / "build" / "dist" / "vnu.jar"


def errors(*paths):
    """Return what the Nu checker finds wrong with pages."""
    command = ["java", "-jar", NU, "--errors-only", "--format", "json", *paths]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    return [
        (found.get("url"), found.get("lastLine"), found["message"])
        for found in json.loads(told)["messages"]
    ]


def test_every_page_is_html(site):
    pages = list(site.rglob("*.html"))
    assert not errors(*pages)


def test_what_is_not_html_is_found(tmp_path):
    for number, fault in enumerate(
        ["<p id=one><p id=one>", "<ul><p>text</ul>", "<img src=a.png>", "<div foo=bar>"]
    ):
        (tmp_path / f"{number}.html").write_text(
            f'<!DOCTYPE html><html lang="en"><title>A page</title>{fault}'
        )
    wrong = {url for url, *_ in errors(*tmp_path.iterdir())}
    assert wrong == {path.as_uri().replace("file:///", "file:/") for path in tmp_path.iterdir()}
