"""Stored results of benchmarks: whole, dated, and of this book's contestants."""

import datetime
from importlib.resources import files

import pytest

from optbook.measured import measured

NAMES = sorted(
    path.name.removesuffix(".json") for path in files("optbook.measured").iterdir() if path.suffix == ".json"
)


@pytest.mark.parametrize("name", NAMES)
def test_a_result_says_where_and_when_and_how(name):
    report = measured(name)
    assert {"machine", "date", "versions", "command", "results"} <= set(report)
    assert datetime.date.fromisoformat(report["date"])
    assert report["command"] == f"python tests/benchmarks/{name}.py --write"
    assert "/" not in report["machine"].replace("CPU/", "")


def test_the_cost_of_an_epoch_is_as_promised():
    for size, target in {"1": 0.2, "32": 0.35, "256": 0.5, "1280": 0.7}.items():
        cost = measured("epochs")["results"][size]
        assert cost["optbook"] <= target * cost["PyTorch, indexed"]


def test_an_unknown_result_is_an_error():
    with pytest.raises(ValueError, match=r"measured: name must be one of epochs, memory; got 'speed'"):
        measured("speed")
