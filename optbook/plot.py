"""Drawings: each takes an Axes and draws one thing on it. Use them with ``plt.style.use("optbook.textbook")``."""

import matplotlib
import numpy as np
from matplotlib.axes import Axes

from optbook.registry import COUNT, Argument, as_array, function, real, refusal

__all__ = ["contours", "losses", "path", "rates"]

LEVELS = 14
HIGHEST = 1e250  # of a log axis: Matplotlib's margins overflow above it
STYLE = matplotlib.rcParams  # colours are those of the style in use: level lines are grid lines, marks are text
WINDOW = Argument(
    "", "4 numbers, x from, x to, y from, y to", lambda a: a.shape == (4,) and a[0] < a[1] and a[2] < a[3]
)
LEAST = Argument("", "a finite number", kind="float")


def refuse_axes(owner, ax):
    """Raise a TypeError unless `ax` are axes."""
    if not isinstance(ax, Axes):
        raise refusal(owner, "ax", "be Matplotlib axes", ax, TypeError)


def part(owner, name, thing, attribute):
    """Return an attribute of a problem or a trajectory, or say that it has none."""
    if not hasattr(thing, attribute):
        raise refusal(owner, name, f"have an attribute {attribute}", thing, TypeError)
    return getattr(thing, attribute)


def kept(owner, trajectory, attribute):
    """Return what a trajectory has kept as an array of finite numbers, or say what is wrong with it."""
    rows = as_array(part(owner, "trajectory", trajectory, attribute))
    if rows.dtype.kind not in "iuf":
        raise refusal(owner, "trajectory", f"have {attribute} of real numbers", rows, TypeError)
    if not np.isfinite(rows).all():
        raise refusal(owner, "trajectory", f"have finite {attribute}", rows)
    return rows


def lines(owner, ax, x, y, label, style):
    """Return what ``ax.plot`` draws, or say that the style is none."""
    listed = label if isinstance(label, list) else [label]
    if not (label is None or all(isinstance(name, str) for name in listed)):
        raise refusal(owner, "label", "be a string, or a list of one for each line", label, TypeError)
    try:
        return ax.plot(x, y, **{"label": label} | style)
    except (AttributeError, TypeError, ValueError) as error:
        wrong = ValueError if isinstance(error, ValueError) else TypeError
        raise refusal(owner, "style", "be what ax.plot takes", {"label": label} | style, wrong, f": {error}") from error


def contours(ax, problem, window=None):
    """Draw the level lines of a landscape and a star on each of its minima.

    Levels are quantiles of the loss over the window, so that any landscape shows its shape.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    problem : Problem, or an object with loss(theta), minima and window
        What to draw.
    window : tuple of float
        The part to draw: x from, x to, y from, y to; the landscape's own if not given.

    Raises
    ------
    TypeError, ValueError
        If there is no such window, the landscape has d other than 2, or the loss is not finite all over the window.
    """
    refuse_axes("contours", ax)
    minima = part("contours", "problem", problem, "minima")
    window = part("contours", "problem", problem, "window") if window is None else window
    real("contours", "window", window, WINDOW)
    left, right, bottom, top = window
    x, y = np.meshgrid(np.linspace(left, right, 241), np.linspace(bottom, top, 241))
    z = height(problem, np.stack([x, y], axis=-1))
    levels = np.unique(np.quantile(z, np.linspace(0.01, 0.97, LEVELS)))
    widths = np.linspace(1.1, 0.5, len(levels))
    ax.contour(x, y, z, levels, colors=STYLE["grid.color"], linestyles="solid", linewidths=widths)
    ax.plot(*np.transpose(minima), "*", markersize=10, color=STYLE["text.color"], zorder=3)
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")


def height(problem, theta):
    """Return the loss at each point of a window, if it is finite at all of them."""
    loss = function("contours", "problem", part("contours", "problem", problem, "loss"), "have a function loss(theta)")
    with np.errstate(all="ignore"):
        z = as_array(loss(theta))
    if z.dtype.kind not in "iuf":
        raise refusal("contours", "problem", "have a loss of real numbers", z, TypeError)
    if z.shape != theta.shape[:-1] or not np.isfinite(z).all():
        raise refusal("contours", "problem", "have one finite loss at each point of the window", z)
    return z


def path(ax, trajectory, label=None, **style):
    """Draw the points of a run and the way between them, from an open circle on.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; its limits stay as they are.
    trajectory : Trajectory
        One run, or a race: then one line for each racer. Its theta must have d = 2.
    label : str
        Name for the legend; a list of names if there are many lines.
    **style
        Passed on to ``ax.plot``.

    Returns
    -------
    list of matplotlib.lines.Line2D
        The lines.

    Raises
    ------
    TypeError, ValueError
        If there is no such trajectory, d is not 2, or Matplotlib knows no such style.
    """
    refuse_axes("path", ax)
    theta = kept("path", trajectory, "theta")
    if theta.ndim < 2 or theta.shape[-1] != 2:
        raise ValueError(f"path: trajectory must have theta of shape (kept, ..., 2), got {theta.shape}")
    limits = ax.axis()
    x, y = np.moveaxis(theta.reshape(len(theta), -1, 2), -1, 0)
    drawn = lines("path", ax, x, y, label, {"marker": "o", "markersize": 2.5, "linewidth": 1.4} | style)
    ax.plot(x[0], y[0], "o", markersize=7, markerfacecolor="none", color=STYLE["text.color"], zorder=3)
    ax.axis(limits)
    return drawn


def losses(ax, trajectory, label=None, least=0.0, **style):
    """Draw the loss of a run against its steps, on a log axis; what is above 1e250 is drawn there.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    trajectory : Trajectory
        One run, or a race: then one line for each racer.
    label : str
        Name for the legend; a list of names if there are many lines.
    least : float
        The least possible loss; what is drawn is the excess over it.
    **style
        Passed on to ``ax.plot``.

    Returns
    -------
    list of matplotlib.lines.Line2D
        The lines.

    Raises
    ------
    TypeError, ValueError
        If an argument is not what it must be, or Matplotlib knows no such style.
    """
    refuse_axes("losses", ax)
    t, loss = kept("losses", trajectory, "t"), kept("losses", trajectory, "loss")
    least = real("losses", "least", least, LEAST)
    drawn = lines("losses", ax, t, np.minimum(loss.reshape(len(t), -1) - least, HIGHEST), label, style)
    ax.set(yscale="log", xlabel="step $t$", ylabel=r"loss $\mathcal{L}$" if least == 0 else "excess loss")
    return drawn


def asked(schedule, steps):
    """Return what `schedule` says from 0 to `steps`, asked one by one, as a run asks."""
    function("rates", "schedule", schedule, "be a function of finished steps")
    steps = int(real("rates", "steps", steps, COUNT))
    rates = [as_array(schedule(t)).ravel() for t in range(steps + 1)]
    for rate in rates:
        if rate.dtype.kind not in "iuf" or rate.shape != rates[0].shape:
            raise refusal("rates", "schedule", "return real numbers, as many each time", rate.tolist(), TypeError)
        if not (np.isfinite(rate).all() and np.all(rate >= 0)):
            raise refusal("rates", "schedule", "return finite numbers >= 0", rate.tolist())
    return np.array(rates)


def rates(ax, schedule, steps, label=None, **style):
    """Draw the learning rate of each step of a run.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    schedule : Schedule or callable
        Rate as a function of finished steps.
    steps : int
        Length of the run.
    label : str
        Name for the legend; a list of names if there are many lines.
    **style
        Passed on to ``ax.plot``.

    Returns
    -------
    list of matplotlib.lines.Line2D
        The line; of a schedule of many rates, one for each.

    Raises
    ------
    TypeError, ValueError
        If `schedule` is no function, or `steps` no whole number >= 1, or Matplotlib knows no such style.
    """
    refuse_axes("rates", ax)
    rate = asked(schedule, steps)
    drawn = lines("rates", ax, np.arange(len(rate)), rate, label, style)
    ax.set(xlabel="finished steps $t$", ylabel=r"learning rate $\eta_t$")
    return drawn
