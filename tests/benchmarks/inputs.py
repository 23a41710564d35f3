"""Bad inputs, as data: what each is, which roles of an argument it attacks, and what may come of
it.

Roles
    number    a float, or an array of them         count     a whole number
    points    theta, or an array of that kind      rows      numbers of examples
    slope     what a gradient returns              height    what a loss returns
    rate      what a schedule returns              walk      what an optimizer yields
    room      an array whose numbers do not count  call      the form of the call itself
    function                                       a function
"""

import functools
import itertools
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import numpy as np


class Bad(NamedTuple):
    """One bad input."""

    name: str  # in a few words
    roles: tuple  # of the arguments in whose place it is put
    make: Callable  # takes the right value of the argument, returns this one
    ends: tuple  # what may come of it: types of errors, and kinds of an `Outcome`


class Stubborn:
    """An object that refuses to be an array."""

    def __array__(self, *_, **__):
        """Fail."""
        raise RuntimeError("I am no array")


def masked():
    """Return an array one of whose numbers does not count."""
    from numpy import ma  # not above: NumPy itself imports it only when it is wanted

    return ma.masked_array([0.1, 0.1], mask=[False, True])


def just(value):
    """Return a function that makes `value`, whatever the right one is."""
    return lambda right: value


def like(value):
    """Return a function that fills an array of the right one's shape with `value`."""
    return lambda right: np.full(np.shape(right), value)


def ending(value):
    """Return a function that makes the right one with another last coordinate."""

    def make(right):
        array = np.array(right, dtype=float)
        array[(..., -1) if array.ndim else ()] = value
        return array

    return make


def overwriting(theta):
    """Return theta, after it has been overwritten."""
    theta[...] = 0
    return theta


def yielding(*iterates):
    """Return a function that makes an optimizer that yields these, whatever the gradient."""
    return lambda right: lambda grad, theta, **_: iter(iterates)


def returning(make):
    """Return a function that makes a function: it returns what is made of its own argument."""
    return lambda right: lambda argument: make(argument)


def lacking(call):
    """Return `call` without its first argument."""
    return functools.partial(call.func, **dict(itertools.islice(call.keywords.items(), 1, None)))


def crowded(call):
    """Return `call` with more arguments than anything takes."""
    return functools.partial(call.func, *call.keywords.values(), *[None] * 20)


def doubled(call):
    """Return `call` with its first argument by position and by name."""
    return functools.partial(call, *itertools.islice(call.keywords.values(), 1))


def late(t):
    """Return a rate for two steps, and nothing afterwards."""
    return 0.1 if t < 2 else None


DAY = np.datetime64("2026-01-01")
SOME = np.array([0.1, 0.1])
NO_NUMBER = {  # whatever number is wanted
    "None": just(None),
    "a truth value": just(True),
    "a string": just("0.1"),
    "bytes": just(b"0.1"),
    "a complex number": just(0.1 + 0j),
    "a fraction": just(Fraction(1, 10)),
    "a decimal": just(Decimal("0.1")),
    "an object": just(object()),
    "an object that refuses to be an array": just(Stubborn()),
    "a dictionary": just({"lr": 0.1}),
    "a set": just({0.1}),
    "a generator": lambda right: (number for number in SOME),
    "lists of unequal length": just([[0.1], [0.1, 0.2]]),
    "None among numbers": just([0.1, None]),
    "a date": just(DAY),
    "a span of time": just(DAY - DAY),
    "an array with a mask": lambda right: masked(),
    "a structured array": just(np.zeros(2, "f8,f8")),
    "an array of objects": just(SOME.astype(object)),
}
NUMBER_TO_NUMPY = {  # what NumPy takes for numbers
    "a byte array": just(bytearray(b"ab")),
    "half precision": just(np.float16(0.1)),
    "a truth value among numbers": just([True, 0.1]),
}
WRONG_NUMBER = {
    "NaN": just(np.nan),
    "infinity": just(np.inf),
    "minus infinity": just(-np.inf),
    "a long double past float64": just(np.longdouble("1e4000")),
}
PERHAPS_WRONG_NUMBER = {"a negative number": just(-0.1), "zero": just(0.0), "1.5": just(1.5)}
WRONG_NUMBERS = {
    "a whole number of 400 digits": just(10**400),
    "an empty list": just([]),
    "NaN among numbers": just([0.1, np.nan]),
}
WRONG_COUNT = {
    "NaN": just(np.nan),
    "infinity": just(np.inf),
    "two and a half": just(2.5),
    "minus one": just(-1),
    "a list of one": just([3]),
}
NO_POINT = {  # whatever array is wanted
    "None": just(None),
    "a string": just("ab"),
    "truth values": like(True),
    "strings": like("1.0"),
    "bytes": just(b"ab"),
    "complex numbers": like(1 + 0j),
    "fractions": like(Fraction(1, 2)),
    "an object": just(object()),
    "an object that refuses to be an array": just(Stubborn()),
    "a dictionary": just({"theta": 1.0}),
    "a set": just({1.0, 2.0}),
    "a generator": lambda right: (number for number in SOME),
    "lists of unequal length": just([[1.0], [1.0, 2.0]]),
    "None among numbers": just([1.0, None]),
    "dates": like(DAY),
    "an array with a mask": lambda right: masked(),
    "a structured array": just(np.zeros(2, "f8,f8")),
}
POINT_TO_NUMPY = {  # what NumPy takes for numbers
    "a byte array": just(bytearray(b"ab")),
    "half precision": like(np.float16(1)),
    "a truth value among numbers": just([True, 2.0]),
}
PERHAPS_WRONG_POINT = {"whole numbers": like(1), "one number": just(1.0)}
NO_ROWS = {
    "a string": just("ab"),
    "fractions": just([0.5]),
    "truth values": just([True]),
    "an object": just(object()),
}
WRONG_ROWS = {
    "none at all": just([]),
    "one that is not there": just([10**6]),
    "two axes": just([[0, 1]]),
    "one number": just(0),
}
NO_SLOPE = {  # made of theta
    "None": just(None),
    "strings": like("1.0"),
    "truth values": like(True),
    "complex numbers": like(1 + 0j),
    "an array of objects": like(None),
    "a dictionary": just({"slope": 1.0}),
    "a generator": lambda theta: (number for number in SOME),
    "lists of unequal length": just([[1.0], [1.0, 2.0]]),
    "dates": like(DAY),
    "an array with a mask": lambda theta: masked(),
}
WRONG_SLOPE = {
    "one number for all": just(1.0),
    "an axis more": lambda theta: theta[None],
    "a coordinate short": lambda theta: theta[..., :1],
    "nothing": just(np.zeros(0)),
}
DEAD_SLOPE = {"NaN": like(np.nan), "NaN in one coordinate": ending(np.nan)}
HUGE_SLOPE = {  # whose sign alone is good enough for some rules
    "infinity": like(np.inf),
    "minus infinity": like(-np.inf),
    "1e308": like(1e308),
}
NO_RATE = {  # made of the number of finished steps
    "None": just(None),
    "a string": just("0.1"),
    "a complex number": just(0.1j),
    "an object": just(object()),
    "a date": just(DAY),
    "None, after two steps": late,
}
WRONG_RATE = {"a negative number": just(-0.1), "NaN": just(np.nan), "infinity": just(np.inf)}
NO_HEIGHT = {  # made of theta
    "None": just(None),
    "a string": just("0.1"),
    "a truth value": just(True),
    "a complex number": just(1j),
}
DEAD_HEIGHT = {"NaN": just(np.float64(np.nan)), "infinity": just(np.float64(np.inf))}
NO_WALK = {
    "an array, and no generator": just(lambda grad, theta, **_: theta),
    "a list": yielding([1.0, 2.0]),
    "None": yielding(None),
    "a string": yielding("ab"),
    "one number": yielding(np.float64(3)),
    "complex numbers": yielding(np.ones(2) * 1j),
}
WRONG_WALK = {"another shape": yielding(np.ones(3)), "an end after a step": yielding(np.ones(2))}
NO_FUNCTION = {
    "None": just(None),
    "a number": just(0.1),
    "a string": just("adam"),
    "an array": just(np.ones(2)),
}
WRONG_CALL = {"one left out": lacking, "too many": crowded, "one given twice": doubled}


def each(roles, ends, inputs):
    """Return a `Bad` input for each of `inputs`: who makes it, by name."""
    return [Bad(name, tuple(roles.split()), make, ends) for name, make in inputs.items()]


def returned(role, ends, inputs):
    """Return a `Bad` input for each of `inputs`, which a function returns."""
    return each(role, ends, {name: returning(make) for name, make in inputs.items()})


TYPE, VALUE, EITHER = (TypeError,), (ValueError,), (TypeError, ValueError)
MET = (ValueError, "diverged")  # on the way: nobody gave it
THREE = {"three numbers for two coordinates": just(np.full(3, 0.1))}
NOTHING = {"a function of nothing": just(lambda: 1)}
BAD = (
    *each("number count", TYPE, NO_NUMBER),
    *each("number count", (*EITHER, "finite"), NUMBER_TO_NUMPY),
    *each("number", VALUE, WRONG_NUMBER),
    # where one number is wanted, more are of the wrong type
    *each("number", EITHER, WRONG_NUMBERS),
    *each("number", (ValueError, "finite"), PERHAPS_WRONG_NUMBER),
    *each("number", (*EITHER, "finite"), THREE),
    *each("number", TYPE, NOTHING),
    *each("count", EITHER, WRONG_COUNT),  # where an int alone will do, floats are of the wrong type
    *each("count", (*EITHER, "finite"), {"zero": just(0)}),
    *each("points room", TYPE, NO_POINT),
    *each("points room", (*EITHER, "finite"), POINT_TO_NUMPY),
    *each("points", VALUE, {"nothing": just(np.zeros(0))}),
    *each("points", (ValueError, "passed on"), {"NaN in it": ending(np.nan)}),
    *each("points", (ValueError, "passed on", "finite"), {"infinity in it": ending(np.inf)}),
    *each(
        "points",
        (ValueError, "finite"),
        {"an axis more": lambda right: np.ones((*np.shape(right), 3))},
    ),
    *each("points", (*EITHER, "finite", "diverged"), PERHAPS_WRONG_POINT),
    *each("rows", EITHER, NO_ROWS),
    *each("rows", (*EITHER, "finite"), WRONG_ROWS),
    *returned("slope", TYPE, NO_SLOPE),
    *returned("slope", VALUE, WRONG_SLOPE),
    *returned("slope", MET, DEAD_SLOPE),
    *returned("slope", (*MET, "warned", "finite"), HUGE_SLOPE),
    *returned("slope", ("finite",), {"theta, overwritten": overwriting}),
    *each("slope", TYPE, NOTHING),
    *returned("rate", TYPE, NO_RATE),
    # a number, once it is scaled
    *returned("rate", (TypeError, "finite"), {"a truth value": just(True)}),
    *returned("rate", VALUE, WRONG_RATE),
    *returned("rate", (ValueError, "finite"), THREE),
    *each("rate", TYPE, NOTHING),
    *returned("height", TYPE, NO_HEIGHT),
    *returned("height", VALUE, DEAD_HEIGHT),
    *returned("height", VALUE, {"a number for each coordinate": np.array}),
    *each("height", TYPE, NOTHING),
    *each("walk", TYPE, NO_WALK),
    *each("walk", VALUE, WRONG_WALK),
    *each("walk", (ValueError, "diverged"), {"NaN": yielding(*np.full((3, 2), np.nan))}),
    *each("walk", TYPE, NOTHING),
    *each("function", TYPE, NO_FUNCTION),
    *each("call", TYPE, WRONG_CALL),
    *each(
        "call",
        (TypeError, "finite"),
        {"one that nobody has": lambda call: functools.partial(call, nobody=1)},
    ),
)
