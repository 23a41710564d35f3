"""Every landscape: its gradient is the slope of its loss, and its minima are where it says."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

import optbook
from optbook import PROBLEMS

ROOT = Path(__file__).parents[1]
CITED = set(
    re.findall(
        r"^@\w+\{(\w+),", (ROOT / "docs/references.bib").read_text(encoding="utf-8"), re.MULTILINE
    )
)
TURNED = [
    optbook.bowl(condition=1),
    optbook.bowl(condition=1000, rotation=0.7),
    optbook.bowl(rotation=-2.0),
]
EVERY = pytest.mark.parametrize("problem", [*PROBLEMS.values(), *TURNED], ids=repr)


def somewhere(problem, n=200, seed=0):
    """Return n random points of the landscape's window."""
    left, right, bottom, top = problem.window
    return np.random.default_rng(seed).uniform((left, bottom), (right, top), size=(n, 2))


def differences(f, theta, h=1e-5):
    """Return the central differences of f along each axis, the axes last."""
    return np.stack(
        [(f(theta + h * axis) - f(theta - h * axis)) / (2 * h) for axis in np.eye(2)], axis=-1
    )


@EVERY
def test_the_gradient_is_the_slope_of_the_loss(problem):
    theta = somewhere(problem)
    expected = differences(problem.loss, theta)
    np.testing.assert_allclose(
        problem.grad(theta), expected, rtol=1e-6, atol=1e-7 * np.abs(expected).max()
    )


@EVERY
def test_the_hessian_is_the_slope_of_the_gradient(problem):
    for theta in somewhere(problem, 20, seed=1):
        expected = differences(problem.grad, theta)
        hessian = problem.hessian(theta)
        np.testing.assert_allclose(hessian, expected, rtol=1e-6, atol=1e-7 * np.abs(expected).max())
        np.testing.assert_allclose(
            hessian, hessian.T, rtol=1e-12, atol=1e-12 * np.abs(hessian).max()
        )


@EVERY
def test_its_minima_are_minima(problem):
    for minimum in problem.minima:
        hessian = problem.hessian(minimum)
        assert np.abs(problem.grad(np.array(minimum))).max() < 1e-12 * max(1, np.abs(hessian).max())
        assert np.linalg.eigvalsh(hessian).min() > 0


@EVERY
def test_its_minima_come_deepest_first_and_nothing_is_deeper(problem):
    depths = problem.loss(np.array(problem.minima))
    assert np.all(np.diff(depths) >= -1e-12)
    left, right, bottom, top = problem.window
    x, y = np.meshgrid(np.linspace(left, right, 301), np.linspace(bottom, top, 301))
    assert problem.loss(np.stack([x, y], axis=-1)).min() >= depths[0] - 1e-12


@EVERY
def test_its_curvature_is_that_of_the_deepest_minimum(problem):
    low, high = problem.curvature
    hessian = differences(problem.grad, np.array(problem.minima[0]))
    assert low + high == pytest.approx(np.trace(hessian), rel=1e-6)
    assert low * high == pytest.approx(np.linalg.det(hessian), rel=1e-5)
    assert low <= high


@EVERY
def test_start_and_minima_are_inside_the_window(problem):
    left, right, bottom, top = problem.window
    for x, y in [problem.start, *problem.minima]:
        assert left < x < right
        assert bottom < y < top


@EVERY
def test_it_broadcasts_over_leading_axes_bit_for_bit(problem):
    theta = somewhere(problem, 24).reshape(2, 3, 4, 2)
    loss, grad = problem.loss(theta), problem.grad(theta)
    assert loss.shape == (2, 3, 4)
    assert grad.shape == theta.shape
    for i in np.ndindex(2, 3, 4):
        assert problem.loss(theta[i]) == loss[i]
        assert np.ndim(problem.loss(theta[i])) == 0
        np.testing.assert_array_equal(problem.grad(theta[i]), grad[i])


@EVERY
def test_lists_and_whole_numbers_are_points_too(problem):
    theta = np.array([[1.0, 2.0], [-2.0, 1.0]])
    for given in (
        theta.astype(int),
        theta.astype(int).tolist(),
        theta.tolist(),
        [tuple(row) for row in theta],
    ):
        np.testing.assert_array_equal(problem.loss(given), problem.loss(theta))
        np.testing.assert_array_equal(problem.grad(given), problem.grad(theta))
    np.testing.assert_array_equal(problem.hessian([1, 2]), problem.hessian(theta[0]))
    assert np.isnan(problem.loss([np.nan, 1.0])) == np.isnan(problem.loss(np.array([np.nan, 1.0])))


@EVERY
def test_strided_and_read_only_points_will_do(problem):
    theta = somewhere(problem, 10)
    strided = np.repeat(np.asfortranarray(theta), 3, axis=0)[::3]
    strided.flags.writeable = False
    np.testing.assert_array_equal(problem.loss(strided), problem.loss(theta))
    np.testing.assert_array_equal(problem.grad(strided), problem.grad(theta))


@EVERY
def test_it_is_documented(problem):
    text = inspect.getdoc(problem)
    assert ".. math::" in text
    assert problem.title
    assert not problem.cite or problem.cite in CITED, f"add {problem.cite} to docs/references.bib"


@pytest.mark.parametrize("name", PROBLEMS)
def test_its_name_is_its_name(name):
    assert PROBLEMS[name].name == repr(PROBLEMS[name]).split("(")[0] == name
    assert getattr(optbook, name) is PROBLEMS[name]


def test_values_by_hand():
    for problem, theta, loss, grad in [
        (optbook.bowl, (1, 2), 41 / 2, (1, 20)),
        (optbook.bowl(condition=4, rotation=np.pi / 2), (1, 2), 4, (4, 2)),  # u = 2, w = -1
        (optbook.rosenbrock, (-1, 2), 104, (396, 200)),
        (optbook.beale, (0, 0), 1.5**2 + 2.25**2 + 2.625**2, (-12.75, 0)),
        (optbook.himmelblau, (0, 0), 170, (-14, -22)),
        (optbook.saddle, (1, 2), 1 / 2 - 2 + 4, (1, 6)),
        (optbook.rastrigin, (1, 1 / 2), 20 + 1 - 10 + 1 / 4 + 10, (2, 1)),
        (optbook.plateau, (1, 0), 1 - np.exp(-1 / 2), (np.exp(-1 / 2), 0)),
        (optbook.canyon, (2, 0), 1 / 5, (1 / 5, 0)),
        (optbook.two_basins, (2, 1), 4 - 2 / 3 - 2 + 1 / 2 + 1 + 5 / 12, (21 / 4, 2)),
    ]:
        assert problem.loss(np.array(theta, dtype=float)) == pytest.approx(loss, rel=1e-14), problem
        np.testing.assert_allclose(
            problem.grad(np.array(theta, dtype=float)), grad, rtol=1e-14, atol=1e-13
        )


def test_the_bowls_curvatures_are_one_and_its_condition_number_however_turned():
    for condition in (1.0, 10.0, 1e4):
        for rotation in (0.0, 0.3, 2.0):
            bowl = optbook.bowl(condition=condition, rotation=rotation)
            np.testing.assert_allclose(bowl.curvature, [1, condition], rtol=1e-11)


def test_the_saddles_origin_is_no_minimum_though_its_gradient_is_zero():
    np.testing.assert_array_equal(optbook.saddle.grad(np.zeros(2)), 0)
    np.testing.assert_array_equal(optbook.saddle.hessian(np.zeros(2)), [[1, 0], [0, -1]])
    assert all(
        optbook.saddle.loss(np.array(m)) < optbook.saddle.loss(np.zeros(2))
        for m in optbook.saddle.minima
    )


def test_the_two_basins_are_parted_at_a_quarter():
    assert optbook.two_basins.hessian((0.25, 0.0))[0, 0] < 0
    deep, shallow = (optbook.two_basins.loss(np.array(m)) for m in optbook.two_basins.minima)
    assert deep == pytest.approx(0, abs=1e-15)
    assert shallow == pytest.approx(1 / 3, rel=1e-12)  # 1/4 - 1/12 - 1/2 + 1/4 + 5/12


def test_changing_a_parameter_makes_another_landscape():
    steep = optbook.bowl(condition=100)
    assert steep is not optbook.bowl
    assert repr(steep) == "bowl(condition=100, rotation=0)"
    assert repr(optbook.bowl) == "bowl(condition=10, rotation=0)"
    assert repr(optbook.rosenbrock) == "rosenbrock"
    assert optbook.bowl.loss(np.array([0.0, 1.0])) == 5
    assert steep.loss(np.array([0.0, 1.0])) == 50
