"""What the library promises about bad input: `tried` says what comes of a call, `attempts` spoils one in every way.

The inputs are the data of `optbook.bad`. Whom to try, `optbook.public` reads from the registries and from each module's
public names; which role an argument has is read from its docstring. So nothing is left out by mistake, and a test fails
for whatever says too little of itself to be tried.

>>> spoilt_slope = lambda theta: theta * np.nan
>>> tried(lambda: next(optbook.adam(spoilt_slope, [1.0, 2.0])))
refused: ValueError
>>> def sloppy(grad, theta, lr=0.1):
...     while True:
...         theta = theta - lr * grad(theta)
...         yield theta
>>> tried(lambda: next(sloppy(spoilt_slope, np.ones(2))))
silent
"""

import functools
import inspect
import itertools
import re
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

import optbook
from optbook.bad import BAD
from optbook.public import Target, named_arguments, slope
from optbook.registry import function, refusal, typed

__all__ = ["Outcome", "attempts", "outcomes", "tried"]


@dataclass(frozen=True)
class Outcome:
    """What came of a call.

    Attributes
    ----------
    kind : str
        ``"refused"`` by a TypeError or ValueError; ``"broke"``, with another error; ``"warned"``; ``"diverged"``, and
        says so; ``"finite"``; ``"silent"``, with infinite or NaN numbers and no word about them; ``"passed on"``,
        likewise, where the docstring says that plain arithmetic passes them on.
    error : type or None
        The type of the error.
    says : str
        The error's message, the warning's, or the status.
    """

    kind: str
    error: type | None = None
    says: str = ""

    def __post_init__(self):
        typed("Outcome", kind=(self.kind, str), says=(self.says, str), error=(self.error, type | None))

    def __repr__(self):
        return f"{self.kind}: {self.error.__name__}" if self.error else self.kind


def numbers(result):
    """Yield all the numbers in what a call returned, as arrays; of what can go on, the first few."""
    if isinstance(result, Iterator):
        result = list(itertools.islice(result, 3))
    if isinstance(result, (list, tuple, dict)):
        for part in result.values() if isinstance(result, dict) else result:
            yield from numbers(part)
    elif isinstance(result, (np.ndarray, np.number, float, int)):
        yield np.asarray(result)
    elif isinstance(result, optbook.Trajectory):
        yield from numbers([result.theta, result.loss, result.symbols])
    elif isinstance(result, optbook.Schedule):
        yield from numbers([result(t) for t in (0, 1, 5, 50)])
    elif hasattr(result, "loss") and hasattr(result, "start"):
        yield from numbers([result.loss(result.start), result.grad(result.start)])
    elif hasattr(result, "get_xydata"):
        yield result.get_xydata()
    elif callable(result) and hasattr(result, "state"):
        yield from numbers(result(slope, np.ones(2)))


def tried(call):
    """Call a function, and say what came of it.

    Parameters
    ----------
    call : callable
        A function of nothing. If it returns a generator, that takes three steps.

    Returns
    -------
    Outcome
        What came of it.

    Raises
    ------
    TypeError
        If `call` is no function.

    Examples
    --------
    >>> tried(lambda: optbook.cosine(0.1, steps=0))
    refused: ValueError
    >>> tried(lambda: optbook.minimize(optbook.bowl, optbook.gd, lr=1.0, steps=1000))
    diverged
    """
    function("tried", "call", call, takes=None)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call()
            finite = all(np.isfinite(part).all() for part in numbers(result))
        except Exception as error:  # whichever it is, that is the question
            return Outcome("refused" if type(error) in (TypeError, ValueError) else "broke", type(error), str(error))
    if caught:
        return Outcome("warned", says=str(caught[0].message))
    if getattr(result, "status", "finished") != "finished":
        return Outcome("diverged", says=result.status)
    return Outcome("finite" if finite else "silent")


THINGS = "an object|Problem|DataProblem|Network|Trajectory|Figure|Target|iterable of Target|dict|tuple of (str|object)"
ROLES = {  # how a docstring says what an argument is, and the role that this gives it
    r"^float": "number",
    r"^int": "count",
    r"^bool": "flag",
    r"^str": "text",
    r"^(callable|Schedule)": "function",
    r"^(array|tuple of float|sequence of int)": "points",
    r"^scratch": "room",
    r"^slice": "rows",
    r"Schedule": "rate",
    r"grad\(theta\)": "slope",
    r"loss\(theta\)": "height",
    r"yields": "walk",
    rf"^({THINGS}|type|matplotlib)": "thing",
}


def roles(kind):
    """Return the roles of an argument of which the docstring says that it is of this `kind`."""
    return {role for words, role in ROLES.items() if re.search(words, kind)}


def attacks(*roles):
    """Return the bad inputs that attack one of these roles."""
    return [bad for bad in BAD if set(roles) & set(bad.roles)]


def put(bad, kind, right):
    """Return what a bad input puts in the place of the `right` value of an argument of this `kind`."""
    if hasattr(right, "loss") and {"slope", "height"} & set(bad.roles):  # a problem, one method of which is bad
        whole = {part: getattr(right, part) for part in ("start", "axes", "minima", "window") if hasattr(right, part)}
        methods = {"slope": right.grad, "height": right.loss}
        methods |= {role: bad.make(method) for role, method in methods.items() if role in bad.roles}
        return SimpleNamespace(**whole, grad=methods["slope"], loss=methods["height"])
    return bad.make(right)


def attempts(target):
    """Put every bad input in the place of every argument that it attacks.

    Parameters
    ----------
    target : Target
        Whom to try.

    Yields
    ------
    argument : str
        The name of the argument; empty if the form of the call is bad.
    bad : Bad
        The input.
    outcome : Outcome
        What came of it.

    Raises
    ------
    TypeError
        If `target` is none.

    Examples
    --------
    >>> from optbook.public import targets
    >>> found = [outcome for _, _, outcome in attempts(next(targets()))]
    >>> {outcome.kind for outcome in found} <= {"refused", "finite", "warned"}
    True
    """
    typed("attempts", target=(target, Target))
    return itertools.chain(spoilt_arguments(target), spoilt_calls(target))


def spoilt_arguments(target):
    """Yield what comes of bad arguments of a target."""
    defaults, about = named_arguments(target.call), inspect.getdoc(target.call) or ""
    for argument, kind in target.kinds.items():
        default = defaults.get(argument, ...)
        for bad in attacks(*roles(kind)):
            given = target.right()
            value = put(bad, kind, given.get(argument, default))
            if value is None and (default is None or "None" in kind):
                continue  # which is not bad, here
            outcome = ended(target, given, argument, value)
            passed = "passed on" in bad.ends and "passed on" in about and not outcome.error
            yield argument, bad, Outcome("passed on") if passed else outcome


def spoilt_calls(target):
    """Yield what comes of bad calls of a target, if its right call gives all that is needed."""
    call = functools.partial(target.call, **target.right())
    needed = {name for name, default in named_arguments(target.call).items() if default is inspect.Parameter.empty}
    for bad in attacks("call") if call.keywords and needed <= set(call.keywords) else []:
        if needed or bad.name != "one left out":
            yield "", bad, tried(bad.make(call))


def ended(target, given, argument, value):
    """Return what comes of a call with one bad `value`, in what it returns and in the arrays that it was given."""
    outcome = tried(functools.partial(target.call, **given | {argument: value}))
    beside = [array for name, array in given.items() if name != argument and isinstance(array, np.ndarray)]
    if outcome.kind == "finite" and not all(np.isfinite(array).all() for array in beside):
        outcome = Outcome("silent")
    return outcome


def outcomes(targets):
    """Count what comes of each bad input over many targets.

    Parameters
    ----------
    targets : iterable of Target
        Whom to try.

    Returns
    -------
    dict
        For each of `BAD`, a `Counter` of outcomes as text.

    Raises
    ------
    TypeError
        If one of `targets` is none.

    Examples
    --------
    >>> counted = outcomes([Target("clock", optbook.clock, lambda: dict(lr=0.1), {"lr": "float"})])
    >>> sorted(sum(counted.values(), Counter()))
    ['finite', 'refused: TypeError', 'refused: ValueError']
    """
    counts = {bad: Counter() for bad in BAD}
    if not np.iterable(targets) or isinstance(targets, str):
        raise refusal("outcomes", "targets", "be many a Target", targets, TypeError)
    for target in targets:
        for _, bad, outcome in attempts(target):
            counts[bad][repr(outcome)] += 1
    return counts
