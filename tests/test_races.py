"""A race tunes on some starts and runs on others, forgives no run that diverges, and lets no
decay move the goal."""

import math

import numpy as np
import pytest

from optbook import adam, adamw, bowl, gd, rosenbrock
from optbook.races import race, scattered, tune

STARTS = dict(tuned_on=scattered(rosenbrock, seed=0), raced_on=scattered(rosenbrock, seed=1))


def test_the_pick_has_the_factor_of_theory():
    """One step multiplies the error by 1 − η, here 0.5, 0.1, −0.2 or −1.5."""
    assert (
        tune(bowl(condition=1), gd, [0.5, 0.9, 1.2, 2.5], starts=[(1, 0), (0, 3)], steps=9).rate
        == 0.9
    )


def test_one_run_that_diverges_costs_a_rate_its_place():
    """Beyond 2/L a start on the flat axis stays finite, and falls fastest; a start off it leaves
    the numbers."""
    starts = [(1, 0), (2, 0), (3, 0), (1, 1)]
    tuned = tune(bowl(condition=10), gd, [0.1, 0.9], starts=starts, steps=2000)
    assert np.isinf(tuned.losses).tolist() == [
        [False, False],
        [False, False],
        [False, False],
        [False, True],
    ]
    assert tuned.losses[0, 1] <= tuned.losses[0, 0]
    assert tuned.rate == 0.1
    alone = race(bowl(condition=10), gd, [0.9], tuned_on=[(1, 0)], raced_on=starts[1:], steps=2000)
    assert alone.lost == pytest.approx(1 / 3)
    assert alone.losses[0].max() < math.inf == alone.losses[-1].max()


def test_a_rate_may_lose_all():
    lost = race(bowl, gd, [9.0], tuned_on=[(1, 1)], raced_on=[(2, 2), (3, 3)], steps=1000)
    assert lost.lost == 1
    assert np.isinf(lost.losses[-1]).all()


def test_without_a_decay_adamw_is_adam():
    """With one, it comes to rest elsewhere: Rosenbrock's minimum is at (1, 1), not at the
    origin."""
    rates = [0.1, 0.3]
    ends = [race(rosenbrock, rule, rates, steps=300, **STARTS).losses[-1] for rule in (adam, adamw)]
    assert np.array_equal(*ends)
    pulled = race(rosenbrock, adamw, rates, steps=300, **STARTS, weight_decay=0.5).losses[-1]
    assert pulled.min() > ends[0].max()
