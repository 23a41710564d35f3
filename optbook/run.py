"""Drive an optimizer over a problem, and keep what it did."""

import inspect
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from optbook.registry import (
    COUNT,
    DOUBLE,
    Argument,
    as_array,
    fits,
    is_finite,
    real,
    refusal,
    shown,
    together,
    typed,
    watching,
    whole,
)

START = Argument("Where to begin.", "finite numbers, of shape (..., d)", lambda a: a.ndim > 0)

__all__ = ["Trajectory", "minimize"]


@dataclass(frozen=True)
class Trajectory:
    """What a run, or a race of many runs, did.

    Every number in it is finite: a racer that diverges rests at its last kept point, and `diverged_at` says when.

    Attributes
    ----------
    theta : array, shape (kept, ..., d)
        The points that were kept, the start first; for a rule of matrices, shape (kept, ..., rows, columns).
    loss : array, shape (kept, ...)
        The full loss at each.
    t : array of int, shape (kept,)
        The number of finished steps at each.
    symbols : dict of arrays, each of the shape of `theta`
        The recorded local variables of the optimizer; the first row, before any step, is zero.
    diverged_at : array of int, shape (...)
        The step at which each racer's point, loss or recorded symbol was seen to be infinite or NaN; 0 if never.
    """

    theta: np.ndarray
    loss: np.ndarray
    t: np.ndarray
    symbols: dict
    diverged_at: np.ndarray

    def __post_init__(self):
        theta = kept("theta", self.theta)
        loss = kept("loss", self.loss, shape=theta.shape[: max(1, as_array(self.loss).ndim)])
        typed("Trajectory", symbols=(self.symbols, dict))
        symbols = {name: kept(f"symbols[{name!r}]", rows, theta.shape) for name, rows in self.symbols.items()}
        counts = {"t": kept("t", self.t, theta.shape[:1], count=True)}
        counts["diverged_at"] = kept("diverged_at", self.diverged_at, loss.shape[1:], count=True)
        for name, value in ({"theta": theta, "loss": loss, "symbols": symbols} | counts).items():
            object.__setattr__(self, name, value)

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


def kept(name, value, shape=None, count=False):
    """Return `value` as an array, if it is one that a trajectory may hold; it is not copied, for it may be large."""
    array, least = as_array(value), "whole numbers >= 0" if count else "finite numbers"
    must = f"be {least}" if shape is None else f"be {least} of shape {shape}"
    if array.dtype.kind not in "iuf" or array.dtype.char == "e":
        raise refusal("Trajectory", name, must, value, TypeError)
    fits = array.ndim > 1 if shape is None else array.shape == shape
    if not (fits and np.isfinite(array).all() and (not count or np.all((array >= 0) & (array % 1 == 0)))):
        raise refusal("Trajectory", name, must, value)
    return array.astype(int) if count else array


def minimize(
    problem,
    optimizer,
    *,
    steps=100,
    start=None,
    batch=None,
    replace=False,
    seed=0,
    record="",
    every=1,
    progress=None,
    **hyper,
):
    """Run an optimizer, or many at once, over a problem.

    Any hyperparameter, and the start, may be an array with leading axes: ``lr=np.geomspace(1e-3, 1, 64)[:, None]``
    races 64 rates in one broadcast, each bit for bit as if alone. All racers see the same mini-batches. The run holds
    ``steps / every`` points and the recorded symbols at them, and nothing else that grows.

    Parameters
    ----------
    problem : Problem, DataProblem, or any object with loss(theta) and grad(theta)
        What to minimize. The loss is one number for each theta of shape (d,), or, for rules of matrices such as `muon`
        and for a problem that says ``axes = 2``, (rows, columns).
    optimizer : callable that yields iterates
        A registered optimizer such as `adam`, or any function of ``grad`` and ``theta`` that yields iterates.
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
        Keep every so many-th point (and the first and the last); ``every=steps`` keeps only those two.
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
        If an argument is of the wrong type, out of its range, or unknown to the optimizer; if loss, gradient, scheduled
        rate or iterate is not real, or of another shape; if the loss is not finite at the start.

    Examples
    --------
    >>> from optbook import adam, bowl, gd
    >>> minimize(bowl, adam, lr=0.1, steps=100)
    <Trajectory of shape (101, 2): finished>
    >>> race = minimize(bowl, gd, lr=np.array([[0.05], [0.1], [1.0]]), steps=500)  # the last is too much
    >>> race.status
    '1 of 3 diverged, the first at step 161'
    >>> bool(np.isfinite(race.theta).all())
    True
    """
    check_choices(optimizer, hyper, replace, record, progress)
    seed = whole("minimize", "seed", seed)
    steps, every = (int(real("minimize", k, v, COUNT)) for k, v in (("steps", steps), ("every", every)))
    theta = first_point(problem, start, hyper)
    grad, t = problem.grad if batch is None else sampled(problem, batch, seed, replace), 0
    with watching(), np.errstate(all="ignore"):
        walk = started(optimizer(grad, theta.copy(), **hyper), record)
        axes = max(1, getattr(optimizer, "axes", 1), getattr(problem, "axes", 1))
        log = Log(problem, theta, record.split(), axes)
        for t, theta in zip(counted(steps, progress), walk, strict=False):
            log.note(t, theta, walk, keep=t % every == 0 or t == steps)
            if log.lost:
                break
    return log.trajectory(steps, t)


def counted(steps, progress):
    """Return the numbers of the steps, behind a progress bar if one is wanted."""
    numbers = range(1, steps + 1)
    if progress or (progress is None and sys.stderr and sys.stderr.isatty()):
        from tqdm import tqdm  # not above: it takes longer to import than all the rest of optbook

        return tqdm(numbers, delay=1, unit=" steps")
    return numbers


def check_choices(optimizer, hyper, replace, record, progress):
    """Raise a TypeError unless each choice is of its type."""
    ours = hasattr(optimizer, "__wrapped__")  # which says more itself
    if not (ours or (callable(optimizer) and fits(optimizer, 2, **hyper))):
        must = f"be a function of {', '.join(['grad', *hyper])} and theta"
        raise refusal("minimize", "optimizer", must, optimizer, TypeError)
    if not isinstance(record, str):
        raise refusal("minimize", "record", "be a string of names", record, TypeError)
    typed("minimize", replace=(replace, bool))
    if not (progress is None or isinstance(progress, bool)):
        raise refusal("minimize", "progress", "be True, False or None", progress, TypeError)


def started(walk, record):
    """Return `walk`, if it is what an optimizer must return."""
    if not isinstance(walk, Iterator):
        raise refusal("minimize", "optimizer", "return a generator", walk, TypeError)
    if record and not inspect.isgenerator(walk):
        raise refusal("minimize", "record", "be '' unless optimizer is a generator function", record, TypeError)
    return walk


def first_point(problem, start, hyper):
    """Return the start as a float64 copy, one for each racer."""
    for need in ("loss", "grad"):
        method = getattr(problem, need, None)
        if not (callable(method) and fits(method, 1)):
            raise refusal("minimize", "problem", f"have a method {need}(theta)", problem, TypeError)
    if start is None and not hasattr(problem, "start"):
        raise TypeError(f"minimize: start must be given, for {shown(problem)} has none of its own; got None")
    theta = real("minimize", "start", problem.start if start is None else start, START)
    shape = theta.shape
    for name, value in hyper.items():
        first = value(0) if callable(value) and fits(value, 1) else value
        shape = together("minimize", name, first, shape)
    return np.array(np.broadcast_to(theta, shape))


def sampled(problem, batch, seed, replace):
    """Return the gradient on the next mini-batch of a fresh stream, each time it is called."""
    if not hasattr(problem, "batches"):
        must = f"be left out for {shown(problem)}, which is not made of data"
        raise refusal("minimize", "batch", must, batch, TypeError)
    stream, grad = problem.batches(batch, seed, replace), problem.grad
    return lambda theta: grad(theta, next(stream))


class Log:
    """The points that a run keeps."""

    def __init__(self, problem, theta, names, axes):
        self.problem, self.names, self.shape = problem, names, theta.shape
        self.axes = tuple(range(-axes, 0))  # of theta that one number of the loss stands for
        loss = self.height(theta)
        if not np.isfinite(loss).all():
            raise ValueError(f"minimize: start must have a finite loss, got {loss} at {theta}")
        self.diverged_at, self.lost = np.zeros(loss.shape, int), False
        self.rows = [(0, theta, loss, [np.zeros_like(theta) for _ in names])]

    def height(self, theta):
        """Return the loss at `theta`, one real number for each point, in an array of our own."""
        loss = as_array(self.problem.loss(theta))
        shape, real = theta.shape[: -len(self.axes)], loss.dtype.kind in "iuf"
        if loss.shape != shape or not real:
            says = f"minimize: loss must return real numbers of shape {shape}, one for each point"
            raise (ValueError if real else TypeError)(f"{says}, got {loss.dtype} of shape {loss.shape}")
        return loss.copy()

    def note(self, t, theta, walk, keep):
        """Look at the point after step `t` for divergence, and `keep` it or not."""
        if type(theta) is not np.ndarray or theta.dtype is not DOUBLE or theta.shape != self.shape:
            self.check(theta)
        if t == 1:
            self.symbols(walk, theta.shape)
        if not keep and is_finite(theta):  # by far the most common case
            return
        finite = np.isfinite(theta).all(axis=self.axes)
        if keep:
            loss, symbols = self.height(theta), self.symbols(walk, theta.shape)
            finite &= np.isfinite([loss, *(np.abs(symbol).max(axis=self.axes) for symbol in symbols)]).all(axis=0)
        if not finite.all():
            self.diverged_at = np.where(finite | (self.diverged_at > 0), self.diverged_at, t)
            self.lost = self.diverged_at.all()
        if keep and not self.lost:
            self.rows.append((t, *self.of_the_living(theta, loss, symbols)))

    def of_the_living(self, theta, loss, symbols):
        """Return copies of a row, in which who has diverged stays where it was last finite."""
        if not self.diverged_at.any():
            return theta.copy(), loss, [symbol.copy() for symbol in symbols]
        alive = self.diverged_at == 0
        each = np.expand_dims(alive, self.axes)
        _, theta_0, loss_0, symbols_0 = self.rows[-1]
        symbols = [np.where(each, now, before) for now, before in zip(symbols, symbols_0, strict=True)]
        return np.where(each, theta, theta_0), np.where(alive, loss, loss_0), symbols

    def check(self, theta):
        """Raise an error unless an optimizer may yield `theta`."""
        real = isinstance(theta, np.ndarray) and theta.dtype.kind in "iuf"
        if not (real and theta.shape == self.shape):
            must = f"yield arrays of real numbers of theta's shape {self.shape}"
            raise refusal("minimize", "optimizer", must, theta, ValueError if real else TypeError)

    def symbols(self, walk, shape):
        """Return the present values of the recorded local variables of the generator `walk`, in theta's `shape`."""
        variables = inspect.getgeneratorlocals(walk) if self.names else {}
        variables = {name: value for name, value in variables.items() if not callable(value)}
        unknown = [name for name in self.names if name not in variables]
        if unknown:
            raise ValueError(f"minimize: record must name variables among {', '.join(variables)}; got {unknown[0]!r}")
        return [np.broadcast_to(variables[name], shape) for name in self.names]

    def trajectory(self, steps, done):
        """Return all that was kept, if the run went on for `steps` or diverged."""
        if not self.lost and done < steps:
            raise ValueError(f"minimize: optimizer must yield {steps} iterates, but it stopped early, got {done}")
        t, theta, loss, symbols = zip(*self.rows, strict=True)
        stacked = {name: np.stack(rows) for name, *rows in zip(self.names, *symbols, strict=True)}
        return Trajectory(np.stack(theta), np.stack(loss), np.array(t), stacked, self.diverged_at)
