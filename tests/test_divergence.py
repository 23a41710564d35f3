"""Rates from far too small to the largest that there are: what a run keeps is finite, and it
says when it was not."""

import itertools

import numpy as np
import pytest

import optbook
from optbook import OPTIMIZERS, WRAPPERS, adam, gd, minimize
from tests.walking import column, ground

RATES = np.logspace(-3, 308, 40)
STEPS = 30
PROBLEMS = {
    "bowl": optbook.bowl,
    "rosenbrock": optbook.rosenbrock,
    "rastrigin": optbook.rastrigin,
    "plateau": optbook.plateau,
    "line_fit": optbook.line_fit(),
}
EVERY = pytest.mark.parametrize("name", OPTIMIZERS)
ON = pytest.mark.parametrize("surface", PROBLEMS)


def swept(name, surface, lr, **how):
    """Run an optimizer; record all that it remembers, if that is of theta's shape."""
    rule = OPTIMIZERS[name]
    record = " ".join(rule.state) if name != "adafactor" else ""
    return minimize(ground(name, PROBLEMS[surface]), rule, lr=lr, steps=STEPS, record=record, **how)


def check_finite(run):
    """Check that every number of a run is finite."""
    for kept in (run.theta, run.loss, *run.symbols.values()):
        assert np.isfinite(kept).all()


@ON
@EVERY
def test_a_race_of_all_rates_keeps_finite_numbers_and_tells_who_was_lost_when(name, surface):
    race = swept(name, surface, column(name, RATES))
    check_finite(race)
    lost = race.diverged_at > 0
    assert race.t[-1] == (race.diverged_at.max() - 1 if lost.all() else STEPS)
    first = race.diverged_at[lost].min() if lost.any() else None
    assert race.status == (
        f"{lost.sum()} of 40 diverged, the first at step {first}" if lost.any() else "finished"
    )
    for i in np.flatnonzero(lost):
        resting = race.theta[race.diverged_at[i] - 1 :, i]
        np.testing.assert_array_equal(resting, np.broadcast_to(resting[0], resting.shape))


@ON
@EVERY
def test_alone_a_rate_does_what_it_does_in_the_race(name, surface):
    race = swept(name, surface, column(name, RATES))
    for i in (0, 1, 13, 26, 39):
        alone = swept(name, surface, RATES[i])
        check_finite(alone)
        assert alone.diverged_at == race.diverged_at[i]
        assert alone.status == (
            "finished" if not alone.diverged_at else f"diverged at step {alone.diverged_at}"
        )
        assert alone.t[-1] == (alone.diverged_at - 1 if alone.diverged_at else STEPS)
        np.testing.assert_array_equal(race.theta[: len(alone.t), i], alone.theta)


@EVERY
def test_thinned_a_run_sees_no_divergence_that_is_none(name):
    whole = swept(name, "rosenbrock", column(name, RATES))
    for every in (7, STEPS):
        thin = swept(name, "rosenbrock", column(name, RATES), every=every)
        check_finite(thin)
        assert np.all(whole.diverged_at[thin.diverged_at > 0] > 0)
        assert np.all(
            thin.diverged_at[thin.diverged_at > 0] >= whole.diverged_at[thin.diverged_at > 0]
        )


def test_the_sweep_meets_both_ends():
    steps = {name: swept(name, "bowl", column(name, RATES)).diverged_at for name in OPTIMIZERS}
    assert all(at[0] == 0 for at in steps.values())
    assert {name for name, at in steps.items() if not at[-1]} <= {"adafactor"}, (
        "whose steps are bounded"
    )


def check_bare(walk):
    """Check that a bare walk yields nothing beyond the first point that is not finite, and says
    why it ends."""
    finite, error = [], None
    with np.errstate(all="ignore"):
        try:
            finite.extend(np.isfinite(theta).all() for theta in itertools.islice(walk, STEPS))
        except ValueError as ended:
            error = str(ended)
    assert all(finite[:-1])
    assert (
        len(finite) == STEPS
        if error is None
        else error.endswith("the walk has diverged; a smaller lr may help")
    )


@ON
@EVERY
def test_a_bare_walk_goes_at_most_one_step_beyond_the_numbers(name, surface):
    problem = ground(name, PROBLEMS[surface])
    for lr in RATES[::3]:
        check_bare(OPTIMIZERS[name](problem.grad, np.array(problem.start), lr=lr))


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS)
@pytest.mark.parametrize("rule", [gd, adam])
def test_so_does_a_wrapped_one(rule, wrap):
    for lr in RATES[::3]:
        check_finite(minimize(optbook.rosenbrock, wrap(rule), lr=lr, steps=STEPS))
        check_bare(wrap(rule)(optbook.rosenbrock.grad, np.array(optbook.rosenbrock.start), lr=lr))


def test_without_a_word_no_number_of_a_bare_walk_is_lost():
    for lr in (10.0, 1e100, 1e308):
        walk = gd(optbook.rosenbrock.grad, np.array(optbook.rosenbrock.start), lr=lr)
        with pytest.raises((RuntimeWarning, ValueError)):  # for warnings are errors in a test
            list(itertools.islice(walk, STEPS))
