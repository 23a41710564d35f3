"""Stored results of benchmarks: whole, dated, and of this book's contestants."""

import datetime
from importlib.resources import files

import pytest

from optbook.book.benchmarks import load
from tests.benchmarks.inputs import BAD

NAMES = sorted(
    path.name.removesuffix(".json")
    for path in files("optbook.book.benchmarks").iterdir()
    if path.suffix == ".json"
)


@pytest.mark.parametrize("name", NAMES)
def test_a_result_says_where_and_when_and_how(name):
    report = load(name)
    assert {"machine", "date", "versions", "command", "results"} <= set(report)
    assert datetime.date.fromisoformat(report["date"])
    assert report["command"] == f"python tests/benchmarks/{name}.py --write"
    assert "/" not in report["machine"].replace("CPU/", "")


def test_the_cost_of_an_epoch_is_as_promised():
    for size, target in {"1": 0.2, "32": 0.35, "256": 0.5, "1280": 0.7}.items():
        cost = load("epochs")["results"][size]
        assert cost["optbook"] <= target * cost["PyTorch, indexed"]


def test_an_unknown_result_is_an_error():
    with pytest.raises(
        ValueError, match=r"load: name must be one of bad_inputs, epochs, memory; got 'speed'"
    ):
        load("speed")


def test_the_recorded_outcomes_are_those_of_the_inputs_that_are_tried():
    report = load("bad_inputs")
    named = {(role, bad.name) for bad in BAD for role in bad.roles}
    recorded = {
        (role, name): said
        for role, inputs in report["results"].items()
        for name, said in inputs.items()
    }
    assert set(recorded) == {
        (role, name) for role, name in named if role in report["equivalents"]
    }, f"the inputs have changed; please record anew: {report['command']}"
    for library in ("PyTorch", "Optax", "SciPy"):
        outcomes = [
            said[library].partition(":")[0] for said in recorded.values() if library in said
        ]
        assert len(outcomes) >= 30
        assert set(outcomes) <= {"refused", "warned", "reported", "accepted", "silent"}
    assert report["versions"]["torch"].startswith("2.13.0")
    assert report["versions"]["optax"] == "0.2.8"
