"""The benchmark of `make bench` does what it says, for the contestant that is always installed."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

RACING = Path(__file__).parent / "benchmarks" / "racing.py"


def test_our_racers_run_the_whole_way():
    done = subprocess.run(
        [sys.executable, RACING, "--only", "optbook"], check=True, capture_output=True, text=True
    )
    points = np.array(json.loads(done.stdout))
    assert points.shape == (3, 2)
    first = np.random.default_rng(0).uniform((-2, -1), (2, 3), size=(3, 2))
    assert np.all(np.abs(points - first).max(axis=1) > 0.1)
