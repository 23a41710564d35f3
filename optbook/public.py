"""Everything public that can be called, with a right call of each: whom `optbook.promises` tries bad input on.

What is registered is read from the registries, the rest from each module's public names. What each argument is, is read
from the docstring. The chapter's two listings are left out: as in a textbook, Python and NumPy refuse for them.
"""

import functools
import importlib
import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from types import SimpleNamespace

import numpy as np

import optbook
from optbook import figures, listings, plot
from optbook.registry import ARGUMENTS, function, typed

__all__ = ["Target", "targets"]

MODULES = [
    "optbook",
    *(f"optbook.{name}" for name in ("bad", "figures", "measured", "plot", "promises", "public", "races")),
]


@dataclass(frozen=True)
class Target:
    """A public function, class or method, and how it is called rightly.

    Attributes
    ----------
    name : str
        What it is called.
    call : callable
        What is called; its docstring says what each argument is.
    right : callable
        Makes right arguments, a new dictionary each time.
    kinds : dict
        What the docstring says that each argument is, by name.
    """

    name: str
    call: Callable
    right: Callable
    kinds: dict

    def __post_init__(self):
        typed("Target", name=(self.name, str), kinds=(self.kinds, dict))
        function("Target", "call", self.call, takes=None)
        function("Target", "right", self.right, "be a function of nothing", takes=0)


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
        "Trajectory": lambda: optbook.minimize(optbook.bowl, optbook.gd, steps=3),
    }
    return make[name]()


def parts(thing):
    """Return the fields of an instance of a dataclass, by name."""
    return {field.name: getattr(thing, field.name) for field in fields(thing)}


def arrays(*names):
    """Return an array for each name."""
    return {name: np.ones(4) for name in names}


def ground(axes):
    """Return a problem for an optimizer of single numbers, of vectors or of matrices."""
    own = (-2, -1) if axes == 2 else -1

    def loss(theta):
        return np.square(theta).sum(axis=own) / 2

    return SimpleNamespace(loss=loss, grad=slope, start=np.ones((1, 2) if axes == 2 else 2), axes=max(1, axes))


RUN = dict(start=(1.0, 2.0), steps=3, seed=0, replace=False, every=1, progress=False)
RIGHT = {  # a right call of whatever is public and in no registry
    "Argument": lambda: dict(says="Size.", allowed="a number"),
    "DataProblem": lambda: parts(example("DataProblem")),
    "Examples": dict,
    "Network": lambda: parts(example("Network")),
    "Problem": lambda: parts(optbook.bowl),
    "Schedule": lambda: dict(call="half", rate=lambda t: 0.5 + 0 * t),
    "Trajectory": lambda: parts(example("Trajectory")),
    "Verdict": lambda: dict(right=True, says="Right!"),
    "adam_blocked": lambda: arrays("theta", "grad", "m", "v") | dict(t=1, block=2, lr=0.1),
    "adam_in_place": lambda: arrays("theta", "grad", "m", "v") | dict(t=1, work=np.ones(4), lr=0.1),
    "blobs": lambda: dict(n=8, gap=2.0, seed=0),
    "check": lambda: dict(name="gd-1", answer=0.05),
    "clock": lambda: dict(lr=0.1),
    "digits": dict,
    "figures.Choice": lambda: dict(label="One of", options={"gd": "Gradient descent"}),
    "figures.Figure": lambda: parts(figures.FIGURES["play-gd"]),
    "figures.Range": lambda: dict(label="Size", low=0.0, high=1.0, step=0.1, base=0),
    "figures.controls": dict,
    "figures.racers": lambda: dict(figure=figures.FIGURES["play-gd"]),
    "figures.shuffles": lambda: dict(seeds=2),
    "figures.tuned": lambda: dict(problem=ground(0), optimizer=optbook.gd),
    "line_fit": lambda: dict(n=8, noise=0.5, seed=0),
    "measured.measured": lambda: dict(name="epochs"),
    "minimize": lambda: dict(problem=ground(0), optimizer=optbook.gd, **RUN),
    "optimizer": lambda: dict(title="It", cite="it", use="it", state="m", demo_lr=0.1, axes=0),
    "plot.contours": lambda: dict(problem=optbook.bowl, window=(-1.0, 1.0, -1.0, 1.0)),
    "plot.losses": lambda: dict(trajectory=example("Trajectory"), label="it", least=0.0),
    "plot.path": lambda: dict(trajectory=example("Trajectory"), label="it"),
    "plot.rates": lambda: dict(schedule=example("Schedule"), steps=3, label="it"),
    "problem": lambda: dict(title="It", start=(1.0, 1.0), minima=((0.0, 0.0),), window=(-1.0, 1.0, -1.0, 1.0)),
    "bad.Bad": lambda: dict(name="nothing", roles=("number",), make=lambda right: None, ends=(TypeError,)),
    "promises.Outcome": lambda: dict(kind="refused", error=TypeError, says="it: lr must be …, got …"),
    "promises.attempts": lambda: dict(target=Target("clock", optbook.clock, lambda: dict(lr=0.1), {})),
    "promises.outcomes": lambda: dict(targets=[]),
    "promises.tried": lambda: dict(call=dict),
    "public.Target": lambda: dict(name="clock", call=optbook.clock, right=lambda: dict(lr=0.1), kinds={}),
    "public.targets": lambda: dict(ax=None),
    "races.race": lambda: dict(
        problem=ground(0), optimizer=optbook.gd, rates=[0.1, 0.2], tuned_on=[(1.0, 2.0)], raced_on=[(2.0, 1.0)], steps=3
    ),
    "races.scattered": lambda: dict(problem=ground(0), seed=0, n=3, spread=0.3),
    "races.tune": lambda: dict(problem=ground(0), optimizer=optbook.gd, rates=[0.1, 0.2], starts=[(1.0, 2.0)], steps=3),
    "schedule": lambda: dict(title="It", cite="it"),
    "softmax_regression": dict,
    "two_layer": lambda: dict(hidden=2, seed=0),
    "wrapper": lambda: dict(title="It", cite="it", state="m"),
}
OF_METHODS = {  # a right value for each argument of a method of `self`
    "theta": lambda self: np.array(self.start),
    "rows": lambda self: np.array([0, 1]),
    "batch": lambda self: 3,
    "seed": lambda self: 0,
    "replace": lambda self: False,
    "df": lambda self: self.df,
    "t": lambda self: 3.0,
}


def right_call(name, ax):
    """Return the right arguments of what is called `name`; a drawing also gets axes, wiped."""
    if not name.startswith("plot."):
        return RIGHT[name]()
    ax.clear()
    return {"ax": ax} | RIGHT[name]()


def kinds(thing):
    """Return what the docstring of `thing` says that each of its arguments is, by name."""
    lines = re.findall(r"^(\w+(?:, \w+)*) : (.+)$", inspect.getdoc(thing) or "", re.MULTILINE)
    said = {name: kind for names, kind in reversed(lines) for name in names.split(", ")}
    named = [name for name in named_arguments(thing) if name != "self"]
    for name in set(named) - set(said):
        raise LookupError(f"{thing.__qualname__}: its docstring must say what {name} is: `{name} : float`, say")
    return {name: said[name] for name in named}


def named_arguments(thing):
    """Return the arguments that `thing` knows by name, and the default of each."""
    found = inspect.signature(thing).parameters.values()
    return {p.name: p.default for p in found if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)}


def public():
    """Yield the name of all that is public and can be called, methods too, and the thing itself; not the listings."""
    for module in map(importlib.import_module, MODULES):
        lead = module.__name__.partition(".")[2]
        for name in (name for name in module.__all__ if name not in listings.__all__):
            thing, known = getattr(module, name), f"{lead}.{name}".lstrip(".")
            if callable(thing):
                yield known, thing
            if inspect.isclass(thing):
                own = {key: part for key, part in inspect.getmembers(thing, inspect.isfunction) if key[0] != "_"}
                own |= {"__call__": thing.__call__} if "__call__" in vars(thing) else {}
                fields = getattr(thing, "__dataclass_fields__", ())
                yield from ((f"{known}.{key}", part) for key, part in own.items() if key not in fields)


def registered():
    """Yield a target for all that is in a registry, and for what it returns."""
    yield from walkers()
    for name, wrap in optbook.WRAPPERS.items():
        yield Target(name, wrap, lambda: dict(rule=optbook.adam), kinds(wrap))
    for name, make in optbook.SCHEDULES.items():
        demo = {argument: optbook.constant(0.1) if value is None else value for argument, value in make.demo.items()}
        yield Target(name, make, demo.copy, kinds(make))
        yield Target(f"{name}(t)", make(**demo), lambda: dict(t=3.0), kinds(optbook.Schedule.__call__))
    for name, problem in optbook.PROBLEMS.items():
        yield Target(name, problem, problem.parameters.copy, {n: ARGUMENTS[n].kind for n in problem.parameters})
        for ask in (problem.loss, problem.grad, problem.hessian):
            yield Target(f"{name}.{ask.__name__}", ask, lambda p=problem: dict(theta=np.array(p.start)), kinds(ask))


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
        yield Target(f"minimize {name}", run, lambda axes=rule.axes: dict(problem=ground(axes)), problem | hyper)
    data = dict(problem=example("DataProblem"), optimizer=optbook.momentum, batch=4, record="v", **RUN)
    rest = {argument: kind for argument, kind in kinds(optbook.minimize).items() if argument not in list(data)[:2]}
    yield Target("minimize data", optbook.minimize, data.copy, rest)


def targets(ax=None):
    """Yield everything public that can be called, with a right call of each.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where the drawings draw; if not given, they are left out.

    Yields
    ------
    Target
        One for each function, class and method, and more for what is registered.

    Raises
    ------
    LookupError
        If no right call of something is known, or its docstring does not say what an argument is.
    TypeError
        If `ax` are no axes.

    Examples
    --------
    >>> right = {target.name: target.right() for target in targets()}
    >>> right["line_fit"]
    {'n': 8, 'noise': 0.5, 'seed': 0}
    """
    if ax is not None:
        plot.refuse_axes("targets", ax)
    return all_of(ax)


def all_of(ax):
    """Yield what `targets` returns."""
    yield from registered()
    done = {*optbook.OPTIMIZERS, *optbook.WRAPPERS, *optbook.SCHEDULES, *optbook.PROBLEMS}
    for name, thing in public():
        if name in RIGHT:
            if ax is not None or not name.startswith("plot."):
                yield Target(name, thing, functools.partial(right_call, name, ax), kinds(thing))
        elif name not in done:
            yield of_method(name, thing)


def of_method(name, thing):
    """Return the target for a method of an example."""
    kind, _, method = name.partition(".")
    if not method or set(kinds(thing)) - set(OF_METHODS):
        raise LookupError(f"{name}: please add a right call of it to RIGHT or to OF_METHODS in optbook/public.py")
    one = example(kind)
    return Target(name, getattr(one, method), lambda: {key: OF_METHODS[key](one) for key in kinds(thing)}, kinds(thing))
