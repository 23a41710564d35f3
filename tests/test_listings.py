"""The chapter's two listings: bit for bit the library's rules, without the faults they are often
printed with."""

import ast
import inspect
import itertools
import warnings

import numpy as np
import pytest

import optbook
from ext.listing import alone
from optbook import bowl, rosenbrock


def copied(thing):
    """Return what a reader gets who copies a listing from its page and runs it."""
    names = {}
    exec(alone(thing), names)
    return names[thing.__name__]


gradient_descent, Adam = copied(optbook.gradient_descent), copied(optbook.Adam)


@pytest.mark.parametrize(
    "thing", [optbook.gradient_descent, optbook.Adam], ids=lambda thing: thing.__name__
)
def test_as_printed_they_are_short_and_begin_with_what_a_reader_came_for(thing):
    lines = alone(thing).splitlines()
    assert len(lines) <= 22
    assert max(map(len, lines)) <= 86
    *before, last = ast.parse("\n".join(lines)).body
    assert last.name == thing.__name__
    assert {type(node) for node in before} == {ast.Import}


def height(theta):
    """Return the loss of a round bowl."""
    return float(np.sum(np.square(theta)) / 2)


def same(theta):
    """Return the gradient of a round bowl."""
    return theta


# ---- what they compute ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("problem", "lr"), [(rosenbrock, 1e-3), (bowl, 0.003), (optbook.plateau, 0.3)], ids=repr
)
def test_gradient_descent_equals_the_library_bit_for_bit(problem, lr):
    theta, history = gradient_descent(problem.loss, problem.grad, problem.start, lr=lr, epochs=1000)
    walk = itertools.islice(optbook.gd(problem.grad, problem.start, lr=lr), len(history) - 1)
    np.testing.assert_array_equal(history, [problem.start, *walk])
    np.testing.assert_array_equal(theta, history[-1])
    assert len(history) == 1001 or np.linalg.norm(problem.grad(theta)) < 1e-6


@pytest.mark.parametrize("betas", [(0.9, 0.999), (0.5, 0.95), (0.0, 0.0)])
@pytest.mark.parametrize("problem", [rosenbrock, optbook.rastrigin], ids=repr)
def test_adam_equals_the_library_bit_for_bit(problem, betas):
    theta = np.array(problem.start)
    listing, walked = Adam([theta], lr=0.01, betas=betas), []
    for _ in range(1000):
        listing.step([problem.grad(theta)])
        walked.append(theta.copy())
    rule = optbook.adam(problem.grad, problem.start, lr=0.01, beta1=betas[0], beta2=betas[1])
    np.testing.assert_array_equal(walked, list(itertools.islice(rule, 1000)))


def test_adams_defaults_are_the_librarys():
    theta = np.array([1.0, -1.0])
    listing = Adam([theta])
    for walked in itertools.islice(optbook.adam(same, [1.0, -1.0]), 50):
        listing.step([theta])
        np.testing.assert_array_equal(theta, walked)


def test_adam_keeps_several_arrays_apart():
    arrays = [np.array([1.0, 2.0]), np.array([[3.0]]), np.array(4.0)]
    single = [a.copy() for a in arrays]
    together, apart = Adam(arrays), [Adam([a]) for a in single]
    for _ in range(20):
        together.step(arrays)
        for listing, a in zip(apart, single, strict=True):
            listing.step([a])
    assert all(np.array_equal(a, b) for a, b in zip(arrays, single, strict=True))


def test_their_signatures_are_the_chapters():
    assert (
        str(inspect.signature(gradient_descent))
        == "(loss_fn, grad_fn, theta_init, lr=0.01, epochs=1000)"
    )
    assert str(inspect.signature(Adam)) == "(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08)"
    assert str(inspect.signature(Adam.step)) == "(self, grads)"


# ---- the faults of gradient_descent, one by one --------------------------------------------------


@pytest.mark.parametrize(
    "start", [[4, 2], (4, 2), np.array([4, 2]), np.array([4.0, 2.0])], ids=repr
)
def test_whole_numbers_lists_and_tuples_are_starts_too(start):
    theta, history = gradient_descent(height, same, start, lr=0.5, epochs=2)
    np.testing.assert_array_equal(theta, [1, 1 / 2])
    assert all(point.dtype == float for point in [theta, *history])
    np.testing.assert_array_equal(history, [[4, 2], [2, 1], [1, 1 / 2]])


def test_a_plain_number_is_a_start_too():
    assert gradient_descent(height, same, 4, lr=0.5, epochs=2)[0] == 1


def test_the_start_is_copied():
    start = np.array([4.0, 2.0])
    theta, history = gradient_descent(height, same, start, epochs=3)
    assert start.tolist() == [4, 2]
    assert not any(np.shares_memory(start, a) for a in [theta, *history])


def test_the_history_is_made_of_copies():
    _, history = gradient_descent(height, same, [4.0], lr=0.5, epochs=3)
    assert [float(a[0]) for a in history] == [4, 2, 1, 1 / 2]
    assert not any(np.shares_memory(a, b) for a, b in itertools.combinations(history, 2))


def test_at_a_minimum_no_step_is_taken():
    theta, history = gradient_descent(height, same, [1e-7, 0.0])
    assert theta.tolist() == [1e-7, 0]
    assert len(history) == 1


def test_it_stops_where_the_gradient_has_vanished():
    theta, history = gradient_descent(height, same, [1.0], lr=0.5)
    assert np.linalg.norm(theta) < 1e-6 <= np.linalg.norm(history[-2])


def test_a_gradient_that_is_a_view_of_theta_is_not_corrupted():
    _, history = gradient_descent(height, lambda theta: theta[:], [1.0, 2.0], lr=0.5, epochs=2)
    np.testing.assert_array_equal(history, [[1, 2], [1 / 2, 1], [1 / 4, 1 / 2]])


def test_a_gradient_that_reuses_its_buffer_does_no_harm():
    buffer = np.zeros(1)

    def reused(theta):
        buffer[:] = theta
        return buffer

    assert gradient_descent(height, reused, [4.0], lr=0.5, epochs=2)[0].tolist() == [1]


def test_divergence_stops_it_with_a_clear_warning():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        theta, history = gradient_descent(height, same, [1.0], lr=10.0, epochs=10_000)
    *others, ours = caught
    assert all(str(other.message).startswith("overflow encountered") for other in others), (
        "NumPy's own, of `height`"
    )
    assert ours.category is RuntimeWarning
    assert str(ours.message) == f"diverged at step {len(history)}; try lr < 10.0"
    assert ours.filename == __file__
    assert np.isfinite(history).all()
    np.testing.assert_array_equal(theta, history[-1])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_no_number_stops_it(bad):
    with pytest.warns(RuntimeWarning, match="diverged at step 1; try lr < 0.01"):
        theta, history = gradient_descent(lambda theta: 0.0, lambda theta: np.array([bad]), [1.0])
    assert theta.tolist() == [1]
    assert len(history) == 1


def test_the_loss_is_used():
    with pytest.warns(RuntimeWarning, match="diverged at step 1"):
        gradient_descent(lambda theta: np.nan, same, [1.0])


def test_no_epoch_is_no_step_and_numpys_numbers_will_do():
    assert gradient_descent(height, same, [1.0], epochs=0)[0].tolist() == [1]
    for epochs in (2, np.int32(2)):
        assert gradient_descent(height, same, [4.0], lr=np.float32(0.5), epochs=epochs)[
            0
        ].tolist() == [1]


# ---- the faults of Adam, one by one --------------------------------------------------------------


@pytest.mark.parametrize(
    "params", [[1.0], np.array([1.0, 2.0]), [[1.0, 2.0]], [np.array([1, 2])], [None]], ids=repr
)
def test_what_cannot_be_updated_in_place_is_an_error(params):
    with pytest.raises(TypeError):
        Adam(params).step([1.0] * len(params))


def test_a_generator_of_arrays_is_not_used_up():
    theta = np.array([1.0])
    listing = Adam(a for a in [theta])
    listing.step([np.array([1.0])])
    listing.step([np.array([1.0])])
    assert theta[0] == pytest.approx(1 - 2e-3, rel=1e-9)


def test_a_generator_of_gradients_will_do():
    theta = np.array([1.0])
    Adam([theta]).step(g for g in [np.array([1.0])])
    assert theta[0] == pytest.approx(1 - 1e-3, rel=1e-9)


@pytest.mark.parametrize(
    "grads", [[], [np.ones(2)], [np.ones(2)] * 3], ids=["none", "one missing", "too many"]
)
def test_a_gradient_for_each_array_is_needed(grads):
    with pytest.raises(ValueError, match="zip"):
        Adam([np.ones(2), np.ones(2)]).step(grads)


def test_gradients_are_not_changed_nor_kept():
    theta, g = np.ones(2), np.array([1.0, -2.0])
    listing = Adam([theta])
    listing.step([g])
    g[:] = 99
    listing.step([np.array([1.0, -2.0])])
    np.testing.assert_allclose(theta, [1 - 2e-3, 1 + 2e-3], rtol=1e-7)
