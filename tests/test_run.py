"""minimize: what a run keeps, how it ends, and that nothing leaks in or out of it."""

import itertools
import sys
import time
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import optbook
from optbook import OPTIMIZERS, adam, bowl, gd, minimize, momentum, rosenbrock
from tests.walking import column, ground

EVERY = pytest.mark.parametrize("name", OPTIMIZERS)
PLAIN = SimpleNamespace(loss=lambda theta: (theta**2).sum(axis=-1), grad=lambda theta: 2 * theta)


def test_a_run_has_a_row_for_the_start_and_each_step():
    run = minimize(rosenbrock, gd, lr=1e-4, steps=20)
    assert run.theta.shape == (21, 2)
    assert run.loss.shape == (21,)
    assert run.t.tolist() == list(range(21))
    assert run.symbols == {}
    assert run.diverged_at.shape == ()
    assert run.status == "finished"
    assert repr(run) == "<Trajectory of shape (21, 2): finished>"
    assert tuple(run.theta[0]) == rosenbrock.start
    np.testing.assert_array_equal(run.loss, rosenbrock.loss(run.theta))


@EVERY
def test_a_run_holds_the_optimizers_own_iterates(name):
    problem = ground(name, bowl)
    run = minimize(problem, OPTIMIZERS[name], lr=0.01, steps=30)
    walk = OPTIMIZERS[name](problem.grad, np.array(problem.start), lr=0.01)
    np.testing.assert_array_equal(run.theta[1:], list(itertools.islice(walk, 30)))


def test_a_race_has_the_racers_in_the_middle():
    lr, beta = np.linspace(0.01, 0.1, 4)[:, None], np.linspace(0, 0.9, 3)[:, None, None]
    run = minimize(bowl, momentum, lr=lr, beta=beta, steps=5, record="v eta")
    assert run.theta.shape == (6, 3, 4, 2)
    assert run.loss.shape == (6, 3, 4)
    assert run.symbols["v"].shape == run.symbols["eta"].shape == (6, 3, 4, 2)
    assert run.diverged_at.shape == (3, 4)
    np.testing.assert_array_equal(run.symbols["eta"][1:], np.broadcast_to(lr, (5, 3, 4, 2)))


@dataclass(frozen=True)
class Matrix:
    """Half the squared distance to a matrix; a theta is a matrix."""

    goal: np.ndarray
    axes = 2

    @property
    def start(self):
        return np.ones_like(self.goal)

    def loss(self, theta):
        return ((theta - self.goal) ** 2).sum(axis=(-2, -1)) / 2

    def grad(self, theta):
        return theta - self.goal


@pytest.mark.parametrize("name", ["gd", "adam", "adafactor", "muon"])
def test_a_theta_may_be_a_matrix_if_the_problem_says_so(name):
    problem = Matrix(np.arange(12.0).reshape(3, 4))
    rates = np.array([0.01, 0.1])[:, None, None]
    run = minimize(problem, OPTIMIZERS[name], lr=rates, steps=5)
    assert run.theta.shape == (6, 2, 3, 4)
    assert run.loss.shape == (6, 2)
    assert run.diverged_at.shape == (2,)
    assert np.all(run.loss[-1] < run.loss[0])


def test_a_matrix_that_diverges_rests_alone():
    problem = Matrix(np.zeros((2, 2)))
    run = minimize(problem, gd, lr=np.array([0.1, 1e300])[:, None, None], steps=5)
    assert run.diverged_at.tolist() == [0, 1]
    assert all_finite(run)
    np.testing.assert_allclose(run.theta[-1, 0], 0.9**5, rtol=1e-14)


def test_a_loss_for_each_row_of_a_matrix_is_refused():
    problem = SimpleNamespace(loss=PLAIN.loss, grad=PLAIN.grad, start=np.ones((2, 3)), axes=2)
    with pytest.raises(
        ValueError,
        match=r"^minimize: loss must return real numbers of shape \(\), one for each point",
    ):
        minimize(problem, adam)


def test_starts_race_as_rates_do():
    starts = np.random.default_rng(0).normal(size=(6, 2))
    race = minimize(bowl, adam, start=starts, lr=0.1, steps=30)
    for i, start in enumerate(starts):
        np.testing.assert_array_equal(
            race.theta[:, i], minimize(bowl, adam, start=start, lr=0.1, steps=30).theta
        )


def test_schedules_race_too():
    peaks = np.array([[0.05], [0.1]])
    race = minimize(bowl, gd, lr=optbook.cosine(peaks, 20), steps=20)
    for i, peak in enumerate(peaks[:, 0]):
        np.testing.assert_array_equal(
            race.theta[:, i], minimize(bowl, gd, lr=optbook.cosine(peak, 20), steps=20).theta
        )


# ---- every and record ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "every", "kept"),
    [
        (10, 1, range(11)),
        (10, 3, [0, 3, 6, 9, 10]),
        (10, 5, [0, 5, 10]),
        (10, 10, [0, 10]),
        (10, 99, [0, 10]),
    ],
)
def test_thinning_keeps_the_first_the_last_and_every_so_many(steps, every, kept):
    full = minimize(bowl, adam, steps=steps, record="m v")
    thin = minimize(bowl, adam, steps=steps, record="m v", every=every)
    assert thin.t.tolist() == list(kept)
    np.testing.assert_array_equal(thin.theta, full.theta[thin.t])
    np.testing.assert_array_equal(thin.loss, full.loss[thin.t])
    for name in ("m", "v"):
        np.testing.assert_array_equal(thin.symbols[name], full.symbols[name][thin.t])


def test_recorded_symbols_are_the_optimizers_own():
    run = minimize(bowl, adam, lr=0.1, steps=50, record="g m v t")
    np.testing.assert_array_equal(run.symbols["g"][1:], bowl.grad(run.theta[:-1]))
    m, v = np.zeros(2), np.zeros(2)
    for t, g in enumerate(run.symbols["g"][1:], start=1):
        m, v = 0.9 * m + (1 - 0.9) * g, 0.999 * v + (1 - 0.999) * g * g
        np.testing.assert_allclose(run.symbols["m"][t], m, rtol=1e-12)
        np.testing.assert_allclose(run.symbols["v"][t], v, rtol=1e-12)
        assert np.all(run.symbols["t"][t] == t)
    assert all(np.all(run.symbols[name][0] == 0) for name in "gmvt")


def test_recording_changes_nothing():
    bare, recorded = minimize(bowl, adam, steps=30), minimize(bowl, adam, steps=30, record="m v")
    np.testing.assert_array_equal(bare.theta, recorded.theta)


def test_memory_does_not_grow_with_the_steps_when_history_is_dropped():
    starts = np.random.default_rng(0).normal(size=(1000, 2))

    def peak(steps):
        tracemalloc.start()
        minimize(bowl, adam, start=starts, steps=steps, every=steps)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(2)
    assert peak(400) < 1.1 * peak(40) < 40 * starts.nbytes


# ---- divergence ----------------------------------------------------------------------------------


def all_finite(run):
    """Say whether every number of a run is finite."""
    return all(np.isfinite(field).all() for field in [run.theta, run.loss, *run.symbols.values()])


def test_divergence_is_a_status_with_its_step():
    run = minimize(bowl, gd, lr=1.0, steps=1000)  # the steep axis grows by -9 each step
    grown = 2 * 9.0 ** np.arange(200)
    overflow = int(np.argmax(10 * np.square(grown / 1e100) / 2 > np.finfo(float).max / 1e200))
    assert run.diverged_at == overflow
    assert run.status == f"diverged at step {overflow}"
    assert run.t[-1] == overflow - 1
    assert all_finite(run)


def test_divergence_shows_between_kept_points_too():
    run = minimize(bowl, gd, lr=1.0, steps=10_000, every=10_000)
    assert run.t.tolist() == [0]
    assert 150 < run.diverged_at < 340  # the point itself overflows later than its loss
    assert all_finite(run)


def test_some_diverge_and_rest_and_others_run_on():
    rates = np.array([[0.1], [1.0], [0.15], [1e200]])
    run = minimize(bowl, gd, lr=rates, steps=1000)
    assert (run.diverged_at > 0).tolist() == [False, True, False, True]
    assert run.diverged_at[3] == 1
    assert run.status == f"2 of 4 diverged, the first at step {run.diverged_at[3]}"
    assert run.t[-1] == 1000
    assert all_finite(run)
    np.testing.assert_array_equal(run.theta[:, 0], minimize(bowl, gd, lr=0.1, steps=1000).theta)
    last = run.diverged_at[1] - 1
    assert np.all(run.theta[last:, 1] == run.theta[last, 1])
    assert np.all(run.theta[:, 3] == bowl.start)


def test_a_run_stops_when_all_have_diverged():
    asked = []
    problem = SimpleNamespace(
        loss=bowl.loss, grad=lambda theta: asked.append(1) or bowl.grad(theta)
    )
    minimize(problem, gd, start=bowl.start, lr=np.array([[1.0], [2.0]]), steps=100_000)
    assert len(asked) < 200


def test_divergence_is_a_status_of_rules_made_of_rules_too():
    def regularized(grad, theta, **hyper):
        return gd(lambda theta: grad(theta) + 0.0 * theta, theta, **hyper)

    def delayed(grad, theta, **hyper):
        yield from regularized(grad, theta, **hyper)

    plain = minimize(bowl, gd, lr=1.0, steps=1000)
    for rule in (regularized, delayed):
        run = minimize(bowl, rule, lr=1.0, steps=1000)
        assert run.status == plain.status
        np.testing.assert_array_equal(run.theta, plain.theta)
    with pytest.raises(ValueError, match="^gd: grad must return finite numbers"):
        next(regularized(lambda theta: theta * np.nan, np.ones(2)))


def test_who_is_not_watched_after_a_run_is_not():
    walk = gd(lambda theta: theta * np.nan, np.ones(2))  # made before, and driven inside

    def nested(theta):
        with pytest.raises(ValueError, match="the walk has diverged"):
            next(walk)
        return bowl.grad(theta)

    minimize(SimpleNamespace(loss=bowl.loss, grad=nested), gd, start=(1.0, 2.0), steps=1)
    with pytest.raises(ValueError, match="start must have a finite loss"):
        minimize(bowl, gd, start=(1e300, 0))
    with pytest.raises(ValueError, match="the walk has diverged"):
        next(gd(lambda theta: theta * np.nan, np.ones(2)))


def test_a_loss_that_is_finite_far_out_does_not_hide_divergence():
    flat = SimpleNamespace(
        loss=lambda theta: np.tanh(theta).sum(axis=-1), grad=lambda theta: -theta
    )
    run = minimize(flat, gd, start=[1.0], lr=1e100, steps=100)
    assert run.status == "diverged at step 4"
    assert all_finite(run)


def test_a_gradient_of_nan_is_divergence():
    run = minimize(
        SimpleNamespace(loss=PLAIN.loss, grad=lambda theta: theta * np.nan),
        gd,
        start=[1.0],
        steps=5,
    )
    assert run.status == "diverged at step 1"
    assert run.theta.tolist() == [[1.0]]


def test_a_recorded_symbol_that_overflows_is_divergence():
    run = minimize(bowl(condition=1e4), adam, start=(0.0, 1e152), record="m v", steps=3)
    assert run.status == "diverged at step 1"
    assert all_finite(run)


@EVERY
@given(
    st.floats(-3, 308),
    st.sampled_from([bowl, rosenbrock, optbook.himmelblau, optbook.rastrigin, optbook.plateau]),
)
def test_whatever_the_rate_nothing_warns_and_everything_kept_is_finite(name, power, problem):
    rule, problem = OPTIMIZERS[name], ground(name, problem)
    # which remembers what is not of theta's shape
    record = " ".join(rule.state) if name != "adafactor" else ""
    run = minimize(problem, rule, lr=10.0**power, steps=30, record=record)
    assert all_finite(run)
    assert (run.status == "finished") == (run.t[-1] == 30) == (run.diverged_at == 0)


@EVERY
def test_all_rates_at_once(name):
    rule = OPTIMIZERS[name]
    for every in (1, 7, 60):
        run = minimize(
            ground(name, rosenbrock),
            rule,
            lr=column(name, np.geomspace(1e-6, 1e300, 100)),
            steps=60,
            every=every,
        )
        assert all_finite(run)
        assert (
            run.diverged_at > 0
        ).any() or name == "adafactor"  # whose steps are bounded, whatever the rate


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2))
def test_any_start_is_run_or_refused(start):
    for problem in (bowl, rosenbrock, optbook.beale, optbook.canyon):
        with np.errstate(all="ignore"):
            lowest = problem.loss(np.array(start))
        if np.isfinite(lowest):
            assert all_finite(minimize(problem, adam, start=start, lr=0.1, steps=5, record="m v"))
        else:
            with pytest.raises(ValueError, match="minimize: start must have a finite loss"):
                minimize(problem, adam, start=start, lr=0.1, steps=5)


def test_numpys_error_settings_are_put_back():
    before = np.geterr()
    minimize(bowl, gd, lr=1e300)
    with pytest.raises(ValueError, match="start"):
        minimize(bowl, gd, start=(1e300, 0))
    assert np.geterr() == before


# ---- what goes in --------------------------------------------------------------------------------


def test_any_object_with_loss_and_grad_will_do():
    run = minimize(PLAIN, gd, start=np.ones((3, 4)), lr=0.25, steps=2)
    np.testing.assert_array_equal(run.theta[-1], np.full((3, 4), 1 / 4))
    np.testing.assert_array_equal(run.loss[:, 0], [4, 1, 1 / 4])


def test_a_hyperparameter_may_be_a_function_of_anything():
    def searching(grad, theta, pick):
        while True:
            theta = theta - pick(theta, grad(theta)) * grad(theta)
            yield theta

    run = minimize(PLAIN, searching, start=[8.0], steps=2, pick=lambda theta, g: 0.25)
    assert run.theta.tolist() == [[8], [4], [2]]


def test_any_generator_will_do():
    def halve(grad, theta):
        while True:
            theta = theta / 2
            yield theta

    assert minimize(PLAIN, halve, start=[8.0], steps=3).theta.tolist() == [[8], [4], [2], [1]]
    with pytest.raises(ValueError, match="optimizer must yield 5 points, got 4 before it stopped"):
        minimize(
            PLAIN, lambda grad, theta: itertools.islice(halve(grad, theta), 4), start=[8.0], steps=5
        )
    exactly = minimize(
        PLAIN, lambda grad, theta: itertools.islice(halve(grad, theta), 5), start=[8.0], steps=5
    )
    assert exactly.theta[-1] == 1 / 4


@pytest.mark.parametrize(
    ("loss", "error"),
    [
        (lambda theta: (theta**2).sum(), ValueError),
        (lambda theta: theta**2, ValueError),
        (lambda theta: None, TypeError),
        (lambda theta: theta.sum(axis=-1) * 1j, TypeError),
    ],
    ids=["one for all", "one a coordinate", "none", "complex"],
)
def test_a_loss_that_is_not_one_real_number_a_point_is_refused(loss, error):
    with pytest.raises(error, match=r"minimize: loss must return real numbers of shape \(3,\)"):
        minimize(SimpleNamespace(loss=loss, grad=PLAIN.grad), gd, start=np.ones((3, 2)), steps=3)


def test_the_start_is_copied():
    start = np.array([1.0, 2.0])
    run = minimize(bowl, gd, start=start, steps=3)
    start[:] = 99
    assert run.theta[0].tolist() == [1, 2]
    run.theta[:] = 77
    assert start.tolist() == [99, 99]


@pytest.mark.parametrize(
    "start", [[1, 2], (1.0, 2.0), np.array([1, 2]), np.array([1, 2], np.float32)], ids=repr
)
def test_any_kind_of_start_will_do(start):
    np.testing.assert_array_equal(
        minimize(bowl, adam, start=start).theta, minimize(bowl, adam, start=[1.0, 2.0]).theta
    )


def test_strided_and_read_only_inputs_will_do():
    starts = np.random.default_rng(0).normal(size=(5, 2))
    lr = np.geomspace(0.01, 0.1, 5)[:, None]
    strided = [np.repeat(np.asfortranarray(a), 2, axis=0)[::2] for a in (starts, lr)]
    for a in strided:
        a.flags.writeable = False
    run = minimize(rosenbrock, adam, start=strided[0], lr=strided[1], steps=40, record="m v")
    same = minimize(rosenbrock, adam, start=starts, lr=lr, steps=40, record="m v")
    np.testing.assert_array_equal(run.theta, same.theta)
    np.testing.assert_array_equal(run.symbols["v"], same.symbols["v"])


def test_a_gradient_cannot_change_theta():
    def vandal(theta):
        theta *= 2
        return theta

    run = minimize(SimpleNamespace(loss=PLAIN.loss, grad=vandal), gd, start=[1.0], lr=0.1, steps=2)
    np.testing.assert_allclose(run.theta, [[1], [0.8], [0.64]])


def test_a_gradient_that_returns_theta_itself_or_its_own_buffer_is_safe():
    buffer = np.zeros(2)

    def reused(theta):
        buffer[:] = 2 * theta
        return buffer

    run = minimize(
        SimpleNamespace(loss=PLAIN.loss, grad=reused),
        adam,
        start=[1.0, 2.0],
        record="g m",
        steps=20,
    )
    same = minimize(PLAIN, adam, start=[1.0, 2.0], record="g m", steps=20)
    np.testing.assert_array_equal(run.theta, same.theta)
    np.testing.assert_array_equal(run.symbols["g"], same.symbols["g"])
    itself = minimize(
        SimpleNamespace(loss=PLAIN.loss, grad=lambda theta: theta), gd, start=[1.0], lr=0.5, steps=2
    )
    assert itself.theta.tolist() == [[1], [1 / 2], [1 / 4]]


def test_a_loss_that_returns_its_own_buffer_is_safe():
    buffer = np.zeros(())

    def reused(theta):
        buffer[...] = PLAIN.loss(theta)
        return buffer

    run = minimize(
        SimpleNamespace(loss=reused, grad=PLAIN.grad), gd, start=[1.0, 2.0], lr=0.1, steps=5
    )
    np.testing.assert_array_equal(
        run.loss, minimize(PLAIN, gd, start=[1.0, 2.0], lr=0.1, steps=5).loss
    )


# ---- many runs at once ---------------------------------------------------------------------------


def test_generators_can_be_zipped():
    alone = list(itertools.islice(adam(bowl.grad, bowl.start, lr=0.1), 40))
    pairs = itertools.islice(
        zip(*(adam(bowl.grad, bowl.start, lr=lr) for lr in (0.1, 0.2)), strict=True), 40
    )
    np.testing.assert_array_equal([first for first, _ in pairs], alone)


def test_runs_can_be_nested():
    def tuned(theta):
        inner = minimize(bowl, adam, start=theta, lr=0.1, steps=5)
        return theta - inner.theta[-1]

    run = minimize(
        SimpleNamespace(loss=bowl.loss, grad=tuned), gd, start=(1.0, 1.0), lr=1.0, steps=4
    )
    inner = minimize(bowl, adam, start=(1.0, 1.0), lr=0.1, steps=5)
    np.testing.assert_allclose(run.theta[1], inner.theta[-1], rtol=1e-12)


def test_eight_threads_equal_one():
    problem = optbook.line_fit()

    def one(i):
        rule = OPTIMIZERS[list(OPTIMIZERS)[i % len(OPTIMIZERS)]]
        return minimize(
            ground(rule.__name__, problem),
            rule,
            lr=optbook.cosine(0.05, 300),
            steps=300,
            batch=8,
            seed=i,
        )

    serial = [one(i) for i in range(8)]
    with ThreadPoolExecutor(8) as pool:
        threaded = list(pool.map(one, range(8)))
    for run, same in zip(serial, threaded, strict=True):
        np.testing.assert_array_equal(run.theta, same.theta)


# ---- progress ------------------------------------------------------------------------------------


def slowly(grad, theta):
    """Yield after a pause longer than the bar's delay."""
    time.sleep(1.05)
    yield from gd(grad, theta)


def test_the_bar_is_silent_off_a_terminal_and_when_told(capfd):
    minimize(bowl, slowly, steps=3)
    minimize(bowl, slowly, steps=3, progress=False)
    assert capfd.readouterr() == ("", "")


def test_the_bar_shows_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    minimize(bowl, slowly, steps=3)
    assert "3/3" in capsys.readouterr().err


def test_the_bar_shows_when_told_and_only_after_a_second(capfd):
    minimize(bowl, gd, steps=3, progress=True)
    assert capfd.readouterr() == ("", "")
    minimize(bowl, slowly, steps=3, progress=True)
    out, err = capfd.readouterr()
    assert out == ""
    assert "3/3" in err
    assert "steps" in err
