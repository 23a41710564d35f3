"""What NumPy's users expect to work, works."""

import numpy as np
import pytest

from optbook import adam, blobs, bowl, gd, minimize, momentum

START = np.array([1.0, 2.0])


class Series:
    """What pandas, JAX, Dask and PyTorch have in common: an object that NumPy makes an array of."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        """Return the values as an array."""
        return np.array(self.values, dtype=dtype)


STARTS = {
    "list": [1, 2],
    "tuple": (1.0, 2.0),
    "int array": np.array([1, 2]),
    "array-like": Series([1, 2]),
}


@pytest.mark.parametrize("start", STARTS.values(), ids=STARTS)
def test_whatever_numpy_makes_an_array_of_is_a_start(start):
    np.testing.assert_array_equal(next(adam(bowl.grad, start)), next(adam(bowl.grad, START)))
    run = minimize(bowl, adam, start=start, steps=3)
    np.testing.assert_array_equal(run.theta, minimize(bowl, adam, start=START, steps=3).theta)


@pytest.mark.parametrize("make", [list, Series])
def test_a_gradient_may_be_a_list_or_such_an_object(make):
    np.testing.assert_array_equal(
        next(gd(lambda theta: make(bowl.grad(theta)), START)), next(gd(bowl.grad, START))
    )


def test_half_precision_is_computed_in_double():
    theta = np.array([300.0, 300.0], np.float16)
    assert bowl.loss(theta) == bowl.loss([300.0, 300.0])
    np.testing.assert_array_equal(bowl.grad(theta), [300.0, 3000.0])


def test_a_mask_picks_examples():
    problem, mask = blobs(), np.arange(64) < 10
    assert (
        problem.loss(np.ones(3), mask)
        == problem.loss(np.ones(3), np.arange(10))
        == problem.loss(np.ones(3), slice(10))
    )


def test_names_to_record_may_be_a_list_and_a_flag_numpys():
    run = minimize(
        blobs(), momentum, batch=8, replace=np.bool_(True), record=["v"], steps=np.int64(4)
    )
    same = minimize(blobs(), momentum, batch=8, replace=True, record="v", steps=4.0)
    np.testing.assert_array_equal(run.symbols["v"], same.symbols["v"])


def test_one_rate_a_coordinate_and_a_column_for_a_race():
    assert minimize(bowl, gd, lr=[0.1, 0.05], steps=2).theta.shape == (3, 2)
    assert minimize(bowl, gd, lr=[[0.1], [0.05]], steps=2).theta.shape == (3, 2, 2)


def test_a_landscape_takes_its_parameters_in_order():
    assert repr(bowl(100)) == repr(bowl(condition=100)) == "bowl(condition=100, rotation=0)"
    assert bowl(100, 0.5).loss(START) == bowl(rotation=0.5, condition=100).loss(START)
