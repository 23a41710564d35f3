"""Drive an optimizer over a problem, and keep what it did."""

import inspect
import sys
from dataclasses import dataclass

import numpy as np

from optbook.checks import (
    COUNT,
    SEED,
    Kind,
    as_array,
    checked_gradient,
    fitting,
    function,
    is_finite,
    number,
    refuse,
    whole,
)

START = Kind("finite numbers, of shape (..., d)", lambda a: a.ndim > 0, "array_like")

__all__ = ["Trajectory", "minimize"]


@dataclass(frozen=True, eq=False)
class Trajectory:
    """What a run, or a race of many runs, did.

    Every number in it is finite: a racer that diverges rests at its last kept point, and
    `diverged_at` says when.

    Attributes
    ----------
    theta : array, shape (kept, ..., d)
        The points that were kept, the start first; for a rule of matrices, shape (kept, ..., rows,
        columns).
    loss : array, shape (kept, ...)
        The full loss at each.
    t : array of int, shape (kept,)
        The number of finished steps at each.
    symbols : dict of arrays, each of the shape of `theta`
        The recorded local variables of the optimizer; the first row, before any step, is zero.
    diverged_at : array of int, shape (...)
        The step at which each racer's point, loss or recorded symbol was seen to be infinite or
        NaN; 0 if never.
    """

    theta: np.ndarray
    loss: np.ndarray
    t: np.ndarray
    symbols: dict
    diverged_at: np.ndarray

    @property
    def status(self):
        """``"finished"``, or how many diverged and when."""
        at = self.diverged_at[self.diverged_at > 0]
        if not at.size:
            return "finished"
        if self.diverged_at.ndim == 0:
            return f"diverged at step {at[0]}"
        return f"{at.size} of {self.diverged_at.size} diverged, the first at step {at.min()}"

    def __repr__(self):
        return f"<Trajectory of shape {self.theta.shape}: {self.status}>"


@np.errstate(all="ignore")  # what is lost has a status
def minimize(
    problem, optimizer, *, steps=100, start=None, batch=None, replace=False, seed=0, record="",
    every=1, progress=None, **hyper,
):  # fmt: skip
    """Run an optimizer, or many at once, over a problem.

    Any hyperparameter, and the start, may be an array with leading axes: ``lr=np.geomspace(1e-3, 1,
    64)[:, None]`` races 64 rates in one broadcast, each bit for bit as if alone. All racers see the
    same mini-batches. The run holds ``steps / every`` points and the recorded symbols at them, and
    nothing else that grows.

    Parameters
    ----------
    problem : Problem, DataProblem, or any object with loss(theta) and grad(theta)
        What to minimize. The loss is one number for each theta of shape (d,), or, for rules of
        matrices such as `muon` and for a problem that says ``axes = 2``, (rows, columns).
    optimizer : callable that yields iterates
        A registered optimizer such as `adam`, or any function of ``grad`` and ``theta`` that yields
        iterates.
    steps : int
        Number of steps.
    start : array_like, shape (..., d)
        Where to begin; the problem's own start if not given. It is copied.
    batch : int
        Examples per mini-batch, for problems made of data; all of them if not given.
    replace : bool
        Draw the examples of a batch with replacement.
    seed : int
        Seed of the mini-batches; equal seeds see equal batches.
    record : str
        Names of the optimizer's local variables to keep, separated by spaces: ``"m v"``.
    every : int
        Keep every so many-th point (and the first and the last); ``every=steps`` keeps only those
        two.
    progress : bool
        Show a progress bar; if not given, on a terminal only and after one second.
    **hyper
        Arguments of the optimizer.

    Returns
    -------
    Trajectory
        It ends early if every racer diverges.

    Raises
    ------
    TypeError, ValueError
        If an argument is of the wrong type, out of its range, or unknown to the optimizer; if loss,
        gradient, scheduled rate or iterate is not real, or of another shape; if the loss is not
        finite at the start.

    Examples
    --------
    >>> from optbook import adam, bowl, gd
    >>> minimize(bowl, adam, lr=0.1, steps=100)
    <Trajectory of shape (101, 2): finished>
    >>> race = minimize(bowl, gd, lr=np.array([[0.05], [0.1], [1.0]]), steps=500)
    >>> race.status
    '1 of 3 diverged, the first at step 161'
    >>> bool(np.isfinite(race.theta).all())
    True
    """
    steps, every = (
        whole("minimize", "steps", steps, COUNT),
        whole("minimize", "every", every, COUNT),
    )
    theta = first_point(problem, start, hyper)
    seed = whole("minimize", "seed", seed, SEED)
    grad = problem.grad if batch is None else sampled(problem, batch, seed, replace)
    function("minimize", "optimizer", optimizer, "be a function of grad and theta")
    name = getattr(optimizer, "__name__", "optimizer")
    walk = optimizer(checked_gradient(name, grad, alarm=False), theta.copy(), **hyper)
    if not hasattr(walk, "__next__"):
        refuse("minimize", "optimizer", "return a generator", walk, TypeError)
    t, record = 0, record.split() if isinstance(record, str) else [*record]
    log = Log(
        problem, theta, record, max(1, getattr(optimizer, "axes", 1), getattr(problem, "axes", 1))
    )
    for t, theta in zip(counted(steps, progress), walk, strict=False):
        log.note(t, theta, walk, keep=t % every == 0 or t == steps)
        if log.lost:
            break
    if t < steps and not log.lost:
        refuse("minimize", "optimizer", f"yield {steps} points", t, hint=" before it stopped")
    return log.trajectory()


def counted(steps, progress):
    """Return the numbers of the steps, behind a progress bar if one is wanted."""
    numbers = range(1, steps + 1)
    if progress or (progress is None and sys.stderr and sys.stderr.isatty()):
        from tqdm import tqdm  # not above: it takes longer to import than all the rest of optbook

        return tqdm(numbers, delay=1, unit=" steps")
    return numbers


def first_point(problem, start, hyper):
    """Return the start as a float64 copy, one for each racer."""
    if not hasattr(problem, "loss") or not hasattr(problem, "grad"):
        refuse("minimize", "problem", "have loss(theta) and grad(theta)", problem, TypeError)
    if start is None and not hasattr(problem, "start"):
        refuse("minimize", "start", f"be given, for {problem!r:.200} has none", start, TypeError)
    theta = number(
        "minimize", "start", getattr(problem, "start", None) if start is None else start, START
    )
    shape = theta.shape
    for name, value in hyper.items():
        shape = fitting("minimize", name, first_value(value), shape)
    return np.array(np.broadcast_to(theta, shape))


def first_value(value):
    """Return a hyperparameter as it is at the first step: a schedule's first rate, say."""
    try:
        return value(0) if callable(value) else value
    except TypeError:  # a function of something else, which only the rule knows
        return 0.0


def sampled(problem, batch, seed, replace):
    """Return the gradient on the next mini-batch of a fresh stream, each time it is called."""
    if not hasattr(problem, "batches"):
        refuse(
            "minimize",
            "batch",
            f"be left out for {problem!r}, which is not made of data",
            batch,
            TypeError,
        )
    stream, grad = problem.batches(batch, seed, replace), problem.grad
    return lambda theta: grad(theta, next(stream))


class Log:
    """The points that a run keeps; each is looked at for divergence."""

    def __init__(self, problem, theta, names, axes):
        self.problem, self.names, self.lost, self.some_lost = problem, names, False, False
        self.axes = tuple(range(-axes, 0))  # of theta that one number of the loss stands for
        loss = self.height(theta)
        if not np.isfinite(loss).all():
            refuse("minimize", "start", "have a finite loss", loss)
        self.diverged_at = np.zeros(loss.shape, int)
        self.rows = [(0, theta, loss, *[np.zeros_like(theta)] * len(names))]

    def height(self, theta):
        """Return the loss at `theta`, one real number for each point."""
        loss, shape = as_array(self.problem.loss(theta)), theta.shape[: -len(self.axes)]
        if loss.dtype.kind not in "iuf" or loss.shape != shape:
            error = TypeError if loss.dtype.kind not in "iuf" else ValueError
            refuse(
                "minimize",
                "loss",
                f"return real numbers of shape {shape}, one for each point",
                loss,
                error,
            )
        return loss

    def note(self, t, theta, walk, keep):
        """Look at the point after step `t`; a racer that has diverged stays where it was finite."""
        if type(theta) is not np.ndarray or theta.dtype.kind not in "iuf":
            refuse("minimize", "optimizer", "yield arrays of real numbers", theta, TypeError)
        if theta.shape != self.rows[0][1].shape:
            refuse(
                "minimize",
                "optimizer",
                f"yield arrays of theta's shape {self.rows[0][1].shape}",
                theta.shape,
            )
        if t == 1:
            self.symbols(walk, theta.shape)  # a misspelt name is refused before a long run
        if not (keep or self.some_lost) and is_finite(theta):
            return
        row = [theta, self.height(theta), *self.symbols(walk, theta.shape)] if keep else [theta]
        if all(map(is_finite, row)) and not self.some_lost:  # as nearly always, and quicker
            self.rows.append((t, *(np.array(a, float) for a in row)))
            return
        self.some_lost = True
        each = [
            np.isfinite(a).all(axis=self.axes) if a.shape == theta.shape else np.isfinite(a)
            for a in row
        ]
        alive = np.logical_and.reduce(each)
        self.diverged_at = np.where(alive | (self.diverged_at > 0), self.diverged_at, t)
        self.lost = bool(self.diverged_at.all())
        if keep and not self.lost:
            alive = self.diverged_at == 0
            wide = np.expand_dims(alive, self.axes)
            pairs = zip(row, self.rows[-1][1:], strict=True)
            self.rows.append(
                (t, *(np.where(alive if a.shape == alive.shape else wide, a, b) for a, b in pairs))
            )

    def symbols(self, walk, shape):
        """Return the recorded local variables of the generator `walk`, in theta's `shape`."""
        if not self.names:
            return []
        if not inspect.isgenerator(walk):
            must = "be empty unless optimizer is a generator function"
            refuse("minimize", "record", must, self.names, TypeError)
        variables = {
            name: value
            for name, value in inspect.getgeneratorlocals(walk).items()
            if as_array(value).dtype.kind in "iuf"
        }
        for name in self.names:
            if name not in variables:
                refuse("minimize", "record", f"name variables among {', '.join(variables)}", name)
        return [np.broadcast_to(variables[name], shape) for name in self.names]

    def trajectory(self):
        """Return all that was kept."""
        t, theta, loss, *symbols = (np.stack(column) for column in zip(*self.rows, strict=True))
        return Trajectory(
            theta, loss, t, dict(zip(self.names, symbols, strict=True)), self.diverged_at
        )
