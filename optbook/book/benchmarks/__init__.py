"""What benchmarks have measured: stored results, each with its machine and date, which pages and
scripts plot.

Times differ from machine to machine and from run to run, so a page that timed itself would never be
the same twice.
"""

import json
from importlib.resources import files

__all__ = ["load"]


def load(name):
    """Return the stored result of a benchmark.

    Parameters
    ----------
    name : str
        Name of the benchmark, a script in tests/benchmarks.

    Returns
    -------
    dict
        ``machine``, ``date``, ``versions``, the ``command`` that measures anew, and the
        ``results``, times in seconds.

    Raises
    ------
    TypeError, ValueError
        If there is no such result.

    Examples
    --------
    >>> load("epochs")["command"]
    'python tests/benchmarks/epochs.py --write'
    """
    stored = {
        path.name.removesuffix(".json"): path
        for path in files(__name__).iterdir()
        if ".json" in path.name
    }
    if name not in stored:
        raise ValueError(f"load: name must be one of {', '.join(sorted(stored))}; got {name!r}")
    return json.loads(stored[name].read_text(encoding="utf-8"))
