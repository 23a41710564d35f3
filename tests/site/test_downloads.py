"""What a reader installs and takes home: the wheel, and every script and notebook alone in an
empty folder."""

import hashlib
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from myst_nb.core.read import read_myst_markdown_notebook

from tests.alone import alone
from tests.site.conftest import ROOT
from tests.site.test_pages import CHAPTER, SCRIPTS

GROUP = "script"
PLOTTING = [
    page
    for page in sorted((ROOT / "docs").glob("*.md"))
    if "plt.show()" in page.read_text(encoding="utf-8")
]
ALONE = "Downloads that run alone in an empty folder"
LOOKED_AT = "Pictures with sound legends, axes, ink, texts and descriptions"


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """Build the wheel, and return the folder that it is unpacked to."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT]
    subprocess.run(command, check=True, capture_output=True, cwd=out)
    zipfile.ZipFile(next(out.glob("*.whl"))).extractall(out / "unpacked")
    return out / "unpacked"


def test_the_wheel_asks_for_little(installed):
    metadata = next(installed.glob("*.dist-info/METADATA")).read_text()
    asked = {
        line.split(": ")[1].split(">")[0]
        for line in metadata.splitlines()
        if line.startswith("Requires-Dist")
    }
    assert asked == {"numpy", "matplotlib", "tqdm"}
    assert (installed / "optbook" / "textbook.mplstyle").exists()


@pytest.mark.parametrize("kind", [".py", ".ipynb"])
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_and_its_notebook_run_alone(pages, site, installed, tmp_path, script, kind):
    (published,) = (site / "_downloads").rglob(f"{script.stem}{kind}")
    assert not alone(published.read_bytes(), published.name, installed, tmp_path)
    if kind == ".py":
        says, wrong = zip(*json.loads((tmp_path / "figures.json").read_text()), strict=True)
        assert not any(wrong), wrong
        figures = pages[str(script.relative_to(ROOT).with_suffix(".html"))].select("article figure")
        assert [figure.img["alt"] for figure in figures] == list(says)
        assert [figure.figcaption.get_text() for figure in figures] == list(says)


@pytest.mark.parametrize(
    "script", [Path(name).with_suffix(".ipynb") for name in CHAPTER], ids=lambda path: path.stem
)
def test_a_notebook_of_exercises_runs_alone(site, installed, tmp_path, script):
    published = site / "exercises" / script
    assert not alone(published.read_bytes(), published.name, installed, tmp_path)


@pytest.mark.parametrize("script", PLOTTING, ids=lambda path: path.stem)
def test_pictures_of_a_page_are_sound(pages, installed, tmp_path, script):
    notebook = read_myst_markdown_notebook(script.read_text(encoding="utf-8"))
    assert not alone(
        nbformat.writes(notebook).encode(), f"{script.stem}.ipynb", installed, tmp_path
    )
    says, wrong = zip(*json.loads((tmp_path / "figures.json").read_text()), strict=True)
    assert not any(wrong), wrong
    shown = pages[f"{script.stem}.html"].select("article figure img")
    assert [picture["alt"] for picture in shown] == list(says)


def test_a_script_that_fails_is_noticed(installed, tmp_path):
    assert "no such luck" in alone(
        b"import optbook\nraise ValueError('no such luck')", "a.py", installed, tmp_path
    )


def test_a_picture_that_is_wrong_is_noticed(installed, tmp_path):
    script = b"import matplotlib.pyplot as plt, optbook\nplt.plot([0, 1], alpha=0)\nplt.show()"
    assert not alone(script, "a.py", installed, tmp_path)
    ((says, wrong),) = json.loads((tmp_path / "figures.json").read_text())
    assert not says
    assert len(wrong) == 4, (
        "no description, two axes without a label, and a line that cannot be seen"
    )


def test_a_script_that_dies_is_noticed(installed, tmp_path):
    assert alone(b"import os\nos._exit(3)", "a.py", installed, tmp_path) == 3


def test_every_download_has_its_hash(site):
    lines = (site / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    said = {name: value for value, name in (line.split("  ", 1) for line in lines)}
    downloads = [path for path in site.rglob("*") if path.suffix in {".py", ".ipynb", ".zip"}]
    assert said == {
        str(path.relative_to(site)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in downloads
    }
    assert len(said) > 3 * len(SCRIPTS)
