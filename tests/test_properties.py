"""Laws that hold for any problem of a kind, tried on many."""

import inspect
import itertools
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from optbook import (
    OPTIMIZERS,
    PROBLEMS,
    SCHEDULES,
    adam,
    adam_blocked,
    adam_in_place,
    adamw,
    blobs,
    bowl,
    cosine,
    gd,
    line_fit,
    minimize,
    momentum,
    nesterov,
    rosenbrock,
    softmax_regression,
    two_layer,
)
from tests.walking import column, ground, shaped

EVERY = pytest.mark.parametrize("name", OPTIMIZERS)
RULES = st.sampled_from(list(OPTIMIZERS))
RATES = st.floats(1e-4, 0.1)
FEW = settings(max_examples=20)  # of those that are tried on every optimizer, or on large problems
EACH = pytest.mark.parametrize("name", [name for name, rule in OPTIMIZERS.items() if not rule.axes])
POINTS = arrays(float, 2, elements=st.floats(-3, 3))
# no square of them underflows
PLAIN = arrays(float, 2, elements=st.integers(-3000, 3000).map(lambda n: n / 1000))
ANGLES = st.floats(0, 2 * np.pi)
SHIFTS = arrays(float, 2, elements=st.integers(-8, 8).map(float))


def take(steps, walk):
    """Return the next so many points as one array."""
    return np.array(list(itertools.islice(walk, steps)))


@given(POINTS, st.floats(1, 1000), ANGLES, st.floats(0.01, 1))
def test_descent_lemma_at_a_rate_up_to_one_over_l_the_loss_never_rises(
    start, condition, rotation, share
):
    problem = bowl(condition=condition, rotation=rotation)
    run = minimize(problem, gd, start=start, lr=share / condition, steps=50)
    drop = share / condition / 2 * np.square(problem.grad(run.theta[:-1])).sum(axis=-1)
    slack = 1e-12 * run.loss[0] + 1e-300
    assert np.all(np.diff(run.loss) <= -drop + slack)


@given(POINTS, st.floats(1, 100), ANGLES, st.sampled_from([gd, momentum, nesterov]))
def test_rules_without_coordinates_turn_with_the_landscape(start, condition, angle, rule):
    # row vectors: x ↦ x·turn
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    straight = minimize(bowl(condition=condition), rule, start=start, lr=0.5 / condition, steps=40)
    turned = minimize(
        bowl(condition=condition, rotation=angle),
        rule,
        start=start @ turn,
        lr=0.5 / condition,
        steps=40,
    )
    np.testing.assert_allclose(turned.theta, straight.theta @ turn, atol=1e-11)
    np.testing.assert_allclose(turned.loss, straight.loss, atol=1e-9)


def test_adaptive_rules_do_not_turn_with_the_landscape():
    turn = np.array([[0, 1], [-1, 0]]) @ np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
    straight = take(20, adam(bowl.grad, np.array([-4.0, 2.0]), lr=0.1))
    turned = take(
        20,
        adam(lambda theta: bowl.grad(theta @ turn.T) @ turn, np.array([-4.0, 2.0]) @ turn, lr=0.1),
    )
    assert np.abs(turned - straight @ turn).max() > 0.1


@EACH
@given(POINTS, SHIFTS)
def test_every_rule_moves_with_a_landscape_that_is_moved(name, start, shift):
    # far from where a slope changes its sign,
    rule, start = (OPTIMIZERS[name], np.array([2.25, -2.0]) + start / 4)
    # and slow to get there: so it holds for rules that jump at that place, too
    arguments = {"lr": 1e-5}
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
    permuted = take(
        30, OPTIMIZERS[name](lambda theta: scales[order] * theta, start[order], lr=0.01)
    )
    np.testing.assert_array_equal(permuted, plain[:, order])


@EVERY
@given(arrays(float, (4, 3), elements=st.floats(-3, 3)))
def test_every_rule_is_blind_to_strides(name, start):
    strided = np.asfortranarray(np.repeat(start, 2, axis=1))[:, ::2]
    plain = take(10, OPTIMIZERS[name](lambda theta: theta, start, lr=0.01))
    np.testing.assert_array_equal(
        take(10, OPTIMIZERS[name](lambda theta: theta, strided, lr=0.01)), plain
    )


@EVERY
@given(POINTS)
def test_every_rule_mirrors_a_mirrored_landscape(name, start):
    grad, start = ground(name, rosenbrock).grad, shaped(name, start)
    plain = take(30, OPTIMIZERS[name](grad, start, lr=1e-4))
    mirrored = take(30, OPTIMIZERS[name](lambda theta: -grad(-theta), -start, lr=1e-4))
    np.testing.assert_array_equal(mirrored, -plain)


@given(
    PLAIN,
    st.integers(-20, 20),
    st.sampled_from([adam, adamw, OPTIMIZERS["rmsprop"], OPTIMIZERS["adagrad"]]),
)
def test_adaptive_rules_ignore_the_gradients_scale_as_eps_vanishes(start, power, rule):
    plain = take(50, rule(rosenbrock.grad, start, lr=0.01, eps=1e-200))
    scaled = take(
        50, rule(lambda theta: 2.0**power * rosenbrock.grad(theta), start, lr=0.01, eps=1e-200)
    )
    np.testing.assert_array_equal(scaled, plain)  # a power of two scales every number exactly


@given(
    arrays(float, 4, elements=st.floats(-1e100, 1e100)),
    st.floats(1e-6, 1e3),
    st.floats(0, 0.99),
    st.floats(0, 0.9999),
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
@settings(max_examples=12)  # few, but large
@given(st.lists(RATES, min_size=1, max_size=16))
def test_a_race_of_any_size_equals_its_racers(name, rates):
    problem = ground(name, rosenbrock)
    race = minimize(problem, OPTIMIZERS[name], lr=column(name, rates), steps=20)
    for i, lr in enumerate(rates):
        alone = minimize(problem, OPTIMIZERS[name], lr=lr, steps=20)
        np.testing.assert_array_equal(race.theta[: len(alone.t), i], alone.theta)
        assert race.diverged_at[i] == alone.diverged_at


# ---- what collapses into what --------------------------------------------------------------------


@given(POINTS, RATES, st.sampled_from([momentum, nesterov]))
def test_without_memory_momentum_is_gradient_descent(start, lr, rule):
    plain = minimize(rosenbrock, gd, start=start, lr=lr / 100, steps=30)
    np.testing.assert_array_equal(
        minimize(rosenbrock, rule, start=start, lr=lr / 100, beta=0, steps=30).theta, plain.theta
    )


@given(POINTS, RATES)
def test_without_decay_adamw_is_adam(start, lr):
    plain = minimize(rosenbrock, adam, start=start, lr=lr, steps=30)
    bare = minimize(rosenbrock, adamw, start=start, lr=lr, weight_decay=0, steps=30)
    np.testing.assert_array_equal(bare.theta, plain.theta)


@given(POINTS, RATES, st.floats(0, 0.99))
def test_decay_is_a_rate_times_the_weights_beside_adams_first_step(start, lr, decay):
    ours = next(adamw(rosenbrock.grad, start, lr=lr, weight_decay=decay))
    np.testing.assert_allclose(
        ours, next(adam(rosenbrock.grad, start, lr=lr)) - lr * decay * start, rtol=1e-13, atol=1e-15
    )


@FEW
@given(st.integers(1, 40), st.integers(0, 2**70), st.sampled_from([line_fit, blobs]))
def test_a_batch_of_all_examples_is_the_full_gradient(n, seed, make):
    problem = make(n=n)
    rng = np.random.default_rng(seed)
    theta, everyone = rng.normal(size=len(problem.start)), next(problem.batches(n, seed))
    np.testing.assert_allclose(
        problem.grad(theta, everyone), problem.grad(theta), rtol=1e-11, atol=1e-13
    )
    batched, full = (
        minimize(problem, gd, lr=0.1, batch=batch, seed=seed, steps=20) for batch in (n, None)
    )
    np.testing.assert_allclose(batched.theta, full.theta, rtol=1e-9, atol=1e-11)


# ---- examples ------------------------------------------------------------------------------------

NETWORKS = {"softmax": softmax_regression(), "two layers": two_layer(hidden=3)}


@given(st.integers(1, 30), st.integers(0, 9), st.sampled_from([line_fit, blobs]))
def test_the_gradients_of_single_examples_sum_to_n_times_the_full_one(n, seed, make):
    problem, rng = make(n=n, seed=seed), np.random.default_rng(seed)
    theta = rng.normal(size=(3, len(problem.start)))
    single = sum(problem.grad(theta, np.array([i])) for i in range(n))
    np.testing.assert_allclose(single, n * problem.grad(theta), rtol=1e-10, atol=1e-12)
    heights = sum(problem.loss(theta, np.array([i])) for i in range(n))
    np.testing.assert_allclose(heights, n * problem.loss(theta), rtol=1e-12)


@pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
@FEW
@given(st.lists(st.integers(-1280, 1279), min_size=1, max_size=20), st.integers(0, 9))
def test_so_do_those_of_a_network_whatever_examples_one_asks_for(network, rows, seed):
    theta = network.start + 0.3 * np.random.default_rng(seed).normal(size=len(network.start))
    single = sum(network.grad(theta, [row]) for row in rows)
    np.testing.assert_allclose(single, len(rows) * network.grad(theta, rows), rtol=1e-9, atol=1e-13)


@given(st.integers(1, 40), st.data())
def test_a_slice_is_the_rows_that_it_names(n, data):
    problem = blobs(n=n)
    first, last = data.draw(st.integers(0, n - 1)), data.draw(st.integers(1, n))
    assume(first < last)
    theta = np.array([0.3, -0.2, 0.1])
    cut, named = (
        problem.grad(theta, rows) for rows in (slice(first, last), np.arange(first, last))
    )
    np.testing.assert_allclose(cut, named, rtol=1e-13)


# ---- schedules -----------------------------------------------------------------------------------

ENDS = {  # after how many steps a schedule is highest, and lowest; None if it only comes close
    "constant": (lambda a: 0, lambda a: 0),
    "step": (lambda a: 0, None),
    "multistep": (lambda a: 0, lambda a: max(a["milestones"])),
    "exponential": (lambda a: 0, None),
    "inverse_sqrt": (lambda a: 0, None),
    "linear": (lambda a: 0, lambda a: a["steps"]),
    "polynomial": (lambda a: 0, lambda a: a["steps"]),
    "cosine": (lambda a: 0, lambda a: a["steps"]),
    "restarts": (lambda a: a["period"], None),
    "one_cycle": (lambda a: a["warm"] * a["steps"] - 1, lambda a: a["steps"] - 1),
    "wsd": (lambda a: a["rise"] - 1, lambda a: a["steps"]),
    "warmup": (lambda a: a["rise"], lambda a: a["rise"] + 50),
}
DRAWN = {
    "peak": st.floats(1e-6, 10),
    "floor": st.floats(0, 1),  # of the peak
    "gamma": st.floats(0.01, 1),
    "milestones": st.lists(st.integers(1, 60), min_size=1, max_size=4),
    "power": st.floats(0.1, 5),
    "warm": st.floats(0.1, 0.9),
    "start_div": st.floats(1, 100),
    "end_div": st.floats(1, 1e5),
    "mult": st.integers(1, 4),
}


def drawn(name, data):
    """Return arguments of a schedule."""
    a = {
        key: data.draw(DRAWN.get(key, st.integers(1, 200)), key)
        for key in inspect.signature(SCHEDULES[name]).parameters
    }
    if "floor" in a:
        a["floor"] *= a["peak"]
    if "fall" in a:
        a["steps"] = a["rise"] + a["fall"] + a["steps"]
    if "warm" in a:
        a["steps"] += 10
    if "after" in a:
        a["after"] = cosine(data.draw(DRAWN["peak"]), 50)
    return a


def least(name, a):
    """Return the rate below which a schedule never falls."""
    lowest = {
        "constant": lambda: a["peak"],
        "multistep": lambda: a["peak"] * a["gamma"] ** len(a["milestones"]),
        "one_cycle": lambda: a["peak"] / a["start_div"] / a["end_div"],
        "wsd": lambda: min(a["floor"], a["peak"] / a["rise"]),  # it may begin below its floor
    }
    return lowest.get(name, lambda: a.get("floor", 0.0))()


@pytest.mark.parametrize("name", SCHEDULES)
@given(st.data())
def test_every_schedule_keeps_between_its_ends_and_reaches_them(name, data):
    assert name in ENDS, (
        f"schedule {name}: please add to ENDS when it is at its highest and at its lowest"
    )
    a = drawn(name, data)
    rate, peak = SCHEDULES[name](**a), a["peak"] if "peak" in a else a["after"](0)
    rates, low = rate(np.arange(1000)), least(name, a)
    slack = 1e-12 * peak
    assert np.all(rates >= low - slack)
    assert np.all(rates <= peak + slack)
    highest, lowest = ENDS[name]
    assert rate(highest(a)) == pytest.approx(peak, rel=1e-12)
    if lowest:
        assert rate(lowest(a)) == pytest.approx(a.get("floor", low), rel=1e-9, abs=slack)


# ---- many at once, and what they are given -------------------------------------------------------


@FEW
@given(st.lists(st.tuples(RULES, st.sampled_from(list(PROBLEMS)), RATES), min_size=2, max_size=8))
def test_threads_are_as_good_as_one(tasks):
    def one(task):
        name, surface, lr = task
        return minimize(
            ground(name, PROBLEMS[surface]), OPTIMIZERS[name], lr=cosine(lr / 100, 30), steps=30
        ).theta

    serial = [one(task) for task in tasks]
    with ThreadPoolExecutor(len(tasks)) as pool:
        for threaded, alone in zip(pool.map(one, tasks), serial, strict=True):
            np.testing.assert_array_equal(threaded, alone)


@FEW
@given(st.lists(st.tuples(RULES, RATES), min_size=2, max_size=6))
def test_generators_that_take_turns_do_not_disturb_each_other(tasks):
    def one(name, lr):
        problem = ground(name, rosenbrock)
        return OPTIMIZERS[name](problem.grad, np.array(problem.start), lr=lr / 100)

    together = list(itertools.islice(zip(*(one(*task) for task in tasks), strict=True), 20))
    for i, task in enumerate(tasks):
        np.testing.assert_array_equal([points[i] for points in together], take(20, one(*task)))


@FEW
@given(POINTS, RULES, RULES, RATES)
def test_a_run_inside_a_gradient_changes_nothing_outside(start, outer, inner, lr):
    def nested(theta):
        minimize(
            ground(inner, bowl),
            OPTIMIZERS[inner],
            start=shaped(inner, theta.ravel()),
            lr=lr,
            steps=3,
        )
        return ground(outer, bowl).grad(theta)

    problem = ground(outer, bowl)
    disturbed = SimpleNamespace(
        loss=problem.loss, grad=nested, axes=2 if OPTIMIZERS[outer].axes == 2 else 1
    )
    runs = [
        minimize(p, OPTIMIZERS[outer], start=shaped(outer, start), lr=lr, steps=10)
        for p in (problem, disturbed)
    ]
    np.testing.assert_array_equal(runs[0].theta, runs[1].theta)


@EVERY
@FEW
@given(POINTS, RATES)
def test_a_gradient_may_return_theta_itself_or_use_one_buffer_again(name, start, lr):
    start = shaped(name, start)
    buffer = np.empty_like(start)

    def reused(theta):
        buffer[...] = theta
        return buffer

    fresh = take(15, OPTIMIZERS[name](lambda theta: theta.copy(), start, lr=lr))
    for slope in (
        lambda theta: theta,
        lambda theta: theta[...],
        reused,
        lambda theta: theta.tolist(),
    ):
        np.testing.assert_array_equal(take(15, OPTIMIZERS[name](slope, start, lr=lr)), fresh)


@EVERY
@FEW
@given(arrays(float, (3, 2), elements=st.floats(-3, 3)), RATES)
def test_read_only_strided_and_foreign_inputs_are_read_alike_and_left_alone(name, starts, lr):
    starts = starts.reshape(3, 1, 2) if OPTIMIZERS[name].axes == 2 else starts
    rates = column(name, [lr, lr / 2, lr / 3])
    expected = take(10, OPTIMIZERS[name](lambda theta: theta, starts, lr=rates))

    def frozen(array):
        wide = np.repeat(array, 2, axis=0)[::2]
        wide.flags.writeable = False
        return wide

    for form in (frozen, np.asfortranarray, lambda a: a.astype(">f8"), lambda a: a.tolist()):
        given_start, given_rates = form(starts), form(rates)
        walked = take(10, OPTIMIZERS[name](lambda theta: theta, given_start, lr=given_rates))
        np.testing.assert_array_equal(walked, expected)
        np.testing.assert_array_equal(given_start, starts)
        np.testing.assert_array_equal(given_rates, rates)


@given(
    arrays(float, (4, 2), elements=st.floats(-3, 3)),
    st.sampled_from([*PROBLEMS.values(), line_fit(n=9)]),
)
def test_a_strided_view_of_points_is_as_good_as_their_copy(points, problem):
    views = (
        np.repeat(points, 3, axis=0)[::3],
        np.asfortranarray(points),
        points[::-1][::-1],
        np.hstack([points, points])[:, :2],
    )
    for view in views:
        np.testing.assert_array_equal(problem.loss(view), problem.loss(points))
        np.testing.assert_array_equal(problem.grad(view), problem.grad(points))


@given(st.integers(1, 40), st.integers(1, 50), st.integers(1, 9))
def test_blocks_of_any_size_take_the_same_step(d, block, seed):
    rng = np.random.default_rng(seed)
    whole, parts = ([np.linspace(-1, 1, d), np.zeros(d), np.zeros(d)] for _ in range(2))
    for t in range(1, 6):
        g = rng.normal(size=d)
        adam_in_place(whole[0], g, *whole[1:], t, np.empty(d))
        adam_blocked(parts[0], g, *parts[1:], t, block=block)
    np.testing.assert_array_equal(parts, whole)


@given(st.integers(1, 60), st.integers(1, 70), RATES)
def test_what_is_kept_does_not_change_what_is_walked(steps, every, lr):
    full = minimize(rosenbrock, adam, lr=lr, steps=steps, record="m")
    thin = minimize(rosenbrock, adam, lr=lr, steps=steps, every=every, record="m")
    assert set(thin.t) == {0, steps, *range(0, steps, every)}
    np.testing.assert_array_equal(thin.theta, full.theta[thin.t])
    np.testing.assert_array_equal(thin.symbols["m"], full.symbols["m"][thin.t])
