"""Optimizers around others: they are optimizers again, and do what they say."""

import inspect
from itertools import islice

import numpy as np
import pytest

from optbook import (
    OPTIMIZERS,
    WRAPPERS,
    adam,
    bowl,
    clipped,
    gd,
    lookahead,
    minimize,
    momentum,
    muon,
    rosenbrock,
)
from tests.walking import column, ground, shaped

EVERY = pytest.mark.parametrize("name", OPTIMIZERS)
AROUND = pytest.mark.parametrize("wrapper", WRAPPERS)


def take(steps, walk):
    """Return the next so many points as one array."""
    return np.array(list(islice(walk, steps)))


@EVERY
@AROUND
def test_they_go_around_any_optimizer(name, wrapper):
    rule, problem = WRAPPERS[wrapper](OPTIMIZERS[name]), ground(name, bowl)
    run = minimize(problem, rule, lr=OPTIMIZERS[name].demo_lr / 10, steps=200)
    assert run.status == "finished"
    assert run.loss[-1] < run.loss[0]


@EVERY
def test_a_clip_that_is_never_reached_changes_nothing(name):
    problem, lr = ground(name, rosenbrock), OPTIMIZERS[name].demo_lr / 100
    plain = minimize(problem, OPTIMIZERS[name], lr=lr, steps=50)
    wrapped = minimize(problem, clipped(OPTIMIZERS[name], norm=1e300), lr=lr, steps=50)
    np.testing.assert_array_equal(wrapped.theta, plain.theta)


@EVERY
def test_a_walker_that_is_not_called_back_goes_its_own_way(name):
    problem, lr = ground(name, rosenbrock), OPTIMIZERS[name].demo_lr / 100
    plain = minimize(problem, OPTIMIZERS[name], lr=lr, steps=50)
    wrapped = minimize(problem, lookahead(OPTIMIZERS[name], sync=51), lr=lr, steps=50)
    np.testing.assert_array_equal(wrapped.theta, plain.theta)


@pytest.mark.parametrize("size", [1e-300, 1e-9, 0.5, 2.0, 1e9, 1e200])
def test_a_clipped_gradient_keeps_its_direction_and_is_not_too_long(size):
    g = size * np.array([3.0, -4.0]) / 5
    step = -next(clipped(gd, norm=1.5)(lambda theta: g, np.zeros(2), lr=1.0))
    assert np.linalg.norm(step) == pytest.approx(min(size, 1.5), rel=1e-14)
    np.testing.assert_allclose(step * size, g * np.linalg.norm(step), rtol=1e-14)


def test_each_racer_has_its_own_norm_and_a_matrix_has_one():
    points = np.array([[1e6, 0.0], [0.0, 1e-6]])
    first = next(clipped(gd)(lambda theta: theta, points, lr=1.0))
    np.testing.assert_allclose(first, [[1e6 - 1, 0], [0, 0]], atol=1e-12)
    asked = []

    def spy(grad, theta):
        asked.append(grad(theta))
        yield theta

    spy.axes = 2
    next(clipped(spy)(lambda theta: theta, np.full((2, 2), 3.0)))
    np.testing.assert_allclose(asked[0], np.full((2, 2), 0.5), rtol=1e-14)


def test_the_slow_weights_follow_the_formula():
    eta, k, share = 0.3, 4, 0.25
    walked = take(12, lookahead(gd, sync=k, share=share)(lambda theta: theta, np.ones(1), lr=eta))[
        :, 0
    ]
    factor = 1 - share + share * (1 - eta) ** k
    np.testing.assert_allclose(walked[k - 1 :: k], factor ** np.arange(1, 4), rtol=1e-14)


@AROUND
def test_a_race_equals_its_racers_bit_for_bit(wrapper):
    rule, rates = WRAPPERS[wrapper](adam), np.geomspace(1e-3, 1, 5)
    race = minimize(rosenbrock, rule, lr=column("adam", rates), steps=40)
    for i, lr in enumerate(rates):
        np.testing.assert_array_equal(
            race.theta[:, i], minimize(rosenbrock, rule, lr=lr, steps=40).theta
        )


@AROUND
def test_inputs_and_earlier_points_are_left_alone(wrapper):
    start, seen, copies = np.array([1.0, -2.0]), [], []
    for theta in islice(WRAPPERS[wrapper](momentum)(lambda theta: theta, start, lr=0.1), 20):
        seen.append(theta)
        copies.append(theta.copy())
    np.testing.assert_array_equal(seen, copies)
    assert start.tolist() == [1.0, -2.0]


def test_changing_a_yielded_array_does_not_steer_the_run():
    expected = take(12, lookahead(adam, sync=3)(lambda theta: theta, np.ones(2), lr=0.1))
    walked = []
    for theta in islice(lookahead(adam, sync=3)(lambda theta: theta, np.ones(2), lr=0.1), 12):
        walked.append(theta.copy())
        theta[:] = 99
    np.testing.assert_array_equal(walked, expected)


def test_they_say_what_they_are():
    both = clipped(lookahead(adam))
    assert both.title == "Clipping around Lookahead around Adam"
    assert both.__name__ == "clipped(lookahead(adam))"
    assert both.state == ["m", "v", "slow"]
    assert both.limit is None
    assert inspect.signature(both) == inspect.signature(adam)
    assert clipped(lambda grad, theta: iter([])).state == []


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: clipped(3), TypeError, "clipped: rule must be an optimizer, got 3"),
        (
            lambda: clipped(adam, norm=0),
            ValueError,
            "clipped: norm must be a finite number > 0, got 0",
        ),
        (
            lambda: clipped(adam, norm="1"),
            TypeError,
            "clipped: norm must be a finite number > 0, got '1'",
        ),
        (
            lambda: clipped(adam, most=1),
            TypeError,
            "clipped: unknown argument most=1; allowed: rule, norm",
        ),
        (
            lambda: lookahead(adam, sync=0),
            ValueError,
            "lookahead: sync must be a whole number >= 1, got 0",
        ),
        (
            lambda: lookahead(adam, sync=2.5),
            ValueError,
            "lookahead: sync must be a whole number >= 1, got 2.5",
        ),
        (
            lambda: lookahead(adam, share=0),
            ValueError,
            r"lookahead: share must be a number in \(0, 1\], got 0",
        ),
        (
            lambda: lookahead(adam, share=1.1),
            ValueError,
            r"lookahead: share must be a number in \(0, 1\], got 1.1",
        ),
        (
            lambda: next(lookahead(adam)(bowl.grad, 1.0)),
            ValueError,
            "lookahead: theta must have at least 1 axis, got array",
        ),
        (
            lambda: lookahead(adam)(bowl.grad, np.ones(2), rate=1),
            TypeError,
            "adam: unknown argument rate=1",
        ),
        (
            lambda: clipped(adam)(3, np.ones(2)),
            TypeError,
            "adam: grad must be a function of theta, got 3",
        ),
        (
            lambda: next(clipped(adam)(lambda theta: None, np.ones(2))),
            TypeError,
            "clipped: grad must return real",
        ),
        (
            lambda: next(clipped(adam)(lambda theta: theta[:1], np.ones(2))),
            ValueError,
            "clipped: grad must return an a",
        ),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=f"^{message}"):
        call()


def test_a_matrix_is_refused_where_a_point_is_given():
    with pytest.raises(ValueError, match=r"^muon: theta must have at least 2 axes, got \(2,\)"):
        muon(bowl.grad, np.ones(2))
    with pytest.raises(ValueError, match=r"^lamb: theta must have at least 1 axis, got \(\)"):
        OPTIMIZERS["lamb"](bowl.grad, 1.0)
    assert shaped("muon", [1, 1]).shape == (1, 2)
