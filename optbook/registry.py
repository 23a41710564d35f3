"""What exists: one table each for optimizers, wrappers, schedules and landscapes, and the
decorators that fill them.

A decorated rule is looked after when it is called (see `optbook.checks`); it is itself the function
that pages print.
"""

import functools
import inspect

import numpy as np

from optbook.checks import (
    ARGUMENTS,
    EVERY_STEP,
    FINISHED,
    bind,
    checked_gradient,
    checked_schedule,
    fitting,
    function,
    number,
    refuse,
)

__all__ = [
    "OPTIMIZERS",
    "PROBLEMS",
    "SCHEDULES",
    "WRAPPERS",
    "Schedule",
    "optimizer",
    "schedule",
    "wrapper",
]

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

YIELDS = {
    "Yields": [
        "theta : array",
        "    The parameters after each step, without end; a new array every time.",
    ]
}
RAISES = {"Raises": ["TypeError, ValueError", "    If an argument is not what it must be."]}
DIVERGED = [
    "TypeError, ValueError",
    (
        "    If an argument, a gradient or a scheduled rate is not what it must be; and once theta"
        " or its gradient are no"
    ),
    (
        "    longer finite, of all racers if there are many. The step that overflows gives NumPy's"
        " RuntimeWarning."
    ),
]
EXAMPLE = """>>> from optbook import bowl, minimize
>>> run = minimize(bowl, {{0}}, lr={lr}, steps=100)
>>> bool(run.loss[-1] < run.loss[0])
True"""
OF_MATRICES = """>>> import numpy as np
>>> bool(np.all(next({{0}}(lambda theta: theta, np.ones((2, 3)), lr={lr})) < 1))
True"""
AROUND = """>>> from optbook import adam, bowl, minimize
>>> minimize(bowl, {0}(adam), lr=0.1)
<Trajectory of shape (101, 2): finished>"""


def optimizer(
    title, *, cite, use="", state="", demo_lr, axes=0, limit=None, critical=None, needs=None
):
    """Register an update rule, and check its arguments when it is called, not at its first step.

    Parameters
    ----------
    title : str
        Name shown to readers.
    cite : str
        Key of its source in the bibliography.
    use : str
        When to use it, in a few words.
    state : str
        Names of what it remembers from step to step, each of theta's shape, separated by spaces.
    demo_lr : float
        A rate that works on the bowl with condition number 10; pages and tests use it.
    axes : int
        How many of theta's last axes belong together: 0 if each number goes its own way, 1 for a
        rule of vectors (it uses their norm, say), 2 for one of matrices.
    limit : callable or None
        The rate above which it diverges on a quadratic, as a function of `curvature` (the largest),
        and of `beta` if it has one; None if no formula is known.
    critical : callable or None
        The `beta` above which it swings on a quadratic, as a function of `lr` and `curvature`; None
        likewise.
    needs : dict or None
        What an argument must be beside the others, by its name: in words, and as a test of them
        all.

    Returns
    -------
    callable
        A decorator. The decorated function has the same signature, and returns a generator of
        iterates.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, the name is taken, or an argument of the rule is
        unknown.
    """
    about = dict(title=title, cite=cite, use=use, state=state.split(), demo_lr=demo_lr, axes=axes)
    about |= dict(limit=limit, critical=critical)
    example = (OF_MATRICES if axes == 2 else EXAMPLE).format(lr=demo_lr)
    return register(OPTIMIZERS, started(axes), needs, about, YIELDS | {"Raises": DIVERGED}, example)


def started(axes):
    """Return what is done with a rule of so many axes, and the arguments it is called with."""

    def start(owner, rule, given):
        shape = ()
        for name, value in given.items():
            if not callable(value):
                shape = fitting(owner, name, value, shape)
        theta = given["theta"].shape
        if len(theta) < axes:
            refuse(owner, "theta", f"have at least {axes} {'axis' if axes == 1 else 'axes'}", theta)
        for name, value in given.items():
            if shape == theta and np.ndim(value) and np.shape(value) != shape:
                # a column for each racer is slow to combine with rows: fill it out
                given[name] = np.array(np.broadcast_to(value, shape))
        given["grad"] = checked_gradient(owner, given["grad"], axes)
        if callable(given.get("lr")):
            given["lr"] = checked_schedule(owner, given["lr"], shape)
        return rule(**given)

    return start


class Schedule:
    """A learning rate as a function of the number of finished steps.

    Parameters
    ----------
    call : str
        The Python that makes this schedule; its ``repr``.
    rate : callable
        The rule: float array of steps in, float array of rates out.

    Examples
    --------
    >>> rate = Schedule("halving", lambda t: 0.5**t)
    >>> rate([0, 1, 2])
    array([1.  , 0.5 , 0.25])
    >>> rate
    halving
    """

    def __init__(self, call, rate):
        self.call, self.rate = call, rate

    def __call__(self, t):
        """Return the learning rate after some steps.

        Parameters
        ----------
        t : float or array
            Number of finished steps, >= 0.

        Returns
        -------
        float or array
            The rate of the next step, in the shape of `t`.

        Raises
        ------
        TypeError, ValueError
            If `t` is no such number, or the rate is not a finite number >= 0.
        """
        t = (
            np.array(float(t))
            if type(t) is int and 0 <= t < 2**53
            else number(self.call, "t", t, FINISHED)
        )
        try:
            with np.errstate(all="ignore"):  # what is not finite is refused
                rate = self.rate(t)
        except TypeError as error:
            refuse(self.call, "rate", f"be {EVERY_STEP.allowed}", error, TypeError)
        if type(rate) is np.float64 and 0 <= rate < np.inf:  # as nearly always, and quicker
            return rate
        return number(self.call, "rate", rate, EVERY_STEP)[()]

    def __repr__(self):
        return self.call


def schedule(title, *, cite, needs=None, **demo):
    """Register a function that makes schedules, and check its arguments when it is called.

    Parameters
    ----------
    title : str
        Name shown to readers.
    cite : str
        Key of its source in the bibliography.
    needs : dict or None
        What an argument must be beside the others, by its name: in words, and as a test of them
        all.
    **demo
        Arguments of the example that pages and tests show.

    Returns
    -------
    callable
        A decorator. The decorated function returns a `Schedule`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, the name is taken, or an argument of the function is
        unknown.
    """
    given = ", ".join(
        f"{name}={'constant(1.0)' if value is None else repr(value)}"
        for name, value in demo.items()
    )
    example = f">>> rate = {{0}}({given})\n>>> bool(0 < rate(0) <= 1)\nTrue"
    returns = {
        "Returns": ["Schedule", "    The rate η as a function of the number of finished steps."]
    }
    return register(
        SCHEDULES,
        scheduled,
        needs,
        dict(title=title, cite=cite, demo=demo),
        returns | RAISES,
        example,
    )


def scheduled(owner, make, given):
    """Return the schedule that `make` makes."""
    plain = {
        name: value if callable(value) else np.asarray(value).tolist()
        for name, value in given.items()
    }
    shown = ", ".join(f"{name}={value}" for name, value in plain.items())
    return Schedule(f"{owner}({shown})", make(**given))


def wrapper(title, *, cite, state=""):
    """Register a function that makes an optimizer of another; check its arguments at its call.

    Parameters
    ----------
    title : str
        Name shown to readers.
    cite : str
        Key of its source in the bibliography.
    state : str
        Names of what it remembers besides what the rule inside does, separated by spaces.

    Returns
    -------
    callable
        A decorator. The decorated function takes an optimizer first, and returns one.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, the name is taken, or an argument of the function is
        unknown.
    """

    def around(owner, wrap, given):
        rule = given["rule"]
        name, inner = getattr(rule, "__name__", "optimizer"), wrap(**given)

        @functools.wraps(rule)
        def walk(grad, theta, **hyper):
            function(name, "grad", grad, "be a function of theta")
            return inner(grad, number(name, "theta", theta), **hyper)

        walk.__name__ = f"{owner}({getattr(rule, '__name__', rule)})"
        walk.title = f"{title} around {getattr(rule, 'title', walk.__name__)}"
        walk.state, walk.limit, walk.critical = (
            [*getattr(rule, "state", []), *state.split()],
            None,
            None,
        )
        return walk

    returns = {
        "Returns": [
            "callable",
            "    An optimizer: it takes what `rule` takes, and returns a generator.",
        ]
    }
    return register(WRAPPERS, around, None, dict(title=title, cite=cite), returns | RAISES, AROUND)


def register(table, use, needs, about, sections, example):
    """Return a decorator that puts a function into a `table`, with a whole docstring."""

    def enter(rule):
        name = rule.__name__
        if name in table:
            raise ValueError(f"{name}: this name is taken; choose another")
        if not rule.__doc__:
            raise ValueError(f"{name}: write a docstring: one line, and its equation")

        @functools.wraps(rule)
        def checked(*args, **given):
            arguments = bind(name, rule, args, given)
            for argument, (must, holds) in (needs or {}).items():
                if not np.all(holds(**arguments)):
                    refuse(name, argument, must, np.asarray(arguments[argument]).tolist())
            return use(name, rule, arguments)

        checked.__doc__ = documented(rule, sections, about["cite"], example.format(name))
        vars(checked).update(about)
        table[name] = checked
        return checked

    return enter


def documented(rule, sections, cite, example):
    """Return the docstring of `rule` with its parameters, `sections`, source and an example."""
    lines = []
    for name, parameter in inspect.signature(rule).parameters.items():
        if name not in ARGUMENTS:
            raise ValueError(
                f"{rule.__name__}: argument {name} is unknown; say what it may be in"
                " checks.ARGUMENTS"
            )
        says, kind = ARGUMENTS[name]
        optional = "" if parameter.default is parameter.empty else f", default {parameter.default}"
        allowed = "" if isinstance(kind, str) else f" Allowed: {kind.allowed}."
        lines += [f"{name} : {getattr(kind, 'type', kind)}{optional}", f"    {says}{allowed}"]
    parts = (
        {"Parameters": lines}
        | sections
        | {"References": [f":cite:t:`{cite}`"], "Examples": [example]}
    )
    body = "\n\n".join("\n".join([title, "-" * len(title), *text]) for title, text in parts.items())
    return f"{inspect.getdoc(rule)}\n\n{body}\n"
