"""One table of names and one of arguments: what exists, what each argument means, and what it may be.

Everything that lists optimizers, schedules or problems (pages, tests, gallery) reads these registries,
and every error message and parameter description comes from `ARGUMENTS`.
"""

import functools
import inspect
import math
import operator
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import FunctionType

import numpy as np

__all__ = ["ARGUMENTS", "OPTIMIZERS", "PROBLEMS", "SCHEDULES", "WRAPPERS", "Argument"]

OPTIMIZERS: dict = {}
"""Every optimizer by name, simplest first.

:meta hide-value:
"""
WRAPPERS: dict = {}
"""Every function that makes an optimizer of another, by name.

:meta hide-value:
"""
SCHEDULES: dict = {}
"""Every schedule by name, simplest first.

:meta hide-value:
"""
PROBLEMS: dict = {}
"""Every two-dimensional landscape by name.

:meta hide-value:
"""


WATCHED = ContextVar("watched", default=False)  # whether someone looks for divergence already
LONGEST = 200  # that a value may take in an error message
PLAIN = {float, np.float64, np.ndarray}  # numbers that need no second look
NO_NUMBERS = np.array(None)
DOUBLE = np.dtype(float)
TYPES = {str: "a string", bool: "True or False", dict: "a dictionary"}


def shown(value):
    """Return `value` as an error message shows it: its repr, cut where it gets long, whatever the value."""
    try:
        text = repr(value)
    except Exception:  # of its own making
        text = f"an object of type {type(value).__name__}"
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def refusal(owner, name, must, value, error=ValueError, hint=""):
    """Return the error that says what an argument must be or do, and what was got instead."""
    return error(f"{owner}: {name} must {must}, got {shown(value)}{hint}")


def function(owner, name, value, must="be a function", takes=1):
    """Return `value`, a function that can be called with so many arguments (None: any), or raise a TypeError."""
    if not (callable(value) and (takes is None or fits(value, takes))):
        raise refusal(owner, name, must, value, TypeError)
    return value


def fits(function, count, **given):
    """Return whether `function` can be called with so many arguments and those `given` by name, as far as it says."""
    inner = getattr(function, "__func__", function)
    if type(inner) is FunctionType and not given and not hasattr(inner, "__wrapped__"):  # as below, but much faster
        most = inner.__code__.co_argcount - (inner is not function)
        least, more = most - len(inner.__defaults__ or ()), inner.__code__.co_flags & inspect.CO_VARARGS
        keywords = inner.__code__.co_kwonlyargcount > len(inner.__kwdefaults__ or ())
        return least <= count and bool(count <= most or more) and not keywords
    try:
        inspect.signature(function).bind(*[None] * count, **given)
    except TypeError:
        return False
    except ValueError:  # some that are written in C have none
        return True
    return True


@contextmanager
def watching():
    """Let nobody else look for divergence meanwhile: `minimize` does, and has a status for it."""
    token = WATCHED.set(True)
    try:
        yield
    finally:
        WATCHED.reset(token)


def typed(owner, **values):
    """Raise a TypeError unless each value is of its type; `values` are pairs of both, by name."""
    for name, (value, kind) in values.items():
        if not isinstance(value, kind):
            what = TYPES.get(kind) or f"a {getattr(kind, '__name__', kind)}"
            raise refusal(owner, name, f"be {what}", value, TypeError)


@dataclass(frozen=True)
class Argument:
    """What one argument means and which values it may take.

    Attributes
    ----------
    says : str
        What it means.
    allowed : str
        Which values it may take, in words.
    holds : callable
        Takes a float64 array of finite numbers; returns which of them are allowed.
    kind : str
        Its type, as docstrings say it.
    dtypes : str
        Kinds of NumPy's types that it may be given as.
    """

    says: str
    allowed: str
    holds: Callable = lambda array: np.isfinite(array)
    kind: str = "float or array"
    dtypes: str = "iuf"

    def __post_init__(self):
        typed("Argument", says=(self.says, str), allowed=(self.allowed, str))
        typed("Argument", kind=(self.kind, str), dtypes=(self.dtypes, str))
        function("Argument", "holds", self.holds)


RATE = Argument("Learning rate η.", "a finite number > 0", lambda a: a > 0)
DECAY = Argument("Decay of the moving average.", "a number in [0, 1)", lambda a: (a >= 0) & (a < 1))
COUNT = Argument("Number of steps.", "a whole number >= 1", lambda a: (a >= 1) & (a == np.floor(a)), "int")
SHARE = Argument("Share of all steps.", "a number in (0, 1)", lambda a: (a > 0) & (a < 1))


def like(argument, says):
    """Return `argument` with another description."""
    return Argument(says, argument.allowed, argument.holds, argument.kind)


ARGUMENTS = {
    "grad": Argument(
        "Gradient of the loss: takes theta, returns an array of its shape.",
        "a function",
        callable,
        "callable, grad(theta)",
    ),
    "theta": Argument(
        "Start, shape (..., d); a plain float will do. It is copied, never changed.",
        "finite floating-point numbers (integers are refused: write 1.0, not 1)",
        kind="array_like of float",
        dtypes="f",
    ),
    "lr": Argument(
        "Learning rate η: a number, an array that broadcasts against theta, or a schedule.",
        RATE.allowed,
        RATE.holds,
        "float, array or Schedule",
    ),
    "beta": like(DECAY, "Share β of the past that is kept at each step."),
    "beta1": like(DECAY, "Decay β₁ of the first moment."),
    "beta2": like(DECAY, "Decay β₂ of the second raw moment."),
    "eps": Argument("Guard ε against division by zero.", "a finite number > 0", lambda a: a > 0),
    "weight_decay": Argument("Decoupled weight decay λ.", "a finite number >= 0", lambda a: a >= 0),
    "grow": Argument("Factor of a step whose sign stayed.", "a finite number >= 1", lambda a: a >= 1),
    "shrink": Argument("Factor of a step whose sign turned.", "a number in (0, 1]", lambda a: (a > 0) & (a <= 1)),
    "low": like(RATE, "Least step, in units of the rate."),
    "high": like(RATE, "Greatest step, in units of the rate."),
    "psi": Argument("Pace ψ at which momentum warms up.", "a finite number >= 0", lambda a: a >= 0),
    "least": like(RATE, "Size that smaller weights count as."),
    "clip": like(RATE, "Greatest root mean square of a step, in units of the rate."),
    "sync": like(COUNT, "Number of steps between two returns to the slow weights."),
    "share": Argument(
        "Share α of the way that the slow weights go.", "a number in (0, 1]", lambda a: (a > 0) & (a <= 1)
    ),
    "norm": like(RATE, "Greatest norm of a gradient."),
    "rule": Argument("The optimizer to go around.", "an optimizer", callable, "callable"),
    "peak": like(RATE, "Rate at its highest."),
    "after": Argument("What follows the warm-up.", "a schedule", callable, "Schedule or callable"),
    "floor": Argument("Rate at its lowest, reached at the end.", "a finite number >= 0", lambda a: a >= 0),
    "gamma": Argument("Factor of each decay.", "a number in (0, 1]", lambda a: (a > 0) & (a <= 1)),
    "steps": like(COUNT, "Number of steps from the first rate to the last."),
    "every": like(COUNT, "Number of steps between two decays."),
    "milestones": Argument(
        "Numbers of finished steps after which the rate decays once more.",
        "a sequence of whole numbers >= 1",
        COUNT.holds,
        "sequence of int",
    ),
    "power": Argument("Exponent of the decay.", "a finite number > 0", lambda a: a > 0),
    "period": like(COUNT, "Length of the first cycle in steps, the paper's T₀."),
    "mult": like(COUNT, "Each cycle is this many times as long as the last, the paper's T_mult."),
    "warm": like(SHARE, "Share of the steps in which the rate climbs."),
    "start_div": Argument("The first rate is peak / start_div.", "a finite number >= 1", lambda a: a >= 1),
    "end_div": Argument("The last rate is the first / end_div.", "a finite number >= 1", lambda a: a >= 1),
    "rise": like(COUNT, "Number of warm-up steps."),
    "fall": like(COUNT, "Number of decay steps at the end."),
    "condition": Argument(
        "Condition number κ: curvature across over along.", "a finite number >= 1", lambda a: a >= 1, "float"
    ),
    "rotation": Argument("Turn of the axes in radians.", "a finite number", kind="float"),
}
"""What every argument of an optimizer, a schedule or a landscape means, by name.

:meta hide-value:
"""


def as_array(value):
    """Return `value` as an array; of objects, unless it is made of numbers of one kind, all of which count."""
    if type(value) in PLAIN:
        return np.asarray(value)
    if type(value) is int and abs(value) >= 2**63:
        value = float(value) if abs(value) < 2**1023 else np.inf
    try:
        odd = isinstance(value, bytearray) or hasattr(value, "mask") or mixed(value)
        return NO_NUMBERS if odd else np.asarray(value)
    except Exception:  # lists of unequal length, or in themselves, or a conversion of its own
        return NO_NUMBERS


def mixed(value):
    """Return whether a list or tuple has a truth value among its numbers, which NumPy would make 0 or 1."""
    if not isinstance(value, (list, tuple)):
        return isinstance(value, (bool, np.bool_))
    return any(map(mixed, value))


def real(owner, name, value, argument=None):
    """Return `value` as a float64 array that `argument` allows, or raise an error that says what is wrong.

    Raises
    ------
    TypeError
        If `value` is not made of real numbers (bool, str, None, complex and float16 are not accepted).
    ValueError
        If a number is not finite or out of range.
    """
    argument, array = argument or ARGUMENTS[name], as_array(value)
    must = "be " + argument.allowed
    if array.dtype.kind not in argument.dtypes:
        raise refusal(owner, name, must, value, TypeError)
    if array.dtype.char == "e":
        raise refusal(owner, name, must, value, TypeError, " (float16 overflows at 65504; use float64)")
    array = wide(array)
    if array.ndim and argument.kind in ("int", "float"):
        raise refusal(owner, name, must, value, TypeError, " (one number, not an array)")
    if not (array.size and everywhere(np.isfinite(array)) and everywhere(argument.holds(array))):
        raise refusal(owner, name, must, value)
    return array


def everywhere(holds):
    """Return whether all of an array hold, or the one truth value; NumPy's own `all` takes ten times as long."""
    return bool(holds.all() if type(holds) is np.ndarray else holds)


def shaped(owner, name, value, *shape):
    """Return `value` as a float64 array of finite numbers and of this `shape`, in which None is any length."""

    def holds(a):
        return a.ndim == len(shape) and all(want in (None, has) for want, has in zip(shape, a.shape, strict=True))

    lengths = ", ".join("any" if length is None else str(length) for length in shape)
    return real(owner, name, value, Argument("", f"finite numbers of shape ({lengths})", holds))


def wide(array):
    """Return a float64 copy of an array of numbers, in C order: sums round alike, however it lies in memory."""
    if array.dtype.itemsize <= 8:
        return array.astype(np.float64, order="C")
    with np.errstate(over="ignore"):  # a long double may be too large: then it is infinite, which is refused
        return array.astype(np.float64, order="C")


def is_finite(array):
    """Return whether every number is finite, asked in the fastest way: a dot product, while that takes one thread."""
    return (array.size < 10_000 and math.isfinite(np.vdot(array, array))) or np.isfinite(array).all()


def whole(owner, name, value):
    """Return `value`, a whole number >= 0, as an exact int, for a float64 cannot tell large ones apart."""
    try:
        number = operator.index(None if isinstance(value, bool) else value)
    except TypeError:
        raise refusal(owner, name, "be a whole number >= 0", value, TypeError) from None
    if number < 0:
        raise refusal(owner, name, "be a whole number >= 0", value)
    return number


def points(owner, theta, d):
    """Return `theta`, shape (..., d), as an array of floats; what is an array of floats already is passed on."""
    if not (type(theta) is np.ndarray and theta.dtype is DOUBLE):
        array = as_array(theta)
        if array.dtype.kind not in "iuf" or array.dtype.char == "e":
            raise refusal(owner, "theta", f"be real numbers of shape (..., {d})", theta, TypeError)
        theta = array if array.dtype.kind == "f" else wide(array)
    if theta.shape[-1:] != (d,):
        raise refusal(owner, "theta", f"have shape (..., {d})", theta.shape)
    return theta


def together(owner, name, value, shape):
    """Return the shape of `value` and `shape` broadcast against each other, or raise a ValueError."""
    try:
        return np.broadcast_shapes(shape, as_array(value).shape)
    except ValueError:
        must = f"broadcast against theta's shape {shape} (racers: a column, shape (n, 1))"
        raise refusal(owner, name, must, value) from None


def bind(owner, rule, args, kwargs):
    """Match a call with the signature of `rule`; return its arguments by name, or say which are allowed.

    Raises
    ------
    TypeError
        If an argument is unknown or missing.
    """
    signature = inspect.signature(rule)
    unknown = [name for name in kwargs if name not in signature.parameters]
    if unknown:
        allowed = ", ".join(signature.parameters)
        raise TypeError(f"{owner}: unknown argument {unknown[0]}={shown(kwargs[unknown[0]])}; allowed: {allowed}")
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError as error:
        raise TypeError(f"{owner}: {error}; the call is {owner}{signature}") from None
    bound.apply_defaults()
    return dict(bound.arguments)


def parameters(rule):
    """Return the numpydoc lines that describe the arguments of `rule`, read from `ARGUMENTS`."""
    lines = []
    for name, parameter in inspect.signature(rule).parameters.items():
        if name not in ARGUMENTS:
            raise ValueError(f"{rule.__name__}: argument {name} is unknown; say what it may be in registry.ARGUMENTS")
        argument = ARGUMENTS[name]
        optional = "" if parameter.default is parameter.empty else f", default {parameter.default}"
        lines += [f"{name} : {argument.kind}{optional}", f"    {argument.says} Allowed: {argument.allowed}."]
    return lines


def documented(rule, sections, cite, example=()):
    """Return the docstring of `rule` with the standard `sections`, its source and the lines of an example appended."""
    if not rule.__doc__:
        raise ValueError(f"{rule.__name__}: write a docstring: what it does in one line, and its equation")
    lines = [inspect.getdoc(rule), ""]
    for title, body in sections.items():
        lines += [title, "-" * len(title), *body, ""]
    lines += ["References", "----------", f":cite:t:`{cite}`", ""]
    return "\n".join(lines + (["Examples", "--------", *example, ""] if example else []))


def enter(registry, rule, checked, doc, **about):
    """Put `checked` into `registry` under the name of `rule`, with `doc` and what is known `about` it as attributes."""
    functools.update_wrapper(checked, rule).__doc__ = doc
    for name, value in about.items():
        setattr(checked, name, value)
    if rule.__name__ in registry:
        raise ValueError(f"{rule.__name__}: this name is taken; choose another")
    registry[rule.__name__] = checked
    return checked
