"""Run a script or a notebook in an empty folder, and in a process of its own, with an installed
package.

Each figure is looked at when it is shown. Each process imports this module, which is why it imports
little.
"""

import json
import multiprocessing
import os
import runpy
import sys
import traceback
import warnings
from pathlib import Path

ROOT = Path(__file__).parents[1]
# each run is a new process that need not import NumPy first
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["numpy", "matplotlib.pyplot", "IPython", "nbformat", "tests.pictures"]
)


def execute(path, shown):
    """Execute a script, or the cells of a notebook as it does; add to `shown` what is wrong with
    each figure."""
    import matplotlib.pyplot as plt

    from tests.pictures import complaints

    says = None

    def show():
        for number in plt.get_fignums():
            figure = plt.figure(number)
            # a download's notebook has the same figures as its script
            if path.suffix == ".py" or says:
                shown.append([says or figure.get_label(), complaints(figure, says)])
        plt.close("all")

    plt.show = show
    if path.suffix == ".py":
        return runpy.run_path(path)
    import nbformat
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    for cell in nbformat.read(path, as_version=4)["cells"]:
        if cell["cell_type"] == "code":
            says = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt")
            shell.run_cell(cell["source"]).raise_error()
    return None


def begin(path, package, told, seen):
    """Execute what lies at `path` with the wheel's package; write what goes wrong to `told`, its
    figures to `seen`."""
    os.chdir(path.parent)
    sys.path[:] = [
        str(package),
        *(entry for entry in sys.path if Path(entry or ".").resolve() != ROOT),
    ]
    os.environ |= {"MPLBACKEND": "Agg", "MPLCONFIGDIR": str(path.parent)}
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "FigureCanvasAgg is non-interactive")
    shown = []
    try:
        execute(path, shown)
        seen.write_text(json.dumps(shown))
        assert sys.modules["optbook"].__file__.startswith(str(package)), (
            "this is not the package of the wheel"
        )
    except BaseException:
        told.write_text(traceback.format_exc())


def alone(content, name, package, folder):
    """Execute a download in an empty folder, in a process of its own; return what goes wrong.

    What each of its figures says, and what is wrong with it, is in the file figures.json of
    `folder`.
    """
    home, told = folder / "empty", folder / "told"
    home.mkdir()
    (home / name).write_bytes(content)
    process = FORKS.Process(
        target=begin, args=(home / name, package, told, folder / "figures.json")
    )
    process.start()
    process.join()
    return told.read_text() if told.exists() else process.exitcode
