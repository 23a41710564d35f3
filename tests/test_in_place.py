"""Adam in place and in blocks: the printed rule's steps, in the caller's arrays, and nothing
else in memory."""

import inspect
import itertools
import tracemalloc

import numpy as np
import pytest

import optbook
from optbook.book.in_place import adam_blocked, adam_in_place

SETTINGS = [
    {},
    {"lr": 0.1, "beta1": 0.5, "beta2": 0.95},
    {"beta1": 0.0, "beta2": 0.0, "eps": 1e-3},
    {"eps": 1e-2},  # large enough to betray an eps in the wrong place
]


def gradients(d, steps=200, seed=0):
    """Return random gradients whose coordinates have scales from 1e-9 to 100; the first
    coordinate's are zero."""
    scales = np.geomspace(1e-9, 100, d)
    scales[0] = 0
    return scales * np.random.default_rng(seed).normal(size=(steps, d))


def state(d, dtype=np.float64):
    """Return theta, m and v before the first step."""
    return np.linspace(-1, 1, d).astype(dtype), np.zeros(d, dtype), np.zeros(d, dtype)


def in_place(theta, grad, m, v, t, **hyper):
    """Step with scratch full of NaN, which must not matter."""
    adam_in_place(theta, grad, m, v, t, np.full_like(theta, np.nan), **hyper)


FORMS = {
    "in place": in_place,
    "blocks of 7": lambda *arrays, **hyper: adam_blocked(*arrays, block=7, **hyper),
    "blocks": adam_blocked,
}
every_form = pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)


# ---- what they compute ---------------------------------------------------------------------------


@every_form
@pytest.mark.parametrize("hyper", SETTINGS, ids=str)
@pytest.mark.parametrize("d", [1, 7, 50, 1001])
def test_the_steps_are_the_printed_rules(form, hyper, d):
    given, (theta, m, v) = gradients(d), state(d)
    stream = iter(given)
    rule = optbook.adam(lambda _: next(stream), theta, **hyper)
    for t, (grad, expected) in enumerate(
        zip(given, itertools.islice(rule, len(given)), strict=True), start=1
    ):
        form(theta, grad, m, v, t, **hyper)
        np.testing.assert_allclose(theta, expected, rtol=1e-12, atol=1e-15)
    assert t == 200
    assert theta[0] == -1, "a coordinate without gradient stays"
    local = rule.gi_frame.f_locals
    np.testing.assert_allclose(m, local["m"], rtol=1e-12, atol=0)
    np.testing.assert_allclose(v, local["v"], rtol=1e-12, atol=0)


@pytest.mark.parametrize("d", [32767, 32768, 32769, 100_000])
def test_blocks_change_no_bit(d):
    whole, parts = state(d, np.float32), state(d, np.float32)
    for t, grad in enumerate(gradients(d, steps=3).astype(np.float32), start=1):
        in_place(whole[0], grad, *whole[1:], t)
        adam_blocked(parts[0], grad, *parts[1:], t)
    np.testing.assert_array_equal(parts, whole)
    assert not np.array_equal(whole[0], state(d, np.float32)[0])


@every_form
@pytest.mark.parametrize("dtype", [np.float32, np.longdouble])
def test_a_type_stays(form, dtype):
    given, narrow, wide = gradients(100), state(100, dtype), state(100)
    for t, grad in enumerate(given, start=1):
        form(narrow[0], grad.astype(dtype), *narrow[1:], t)
        form(wide[0], grad, *wide[1:], t)
    assert all(a.dtype == dtype for a in narrow)
    np.testing.assert_allclose(
        narrow[0].astype(float), wide[0], atol=2e-5 if dtype == np.float32 else 1e-14
    )


@every_form
def test_numbers_of_numpy_are_as_good_as_pythons(form):
    ours, theirs = state(100, np.float32), state(100, np.float32)
    for t, grad in enumerate(gradients(100, steps=20).astype(np.float32), start=1):
        form(ours[0], grad, *ours[1:], t, lr=0.01, beta1=0.8, eps=1e-6)
        form(
            theirs[0],
            grad,
            *theirs[1:],
            np.int64(t),
            lr=np.float64(0.01),
            beta1=np.float64(0.8),
            eps=np.float64(1e-6),
        )
    np.testing.assert_array_equal(ours, theirs)


@every_form
def test_the_gradient_is_only_read(form):
    (theta, m, v), grad = state(100), gradients(100)[0]
    before = grad.copy()
    grad.flags.writeable = False
    form(theta, grad, m, v, 1)
    np.testing.assert_array_equal(grad, before)


# ---- what they need ------------------------------------------------------------------------------


def peak(step, *arguments):
    """Return the most bytes that a step had allocated at once."""
    step(*arguments)
    tracemalloc.start()
    try:
        step(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_no_array_is_made():
    theta, grad, m, v, work = np.ones((5, 1_000_000))
    assert peak(adam_in_place, theta, grad, m, v, 3, work) < 0.01 * theta.nbytes
    one_block = 32768 * theta.itemsize
    assert one_block <= peak(adam_blocked, theta, grad, m, v, 3) < one_block + 0.01 * theta.nbytes
    rule = optbook.adam(lambda _: grad, theta)
    assert peak(next, rule) > 2 * theta.nbytes, "the measure sees arrays that are made"


class Counted(np.ndarray):
    """An array that counts the numbers that operations read and write."""

    moved = 0

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **kwargs):
        """Compute as NumPy does, and count."""
        plain = [a.view(np.ndarray) if isinstance(a, Counted) else a for a in inputs]
        result = getattr(ufunc, method)(
            *plain, out=out and tuple(a.view(np.ndarray) for a in out), **kwargs
        )
        # grad * grad reads it once
        read = {id(a): a.size for a in inputs if isinstance(a, np.ndarray)}
        Counted.moved += result.size + sum(read.values())
        return result.view(Counted)


@every_form
def test_a_step_moves_28_numbers_per_parameter(form, monkeypatch):
    theta, grad, m, v = np.ones((4, 1000)).view(Counted)
    monkeypatch.setattr(Counted, "moved", 0)
    form(theta, grad, m, v, 3)
    assert Counted.moved == 28 * 1000


def test_the_printed_rule_moves_32_numbers_per_parameter(monkeypatch):
    theta, grad = np.ones((2, 1000)).view(Counted)
    rule = inspect.unwrap(optbook.adam)(lambda _: grad, theta)
    monkeypatch.setattr(Counted, "moved", 0)
    next(rule)
    assert Counted.moved == 32 * 1000


# ---- what they refuse ----------------------------------------------------------------------------

SHARED = np.ones(4)
LOCKED = np.ones(4)
LOCKED.flags.writeable = False
# what is given instead, the error, and how its message starts after the owner
BAD = [
    ({"t": 0}, ValueError, "t must be a whole number >= 1, got 0"),
    ({"t": -3}, ValueError, "t must be a whole number >= 1, got -3"),
    ({"t": True}, TypeError, "t must be a whole number >= 1, got True"),
    ({"t": None}, TypeError, "t must be a whole number >= 1, got None"),
    ({"lr": 0}, ValueError, "lr must be a finite number > 0, got 0"),
    ({"lr": np.nan}, ValueError, "lr must be a finite number > 0, got nan"),
    ({"lr": np.inf}, ValueError, "lr must be a finite number > 0, got inf"),
    ({"lr": "1"}, TypeError, "lr must be a finite number > 0, got '1'"),
    ({"lr": 1j}, TypeError, "lr must be a finite number > 0, got 1j"),
    ({"beta1": 1}, ValueError, "beta1 must be a number in [0, 1), got 1"),
    ({"beta1": -0.1}, ValueError, "beta1 must be a number in [0, 1), got -0.1"),
    ({"beta2": np.nan}, ValueError, "beta2 must be a number in [0, 1), got nan"),
    ({"beta2": [0.9]}, TypeError, "beta2 must be a number in [0, 1), got [0.9]"),
    ({"eps": 0.0}, ValueError, "eps must be a finite number > 0, got 0.0"),
    (
        {"theta": [1.0] * 4},
        TypeError,
        "theta must be an array of float32 or wider, got [1.0, 1.0, 1.0, 1.0]",
    ),
    (
        {"theta": np.ones(4, int)},
        TypeError,
        "theta must be an array of float32 or wider, got dtype('int64')",
    ),
    (
        {"theta": np.ones(4, np.float16)},
        TypeError,
        "theta must be an array of float32 or wider, got dtype('float16')",
    ),
    (
        {"theta": np.ones(4, complex)},
        TypeError,
        "theta must be an array of float32 or wider, got dtype('complex128')",
    ),
    (
        {"theta": np.ones(4, np.float32)},
        TypeError,
        "grad must be of theta's type float32, got dtype('float64')",
    ),
    ({"grad": None}, TypeError, "grad must be an array of float32 or wider, got None"),
    (
        {"grad": np.ones(4, np.float32)},
        TypeError,
        "grad must be of theta's type float64, got dtype('float32')",
    ),
    (
        {"grad": np.ones(3)},
        ValueError,
        "grad must have theta's shape (4,), one axis and no gaps, got",
    ),
    (
        {"grad": np.ones(8)[::2]},
        ValueError,
        "grad must have theta's shape (4,), one axis and no gaps, got",
    ),
    (
        {"theta": np.ones((2, 2))},
        ValueError,
        "theta must have theta's shape (2, 2), one axis and no gaps, got",
    ),
    (
        {"theta": np.array(1.0)},
        ValueError,
        "theta must have theta's shape (), one axis and no gaps, got",
    ),
    ({"m": np.ones(5)}, ValueError, "m must have theta's shape (4,), one axis and no gaps, got"),
    (
        {"v": np.ones(4, np.float32)},
        TypeError,
        "v must be of theta's type float64, got dtype('float32')",
    ),
    (
        {"v": np.ones(8)[4:][::-1]},
        ValueError,
        "v must have theta's shape (4,), one axis and no gaps, got",
    ),
    ({"theta": LOCKED}, ValueError, "theta must be writeable, got array("),
    ({"v": LOCKED}, ValueError, "v must be writeable, got array("),
    ({"m": SHARED, "v": SHARED}, ValueError, "v must share no memory with m, got array("),
    (
        {"theta": SHARED, "grad": SHARED},
        ValueError,
        "grad must share no memory with theta, got array(",
    ),
]
BAD_WORK = [
    (
        {"work": np.ones(3)},
        ValueError,
        "work must have theta's shape (4,), one axis and no gaps, got",
    ),
    (
        {"work": np.ones(4, np.float32)},
        TypeError,
        "work must be of theta's type float64, got dtype('float32')",
    ),
    ({"work": None}, TypeError, "work must be an array of float32 or wider, got None"),
    ({"work": LOCKED}, ValueError, "work must be writeable, got array("),
    ({"m": SHARED, "work": SHARED}, ValueError, "work must share no memory with m, got array("),
]
BAD_BLOCK = [
    ({"block": 0}, ValueError, "block must be a whole number >= 1, got 0"),
    ({"block": 4.5}, ValueError, "block must be a whole number >= 1, got 4.5"),
]
CASES = [(form, *case) for form in (adam_in_place, adam_blocked) for case in BAD]
CASES += [(adam_in_place, *case) for case in BAD_WORK] + [
    (adam_blocked, *case) for case in BAD_BLOCK
]


@pytest.mark.parametrize(
    ("form", "given", "error", "says"), CASES, ids=[f"{c[0].__name__}: {c[3]}" for c in CASES]
)
def test_bad_input_is_refused_before_anything_is_overwritten(form, given, error, says):
    arrays = {name: np.full(4, 0.5) for name in ("theta", "grad", "m", "v")}
    room = {"work": np.full(4, 0.5)} if form is adam_in_place else {}
    arguments = {**arrays, "t": 1, **room, **given}
    before = {name: np.array(value) for name, value in arguments.items()}
    with pytest.raises(error) as caught:
        form(**arguments)
    assert str(caught.value).startswith(f"{form.__name__}: {says}")
    for name, value in arguments.items():
        np.testing.assert_array_equal(value, before[name], err_msg=name)
