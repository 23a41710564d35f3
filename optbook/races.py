"""Races of optimizers: each rule's rate is tuned on some starts, and raced on others."""

import inspect
from typing import NamedTuple

import numpy as np

from optbook.checks import COUNT, POSITIVE, SEED, Kind, number, refuse, whole
from optbook.run import Trajectory, minimize

__all__ = ["race", "scattered", "tune"]

RATES = Kind("a row of finite numbers > 0", lambda a: (a.ndim == 1) & (a > 0))
STARTS = Kind("finite numbers of shape (starts, d)", lambda a: a.ndim == 2)
SPREAD = POSITIVE._replace(type="float")


class Tuned(NamedTuple):
    """The picked rate, all rates, and the last loss from each start (rows), infinite if lost."""

    rate: float
    rates: np.ndarray
    losses: np.ndarray


class Race(NamedTuple):
    """How the rate was tuned, the run, its losses by step (rows), and the share of starts lost."""

    tuned: Tuned
    run: Trajectory
    losses: np.ndarray
    lost: float


def scattered(problem, seed, n=10, spread=0.3):
    """Return starts that lie scattered about a problem's own, by a normal law.

    Parameters
    ----------
    problem : Problem, DataProblem, or any object with a start
        About whose start.
    seed : int
        Equal seeds give equal starts.
    n : int
        How many.
    spread : float
        Standard deviation of each coordinate.

    Returns
    -------
    array, shape (n, d)
        The starts.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be.

    Examples
    --------
    >>> from optbook import rosenbrock
    >>> scattered(rosenbrock, seed=0).shape
    (10, 2)
    """
    if not hasattr(problem, "start"):
        refuse("scattered", "problem", "have a start", problem, TypeError)
    n, spread = whole("scattered", "n", n, COUNT), number("scattered", "spread", spread, SPREAD)
    noise = np.random.default_rng(whole("scattered", "seed", seed, SEED)).normal(
        size=(n, len(problem.start))
    )
    return np.array(problem.start) + spread * noise


def tune(problem, optimizer, rates, *, starts, steps, **hyper):
    """Try every rate from every start, and pick the one of least median loss.

    A rate at which a run diverged is not picked. A weight decay would move the goal, so it is 0
    unless given.

    Parameters
    ----------
    problem : Problem, DataProblem, or any object with loss(theta) and grad(theta)
        What to minimize.
    optimizer : callable that yields iterates
        The rule.
    rates : array_like, shape (n,)
        The learning rates to try; a single one is picked whatever it does.
    starts : array_like, shape (starts, d)
        Where to begin.
    steps : int
        Number of steps.
    **hyper
        Other arguments of the optimizer.

    Returns
    -------
    Tuned
        The picked ``rate``, all ``rates``, and the last ``losses``, shape (starts, n), infinite
        where a run diverged.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, or at every rate some run diverges. If `minimize`
        refuses an argument.

    Examples
    --------
    >>> from optbook import bowl, gd
    >>> tune(bowl, gd, [0.05, 0.18, 0.3], starts=[(1.0, 1.0), (2.0, 0.0)], steps=100).rate
    0.18
    """
    rates, starts = number("tune", "rates", rates, RATES), number("tune", "starts", starts, STARTS)
    run = walked(problem, optimizer, starts[:, None], rates[:, None], steps, steps, hyper)
    losses = living(run)[-1]
    score = np.where(
        np.isfinite(losses).all(axis=0), np.quantile(losses, 0.5, axis=0, method="higher"), np.inf
    )
    if len(rates) > 1 and np.isinf(score).all():
        refuse(
            "tune",
            "problem",
            f"let all {len(starts)} starts finish at one of {len(rates)} rates",
            problem,
        )
    return Tuned(float(rates[score.argmin()]), rates, losses)


def race(problem, optimizer, rates, *, tuned_on, raced_on, steps, tuning_steps=None, **hyper):
    """Tune a rule on some starts, and race it on others at the rate that `tune` picks.

    Parameters
    ----------
    problem : Problem, DataProblem, or any object with loss(theta) and grad(theta)
        What to minimize.
    optimizer : callable that yields iterates
        The rule.
    rates : array_like, shape (n,)
        The learning rates to try; with a single one, there is nothing to tune.
    tuned_on, raced_on : array_like, shape (starts, d)
        Where to begin; the two have no start in common.
    steps : int
        Number of steps.
    tuning_steps : int
        Number of steps of each tuning run; that of the race if not given.
    **hyper
        Other arguments of the optimizer; a weight decay is 0 unless given.

    Returns
    -------
    Race
        What was ``tuned``; the ``run``; its ``losses``, a row for each step, infinite from where a
        start diverged; and the share of the starts ``lost`` so.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be. If `tune` refuses one. If `minimize` refuses one.

    Examples
    --------
    >>> from optbook import momentum, rosenbrock
    >>> before, now = scattered(rosenbrock, seed=0), scattered(rosenbrock, seed=1)
    >>> rates = [1e-4, 1e-3]
    >>> result = race(rosenbrock, momentum, rates, tuned_on=before, raced_on=now, steps=100)
    >>> result.tuned.rate, result.losses.shape, result.lost
    (0.001, (101, 10), 0.0)
    """
    before = number("race", "tuned_on", tuned_on, STARTS)
    now = number("race", "raced_on", raced_on, STARTS)
    if {*map(tuple, before)} & {*map(tuple, now)}:
        refuse("race", "raced_on", "have no start on which the rate was tuned", raced_on)
    tuning = steps if tuning_steps is None else whole("race", "tuning_steps", tuning_steps, COUNT)
    tuned = tune(problem, optimizer, rates, starts=before, steps=tuning, **hyper)
    run = walked(problem, optimizer, now, tuned.rate, steps, 1, hyper)
    losses = living(run)
    return Race(tuned, run, losses, float(np.isinf(losses[-1]).mean()))


def walked(problem, optimizer, start, lr, steps, every, hyper):
    """Return the run, without a weight decay unless `hyper` has one."""
    if callable(optimizer) and "weight_decay" in inspect.signature(optimizer).parameters:
        hyper = {"weight_decay": 0.0} | hyper
    return minimize(problem, optimizer, start=start, lr=lr, steps=steps, every=every, **hyper)


def living(run):
    """Return the losses of a run, infinite from where a racer diverged."""
    gone = (run.diverged_at > 0) & (
        run.t.reshape(-1, *[1] * run.diverged_at.ndim) >= run.diverged_at
    )
    gone[-1] |= run.diverged_at > 0  # if all are gone, the run has ended before its last row
    return np.where(gone, np.inf, run.loss)
