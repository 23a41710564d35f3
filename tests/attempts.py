"""Bad input put in the place of every argument of everything public, and what comes of it.

What is registered is read from the registries, the rest from each module's public names. What each
argument is, its docstring says. The chapter's two listings are left out: as in a textbook, Python
and NumPy refuse for them.
"""

import functools
import importlib
import inspect
import itertools
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np

import optbook
from optbook.book import listings
from optbook.checks import ARGUMENTS
from tests.benchmarks.inputs import BAD

MODULES = ["optbook", *(f"optbook.{name}" for name in ("book.benchmarks", "races"))]


class Target(NamedTuple):
    """A public function, class or method, and how it is called rightly."""

    name: str
    call: Callable  # its docstring says what each argument is
    right: Callable  # makes right arguments, a new dictionary each time
    kinds: dict  # what the docstring says that each argument is, by name


class Outcome(NamedTuple):
    """What came of a call.

    ``"refused"`` by a TypeError or ValueError; ``"broke"``, with another error; ``"warned"``;
    ``"diverged"``, and says so; ``"finite"``; ``"silent"``, with infinite or NaN numbers and no
    word about them; ``"passed on"``, likewise, where the docstring says that plain arithmetic
    passes them on.
    """

    kind: str
    error: type | None = None
    says: str = ""

    def __repr__(self):
        return f"{self.kind}: {self.error.__name__}" if self.error else self.kind


def slope(theta):
    """Return the gradient of half the square of theta."""
    return theta * 1.0


@functools.cache
def example(name):
    """Return an object to try methods on."""
    make = {
        "DataProblem": lambda: optbook.line_fit(8),
        "Examples": lambda: optbook.line_fit(8),
        "Network": lambda: optbook.two_layer(2),
        "Problem": lambda: replace(optbook.bowl, name="trial"),
        "Schedule": lambda: optbook.constant(0.1),
    }
    return make[name]()


def arrays(*names):
    """Return an array for each name."""
    return {name: np.ones(4) for name in names}


def ground(axes):
    """Return a problem for an optimizer of single numbers, of vectors or of matrices."""
    own = (-2, -1) if axes == 2 else -1

    def loss(theta):
        return np.square(theta).sum(axis=own) / 2

    return SimpleNamespace(
        loss=loss, grad=slope, start=np.ones((1, 2) if axes == 2 else 2), axes=max(1, axes)
    )


TRUSTING = {"clock", "optimizer", "problem", "schedule", "wrapper"}  # of what a rule gives them
RUN = dict(start=(1.0, 2.0), steps=3, seed=0, replace=False, every=1, progress=False)
RIGHT = {  # a right call of whatever is public and in no registry
    "adam_blocked": lambda: arrays("theta", "grad", "m", "v") | dict(t=1, block=2, lr=0.1),
    "adam_in_place": lambda: arrays("theta", "grad", "m", "v") | dict(t=1, work=np.ones(4), lr=0.1),
    "blobs": lambda: dict(n=8, gap=2.0, seed=0),
    "check": lambda: dict(name="gd-1", answer=0.05),
    "digits": dict,
    "line_fit": lambda: dict(n=8, noise=0.5, seed=0),
    "book.benchmarks.load": lambda: dict(name="epochs"),
    "minimize": lambda: dict(problem=ground(0), optimizer=optbook.gd, **RUN),
    "races.race": lambda: dict(
        problem=ground(0),
        optimizer=optbook.gd,
        rates=[0.1, 0.2],
        tuned_on=[(1.0, 2.0)],
        raced_on=[(2.0, 1.0)],
        steps=3,
    ),
    "races.scattered": lambda: dict(problem=ground(0), seed=0, n=3, spread=0.3),
    "races.tune": lambda: dict(
        problem=ground(0), optimizer=optbook.gd, rates=[0.1, 0.2], starts=[(1.0, 2.0)], steps=3
    ),
    "softmax_regression": dict,
    "two_layer": lambda: dict(hidden=2, seed=0),
}
OF_METHODS = {  # a right value for each argument of a method of `self`
    "theta": lambda self: np.array(self.start),
    "rows": lambda self: np.array([0, 1]),
    "batch": lambda self: 3,
    "seed": lambda self: 0,
    "replace": lambda self: False,
    "t": lambda self: 3.0,
}


def kinds(thing):
    """Return what the docstring of `thing` says that each of its arguments is, by name."""
    lines = re.findall(r"^(\w+(?:, \w+)*) : (.+)$", inspect.getdoc(thing) or "", re.MULTILINE)
    said = {name: kind for names, kind in reversed(lines) for name in names.split(", ")}
    named = [name for name in named_arguments(thing) if name != "self"]
    for name in set(named) - set(said):
        raise LookupError(
            f"{thing.__qualname__}: its docstring must say what {name} is: `{name} : float`, say"
        )
    return {name: said[name] for name in named}


def named_arguments(thing):
    """Return the arguments that `thing` knows by name, and the default of each."""
    found = inspect.signature(thing).parameters.values()
    return {p.name: p.default for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}


def public():
    """Yield the name of all public functions and methods, and the thing itself; but for those
    that trust."""
    for module in map(importlib.import_module, MODULES):
        lead = module.__name__.partition(".")[2]
        for name in (name for name in module.__all__ if name not in listings.__all__):
            thing, known = getattr(module, name), f"{lead}.{name}".lstrip(".")
            if inspect.isfunction(thing) and name not in TRUSTING:
                yield known, thing
            if inspect.isclass(thing):
                own = {
                    key: part
                    for key, part in inspect.getmembers(thing, inspect.isfunction)
                    if key[0] != "_" and key != "gradient"
                }
                own |= {"__call__": thing.__call__} if "__call__" in vars(thing) else {}
                fields = getattr(thing, "__dataclass_fields__", ())
                yield from (
                    (f"{known}.{key}", part) for key, part in own.items() if key not in fields
                )


def registered():
    """Yield a target for all that is in a registry, and for what it returns."""
    yield from walkers()
    for name, wrap in optbook.WRAPPERS.items():
        yield Target(name, wrap, lambda: dict(rule=optbook.adam), kinds(wrap))
    for name, make in optbook.SCHEDULES.items():
        demo = {
            argument: optbook.constant(0.1) if value is None else value
            for argument, value in make.demo.items()
        }
        yield Target(name, make, demo.copy, kinds(make))
        yield Target(
            f"{name}(t)", make(**demo), lambda: dict(t=3.0), kinds(optbook.Schedule.__call__)
        )
    for name, problem in optbook.PROBLEMS.items():
        yield Target(
            name,
            problem,
            problem.parameters.copy,
            {n: ARGUMENTS[n][1].type for n in problem.parameters},
        )
        for ask in (problem.loss, problem.grad, problem.hessian):
            yield Target(
                f"{name}.{ask.__name__}",
                ask,
                lambda p=problem: dict(theta=np.array(p.start)),
                kinds(ask),
            )


def walkers():
    """Yield a target for each optimizer: bare, wrapped, and driven by `minimize`."""
    problem = {"problem": "an object with loss(theta) and grad(theta)"}
    for name, rule in optbook.OPTIMIZERS.items():
        walk = {"grad": slope, "theta": ground(rule.axes).start}
        yield Target(name, rule, walk.copy, kinds(rule))
        for around, wrap in optbook.WRAPPERS.items():
            yield Target(f"{around}({name})", wrap(rule), walk.copy, kinds(rule))
        run = functools.partial(optbook.minimize, optimizer=rule, steps=3)
        hyper = {argument: kind for argument, kind in kinds(rule).items() if argument not in walk}
        yield Target(
            f"minimize {name}",
            run,
            lambda axes=rule.axes: dict(problem=ground(axes)),
            problem | hyper,
        )
    data = dict(
        problem=example("DataProblem"), optimizer=optbook.momentum, batch=4, record="v", **RUN
    )
    rest = {
        argument: kind
        for argument, kind in kinds(optbook.minimize).items()
        if argument not in list(data)[:2]
    }
    yield Target("minimize data", optbook.minimize, data.copy, rest)


def targets():
    """Yield everything public that can be called, with a right call of each."""
    yield from registered()
    done = {*optbook.OPTIMIZERS, *optbook.WRAPPERS, *optbook.SCHEDULES, *optbook.PROBLEMS}
    for name, thing in public():
        if name in RIGHT:
            yield Target(name, thing, RIGHT[name], kinds(thing))
        elif name not in done:
            yield of_method(name, thing)


def of_method(name, thing):
    """Return the target for a method of an example."""
    kind, _, method = name.partition(".")
    if not method or set(kinds(thing)) - set(OF_METHODS):
        raise LookupError(
            f"{name}: please add a right call of it to RIGHT or to OF_METHODS in tests/attempts.py"
        )
    one = example(kind)
    return Target(
        name,
        getattr(one, method),
        lambda: {key: OF_METHODS[key](one) for key in kinds(thing)},
        kinds(thing),
    )


def numbers(result):
    """Yield all the numbers in what a call returned, as arrays; of what can go on, the first
    few."""
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
    elif callable(result) and hasattr(result, "state"):
        yield from numbers(result(slope, np.ones(2)))


def tried(call):
    """Call a function, and say what came of it."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            result = call()
            finite = all(np.isfinite(part).all() for part in numbers(result))
        except Exception as error:  # whichever it is, that is the question
            return Outcome(
                "refused" if type(error) in (TypeError, ValueError) else "broke",
                type(error),
                str(error),
            )
    if caught:
        return Outcome("warned", says=str(caught[0].message))
    if getattr(result, "status", "finished") != "finished":
        return Outcome("diverged", says=result.status)
    return Outcome("finite" if finite else "silent")


ROLES = {  # how a docstring says what an argument is, and the role that this gives it
    r"^float": "number",
    r"^int": "count",
    r"^(callable|Schedule)": "function",
    r"^(array|tuple of float|sequence of int)": "points",
    r"^scratch": "room",
    r"^slice": "rows",
    r"Schedule": "rate",
    r"grad\(theta\)": "slope",
    r"loss\(theta\)": "height",
    r"yields": "walk",
}


def roles(kind):
    """Return the roles of an argument of which the docstring says that it is of this `kind`."""
    return {role for words, role in ROLES.items() if re.search(words, kind)}


def attacks(*roles):
    """Return the bad inputs that attack one of these roles."""
    return [bad for bad in BAD if set(roles) & set(bad.roles)]


def put(bad, kind, right):
    """Return what a bad input puts in the place of the `right` value of an argument of this
    `kind`."""
    # a problem, one method of which is bad
    if hasattr(right, "loss") and {"slope", "height"} & set(bad.roles):
        whole = {
            part: getattr(right, part)
            for part in ("start", "axes", "minima", "window")
            if hasattr(right, part)
        }
        methods = {"slope": right.grad, "height": right.loss}
        methods |= {role: bad.make(method) for role, method in methods.items() if role in bad.roles}
        return SimpleNamespace(**whole, grad=methods["slope"], loss=methods["height"])
    return bad.make(right)


def attempts(target):
    """Put every bad input in the place of every argument that it attacks."""
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
    needed = {
        name
        for name, default in named_arguments(target.call).items()
        if default is inspect.Parameter.empty
    }
    for bad in attacks("call") if call.keywords and needed <= set(call.keywords) else []:
        if needed or bad.name != "one left out":
            yield "", bad, tried(bad.make(call))


def ended(target, given, argument, value):
    """Return what comes of a call with one bad `value`, in what it returns and in the arrays
    that it was given."""
    outcome = tried(functools.partial(target.call, **given | {argument: value}))
    beside = [
        array for name, array in given.items() if name != argument and isinstance(array, np.ndarray)
    ]
    if outcome.kind == "finite" and not all(np.isfinite(array).all() for array in beside):
        outcome = Outcome("silent")
    return outcome
