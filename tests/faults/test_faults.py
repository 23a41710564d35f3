"""What is done to a small book comes to nothing. `make faults` also switches off each gate, and sees the harm come."""

import pytest

from tests.faults.experiments import EXPERIMENTS
from tests.faults.lab import Lab

GROUP = "name"


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Make a small book, and build it once."""
    return Lab(tmp_path_factory.mktemp("lab"))


@pytest.mark.parametrize("name", [name for name, it in EXPERIMENTS.items() if not it.apart])
def test_it_survives(lab, name):
    lab.carry_out(name)


def test_there_are_enough():
    assert len(EXPERIMENTS) >= 25
