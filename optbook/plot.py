"""Drawings: each takes an Axes and draws one thing on it. Use them with
``plt.style.use("optbook.textbook")``."""

import matplotlib
import numpy as np

__all__ = ["contours", "losses", "path", "rates"]

LEVELS = 14
HIGHEST = 1e250  # of a log axis: Matplotlib's margins overflow above it
# colours are those of the style in use: level lines are grid lines, marks are text
STYLE = matplotlib.rcParams


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
    """
    left, right, bottom, top = problem.window if window is None else window
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
        Name for the legend; a list of names if there are many lines.
    **style
        Passed on to ``ax.plot``.

    Returns
    -------
    list of matplotlib.lines.Line2D
        The lines.
    """
    limits, theta = ax.axis(), trajectory.theta
    x, y = np.moveaxis(theta.reshape(len(theta), -1, 2), -1, 0)
    drawn = ax.plot(
        x, y, **{"label": label, "marker": "o", "markersize": 2.5, "linewidth": 1.4} | style
    )
    ax.plot(
        x[0], y[0], "o", markersize=7, markerfacecolor="none", color=STYLE["text.color"], zorder=3
    )
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
    """
    excess = np.reshape(trajectory.loss, (len(trajectory.t), -1)) - least
    drawn = ax.plot(trajectory.t, np.minimum(excess, HIGHEST), label=label, **style)
    ax.set(
        yscale="log",
        xlabel="step $t$",
        ylabel=r"loss $\mathcal{L}$" if least == 0 else "excess loss",
    )
    return drawn


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
    """
    rate = np.array([np.ravel(schedule(t)) for t in range(steps + 1)])  # one by one, as a run asks
    drawn = ax.plot(np.arange(steps + 1), rate, label=label, **style)
    ax.set(xlabel="finished steps $t$", ylabel=r"learning rate $\eta_t$")
    return drawn
