"""Networks on real digits: gradients against central differences, losses by hand, races bit for
bit."""

import hashlib

import numpy as np
import pytest

from optbook import adam, digits, gd, minimize, softmax_regression, two_layer

NETWORKS = {
    "softmax": softmax_regression(),
    "two layers": two_layer(),
    "few units": two_layer(hidden=3, seed=7),
}
EVERY = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
ROWS = [None, np.array([0]), np.array([5, 1, 1]), np.arange(32)]


def somewhere(network, *lead, seed=0):
    """Return random weights near the start."""
    return network.start + 0.3 * np.random.default_rng(seed).normal(
        size=(*lead, len(network.start))
    )


def by_hand(network, theta, i):
    """Return the loss of example i, number by number, as the docstrings say it."""
    x = list(network.inputs[i, :64])
    W = network.matrices(theta)
    if len(W) == 2:
        x = [np.tanh(sum(w * p for w, p in zip(row, [*x, 1], strict=True))) for row in W[0]]
    scores = [sum(w * p for w, p in zip(row, [*x, 1], strict=True)) for row in W[-1]]
    return np.log(sum(np.exp(scores))) - scores[network.targets[i].argmax()]


@EVERY
@pytest.mark.parametrize("rows", ROWS, ids=["all", "one", "twice", "batch"])
def test_the_gradient_is_the_slope_of_the_loss(network, rows):
    theta, h = somewhere(network), 1e-5
    grad = network.grad(theta, rows)
    assert grad.shape == theta.shape
    for j in np.random.default_rng(1).choice(len(theta), 60, replace=False):
        e = h * (np.arange(len(theta)) == j)
        slope = (network.loss(theta + e, rows) - network.loss(theta - e, rows)) / (2 * h)
        assert grad[j] == pytest.approx(slope, rel=1e-6, abs=1e-9)


@EVERY
def test_the_central_differences_are_exact_along_every_weight_at_once(network):
    theta = somewhere(network)
    along = np.random.default_rng(2).normal(size=(40, len(theta)))
    h = 1e-5
    slopes = (network.loss(theta + h * along) - network.loss(theta - h * along)) / (2 * h)
    np.testing.assert_allclose(along @ network.grad(theta), slopes, rtol=1e-6, atol=1e-8)


@EVERY
def test_the_loss_is_the_one_that_the_docstring_says(network):
    theta = somewhere(network)
    for i in (0, 17, 1279):
        assert network.loss(theta, np.array([i])) == pytest.approx(
            by_hand(network, theta, i), rel=1e-12
        )


@EVERY
def test_loss_and_gradient_are_means_over_examples(network):
    theta, rows = somewhere(network), np.arange(20)
    losses = [network.loss(theta, np.array([i])) for i in rows]
    grads = [network.grad(theta, np.array([i])) for i in rows]
    np.testing.assert_allclose(np.mean(losses), network.loss(theta, rows), rtol=1e-12)
    np.testing.assert_allclose(
        np.mean(grads, axis=0), network.grad(theta, rows), rtol=1e-9, atol=1e-15
    )


@EVERY
@pytest.mark.parametrize("batch", [1, 3, 32, None])
def test_a_race_trains_each_network_bit_for_bit_as_if_alone(network, batch):
    rates, theta = np.array([[0.03], [0.1], [0.3]]), somewhere(network, 3)
    race = minimize(network, gd, start=theta, lr=rates, batch=batch, steps=12, every=4)
    for i, lr in enumerate(rates[:, 0]):
        alone = minimize(network, gd, start=theta[i], lr=lr, batch=batch, steps=12, every=4)
        np.testing.assert_array_equal(race.theta[:, i], alone.theta)
        np.testing.assert_array_equal(race.loss[:, i], alone.loss)


@EVERY
def test_leading_axes_may_be_many(network):
    theta = somewhere(network, 2, 3)
    loss, grad, accuracy = network.loss(theta), network.grad(theta), network.accuracy(theta)
    assert loss.shape == accuracy.shape == (2, 3)
    assert grad.shape == theta.shape
    for i in np.ndindex(2, 3):
        assert network.loss(theta[i]) == loss[i]
        np.testing.assert_array_equal(network.grad(theta[i]), grad[i])


@EVERY
def test_scores_may_be_huge(network):
    theta = 1e5 * somewhere(network)
    assert np.isfinite(network.loss(theta))
    assert np.isfinite(network.grad(theta)).all()


@EVERY
def test_nobody_knows_a_thing_at_first_and_much_after_training(network):
    run = minimize(network, adam, lr=0.02, batch=32, steps=400, every=400)
    assert network.accuracy(run.theta[0]) < 0.25
    assert run.loss[-1] < run.loss[0] / 3
    assert network.held_out.accuracy(run.theta[-1]) > (0.7 if network.sizes[1] == 3 else 0.93)


def test_at_zero_every_digit_is_as_likely():
    problem = softmax_regression()
    assert problem.loss(problem.start) == pytest.approx(np.log(10), rel=1e-14)


def test_softmax_regression_is_convex():
    problem = softmax_regression()
    a, b = somewhere(problem, 50), somewhere(problem, 50, seed=1)
    assert (problem.loss((a + b) / 2) <= (problem.loss(a) + problem.loss(b)) / 2).all()


@EVERY
def test_no_example_is_both_seen_and_held_out(network):
    seen, kept = ({row.tobytes() for row in part.inputs} for part in (network, network.held_out))
    assert len(network.inputs) == network.n == 1280
    assert network.held_out.n == 517
    assert len(seen & kept) <= 1, "but for a digit that is in the data twice"
    assert network.held_out.held_out is None


def test_the_matrices_are_views_of_theta_and_cover_it():
    network = two_layer()
    theta = np.arange(len(network.start), dtype=float)
    first, second = network.matrices(theta)
    assert (first.shape, second.shape) == ((32, 65), (10, 33))
    assert np.shares_memory(first, theta)
    np.testing.assert_array_equal(np.concatenate([first.ravel(), second.ravel()]), theta)


def test_the_digits_are_those_that_were_published():
    images, labels = digits()
    assert (images.shape, labels.shape) == ((1797, 8, 8), (1797,))
    assert images.max() == 16
    np.testing.assert_array_equal(
        np.bincount(labels), [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    )
    # the digest of the arrays that scikit-learn 1.9.1 ships
    assert (
        hashlib.sha256(images.tobytes() + labels.tobytes()).hexdigest()
        == "87ff0c9e40dc7e2c0e34e7257799c2e3f3aec1a016363bb11cad869ec428a826"
    )
    with pytest.raises(ValueError, match="read-only"):
        images[0] = 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (dict(hidden=0), r"two_layer: hidden must be a whole number >= 1, got 0"),
        (dict(hidden=2.5), r"two_layer: hidden must be a whole number >= 1, got 2.5"),
        (dict(hidden="many"), r"two_layer: hidden must be a whole number >= 1, got 'many'"),
        (dict(seed=-1), r"two_layer: seed must be a whole number >= 0, got -1"),
        (dict(seed=True), r"two_layer: seed must be a whole number >= 0, got True"),
    ],
)
def test_bad_arguments_are_named(wrong, says):
    with pytest.raises((TypeError, ValueError), match=says):
        two_layer(**wrong)


@EVERY
def test_weights_of_another_shape_are_refused(network):
    for ask in (network.loss, network.grad, network.accuracy):
        with pytest.raises(
            ValueError,
            match=rf"{network.name}: theta must have shape \(..., {len(network.start)}\)",
        ):
            ask(np.zeros(7))
