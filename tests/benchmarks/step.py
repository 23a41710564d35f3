"""What a step of `minimize` costs beside an older commit: ratios of the best of several runs in
turn. `make bench`."""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEASURE = """
import timeit
import numpy as np
from optbook import adam, bowl, cosine, minimize
race = np.geomspace(1e-3, 1, 64)[:, None]
for name, more in {"every point": {}, "two points": {"every": 1000},
                   "64 racers": {"lr": race, "every": 1000},
                   "scheduled": {"lr": cosine(0.1, 1000), "every": 1000}}.items():
    options = {"lr": 0.1, "steps": 1000, "progress": False} | more
    seconds = timeit.repeat(lambda: minimize(bowl, adam, **options), number=1, repeat=7)
    print(name, min(seconds), sep=":")
"""


def measured(tree):
    """Return the seconds that a tree takes for a thousand steps, by what is kept of them."""
    command = [sys.executable, "-c", MEASURE]
    # not this tree's own package
    options = dict(env=os.environ | {"PYTHONPATH": str(tree)}, cwd=tree)
    done = subprocess.run(command, check=True, capture_output=True, text=True, **options)
    return {
        name: float(seconds)
        for name, seconds in (line.split(":") for line in done.stdout.splitlines())
    }


def main():
    """Print each ratio, new over old."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", default="152bcfa", help="the commit to compare with")
    old = parser.parse_args().old
    with tempfile.TemporaryDirectory() as folder:
        git = ["git", "-C", ROOT, "worktree"]
        subprocess.run([*git, "add", "--quiet", "--detach", folder, old], check=True)
        try:
            rounds = [(measured(ROOT), measured(folder)) for _ in range(3)]
        finally:
            subprocess.run([*git, "remove", "--force", folder], check=True)
    for name in rounds[0][0]:
        new, before = (min(one[side][name] for one in rounds) for side in (0, 1))
        print(f"a step of minimize, {name}: {new / before:.2f} of that of {old}")


if __name__ == "__main__":
    main()
