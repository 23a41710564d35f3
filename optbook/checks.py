"""What every argument means and may be, and the one place that asks. No rule, schedule or
landscape checks anything."""

import inspect
import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

__all__ = ["ARGUMENTS"]


DOUBLE = np.dtype(float)


class Kind(NamedTuple):
    """Which numbers are allowed, in words and as a test of a finite array; one number or many."""

    allowed: str
    holds: Callable = np.isfinite
    type: str = "float or array"


def count(a):
    """Return which of the numbers count something: 1, 2, 3 …"""
    return (a >= 1) & (a == np.floor(a))


NUMBER = Kind("a finite number", type="float")
POSITIVE = Kind("a finite number > 0", lambda a: a > 0)
LEAST_0 = Kind("a finite number >= 0", lambda a: a >= 0)
LEAST_1 = Kind("a finite number >= 1", lambda a: a >= 1)
DECAY = Kind("a number in [0, 1)", lambda a: (a >= 0) & (a < 1))
PART = Kind("a number in (0, 1]", lambda a: (a > 0) & (a <= 1))
SHARE = Kind("a number in (0, 1)", lambda a: (a > 0) & (a < 1))
COUNT = Kind("a whole number >= 1", count, "int")
SEED = Kind("a whole number >= 0", lambda a: (a >= 0) & (a == np.floor(a)), "int")
COUNTS = Kind("a sequence of whole numbers >= 1", count, "sequence of int")
EVERY_STEP = LEAST_0._replace(allowed="a finite number >= 0 at every step")
FINISHED = LEAST_0._replace(allowed="a number of finished steps, finite and >= 0")
RATE = POSITIVE._replace(type="float, array or Schedule")
POINT = Kind("finite numbers", type="array_like of float")
CONDITION = LEAST_1._replace(type="float")

ARGUMENTS = {
    "grad": (
        "Gradient of the loss: takes theta, returns an array of its shape.",
        "callable, grad(theta)",
    ),
    "theta": (
        (
            "Start, shape (..., d); whatever NumPy makes an array of. It is copied to float64,"
            " never changed."
        ),
        POINT,
    ),
    "lr": (
        (
            "Learning rate η: a number, a schedule, one for each coordinate, or for a race a column"
            " (n, 1)."
        ),
        RATE,
    ),
    "beta": ("Share β of the past that is kept at each step.", DECAY),
    "beta1": ("Decay β₁ of the first moment.", DECAY),
    "beta2": ("Decay β₂ of the second raw moment.", DECAY),
    "eps": ("Guard ε against division by zero.", POSITIVE),
    "weight_decay": ("Decoupled weight decay λ.", LEAST_0),
    "grow": ("Factor of a step whose sign stayed.", LEAST_1),
    "shrink": ("Factor of a step whose sign turned.", PART),
    "low": ("Least step, in units of the rate.", POSITIVE),
    "high": ("Greatest step, in units of the rate.", POSITIVE),
    "psi": ("Pace ψ at which momentum warms up.", LEAST_0),
    "least": ("Size that smaller weights count as.", POSITIVE),
    "clip": ("Greatest root mean square of a step, in units of the rate.", POSITIVE),
    "sync": ("Number of steps between two returns to the slow weights.", COUNT),
    "share": ("Share α of the way that the slow weights go.", PART),
    "norm": ("Greatest norm of a gradient.", POSITIVE),
    "rule": ("The optimizer to go around.", "callable"),
    "peak": ("Rate at its highest.", POSITIVE),
    "after": ("What follows the warm-up.", "Schedule or callable"),
    "floor": ("Rate at its lowest, reached at the end.", LEAST_0),
    "gamma": ("Factor of each decay.", PART),
    "steps": ("Number of steps from the first rate to the last.", COUNT),
    "every": ("Number of steps between two decays.", COUNT),
    "milestones": ("Numbers of finished steps after which the rate decays once more.", COUNTS),
    "power": ("Exponent of the decay.", POSITIVE),
    "period": ("Length of the first cycle in steps, the paper's T₀.", COUNT),
    "mult": ("Each cycle is this many times as long as the last, the paper's T_mult.", COUNT),
    "warm": ("Share of the steps in which the rate climbs.", SHARE),
    "start_div": ("The first rate is peak / start_div.", LEAST_1),
    "end_div": ("The last rate is the first / end_div.", LEAST_1),
    "rise": ("Number of warm-up steps.", COUNT),
    "fall": ("Number of decay steps at the end.", COUNT),
    "condition": ("Condition number κ: curvature across over along.", CONDITION),
    "rotation": ("Turn of the axes in radians.", NUMBER),
}
"""What every argument of an optimizer, a schedule or a landscape means, and its kind, by name.

:meta hide-value:
"""
CALLED = {"grad": "a function of theta", "rule": "an optimizer", "after": "a schedule"}


def refuse(owner, name, must, value, error=ValueError, hint=""):
    """Raise the error that says who refuses what, what is allowed instead, and what was got."""
    try:
        got = f"{value!r:.200}"
    except ValueError:  # a whole number of thousands of digits
        got = f"an object of type {type(value).__name__}"
    raise error(f"{owner}: {name} must {must}, got {got}{hint}")


def as_array(value):
    """Return `value` as an array; where NumPy makes none, or would forget a mask, one of None."""
    try:
        return np.array(None if isinstance(value, np.ma.MaskedArray) else value)
    except Exception:  # lists of unequal length, say, or an object that will be no array
        return np.array(None)


def number(owner, name, value, kind=None):
    """Return `value` as a float64 copy, or refuse it; its kind is that of the argument `name`."""
    kind = kind or ARGUMENTS[name][1]
    array = as_array(value)
    if array.dtype.kind not in "iuf" or (array.ndim and kind.type in ("int", "float")):
        refuse(owner, name, f"be {kind.allowed}", value, TypeError)
    with np.errstate(over="ignore"):
        array = array.astype(float, order="C")
    if not (array.size and np.isfinite(array).all() and np.all(kind.holds(array))):
        refuse(owner, name, f"be {kind.allowed}", value)
    return array


def whole(owner, name, value, kind=None):
    """Return `value` as an int, or refuse it; whole floats will do, and ints of any size."""
    kind = kind or ARGUMENTS[name][1]
    if type(value) is int and kind.holds(np.array(max(-1, min(value, 2**53)))):
        return value
    return int(number(owner, name, value, kind))


def function(owner, name, value, must="be a function"):
    """Return `value` if it can be called, or refuse it."""
    return value if callable(value) else refuse(owner, name, must, value, TypeError)


def bind(owner, rule, args, given):
    """Return a call's arguments by name, numbers as arrays; refuse what is unknown or missing."""
    signature = inspect.signature(rule)
    for name, value in given.items():
        if name not in signature.parameters:
            known = ", ".join(signature.parameters)
            raise TypeError(f"{owner}: unknown argument {name}={value!r:.200}; allowed: {known}")
    try:
        bound = signature.bind(*args, **given)
    except TypeError as error:
        raise TypeError(f"{owner}: {error}; the call is {owner}{signature}") from None
    bound.apply_defaults()
    return {name: argument(owner, name, value) for name, value in bound.arguments.items()}


def argument(owner, name, value):
    """Return an argument as its kind says: a function as it is, all else as numbers."""
    kind = ARGUMENTS[name][1]
    if isinstance(kind, str):
        return function(owner, name, value, f"be {CALLED[name]}")
    if kind.type == "int":
        return whole(owner, name, value)
    return value if callable(value) and "Schedule" in kind.type else number(owner, name, value)


def fitting(owner, name, value, shape):
    """Return the shape that an argument and `shape` have together, or refuse it."""
    try:
        return np.broadcast_shapes(as_array(value).shape, shape)
    except ValueError:
        refuse(
            owner,
            name,
            f"broadcast against theta's shape {shape} (racers: a column, shape (n, 1))",
            value,
        )


def checked_gradient(owner, grad, axes=1, alarm=True):
    """Return `grad` such that it gets a theta of its own, and must return real numbers in theta's
    shape.

    With `alarm`, it is also refused once no racer, `axes` of theta, is finite. It is checked once:
    by who comes first.
    """
    if hasattr(grad, "checked"):
        return grad

    def checked(theta):
        given = grad(theta.copy())
        g = given if type(given) is np.ndarray else as_array(given)
        if g.dtype.kind not in "iuf":
            refuse(owner, "grad", "return real numbers", given, TypeError)
        if g.shape != theta.shape:
            refuse(owner, "grad", f"return an array of theta's shape {theta.shape}", g.shape)
        if alarm and not (is_finite(g) and is_finite(theta)):
            refuse_if_diverged(owner, theta, g, axes)
        return g.astype(DOUBLE, "C")

    checked.checked = True
    return checked


def is_finite(array):
    """Return whether all numbers are finite; a sum tells, mostly, and is quicker."""
    return math.isfinite(np.add.reduce(array, axis=None)) or bool(np.isfinite(array).all())


def refuse_if_diverged(owner, theta, g, axes):
    """Raise a ValueError if no racer is finite; the last `axes` of theta are one racer's."""
    own = tuple(range(-min(max(1, axes), g.ndim), 0))
    alive, level = (np.isfinite(array).all(axis=own) for array in (theta, g))
    diverged = ": the walk has diverged; a smaller lr may help"
    if not alive.any():
        refuse(owner, "theta", "stay finite", theta, hint=diverged)
    if not (alive & level).any():
        refuse(
            owner, "grad", "return finite numbers", g, hint=f" at theta={theta!r:.200}{diverged}"
        )


def checked_schedule(owner, schedule, shape=()):
    """Return a schedule each of whose rates must be a finite number >= 0 that fits theta."""

    def checked(t):
        nonlocal shape
        eta = schedule(t)
        if type(eta) is np.float64 and 0 <= eta < np.inf:  # as nearly always, and it fits any theta
            return eta
        eta = number(owner, f"lr({t})", eta, EVERY_STEP)
        shape = fitting(owner, f"lr({t})", eta, shape)
        return eta

    return checked


def points(owner, theta, d):
    """Return `theta` as an array of floats of shape (..., d), or refuse it."""
    array = theta if type(theta) is np.ndarray else as_array(theta)
    if array.dtype.kind not in "iuf":
        refuse(owner, "theta", f"be real numbers of shape (..., {d})", theta, TypeError)
    if array.shape[-1:] != (d,):
        refuse(owner, "theta", f"have shape (..., {d})", array.shape)
    return array if array.dtype.kind == "f" and array.itemsize >= 4 else array.astype(float)
