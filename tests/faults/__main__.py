"""Carry out every experiment, with and without its gates, and say what survived: `make faults`,
or give some names."""

import argparse
import queue
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.faults.experiments import EXPERIMENTS
from tests.faults.lab import Lab

AT_ONCE = 2


def main():
    """Share the experiments out among a few labs, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(EXPERIMENTS))
    names = parser.parse_args().names or list(EXPERIMENTS)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        labs = queue.SimpleQueue()
        for lab in pool.map(Lab, [Path(folder, str(i)) for i in range(AT_ONCE)]):
            labs.put(lab)

        def verdict(name):
            lab = labs.get()
            try:
                return lab.verdict(name)
            finally:
                labs.put(lab)

        survived = []
        for name, wrong in zip(names, pool.map(verdict, names), strict=True):
            print(
                f"{'FAILED  ' if wrong else 'survived'}  {EXPERIMENTS[name].title}  [{name}] "
                f" {wrong}",
                flush=True,
            )
            survived += [] if wrong else [name]
        while not labs.empty():
            labs.get().close()
    print(f"faults survived {len(survived)}/{len(names)}")
    return len(survived) < len(names)


if __name__ == "__main__":
    sys.exit(main())
