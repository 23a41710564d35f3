"""Problems made of data: gradients, batches, and what a seed decides."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optbook import blobs, gd, line_fit, minimize

EVERY = pytest.mark.parametrize(
    "problem", [line_fit(), line_fit(n=7, noise=0.0, seed=3), blobs(), blobs(n=9, gap=0.5)]
)


def somewhere(problem, n=20, seed=0):
    """Return n random points."""
    return np.random.default_rng(seed).normal(size=(n, len(problem.start)))


@EVERY
def test_the_gradient_is_the_slope_of_the_loss(problem):
    theta, h = somewhere(problem), 1e-6
    for rows in (slice(None), np.array([0]), np.array([5, 1, 1])):
        rises = [
            problem.loss(theta + h * e, rows) - problem.loss(theta - h * e, rows)
            for e in np.eye(theta.shape[1])
        ]
        np.testing.assert_allclose(
            problem.grad(theta, rows), np.transpose(rises) / (2 * h), rtol=1e-7, atol=1e-8
        )


@EVERY
def test_loss_and_gradient_are_means_over_examples(problem):
    theta = somewhere(problem)
    losses = [problem.loss(theta, np.array([i])) for i in range(problem.n)]
    grads = [problem.grad(theta, np.array([i])) for i in range(problem.n)]
    np.testing.assert_allclose(np.mean(losses, axis=0), problem.loss(theta), rtol=1e-12)
    np.testing.assert_allclose(np.mean(grads, axis=0), problem.grad(theta), rtol=1e-11, atol=1e-14)


@EVERY
def test_lists_and_whole_numbers_are_points_too(problem):
    theta = np.ones((4, len(problem.start)))
    for other in (theta.tolist(), theta.astype(int)):
        np.testing.assert_array_equal(problem.loss(other), problem.loss(theta))
        np.testing.assert_array_equal(problem.grad(other), problem.grad(theta))


@EVERY
def test_it_broadcasts_over_leading_axes_bit_for_bit(problem):
    theta = somewhere(problem, 12).reshape(3, 4, -1)
    loss, grad = problem.loss(theta), problem.grad(theta)
    assert loss.shape == (3, 4)
    assert grad.shape == theta.shape
    for i in np.ndindex(3, 4):
        assert problem.loss(theta[i]) == loss[i]
        np.testing.assert_array_equal(problem.grad(theta[i]), grad[i])


def test_least_squares_by_hand():
    fit = line_fit(noise=0.0)
    x, ones = fit.features
    np.testing.assert_array_equal(ones, 1)
    np.testing.assert_allclose(fit.targets, 2 * x - 1, rtol=1e-15)
    assert fit.loss(np.array([2.0, -1.0])) == pytest.approx(0, abs=1e-30)
    theta = np.array([2.0, 3.0])  # four too high everywhere
    assert fit.loss(theta) == pytest.approx(8, rel=1e-14)
    np.testing.assert_allclose(fit.grad(theta), [4 * x.mean(), 4], rtol=1e-13)


def test_logistic_loss_by_hand():
    problem = blobs()
    assert problem.loss(np.zeros(3)) == pytest.approx(np.log(2), rel=1e-15)
    np.testing.assert_allclose(
        problem.grad(np.zeros(3)), -(problem.features * problem.targets).mean(axis=1) / 2
    )
    x, y = problem.features[:, 0], problem.targets[0]
    theta = np.array([0.3, -0.2, 0.1])
    assert problem.loss(theta, np.array([0])) == pytest.approx(
        np.log(1 + np.exp(-y * theta @ x)), rel=1e-14
    )


def test_the_logistic_loss_neither_overflows_nor_vanishes_far_out():
    problem = blobs()
    for theta in (np.full(3, 1e6), np.full(3, -1e6)):
        assert np.isfinite(problem.loss(theta))
        assert np.isfinite(problem.grad(theta)).all()
    steep = problem.loss(np.full(3, 1e6)) / 1e6
    margins = problem.targets * problem.features.sum(axis=0)
    assert steep == pytest.approx(np.maximum(-margins, 0).mean(), rel=1e-9)


def test_the_blobs_are_two_classes_a_gap_apart():
    problem = blobs(n=20_000, gap=3.0)
    plus, minus = (problem.features[:2, problem.targets == y].mean(axis=1) for y in (1, -1))
    assert np.linalg.norm(plus - minus) == pytest.approx(3, rel=0.02)
    assert (problem.targets == 1).sum() == 10_000


def test_the_noise_is_about_the_line():
    problem = line_fit(n=20_000, noise=0.25)
    assert np.std(problem.targets - 2 * problem.features[0] + 1) == pytest.approx(0.25, rel=0.02)


def test_the_stated_minimum_is_one():
    problem = line_fit()
    for minimum in problem.minima:
        np.testing.assert_allclose(problem.grad(np.array(minimum)), 0, atol=1e-14)
    assert problem.minima


@pytest.mark.parametrize("make", [line_fit, blobs])
def test_the_seed_decides_the_data(make):
    np.testing.assert_array_equal(make(seed=5).features, make(seed=5).features)
    np.testing.assert_array_equal(make(seed=5).targets, make(seed=5).targets)
    assert np.any(make(seed=5).features != make(seed=6).features)
    assert make(n=10).n == 10 == make(n=10).features.shape[1]


@pytest.mark.parametrize("make", [line_fit, blobs])
def test_large_seeds_are_told_apart(make):
    seeds = (2**53, 2**53 + 1, 2**70, 2**70 + 1)
    assert len({make(seed=seed).features.tobytes() for seed in seeds}) == 4
    assert len({next(make().batches(64, seed)).tobytes() for seed in seeds}) == 4
    np.testing.assert_array_equal(make(seed=np.int64(5)).features, make(seed=5).features)


# ---- batches -------------------------------------------------------------------------------------


@given(st.integers(1, 30), st.integers(1, 30), st.integers(0, 5))
def test_an_epoch_deals_out_every_example_once(n, size, seed):
    problem, size = line_fit(n=n), min(n, size)
    stream = problem.batches(size, seed)
    for _ in range(3):
        epoch = list(itertools.islice(stream, -(-n // size)))
        assert sorted(np.concatenate(epoch)) == list(range(n))
        assert [len(rows) for rows in epoch[:-1]] == [size] * (len(epoch) - 1)
        assert len(epoch[-1]) == (n % size or size)


def test_epochs_are_shuffled_anew():
    stream = line_fit().batches(64)
    first, second = next(stream), next(stream)
    assert np.any(first != np.arange(64))
    assert np.any(first != second)


def test_with_replacement_each_example_is_drawn_anew():
    stream = line_fit(n=8).batches(8, replace=True)
    drawn = np.array(list(itertools.islice(stream, 2000)))
    assert drawn.shape == (2000, 8)
    assert any(len(set(rows)) < 8 for rows in drawn.tolist())
    np.testing.assert_allclose(np.bincount(drawn.ravel()) / drawn.size, 1 / 8, rtol=0.05)


@pytest.mark.parametrize("replace", [False, True])
def test_the_seed_decides_the_batches(replace):
    def first(seed):
        return np.concatenate(list(itertools.islice(line_fit().batches(10, seed, replace), 20)))

    np.testing.assert_array_equal(first(1), first(1))
    assert np.any(first(1) != first(2))


@pytest.mark.parametrize("replace", [False, True])
def test_two_streams_at_once_do_not_disturb_each_other(replace):
    problem = blobs()
    alone = list(itertools.islice(problem.batches(10, 1, replace), 20))
    pairs = itertools.islice(
        zip(problem.batches(10, 1, replace), problem.batches(7, 1, replace), strict=True), 20
    )
    assert all(
        np.array_equal(rows, expected) for (rows, _), expected in zip(pairs, alone, strict=True)
    )


def test_each_run_has_a_fresh_stream_and_leaves_numpys_own_alone():
    np.random.seed(0)  # noqa: NPY002  the global state that must not be touched
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    problem = line_fit()
    first, second, other = (minimize(problem, gd, lr=0.1, batch=8, seed=s) for s in (4, 4, 5))
    np.testing.assert_array_equal(first.theta, second.theta)
    assert np.any(first.theta != other.theta)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


@pytest.mark.parametrize("replace", [False, True])
def test_all_racers_see_the_same_batches(replace):
    rates = np.array([[0.01], [0.1], [0.5]])
    for problem in (line_fit(), blobs()):
        race = minimize(problem, gd, lr=rates, batch=8, replace=replace, steps=60)
        for i, lr in enumerate(rates[:, 0]):
            alone = minimize(problem, gd, lr=lr, batch=8, replace=replace, steps=60)
            np.testing.assert_array_equal(race.theta[:, i], alone.theta)
            np.testing.assert_array_equal(race.loss[:, i], alone.loss)


def test_a_run_uses_the_batches_in_their_order():
    problem, theta = line_fit(), np.array(line_fit().start)
    stream = problem.batches(8, 3)
    run = minimize(problem, gd, lr=0.1, batch=8, seed=3, steps=30)
    for walked in run.theta[1:]:
        theta = theta - 0.1 * problem.grad(theta, next(stream))
        np.testing.assert_array_equal(walked, theta)


def test_the_recorded_loss_is_the_full_one():
    problem = line_fit()
    run = minimize(problem, gd, lr=0.1, batch=1, steps=30)
    np.testing.assert_array_equal(run.loss, problem.loss(run.theta))


def test_gradient_noise_falls_as_the_root_of_the_batch():
    problem, theta = line_fit(), np.zeros(2)

    def noise(size):
        stream = problem.batches(size, replace=True)
        return np.std([problem.grad(theta, next(stream)) for _ in range(4000)], axis=0)

    np.testing.assert_allclose(noise(1) / noise(16), 4, rtol=0.06)


def noise_floor(rate, size, replace, walkers=500, epochs=(150, 60)):
    """Return the mean excess loss on the line, over walkers and late epochs, by least squares
    written out."""
    fit, rng = line_fit(), np.random.default_rng(0)
    x, y = np.stack([fit.features[0], np.ones(fit.n)], axis=1), fit.targets
    theta, late = np.tile(fit.minima[0], (walkers, 1)), []
    for epoch in range(sum(epochs)):
        rows = np.tile(np.arange(fit.n), (walkers, 1))
        rows = rng.integers(fit.n, size=rows.shape) if replace else rng.permuted(rows, axis=1)
        for batch in np.split(rows, fit.n // size, axis=1):
            error = np.einsum("wbd,wd->wb", x[batch], theta) - y[batch]
            theta = theta - rate / size * np.einsum("wb,wbd->wd", error, x[batch])
            late += [fit.loss(theta).mean()] if epoch >= epochs[0] else []
    return np.mean(late) - fit.loss(np.array(fit.minima[0]))


@pytest.mark.parametrize(("replace", "halved"), [(True, 1 / 2), (False, 1 / 4)])
def test_batches_of_equal_rate_per_example_share_a_noise_floor(replace, halved):
    """Twice the batch at twice the rate, drawn or dealt; the answer to exercise sgd-2 rests on
    it."""
    floor = noise_floor(0.04, 8, replace)
    assert noise_floor(0.08, 16, replace) == pytest.approx(floor, rel=0.05)
    assert noise_floor(0.02, 8, replace) == pytest.approx(halved * floor, rel=0.1)
