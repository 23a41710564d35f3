r"""Learning-rate schedules: pure functions of the number of finished steps.

``cosine(0.1, 100)`` is a schedule; ``cosine(0.1, 100)(0)`` is the rate of the first step. A
schedule takes one number or a whole array of them, keeps no state and changes nothing when called:
plot it, race it, reuse it.
"""

import itertools

import numpy as np

from optbook.registry import SCHEDULES, schedule

# What an argument must be beside others: in words, and as a test.
FLOOR = {"floor": ("be at most peak", lambda floor, peak, **_: floor <= peak)}
FALL = {"fall": ("be at most steps - rise", lambda fall, steps, rise, **_: fall <= steps - rise)}
WARM = {"warm": ("be more than 1 / steps", lambda warm, steps, **_: warm * steps > 1)}


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
    for t in itertools.count(1):
        yield t, lr(t - 1) if callable(lr) else lr


@schedule("Constant", cite="bottou2018", peak=1.0)
def constant(peak):
    r"""Keep one rate for ever.

    .. math:: \eta_t = \eta_{\max}
    """
    return lambda t: peak + 0 * t


@schedule("Step decay", cite="goyal2017", peak=1.0, every=30, gamma=0.5)
def step(peak, every, gamma=0.1):
    r"""Multiply the rate by gamma after every so many steps, first for step `every` + 1.

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

    After `steps` more steps the rate is :math:`1/\sqrt 2` of its peak. Behind a warm-up of the same
    length, this is the Transformer's schedule, one step later: the peak is used twice.

    .. math:: \eta_t = \eta_{\max} \sqrt{\frac{s}{s + t}}
    """
    return lambda t: peak * np.sqrt(steps / (steps + t))


@schedule("Linear decay", cite="goodfellow2016", needs=FLOOR, peak=1.0, steps=100, floor=0.0)
def linear(peak, steps, floor=0.0):
    r"""Walk straight down to the floor, and stay there.

    .. math::
        \eta_t = \eta_{\min} + (\eta_{\max} - \eta_{\min}) \left(1 - \frac{\min(t, T)}{T}\right)
    """
    return lambda t: floor + (peak - floor) * (1 - np.minimum(t, steps) / steps)


@schedule("Polynomial decay", cite="chen2018", needs=FLOOR, peak=1.0, steps=100, power=2.0)
def polynomial(peak, steps, power=1.0, floor=0.0):
    r"""Bend the straight line: fast at first for a power above 1; stay at the floor after the end.

    .. math::
        \eta_t = \eta_{\min} + (\eta_{\max} - \eta_{\min}) \left(1 - \frac{\min(t, T)}{T}\right)^{p}
    """
    return lambda t: floor + (peak - floor) * (1 - np.minimum(t, steps) / steps) ** power


@schedule("Cosine annealing", cite="loshchilov2017", needs=FLOOR, peak=1.0, steps=100, floor=0.1)
def cosine(peak, steps, floor=0.0):
    r"""Fall along half a cosine, and stay at the floor after the end.

    .. math::
        \eta_t = \eta_{\min}
            + \tfrac12 (\eta_{\max} - \eta_{\min}) \left(1 + \cos \frac{\pi \min(t, T)}{T}\right)
    """

    def rate(t):
        done = np.minimum(t, steps) / steps
        return floor + (peak - floor) * (1 + np.cos(np.pi * done)) / 2

    return rate


@schedule(
    "Cosine with warm restarts",
    cite="loshchilov2017",
    needs=FLOOR,
    peak=1.0,
    period=15,
    mult=2,
    floor=0.0,
)
def restarts(peak, period, mult=1, floor=0.0):
    r"""Fall along half a cosine, jump back up, and repeat, each time `mult` times as long.

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


@schedule("One-cycle", cite="smith2019", needs=WARM, peak=1.0, steps=100)
def one_cycle(peak, steps, warm=0.3, start_div=25.0, end_div=1e4):
    r"""Climb along half a cosine for a share of the run, then fall along another, far deeper.

    As in PyTorch, the climb ends after ``warm * steps - 1`` steps and the fall after ``steps - 1``,
    so that the last step of the run is taken at the lowest rate. The rate stays there. It is the
    rate alone: the method, and PyTorch unless told not to, lowers momentum while the rate climbs.
    In the paper the phases are straight lines.

    .. math::
        \eta_t &= \eta_b + (\eta_a - \eta_b)\, \tfrac12 (1 + \cos \pi p) \\
        &p \text{ the share of the phase done}
    """
    first = peak / start_div
    last, top, end = first / end_div, warm * steps - 1, steps - 1

    def glide(a, b, done):
        return b + (a - b) * (1 + np.cos(np.pi * np.clip(done, 0, 1))) / 2

    return lambda t: np.where(
        t <= top, glide(first, peak, t / top), glide(peak, last, (t - top) / (end - top))
    )


@schedule(
    "Warmup–stable–decay", cite="hu2024", needs=FLOOR | FALL, peak=1.0, steps=100, rise=10, fall=20
)
def wsd(peak, steps, rise, fall, floor=0.0):
    r"""Climb in a line, hold, fall in a line over the last steps, and stay at the floor.

    The name is from the paper, whose fall is exponential; a fall in a line is one of those of
    :cite:t:`hagele2024`.

    .. math::
        \eta_t &= \min\left(\eta_{\max} \frac{t + 1}{W},\, r_t\right) \\
        r_t &= \eta_{\min}
            + (\eta_{\max} - \eta_{\min}) \min\left(1, \frac{T - \min(t, T)}{D}\right)
    """

    def rate(t):
        left = np.minimum(1, (steps - np.minimum(t, steps)) / fall)
        return np.minimum(peak * np.minimum(1, (t + 1) / rise), floor + (peak - floor) * left)

    return rate


@schedule("Warmup", cite="goyal2017", after=None, rise=10)
def warmup(after, rise):
    r"""Climb in a line to the first rate of another schedule, then hand over to it.

    The first step uses one `rise`-th of the peak, not zero: a step at rate zero is a step wasted.
    Step `rise` uses the full peak, and the other schedule's clock starts after it.

    .. math::
        \eta_t = \begin{cases}
            \eta'_0\, (t + 1) / W & t < W \\ \eta'_{t - W} & t \ge W
        \end{cases}
    """
    return lambda t: np.where(t < rise, after(0) * ((t + 1) / rise), after(np.maximum(t - rise, 0)))


__all__ = ["clock", *SCHEDULES]
