"""Laws that hold for any problem of a kind, tried on many."""

import inspect
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optbook import OPTIMIZERS, adam, adamw, bowl, gd, minimize, momentum, nesterov, rosenbrock
from tests.walking import column, ground, shaped

EVERY = pytest.mark.parametrize("name", OPTIMIZERS)
EACH = pytest.mark.parametrize("name", [name for name, rule in OPTIMIZERS.items() if not rule.axes])
POINTS = arrays(float, 2, elements=st.floats(-3, 3))
PLAIN = arrays(float, 2, elements=st.integers(-3000, 3000).map(lambda n: n / 1000))  # no square of them underflows
ANGLES = st.floats(0, 2 * np.pi)
SHIFTS = arrays(float, 2, elements=st.integers(-8, 8).map(float))


def take(steps, walk):
    """Return the next so many points as one array."""
    return np.array(list(itertools.islice(walk, steps)))


@given(POINTS, st.floats(1, 1000), ANGLES, st.floats(0.01, 1))
def test_descent_lemma_at_a_rate_up_to_one_over_l_the_loss_never_rises(start, condition, rotation, share):
    problem = bowl(condition=condition, rotation=rotation)
    run = minimize(problem, gd, start=start, lr=share / condition, steps=50)
    drop = share / condition / 2 * np.square(problem.grad(run.theta[:-1])).sum(axis=-1)
    slack = 1e-12 * run.loss[0] + 1e-300
    assert np.all(np.diff(run.loss) <= -drop + slack)


@given(POINTS, st.floats(1, 100), ANGLES, st.sampled_from([gd, momentum, nesterov]))
def test_rules_without_coordinates_turn_with_the_landscape(start, condition, angle, rule):
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])  # row vectors: x ↦ x·turn
    straight = minimize(bowl(condition=condition), rule, start=start, lr=0.5 / condition, steps=40)
    turned = minimize(bowl(condition=condition, rotation=angle), rule, start=start @ turn, lr=0.5 / condition, steps=40)
    np.testing.assert_allclose(turned.theta, straight.theta @ turn, atol=1e-11)
    np.testing.assert_allclose(turned.loss, straight.loss, atol=1e-9)


def test_adaptive_rules_do_not_turn_with_the_landscape():
    turn = np.array([[0, 1], [-1, 0]]) @ np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    straight = take(20, adam(bowl.grad, np.array([-4.0, 2.0]), lr=0.1))
    turned = take(20, adam(lambda theta: bowl.grad(theta @ turn.T) @ turn, np.array([-4.0, 2.0]) @ turn, lr=0.1))
    assert np.abs(turned - straight @ turn).max() > 0.1


@EACH
@given(POINTS, SHIFTS)
def test_every_rule_moves_with_a_landscape_that_is_moved(name, start, shift):
    rule, start = OPTIMIZERS[name], np.array([2.25, -2.0]) + start / 4  # far from where a slope changes its sign,
    arguments = {"lr": 1e-5}  # and slow to get there: so it holds for rules that jump at that place, too
    if "weight_decay" in inspect.signature(rule).parameters:
        arguments["weight_decay"] = 0  # decay pulls to an origin that does not move
    here = take(30, rule(rosenbrock.grad, start, **arguments))
    there = take(30, rule(lambda theta: rosenbrock.grad(theta - shift), start + shift, **arguments))
    np.testing.assert_allclose(there, here + shift, atol=1e-9)


@EACH
@given(arrays(float, 5, elements=st.floats(-3, 3)), st.permutations(range(5)))
def test_every_rule_is_indifferent_to_the_order_of_coordinates(name, start, order):
    scales = np.array([1.0, 2.0, 5.0, 10.0, 20.0])
    plain = take(30, OPTIMIZERS[name](lambda theta: scales * theta, start, lr=0.01))
    permuted = take(30, OPTIMIZERS[name](lambda theta: scales[order] * theta, start[order], lr=0.01))
    np.testing.assert_array_equal(permuted, plain[:, order])


@EVERY
@given(arrays(float, (4, 3), elements=st.floats(-3, 3)))
def test_every_rule_is_blind_to_strides(name, start):
    strided = np.asfortranarray(np.repeat(start, 2, axis=1))[:, ::2]
    plain = take(10, OPTIMIZERS[name](lambda theta: theta, start, lr=0.01))
    np.testing.assert_array_equal(take(10, OPTIMIZERS[name](lambda theta: theta, strided, lr=0.01)), plain)


@EVERY
@given(POINTS)
def test_every_rule_mirrors_a_mirrored_landscape(name, start):
    grad, start = ground(name, rosenbrock).grad, shaped(name, start)
    plain = take(30, OPTIMIZERS[name](grad, start, lr=1e-4))
    mirrored = take(30, OPTIMIZERS[name](lambda theta: -grad(-theta), -start, lr=1e-4))
    np.testing.assert_array_equal(mirrored, -plain)


@given(PLAIN, st.integers(-20, 20), st.sampled_from([adam, adamw, OPTIMIZERS["rmsprop"], OPTIMIZERS["adagrad"]]))
def test_adaptive_rules_ignore_the_gradients_scale_as_eps_vanishes(start, power, rule):
    plain = take(50, rule(rosenbrock.grad, start, lr=0.01, eps=1e-200))
    scaled = take(50, rule(lambda theta: 2.0**power * rosenbrock.grad(theta), start, lr=0.01, eps=1e-200))
    np.testing.assert_array_equal(scaled, plain)  # a power of two scales every number exactly


@given(
    arrays(float, 4, elements=st.floats(-1e100, 1e100)), st.floats(1e-6, 1e3), st.floats(0, 0.99), st.floats(0, 0.9999)
)
def test_adams_first_step_is_never_longer_than_the_rate(g, lr, beta1, beta2):
    first = next(adam(lambda theta: g, np.zeros(4), lr=lr, beta1=beta1, beta2=beta2))
    assert np.all(np.abs(first) <= lr * (1 + 1e-12))
    assert np.all(np.sign(first) == -np.sign(g)) or np.abs(g[g != 0]).min() < 1e-300


@given(POINTS, st.floats(0, 0.99))
def test_decay_alone_never_grows_a_weight(start, weight_decay):
    walked = take(20, adamw(np.zeros_like, start, lr=0.5, weight_decay=weight_decay))
    assert np.all(np.diff(np.abs([start, *walked]), axis=0) <= 0)


@EVERY
@given(st.lists(st.floats(1e-4, 0.1), min_size=1, max_size=6))
def test_a_race_of_any_size_equals_its_racers(name, rates):
    problem = ground(name, rosenbrock)
    race = minimize(problem, OPTIMIZERS[name], lr=column(name, rates), steps=20)
    for i, lr in enumerate(rates):
        alone = minimize(problem, OPTIMIZERS[name], lr=lr, steps=20)
        np.testing.assert_array_equal(race.theta[: len(alone.t), i], alone.theta)
        assert race.diverged_at[i] == alone.diverged_at
