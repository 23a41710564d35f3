"""What a reader installs and copies: the wheel, and a script alone in an empty folder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SCRIPTS = sorted((ROOT / "gallery").rglob("plot_*.py"))


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """Build the wheel, and return the folder that it is unpacked to."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT]
    subprocess.run(command, check=True, capture_output=True)
    zipfile.ZipFile(next(out.glob("*.whl"))).extractall(out / "unpacked")
    return out / "unpacked"


def test_the_wheel_asks_for_little(installed):
    metadata = next(installed.glob("*.dist-info/METADATA")).read_text()
    asked = {line.split(": ")[1].split(">")[0] for line in metadata.splitlines() if line.startswith("Requires-Dist")}
    assert asked == {"numpy", "matplotlib", "tqdm"}
    assert (installed / "optbook" / "textbook.mplstyle").exists()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_copied_script_runs_alone(installed, tmp_path, script):
    (tmp_path / script.name).write_bytes(script.read_bytes())
    see = "import runpy, sys, optbook; assert optbook.__file__.startswith(sys.argv[2]); runpy.run_path(sys.argv[1])"
    environment = os.environ | {"PYTHONPATH": str(installed), "MPLBACKEND": "Agg", "MPLCONFIGDIR": str(tmp_path)}
    quiet = ["-W", "error", "-W", "ignore:FigureCanvasAgg is non-interactive:UserWarning"]
    command = [sys.executable, *quiet, "-c", see, script.name, str(installed)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
