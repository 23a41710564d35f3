"""Run a script or a notebook in an empty folder, and in a process of its own, with an installed package.

Each process imports this module, which is why it imports little.
"""

import multiprocessing
import os
import runpy
import sys
import traceback
import warnings
from pathlib import Path

ROOT = Path(__file__).parents[1]
FORKS = multiprocessing.get_context("forkserver")  # each run is a new process that need not import NumPy first
FORKS.set_forkserver_preload(["numpy", "matplotlib.pyplot", "IPython", "nbformat"])


def execute(path):
    """Execute a script, or the cells of a notebook as a notebook does."""
    if path.suffix == ".py":
        return runpy.run_path(path)
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    for cell in nbformat.read(path, as_version=4)["cells"]:
        if cell["cell_type"] == "code":
            shell.run_cell(cell["source"]).raise_error()
    return None


def begin(path, package, told):
    """Execute what lies at `path` with the wheel's package; write what goes wrong to `told`."""
    os.chdir(path.parent)
    sys.path[:] = [str(package), *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT)]
    os.environ |= {"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(path.parent)}
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    try:
        execute(path)
        assert sys.modules["optbook"].__file__.startswith(str(package)), "this is not the package of the wheel"
    except BaseException:
        told.write_text(traceback.format_exc())


def alone(content, name, package, folder):
    """Execute a download in an empty folder, in a process of its own; return what goes wrong."""
    home, told = folder / "empty", folder / "told"
    home.mkdir()
    (home / name).write_bytes(content)
    process = FORKS.Process(target=begin, args=(home / name, package, told))
    process.start()
    process.join()
    return told.read_text() if told.exists() else process.exitcode
