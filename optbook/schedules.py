r"""Learning-rate schedules: pure functions of the number of finished steps.

``cosine(0.1, 100)`` is a schedule; ``cosine(0.1, 100)(0)`` is the rate of the first step. A schedule takes one
number or a whole array of them, keeps no state and changes nothing when called: plot it, race it, reuse it.
"""

import itertools

import numpy as np

from optbook.registry import (
    SCHEDULES,
    Argument,
    as_array,
    bind,
    documented,
    enter,
    function,
    parameters,
    real,
    refusal,
    together,
    typed,
)

STEPS_DONE = Argument("Number of finished steps.", "a number of finished steps, finite and >= 0", lambda a: a >= 0)
RATE_NOW = Argument("Rate of this step.", "a finite number >= 0 at every step", lambda a: a >= 0)


def clock(lr):
    """Count the steps of a run and look up the learning rate of each.

    Parameters
    ----------
    lr : float, array or Schedule
        A fixed rate, or a schedule: a function of the number of finished steps.

    Yields
    ------
    t : int
        The step about to be taken: 1, 2, 3, …
    eta : float or array
        Its learning rate: `lr`, or ``lr(t - 1)``.

    Raises
    ------
    TypeError, ValueError
        If a rate is not a finite number >= 0.

    Examples
    --------
    >>> ticks = clock(linear(peak=0.2, steps=2))
    >>> [(t, float(eta)) for t, eta in itertools.islice(ticks, 3)]
    [(1, 0.2), (2, 0.1), (3, 0.0)]
    """
    if not callable(lr):
        real("clock", "lr", lr, RATE_NOW)
        return zip(itertools.count(1), itertools.repeat(lr), strict=False)
    rate = lr if hasattr(lr, "guarded") else guard_schedule("clock", lr)
    return ((t, rate(t - 1)) for t in itertools.count(1))


def guard_schedule(owner, schedule, shape=()):
    """Return `schedule` such that it fails when a rate is not a finite number >= 0, or does not fit theta's `shape`."""
    function(owner, "lr", schedule, "be a number or a function of finished steps")

    def guarded(t):
        nonlocal shape  # a column of rates makes as many racers, from then on
        rate = real(owner, f"lr({t})", schedule(t), RATE_NOW)
        shape = together(owner, f"lr({t})", rate, shape)
        return rate

    guarded.guarded = True
    return guarded


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
        typed("Schedule", call=(call, str))
        self.call, self.rate = call, function("Schedule", "rate", rate, "be a function of finished steps")

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
        done = real(self.call, "t", t, STEPS_DONE)
        try:
            with np.errstate(all="ignore"):  # what is not finite is refused, below
                rate = self.rate(done)
        except (TypeError, ValueError) as error:  # of a function that was given as `after`
            raise type(error)(f"{self.call}: no rate at t={t!r}: {error}") from error
        return real(self.call, "rate", rate, RATE_NOW)[()]

    def __repr__(self):
        return self.call


def schedule(title, *, cite, **demo):
    """Register a function that makes schedules, and check its arguments when it is called.

    Parameters
    ----------
    title : str
        Name shown to readers.
    cite : str
        Key of its source in the bibliography.
    **demo
        Arguments of the example that pages and tests show.

    Returns
    -------
    callable
        A decorator. The decorated function returns a `Schedule`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, the name is taken, or an argument of the function is unknown.
    """
    typed("schedule", title=(title, str), cite=(cite, str))

    def register(make):
        function("schedule", "make", make, "be a function that returns a function of finished steps", takes=None)

        def checked(*args, **kwargs):
            arguments = bind(make.__name__, make, args, kwargs)
            rate = make(**check(make.__name__, arguments))
            given = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
            return Schedule(f"{make.__name__}({given})", rate)

        returns = ["Schedule", "    The rate η as a function of the number of finished steps."]
        raises = ["TypeError, ValueError", "    If an argument is of the wrong type, or out of its range."]
        sections = {"Parameters": parameters(make), "Returns": returns, "Raises": raises}
        doc = documented(make, sections, cite, example(make.__name__, demo))
        return enter(SCHEDULES, make, checked, doc, title=title, cite=cite, demo=demo)

    return register


def example(name, demo):
    """Return the lines of an example that holds for every schedule: it starts below its peak, or there."""
    given = ", ".join(f"{key}={'constant(1.0)' if value is None else repr(value)}" for key, value in demo.items())
    return [f">>> rate = {name}({given})", ">>> bool(0 < rate(0) <= 1)", "True"]


def check(owner, given):
    """Return the arguments of a schedule as float64 arrays, each checked alone and then against its peers."""
    a = {name: guard_after(owner, v) if name == "after" else real(owner, name, v) for name, v in given.items()}
    peers = {
        "floor": ("at most peak", "floor" in a and np.all(a["floor"] <= a["peak"])),
        "fall": ("at most steps - rise", "fall" in a and a["fall"] <= a["steps"] - a["rise"]),
        "warm": ("more than 1 / steps", "warm" in a and np.all(a["warm"] * a["steps"] > 1)),
    }
    for name, (allowed, holds) in peers.items():
        if name in a and not holds:
            raise ValueError(f"{owner}: {name} must be {allowed}, got {name}={given[name]!r} in {given}")
    return a


def guard_after(owner, after):
    """Return the schedule `after` such that it fails unless it returns numbers."""
    function(owner, "after", after, "be a schedule")

    def guarded(t):
        rate = after(t)
        if as_array(rate).dtype.kind not in "iufc":
            raise refusal(owner, "after", "return real numbers", rate, TypeError)
        return rate

    return guarded


@schedule("Constant", cite="bottou2018", peak=1.0)
def constant(peak):
    r"""Keep one rate for ever.

    .. math:: \eta_t = \eta_{\max}
    """
    return lambda t: peak + 0 * t


@schedule("Step decay", cite="goyal2017", peak=1.0, every=30, gamma=0.5)
def step(peak, every, gamma=0.1):
    r"""Multiply the rate by gamma after every so many steps; the decay acts on step `every` + 1 already.

    .. math:: \eta_t = \eta_{\max}\, \gamma^{\lfloor t / s \rfloor}
    """
    return lambda t: peak * gamma ** np.floor(t / every)


@schedule("Multi-step decay", cite="goyal2017", peak=1.0, milestones=(40, 70, 90), gamma=0.4)
def multistep(peak, milestones, gamma=0.1):
    r"""Multiply the rate by gamma after each milestone; a milestone given twice counts twice.

    .. math:: \eta_t = \eta_{\max}\, \gamma^{\#\{s \in S : s \le t\}}
    """
    return lambda t: peak * gamma ** sum((t >= s) * 1.0 for s in np.ravel(milestones))


@schedule("Exponential decay", cite="szegedy2016", peak=1.0, gamma=0.97)
def exponential(peak, gamma):
    r"""Multiply the rate by gamma after every step; it never reaches zero.

    .. math:: \eta_t = \eta_{\max}\, \gamma^{t}
    """
    return lambda t: peak * gamma**t


@schedule("Inverse square root", cite="vaswani2017", peak=1.0, steps=10)
def inverse_sqrt(peak, steps):
    r"""Decay as one over the root of the step, for runs with no end in sight.

    After `steps` more steps the rate is :math:`1/\sqrt 2` of its peak. Behind a warm-up of the same length, this is
    the Transformer's schedule, one step later: the peak is used twice.

    .. math:: \eta_t = \eta_{\max} \sqrt{\frac{s}{s + t}}
    """
    return lambda t: peak * np.sqrt(steps / (steps + t))


@schedule("Linear decay", cite="goodfellow2016", peak=1.0, steps=100, floor=0.0)
def linear(peak, steps, floor=0.0):
    r"""Walk straight down to the floor, and stay there.

    .. math:: \eta_t = \eta_{\min} + (\eta_{\max} - \eta_{\min}) \left(1 - \frac{\min(t, T)}{T}\right)
    """
    return lambda t: floor + (peak - floor) * (1 - np.minimum(t, steps) / steps)


@schedule("Polynomial decay", cite="chen2018", peak=1.0, steps=100, power=2.0)
def polynomial(peak, steps, power=1.0, floor=0.0):
    r"""Bend the straight line: fast at first for a power above 1; stay at the floor after the end.

    .. math:: \eta_t = \eta_{\min} + (\eta_{\max} - \eta_{\min}) \left(1 - \frac{\min(t, T)}{T}\right)^{p}
    """
    return lambda t: floor + (peak - floor) * (1 - np.minimum(t, steps) / steps) ** power


@schedule("Cosine annealing", cite="loshchilov2017", peak=1.0, steps=100, floor=0.1)
def cosine(peak, steps, floor=0.0):
    r"""Fall along half a cosine, and stay at the floor after the end.

    .. math:: \eta_t = \eta_{\min} + \tfrac12 (\eta_{\max} - \eta_{\min}) \left(1 + \cos \frac{\pi \min(t, T)}{T}\right)
    """

    def rate(t):
        done = np.minimum(t, steps) / steps
        return floor + (peak - floor) * (1 + np.cos(np.pi * done)) / 2

    return rate


@schedule("Cosine with warm restarts", cite="loshchilov2017", peak=1.0, period=15, mult=2, floor=0.0)
def restarts(peak, period, mult=1, floor=0.0):
    r"""Fall along half a cosine, jump back up, and repeat; each cycle is `mult` times as long as the last.

    .. math::
        \eta_t &= \eta_{\min} + \tfrac12 (\eta_{\max} - \eta_{\min})
            \left(1 + \cos \frac{\pi\, T_{\mathrm{cur}}}{T_i}\right) \\
        T_{i+1} &= T_{\mathrm{mult}}\, T_i
    """

    def begins(i):
        return period * (i if mult == 1 else (mult**i - 1) / (mult - 1))

    def rate(t):
        if mult == 1:
            i = np.floor(t / period)
        else:
            i = np.floor(np.log1p(t / period * (mult - 1)) / np.log(mult))
        i = i + (t >= begins(i + 1)) - (t < begins(i))  # mend the logarithm's rounding
        done = (t - begins(i)) / (begins(i + 1) - begins(i))
        return floor + (peak - floor) * (1 + np.cos(np.pi * done)) / 2

    return rate


@schedule("One-cycle", cite="smith2019", peak=1.0, steps=100)
def one_cycle(peak, steps, warm=0.3, start_div=25.0, end_div=1e4):
    r"""Climb along half a cosine for a share of the run, then fall along another, far below the start.

    As in PyTorch, the climb ends after ``warm * steps - 1`` steps and the fall after ``steps - 1``, so that the
    last step of the run is taken at the lowest rate. The rate stays there. It is the rate alone: the method, and
    PyTorch unless told not to, lowers momentum while the rate climbs. In the paper the phases are straight lines.

    .. math::
        \eta_t &= \eta_b + (\eta_a - \eta_b)\, \tfrac12 (1 + \cos \pi p) \\
        &p \text{ the share of the phase done}
    """
    first = peak / start_div
    last, top, end = first / end_div, warm * steps - 1, steps - 1

    def glide(a, b, done):
        return b + (a - b) * (1 + np.cos(np.pi * np.clip(done, 0, 1))) / 2

    return lambda t: np.where(t <= top, glide(first, peak, t / top), glide(peak, last, (t - top) / (end - top)))


@schedule("Warmup–stable–decay", cite="hu2024", peak=1.0, steps=100, rise=10, fall=20)
def wsd(peak, steps, rise, fall, floor=0.0):
    r"""Climb in a line, hold, and fall in a line over the last steps; stay at the floor after the end.

    The name is from the paper, whose fall is exponential; a fall in a line is one of those of :cite:t:`hagele2024`.

    .. math::
        \eta_t &= \min\left(\eta_{\max} \frac{t + 1}{W},\, r_t\right) \\
        r_t &= \eta_{\min} + (\eta_{\max} - \eta_{\min}) \min\left(1, \frac{T - \min(t, T)}{D}\right)
    """

    def rate(t):
        left = np.minimum(1, (steps - np.minimum(t, steps)) / fall)
        return np.minimum(peak * np.minimum(1, (t + 1) / rise), floor + (peak - floor) * left)

    return rate


@schedule("Warmup", cite="goyal2017", after=None, rise=10)
def warmup(after, rise):
    r"""Climb in a line to the first rate of another schedule, then hand over to it.

    The first step uses one `rise`-th of the peak, not zero: a step at rate zero is a step wasted. Step `rise` uses the
    full peak, and the other schedule's clock starts after it.

    .. math:: \eta_t = \begin{cases} \eta'_0\, (t + 1) / W & t < W \\ \eta'_{t - W} & t \ge W \end{cases}
    """
    return lambda t: np.where(t < rise, after(0) * ((t + 1) / rise), after(np.maximum(t - rise, 0)))


__all__ = ["clock", "schedule", "Schedule", *SCHEDULES]
