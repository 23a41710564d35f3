"""Drawings: each takes an Axes and draws one thing on it. Use them with ``plt.style.use("optbook.textbook")``."""

import matplotlib
import numpy as np

LEVELS = 14
HIGHEST = 1e250  # of a log axis: Matplotlib's margins overflow above it
STYLE = matplotlib.rcParams  # colours are those of the style in use: level lines are grid lines, marks are text


def contours(ax, problem, window=None):
    """Draw the level lines of a landscape and a star on each of its minima.

    Levels are quantiles of the loss over the window, so that any landscape shows its shape.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    problem : Problem
        What to draw.
    window : tuple of float
        x from, x to, y from, y to; the landscape's own if not given.

    Raises
    ------
    ValueError
        If there is no such window, or the landscape has d other than 2.
    """
    window = problem.window if window is None else window
    if not (np.shape(window) == (4,) and window[0] < window[1] and window[2] < window[3]):
        raise ValueError(f"contours: window must be 4 numbers, x from, x to, y from, y to, got {window!r}")
    left, right, bottom, top = window
    x, y = np.meshgrid(np.linspace(left, right, 241), np.linspace(bottom, top, 241))
    z = problem.loss(np.stack([x, y], axis=-1))
    levels = np.unique(np.quantile(z, np.linspace(0.01, 0.97, LEVELS)))
    widths = np.linspace(1.1, 0.5, len(levels))
    ax.contour(x, y, z, levels, colors=STYLE["grid.color"], linestyles="solid", linewidths=widths)
    ax.plot(*np.transpose(problem.minima), "*", markersize=10, color=STYLE["text.color"], zorder=3)
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")


def path(ax, trajectory, label=None, **style):
    """Draw the points of a run and the way between them, from an open circle on.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw; its limits stay as they are.
    trajectory : Trajectory
        One run, or a race: then one line for each racer. Its theta must have d = 2.
    label : str
        Name for the legend.
    **style
        Passed on to ``ax.plot``.

    Returns
    -------
    list of matplotlib.lines.Line2D
        The lines.

    Raises
    ------
    ValueError
        If d is not 2.
    """
    theta = trajectory.theta
    if theta.ndim < 2 or theta.shape[-1] != 2:
        raise ValueError(f"path: trajectory must have theta of shape (kept, ..., 2), got {theta.shape}")
    limits = ax.axis()
    x, y = np.moveaxis(theta.reshape(len(theta), -1, 2), -1, 0)
    lines = ax.plot(x, y, **{"marker": "o", "markersize": 2.5, "linewidth": 1.4, "label": label} | style)
    ax.plot(x[0], y[0], "o", markersize=7, markerfacecolor="none", color=STYLE["text.color"], zorder=3)
    ax.axis(limits)
    return lines


def losses(ax, trajectory, label=None, least=0.0, **style):
    """Draw the loss of a run against its steps, on a log axis; what is above 1e250 is drawn there.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    trajectory : Trajectory
        One run, or a race: then one line for each racer.
    label : str
        Name for the legend.
    least : float
        The least possible loss; what is drawn is the excess over it.
    **style
        Passed on to ``ax.plot``.

    Returns
    -------
    list of matplotlib.lines.Line2D
        The lines.
    """
    loss = trajectory.loss.reshape(len(trajectory.t), -1)
    lines = ax.plot(trajectory.t, np.minimum(loss - least, HIGHEST), label=label, **style)
    ax.set(yscale="log", xlabel="step $t$", ylabel="loss $L$" if least == 0 else "excess loss")
    return lines


def _asked(schedule, steps):
    """Return what `schedule` says from 0 to `steps`, asked one by one, as a run asks."""
    if not callable(schedule):
        raise TypeError(f"rates: schedule must be a function of finished steps, got {schedule!r}")
    number = isinstance(steps, (int, float, np.integer, np.floating)) and not isinstance(steps, bool)
    if not (number and steps >= 1 and steps % 1 == 0):
        says = f"rates: steps must be a whole number >= 1, got {steps!r}"
        raise (ValueError if number else TypeError)(says)
    rates = [np.ravel(schedule(t)) for t in range(int(steps) + 1)]
    for rate in rates:
        if rate.dtype.kind not in "iuf" or rate.shape != rates[0].shape:
            raise TypeError(f"rates: schedule must return real numbers, as many each time, got {rate}")
    return np.array(rates)


def rates(ax, schedule, steps, label=None, **style):
    """Draw the learning rate of each step of a run.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    schedule : callable
        Rate as a function of finished steps.
    steps : int
        Length of the run.
    label : str
        Name for the legend.
    **style
        Passed on to ``ax.plot``.

    Returns
    -------
    list of matplotlib.lines.Line2D
        The line; of a schedule of many rates, one for each.

    Raises
    ------
    TypeError, ValueError
        If `schedule` is no function, or `steps` no whole number >= 1.
    """
    rate = _asked(schedule, steps)
    lines = ax.plot(np.arange(len(rate)), rate, label=label, **style)
    ax.set(xlabel="finished steps $t$", ylabel=r"learning rate $\eta_t$")
    return lines
