"""The chapter's two listings: bit for bit the library's rules, without the faults they are often printed with."""

import inspect
import itertools
import re
import warnings

import numpy as np
import pytest

import optbook
from optbook import Adam, bowl, gradient_descent, rosenbrock


def height(theta):
    """Return the loss of a round bowl."""
    return float(np.sum(np.square(theta)) / 2)


def same(theta):
    """Return the gradient of a round bowl."""
    return theta


# ---- what they compute -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("problem", "lr"), [(rosenbrock, 1e-3), (bowl, 0.003), (optbook.plateau, 0.3)], ids=repr)
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
    assert str(inspect.signature(gradient_descent)) == "(loss_fn, grad_fn, theta_init, lr=0.01, epochs=1000)"
    assert str(inspect.signature(Adam)) == "(params, lr=0.001, betas=(0.9, 0.999), eps=1e-08)"
    assert str(inspect.signature(Adam.step)) == "(self, grads)"


# ---- the faults of gradient_descent, one by one ----------------------------------------------------------------------


@pytest.mark.parametrize("start", [[4, 2], (4, 2), np.array([4, 2]), np.array([4.0, 2.0])], ids=repr)
def test_whole_numbers_lists_and_tuples_are_starts_too(start):
    theta, history = gradient_descent(height, same, start, lr=0.5, epochs=2)
    np.testing.assert_array_equal(theta, [1, 1 / 2])
    assert theta.dtype == float
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


def test_a_gradient_that_changes_theta_does_no_harm():
    def vandal(theta):
        theta *= 2
        return theta / 2

    assert gradient_descent(height, vandal, [4.0], lr=0.5, epochs=2)[0].tolist() == [1]


def test_a_gradient_that_reuses_its_buffer_does_no_harm():
    buffer = np.zeros(1)

    def reused(theta):
        buffer[:] = theta
        return buffer

    assert gradient_descent(height, reused, [4.0], lr=0.5, epochs=2)[0].tolist() == [1]


def test_divergence_stops_it_with_one_clear_warning():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        theta, history = gradient_descent(height, same, [1.0], lr=10.0, epochs=10_000)
    assert len(caught) == 1
    assert caught[0].category is RuntimeWarning
    assert str(caught[0].message) == f"diverged at step {len(history)}; try lr < 10.0"
    assert caught[0].filename == __file__
    assert np.isfinite(history).all()
    np.testing.assert_array_equal(theta, history[-1])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_gradient_that_is_no_number_stops_it(bad):
    with pytest.warns(RuntimeWarning, match="diverged at step 1; try lr < 0.01"):
        theta, history = gradient_descent(lambda theta: 0.0, lambda theta: [bad], [1.0])
    assert theta.tolist() == [1]
    assert len(history) == 1


def test_the_loss_is_used():
    with pytest.warns(RuntimeWarning, match="diverged at step 1"):
        gradient_descent(lambda theta: np.nan, same, [1.0])


@pytest.mark.parametrize(
    "bad",
    [*({"lr": lr} for lr in (0, -0.1, np.nan, np.inf)), *({"epochs": epochs} for epochs in (-1, 2.5, np.nan, np.inf))]
    + [{"theta_init": theta} for theta in ([np.nan], [1.0, np.inf])]
    + [{"lr": np.array([0.1])}, {"lr": [0.1, 0.2]}, {"epochs": [1, 2]}],
    ids=repr,
)
def test_numbers_out_of_range_are_refused(bad):
    ((name, value),) = bad.items()
    with pytest.raises(ValueError, match=rf"^gradient_descent: .*{name}.* must be .*, got .*{re.escape(repr(value))}"):
        gradient_descent(height, same, **{"theta_init": [1.0]} | bad)


@pytest.mark.parametrize("bad", ["a", None, True, 1j, [0.1, None]], ids=repr)
@pytest.mark.parametrize("name", ["theta_init", "lr", "epochs"])
def test_what_is_no_number_is_refused(name, bad):
    with pytest.raises(TypeError, match=rf"^gradient_descent: .*{name}.* must be .*, got .*{re.escape(repr(bad))}"):
        gradient_descent(height, same, **{"theta_init": [1.0], name: bad})


def test_no_epoch_is_no_step_and_any_whole_number_will_do():
    assert gradient_descent(height, same, [1.0], epochs=0)[0].tolist() == [1]
    for epochs in (2, np.int32(2), 2.0):
        assert gradient_descent(height, same, [4.0], lr=np.float32(0.5), epochs=epochs)[0].tolist() == [1]


@pytest.mark.parametrize("grad", [[1j], np.array([1 + 1j]), ["a"], [None], [True]], ids=repr)
def test_a_gradient_that_is_not_real_is_refused(grad):
    with pytest.raises(TypeError, match="^gradient_descent: grad_fn must return theta's shape, got"):
        gradient_descent(height, lambda theta: grad, [1.0])


@pytest.mark.parametrize("grad", [[1.0, 2.0], 1.0, [[1.0]]])
def test_a_gradient_of_another_shape_is_refused(grad):
    with pytest.raises(ValueError, match="^gradient_descent: grad_fn must return theta's shape, got"):
        gradient_descent(height, lambda theta: grad, [1.0])


# ---- the faults of Adam, one by one ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "params",
    [[1.0], [1.0, 2.0], np.array([1.0, 2.0]), [[1.0, 2.0]], [np.array([1, 2])], [np.ones(2, np.float32)], [None]]
    + [5, 5.0, None, "ab"],
    ids=repr,
)
def test_what_cannot_be_updated_in_place_is_refused(params):
    with pytest.raises(TypeError, match=r"Adam: params must be float64 arrays, got \["):
        Adam(params)


def test_what_no_step_could_update_is_refused():
    frozen = np.ones(2)
    frozen.flags.writeable = False
    for params in ([], [np.ones(2), frozen], [np.array([1.0, np.nan])], [np.array(np.inf)]):
        with pytest.raises(ValueError, match=r"^Adam: params must be .*finite.*writeable.*, got \["):
            Adam(params)


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
    "grads",
    [
        [np.ones(2)],
        [],
        [np.ones(2)] * 3,
        [np.ones(2), 1.0],
        [np.ones(1), np.ones((1, 1))],
        [np.ones((2, 1)), np.ones(1)],
    ],
    ids=["one missing", "none", "too many", "a number", "a row", "a column"],
)
def test_missing_gradients_and_other_shapes_are_refused_before_anything_changes(grads):
    arrays = [np.ones(2), np.ones((1, 1))]
    listing = Adam(arrays)
    with pytest.raises(ValueError, match=r"Adam: grads must have shapes \[\(2,\), \(1, 1\)\], got"):
        listing.step(grads)
    assert listing.t == 0
    assert all(np.all(a == 1) for a in arrays)
    assert all(np.all(moment == 0) for moment in listing.m + listing.v)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_gradients_that_are_no_numbers_are_refused_before_anything_changes(bad):
    theta = np.ones(2)
    listing = Adam([theta])
    with pytest.raises(ValueError, match="Adam: grads must be finite, and so must their squares, got"):
        listing.step([[1.0, bad]])
    assert listing.t == 0
    assert theta.tolist() == [1, 1]


MUST = {"lr": "lr must be a number > 0", "eps": "eps must be a number > 0", "betas": "betas must be a pair in [0, 1)"}


@pytest.mark.parametrize("bad", ["a", None, True, 1j, [0.1, "a"]], ids=repr)
@pytest.mark.parametrize("name", MUST)
def test_hyperparameters_that_are_no_numbers_are_refused(name, bad):
    with pytest.raises(TypeError, match=rf"^Adam: {re.escape(MUST[name])}, got {re.escape(repr(bad))}"):
        Adam([np.ones(2)], **{name: bad})


@pytest.mark.parametrize("name", ["lr", "eps"])
def test_a_rate_is_one_number(name):
    with pytest.raises(ValueError, match=rf"^Adam: {re.escape(MUST[name])}, got array"):
        Adam([np.ones(2)], **{name: np.array([0.1])})


@pytest.mark.parametrize("betas", [0.9, [], np.array([0.9]), np.full(3, 0.9)], ids=repr)
def test_two_betas_are_needed(betas):
    with pytest.raises(ValueError, match=r"^Adam: betas must be a pair in \[0, 1\), got"):
        Adam([np.ones(2)], betas=betas)


@pytest.mark.parametrize(
    "grads", [[[1j, 1]], [np.array([1j, 1])], [["a", "b"]], [None], None, [[True, False]]], ids=repr
)
def test_gradients_that_are_not_real_are_refused_before_anything_changes(grads):
    theta = np.ones(2)
    listing = Adam([theta])
    with pytest.raises(TypeError, match="^Adam: grads must be finite, and so must their squares, got"):
        listing.step(grads)
    assert listing.t == 0
    assert theta.tolist() == [1, 1]


def test_a_single_number_for_a_list_of_gradients_is_refused():
    with pytest.raises(ValueError, match=r"^Adam: grads must have shapes \[\(2,\)\], got \[\(\)\]"):
        Adam([np.ones(2)]).step(5.0)


def test_a_gradient_whose_square_overflows_is_refused_before_anything_changes():
    theta = np.ones(2)
    listing = Adam([theta])
    with pytest.raises(ValueError, match="^Adam: grads must be finite, and so must their squares, got"):
        listing.step([[1e200, 1.0]])
    assert (listing.t, theta.tolist()) == (0, [1, 1])


def test_no_step_warns_however_long():
    theta = np.ones(2)
    listing = Adam([theta], lr=1e150)
    for size in (1e150, 1e-200, 0.0, 1e150):
        listing.step([[size, -size]])
    assert np.isfinite(theta).all()


def test_a_weight_that_overflows_is_an_error():
    listing = Adam([np.ones(2)], lr=1e308)
    listing.step([[1.0, 1.0]])
    with pytest.raises(ValueError, match=r"^Adam: params must stay finite, got \[-inf -inf\]; try lr < 1e\+308$"):
        listing.step([[1.0, 1.0]])


def test_a_beta_that_is_no_number_is_refused_in_either_place():
    for betas in [(np.nan, 0.5), (0.5, np.nan)]:
        with pytest.raises(ValueError, match=r"^Adam: betas must be a pair in \[0, 1\), got \("):
            Adam([np.ones(2)], betas=betas)


def test_they_are_documented_and_fit_the_page():
    for thing, sections in [
        (gradient_descent, ("Parameters", "Returns", "Raises", "Warns")),
        (Adam, ("Parameters", "Raises")),
        (Adam.step, ("Parameters", "Raises")),
    ]:
        for section in sections:
            assert f"\n{section}\n{'-' * len(section)}\n" in inspect.getdoc(thing)
        assert max(map(len, inspect.getsource(thing).splitlines())) <= 86


@pytest.mark.parametrize(
    "betas", [(1.0, 0.999), (0.9, 1.0), (-0.1, 0.999), (0.9, 1.5), (np.nan, 0.9), (0.9,), (0.9,) * 3]
)
def test_bad_betas_are_refused(betas):
    with pytest.raises(ValueError, match=r"Adam: betas must be a pair in \[0, 1\), got \("):
        Adam([np.ones(2)], betas=betas)


@pytest.mark.parametrize("bad", [{"lr": 0}, {"lr": -1.0}, {"lr": np.nan}, {"eps": 0}, {"eps": -1e-8}, {"eps": np.inf}])
def test_bad_rates_and_guards_are_refused(bad):
    with pytest.raises(ValueError, match=f"Adam: (lr|eps) must be a number > 0, got {next(iter(bad.values()))}"):
        Adam([np.ones(2)], **bad)


def test_gradients_are_not_changed_nor_kept():
    theta, g = np.ones(2), np.array([1.0, -2.0])
    listing = Adam([theta])
    listing.step([g])
    g[:] = 99
    listing.step([np.array([1.0, -2.0])])
    np.testing.assert_allclose(theta, [1 - 2e-3, 1 + 2e-3], rtol=1e-7)
