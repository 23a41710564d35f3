"""What theory says an optimizer does, on problems simple enough to be solved."""

import inspect
import itertools

import numpy as np
import pytest

import optbook
from optbook import adam, adamw, bowl, gd, minimize, momentum, nesterov, rmsprop

THETA = np.array([-4.0, 2.0])
SCALES = np.array([1e-3, -0.2, 5.0, -1e4])


def take(steps, walk):
    """Return the next so many points as one array."""
    return np.array(list(itertools.islice(walk, steps)))


def test_gradient_descent_on_a_bowl_shrinks_each_axis_by_its_own_factor():
    for lr in (0.01, 0.1, 0.19, 0.21):
        run = minimize(bowl, gd, lr=lr, steps=60)
        factor = 1 - lr * np.array([1.0, 10.0])
        np.testing.assert_allclose(run.theta, THETA * factor ** run.t[:, None], rtol=1e-12)


def test_no_adam_step_is_longer_than_cauchy_and_schwarz_allow_and_growing_gradients_come_near_it():
    """One gradient after silence makes 3.16; gradients that grow by beta2 / beta1 a step come
    near the bound, 7.27."""
    beta1, beta2, silence = 0.9, 0.999, np.zeros(20_000)
    bound = (1 - beta1) / np.sqrt((1 - beta2) * (1 - beta1**2 / beta2))
    assert bound == pytest.approx(7.27, abs=0.005)
    for last, longest in (
        ([1.0], 0.1 / np.sqrt(0.001)),
        ((beta2 / beta1) ** np.arange(-200, 1.0), bound),
    ):
        gradients = iter([*silence, *last])
        rule = adam(lambda theta, left=gradients: next(left), 0.0, lr=1.0, eps=1e-30)
        walk = take(len(silence) + len(last), rule)
        steps = np.abs(np.diff(walk))
        assert 0.998 * longest < steps.max() < 1.0001 * bound


def test_gradient_descent_on_a_bowl_is_stable_below_two_over_the_curvature_only():
    below, above = (
        minimize(bowl, gd, lr=share * 2 / bowl.curvature[-1], steps=2000)
        for share in (0.995, 1.005)
    )
    assert below.loss[-1] < 1e-7
    assert above.loss[-1] > 1e7


def test_what_the_heavy_ball_needs_on_a_bowl_is_its_beta_and_not_a_rate_near_the_limit():
    """From 1/L to near the limit, 3.8/L, the factor is the root of beta; with the best beta it
    is that of theory."""

    def factor(lr, beta, steps=400):
        run = minimize(
            bowl(condition=100), momentum, lr=lr, beta=beta, start=(1.0, 1.0), steps=steps
        )
        return (np.abs(run.theta[-50:]).max() / np.abs(run.theta[-250:-200]).max()) ** (1 / 200)

    for share in (1, 2, 3, 3.7):
        assert factor(share / 100, 0.9) == pytest.approx(np.sqrt(0.9), rel=2e-3)
    best = (np.sqrt(100) - 1) / (np.sqrt(100) + 1)
    assert factor(4 / (np.sqrt(100) + 1) ** 2, best**2) == pytest.approx(best, rel=1e-2)


def polyak(grad, theta, rates, beta):
    """Yield Polyak's form: the velocity is the last move itself."""
    before = theta
    for eta in rates:
        theta, before = theta - eta * grad(theta) + beta * (theta - before), theta
        yield theta


def test_the_heavy_ball_is_polyaks_while_the_rate_is_constant():
    ours = take(200, momentum(bowl.grad, THETA, lr=0.02, beta=0.9))
    theirs = take(200, polyak(bowl.grad, THETA, itertools.repeat(0.02), 0.9))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-13)


def test_the_heavy_ball_is_not_polyaks_under_a_schedule():
    rate = optbook.step(0.02, every=10, gamma=0.1)
    ours = take(30, momentum(bowl.grad, THETA, lr=rate, beta=0.9))
    theirs = take(30, polyak(bowl.grad, THETA, rate(np.arange(30)), 0.9))
    np.testing.assert_allclose(ours[:10], theirs[:10], rtol=1e-12)
    assert np.abs(ours[-1] - theirs[-1]).max() > 0.1


def pytorch_nesterov(grad, phi, rates, mu):
    """Yield PyTorch's form, whose parameter phi is the look-ahead point."""
    buffer = np.zeros_like(phi)
    for eta in rates:
        g = grad(phi)
        buffer = mu * buffer + g
        phi = phi - eta * (g + mu * buffer)
        yield phi


def looking_ahead(steps, **arguments):
    """Return the look-ahead point φ = θ − ηβv after each step of our Nesterov momentum."""
    walk, points = nesterov(bowl.grad, THETA, **arguments), []
    for theta in itertools.islice(walk, steps):
        now = inspect.getgeneratorlocals(walk)
        points.append(theta - now["eta"] * now["beta"] * now["v"])
    return np.array(points)


def test_the_two_forms_of_nesterov_agree_at_the_look_ahead_point():
    ours = looking_ahead(200, lr=0.02, beta=0.9)
    theirs = take(200, pytorch_nesterov(bowl.grad, THETA, itertools.repeat(0.02), 0.9))
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-13)


def test_the_two_forms_of_nesterov_part_under_a_schedule():
    rate = optbook.step(0.02, every=10, gamma=0.1)
    ours = looking_ahead(30, lr=rate, beta=0.9)
    theirs = take(30, pytorch_nesterov(bowl.grad, THETA, rate(np.arange(30)), 0.9))
    np.testing.assert_allclose(ours[:10], theirs[:10], rtol=1e-12)
    assert np.abs(ours[-1] - theirs[-1]).max() > 0.01


def wrong_nesterov(grad, theta, lr, beta):
    """Yield the form that is often printed: it looks ahead by v, forgetting the rate."""
    v = np.zeros_like(theta)
    while True:
        v = beta * v + grad(theta - beta * v)
        theta = theta - lr * v
        yield theta


def test_the_misprinted_nesterov_diverges_and_ours_converges():
    ravine, start = bowl(condition=20), np.array([2.0, 1.0])
    wrong = take(60, wrong_nesterov(ravine.grad, start, 0.03, 0.9))
    right = take(60, nesterov(ravine.grad, start, lr=0.03, beta=0.9))
    assert f"{np.linalg.norm(wrong[-1]):.0e}" == "2e+73"
    assert f"{np.linalg.norm(right[-1]):.2g}" == "0.035"


def test_velocity_tends_to_one_over_one_minus_beta():
    for beta in (0.5, 0.9, 0.99):
        for rule in (momentum, nesterov):
            walk = rule(np.ones_like, np.zeros(2), lr=0.1, beta=beta)
            take(4000, walk)
            np.testing.assert_allclose(
                inspect.getgeneratorlocals(walk)["v"], 1 / (1 - beta), rtol=1e-12
            )


def test_momentum_follows_the_geometric_sum():
    walk = momentum(np.ones_like, 0.0, lr=0.1, beta=0.9)
    for t in range(1, 30):
        next(walk)
        assert inspect.getgeneratorlocals(walk)["v"] == pytest.approx(
            (1 - 0.9**t) / (1 - 0.9), rel=1e-12
        )


@pytest.mark.parametrize("rule", [adam, adamw])
def test_adams_first_step_is_the_rate_times_the_sign(rule):
    first = next(rule(lambda theta: SCALES, np.zeros(4), lr=0.3))
    np.testing.assert_allclose(
        first, -0.3 * np.sign(SCALES) / (1 + 1e-8 / np.abs(SCALES)), rtol=1e-13
    )


def test_adam_under_a_constant_gradient_keeps_stepping_at_the_rate():
    walked = take(500, adam(lambda theta: SCALES, np.zeros(4), lr=0.3, eps=1e-300))
    np.testing.assert_allclose(
        walked, -0.3 * np.outer(np.arange(1, 501), np.sign(SCALES)), rtol=1e-10
    )


def test_uncorrected_moments_take_steps_that_are_too_large():
    step = next(rmsprop(np.ones_like, 0.0, lr=1.0, beta=0.999, eps=1e-300))
    assert 0.1 * -step == pytest.approx(np.sqrt(10), rel=1e-12)  # (1 - 0.9) / sqrt(1 - 0.999)


def test_adamw_without_gradient_decays_geometrically():
    start = np.array([3.0, -0.5])
    walked = take(300, adamw(np.zeros_like, start, lr=0.1, weight_decay=0.2))
    np.testing.assert_allclose(
        walked, start * (1 - 0.1 * 0.2) ** np.arange(1, 301)[:, None], rtol=1e-12
    )


def test_adamws_decay_follows_the_schedule():
    rate = optbook.step(0.1, every=5, gamma=0.5)
    walked = take(20, adamw(np.zeros_like, np.ones(1), lr=rate, weight_decay=0.2))
    np.testing.assert_allclose(walked[:, 0], np.cumprod(1 - 0.2 * rate(np.arange(20))), rtol=1e-12)


def test_adagrads_rate_under_a_constant_gradient_falls_as_one_over_the_root():
    walked = take(100, optbook.adagrad(lambda theta: SCALES, np.zeros(4), lr=0.5, eps=1e-300))
    steps = np.cumsum(1 / np.sqrt(np.arange(1, 101)))
    np.testing.assert_allclose(walked, -0.5 * np.outer(steps, np.sign(SCALES)), rtol=1e-12)


def test_an_idle_coordinate_stays_where_it_is():
    for rule in (gd, momentum, nesterov, optbook.adagrad, rmsprop, adam):
        walked = take(50, rule(lambda theta: np.array([1.0, 0.0]), np.array([0.5, 0.5]), lr=0.1))
        assert np.all(walked[:, 1] == 0.5), rule.__name__
